"""What a plan asks for of a frame, and the items of a sample drawn again from the ledger and the frozen batch alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from labelqa.batches.conclusion import purpose_of
from labelqa.errors import Refused
from labelqa.people.duties import eligible_verifiers
from labelqa.records.batch import Batch
from labelqa.records.designs import Design, StratumSize
from labelqa.records.names import Digest, PersonId
from labelqa.records.people import Duty
from labelqa.records.reductions import Floats
from labelqa.records.review import Drawn, DrawStep, Plan, Resolved, Sample, Ticket, VerdictKind
from labelqa.sampling import doubles_of, grown, redrawn, steps_of
from labelqa.stats.acceptance import Estimation, with_size
from labelqa.stats.acceptance.switching import Switch
from labelqa.workflows.certifying.streams import switch_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.planning.designs import design_of, resolve, review_costs, usual_margin
from labelqa.workflows.population import annotators, frozen_of, took_part
from labelqa.workflows.rounds.ancestry import judged_before
from labelqa.workflows.state import State, read_state

LEAST_PART: Final = 4  # of a simple random draw's items a draw by score keeps one in so many at least
_KEPT: Final = 4  # samples drawn again that a desk keeps
COUNTED: Final = (Design.CONTRACT, Design.AQL)  # designs whose rule holds for one number of items only


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a plan asks for: items in all and by stratum, and how many of them are judged twice."""

    resolved: Resolved
    strata: tuple[StratumSize, ...]  # with the items drawn from each; none where there are no strata
    doubles: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Items drawn by stratum; one number where there are no strata."""
        return tuple(each.n for each in self.strata) or (self.resolved.n,)

    @property
    def step(self) -> DrawStep:
        """The same as a step of a draw."""
        return DrawStep(sizes=self.sizes, doubles=self.doubles)


def asked(
    plan: Plan,
    population: int,
    strata: Sequence[StratumSize],
    n: int | None = None,
    *,
    switch: Switch | None = None,
    scores: Floats | None = None,
) -> Asked:
    """What a plan asks for of so many items in these strata, with these scores where it names one.

    ``n`` asks for more than the plan does, never for fewer; ``switch`` is the state of the stream's switching rules.
    """
    return shared_out(plan, planned(plan, population, strata, switch=switch, scores=scores), strata, n)


def planned(
    plan: Plan,
    population: int,
    strata: Sequence[StratumSize],
    *,
    switch: Switch | None = None,
    scores: Floats | None = None,
) -> Resolved:
    """The plan worked out; an estimate drawn by a score needs fewer items for its margin, the better the score is.

    It draws at least a quarter of what a simple random draw needs, whatever the scores say: they may be too bold.
    """
    resolved = resolve(plan, population, strata=strata, switch=switch)
    if plan.design is not Design.ESTIMATE or scores is None or strata:
        return resolved
    from labelqa.stats.strata import reviews_for_margin

    margin = usual_margin(plan.accuracy) if plan.terms.margin is None else plan.terms.margin
    by_score = reviews_for_margin(scores, margin=margin, confidence=plan.terms.confidence, floor=plan.terms.floor)
    return replace(resolved, n=min(resolved.n, max(by_score, -(-resolved.n // LEAST_PART))))


def shared_out(plan: Plan, need: Resolved, strata: Sequence[StratumSize], n: int | None = None) -> Asked:
    """The same, of a plan that is worked out already."""
    resolved = _sized(plan, need, n)
    doubles = doubles_of(plan.terms.double, resolved.n)
    if not strata or resolved.n > need.population:
        return Asked(resolved=resolved, strata=(), doubles=doubles)
    from labelqa.stats.strata import allocate, fewest

    least = fewest(strata, plan.terms.minimum)
    if resolved.n < least:
        resolved = replace(resolved, n=least)
    sizes = allocate(
        resolved.n, strata, allocation=plan.terms.allocation, minimum=plan.terms.minimum,
        costs=review_costs(plan.terms, strata),
    )  # fmt: skip
    if plan.design is Design.ESTIMATE:
        sizes = grown(_for_each(plan, need.population, strata), sizes)
    shared = tuple(replace(each, n=size) for each, size in zip(strata, sizes, strict=True))
    return Asked(resolved=resolved, strata=shared, doubles=doubles_of(plan.terms.double, resolved.n))


def _for_each(plan: Plan, population: int, strata: Sequence[StratumSize]) -> tuple[int, ...]:
    """The items of an estimate by strata: in each as many as its own margin takes."""
    check = design_of(plan, population, strata=[replace(each, n=0) for each in strata])
    return tuple(each.n for each in check.strata) if isinstance(check, Estimation) else ()


def switch_at(state: State, batch: Batch, plan: Plan) -> Switch | None:
    """Where the stream of an AQL plan stands; None for any other plan."""
    return switch_of(state, batch, plan) if plan.design is Design.AQL else None


def _sized(plan: Plan, resolved: Resolved, n: int | None) -> Resolved:
    if n is None or n == resolved.n:
        return resolved
    if n < resolved.n:
        raise Refused(
            "the plan asks for {need} items, and {n} would not prove it: draw {need} or more", need=resolved.n, n=n
        )
    if plan.design in COUNTED:
        raise Refused(
            "the rule of plan {plan} ({design}) holds for {need} items and for no other number: declare another plan",
            plan=plan.number, design=str(plan.design), need=resolved.n,
        )  # fmt: skip
    if plan.terms.cut is not None and n > plan.terms.cut:
        raise Refused(
            "plan {plan} gives up after {cut} reviews, so {n} items are not drawn: declare another plan for more",
            plan=plan.number, cut=plan.terms.cut, n=n,
        )  # fmt: skip
    if n > resolved.population or resolved.c is None:
        return replace(resolved, n=n)
    return with_size(resolved, n, accuracy=plan.accuracy, expected=plan.expected)


def tickets_of(desk: Desk, batch: Batch, seed: str, sizes: Sequence[int], measures: Digest | None) -> Sequence[Ticket]:
    """The tickets that a seed draws from a frozen batch, stratum after stratum; the engine reads the items."""
    if measures is None:
        return desk.reducer.tickets(desk.frozen.checked(frozen_of(batch).items), seed, sizes)
    return desk.reducer.tickets(desk.frozen.checked(measures), seed, sizes, stratum="stratum", size="size")


def kind_of(batch: Batch, plan: Plan) -> VerdictKind:
    """In which capacity the verdicts on a sample of this plan are given."""
    return purpose_of(plan, batch.kind)


def drawn_items(desk: Desk, sample: str) -> tuple[Drawn, ...]:
    """The items of a sample in the order drawn, drawn again from the ledger and the frozen batch alone."""
    state = read_state(desk)
    return items_of(desk, state, state.sample(sample))


def items_of(desk: Desk, state: State, sample: Sample) -> tuple[Drawn, ...]:
    """The same, in a state already read; the last few are kept, as several questions about a batch need them."""
    batch, kept = state.batch(sample.batch), desk.memo.setdefault("drawn", {})
    files = frozen_of(batch)
    for digest in (files.items, files.annotations, *([sample.measures] if sample.measures else [])):
        desk.frozen.checked(digest)
    key = (files.items, files.annotations, sample)
    if key not in kept:
        while len(kept) >= _KEPT:
            del kept[next(iter(kept))]
        kept[key] = _redrawn(desk, batch, sample)
    found: tuple[Drawn, ...] = kept[key]
    return found


def _redrawn(desk: Desk, batch: Batch, sample: Sample) -> tuple[Drawn, ...]:
    sizes = steps_of(sample)[-1].sizes
    tickets = tickets_of(desk, batch, sample.seed, sizes, sample.measures)
    items = [each.item_id for each in tickets]
    chances = None
    if sample.measures is not None:
        from labelqa.workflows.drawing.frame import chances_of

        chances = chances_of(desk, sample.measures, sizes, items)
    hands = annotators(desk, batch, items, among=sample.pool)  # nobody else is dealt an item
    return tuple(redrawn(sample, tickets, annotators=hands, chances=chances))


def verifier_pool(desk: Desk, state: State, batch: Batch, at: datetime, kind: VerdictKind) -> tuple[PersonId, ...]:
    """Everybody who could be drawn as a verifier of a batch at a time.

    For a verification or an acceptance nobody who reviewed the batch as part of production (GB/T 45674—2025, 8.1 c),
    nor anybody who judged an earlier round of it.
    """
    standings = {person: state.qualification(person, batch.release, at, Duty.REVIEWER) for person in state.people}
    inside = took_part(desk, state, batch)
    if kind is VerdictKind.REVIEW:
        inside |= _outsiders(state, batch)
    else:
        inside |= reviewers_of(state, batch) | judged_before(state, batch)
    fitness = Fitness(state, batch)
    able = [each for each in state.people.values() if not fitness.reasons(each.person, {Duty.REVIEWER}, at)]
    return eligible_verifiers(able, standings, inside, at)


def reviewers_of(state: State, batch: Batch) -> frozenset[PersonId]:
    """Who reviews a batch as part of production: drawn for it, or with a verdict in it."""
    samples = [each for each in state.samples.get(batch.name, ()) if each.kind is VerdictKind.REVIEW]
    gave = {each.reviewer for sample in samples for each in state.reviews.get(sample.sample, ())}
    return frozenset(gave.union(*(sample.verifiers for sample in samples)))


def _outsiders(state: State, batch: Batch) -> frozenset[PersonId]:
    """Who is drawn to verify a batch from outside."""
    samples = [each for each in state.samples.get(batch.name, ()) if each.kind is VerdictKind.VERIFICATION]
    return frozenset[PersonId]().union(*(sample.verifiers for sample in samples))
