"""What stands against correcting a label, looking at a corrected one, or closing a problem without a correction.

GB/T 45674—2025, 8.1 e) and f): the corrector is an annotator, the re-reviewer a reviewer who neither made nor corrected the
label. Each function lists its reasons, and an empty list means go ahead; nothing is raised and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch
from labelqa.records.corrections import Correction, ItemProblems, ProblemStatus
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Person, Qualification, Standing
from labelqa.records.production import CorrectionRecorded

CORRECTORS: Final = frozenset({Duty.EXECUTOR})
RE_REVIEWERS: Final = frozenset({Duty.REVIEWER})
CLOSERS: Final = frozenset({Duty.REVIEWER, Duty.ARBITRATOR, Duty.SUPERVISOR})
_WANTED: Final = {
    CORRECTORS: N_("{person} is not registered as an annotator"),
    RE_REVIEWERS: N_("{person} is not registered as a reviewer"),
    CLOSERS: N_("{person} is registered neither as a reviewer nor as an arbitrator or supervisor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who wants to act, as far as the rules look at it."""

    person: PersonId
    known: Person | None  # None: not registered
    qualification: Qualification | None  # under the batch's release, for the duty, when it was done
    other_duty: bool  # held another duty in the batch (or, where that is declared, on the item)
    own: bool = False  # had a hand in the label in question


def standing_problem(item: ItemProblems | None) -> bool:
    """Whether an item has a problem that a correction or a closure could answer now."""
    return item is not None and item.open


def why_not_correct(
    body: CorrectionRecorded,
    *,
    batch: Batch,
    item: ItemProblems | None,
    actor: Actor,
    in_labels: bool,
    now: datetime,
) -> list[Message]:
    """A correction answers an open problem of a batch that is not settled, by an annotator of its organizer.

    The corrected label is one of the release's (``in_labels``), differs from the label that it replaces, and is not one
    that failed its re-review before; ``now`` bounds the time of correction.
    """
    who = {"person": body.corrector, "item": body.item, "batch": batch.name, "label": body.after}
    reasons = [*_batch(batch), *_item(who, item)]
    if not in_labels:
        reasons.append(Message("{label} is not a label of batch {batch}", who))
    if body.after == body.before:
        text = N_("item {item} has the label {label} already: close its problem with a reason, or correct it")
        reasons.append(Message(text, who))
    if item is not None and _failed(item, body):
        text = N_("{label} failed its re-review on item {item}: give another label, or raise a dispute")
        reasons.append(Message(text, who))
    return [*reasons, *why_not_corrector(actor, batch=batch, item=body.item), *_times(body, batch, now)]


def why_not_corrector(actor: Actor, *, batch: Batch, item: str) -> list[Message]:
    """What stands against somebody as the corrector of an item, whatever the correction: duty, qualification, organizer."""
    who = {"person": actor.person, "item": item, "batch": batch.name}
    reasons, known = _person(who, actor, CORRECTORS), actor.known
    if known is not None and batch.organizer and known.organizer and known.organizer != batch.organizer:
        text = N_("{person} works for {organizer}, and batch {batch} is labelled by {own}")
        reasons.append(Message(text, {**who, "organizer": known.organizer, "own": batch.organizer}))
    return reasons


def _failed(item: ItemProblems, body: CorrectionRecorded) -> bool:
    """Whether this label was given in place of the same one before, and the re-review did not find it correct."""
    return any(
        each.review is not None and not each.review.passed and (each.before, each.after) == (body.before, body.after)
        for each in item.corrections
    )


def _times(body: CorrectionRecorded, batch: Batch, now: datetime) -> list[Message]:
    made, corrected = datetime.fromisoformat(body.made_at), datetime.fromisoformat(body.corrected_at)
    values = {
        "item": body.item,
        "at": corrected.isoformat(timespec="minutes"),
        "made": made.isoformat(timespec="minutes"),
    }
    reasons: list[Message] = []
    if batch.freeze is not None and corrected < batch.freeze.at:
        text = N_("the correction of item {item} is dated {at}, before the batch was frozen")
        reasons.append(Message(text, values))
    if corrected > now:
        reasons.append(Message("the correction of item {item} is dated {at}, in the future", values))
    if made > corrected:
        text = N_("the label of item {item} is dated {made}, after its correction at {at}")
        reasons.append(Message(text, values))
    return reasons


def why_not_re_review(
    correction: Correction | None, *, batch: Batch, item: str, actor: Actor
) -> list[Message]:  # fmt: skip
    """A re-review looks at a correction that waits for one, by a reviewer who neither made nor corrected the label."""
    who = {"person": actor.person, "item": item, "batch": batch.name}
    reasons = _batch(batch)
    if correction is None:
        text = N_("item {item} of batch {batch} has no correction that waits for a re-review")
        reasons.append(Message(text, who))
    elif correction.corrector == actor.person:
        reasons.append(Message("{person} corrected item {item} and may not re-review it", who))
    return reasons + _person(who, actor, RE_REVIEWERS)


def why_not_close(*, batch: Batch, item: str, problems: ItemProblems | None, actor: Actor) -> list[Message]:
    """A closure answers an open problem that no correction waits for, by somebody who did not make the label."""
    who = {"person": actor.person, "item": item, "batch": batch.name}
    reasons = [*_batch(batch), *_item(who, problems)]
    if problems is not None and problems.status is ProblemStatus.WAITING:
        text = N_("item {item} is corrected and waits for its re-review: that comes first")
        reasons.append(Message(text, who))
    return reasons + _person(who, actor, CLOSERS)


def _batch(batch: Batch) -> list[Message]:
    if batch.freeze is None:
        text = N_("batch {batch} is not frozen yet: until then its labels are changed where they were made")
        return [Message(text, {"batch": batch.name})]
    if batch.conclusion is not None:
        return [Message("batch {batch} is settled: declare a new batch for further work", {"batch": batch.name})]
    return []


def _item(who: dict[str, str], item: ItemProblems | None) -> list[Message]:
    if standing_problem(item):
        return []
    text = N_("no problem of item {item} in batch {batch} is open: labelqa correct list {batch} shows those that are")
    return [Message(text, who)]


def _person(who: dict[str, str], actor: Actor, duties: Collection[Duty]) -> list[Message]:
    """What stands against the person, whatever is done."""
    reasons: list[Message] = []
    if actor.known is None or not actor.known.duties & frozenset(duties):
        reasons.append(Message(_WANTED[frozenset(duties)], who))
    elif actor.known.model:
        reasons.append(Message("{person} is a model: only people correct labels and answer for them", who))
    if actor.own:
        reasons.append(Message("{person} had a hand in the label of item {item} and may not judge it", who))
    elif actor.other_duty:
        reasons.append(Message("{person} held another duty in batch {batch} and may not act in it as well", who))
    if actor.qualification is None or actor.qualification.standing is not Standing.QUALIFIED:
        reasons.append(Message("{person} is not qualified under the release of batch {batch}", who))
    return reasons
