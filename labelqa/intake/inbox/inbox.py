"""The inbox's door: put an event and know that it is on the disk, read what waits, say what is done.

A sender waits only for the commit that it shares with the others of the same moment, and never for an import: the file
is the inbox's own. Nothing here asks for the time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec

from labelqa.errors import Busy, NoWorkspace
from labelqa.i18n import N_
from labelqa.intake.inbox.payload import Arrival, decoded, keys_of, micros_of, moment_of
from labelqa.intake.inbox.tables import DONE, FAILED, FORMAT, Held, writing
from labelqa.intake.inbox.writer import Stored, Writer, refusal
from labelqa.records.servers import HookEvent

BUSY_SECONDS: Final = 5.0  # a sender has given up by then; what it sent is kept all the same
_AT_ONCE: Final = 500  # rows of one short transaction
_BYTES: Final = 32 * 1024 * 1024  # of bodies given at once; one larger body comes alone
_ALTERED: Final = N_("it is not what was written")
_LONGEST_WHY: Final = 4_000  # characters; a sentence with what is in it, as JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How often something came: ``outcome`` is stored, doubled or refused; ``word`` the action, or why it was refused."""

    server: str
    project: int  # 0 where nothing says
    outcome: str
    word: str
    n: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """When a server's events were last worked through, and why that failed ("" when it did not)."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCounts:
    """What came and what became of it. ``events`` are all that were taken, doubled ones among them."""

    events: int
    doubled: int
    refused: int
    waiting: int
    failed: int
    oldest_waiting: datetime | None
    last_received: dict[int, datetime]  # by project
    seen: tuple[Seen, ...]


class Inbox:
    """An open inbox; any number of processes put, read and mark at the same time."""

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        self.path = path
        self._held = Held(path, busy_seconds=busy_seconds)
        self._held.raw()
        self._own = Lock()  # one thread of this process at a time; the writer has a connection of its own
        self._writer = Writer(Held(path, busy_seconds=busy_seconds))
        self._closed = False

    def __enter__(self) -> Inbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what was put, then let go of the file."""
        self._writer.close()
        with self._own:
            self._closed = True
            self._held.let_go()

    def put(self, event: Arrival) -> int:
        """The event's number, once it is on the disk. Raises Busy or NoRoom, and then nothing was kept."""
        return self.submit(event).result().number

    def submit(self, event: Arrival) -> Future[Stored]:
        """The same for who does not want to wait here: the future is done when the event is on the disk."""
        return self._writer.submit(event)

    def refused(self, server: str, why: str, at: datetime) -> None:
        """Count a call that was turned away; ``why`` is a stable code."""
        self._writer.refused(server, why, at)

    def waiting(self, limit: int = _AT_ONCE, *, server: str = "", project: int | None = None) -> list[HookEvent]:
        """Events that wait, oldest first, at most ``limit`` and some 32 MB of them; none only when none waits.

        ``project``: those of one; 0 for those that do not say. One that is no longer what was written is put aside as
        failed.
        """
        while True:
            found, odd = self._waiting(limit, server, project)
            for number in odd:
                self.failed(number, json.dumps([_ALTERED, {}]))
            if found or not odd:
                return found

    def _waiting(self, limit: int, server: str, project: int | None) -> tuple[list[HookEvent], list[int]]:
        query = "SELECT number, server, project, action, received_at, body FROM events WHERE state = 0"
        query += " AND server = ?" if server else ""
        query += " AND project = ?" if project is not None else ""
        asked = [*([server] if server else []), *([] if project is None else [project]), limit]
        found: list[HookEvent] = []
        odd: list[int] = []
        size = 0
        with self._asked() as raw:
            rows = raw.execute(query + " ORDER BY number LIMIT ?", asked)
            for row in rows:
                size += len(row[5])
                if found and size > _BYTES:
                    break
                if (event := _event(row)) is None:
                    odd.append(row[0])
                else:
                    found.append(event)
            rows.close()
        return found, odd

    def projects_waiting(self, server: str) -> set[int]:
        """The projects of which events wait; 0 among them where events do not say."""
        with self._asked() as raw:
            rows = raw.execute("SELECT DISTINCT project FROM events WHERE state = 0 AND server = ?", (server,))
            return {project for (project,) in rows}

    def belong(self, numbers: Iterable[int], project: int) -> None:
        """These, which did not say, are of this project."""
        for part in _parts(sorted(set(numbers))):
            with self._asked() as raw, writing(raw):
                raw.executemany("UPDATE events SET project = ? WHERE number = ?", ((project, n) for n in part))

    def done_with(self, server: str, project: int) -> None:
        """Nothing of a project waits any longer."""
        query = (
            "UPDATE events SET state = 1, why = '' WHERE number IN (SELECT number FROM events "
            "WHERE state = 0 AND server = ? AND project = ? LIMIT ?)"
        )
        n = _AT_ONCE
        while n == _AT_ONCE:
            with self._asked() as raw, writing(raw):
                n = raw.execute(query, (server, project, _AT_ONCE)).rowcount

    def done(self, numbers: Iterable[int]) -> None:
        """These were worked through."""
        for part in _parts(sorted(set(numbers))):
            with self._asked() as raw, writing(raw):
                raw.executemany("UPDATE events SET state = ?, why = '' WHERE number = ?", ((DONE, n) for n in part))

    def failed(self, number: int, why: str) -> None:
        """This one cannot be worked through; it waits no longer, unless the same comes again or :meth:`again`."""
        with self._asked() as raw, writing(raw):
            raw.execute("UPDATE events SET state = ?, why = ? WHERE number = ?", (FAILED, why[:_LONGEST_WHY], number))

    def failures(self, limit: int = 20, *, server: str = "") -> list[tuple[int, str]]:
        """The latest events that failed, with why."""
        of, asked = (" AND server = ?", (server,)) if server else ("", ())
        query = f"SELECT number, why FROM events WHERE state = 2{of} ORDER BY number DESC LIMIT ?"  # noqa: S608
        with self._asked() as raw:
            return list(raw.execute(query, (*asked, limit)))

    def again(self) -> int:
        """What failed waits again; how many."""
        with self._asked() as raw, writing(raw):
            query = "UPDATE events SET state = 0, why = '' WHERE state = 2 AND body IS NOT NULL"
            return raw.execute(query).rowcount

    def seen(self, server: str, annotations: Collection[int]) -> set[tuple[int, int]]:
        """Of these annotations, the revisions that an event ever told of: number, microseconds since 1970."""
        found: set[tuple[int, int]] = set()
        for part in _parts(sorted(set(annotations))):
            places = ",".join("?" * len(part))
            query = f"SELECT annotation, micros FROM marks WHERE server = ? AND annotation IN ({places})"  # noqa: S608
            with self._asked() as raw:
                found.update(raw.execute(query, (server, *part)))
        return found

    def purge(self, before: datetime) -> int:
        """Drop the bodies of events received before a time that no longer wait; how many. What they marked stays."""
        dropped = 0
        query = (
            "UPDATE events SET body = NULL WHERE number IN (SELECT number FROM events "
            "WHERE received_at < ? AND body IS NOT NULL AND state <> 0 LIMIT ?)"
        )
        while True:
            with self._asked() as raw, writing(raw):
                n = raw.execute(query, (micros_of(before), _AT_ONCE)).rowcount
            dropped += n
            if n < _AT_ONCE:
                return dropped

    def passed(self, server: str, at: datetime, *, why: str = "") -> None:
        """A pass over a server's events ended at ``at``; ``why`` says why it failed."""
        with self._asked() as raw, writing(raw):
            raw.execute("REPLACE INTO passes VALUES (?, ?, ?)", (server, micros_of(at), why[:_LONGEST_WHY]))

    def passes(self) -> dict[str, Last]:
        """The last pass of each server."""
        with self._asked() as raw:
            return {name: Last(at=moment_of(at), why=why) for name, at, why in raw.execute("SELECT * FROM passes")}

    def probe(self) -> None:
        """Raise Busy or NoRoom when nothing can be put now."""
        with self._asked() as raw, writing(raw):
            raw.execute(f"PRAGMA user_version={FORMAT}")  # the same again, yet a page is written

    def counts(self, server: str = "") -> InboxCounts:
        """What came from a server (from all where none is named)."""
        with self._asked() as raw:
            of, asked = (" AND server = ?", (server,)) if server else ("", ())
            tallies = raw.execute(f"SELECT * FROM tallies WHERE 1{of}", asked).fetchall()  # noqa: S608
            waiting = raw.execute(
                f"SELECT count(*), min(received_at) FROM events WHERE state = 0{of}",  # noqa: S608
                asked,
            ).fetchone()
            failed = raw.execute(f"SELECT count(*) FROM events WHERE state = 2{of}", asked).fetchone()  # noqa: S608
        return _counts(tallies, waiting, failed[0])

    @contextmanager
    def _asked(self) -> Iterator[sqlite3.Connection]:
        with self._own:
            if self._closed:
                raise Busy("the inbox is closed")
            try:
                yield self._held.raw()
            except (sqlite3.Error, OSError) as error:
                raise refusal(error) from None


def open_inbox(path: Path, *, create: bool = True, busy_seconds: float = BUSY_SECONDS) -> Inbox:
    """The inbox in ``path``; made when ``create`` says so, and otherwise it must be there (NoWorkspace)."""
    if not create and not path.is_file():
        raise NoWorkspace("the workspace has no inbox yet: {path}; labelqa serve makes it", path=str(path))
    try:
        return Inbox(path, busy_seconds=busy_seconds)
    except sqlite3.OperationalError as error:
        raise refusal(error) from None
    except sqlite3.DatabaseError as error:
        raise NoWorkspace("{path} is not an inbox ({why})", path=str(path), why=str(error)) from None


def _event(row: Sequence[Any]) -> HookEvent | None:
    number, server, project, action, received_at, body = row
    try:
        keys = keys_of(decoded(body))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return HookEvent(
        number=number, server=server, project=project, action=action, received_at=moment_of(received_at), body=body,
        annotations=keys.annotations, tasks=keys.tasks,
    )  # fmt: skip


def _counts(tallies: Sequence[Sequence[Any]], waiting: Sequence[Any], failed: int) -> InboxCounts:
    seen = tuple(
        Seen(server=server, project=project, outcome=outcome, word=word, n=n, last_at=moment_of(last))
        for server, project, outcome, word, n, last in tallies
    )
    came = [each for each in seen if each.outcome != "refused"]
    last: dict[int, datetime] = {}
    for each in came:
        last[each.project] = max(each.last_at, last.get(each.project, each.last_at))
    return InboxCounts(
        events=sum(each.n for each in came), doubled=sum(each.n for each in came if each.outcome == "doubled"),
        refused=sum(each.n for each in seen if each.outcome == "refused"), waiting=waiting[0], failed=failed,
        oldest_waiting=moment_of(waiting[1]) if waiting[1] is not None else None, last_received=last, seen=seen,
    )  # fmt: skip


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]


__all__ = ["Inbox", "InboxCounts", "Last", "Seen", "open_inbox"]
