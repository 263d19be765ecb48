"""What is known of one person, how long it has to stay, and what happens when it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from labelqa.records.finding import Finding
from labelqa.records.names import Digest, PersonId
from labelqa.records.policy import Retention


class ErasureReason(StrEnum):
    """Why a person's data goes; a code, since a sentence would say something about the person for ever."""

    REQUEST = "request"  # the person asked for it
    RETENTION_ENDED = "retention-ended"
    MISTAKE = "registered-by-mistake"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownText:
    """A text written by or about somebody, and the fact that holds its digest."""

    digest: Digest
    fact: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Everything that the workspace knows of one person, for the person: PIPL Art. 45, GDPR Art. 15.

    ``facts`` are the facts in which the pseudonym stands, as they are recorded; what is known of other people in them
    stands there by pseudonym.
    """

    person: PersonId
    name: str
    accounts: tuple[tuple[str, str], ...]  # (server, account)
    login: Mapping[str, Any]
    sessions: tuple[Mapping[str, Any], ...]
    facts: tuple[Mapping[str, Any], ...]
    texts: tuple[KnownText, ...]
    annotations: int  # answers in the intake, every revision
    first_annotation: datetime | None
    last_annotation: datetime | None
    made_at: datetime
    head: str  # of the ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """One class of retention as it concerns one person: from the last record on, until when."""

    retention: Retention
    last: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Somebody whose data may be erased, or not yet."""

    person: PersonId
    name: str
    keeping: tuple[Keeping, ...]
    until: datetime  # the latest of them
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased; ``findings`` name the files in the workspace that still hold the name."""

    person: PersonId
    fact: int
    names: int
    accounts: int
    logins: int
    sessions: int
    texts: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionLine:
    """One class of retention: its floor, what is in force, and what it holds.

    ``shortened`` are earlier values that were longer, each with its reason: never forgotten.
    """

    retention: Retention
    floor: int
    value: int
    unit: str  # months or years
    applies: bool
    reason: str
    by: str
    oldest: datetime | None
    records: int
    due: int  # people, or closed sessions, that may go now
    shortened: tuple[tuple[datetime, str, str], ...] = field(default=())  # when, to what, why
