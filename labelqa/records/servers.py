"""A connected annotation server: where it is, what runs there, who we are on it, and what it holds.

Values and one fact body; nothing here goes over the network, and no token is ever a field of any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from labelqa.errors import Message


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
    email: str  # "" where the server does not say it any more
    name: str
    gone: bool = False  # removed from the organization: still listed, without name and e-mail
    last_active: datetime | None = None


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


def has_line(description: Any, line: str) -> bool:
    """Whether a project's description has a line by which labelqa knows a project that it made.

    >>> has_line("Returned work\\nlabelqa:rework:b1:p-1", "labelqa:rework:b1:p-1"), has_line(None, "labelqa:rework:b1:p-1")
    (True, False)
    """
    return isinstance(description, str) and line in description.splitlines()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMarks:
    """What a sweep asks of a task: when it was last touched, and which annotations it has with their times."""

    task: int
    updated_at: datetime | None
    annotations: Mapping[int, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadTask:
    """A task that its server could not give while it gave others, and why."""

    task: int
    updated_at: datetime | None
    why: Message


class ProjectRole(StrEnum):
    """What a project on a server is to labelqa."""

    SOURCE = "source"  # people label there, and it is followed
    REVIEW = "review"  # made by labelqa for one drawn verifier of one sample
    REWORK = "rework"  # made by labelqa for the returned items of one person


class ReviewMode(StrEnum):
    """What a verifier sees in a review project."""

    BLIND = "blind"  # the item alone: the verdict is whether both answers agree
    SHOWN = "shown"  # the original as a prediction, with the controls of the verdict beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFollowed:
    """A project is followed, how its items are called was corrected, or (``ended``) it is no longer asked.

    ``item_key`` names the field by which the same item is known in several projects ("" for the task's number). A later
    one about the same project supersedes.
    """

    server: str
    project: int
    title: str
    role: str = "source"  # a ProjectRole; no other one was ever written, made projects have facts of their own
    item_key: str = ""
    ended: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePushed:
    """A rulebook release went to a project as its form and instruction; it binds what is labelled from ``since`` on.

    ``since`` is a time of the server's clock (ISO, UTC). ``vanished``: labels in use that the new form has no more;
    with any of them ``reason`` says why it was done all the same.
    """

    server: str
    project: int
    release: str
    config_digest: str
    instruction_digest: str
    since: str
    vanished: list[str] = field(default_factory=list)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPlaced:
    """A webhook was made or repaired with somebody's consent; ``url`` holds no secret."""

    server: str
    project: int
    hook: int
    url: str
    actions: list[str]
    repaired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSent:
    """The part of a sample that one verifier drew, as a project of its own; a later one (more items, ended) supersedes.

    ``digest`` is of the items in the order sent.
    """

    server: str
    project: int
    batch: str
    sample: str
    verifier: str
    mode: str  # a ReviewMode
    items: int
    digest: str
    ended: bool = False
    reason: str = ""
    lang: str = "zh"  # in which its form and its instruction speak
    seal: str = ""  # which key its tasks are signed with; "" for what went out before tasks were signed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReworkSent:
    """Returned items of one person, as a project of its own with the reason and the rule for each."""

    server: str
    project: int
    batch: str
    person: str
    items: list[str]
    ended: bool = False
    reason: str = ""
    seal: str = ""  # as of ReviewSent


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAttached:
    """A log that a proxy in front of a server kept of log-ins, views and exports, by digest; the log itself stays outside."""

    server: str
    name: str  # salted digest of the file's name, which may name somebody
    digest: str
    start: str  # of the period that the log is about (ISO, UTC)
    end: str
    lines: int
    reason: str = ""
    first: str = ""  # the first and the last time that stand in the log itself, "" where none can be read
    last: str = ""
    kept: bool = False  # a copy is among the workspace's attachments


@dataclass(frozen=True, slots=True, kw_only=True)
class HookEvent:
    """What a webhook delivered, as the inbox keeps it.

    ``body`` is the payload as JSON text, the project stripped to its number. ``annotations`` are the annotations that it
    speaks of with the time they were touched (None where it does not say), ``tasks`` the tasks.
    """

    number: int
    server: str
    project: int  # 0 where the payload does not say
    action: str
    received_at: datetime
    body: bytes = field(repr=False)
    annotations: tuple[tuple[int, datetime | None], ...] = ()
    tasks: tuple[int, ...] = ()
