"""How the connection to each server stands, as the page of it shows: what is read, what waits, what failed and what mends it.

Values only; nothing here was asked of a server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labelqa.records.accounts import LogCoverage
from labelqa.records.finding import Finding, Severity, worst
from labelqa.records.sync import ProjectStatus, ServerStatus


class TokenKind(StrEnum):
    """Which kind of token is kept for a server; none is ever shown."""

    PERSONAL = "personal"
    LEGACY = "legacy"
    ELSEWHERE = "elsewhere"  # none is kept: it comes from the environment, if from anywhere
    EXPOSED = "exposed"  # others than its owner can read the file, so it is not used


class Freshness(StrEnum):
    """Whether what is known of a project can be relied on."""

    FRESH = "fresh"
    FIRST = "first"  # being read for the first time
    LATE = "late"  # not read for longer than usual
    FAILED = "failed"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProject:
    """A project that labelqa made on a server and that is still open: drawn items for a verifier, or returned ones."""

    project: int
    role: str  # a ProjectRole
    batch: str
    name: str  # of the sample, or of the batch
    person: str  # pseudonym
    items: int
    since: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectHealth:
    """A followed project with how fresh it is, and where it is on its server."""

    status: ProjectStatus
    fresh: Freshness
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """One connected server. ``findings`` are what is wrong with the following of it, the gravest first."""

    status: ServerStatus
    token: TokenKind
    passed_at: datetime | None  # the last pass over any project that went through
    failed_at: datetime | None  # the last one that did not
    projects: tuple[ProjectHealth, ...]
    open: tuple[OpenProject, ...]
    logs: LogCoverage | None
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity | None:
        """The gravest of the findings; None where nothing is wrong."""
        return worst(self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """All connected servers at one time, and the names of those that were."""

    now: datetime
    servers: tuple[ServerHealth, ...]
    ended: tuple[str, ...]
