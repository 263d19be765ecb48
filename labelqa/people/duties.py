"""Who may not check whom: one duty a person in a batch, and verifiers who took no part in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Person, Qualification, Standing

NAMES: Final[Mapping[Duty, str]] = {
    Duty.EXECUTOR: N_("annotator"),
    Duty.REVIEWER: N_("reviewer"),
    Duty.ARBITRATOR: N_("arbitrator"),
    Duty.SUPERVISOR: N_("supervisor"),
}
VERIFIERS: Final = frozenset({Duty.REVIEWER})


def duty_conflicts(participants: Mapping[Duty, Collection[PersonId]]) -> list[Finding]:
    """One finding for each person who held two duties or more in a batch.

    TC260-003 5.3 a) 3); GB/T 45674—2025, 7.3 e).

    >>> [found.code for found in duty_conflicts({Duty.EXECUTOR: ["p-1"], Duty.REVIEWER: ["p-1", "p-2"]})]
    ['duty-conflict']
    """
    held: dict[PersonId, list[Duty]] = {}
    for duty in Duty:
        for person in set(participants.get(duty, ())):
            held.setdefault(person, []).append(duty)
    return [
        finding(
            "duty-conflict",
            "{person} held several duties in one batch: {duties}",
            mend=Message("Have somebody else check the work that this person labelled or decided."),
            place=Place(subject=f"person:{person}"),
            person=person,
            duties=_listed(duties),
        )
        for person, duties in sorted(held.items())
        if len(duties) > 1
    ]


def _listed(duties: Sequence[Duty]) -> Message:
    names = [Message(NAMES[duty]) for duty in duties]
    return reduce(lambda some, name: Message("{some}, {one}", {"some": some, "one": name}), names)


def why_not_verifier(
    person: Person,
    qualification: Qualification | None,
    participants: Collection[PersonId],
    at: datetime,
    *,
    duties: frozenset[Duty] = VERIFIERS,
) -> list[Message]:
    """Why a person cannot be drawn as a verifier of a batch; empty when nothing stands against it."""
    who = {"person": person.person}
    reasons: list[Message] = []
    if person.since > at:
        reasons.append(Message("{person} was not on duty yet", who))
    if not person.duties & duties:
        reasons.append(Message("{person} has no duty that checks labels", who))
    if person.person in participants:
        reasons.append(Message("{person} took part in the batch", who))
    if qualification is None or not _holds(qualification, at):
        reasons.append(Message("{person} is not qualified under the batch's release", who))
    return reasons


def _holds(qualification: Qualification, at: datetime) -> bool:
    begun = qualification.since is None or qualification.since <= at
    lasting = qualification.until is None or at < qualification.until
    return qualification.standing is Standing.QUALIFIED and begun and lasting


def eligible_verifiers(
    people: Iterable[Person],
    qualifications: Mapping[PersonId, Qualification],
    participants: Collection[PersonId],
    at: datetime,
    *,
    duties: frozenset[Duty] = VERIFIERS,
) -> tuple[PersonId, ...]:
    """The pool of verifiers, sorted: on duty, qualified at the time, and without any part in the batch.

    GB/T 45674—2025, 8.1 c). ``qualifications`` are those under the batch's release.
    """
    taken = frozenset(participants)
    return tuple(
        sorted(
            person.person
            for person in people
            if not why_not_verifier(person, qualifications.get(person.person), taken, at, duties=duties)
        )
    )
