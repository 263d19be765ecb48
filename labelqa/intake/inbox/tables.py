"""The inbox's file: its tables, and how a connection to it is set so that what is committed stays.

The file is for its owner alone. Nothing in it is of record: an event says that something changed, not what is true.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from labelqa.errors import Busy, NoWorkspace

FORMAT: Final = 1
WAITING, DONE, FAILED = 0, 1, 2  # what became of an event
_SCHEMA: Final = """
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    project INTEGER NOT NULL,
    action TEXT NOT NULL,
    received_at INTEGER NOT NULL,       -- microseconds since 1970
    digest BLOB NOT NULL UNIQUE,        -- of server and body
    body BLOB,                          -- none once it was purged
    state INTEGER NOT NULL DEFAULT 0,   -- waiting, done, failed
    why TEXT NOT NULL DEFAULT ''        -- why it failed
);
CREATE INDEX events_waiting ON events (number) WHERE state = 0;
CREATE INDEX events_failed ON events (number) WHERE state = 2;
CREATE INDEX events_kept ON events (received_at) WHERE body IS NOT NULL AND state <> 0;
CREATE TABLE marks (
    server TEXT NOT NULL, annotation INTEGER NOT NULL, micros INTEGER NOT NULL, task INTEGER NOT NULL,
    PRIMARY KEY (server, annotation, micros)
) WITHOUT ROWID;
CREATE TABLE tallies (
    server TEXT NOT NULL, project INTEGER NOT NULL, outcome TEXT NOT NULL, word TEXT NOT NULL,
    n INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (server, project, outcome, word)
) WITHOUT ROWID;
CREATE TABLE passes (server TEXT PRIMARY KEY, at INTEGER NOT NULL, why TEXT NOT NULL) WITHOUT ROWID;
"""


def connected(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
    """A connection that waits for other writers so long, commits to the disk, and begins transactions when told."""
    raw = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    until = time.monotonic() + busy_seconds
    while True:  # of two who ask for WAL at once SQLite refuses one without waiting
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raw.close()
                raise
            time.sleep(0.02)
    for each in ("synchronous=FULL", "secure_delete=ON", "journal_size_limit=67108864", "cache_size=-4096"):
        raw.execute(f"PRAGMA {each}")
    return raw


class Held:
    """A connection to the file that is at a path now: one to a file that was moved or replaced is let go.

    Without that, events would be committed to a file that nobody finds again.
    """

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        self._path, self._busy_seconds = path, busy_seconds
        self._raw: sqlite3.Connection | None = None
        self._files: _Files = (None, None, None)

    def raw(self) -> sqlite3.Connection:
        """The connection, made anew where that is needed."""
        if self._raw is not None and _files(self._path) != self._files:
            self._brought_home(self._raw)
            self.let_go()
        if self._raw is None:
            made(self._path, busy_seconds=self._busy_seconds)
            raw = connected(self._path, busy_seconds=self._busy_seconds)
            try:
                of_this_format(raw)
            except BaseException:
                raw.close()
                raise
            self._raw, self._files = raw, _files(self._path)
        return self._raw

    def settled(self) -> None:
        """Make sure that what was just committed is where others find it; OSError when the file was taken away."""
        if self._raw is None or _files(self._path) == self._files:
            return
        if _file(self._path) != self._files[0]:
            raise OSError("the file was taken away")
        self._brought_home(self._raw)
        self.let_go()

    def _brought_home(self, raw: sqlite3.Connection) -> None:
        """Where the log was taken away from beside its file, what it holds goes into the file; Busy until it is there."""
        there = _files(self._path)
        if there[0] != self._files[0] or there[1] == self._files[1]:
            return
        try:
            held = bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        except sqlite3.Error as error:  # a log that somebody else brought home is empty
            held = getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_IOERR_SHORT_READ
        if held:
            raise Busy("another process is writing to this workspace: try again when it is done")

    def let_go(self) -> None:
        """Close it; the next one who asks gets another."""
        raw, self._raw = self._raw, None
        if raw is not None:
            with suppress(sqlite3.Error):
                raw.close()


_Files = tuple[tuple[int, int] | None, tuple[int, int] | None, tuple[int, int] | None]


def _files(path: Path) -> _Files:
    """Which files are there now: the inbox, its log, the log's index."""
    return _file(path), _file(path.with_name(path.name + "-wal")), _file(path.with_name(path.name + "-shm"))


def _file(path: Path) -> tuple[int, int] | None:
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def made(path: Path, *, busy_seconds: float) -> None:
    """Make the file with its tables where it is missing; nobody ever sees it half made."""
    if path.exists():
        return
    staged = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(staged, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        raw = connected(staged, busy_seconds=busy_seconds)
        try:
            with writing(raw):
                for statement in _SCHEMA.split(";\n"):
                    raw.execute(statement)
                raw.execute(f"PRAGMA user_version={FORMAT}")
        finally:
            raw.close()
        with suppress(FileExistsError):  # of two who make one at once, the first one's stays
            path.hardlink_to(staged)
    finally:
        for each in (staged, *(staged.with_name(staged.name + end) for end in ("-wal", "-shm"))):
            each.unlink(missing_ok=True)


def of_this_format(raw: sqlite3.Connection) -> None:
    """NoWorkspace when another labelqa made the inbox."""
    found = raw.execute("PRAGMA user_version").fetchone()[0]
    if found != FORMAT:
        raise NoWorkspace("the inbox was made by another labelqa (format {got}, not {want})", got=found, want=FORMAT)


@contextmanager
def writing(raw: sqlite3.Connection) -> Iterator[None]:
    """One transaction with the write lock from its begin; taken back whole when anything is raised."""
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
