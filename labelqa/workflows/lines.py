"""One batch on one line: where it stands, what was measured, who must act."""

from __future__ import annotations

from labelqa.batches.conclusion import deciding, plan_to_draw
from labelqa.batches.recorded import figure_kept
from labelqa.batches.settled import reason_name
from labelqa.errors import Message
from labelqa.records.batch import Batch
from labelqa.records.estimate import Figure, Unknown
from labelqa.records.summary import BatchLine
from labelqa.workflows.certifying.told import Told, accuracy_told, told_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


def line_of(desk: Desk, state: State, batch: Batch) -> BatchLine:
    """The batch's line, in a state already read."""
    freeze, plans = batch.freeze, state.plans.get(batch.name, ())
    samples, told = state.samples.get(batch.name, ()), told_of(desk, state, batch)
    sample = deciding(samples, plans, batch.kind)
    plan = plans[sample.plan - 1] if sample else plan_to_draw(plans, batch.kind)
    return BatchLine(
        name=batch.name, kind=batch.kind, release=batch.release, organizer=batch.organizer, stage=told.stage,
        late=batch.late, items=freeze.n_items if freeze else 0, annotations=freeze.n_annotations if freeze else 0,
        annotators=_annotators(desk, batch, told), disputed=freeze.n_disputed if freeze else 0,
        disputes_open=told.disputes_open, unqualified=told.unqualified, drawn=sum(each.resolved.n for each in samples),
        reviewed=told.reviewed, alpha=_alpha(desk, batch, told), accuracy=accuracy_told(desk, batch, told),
        target=plan.accuracy if plan else None, conclusion=batch.conclusion,
        reason=reason_name(batch.reason) if batch.reason else Message(""), next_step=told.step.message,
        next_duty=told.step.duty, next_command=told.step.command, declared_at=batch.declared_at,
        frozen_at=freeze.at if freeze else None, settled_at=batch.settled_at,
        exclusions=freeze.exclusions if freeze else (), records_after=freeze.records_after if freeze else 0,
        items_left_out=freeze.items_left_out if freeze else 0, plans=len(plans), life=told.life,
    )  # fmt: skip


def _annotators(desk: Desk, batch: Batch, told: Told) -> int:
    if told.settled is not None:
        return told.settled.counts["annotators"]
    return len(desk.reducer.people(desk.frozen.checked(batch.freeze.annotations))) if batch.freeze else 0


def _alpha(desk: Desk, batch: Batch, told: Told) -> Figure:
    if told.settled is not None:
        return figure_kept(told.settled.figures["alpha"])
    if batch.freeze is None:
        return Unknown(reason="not-frozen", message=Message("the batch is not frozen yet"))
    from labelqa.workflows.agreement import alpha_of

    return alpha_of(desk, batch)
