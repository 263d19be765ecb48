"""What happened to a rulebook: who signed, released and clarified it, and who was taught and examined on each release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labelqa.records.governance import Bump, Meaning
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.review import Identity


class RulebookEvent(StrEnum):
    """What a line of the log tells."""

    SIGNED = "signed"
    RELEASED = "released"
    ADOPTED = "adopted"  # released, with the text that ships with labelqa
    CLARIFIED = "clarified"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One event; ``until`` is when open work under the release ends, ``bump`` what the changes asked for."""

    at: datetime
    event: RulebookEvent
    document: str  # NAME@VERSION or NAME#NUMBER
    digest: str
    by: str  # a pseudonym, or who acted
    name: str  # how the person may be shown
    identity: Identity  # how the author was known
    meaning: Meaning | None = None
    bump: Bump | None = None
    effective_from: datetime | None = None
    until: datetime | None = None
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Who was taught a release, and how the last exam on it went; scores are shares, 0–1."""

    release: ReleaseName
    person: PersonId
    name: str
    trained_at: datetime | None
    examined_at: datetime | None
    score: float | None
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookLog:
    """A rulebook's life, oldest first."""

    name: str
    entries: tuple[LogEntry, ...]
    learned: tuple[Learned, ...]
