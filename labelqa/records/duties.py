"""What was found about duties: who held two in one task, who worked without an assignment, and who after leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from labelqa.i18n import N_
from labelqa.records.estimate import Figure
from labelqa.records.finding import Finding, Place
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty


class LeaveReason(StrEnum):
    """Why somebody is no longer here."""

    LEFT = "left"
    DISQUALIFIED = "disqualified"  # every qualification is cancelled with it
    CONTRACT_ENDED = "contract-ended"


LEFT_FOR: Final[Mapping[LeaveReason, str]] = {
    LeaveReason.LEFT: N_("left"),
    LeaveReason.DISQUALIFIED: N_("disqualified"),
    LeaveReason.CONTRACT_ENDED: N_("contract ended"),
}


class Act(StrEnum):
    """What somebody did, as far as duties are concerned."""

    ANSWER = "answer"
    VERDICT = "verdict"
    RULING = "ruling"
    CHECK = "check"  # of supervision
    CORRECTION = "correction"
    ASSIGNMENT = "assignment"
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act of somebody in a duty; ``fact`` is 0 for a single answer in a frozen batch, ``at`` None where unknown."""

    person: PersonId
    duty: Duty
    batch: BatchName
    act: Act
    item: ItemId  # "" where it is no one item's
    at: datetime | None
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDouble:
    """Somebody who held several duties in one task; ``items`` are those with both where the policy goes by items."""

    person: PersonId
    name: str
    duties: tuple[Duty, ...]
    batches: tuple[BatchName, ...]
    facts: tuple[int, ...]
    items: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """Work in a batch with assignments by somebody who was not assigned to it then."""

    person: PersonId
    name: str
    batch: BatchName
    duty: Duty
    acts: int
    first: datetime | None
    last: datetime | None
    facts: tuple[int, ...]
    items: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterLeaving:
    """What somebody did after leaving and before coming back."""

    person: PersonId
    name: str
    left: datetime
    act: Act
    acts: int
    first: datetime
    last: datetime
    facts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhileOut:
    """What somebody did in a duty under a line of a rulebook while suspended or cancelled in it."""

    person: PersonId
    name: str
    line: str  # NAME@MAJOR; "" for answers that say no release, given while suspended or cancelled in every line
    duty: Duty
    acts: int
    first: datetime
    last: datetime
    facts: tuple[int, ...]  # () for answers


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCheck:
    """Everything that a check of duties found. ``per`` is batch or item, as the policy has it."""

    at: datetime
    per: str
    batches: int  # that were looked at
    doubles: tuple[DutyDouble, ...]
    unassigned: tuple[Unassigned, ...]
    after_leaving: tuple[AfterLeaving, ...]
    while_out: tuple[WhileOut, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRow:
    """One line of a list of assignments."""

    person: str  # pseudonym, name or SERVER=ACCOUNT
    duty: str
    batch: str
    items: tuple[str, ...] = ()
    reason: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """One assignment as it is listed."""

    person: PersonId
    name: str
    duty: Duty
    batch: BatchName
    items: int  # 0: all of the batch
    since: datetime
    until: datetime | None
    holds: bool  # at the asked time
    by: str
    reason: str
    facts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """Somebody's access: on which servers, since when, and until when it was revoked."""

    person: PersonId
    name: str
    organizer: str
    duties: tuple[Duty, ...]
    servers: tuple[str, ...]
    since: datetime
    left: datetime | None  # None: still here
    reason: str  # a LeaveReason, "" for somebody who is here
    revoked: tuple[str, ...]  # servers on which access is recorded as taken away
    open_servers: tuple[str, ...]  # servers on which nobody recorded that access was taken away
    facts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStaff:
    """People in one duty of a batch: planned, assigned now, and seen at work in what is on record."""

    duty: Duty
    planned: int | None  # None: nothing was declared
    assigned: int
    working: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """The staffing of a batch: the plan in force, who is there, and how long an item takes really.

    ``seconds`` is the median of one answer by a person, ``a_day`` the median of answers of a person in a day.
    """

    batch: BatchName
    version: int  # 0: no plan was declared
    reason: str
    declared_at: datetime | None
    duties: tuple[DutyStaff, ...]
    planned_seconds: float | None
    planned_a_day: float | None
    seconds: Figure
    a_day: Figure
    findings: tuple[Finding, ...]
    facts: tuple[int, ...]  # every version
