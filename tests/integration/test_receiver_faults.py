"""A receiver whose inbox cannot be written for a while: it says so, mends itself, and what it took is there."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx
import pytest

from labelqa.intake.inbox import open_inbox
from tests.conftest import missing
from tests.integration.serving import Served, event, kept, made_workspace, served

FILE = "inbox.sqlite3"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return made_workspace(tmp_path)


@contextmanager
def full_disk(here: Served) -> Iterator[None]:
    """No file of its process may grow meanwhile."""
    if sys.platform != "linux":
        missing("prlimit", "another process's limits cannot be set")
    import resource

    limits = resource.prlimit(here.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(here.process.pid, resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(here.process.pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def held(here: Served) -> Iterator[None]:
    """Another process writes to the inbox and does not end."""
    holder = sqlite3.connect(here.workspace / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@pytest.mark.parametrize(("fault", "why"), [(full_disk, "disk"), (held, "busy")])
def test_a_fault_is_told_and_passes(workspace: Path, fault, why: str):
    with served(workspace) as here:
        answers = {1: here.post(event(1))}
        with fault(here):
            answers |= {number: here.post(event(number)) for number in ((2, 3, 4) if why == "disk" else (2,))}
            sick = httpx.get(here.url + "/health", timeout=30)
        answers |= {number: here.post(event(number)) for number in (5, 6)}
        well = httpx.get(here.url + "/health", timeout=30)
        here.process.kill()
    refused = {n: each for n, each in answers.items() if each.status_code != 200}
    assert set(refused) == set(answers) - {1, 5, 6}
    for each in refused.values():
        assert (each.status_code, each.json()["why"], each.headers["retry-after"]) == (503, why, "1")
    assert kept(workspace) == {1, 5, 6}
    assert (sick.status_code, well.status_code, well.json()["not_kept"][why]) == (503, 200, len(refused))


def test_a_deleted_log_and_a_kill_lose_nothing_that_was_taken(workspace: Path):
    with served(workspace) as here:
        assert [here.post(event(number)).status_code for number in (1, 2)] == [200, 200]
        (workspace / f"{FILE}-wal").unlink()
        assert here.post(event(3)).status_code == 200
        here.process.kill()
    assert kept(workspace) == {1, 2, 3}


def test_an_inbox_that_cannot_be_written_is_told_at_the_start(workspace: Path):
    open_inbox(workspace / FILE).close()
    holder = sqlite3.connect(workspace / FILE, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    log = workspace.parent / "err.txt"

    def ends() -> None:
        while not (log.exists() and log.read_text()):
            time.sleep(0.05)
        holder.execute("ROLLBACK")
        holder.close()

    ending = Thread(target=ends)
    ending.start()
    with served(workspace) as here:
        ending.join()
        assert here.post(event(1)).status_code == 200
        assert here.ended() == 0
    first = json.loads(log.read_text().splitlines()[0])
    assert (first["event"], "another process" in first["why"]) == ("inbox", True)
