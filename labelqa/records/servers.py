"""A connected annotation server: where it is, what runs there, who we are on it, and what it holds.

Values and one fact body; nothing here goes over the network, and no token is ever a field of any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConnected:
    """A server was connected, its entry was corrected, or (``ended``) it is no longer asked; a later one supersedes.

    ``server`` is the name under which its accounts are known. ``account`` is the number of the account that labelqa
    signs in with. ``isolated``: safety data is kept apart there (GB/T 45674—2025, 5 d).
    """

    server: str
    url: str
    version: str
    edition: str
    account: str
    organizer: str = ""
    isolated: bool = False
    ended: bool = False
    reason: str = ""  # why it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTold:
    """What a server says of itself and of whom it takes us for."""

    version: str
    edition: str
    account: str
    projects: int

    @property
    def community(self) -> bool:
        """Whether it is the open edition, which has no roles, reviews or assignments."""
        return self.edition.casefold() == "community"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAccount:
    """An account on a server; e-mail and name are personal data and go to the erasable table only."""

    account: str
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProject:
    """A project as the server has it: its form, and the cheap counts that tell whether something is missing."""

    project: int
    title: str
    config: str
    instruction: str = ""
    tasks: int = 0
    annotations: int = 0
    skipped: int = 0
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)  # settings that a review project repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMarks:
    """What a sweep asks of a task: when it was last touched, and which annotations it has with their times."""

    task: int
    updated_at: datetime | None
    annotations: Mapping[int, datetime | None]
