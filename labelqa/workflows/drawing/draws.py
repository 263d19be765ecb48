"""Draw the items of a frozen batch and the people who verify them, and draw more of them later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from labelqa.batches.preconditions import why_not_draw, why_not_extend
from labelqa.batches.statements import ANYTIME
from labelqa.errors import Refused, WrongUsage
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.designs import Design, StratumSize
from labelqa.records.facts import Draft, SampleDrawn, SampleExtended
from labelqa.records.names import Digest, SampleId
from labelqa.records.reductions import Floats
from labelqa.records.review import Drawn, DrawStep, Plan, Sample
from labelqa.sampling import grown, redrawn, sample_digest, seed_digest, steps_of
from labelqa.sampling import verifiers as draw_verifiers
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.drawn import (
    Asked,
    asked,
    drawn_items,
    items_of,
    kind_of,
    switch_at,
    tickets_of,
    verifier_pool,
)
from labelqa.workflows.drawing.seeds import Revealed, plan_in_turn, reveal
from labelqa.workflows.drawing.verified import verify_sample
from labelqa.workflows.population import annotators, frozen_of, open_disputes, sent_back
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import State, fold, read_state

__all__ = ["draw_sample", "drawn_items", "extend_sample", "items_of", "verifier_pool", "verify_sample"]


def draw_sample(
    desk: Desk,
    batch: str,
    *,
    seed: str = "",
    parts: Mapping[str, str] | None = None,
    published: datetime | None = None,
    n: int | None = None,
    verifiers: int = 2,
) -> Sample:
    """Draw the sample of the batch's plan and the people who verify it; reveals the seed.

    ``seed`` and ``parts`` (by party) where they are not kept here; ``published`` says when a public seed was
    published. ``n`` draws more than the plan asks for, never fewer. ``verifiers`` is how many people to draw among
    those who are qualified and took no part; nobody picks them (GB/T 45674—2025, 8.1 c).
    """
    state = read_state(desk)
    found = state.batch(batch)
    plan, now = plan_in_turn(state, found), desk.clock()
    frozen_of(found)
    earlier = state.samples.get(found.name, ())
    wanted, measures = _wanted(desk, state, found, plan, n)
    revealed = reveal(desk, state, plan, seed=seed, parts=parts, published=published, now=now)
    promised = seed_digest(revealed.seed)
    refuse(why_not_draw(found, plan, wanted.resolved.n, seed_digest=promised, samples=earlier))
    _refuse_disputes(desk, state, found)
    sample = _prepared(desk, state, found, plan, wanted, revealed, measures, k=verifiers, at=now)
    drawn = _dealt(desk, found, sample)
    draft = _draft(desk, found, _drawn_body(sample, drawn))

    def unless(facts: Facts) -> None:
        later = fold(facts, desk.settings.qualification_days)
        samples = later.samples.get(found.name, ())
        refuse(why_not_draw(later.batch(batch), plan, wanted.resolved.n, seed_digest=promised, samples=samples))
        if len(samples) != len(earlier):
            raise Refused("batch {batch} changed while the sample was drawn: look at it again and repeat", batch=batch)

    desk.ledger.append([draft], now=now, unless=unless)
    return read_state(desk).sample(sample.sample)


def _wanted(desk: Desk, state: State, batch: Batch, plan: Plan, n: int | None) -> tuple[Asked, Digest | None]:
    """What the plan asks for of this batch, and the digest of its table of strata and sizes where it needs one."""
    size, switch = frozen_of(batch).n_items, switch_at(state, batch, plan)
    if not (plan.terms.strata or plan.terms.score):
        return asked(plan, size, (), n, switch=switch), None
    from labelqa.workflows.drawing.frame import frame_of, write_frame

    _refuse_disputes(desk, state, batch)  # an item without a label of record is in no stratum
    frame = frame_of(desk, state, batch, plan)
    return asked(plan, size, frame.strata, n, switch=switch, scores=frame.score), write_frame(desk, frame)


def _refuse_disputes(desk: Desk, state: State, batch: Batch) -> None:
    if back := sent_back(state, batch):
        raise Refused(
            "{n} items of batch {batch} were sent back by the arbitrator and have no label of record: labelqa correct list "
            "{batch} shows them, and they are corrected and re-reviewed before the draw", n=len(back), batch=batch.name,
        )  # fmt: skip
    if still := open_disputes(desk, state, batch):
        raise Refused(
            "{n} {n:item|items} of batch {batch} {n:has|have} no label of record: labelqa dispute list {batch} shows them, and an "
            "arbitrator rules on them before the draw", n=len(still), batch=batch.name,
        )  # fmt: skip


def _prepared(
    desk: Desk,
    state: State,
    batch: Batch,
    plan: Plan,
    wanted: Asked,
    revealed: Revealed,
    measures: Digest | None,
    *,
    k: int,
    at: datetime,
) -> Sample:
    """The sample but for its digest."""
    freeze, pool = frozen_of(batch), verifier_pool(desk, state, batch, at, kind_of(batch, plan))
    number = len(state.samples.get(batch.name, ())) + 1
    return Sample(
        sample=SampleId(f"{batch.name}/{number}"), batch=batch.name, plan=plan.number, kind=kind_of(batch, plan),
        resolved=wanted.resolved, seed=revealed.seed, standing=revealed.standing, frame=freeze.frame, digest=Digest(""),
        verifiers=draw_verifiers(revealed.seed, pool, k), pool=tuple(sorted(pool)), at=at, fact=0, measures=measures,
        strata=wanted.strata, doubles=wanted.doubles, parts=revealed.parts, steps=(wanted.step,),
        published=revealed.published,
    )  # fmt: skip


def _dealt(desk: Desk, batch: Batch, sample: Sample) -> list[Drawn]:
    tickets = tickets_of(desk, batch, sample.seed, steps_of(sample)[-1].sizes, sample.measures)
    people = annotators(desk, batch, [each.item_id for each in tickets])
    return redrawn(sample, tickets, annotators=people)


def _rows(strata: Sequence[StratumSize]) -> list[list[Any]]:
    return [[each.name, each.items, each.n, each.expected] for each in strata]


def _drawn_body(sample: Sample, drawn: Sequence[Drawn]) -> SampleDrawn:
    resolved = sample.resolved
    return SampleDrawn(
        sample=sample.sample, batch=sample.batch, plan=sample.plan, kind=str(sample.kind),
        population=resolved.population, n=resolved.n, c=resolved.c, risk=resolved.risk, power=resolved.power,
        seed=sample.seed, standing=str(sample.standing), frame=sample.frame, digest=sample_digest(drawn),
        verifiers=list(sample.verifiers), pool=list(sample.pool), measures=sample.measures or "",
        strata=_rows(sample.strata), doubles=sample.doubles, parts=[list(each) for each in sample.parts],
        published=sample.published,
    )  # fmt: skip


def _draft(desk: Desk, batch: Batch, body: SampleDrawn | SampleExtended) -> Draft:
    return Draft(
        body=body, subjects=(f"batch:{batch.name}", f"sample:{body.sample}"), actor=desk.actor, identity=desk.identity
    )


def extend_sample(desk: Desk, sample: str, *, n: int | None = None, more: int | None = None) -> Sample:
    """Draw more items of a sample: ``n`` in all, or so many ``more``. What was drawn, dealt and judged stays.

    The further items follow after the earlier ones, in strata shared out as the plan asks for. Refused for a settled
    batch, for more items than the frame has, and for plans whose rule holds for one number of items.
    """
    if (n is None) == (more is None):
        raise WrongUsage("say how many items in all (n), or how many more")
    state = read_state(desk)
    was = state.sample(sample)
    batch = state.batch(was.batch)
    total = n if n is not None else was.resolved.n + (more or 0)
    refuse(why_not_extend(batch, was, total))
    plan = state.plans[was.batch][was.plan - 1]
    _refuse_after_looking(state, was, plan)
    longer = _longer(desk, was, plan, total)
    drawn = _dealt(desk, batch, longer)
    body = SampleExtended(
        sample=was.sample, batch=was.batch, n=total, digest=sample_digest(drawn), strata=_rows(longer.strata),
        doubles=longer.doubles,
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        later = fold(facts, desk.settings.qualification_days)
        now = later.sample(was.sample)
        refuse(why_not_extend(later.batch(was.batch), now, total))
        _refuse_after_looking(later, was, plan)
        if now.extended != was.extended:
            raise Refused("sample {sample} was extended meanwhile: look at it again and repeat", sample=was.sample)

    desk.ledger.append([_draft(desk, batch, body)], now=desk.clock(), unless=unless)
    return read_state(desk).sample(was.sample)


def _refuse_after_looking(state: State, sample: Sample, plan: Plan) -> None:
    """Only a check that may be looked at after every verdict keeps its promise when more items follow what was seen."""
    if plan.design not in ANYTIME and state.reviews.get(sample.sample):
        raise Refused(
            "verdicts on sample {sample} are known already, and the numbers of its plan ({design}) hold only for a size "
            "fixed before: declare a further plan, or a sequential one the next time",
            sample=sample.sample, design=str(plan.design),
        )  # fmt: skip


def _longer(desk: Desk, was: Sample, plan: Plan, total: int) -> Sample:
    """The sample with the step of an extension added."""
    if plan.design is Design.CENSUS:
        raise Refused("a census has drawn every item: there is nothing to add")
    empty = [replace(each, n=0) for each in was.strata]
    wanted = asked(plan, was.resolved.population, empty, total, scores=_scores(desk, was, plan))
    sizes = grown(steps_of(was)[-1].sizes, wanted.sizes)
    strata = tuple(replace(each, n=size) for each, size in zip(was.strata, sizes, strict=True)) if was.strata else ()
    step = DrawStep(sizes=sizes, doubles=wanted.doubles)
    return replace(
        was, resolved=replace(was.resolved, n=total), strata=strata, doubles=wanted.doubles,
        steps=(*steps_of(was), step),
    )  # fmt: skip


def _scores(desk: Desk, sample: Sample, plan: Plan) -> Floats | None:
    """The scores that a sample was drawn by, as they were recorded."""
    if sample.measures is None or not plan.terms.score:
        return None
    from labelqa.workflows.drawing.frame import read_frame

    return read_frame(desk, sample.measures)[1]
