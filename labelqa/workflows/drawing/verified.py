"""Draw a sample again from the ledger and the frozen batch alone, and say everything in which the record differs.

Items, order, tickets, strata, sizes, verifiers, second looks, seed, parts, standing and extensions are all worked out
anew: the frozen batch gives the frame with its strata and sizes, the plan how many of each, the facts the seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isclose, isnan
from typing import Final

from labelqa.errors import LabelqaError, Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch
from labelqa.records.designs import StratumSize
from labelqa.records.facts import SampleDrawn, SampleExtended
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.reductions import Floats
from labelqa.records.review import Drawn, Plan, Sample, VerdictKind
from labelqa.sampling import Measures, grown, sample_digest, steps_of, verify
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.drawn import items_of, kind_of, planned, shared_out, switch_at, verifier_pool
from labelqa.workflows.drawing.seeds import commitments, fact_of, proven
from labelqa.workflows.population import annotators, frozen_of, population
from labelqa.workflows.state import State, fold, read_state

_REPEAT = Message("declare another plan and draw anew, or restore what was recorded")
_KINDS: Final[Mapping[VerdictKind, str]] = {
    VerdictKind.REVIEW: N_("production review"),
    VerdictKind.VERIFICATION: N_("spot check"),
    VerdictKind.RE_REVIEW: N_("re-review"),
    VerdictKind.ACCEPTANCE: N_("acceptance check"),
}
_SCORE_STEP = 1.5e-6  # a score is rounded to six digits; the last may differ between machines


def verify_sample(desk: Desk, sample: str) -> list[Finding]:
    """Everything in which a recorded sample differs from its redraw, and from what its plan asks for."""
    state = read_state(desk)
    found = state.sample(sample)
    batch = state.batch(found.batch)
    plans = state.plans.get(found.batch, ())
    if not 1 <= found.plan <= len(plans):
        return [_wrong(found, "sample-plan", Message("the sample rests on plan {n}, which the batch does not have",
                                                     {"n": found.plan}))]  # fmt: skip
    plan = plans[found.plan - 1]
    before = fold(state.facts.seen(before=found.fact), desk.settings.qualification_days)
    try:
        measures, strata, scores, told = _frame(desk, before, batch, plan, found)
        drawn = items_of(desk, state, found)
        worth = proven(state, found, plan)
    except (LabelqaError, ValueError) as error:
        why = error.message if isinstance(error, LabelqaError) else str(error)
        return [_wrong(found, "sample-redraw", Message("the sample cannot be drawn again: {why}", {"why": why}))]
    wrong = verify(
        found, drawn, population(desk, state, batch).ids, plan=plan, freeze=frozen_of(batch),
        annotators=annotators(desk, batch), measures=measures, proven=worth, commitments=commitments(state, plan),
    )  # fmt: skip
    return [
        *told,
        *wrong,
        *_step_findings(state, found, drawn),
        *_plan_findings(state, before, found, plan, strata, scores),
        *_name_findings(state, batch, found, plan),
        *_pool_findings(desk, before, found),
    ]


def _wrong(sample: Sample, code: str, message: Message) -> Finding:
    place = Place(subject=f"sample:{sample.sample}")
    return finding(code, message.text, mend=_REPEAT, place=place, **message.values)


def _frame(
    desk: Desk, before: State, batch: Batch, plan: Plan, sample: Sample
) -> tuple[Measures | None, tuple[StratumSize, ...], Floats | None, list[Finding]]:
    """The recorded strata and sizes, the strata and scores as they come out again, and where the two differ."""
    if not (plan.terms.strata or plan.terms.score):
        if sample.measures is None and not sample.strata:
            return None, (), None, []
        text = Message("strata or sizes are recorded, but the plan gives every item the same chance")
        return None, (), None, [_wrong(sample, "sample-measures", text)]
    from labelqa.workflows.drawing.frame import frame_of, read_frame

    due = frame_of(desk, before, batch, plan)
    if sample.measures is None:
        text = Message("the plan draws by strata or sizes, but none are recorded")
        return due.measures, due.strata, due.score, [_wrong(sample, "sample-measures", text)]
    measures, scores = read_frame(desk, sample.measures)
    same = (
        tuple(measures.items) == tuple(due.measures.items)
        and measures.stratum.tolist() == due.measures.stratum.tolist()
        and _near(scores.tolist(), [float("nan")] * len(scores) if due.score is None else due.score.tolist())
        and _near(measures.size.tolist(), due.measures.size.tolist(), within=1e-4)
    )
    text = Message("the recorded strata and sizes are not those that come out of the frozen batch")
    return (
        measures,
        due.strata,
        None if due.score is None else scores,
        [] if same else [_wrong(sample, "sample-measures", text)],
    )


def _near(some: Sequence[float], others: Sequence[float], *, within: float = _SCORE_STEP) -> bool:
    return len(some) == len(others) and all(
        abs(one - other) <= within or (isnan(one) and isnan(other)) for one, other in zip(some, others, strict=True)
    )


def _step_findings(state: State, sample: Sample, drawn: Sequence[Drawn]) -> Iterator[Finding]:
    """Where the draw or an extension was recorded with another digest than the items that had been drawn by then."""
    for seq in (sample.fact, *sample.extended):
        body: SampleDrawn | SampleExtended = fact_of(state, seq).body
        if sample_digest(drawn[: body.n]) != body.digest:
            text = Message("the first {n} items do not give the digest that fact {fact} recorded of them",
                           {"n": body.n, "fact": seq})  # fmt: skip
            yield _wrong(sample, "sample-digest", text)


def _plan_findings(
    state: State, before: State, sample: Sample, plan: Plan, strata: Sequence[StratumSize], scores: Floats | None
) -> Iterator[Finding]:
    """Where the numbers of the draw and of its extensions are not what the plan gives for this frame."""
    batch = before.batch(sample.batch)
    size, steps, switch = frozen_of(batch).n_items, steps_of(sample), switch_at(before, batch, plan)
    worked = planned(plan, size, strata, switch=switch, scores=scores)
    need = shared_out(plan, worked, strata)
    first = sum(steps[0].sizes)
    if first < need.resolved.n or sample.resolved.population != size:
        yield finding(
            "sample-size", "sample {sample} has {n} items, but its plan asks for {need} of {size}",
            mend=Message("draw the missing items, or declare another plan and draw anew"),
            place=Place(subject=f"sample:{sample.sample}"), sample=sample.sample, n=sample.resolved.n,
            need=need.resolved.n, size=size,
        )  # fmt: skip
        return
    due = shared_out(plan, worked, strata, first)
    yield from _promise_findings(sample, plan, due.resolved.c, (due.resolved.risk, due.resolved.power))
    sizes = due.sizes
    for seq, step in zip((sample.fact, *sample.extended), steps, strict=True):
        now = shared_out(plan, worked, strata, sum(step.sizes))
        sizes = due.sizes if seq == sample.fact else grown(sizes, now.sizes)
        if (step.sizes, step.doubles) != (sizes, now.doubles):
            text = Message("fact {fact} draws {found} items by stratum and {twice} twice, the plan gives {sizes} and {due}",
                           {"fact": seq, "found": _listed(step.sizes), "twice": step.doubles, "sizes": _listed(sizes),
                            "due": now.doubles})  # fmt: skip
            yield _wrong(sample, "sample-sizes", text)
        yield from _row_findings(state, sample, seq, strata)


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))


def _promise_findings(
    sample: Sample, plan: Plan, allowed: int | None, chances: tuple[float, float]
) -> Iterator[Finding]:
    drawn = sample.resolved
    if drawn.c != allowed:
        yield finding(
            "sample-allowed", "sample {sample} allows {c} defects, but plan {plan} allows {need}",
            mend=Message("judge the batch by the plan that was declared"),
            place=Place(subject=f"sample:{sample.sample}"), sample=sample.sample, c="–" if drawn.c is None else drawn.c,
            need="–" if allowed is None else allowed, plan=plan.number,
        )  # fmt: skip
    if not all(isclose(*pair, abs_tol=1e-6) for pair in zip((drawn.risk, drawn.power), chances, strict=True)):
        text = Message("risk and power are recorded as {risk:.6f} and {power:.6f}, the plan has {due:.6f} and {chance:.6f}",
                       {"risk": drawn.risk, "power": drawn.power, "due": chances[0], "chance": chances[1]})  # fmt: skip
        yield _wrong(sample, "sample-risk", text)


def _row_findings(state: State, sample: Sample, seq: int, strata: Sequence[StratumSize]) -> Iterator[Finding]:
    told = [(name, items, share) for name, items, _, share in fact_of(state, seq).body.strata]
    due = [(each.name, each.items, each.expected) for each in strata]
    same = len(told) == len(due) and all(
        one[:2] == other[:2] and abs(one[2] - other[2]) <= _SCORE_STEP for one, other in zip(told, due, strict=True)
    )
    if not same:
        text = Message("fact {fact} names other strata than the frozen batch has under this plan", {"fact": seq})
        yield _wrong(sample, "sample-stratum", text)


def _name_findings(state: State, batch: Batch, sample: Sample, plan: Plan) -> Iterator[Finding]:
    place = [each.sample for each in state.samples[batch.name]].index(sample.sample) + 1
    if sample.sample != f"{batch.name}/{place}":
        text = Message("it is sample number {number} of batch {batch}, but is called {sample}",
                       {"number": place, "batch": batch.name, "sample": sample.sample})  # fmt: skip
        yield _wrong(sample, "sample-name", text)
    due = kind_of(batch, plan)
    if sample.kind is not due:
        text = Message("the verdicts are recorded as {found}, the plan makes them {due}",
                       {"found": Message(_KINDS[sample.kind]), "due": Message(_KINDS[due])})  # fmt: skip
        yield _wrong(sample, "sample-kind", text)
    if sample.published and not plan.terms.seed_source:
        text = Message("a time of publication is recorded, but the plan names no public source of its seed")
        yield _wrong(sample, "sample-published", text)


def _pool_findings(desk: Desk, before: State, sample: Sample) -> Iterator[Finding]:
    """Where the recorded pool of verifiers is not everybody who could have been drawn, as the ledger stood then."""
    due = set(verifier_pool(desk, before, before.batch(sample.batch), sample.at, sample.kind))
    for person in sorted(due ^ set(sample.pool)):
        left_out = N_("{person} could have been drawn as a verifier and is not in the pool")
        too_many = N_("{person} stands in the pool of verifiers and could not have been drawn")
        yield finding(
            "sample-pool", left_out if person in due else too_many,
            mend=Message("draw the sample anew from everybody who may verify it"),
            place=Place(subject=f"person:{person}"), person=person,
        )  # fmt: skip
