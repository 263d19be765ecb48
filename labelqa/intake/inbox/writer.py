"""The inbox's one writer: events that come at the same time are committed together, and each answer waits for the disk.

What cannot be written is refused to everybody who waited for it; nothing is held back for later.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Condition, Thread
from typing import Final

from labelqa.errors import Busy, LabelqaError
from labelqa.i18n import N_
from labelqa.intake.inbox.payload import Arrival, micros_of
from labelqa.intake.inbox.tables import FAILED, WAITING, Held, writing

TOGETHER: Final = 512  # events of one transaction
_FOLD: Final = 8 * 1024 * 1024  # bytes of the log, after which it is folded into the file
_ROW: Final = 8192  # bytes that an event takes in the log beside its body, about
_PATIENCE: Final = 5.0  # seconds after which refused calls are written down though nothing else comes
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class NoRoom(LabelqaError):
    """The inbox cannot be written: the disk is full, or fails."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where an event is kept; ``doubled`` when it was there before."""

    number: int
    doubled: bool


Waiting = tuple[Arrival, "Future[Stored]"]


class Writer:
    """A thread with a connection of its own; it begins with the first event."""

    def __init__(self, held: Held) -> None:
        self._held = held  # the thread's own
        self._changed = Condition()
        self._waiting: list[Waiting] = []
        self._refused: Counter[tuple[str, str]] = Counter()
        self._refused_at: dict[tuple[str, str], datetime] = {}
        self._thread: Thread | None = None
        self._unfolded = 0  # bytes, about
        self._closing = False

    def submit(self, event: Arrival) -> Future[Stored]:
        """The event's place once it is on the disk. The future raises Busy or NoRoom."""
        future: Future[Stored] = Future()
        future.set_running_or_notify_cancel()  # a sender that goes away takes nothing back
        with self._changed:
            if self._closing:
                raise Busy("the inbox is closed")
            self._waiting.append((event, future))
            self._begun()
            self._changed.notify()
        return future

    def refused(self, server: str, why: str, at: datetime) -> None:
        """Count a call that was refused; written down with the next events or some seconds later."""
        with self._changed:
            if not self._closing:
                self._refused[server, why] += 1
                self._refused_at[server, why] = at
                self._begun()

    def close(self) -> None:
        """Commit what waits, then end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _begun(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="labelqa-inbox", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        closing = False
        while not closing:
            taken, closing = self._taken()
            try:
                told = self._written(taken)
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it
                why = refusal(error)
                for _, future in taken:
                    future.set_exception(why)
                if not isinstance(why, Busy):
                    self._held.let_go()
            else:
                for (_, future), stored in zip(taken, told, strict=True):
                    future.set_result(stored)
                self._folded(taken)
        self._held.let_go()

    def _taken(self) -> tuple[list[Waiting], bool]:
        with self._changed:
            if not self._waiting and not self._closing:
                self._changed.wait(_PATIENCE)
            taken, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            return taken, self._closing and not self._waiting

    def _written(self, taken: Sequence[Waiting]) -> list[Stored]:
        with self._changed:
            refused, at = Counter(self._refused), dict(self._refused_at)
        if not taken and not refused:
            return []
        raw = self._held.raw()
        with writing(raw):
            told = [_kept(raw, event) for event, _ in taken]
            _tallied(raw, taken, told)
            for (server, why), n in refused.items():
                _tally(raw, server, 0, "refused", why, n, at[server, why])
        self._held.settled()
        with self._changed:
            self._refused -= refused
        return told

    def _folded(self, taken: Sequence[Waiting]) -> None:
        """Fold the log into the file while nobody waits for an answer, rather than within somebody's commit."""
        self._unfolded += sum(len(event.body) + _ROW for event, _ in taken)
        if self._unfolded > _FOLD:
            self._unfolded = 0
            with suppress(sqlite3.Error, LabelqaError, OSError):
                self._held.raw().execute("PRAGMA wal_checkpoint(PASSIVE)")


def refusal(error: BaseException) -> LabelqaError:
    """What whoever waits is told."""
    if isinstance(error, LabelqaError):
        return error
    if isinstance(error, sqlite3.Error) and (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _BUSY:
        return Busy("another process is writing to this workspace: try again when it is done")
    return NoRoom(N_("the inbox cannot be written ({why})"), why=str(error) or type(error).__name__)


def _kept(raw: sqlite3.Connection, event: Arrival) -> Stored:
    """One event in an open transaction.

    The same content again is the same event. Where it may tell of a second change, or was not worked through the first
    time, it waits anew under a new number: whoever is at work on the old one then does not take the new one for done.
    """
    there = raw.execute("SELECT number, state FROM events WHERE digest = ?", (event.digest,)).fetchone()
    if there is not None:
        if event.sure and there[1] != FAILED:
            return Stored(there[0], True)
        raw.execute("DELETE FROM events WHERE number = ?", (there[0],))
    row = (event.server, event.project, event.action, micros_of(event.received_at), event.digest, event.body, WAITING)
    made = raw.execute(
        "INSERT INTO events (server, project, action, received_at, digest, body, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    raw.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?)", ((event.server, *mark) for mark in event.marks))
    return Stored(int(made.lastrowid or 0), there is not None)


def _tallied(raw: sqlite3.Connection, taken: Sequence[Waiting], told: Sequence[Stored]) -> None:
    summed: Counter[tuple[str, int, str, str]] = Counter()
    last: dict[tuple[str, int, str, str], datetime] = {}
    for (event, _), stored in zip(taken, told, strict=True):
        key = (event.server, event.project, "doubled" if stored.doubled else "stored", event.action)
        summed[key] += 1
        last[key] = event.received_at
    for key, n in summed.items():
        _tally(raw, *key, n, last[key])


def _tally(raw: sqlite3.Connection, server: str, project: int, outcome: str, word: str, n: int, at: datetime) -> None:
    raw.execute(
        "INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET n = n + excluded.n, last_at = max(last_at, excluded.last_at)",
        (server, project, outcome, word, n, micros_of(at)),
    )


__all__ = ["NoRoom", "Stored", "Writer", "refusal"]
