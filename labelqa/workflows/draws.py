"""Draw the items of a frozen batch and the people who verify them; draw them again to prove it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from labelqa.batches.conclusion import plan_to_draw
from labelqa.batches.preconditions import why_not_draw
from labelqa.errors import Message, Refused
from labelqa.i18n import N_
from labelqa.people.duties import eligible_verifiers
from labelqa.records.batch import Batch, Kind
from labelqa.records.facts import Draft, Fact, SampleDrawn
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import PersonId
from labelqa.records.review import Drawn, Plan, Resolved, Sample, VerdictKind
from labelqa.sampling import redraw, sample_digest, seed_digest, seed_standing, verify
from labelqa.sampling import verifiers as draw_verifiers
from labelqa.stats.acceptance import with_size
from labelqa.workflows.desk import Desk
from labelqa.workflows.plans import kept_seed, resolve
from labelqa.workflows.population import annotators, frozen_of, population, took_part
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import State, fold, read_state


def draw_sample(desk: Desk, batch: str, *, seed: str = "", n: int | None = None, verifiers: int = 2) -> Sample:
    """Draw the sample of the batch's plan and the people who verify it; reveals the seed.

    ``n`` draws more than the plan asks for, never fewer. ``verifiers`` is how many people to draw among those who are
    qualified and took no part; nobody picks them (GB/T 45674—2025, 8.1 c).
    """
    state = read_state(desk)
    found = state.batch(batch)
    plan = _next_plan(state, found)
    freeze = frozen_of(found)
    resolved = _sized(plan, resolve(plan, freeze.n_items), n)
    seed = seed or kept_seed(desk, found, plan)
    earlier = state.samples.get(found.name, ())
    refuse(why_not_draw(found, plan, resolved.n, seed_digest=seed_digest(seed), samples=earlier))
    people = population(desk, state, found)
    if people.open_disputes:
        raise Refused(
            "{n} items of batch {batch} have no label of record: labelqa dispute list {batch} shows them, and an "
            "arbitrator rules on them before the draw", n=len(people.open_disputes), batch=found.name,
        )  # fmt: skip
    now = desk.clock()
    pool = verifier_pool(desk, state, found, now)
    drawn = redraw(seed, people.ids, resolved.n, pool=pool, k=verifiers, annotators=annotators(desk, found))
    body = SampleDrawn(
        sample=f"{found.name}/{len(earlier) + 1}", batch=found.name, plan=plan.number,
        kind=str(VerdictKind.REVIEW if found.kind is Kind.SAFETY else VerdictKind.VERIFICATION),
        population=resolved.population, n=resolved.n, c=resolved.c, risk=resolved.risk, power=resolved.power, seed=seed,
        standing=str(seed_standing(plan.fact, freeze.fact, blind=plan.blind)), frame=freeze.frame, digest=sample_digest(drawn),
        verifiers=list(draw_verifiers(seed, pool, verifiers)), pool=sorted(pool),
    )  # fmt: skip
    draft = Draft(
        body=body, subjects=(f"batch:{found.name}", f"sample:{body.sample}"), actor=desk.actor, identity=desk.identity
    )

    def unless(facts: Sequence[Fact]) -> None:
        now = fold(facts, desk.settings.qualification_days)
        samples = now.samples.get(found.name, ())
        refuse(why_not_draw(now.batch(batch), plan, resolved.n, seed_digest=seed_digest(seed), samples=samples))
        if len(samples) != len(earlier):
            raise Refused("batch {batch} changed while the sample was drawn: look at it again and repeat", batch=batch)

    desk.ledger.append([draft], now=now, unless=unless)
    return read_state(desk).sample(body.sample)


def _next_plan(state: State, batch: Batch) -> Plan:
    plans = state.plans.get(batch.name, ())
    used = {each.plan for each in state.samples.get(batch.name, ())}
    plan = plan_to_draw([each for each in plans if each.number not in used]) or plan_to_draw(plans)
    if plan is None:
        raise Refused("batch {batch} has no plan: labelqa plan {batch} declares one before the draw", batch=batch.name)
    return plan


def _sized(plan: Plan, resolved: Resolved, n: int | None) -> Resolved:
    if n is None or n == resolved.n:
        return resolved
    if n < resolved.n:
        raise Refused(
            "the plan asks for {need} items, and {n} would not prove it: draw {need} or more", need=resolved.n, n=n
        )
    if n > resolved.population:
        return Resolved(population=resolved.population, n=n, c=resolved.c, risk=resolved.risk, power=resolved.power)
    return with_size(resolved, n, accuracy=plan.accuracy, expected=plan.expected)


def verifier_pool(desk: Desk, state: State, batch: Batch, at: datetime) -> tuple[PersonId, ...]:
    """Everybody who could be drawn as a verifier of a batch at a time."""
    standings = {person: state.qualification(person, batch.release, at) for person in state.people}
    return eligible_verifiers(state.people.values(), standings, took_part(desk, state, batch), at)


def drawn_items(desk: Desk, sample: str) -> tuple[Drawn, ...]:
    """The items of a sample in ticket order, drawn again from the ledger and the frozen batch alone."""
    state = read_state(desk)
    return items_of(desk, state, state.sample(sample))


def items_of(desk: Desk, state: State, sample: Sample) -> tuple[Drawn, ...]:
    """The same, in a state already read."""
    batch = state.batch(sample.batch)
    return tuple(
        redraw(
            sample.seed,
            population(desk, state, batch).ids,
            sample.resolved.n,
            pool=sample.pool,
            k=len(sample.verifiers),
            annotators=annotators(desk, batch),
        )
    )


def verify_sample(desk: Desk, sample: str) -> list[Finding]:
    """Everything in which a recorded sample differs from its redraw, and from what its plan asks for."""
    state = read_state(desk)
    found = state.sample(sample)
    batch = state.batch(found.batch)
    freeze = frozen_of(batch)
    plan = state.plans[found.batch][found.plan - 1]
    drawn = items_of(desk, state, found)
    wrong = verify(
        found, drawn, population(desk, state, batch).ids, plan=plan, freeze=freeze, annotators=annotators(desk, batch)
    )
    before = fold([fact for fact in state.facts if fact.seq < found.fact], desk.settings.qualification_days)
    return [*wrong, *_plan_findings(found, plan, resolve(plan, freeze.n_items)), *_pool_findings(desk, before, found)]


def _plan_findings(sample: Sample, plan: Plan, need: Resolved) -> Iterator[Finding]:
    """Where the sample's size or the defects it allows are not what its plan gives."""
    drawn = sample.resolved
    if drawn.n < need.n or drawn.population != need.population:
        yield finding(
            "sample-size", "sample {sample} has {n} items, but its plan asks for {need} of {size}",
            mend=Message("draw the missing items, or declare another plan and draw anew"),
            place=Place(subject=f"sample:{sample.sample}"), sample=sample.sample, n=drawn.n, need=need.n,
            size=need.population,
        )  # fmt: skip
    if drawn.c is not None and need.c is not None and drawn.c > need.c:
        yield finding(
            "sample-allowed", "sample {sample} allows {c} defects, but plan {plan} allows {need}",
            mend=Message("judge the batch by the plan that was declared"),
            place=Place(subject=f"sample:{sample.sample}"), sample=sample.sample, c=drawn.c, need=need.c, plan=plan.number,
        )  # fmt: skip


def _pool_findings(desk: Desk, before: State, sample: Sample) -> Iterator[Finding]:
    """Where the recorded pool of verifiers is not everybody who could have been drawn, as the ledger stood then."""
    due = set(verifier_pool(desk, before, before.batch(sample.batch), sample.at))
    for person in sorted(due ^ set(sample.pool)):
        left_out = N_("{person} could have been drawn as a verifier and is not in the pool")
        too_many = N_("{person} stands in the pool of verifiers and could not have been drawn")
        yield finding(
            "sample-pool", left_out if person in due else too_many,
            mend=Message("draw the sample anew from everybody who may verify it"),
            place=Place(subject=f"person:{person}"), person=person,
        )  # fmt: skip
