"""What sending work to a server asks of the client: to read projects, accounts and tasks, and to change projects.

The client of the adapters fulfils it; here is only what is asked, so that a use case knows no network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from labelqa.records.servers import ServerAccount, ServerProject, TaskMarks, UnreadTask
from labelqa.workflows.sync.ahead import begun

T = TypeVar("T")


class ReadingSide(Protocol):
    """The reading side of a server."""

    def accounts(self) -> list[ServerAccount]:
        """Everybody in the organisation."""
        ...

    def projects(self) -> Iterator[ServerProject]:
        """Every project that our account sees."""
        ...

    def project(self, number: int) -> ServerProject:
        """One project; a LabelqaError when it is gone."""
        ...

    def newest(self, project: int) -> datetime | None:
        """When a task of a project was touched last, by the server's clock; None without tasks."""
        ...

    def marks(self, project: int, *, after: int = 0) -> list[TaskMarks]:
        """The next tasks by number: when each was touched, and its annotations; an empty list at the end."""
        ...

    def answers(self) -> bool:
        """Whether the server answers the plainest question now."""
        ...

    def tasks(self, project: int, *, after: int = 0, unread: list[UnreadTask] | None = None) -> list[dict[str, Any]]:
        """The next tasks by number, with their annotations; with nothing unread either, an empty list is the end.

        Tasks that cannot be read while others can are added to ``unread``; without that list they are an error.
        """
        ...

    def chosen(
        self, project: int, numbers: Sequence[int], *, unread: list[UnreadTask] | None = None
    ) -> list[dict[str, Any]]:
        """Of these tasks (500 at most), those that are there, with their annotations."""
        ...

    def changed(
        self, project: int, *, since: datetime, unread: list[UnreadTask] | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Tasks touched at or after a time of the server's clock, by the time they were touched, page by page."""
        ...


class WritingSide(Protocol):
    """The writing side of a server."""

    def create_project(
        self, *, title: str, config: str, instruction: str = "", settings: Mapping[str, Any] | None = None
    ) -> int:
        """A new project; its number."""
        ...

    def update_project(self, project: int, **changes: Any) -> datetime:
        """Change settings of a project; the server's time."""
        ...

    def delete_project(self, project: int) -> None:
        """Remove a project with all that is in it."""
        ...

    def import_tasks(self, project: int, tasks: Sequence[Mapping[str, Any]]) -> list[int]:
        """Put at most 500 tasks into a project; their numbers in order."""
        ...


def task_pages(
    reading: ReadingSide, project: int, unread: list[UnreadTask] | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Every task of a project by number, page by page; those that cannot be read as ``ReadingSide.tasks`` has them."""
    after, lost = 0, [] if unread is None else unread
    while True:
        had = len(lost)
        found = reading.tasks(project, after=after, unread=unread)
        numbers = [*(each["id"] for each in found), *(each.task for each in lost[had:])]
        if not numbers:
            return
        yield found
        after = max(numbers)


def all_tasks(reading: ReadingSide, project: int) -> Iterator[dict[str, Any]]:
    """Every task of a project by number; one that cannot be read is an error."""
    return (task for page in task_pages(reading, project) for task in page)


def ahead(pages: Iterator[T]) -> Iterator[T]:
    """The same pages, each fetched while the one before it is worked on; never more than one in advance."""
    coming = begun(lambda: next(pages, None))
    while (page := coming.result()) is not None:
        coming = begun(lambda: next(pages, None))
        yield page


def mark_of(task: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a task says of itself in labelqa's own words; {} where it says nothing. Anybody may have altered it.

    >>> mark_of({"meta": {"labelqa": {"item": "q-1"}}}), mark_of({"meta": []})
    ({'item': 'q-1'}, {})
    """
    meta = task.get("meta")
    ours = meta.get("labelqa") if isinstance(meta, dict) else None
    return ours if isinstance(ours, dict) else {}


def parts(things: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Things in order, so many at a time.

    >>> list(parts("abc", 2))
    [['a', 'b'], ['c']]
    """
    part: list[Any] = []
    for each in things:
        part.append(each)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
