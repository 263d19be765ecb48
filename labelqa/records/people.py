"""People with duties, what they were taught, and what they passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labelqa.records.names import PersonId, ReleaseName


class Duty(StrEnum):
    """The four duties of GB/T 45674—2025, 7.2 b)."""

    EXECUTOR = "executor"
    REVIEWER = "reviewer"
    ARBITRATOR = "arbitrator"
    SUPERVISOR = "supervisor"


class Standing(StrEnum):
    """Where a person's qualification under a release stands."""

    QUALIFIED = "qualified"
    NOT_TRAINED = "not-trained"
    NOT_EXAMINED = "not-examined"
    FAILED = "failed"  # the last exam was not passed
    EXPIRED = "expired"
    STALE = "stale"  # the release under which it was earned no longer serves
    WRONG_RELEASE = "wrong-release"  # qualified under another line of the rulebook only
    TIME_UNKNOWN = "time-unknown"  # the label does not say when it was made
    MODEL = "model"  # no person: it is validated against people, never qualified
    NOT_REGISTERED = "not-registered"  # labels arrived from an account that belongs to nobody here


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with duties, known by a pseudonym; the name lives elsewhere and can be erased."""

    person: PersonId
    organizer: str
    duties: frozenset[Duty]
    since: datetime
    model: str = ""  # which model and version answers, where it is no person


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Somebody was taught a release."""

    person: PersonId
    release: ReleaseName
    at: datetime
    organizer: str
    topics: tuple[str, ...]
    fact: int  # sequence number in the ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """Somebody was examined on a release; score and pass mark are shares, 0–1."""

    person: PersonId
    release: ReleaseName
    at: datetime
    score: float
    pass_mark: float
    fact: int

    @property
    def passed(self) -> bool:
        """Whether the score reaches the mark that was declared with it."""
        return self.score >= self.pass_mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """Derived, never set: may this person work under this release at this time, and which facts say so?"""

    person: PersonId
    release: ReleaseName
    standing: Standing
    since: datetime | None
    until: datetime | None
    facts: tuple[int, ...]
    replaced: bool = False  # it ends, or ended, because another release takes the place of its line, not by expiry
