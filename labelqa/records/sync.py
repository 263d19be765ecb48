"""How the following of projects stands: how far each is read, what came by which way, what is wrong and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from labelqa.errors import Message
from labelqa.records.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """One followed project. Times are ours but for ``watermark``, which is the server's clock; None for never.

    ``told``: revisions since its webhook was placed that an event told of; ``missed``: those that none told of, so that
    another revision may have been overwritten between two looks; ``unseen``: answers that were changed before they were
    first seen. All three are None without a webhook, but for ``unseen``. As the tasks were read last: ``refused`` are rows
    refused, ``partly`` answers of which something could not be read, ``unread`` tasks that could not be read at all, and
    ``refusals`` the latest of these findings.
    """

    server: str
    project: int
    title: str
    item_key: str
    release: str  # the rulebook release in force, "" for none
    since: datetime
    tasks: int
    annotations: int
    skipped: int
    read_to: int  # the last task read by number while all are read for the first time
    complete: bool  # whether all were read once
    watermark: datetime | None
    passed_at: datetime | None
    swept_at: datetime | None
    error: Message | None  # why the last look broke off
    failed_at: datetime | None
    hook: bool
    told: int | None
    missed: int | None
    unseen: int
    last_event: datetime | None
    findings: tuple[Finding, ...]
    refused: int = 0
    partly: int = 0
    unread: int = 0
    refusals: tuple[Finding, ...] = ()

    def lag(self, now: datetime) -> timedelta | None:
        """How long ago the project was last read to the end; None for never."""
        return None if self.passed_at is None else now - self.passed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFailed:
    """A webhook's event that could not be worked through: its number in the inbox, and why."""

    number: int
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """One connected server with its followed projects, and what its webhooks delivered."""

    server: str
    url: str
    version: str
    edition: str
    organizer: str
    isolated: bool
    projects: tuple[ProjectStatus, ...]
    events: int
    doubled: int
    refused: int
    waiting: int
    failed: int
    oldest_waiting: datetime | None
    failures: tuple[EventFailed, ...] = ()  # the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """All connected servers at one time."""

    now: datetime
    servers: tuple[ServerStatus, ...]
