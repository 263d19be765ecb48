"""Answers to a rework round that is still open: they are annotations of their own, and the round holds them at its freeze.

The item keeps its name, so that the answer is found with all that is known of it; the same answer is taken in once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from labelqa.batches.verdict import same_label
from labelqa.records.annotation import FileFacts
from labelqa.records.batch import Batch
from labelqa.records.finding import Finding, Place
from labelqa.records.names import ItemId
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import import_chunks
from labelqa.workflows.labels import label_of
from labelqa.workflows.sending.rework_items import Returning
from labelqa.workflows.sending.rework_judging import Answered, empty_answer, skipped_answer, unchanged_answer
from labelqa.workflows.sending.rework_sent import ReworkProject
from labelqa.workflows.sending.rework_values import CollectResult, ReworkAnswer, ReworkReading
from labelqa.workflows.state import State, read_state

FORMAT: Final = "label-studio-rework"
_ITEM: Final = "meta.labelqa.item"  # where a task says which item it is
Project = tuple[ReworkProject, Sequence[ReworkAnswer], Sequence[Finding]]


def still_waiting(desk: Desk, state: State, batch: Batch) -> Collection[ItemId]:
    """The items of an open round that nobody has labelled since the return; nothing for a batch that is no round."""
    return Returning(desk, state, batch).wanted if batch.parent else ()


def relabelled(desk: Desk, reading: ReworkReading, batch: Batch, projects: Iterable[Project]) -> CollectResult:
    """Take in what was answered in the projects of an open round; findings for what is no answer."""
    returning = Returning(desk, read_state(desk), batch)
    done: list[CollectResult] = []
    for project, answers, strange in projects:
        told = [(each, _nothing(each, project, returning)) for each in answers]
        taken = [each for each, why in told if why is None]
        found = [*strange, *(one for each, why in told if why is not None for one in (*each.findings, why))]
        done.append(_taken(desk, reading, batch, project, taken, found))
    return CollectResult.of(done)


def _nothing(each: ReworkAnswer, project: ReworkProject, returning: Returning) -> Finding | None:
    """Why an answer is none: skipped, empty, or the very label that was found wrong."""
    item, label = ItemId(str(each.mark["item"])), label_of(dict(each.answers), returning.batch.control)
    at = each.at or each.made_at
    if at is None:
        raise ValueError(each.annotation)  # such answers were told apart before
    place = Place(subject=f"annotation:{project.server}/{project.project}/{each.task}/{each.annotation}")
    answer = Answered(item_id=item, person=project.person, label=label or "", at=at, place=place)
    if each.skipped:
        return skipped_answer(answer)
    if not answer.label.strip():
        return empty_answer(answer)
    known, kind = returning.bench.items.get(item), returning.bench.kind
    wrong = {one.label for one in known.problems if one.closed is None and one.label} if known else set()
    if any(one == answer.label or (kind and same_label(answer.label, one, kind)) for one in wrong):
        return unchanged_answer(answer)
    return None


def _taken(
    desk: Desk,
    reading: ReworkReading,
    batch: Batch,
    project: ReworkProject,
    answers: Sequence[ReworkAnswer],
    found: Sequence[Finding],
) -> CollectResult:
    """Annotations of the batch's release; what was read before adds nothing."""
    if not answers:
        return CollectResult(findings=tuple(found))
    told = repr(sorted((each.annotation, str(each.at), repr(each.answers)) for each in answers)).encode()
    facts = FileFacts(
        path=f"{project.server}/{project.project}", format=FORMAT, encoding="utf-8", size=len(told),
        digest=hashlib.sha256(told).hexdigest(),
    )  # fmt: skip
    chunk = reading.chunk(answers)
    done = import_chunks(
        desk, facts, [chunk], server=project.server, release=batch.release, options={"item_key": _ITEM}
    )  # fmt: skip
    return CollectResult(
        relabelled=done.added,
        unchanged=done.unchanged,
        findings=(*found, *done.findings),
        imports=(done.import_no,) if done.import_no else (),
    )
