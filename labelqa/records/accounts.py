"""Accounts of annotation servers beside the people they stand for, and the logs that show what a server does not tell.

Values and one fact body. E-mail addresses are personal data: they are shown where a lead asks, and stand in no fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from labelqa.records.finding import Finding
from labelqa.records.names import PersonId
from labelqa.records.people import Duty


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsSeen:
    """The accounts of a server were looked at: who has one there, and whose was removed; pseudonyms only."""

    server: str
    accounts: int
    there: list[str]
    gone: list[str] = field(default_factory=list)  # known here, and no account of theirs is there any more
    several: list[list[str]] = field(default_factory=list)  # whose is the number, whose the e-mail, of one account


class AccountState(StrEnum):
    """Whether an account is on its server."""

    THERE = "there"
    GONE = "gone"  # removed from the organization, or listed as deleted
    UNSEEN = "unseen"  # known here (registered, or by its answers), and the server was never asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What the intake holds of a person on one server; times are the server's."""

    made: int = 0  # annotations that are the person's
    edited: int = 0  # revisions in which the person changed somebody else's
    behalf: int = 0  # annotations that the person created in somebody else's name
    first: datetime | None = None
    last: datetime | None = None  # the last one made or changed


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account of a server with the person it stands for; times in UTC."""

    server: str
    account: str  # its number there
    email: str  # "" where unknown
    person: PersonId
    name: str  # as a lead may see it: the name, else the account, else the pseudonym
    registered: bool
    duties: tuple[Duty, ...]
    model: str
    state: AccountState
    ours: bool  # labelqa signs in with it
    left: datetime | None  # since when the person is gone
    last_active: datetime | None  # as the server says; None where it does not
    doing: Doing
    suspicious: int = 0  # pairs of answers that one person could hardly have given


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsTold:
    """The accounts of one server, when the server was last asked, and what is wrong with them."""

    server: str
    seen_at: datetime | None
    lines: tuple[AccountLine, ...]
    findings: tuple[Finding, ...]


class LogState(StrEnum):
    """What became of an attached log's file."""

    AS_ATTACHED = "as-attached"
    ALTERED = "altered"
    MISSING = "missing"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """An access log that was attached to a server, as of now; ``state`` is what became of its file."""

    fact: int
    server: str
    name: str  # "" where it was erased
    digest: str
    start: datetime
    end: datetime
    first: datetime | None  # the first and last time that stand in the log itself
    last: datetime | None
    lines: int
    kept: bool
    reason: str
    recorded_at: datetime
    state: LogState


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of time without a log, from ``start`` to before ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCoverage:
    """How much of a period the attached logs of a server are about; it says nothing of what stands in them.

    ``share`` is None where the period is empty: nothing was asked.
    """

    server: str
    start: datetime
    end: datetime
    share: float | None
    gaps: tuple[Gap, ...]
    facts: tuple[int, ...]  # of the logs that reach into the period

    @property
    def complete(self) -> bool:
        """Whether every moment of the period is covered; without a period there is no evidence."""
        return self.share is not None and not self.gaps
