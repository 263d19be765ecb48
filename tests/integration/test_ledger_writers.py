"""Two processes write one ledger at once, one is killed in the middle: the chain stays a line, on both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from labelqa.ledger import Ledger, open_ledger
from labelqa.ledger.postgres import Address, address
from labelqa.ledger.verify import verify

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = count(1)
START = """
import json, os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from labelqa.ledger import open_ledger
from labelqa.ledger.postgres import address
from labelqa.records.facts import Draft, GoldRegistered
told = json.loads(sys.stdin.readline())
where = Path(told["path"]) if "path" in told else address(told["url"])
ledger = open_ledger(where, busy_seconds=60)
draft = lambda n: Draft(body=GoldRegistered(added=n, digest="d"), subjects=("gold", "writer:" + told["name"]), actor=told["name"])
print("ready", flush=True)
sys.stdin.readline()
"""
WRITE = """
for number in range(100):
    ledger.append([draft(number * 5 + more) for more in range(5)], now=datetime.now(UTC))
"""
HANG = """
def beside(connection):
    print("holding", flush=True)
    time.sleep(600)
ledger.append([draft(1)] * 50, now=datetime.now(UTC), beside=beside)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where an empty ledger is, as another process is told."""
    if request.param == "sqlite":
        there = {"path": str(tmp_path / "ledger.sqlite3")}
    else:
        there = {"url": request.getfixturevalue("postgres").url(f"w{next(NUMBERS)}")}
    opened(there, create=True).close()
    return there


def opened(told: dict[str, str], *, create: bool = False, busy_seconds: float = 10) -> Ledger:
    where: Path | Address = Path(told["path"]) if "path" in told else address(told["url"])
    return open_ledger(where, create=create, busy_seconds=busy_seconds)


def started(script: str, told: dict[str, str], name: str) -> subprocess.Popen[str]:
    """Another process that has the ledger open and waits for a line."""
    words = [sys.executable, "-c", START + script]
    process = subprocess.Popen(words, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    say(process, json.dumps(told | {"name": name}))
    assert heard(process) == "ready"
    return process


def say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_two_writers_of_500_facts_each_make_one_chain(told: dict[str, str]) -> None:
    writers = [started(WRITE, told, name) for name in ("a", "b")]
    for each in writers:
        say(each, "go")
    for each in writers:
        each.communicate(timeout=300)
        assert each.returncode == 0
    ledger = opened(told)
    facts = ledger.facts()
    assert verify(ledger) == (1000, facts[-1].hash, [])
    assert [fact.seq for fact in facts] == list(range(1, 1001))
    actors = [fact.actor for fact in facts]
    assert (actors.count("a"), actors.count("b")) == (500, 500)
    for name in ("a", "b"):  # each writer's own facts stand in its order, five of a transaction together
        assert [fact.body.added for fact in facts if fact.actor == name] == list(range(500))
    assert all(len(set(actors[start : start + 5])) == 1 for start in range(0, 1000, 5))
    times = [{fact.recorded_at for fact in facts[start : start + 5]} for start in range(0, 1000, 5)]
    assert all(len(each) == 1 for each in times)  # a transaction is known as a whole …
    assert [*map(min, times)] == sorted(set.union(*times))  # … and after the one before it
    assert len(set.union(*times)) == 200
    ledger.close()


def test_a_writer_killed_in_the_middle_leaves_nothing_and_lets_go(told: dict[str, str]) -> None:
    from labelqa.errors import Busy
    from labelqa.records.facts import Draft, GoldRegistered
    from tests.building import MONDAY

    gold = Draft(body=GoldRegistered(added=1, digest="d"), subjects=("gold",), actor="c")
    ledger = opened(told, busy_seconds=0.2)
    ledger.append([gold], now=MONDAY)
    process = started(HANG, told, "a")
    try:
        say(process, "go")
        assert heard(process) == "holding"
        with pytest.raises(Busy):
            ledger.append([gold], now=MONDAY)
        assert ledger.head()[0] == 1  # reading goes on
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    patient = opened(told, busy_seconds=30)
    assert patient.append([gold], now=MONDAY)[0].seq == 2
    assert verify(patient)[2] == []
    for each in (ledger, patient):
        each.close()


def test_writers_killed_while_they_write_leave_whole_transactions(told: dict[str, str]) -> None:
    process = started(WRITE, told, "a")
    say(process, "go")
    ledger = opened(told)
    while not ledger.head()[0] >= 30:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    time.sleep(0.2)
    number, _, found = verify(ledger)
    assert (number % 5, found) == (0, [])
    ledger.close()
