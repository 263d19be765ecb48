"""What a check would say if nobody had appealed: told beside what it says, and never what decides."""

from __future__ import annotations

from dataclasses import replace

from labelqa.batches.appealing import as_given
from labelqa.batches.conclusion import Evidence
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch
from labelqa.records.estimate import Estimate, Figure
from labelqa.workflows.certifying.certificate import certified
from labelqa.workflows.certifying.shares import shares_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


def before_appeals(desk: Desk, state: State, evidence: Evidence) -> Evidence | None:
    """The evidence with every verdict as it was given; None where no appeal overturned one of the sample that decides."""
    if evidence.sample is None or not any(each.overturned for each in evidence.reviews):
        return None
    given = as_given(evidence.reviews)
    return replace(
        evidence, reviews=given, everything=as_given(evidence.everything),
        certificate=certified(desk, state, evidence.sample, given),
    )  # fmt: skip


def accuracy_before(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> Figure | None:
    """The accuracy of the labels of record as if nobody had appealed; None where that changes nothing."""
    before = before_appeals(desk, state, evidence)
    return None if before is None else shares_of(desk, batch, before).accuracy


def appeal_notes(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> tuple[Message, ...]:
    """What a reader of an accuracy is to know of appeals: how many verdicts they overturned, and the figure without."""
    figure = accuracy_before(desk, state, batch, evidence)
    if figure is None:
        return ()
    n = sum(bool(each.overturned) for each in evidence.reviews)
    if not isinstance(figure, Estimate):
        text = N_(
            "{n} verdicts were overturned on appeal and count for the label; as they were given the accuracy is unknown"
        )
        return (Message(text, {"n": n}),)
    text = N_(
        "{n} verdicts were overturned on appeal and count for the label; as they were given accuracy is {point:.1%} [{low:.1%}, {high:.1%}]. Appeals only ever take defects away, so the figure after them leans upwards"
    )
    return (Message(text, {"n": n, "point": figure.point, "low": figure.low, "high": figure.high}),)
