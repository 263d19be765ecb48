"""The answer to "may this person work under this release at that time, and why": one sentence, and the facts behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labelqa.errors import Message
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Standing
from labelqa.records.review import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyFact:
    """A fact that the answer rests on, as it stands in the ledger.

    ``counts`` is false for one that is on record and does not count any more: a decision that an appeal took back.
    """

    fact: int
    kind: str
    message: Message
    at: datetime
    recorded_at: datetime
    actor: str
    identity: Identity
    counts: bool = True
    topics: tuple[str, ...] = ()  # of a training
    abilities: tuple[tuple[str, float], ...] = ()  # share right by ability, of an exam


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What stands against it, and what to do; ``code`` is stable."""

    code: str
    message: Message
    mend: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """May somebody work under a release, for a duty (None: any), at a time, by what was recorded until ``known``?

    ``valid_days`` is for how long a passed exam was good then; ``declared`` the fact that said so, None where it is the
    workspace's setting.
    """

    person: PersonId
    name: str
    release: ReleaseName
    duty: Duty | None
    at: datetime
    known: datetime | None
    answer: bool
    standing: Standing
    since: datetime | None
    until: datetime | None
    expiring: bool
    sentence: Message
    facts: tuple[WhyFact, ...]
    lacking: tuple[Lacking, ...]
    valid_days: int
    declared: int | None
