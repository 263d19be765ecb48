"""People with duties, what they were taught, and what they passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.personnel import QualificationAction


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
    SUSPENDED = "suspended"  # by a named person's decision, until it is lifted or an appeal is upheld
    CANCELLED = "cancelled"  # by a named person's decision: taught and examined anew, it may be earned again
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
    session: str = ""  # the session that was attended
    provider: bool = False  # held by the provider itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """Somebody was examined on a release; score and pass mark are shares, 0–1."""

    person: PersonId
    release: ReleaseName
    at: datetime
    score: float
    pass_mark: float
    fact: int
    abilities: Mapping[str, float] = field(default_factory=dict)  # share right by Ability
    least: Mapping[str, float] = field(default_factory=dict)  # lowest share by ability that passes
    paper: str = ""  # name or digest of the paper
    attempt: int = 1
    origin: str = ""  # paper, dashboard, gold, import; "" where nobody said

    @property
    def passed(self) -> bool:
        """Whether the score reaches the mark declared with it, and every ability its least share.

        An ability for which a least share was declared and that was not examined is not met.
        """
        return self.score >= self.pass_mark and not self.unmet

    @property
    def unmet(self) -> tuple[str, ...]:
        """The abilities that fall short of their least share, in the order in which they were declared."""
        return tuple(
            ability
            for ability, share in self.least.items()
            if ability not in self.abilities or self.abilities[ability] < share
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A named person suspended, reinstated or cancelled somebody's qualification.

    It is in force from ``at`` on, until ``annulled`` where an appeal against it was upheld: an upheld appeal that
    reaches back to ``at`` leaves nothing of it but its place on record.
    """

    person: PersonId
    line: str  # NAME@MAJOR; "" for every one
    duty: Duty | None  # None for every one
    action: QualificationAction
    reason: str  # stable code
    grounds: tuple[int, ...]  # facts that it rests on
    by: PersonId
    at: datetime
    fact: int
    annulled: datetime | None = None
    ruling: int | None = None  # the fact that annulled it
    proposal: str = ""
    note: str = ""  # salted digest of the erasable text

    def holds(self, at: datetime) -> bool:
        """Whether it counts at a time."""
        return self.at <= at and (self.annulled is None or at < self.annulled)


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
    expiring: bool = False  # it holds and ends within the days that policy expiring-days says
    duty: Duty | None = None  # asked for this duty; None: for any, so that decisions on one duty do not count
