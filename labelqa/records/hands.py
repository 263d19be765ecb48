"""Which duty a fact shows somebody to have held in which batch.

Work shows it (answers, verdicts, rulings, checks), and so does an assignment. Nothing here says whether it was allowed,
nor who ruled on a hit or closed a problem: several duties may do that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final

from labelqa.records.facts import BODIES, KINDS
from labelqa.records.names import BatchName, PersonId
from labelqa.records.people import Duty

# kind -> the fields that name somebody, and in which duty
SHOWN: Final[Mapping[str, tuple[tuple[str, Duty], ...]]] = {
    "batch.frozen": (("participants", Duty.EXECUTOR),),
    "correction.recorded": (("corrector", Duty.EXECUTOR),),  # whose label it was the freeze shows; it may be a ruling's
    "review.recorded": (("reviewer", Duty.REVIEWER),),
    "correction.reviewed": (("reviewer", Duty.REVIEWER),),
    "dispute.ruled": (("arbitrator", Duty.ARBITRATOR),),
    "appeal.ruled": (("by", Duty.ARBITRATOR),),
    "supervision.checked": (("supervisor", Duty.SUPERVISOR),),
}
ASSIGNED: Final = "duty.assigned"
HAND_KINDS: Final = (*SHOWN, ASSIGNED)
_BATCH: Final = "batch:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody held a duty in a batch."""

    batch: BatchName
    person: PersonId
    duty: Duty


def hands_of(body: Any, subjects: Sequence[str] = ()) -> tuple[Hand, ...]:
    """The duties that a fact's body shows; ``subjects`` of the fact tell the batch where the body does not.

    >>> from labelqa.records.facts import DutyEnded
    >>> hands_of(DutyEnded(person="p-1", duty="executor", batch="b1", by="p-2"))
    ()
    """
    kind = KINDS[type(body)]
    if kind not in HAND_KINDS:
        return ()
    told = {name: getattr(body, name) for name in _names(kind)}
    return tuple(
        Hand(batch=BatchName(batch), person=PersonId(person), duty=Duty(duty))
        for batch, person, duty in hands_told(kind, told, subjects)
    )


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(each.name for each in fields(BODIES[kind][1]))


def hands_told(kind: str, body: Any, subjects: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The same from the plain values of a fact, as (batch, person, duty); nothing from values of another shape."""
    if kind not in HAND_KINDS or not isinstance(body, Mapping):
        return
    batch = body.get("batch") or next((each[len(_BATCH) :] for each in subjects if each.startswith(_BATCH)), "")
    if not isinstance(batch, str) or not batch:
        return
    if kind == ASSIGNED:
        duties: Sequence[tuple[str, str]] = (("person", str(body.get("duty", ""))),)
    else:
        duties = SHOWN[kind]
    for name, duty in duties:
        told = body.get(name)
        for person in told if isinstance(told, list | tuple) else (told,):
            if isinstance(person, str) and person:
                yield batch, person, str(duty)
