"""The inbox: what is acknowledged is on the disk, once, without secrets, whatever shape it came in."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.errors import Busy, NoWorkspace
from labelqa.intake.inbox import Arrival, Inbox, NoRoom, Unreadable, arrival, open_inbox, tables
from labelqa.intake.inbox import inbox as door
from labelqa.intake.inbox.payload import DEEPEST, keys_of, micros_of, moment_of
from labelqa.intake.inbox.tables import connected

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
TOUCHED = "2026-11-16T01:59:59.123456Z"
MICROS = micros_of(datetime.fromisoformat(TOUCHED))
SECRETS = {"token": "share-token-1", "task_data_login": "somebody", "task_data_password": "hunter2"}


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with open_inbox(tmp_path / "inbox.sqlite3") as opened:
        yield opened


def event(payload: Any, *, server: str = "s", at: datetime = NOW) -> Arrival:
    return arrival(server, json.dumps(payload).encode(), at)


def annotated(number: int, *, at: str = TOUCHED, action: str = "ANNOTATION_CREATED", **more: Any) -> dict[str, Any]:
    told = {"id": number, "updated_at": at, "task": 100 + number, "result": []} | more
    return {"action": action, "annotation": told, "task": {"id": 100 + number}, "project": {"id": 4, **SECRETS}}


def test_what_is_put_waits_until_it_is_done(inbox):
    first, second = inbox.put(event(annotated(1))), inbox.put(event(annotated(2)))
    assert [each.number for each in inbox.waiting(10)] == [first, second]
    one = inbox.waiting(1)[0]
    assert (one.server, one.project, one.action, one.received_at) == ("s", 4, "ANNOTATION_CREATED", NOW)
    assert one.annotations == ((1, datetime.fromisoformat(TOUCHED)),)
    assert one.tasks == (101,)
    inbox.done([first])
    assert [each.number for each in inbox.waiting(10)] == [second]
    inbox.done([second, 99])
    assert inbox.waiting() == []


def test_the_same_event_is_kept_once_and_counted(inbox):
    number = inbox.put(event(annotated(1)))
    assert inbox.put(event(annotated(1), at=NOW + timedelta(hours=1))) == number
    inbox.done([number])
    assert inbox.put(event(annotated(1))) == number, "an old event sent once more"
    assert inbox.waiting() == []
    counts = inbox.counts("s")
    assert (counts.events, counts.doubled, counts.waiting) == (3, 2, 0)
    assert inbox.put(event(annotated(1), server="t")) != number, "another server's annotation 1 is another one"


@pytest.mark.parametrize(
    "payload", [{"action": "PROJECT_UPDATED", "project": {"id": 4}}, {"action": "TASKS_CREATED"}, annotated(1, at="")]
)
def test_what_may_be_a_second_change_waits_anew(inbox, payload):
    first = inbox.put(event(payload))
    second = inbox.put(event(payload, at=NOW + timedelta(seconds=9)))
    inbox.done([first])  # by somebody who was at work on it when the second came
    assert [each.number for each in inbox.waiting()] == [second]
    assert inbox.counts().doubled == 1


def test_what_failed_is_told_and_waits_no_longer(inbox):
    number = inbox.put(event(annotated(1)))
    inbox.failed(number, "no such project")
    assert inbox.waiting() == []
    assert inbox.counts().failed == 1
    assert inbox.failures() == [(number, "no such project")]
    again = inbox.put(event(annotated(1)))
    assert [each.number for each in inbox.waiting()] == [again], "the same once more is a reason to try again"
    inbox.failed(again, "x")
    assert inbox.again() == 1
    assert inbox.counts().waiting == 1


def test_an_event_that_is_no_longer_what_was_written_is_put_aside(inbox):
    odd, fine = inbox.put(event(annotated(1))), inbox.put(event(annotated(2)))
    with sqlite3.connect(inbox.path) as raw:
        raw.execute("UPDATE events SET body = x'7b22' WHERE number = ?", (odd,))
    raw.close()
    assert [each.number for each in inbox.waiting(1)] == [fine]
    assert [number for number, _ in inbox.failures(server="s")] == [odd]
    assert inbox.failures(server="other") == []


def test_revisions_that_came_are_known_when_their_bodies_are_gone(inbox):
    kept = inbox.put(event(annotated(1)))
    late = inbox.put(event(annotated(2), at=NOW + timedelta(days=2)))
    open_one = inbox.put(event(annotated(3)))
    inbox.done([kept, late])
    assert inbox.purge(NOW + timedelta(days=1)) == 1
    assert inbox.purge(NOW + timedelta(days=1)) == 0
    assert inbox.seen("s", [1, 2, 7]) == {(1, MICROS), (2, MICROS)}
    assert inbox.seen("other", [1]) == set()
    assert [each.number for each in inbox.waiting()] == [open_one], "what waits keeps its body"
    assert inbox.put(event(annotated(1))) == kept, "and is the same when it comes again"


def test_many_put_at_once_and_a_few_commits_keep_them(tmp_path, monkeypatch):
    commits = []
    real = tables.connected

    def traced(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
        raw = real(path, busy_seconds=busy_seconds)
        raw.set_trace_callback(lambda said: commits.append(said) if said == "COMMIT" else None)
        return raw

    monkeypatch.setattr(tables, "connected", traced)
    with open_inbox(tmp_path / "inbox.sqlite3") as inbox:
        futures = [inbox.submit(event(annotated(number))) for number in range(1, 401)]
        wait(futures)
        assert sorted(each.result().number for each in futures) == list(range(1, 401))
        assert len(commits) < 100
        assert inbox.counts().waiting == 400


def test_threads_and_processes_share_it(tmp_path):
    path = tmp_path / "inbox.sqlite3"
    with open_inbox(path) as one, open_inbox(path, create=False) as other:
        threads = [
            threading.Thread(target=lambda box, base: [box.put(event(annotated(base + n))) for n in range(1, 26)], args=each)
            for each in ((one, 0), (one, 100), (other, 200))
        ]  # fmt: skip
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        found = other.waiting(1000)
        assert len(found) == 75
        assert [each.number for each in found] == sorted({each.number for each in found})


CHILD = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from labelqa.intake.inbox import arrival, open_inbox
inbox = open_inbox(Path(sys.argv[1]))
for n in range(1, 100000):
    told = {"action": "ANNOTATION_CREATED", "annotation": {"id": n, "updated_at": "2026-11-16T01:59:59Z"}}
    inbox.put(arrival("s", json.dumps(told).encode(), datetime.now(UTC)))
    print(n, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    path = tmp_path / "inbox.sqlite3"
    words = [sys.executable, "-c", CHILD, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        said = [next(child.stdout).strip() for _ in range(60)]
        child.kill()
        said += child.stdout.read().split()
    with open_inbox(path, create=False) as inbox:
        kept = {each.annotations[0][0] for each in inbox.waiting(100000)}
    assert len(said) >= 60
    assert {int(each) for each in said} <= kept


def test_somebody_who_holds_the_file_makes_it_busy_and_nothing_is_kept(tmp_path):
    path = tmp_path / "inbox.sqlite3"
    with open_inbox(path, busy_seconds=0.05) as inbox:
        inbox.put(event(annotated(1)))
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            inbox.put(event(annotated(2)))
        with pytest.raises(Busy):
            inbox.probe()
        holder.execute("ROLLBACK")
        holder.close()
        inbox.probe()
        inbox.put(event(annotated(3)))
        assert [each.annotations[0][0] for each in inbox.waiting()] == [1, 3]


def test_a_full_disk_is_told_and_what_comes_later_is_kept(tmp_path, monkeypatch):
    full = [False]
    real = tables.connected

    def small(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
        raw = real(path, busy_seconds=busy_seconds)
        if full[0]:
            raw.execute("PRAGMA max_page_count=1")  # what is there already may stay
        return raw

    monkeypatch.setattr(tables, "connected", small)
    with open_inbox(tmp_path / "inbox.sqlite3") as inbox:
        full[0] = True
        with pytest.raises(NoRoom, match="full"):
            inbox.put(event(annotated(1, result=["x" * 100_000])))
        full[0] = False
        inbox.put(event(annotated(2)))
        assert [each.annotations[0][0] for each in inbox.waiting()] == [2]


def test_no_secret_reaches_the_disk(tmp_path):
    told = annotated(1, project={"id": 4, **SECRETS})
    told["task"]["project"] = {"id": 4, **SECRETS}
    told["projects"] = [{"id": 4, **SECRETS}, "share-token-1"]
    told["extra"] = {"deeper": [{"project": dict(SECRETS)}, dict(SECRETS)]}
    with open_inbox(tmp_path / "inbox.sqlite3") as inbox:
        inbox.put(event(told))
        held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        body = json.loads(inbox.waiting()[0].body)
    assert b"ANNOTATION_CREATED" in held
    assert [word for word in SECRETS.values() if word.encode() in held] == []
    assert body["project"] == {"id": 4}
    assert body["task"]["project"] == {"id": 4}


def test_peoples_own_content_stays_as_it_is():
    data = {"project": {"id": 9, "name": "p"}, "token": "a word", "text": "甲"}
    told = annotated(1, result=[{"value": {"token": "x"}}])
    told["task"]["data"] = told["task"]["meta"] = data
    body = json.loads(event(told).body)
    assert body["task"]["data"] == body["task"]["meta"] == data
    assert body["annotation"]["result"] == [{"value": {"token": "x"}}]


def test_the_file_is_its_owners_alone(inbox):
    inbox.put(event(annotated(1)))
    there = [inbox.path, *inbox.path.parent.glob("inbox.sqlite3-*")]
    assert len(there) > 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in there} == {0o600}


AT = datetime.fromisoformat(TOUCHED)


@pytest.mark.parametrize(
    ("payload", "project", "annotations", "tasks"),
    [
        ({"action": "ANNOTATION_CREATED"}, 0, (), ()),
        ({"annotation": {}, "task": {}, "project": 3}, 3, (), ()),
        ({"annotation": {"id": 1, "updated_at": TOUCHED, "task": 5, "project": 3}}, 3, ((1, AT),), (5,)),
        ({"annotation": {"id": 1, "updated_at": TOUCHED}, "task": {"id": 5, "project": 3}}, 3, ((1, AT),), (5,)),
        (
            {"annotation": [{"id": 1, "task": 5}, {"id": 2, "task": 6}], "task": [{"id": 5}, {"id": 6}]},
            0, ((1, None), (2, None)), (5, 6),
        ),
        ({"annotations": [{"id": 1}, {"id": 2}], "project": {"id": 3}}, 3, ((1, None), (2, None)), ()),
        ({"tasks": [{"id": 5}, {"id": 6}], "project": {"id": 3}}, 3, (), (5, 6)),
        ({"label_link": {"id": 1, "project": 3}, "label": {"id": 2}}, 3, (), ()),
        ({"annotation": {"id": True}, "tasks": [{"id": -1}, {"id": 2**63}, {"id": "7"}, None, 4]}, 0, (), ()),
        ({"annotation": "x", "task": 3, "tasks": {"id": 8}, "project": [1]}, 0, (), (8,)),
    ],
)  # fmt: skip
def test_keys_of_every_shape(payload, project, annotations, tasks):
    keys = keys_of(payload)
    assert (keys.project, keys.annotations, keys.tasks) == (project, annotations, tasks)


def test_times_of_every_kind():
    def told(value: Any) -> datetime | None:
        return keys_of({"annotation": {"id": 1, "updated_at": value}}).annotations[0][1]

    assert told("2026-11-16T10:00:00.000001+08:00") == datetime(2026, 11, 16, 2, 0, 0, 1, tzinfo=UTC)
    assert told("2026-11-16T02:00:00") == NOW
    for bad in ("", "yesterday", None, 5, "0001-01-01T00:00:00+23:59", "9" * 80, []):
        assert told(bad) is None
    assert moment_of(micros_of(NOW + timedelta(microseconds=7))) == NOW + timedelta(microseconds=7)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"[]", "shape"),
        (b"3", "shape"),
        (b"null", "shape"),
        (b'{"a": NaN}', "json"),
        (b'{"a": 1e400}', "json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "json"),
        (b'{"a": "\xff"}', "json"),
        (b'{"a": "\\ud800"}', "json"),
        (b"\x1f\x8b\x08\x00", "json"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
        (b'{"a": ' + b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1) + b"}", "deep"),
        (b'{"task": {"data": ' + b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST + b"}}", "deep"),
        (b'{"a": [' + b"[]," * 1_500_000 + b"[]]}", "large"),
        (b" " * (32 * 1024 * 1024) + b"{}", "large"),
    ],
)
def test_what_no_webhook_sends_is_refused(raw, reason):
    with pytest.raises(Unreadable) as refused:
        arrival("s", raw, NOW)
    assert refused.value.reason == reason


@pytest.mark.parametrize("raw", [b"{}", b'{"action": 5}', b'{"action": "x y"}', b'{"action": "A", "action": "TASKS"}'])
def test_what_nobody_knows_is_an_event_all_the_same(inbox, raw):
    number = inbox.put(arrival("s", raw, NOW))
    assert [each.number for each in inbox.waiting()] == [number]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.just(TOUCHED),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "task", "project", "annotation", "updated_at", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
NAMES = st.sampled_from(["action", "annotation", "annotations", "task", "tasks", "project", "label_link", "y"])


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_object_can_be_kept_and_read_again(payload):
    told = event(payload)
    keys = keys_of(json.loads(told.body))
    assert (keys.annotations, keys.tasks, keys.marks) == (told.annotations, told.tasks, told.marks)
    assert (keys.project, event(json.loads(told.body)).digest) == (told.project, told.digest)


def test_payloads_of_a_real_server(shared, inbox):
    files = sorted((shared / "fixtures" / "label_studio" / "webhooks").glob("*.json"))
    numbers = {
        path.stem.partition(".")[0]: inbox.put(event(json.loads(path.read_text("utf-8"))["body"])) for path in files
    }
    waiting = {each.number: each for each in inbox.waiting(100)}
    found = {name: waiting[number] for name, number in numbers.items() if number in waiting}
    assert len(files) >= 24
    gone = numbers.keys() - found.keys()  # two changes of a project are the same words without the project
    assert gone == {"project_patch_label_config"}
    for path in files:
        name, _, action = path.stem.partition(".")
        assert name in gone or found[name].action == action
    made = found["annotation_create"]
    assert (made.project, made.tasks, made.annotations[0][0]) == (14, (31,), 33)
    assert len(found["action_predictions_to_annotations"].annotations) == 1
    assert found["annotation_delete"].annotations[0][1] is None
    assert len(found["import_json_2_tasks"].tasks) == 2
    assert found["import_without_payload"].body == b'{"action":"TASKS_CREATED"}'
    assert b"<project-token>" not in b"".join(each.body for each in found.values())


def test_large_bodies_are_given_a_few_at_a_time(inbox, monkeypatch):
    monkeypatch.setattr(door, "_BYTES", 250_000)
    for number in range(1, 6):
        inbox.put(event(annotated(number, result=["x" * 100_000])))
    got: list[int] = []
    while found := inbox.waiting(100):
        assert len(found) <= 2
        got += [each.number for each in found]
        inbox.done([each.number for each in found])
    assert len(got) == 5


def test_what_was_turned_away_is_counted(tmp_path):
    path = tmp_path / "inbox.sqlite3"
    with open_inbox(path) as inbox:
        inbox.refused("s", "secret", NOW)
        inbox.refused("s", "secret", NOW)
        inbox.put(event(annotated(1)))
    with open_inbox(path) as inbox:
        inbox.refused("s", "json", NOW)  # written down when it is closed
    with open_inbox(path) as inbox:
        counts = inbox.counts("s")
    assert (counts.refused, counts.events) == (3, 1)
    assert {(each.outcome, each.word, each.n) for each in counts.seen} == {
        ("refused", "secret", 2),
        ("refused", "json", 1),
        ("stored", "ANNOTATION_CREATED", 1),
    }
    assert counts.last_received == {4: NOW}


def test_passes_and_waiting_times(inbox):
    assert inbox.passes() == {}
    inbox.passed("s", NOW)
    inbox.passed("s", NOW + timedelta(minutes=1), why="no answer")
    assert inbox.passes() == {"s": door.Last(at=NOW + timedelta(minutes=1), why="no answer")}
    assert inbox.counts().oldest_waiting is None
    inbox.put(event(annotated(1), at=NOW + timedelta(minutes=2)))
    inbox.put(event(annotated(2), at=NOW))
    assert inbox.counts().oldest_waiting == NOW


def test_files_that_are_no_inbox(tmp_path):
    with pytest.raises(NoWorkspace, match="no inbox"):
        open_inbox(tmp_path / "inbox.sqlite3", create=False)
    odd = tmp_path / "odd.sqlite3"
    odd.write_bytes(b"not a database" * 100)
    with pytest.raises(NoWorkspace):
        open_inbox(odd)
    newer = tmp_path / "newer.sqlite3"
    open_inbox(newer).close()
    raw = connected(newer, busy_seconds=1)
    raw.execute("PRAGMA user_version=9")
    raw.close()
    for create in (True, False):
        with pytest.raises(NoWorkspace, match="format 9"):
            open_inbox(newer, create=create)


def test_some_who_make_it_at_once_make_one(tmp_path):
    path, together, opened = tmp_path / "inbox.sqlite3", threading.Barrier(4), []

    def make(number: int) -> None:
        together.wait()
        inbox = open_inbox(path)
        inbox.put(event(annotated(number)))
        opened.append(inbox)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(1, 5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [len(each.waiting()) for each in opened] == [4] * 4
    for each in opened:
        each.close()
    assert {each.name for each in tmp_path.iterdir()} == {"inbox.sqlite3"}


def test_a_file_that_is_taken_away_while_it_is_open_is_made_anew(tmp_path):
    path = tmp_path / "inbox.sqlite3"
    with open_inbox(path) as inbox:
        inbox.put(event(annotated(1)))
        for each in tmp_path.glob("inbox*"):
            each.rename(each.with_name("kept-" + each.name))
        inbox.put(event(annotated(2)))
        assert [each.annotations[0][0] for each in inbox.waiting()] == [2]
        with open_inbox(path, create=False) as other:
            assert [each.annotations[0][0] for each in other.waiting()] == [2], "and others find it there"


def test_a_closed_inbox_takes_nothing(tmp_path):
    inbox = open_inbox(tmp_path / "inbox.sqlite3")
    future = inbox.submit(event(annotated(1)))
    inbox.close()
    assert future.result().number == 1, "what was put before is kept"
    with pytest.raises(Busy):
        inbox.put(event(annotated(2)))


def test_what_waits_can_be_asked_for_by_project(inbox):
    first, second = inbox.put(event(annotated(1))), inbox.put(event(annotated(2) | {"project": {"id": 5}}))
    third = inbox.put(event(annotated(3) | {"project": None}))
    inbox.put(event(annotated(4), server="t"))
    assert inbox.projects_waiting("s") == {0, 4, 5}
    assert [[each.number for each in inbox.waiting(server="s", project=n)] for n in (4, 5, 0)] == [
        [first],
        [second],
        [third],
    ]
    inbox.belong([third], 5)
    assert [each.number for each in inbox.waiting(server="s", project=5)] == [second, third]


def test_a_project_is_done_with_in_short_transactions_and_no_other(inbox, monkeypatch):
    monkeypatch.setattr(door, "_AT_ONCE", 2)
    for number in range(1, 6):
        inbox.put(event(annotated(number)))
    kept = [inbox.put(event(annotated(7) | {"project": {"id": 5}})), inbox.put(event(annotated(1), server="t"))]
    inbox.done_with("s", 4)
    assert [each.number for each in inbox.waiting(10)] == kept
    assert inbox.projects_waiting("s") == {5}
