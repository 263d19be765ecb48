"""The workspace's inbox: where it is, and how it is opened by who puts into it and by who works it through.

What an event means is not decided here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from labelqa.intake.inbox import Inbox, InboxCounts, Last, NoRoom, Seen, Stored, Unreadable, arrival, open_inbox
from labelqa.intake.inbox.inbox import BUSY_SECONDS

__all__ = [
    "FILE", "Inbox", "InboxCounts", "Last", "NoRoom", "Seen", "Stored", "Unreadable", "arrival", "inbox_of",
    "inbox_there",
]  # fmt: skip
FILE: Final = "inbox.sqlite3"


def inbox_of(workspace: Path, *, busy_seconds: float = BUSY_SECONDS) -> Inbox:
    """The workspace's inbox, made where there is none yet; ``with`` closes it."""
    return open_inbox(workspace / FILE, create=True, busy_seconds=busy_seconds)


def inbox_there(workspace: Path, *, busy_seconds: float = BUSY_SECONDS) -> Inbox | None:
    """The workspace's inbox; None where no webhook ever had one."""
    path = workspace / FILE
    return open_inbox(path, create=False, busy_seconds=busy_seconds) if path.is_file() else None
