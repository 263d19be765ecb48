"""What following a project asks of a server, and of whoever knows its JSON; the client and the codec answer it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from labelqa.records.annotation import Chunk
from labelqa.records.servers import ServerAccount, ServerProject, TaskMarks, UnreadTask

Task = dict[str, Any]  # as the server writes it, with its annotations


class Source(Protocol):
    """The reading side of one server. Every method raises NotThere for a project that is gone, or Unreachable.

    Tasks that cannot be read while others can are added to ``unread``; without that list they are an error.
    """

    def clock(self) -> datetime | None:
        """What the server's clock said with its last answer, to the second; None where it did not say."""

    def accounts(self) -> list[ServerAccount]:
        """Everybody who is or was there."""

    def project(self, number: int) -> ServerProject:
        """A project with its form."""

    def hooks(self, project: int) -> list[dict[str, Any]]:
        """The webhooks of a project as the server has them."""

    def newest(self, project: int) -> datetime | None:
        """When a task was touched last, by the server's clock; None without tasks."""

    def answers(self) -> bool:
        """Whether the server answers the plainest question now."""

    def tasks(
        self, project: int, *, after: int = 0, size: int = 500, unread: list[UnreadTask] | None = None
    ) -> list[Task]:
        """The next tasks by number; at the end there are none, and none unread."""

    def chosen(self, project: int, numbers: Sequence[int], *, unread: list[UnreadTask] | None = None) -> list[Task]:
        """Of these tasks, those that are there."""

    def changed(
        self, project: int, *, since: datetime, size: int = 500, unread: list[UnreadTask] | None = None
    ) -> Iterator[list[Task]]:
        """Tasks touched since, by the time they were touched."""

    def marks(
        self, project: int, *, after: int = 0, size: int = 500, unread: list[UnreadTask] | None = None
    ) -> list[TaskMarks]:
        """The next tasks by number with what a sweep compares; the end as with ``tasks``."""


class Codec(Protocol):
    """Tasks of a server as rows, without network."""

    def chunk(self, tasks: Sequence[Mapping[str, Any]], *, config: str, item_key: str, told: bool = False) -> Chunk:
        """The items and annotations of tasks; ``told`` for what a webhook says of them, whose items are not taken."""

    def marks(self, task: Mapping[str, Any]) -> TaskMarks:
        """What a sweep would see of a task."""

    def told(self, body: bytes) -> list[Task]:
        """The tasks with the annotations that a webhook's payload holds whole; empty where it holds none."""
