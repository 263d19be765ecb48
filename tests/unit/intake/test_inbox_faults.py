"""The inbox when its files are meddled with: nothing that was acknowledged is missing, and it mends itself."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labelqa.errors import Busy
from labelqa.intake.inbox import Arrival, NoRoom, arrival, open_inbox, tables, writer
from labelqa.intake.inbox.payload import decoded

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
FILE = "inbox.sqlite3"


def event(number: int) -> Arrival:
    told = {"id": number, "updated_at": "2026-11-16T01:59:59Z"}
    return arrival("s", json.dumps({"action": "ANNOTATION_CREATED", "annotation": told}).encode(), NOW)


def on_disk(folder: Path) -> list[int]:
    """What a machine that lost its power now would find."""
    copy = folder.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*-shm"))
    raw = sqlite3.connect(copy / FILE)
    try:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return sorted(number for (number,) in raw.execute("SELECT annotation FROM marks"))
    finally:
        raw.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "there").mkdir()
    return tmp_path / "there"


def test_a_log_that_is_deleted_takes_nothing_with_it(folder: Path):
    with open_inbox(folder / FILE) as inbox, open_inbox(folder / FILE) as other:
        for number in range(1, 6):
            inbox.put(event(number))
            assert len(other.waiting()) == number, "others read along"
            (folder / f"{FILE}-wal").unlink()
            inbox.put(event(10 * number))
            assert on_disk(folder) == sorted([*range(1, number + 1), *range(10, 10 * number + 1, 10)])
            other.done([each.number for each in other.waiting() if each.annotations[0][0] >= 10])


def test_a_log_that_is_deleted_after_the_commit_is_found_out_before_the_answer(folder: Path, monkeypatch):
    real = writer.writing

    @contextmanager
    def meddled(raw: sqlite3.Connection) -> Iterator[None]:
        with real(raw):
            yield
        (folder / f"{FILE}-wal").unlink()

    with open_inbox(folder / FILE) as inbox:
        monkeypatch.setattr(writer, "writing", meddled)
        inbox.put(event(1))
        assert on_disk(folder) == [1]


def test_a_file_that_is_taken_away_after_the_commit_is_never_a_yes(folder: Path, monkeypatch):
    real = writer.writing

    @contextmanager
    def meddled(raw: sqlite3.Connection) -> Iterator[None]:
        with real(raw):
            yield
        (folder / FILE).rename(folder.parent / "elsewhere")

    with open_inbox(folder / FILE) as inbox:
        with monkeypatch.context() as patched:
            patched.setattr(writer, "writing", meddled)
            with pytest.raises(NoRoom, match="taken away"):
                inbox.put(event(1))
        for end in ("-wal", "-shm"):
            (folder / f"{FILE}{end}").unlink(missing_ok=True)
        inbox.put(event(2))
        assert on_disk(folder) == [2]


def test_while_somebody_reads_a_deleted_log_waits_to_be_brought_home(folder: Path):
    with open_inbox(folder / FILE, busy_seconds=0.05) as inbox:
        inbox.put(event(1))
        reader = sqlite3.connect(folder / FILE, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        inbox.put(event(2))
        (folder / f"{FILE}-wal").unlink()
        with pytest.raises(Busy):
            inbox.put(event(3))
        reader.execute("COMMIT")
        reader.close()
        inbox.put(event(4))
        assert on_disk(folder) == [1, 2, 4]


def test_an_index_that_is_deleted_is_made_anew(folder: Path):
    with open_inbox(folder / FILE) as inbox:
        inbox.put(event(1))
        (folder / f"{FILE}-shm").unlink()
        inbox.put(event(2))
        with open_inbox(folder / FILE) as other:
            other.put(event(3))
            assert len(inbox.waiting()) == 3
        assert on_disk(folder) == [1, 2, 3]


def test_a_file_that_cannot_be_written_is_told_until_it_can(folder: Path, monkeypatch):
    real = tables.connected
    with open_inbox(folder / FILE) as inbox, monkeypatch.context() as patched:

        def locked(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
            raw = real(path, busy_seconds=busy_seconds)
            raw.execute("PRAGMA query_only=ON")  # writes fail as they do on a file system that is read-only
            return raw

        patched.setattr(tables, "connected", locked)
        for number in (1, 2):
            with pytest.raises(NoRoom, match="readonly"):
                inbox.put(event(number))
        patched.undo()
        inbox.put(event(3))
        assert on_disk(folder) == [3]


def test_a_body_full_of_odd_fractions_lets_others_work_meanwhile():
    raw = b"[" + b"1e300," * 1_000_000 + b"1e-300]"
    over, longest = threading.Event(), [0.0]

    def works() -> None:
        last = time.monotonic()
        while not over.is_set():
            now = time.monotonic()
            longest[0], last = max(longest[0], now - last), now
            time.sleep(0.001)

    other = threading.Thread(target=works)
    other.start()
    began = time.monotonic()
    told = decoded(raw)
    took = time.monotonic() - began
    over.set()
    other.join()
    assert (told[0], told[-1], len(told)) == (1e300, 1e-300, 1_000_001)
    assert longest[0] < took / 3
