"""What a batch's line and its card on the board both say: where it stands, what is open in it, who must act.

A settled batch is told as its settlement recorded it, and worked out anew only where something bears on it since, or
where the settlement does not say. Nothing is recorded here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from labelqa.batches.card import card_state
from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import Evidence
from labelqa.batches.recorded import figure_kept
from labelqa.batches.step import Step, next_step, shown_stage, step_after
from labelqa.records.batch import Batch, Stage
from labelqa.records.estimate import Figure
from labelqa.records.facts import BatchSettled
from labelqa.records.life import BatchLife
from labelqa.workflows.certifying.evidence import accuracy_of, evidence_of
from labelqa.workflows.certifying.life import card_of, recorded_review, shown_life
from labelqa.workflows.certifying.since import changed_since
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of a batch, and what it was taken from: its settlement or, where that does not do, the evidence."""

    stage: Stage
    step: Step
    reviewed: int
    disputes_open: int
    unqualified: int
    life: BatchLife
    settled: BatchSettled | None = None  # it is told as recorded
    evidence: Evidence | None = None  # it is worked out


def told_of(desk: Desk, state: State, batch: Batch) -> Told:
    """What is said of a batch in a state already read."""
    settled = recorded(desk, state, batch)
    return _worked_out(desk, state, batch) if settled is None else _as_recorded(state, batch, settled)


def recorded(desk: Desk, state: State, batch: Batch) -> BatchSettled | None:
    """The settlement of a batch where it still says what stands; None where it does not, or does not say enough."""
    if batch.name not in state.settlements:
        return None
    fact, body = state.settlements[batch.name]
    if not body.figures or changed_since(desk, state, batch, fact.seq, until=fact.effective_at):
        return None
    return body


def accuracy_told(desk: Desk, batch: Batch, told: Told) -> Figure:
    """The accuracy of the labels of record, or why it is unknown."""
    if told.settled is not None:
        return figure_kept(told.settled.figures["accuracy"])
    if told.evidence is None:
        raise ValueError("a batch is told either from its settlement or from its evidence")
    return accuracy_of(desk, batch, told.evidence)


def _as_recorded(state: State, batch: Batch, settled: BatchSettled) -> Told:
    counts = settled.counts
    return Told(
        stage=batch.stage, step=step_after(batch), reviewed=counts["reviewed"], disputes_open=counts["disputes"],
        unqualified=counts["unqualified"], settled=settled,
        life=BatchLife(
            hits=counts["hits"], card=card_state(card_of(state, batch)), problems=settled.problems.get("found", 0),
            problems_open=settled.problems.get("open", 0), appeals=counts["appeals"],
            first_review=recorded_review(state, batch.name), scope=settled.scope,
        ),
    )  # fmt: skip


def _worked_out(desk: Desk, state: State, batch: Batch) -> Told:
    plans, samples = state.plans.get(batch.name, ()), state.samples.get(batch.name, ())
    evidence, reviewed = evidence_of(desk, state, batch), reviewed_in(state, batch)
    return Told(
        stage=shown_stage(batch, evidence), reviewed=reviewed, disputes_open=evidence.disputes_open,
        step=next_step(batch, plans=plans, samples=samples, reviewed=reviewed, evidence=evidence),
        unqualified=evidence.unqualified, life=shown_life(state, batch, evidence), evidence=evidence,
    )  # fmt: skip


def reviewed_in(state: State, batch: Batch) -> int:
    """How many drawn items have a verdict, over all samples of a batch."""
    samples = state.samples.get(batch.name, ())
    return sum(len(current_reviews(state.reviews.get(each.sample, ()))) for each in samples)


def told_again(desk: Desk, state: State, batch: Batch) -> Told:
    """The same without its evidence, kept from one question to the next while nothing bears on the batch.

    That others of its line were settled in between changes the share of the whole set.
    """
    kept: dict[str, tuple[int, int, Told]] = desk.memo.setdefault("told", {})
    known, ends = kept.get(batch.name), len(state.settlements)
    fresh = known is not None and known[1] == ends and batch.stage is not Stage.OPEN
    if known is None or not fresh or changed_since(desk, state, batch, known[0]):
        known = kept[batch.name] = (state.facts.last, ends, replace(told_of(desk, state, batch), evidence=None))
    return known[2]
