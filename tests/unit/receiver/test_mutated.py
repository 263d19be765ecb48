"""Real payloads with their bytes and their values changed at random: each gets an answer, and nobody a trace."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from labelqa.errors import BadInput
from labelqa.workflows.servers.inbox import arrival
from tests.building import new_desk
from tests.unit.receiver.calling import NOW, call, receiver
from tests.unit.receiver.mutating import mutants
from tests.unit.receiver.working import TASKS, worked_through

ROUNDS = 2500
TOKEN = "<project-token>"  # noqa: S105
SOUND = {(200, "stored"), (200, "doubled"), (400, "json"), (400, "shape"), (400, "deep"), (413, "large")}


@pytest.fixture
def payloads(shared: Path) -> list[bytes]:
    files = sorted((shared / "fixtures" / "label_studio" / "webhooks").glob("*.json"))
    return [json.dumps(json.loads(path.read_text("utf-8"))["body"]).encode() for path in files]


def test_mutated_payloads(tmp_path: Path, payloads: list[bytes]):
    with receiver(tmp_path, rate=1e9, burst=1e9) as here:
        found: Counter[tuple[int, str]] = Counter()
        bodies = list(mutants(payloads, ROUNDS, seed=7))
        for start in range(0, ROUNDS, 250):
            calls = (call(body) for body in bodies[start : start + 250])
            for answer in here.calls(*calls, together=True):
                told = answer.json()
                found[answer.status_code, told.get("why", told["answer"])] += 1
        assert set(found) <= SOUND
        assert found[200, "stored"] > ROUNDS / 5, "most are still events"
        assert found[400, "json"] > ROUNDS / 50
        events = here.inbox.waiting(10 * ROUNDS)
        assert len(events) == here.inbox.counts().waiting
        assert found[200, "stored"] <= len(events) + here.inbox.counts().doubled
        assert found[200, "stored"] == stored(tmp_path), "a yes for each that is there, and none for another"
        assert {each["event"] for each in here.log()} == {"hook"}


def stored(folder: Path) -> int:
    raw = sqlite3.connect(folder / "inbox.sqlite3")
    try:
        return int(raw.execute("SELECT count(*) FROM events").fetchone()[0])
    finally:
        raw.close()


def test_working_mutated_payloads_through_breaks_nothing(tmp_path: Path, payloads: list[bytes]):
    with receiver(tmp_path, rate=1e9, burst=1e9) as here:
        here.calls(*(call(body) for body in mutants(payloads, ROUNDS, seed=23)), together=True)
    with new_desk(tmp_path / "ws") as desk:
        worked = worked_through(desk, tmp_path / "inbox.sqlite3", "ls")
    assert worked.waited > ROUNDS / 5
    assert (worked.left, worked.aside, worked.errors, worked.complaints) == (0, 0, [], [])
    assert worked.taken > ROUNDS / 10
    assert worked.kept > TASKS // 5 + 5, "revisions that only the payloads held are among them"


def test_no_mutation_around_the_project_lets_its_token_through(payloads: list[bytes]):
    looked = 0
    for body in mutants(payloads, ROUNDS, seed=11):
        try:
            told = json.loads(body)
            kept = arrival("ls", body, NOW).body
        except (ValueError, BadInput):
            continue
        without = {name: value for name, value in told.items() if name != "project"}
        whole = isinstance(told.get("project"), dict) and "token" in told["project"]
        if whole and TOKEN not in json.dumps(without):
            looked += 1
            assert TOKEN not in kept.decode()
    assert looked > ROUNDS / 10
