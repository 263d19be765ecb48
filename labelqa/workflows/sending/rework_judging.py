"""What becomes of one answer to returned work: a correction, nothing new, or a finding. Values in, values out.

Nobody's answer takes the place of somebody else's, and none changes what was re-reviewed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from labelqa.batches.verdict import same_label
from labelqa.errors import Message
from labelqa.records.annotation import ControlKind
from labelqa.records.corrections import Correction, ItemProblems, ProblemStatus
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What somebody answered about an item that was found wrong; ``label`` is "" for an empty answer."""

    item_id: ItemId
    person: PersonId
    label: str
    at: datetime
    skipped: bool = False
    source: bool = False  # where the label was made, not in a project of returned work
    identity: Identity = Identity.AUTHENTICATED
    place: Place = field(default_factory=Place)
    findings: tuple[Finding, ...] = ()  # what of it was not understood


def judged(
    answer: Answered, known: ItemProblems | None, *, wrong: Collection[str], kind: ControlKind | None
) -> Answered | Finding | None:
    """The answer itself where it is to be recorded, a finding where it cannot be, None where nothing is to be done.

    ``known`` is what was found about the item and how it was answered, ``wrong`` the labels that were found wrong.
    """
    last = _last(known)
    if known is None or known.status is ProblemStatus.CLOSED:
        return None if answer.source or _empty(answer) else _met_elsewhere(answer)
    if _recorded(answer, known, last, kind):
        return None
    if not known.open:
        return _after_all(answer, last)
    if answer.skipped:
        return skipped_answer(answer)
    if not answer.label:
        return empty_answer(answer)
    if any(_same(answer.label, each, kind) for each in wrong):
        return None if answer.source else unchanged_answer(answer)
    if last is not None and last.review is None and last.corrector != answer.person:
        return _met_elsewhere(answer)
    if last is not None and answer.at <= last.corrected_at:
        return None if answer.source else _met_elsewhere(answer)
    return answer


def _empty(answer: Answered) -> bool:
    return answer.skipped or not answer.label


def _last(known: ItemProblems | None) -> Correction | None:
    """The correction in force, whether it was re-reviewed or not."""
    return next((each for each in known.corrections if not each.replaced_by), None) if known else None


def _recorded(answer: Answered, known: ItemProblems, last: Correction | None, kind: ControlKind | None) -> bool:
    """Whether this very answer is recorded, or says what the correction in force says that nobody found wrong."""
    if any(
        (each.corrector, each.corrected_at) == (answer.person, answer.at) and _same(each.after, answer.label, kind)
        for each in known.corrections
    ):
        return True
    fine = last is not None and (last.review is None or last.stands)
    mine = last is not None and (answer.source or last.corrector == answer.person)
    return fine and mine and last is not None and _same(last.after, answer.label, kind)


def _after_all(answer: Answered, last: Correction | None) -> Finding | None:
    """The item is corrected, and the correction passed its re-review."""
    if _empty(answer) or last is None:
        return None
    if answer.at <= last.corrected_at:
        return None if answer.source else _met_elsewhere(answer)
    return finding(
        "rework-late", "item {item}: the answer was changed to {label} after its correction had passed the re-review",
        mend=Message("the corrected label stays; have the item looked at again if the new answer is the better one"),
        severity=Severity.WARNING, place=answer.place, item=answer.item_id, label=answer.label,
    )  # fmt: skip


def _same(one: str, other: str, kind: ControlKind | None) -> bool:
    return one == other or (kind is not None and same_label(one, other, kind))


def skipped_answer(answer: Answered) -> Finding:
    """The item was skipped."""
    return finding(
        "rework-skipped", "item {item} was skipped: it is still to be corrected",
        mend=Message("ask why; close the problem with a reason, or send it to somebody else: labelqa rework send --item ITEM --to PERSON"),
        severity=Severity.WARNING, place=answer.place, item=answer.item_id,
    )  # fmt: skip


def empty_answer(answer: Answered) -> Finding:
    """It was submitted without a label."""
    return finding(
        "rework-empty", "item {item} was submitted without a label: it is still to be corrected",
        mend=Message("ask the annotator to give a label and submit again"), severity=Severity.WARNING,
        place=answer.place, item=answer.item_id,
    )  # fmt: skip


def unchanged_answer(answer: Answered) -> Finding:
    """It was given the label again that was found wrong."""
    return finding(
        "rework-unchanged", "item {item} was answered with {label} again, the label that was found wrong",
        mend=Message("whoever holds that the label is right appeals against the verdict; else another label is given"),
        severity=Severity.WARNING, place=answer.place, item=answer.item_id, label=answer.label,
    )  # fmt: skip


def _met_elsewhere(answer: Answered) -> Finding:
    return finding(
        "rework-answered", "item {item} was answered by another road meanwhile: {label} was not recorded",
        mend=Message("nothing is to be done unless the two answers differ: labelqa correct show has what stands"),
        severity=Severity.NOTE, place=answer.place, item=answer.item_id, label=answer.label,
    )  # fmt: skip
