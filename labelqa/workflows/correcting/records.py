"""The whole record of a batch's problems for people: what was found, what became of it, with names and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.corrections import corrections_of
from labelqa.records.corrections import Completeness, Correction, ItemProblems, LabelSource
from labelqa.records.facts import ProblemClosed
from labelqa.records.names import BatchName, ItemId
from labelqa.workflows.content import contents
from labelqa.workflows.correcting.problems import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import labels_of_record
from labelqa.workflows.state import read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProblem:
    """A line of the list of what is open: what a corrector needs to know."""

    item: ItemProblems
    label: str  # of record as it stands; "" for none
    content: Mapping[str, str]
    correct_label: str  # as the last reviewer gave it
    days: int  # whole days since it was found


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRecords:
    """Everything about a batch's problems; names are those that a lead may see."""

    completeness: Completeness
    corrections: tuple[Correction, ...]  # with the six fields, replaced ones too, in the order of the ledger
    names: Mapping[str, str]
    texts: Mapping[int, str]  # fact -> the reason of a closure or the comment of a re-review
    batch: BatchName
    made_at: datetime
    labels_corrected: int  # labels of record that come from a correction


def open_list(desk: Desk, batch: str) -> tuple[OpenProblem, ...]:
    """What is open in a batch, the longest first."""
    state = read_state(desk)
    found, now = state.batch(batch), desk.clock()
    items = [each for each in completeness_of(desk, state, found).items if each.open]
    if not items:
        return ()
    labels, shown = labels_of_record(desk, state, found), contents(desk, found, [each.item_id for each in items])
    lines = (
        OpenProblem(
            item=each, label=labels[each.item_id].label if each.item_id in labels else "",
            content=shown.get(each.item_id, {}), correct_label=_told(each), days=max(0, (now - each.since).days),
        )
        for each in items
    )  # fmt: skip
    return tuple(sorted(lines, key=lambda each: (each.item.since, each.item.item_id)))


def _told(item: ItemProblems) -> str:
    """The correct label as the last verdict that gives one has it."""
    given = [each.correct_label for each in item.problems if each.correct_label and each.closed is None]
    return given[-1] if given else ""


def correction_records(desk: Desk, batch: str) -> CorrectionRecords:
    """The record of every problem and correction of a batch."""
    state = read_state(desk)
    found = state.batch(batch)
    told = completeness_of(desk, state, found)
    labels: Mapping[ItemId, object] = {}
    if found.freeze is not None:
        labels = {
            item: each
            for item, each in labels_of_record(desk, state, found).items()
            if each.source is LabelSource.CORRECTED
        }
    closures = state.facts.about(f"batch:{found.name}", ProblemClosed)
    texts = {fact.seq: desk.ledger.text_of(fact.body.reason) or "" for fact in closures}
    made = corrections_of({each.item_id: each.corrections for each in told.items})
    texts |= {
        each.review.fact: desk.ledger.text_of(each.review.comment) or ""
        for each in made
        if each.review is not None and each.review.comment
    }
    return CorrectionRecords(
        completeness=told, corrections=made, names={str(who): name for who, name in shown_names(desk).items()},
        texts=texts, batch=found.name, made_at=desk.clock(), labels_corrected=len(labels),
    )  # fmt: skip
