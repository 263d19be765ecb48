"""Spot checks: declare a plan and commit its seed, draw items and verifiers, and draw them again to prove it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from labelqa.batches.conclusion import plan_to_draw
from labelqa.batches.preconditions import why_not_draw, why_not_plan
from labelqa.errors import BadInput, Message, Refused, WrongUsage
from labelqa.i18n import N_
from labelqa.people.duties import eligible_verifiers
from labelqa.records.batch import Batch, Kind
from labelqa.records.facts import Draft, Fact, PlanDeclared, SampleDrawn
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import PersonId
from labelqa.records.results import PlanResult
from labelqa.records.review import Design, Drawn, Plan, Resolved, Sample, VerdictKind
from labelqa.sampling import check_seed, redraw, sample_digest, seed_digest, seed_standing, verify
from labelqa.sampling import verifiers as draw_verifiers
from labelqa.stats.acceptance import census, two_point, with_size, zero_acceptance
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import annotators, frozen_of, population, took_part
from labelqa.workflows.refusals import refuse
from labelqa.workflows.select import Matching
from labelqa.workflows.state import State, fold, read_state

SEEDS = "seeds"


def declare_plan(
    desk: Desk,
    batch: str,
    *,
    design: Design | None = None,
    accuracy: float = 0.95,
    risk: float = 0.05,
    expected: float | None = None,
    power: float = 0.9,
    seed: str = "",
) -> PlanResult:
    """Declare what a spot check must prove, and commit its seed by digest; ``draw`` reveals the seed.

    Without ``expected`` a batch is expected to have a fifth of the errors that are still allowed. Safety batches
    are reviewed item by item. A plan made when verdicts are known is recorded as such beside the earlier ones.
    """
    state = read_state(desk)
    found = state.batch(batch)
    design = design or (Design.CENSUS if found.kind is Kind.SAFETY else Design.TWO_POINT)
    refuse(why_not_plan(found, design))
    expected = round(1 - (1 - accuracy) / 5, 10) if expected is None else expected
    _check_shares(accuracy=accuracy, risk=risk, expected=expected, power=power)
    given, seed = bool(seed), seed or secrets.token_hex(16)
    check_seed(seed)
    size = _matching_items(desk, found)
    body = PlanDeclared(
        batch=found.name, number=len(state.plans.get(found.name, ())) + 1, design=str(design), accuracy=float(accuracy),
        risk=float(risk), expected=float(expected), power=float(power), seed_digest=seed_digest(seed),
        before_freeze=found.freeze is None, after_results=bool(state.reviews_of(found.name)), before_labels=not size,
        seed_given=given,
    )  # fmt: skip
    path = _seed_path(desk, found, body.number)

    def unless(facts: Sequence[Fact]) -> None:
        _refuse_changed(desk, facts, body)
        _keep_seed(path, seed)  # under the lock, so that nobody's kept seed is written over

    draft = Draft(body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    plan = read_state(desk).plans[found.name][-1]
    return PlanResult(
        plan=plan, preview=resolve(plan, size) if size else None, seed_file=str(path), earlier=plan.number - 1
    )


def _refuse_changed(desk: Desk, facts: Sequence[Fact], body: PlanDeclared) -> None:
    """Somebody else planned, froze or judged meanwhile: what the fact says would be untrue."""
    now = fold(facts, desk.settings.qualification_days)
    batch = now.batch(body.batch)
    refuse(why_not_plan(batch, Design(body.design)))
    told = (body.number - 1, body.before_freeze, body.after_results)
    if told != (len(now.plans.get(batch.name, ())), batch.freeze is None, bool(now.reviews_of(batch.name))):
        raise Refused("batch {batch} changed while the plan was made: look at it again and repeat", batch=batch.name)


def _check_shares(*, accuracy: float, risk: float, expected: float, power: float) -> None:
    for name, value in (("accuracy", accuracy), ("risk", risk), ("power", power)):
        if not 0 < value < 1:
            raise WrongUsage("{name} is a share between 0 and 1, such as 0.95; got {value}", name=name, value=value)
    if not accuracy < expected <= 1:
        raise WrongUsage(
            "the expected accuracy must lie above the accuracy to be proven ({accuracy}), got {expected}",
            accuracy=accuracy, expected=expected,
        )  # fmt: skip


def _matching_items(desk: Desk, batch: Batch) -> int:
    if batch.freeze is not None:
        return batch.freeze.n_items
    matching = Matching(desk, batch.where)
    items = matching.items(desk.intake.items())
    return len({row.item_no for row in desk.intake.annotations() if row.item_no in items and matching.holds(row)})


def resolve(plan: Plan, population_size: int) -> Resolved:
    """The plan worked out for so many items."""
    if plan.design is Design.CENSUS:
        return census(population_size, accuracy=plan.accuracy)
    if plan.design is Design.ZERO_ACCEPTANCE:
        return zero_acceptance(population_size, accuracy=plan.accuracy, risk=plan.risk, expected=plan.expected)
    return two_point(population_size, accuracy=plan.accuracy, risk=plan.risk, expected=plan.expected, power=plan.power)


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
    seed = seed or _kept_seed(desk, found, plan)
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
    if drawn.c > need.c:
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


def _seed_path(desk: Desk, batch: Batch, number: int) -> Path:
    return desk.settings.workspace / SEEDS / f"{batch.name}-{number}.txt"


def _keep_seed(path: Path, seed: str) -> None:
    """Keep a seed where only its owner can read it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(seed)


def _kept_seed(desk: Desk, batch: Batch, plan: Plan) -> str:
    path = _seed_path(desk, batch, plan.number)
    if not path.is_file():
        raise BadInput(
            "the seed of plan {plan} is not in {path}: give it with --seed", plan=plan.number, path=str(path)
        )
    return path.read_text(encoding="utf-8")
