"""One batch on one line: where it stands, what was measured, who must act."""

from __future__ import annotations

from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import plan_to_draw
from labelqa.batches.settled import reason_name
from labelqa.batches.step import next_step, shown_stage
from labelqa.errors import Message
from labelqa.records.batch import Batch
from labelqa.records.estimate import Unknown
from labelqa.records.summary import BatchLine
from labelqa.workflows.agreement import alpha_of
from labelqa.workflows.certifying.evidence import accuracy_of, evidence_of
from labelqa.workflows.certifying.life import shown_life
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


def line_of(desk: Desk, state: State, batch: Batch) -> BatchLine:
    """The batch's line, in a state already read."""
    freeze, plans = batch.freeze, state.plans.get(batch.name, ())
    samples = state.samples.get(batch.name, ())
    evidence = evidence_of(desk, state, batch)
    reviewed = sum(len(current_reviews(state.reviews.get(each.sample, ()))) for each in samples)
    step = next_step(batch, plans=plans, samples=samples, reviewed=reviewed, evidence=evidence)
    plan = plans[evidence.sample.plan - 1] if evidence.sample else plan_to_draw(plans, batch.kind)
    return BatchLine(
        name=batch.name, kind=batch.kind, release=batch.release, organizer=batch.organizer, stage=shown_stage(batch, evidence),
        late=batch.late, items=freeze.n_items if freeze else 0, annotations=freeze.n_annotations if freeze else 0,
        annotators=len(desk.reducer.people(desk.frozen.checked(freeze.annotations))) if freeze else 0,
        disputed=freeze.n_disputed if freeze else 0, disputes_open=evidence.disputes_open,
        unqualified=evidence.unqualified, drawn=sum(each.resolved.n for each in samples), reviewed=reviewed,
        alpha=alpha_of(desk, batch) if freeze else Unknown(reason="not-frozen", message=Message("the batch is not frozen yet")),
        accuracy=accuracy_of(desk, batch, evidence), target=plan.accuracy if plan else None, conclusion=batch.conclusion,
        reason=reason_name(batch.reason) if batch.reason else Message(""), next_step=step.message, next_duty=step.duty,
        next_command=step.command, declared_at=batch.declared_at, frozen_at=freeze.at if freeze else None,
        settled_at=batch.settled_at, exclusions=freeze.exclusions if freeze else (),
        records_after=freeze.records_after if freeze else 0, items_left_out=freeze.items_left_out if freeze else 0,
        plans=len(plans), life=shown_life(state, batch, evidence),
    )  # fmt: skip
