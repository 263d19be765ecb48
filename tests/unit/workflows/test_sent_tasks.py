"""Tasks on their way out are signed: what was altered on the server is named, and no answer to it is taken."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import Refused, Unreachable
from labelqa.records.facts import Draft, ReviewSent
from labelqa.records.review_projects import ProjectStanding
from labelqa.records.servers import ProjectRole
from labelqa.workflows.sending import seals
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.sending.seals import FILE, known_seal, new_seal
from labelqa.workflows.servers.secret_files import keep, kept
from tests.unit.workflows.reviewing_live import Live, codes
from tests.unit.workflows.reworking import ACCOUNTS, Home, Kept

MARK = {"sample": "b1/1", "item": "q-1", "verifier": "p-1", "blind": True}


@pytest.fixture
def out(checked: Kept, tmp_path: Path) -> Iterator[Home]:
    made = checked.home(tmp_path / "ws")
    with made.desk:
        made.send()
        made.later()
        yield made


def key_file(made: Live | Home) -> Path:
    return made.desk.settings.workspace / "secrets" / FILE


# ---- the signature itself


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    one, again = (new_seal(tmp_path, "ls", ProjectRole.REVIEW) for _ in range(2))
    path = tmp_path / "secrets" / FILE
    assert one == again
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.read_text().strip() not in repr(one)
    assert [each.name for each in path.parent.iterdir()] == [FILE]
    path.chmod(0o644)
    with pytest.raises(Refused, match="can be read by others"):
        new_seal(tmp_path, "ls", ProjectRole.REVIEW)


@pytest.mark.parametrize("told", ["", "no key", "00" * 31, "00" * 33])
def test_a_file_that_is_no_key_is_said(tmp_path: Path, told: str) -> None:
    new_seal(tmp_path, "ls", ProjectRole.REVIEW)
    (tmp_path / "secrets" / FILE).write_text(told)
    with pytest.raises(Refused, match="holds no key"):
        new_seal(tmp_path, "ls", ProjectRole.REVIEW)


def test_a_key_behind_a_link_is_said_and_nothing_is_signed_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal, path = new_seal(tmp_path, "ls", ProjectRole.REVIEW), tmp_path / "secrets" / FILE
    path.rename(tmp_path / "mounted")
    path.symlink_to(tmp_path / "mounted")
    for look in (new_seal, lambda *told: known_seal(tmp_path, seal.name, *told[1:])):
        with pytest.raises(Refused, match="is a link"):
            look(tmp_path, "ls", ProjectRole.REVIEW)
    path.unlink()
    path.mkdir(mode=0o700)
    with pytest.raises(Refused, match="cannot be read"):
        new_seal(tmp_path, "ls", ProjectRole.REVIEW)
    path.rmdir()
    monkeypatch.setattr(seals, "keep", lambda *_told, **_how: None)  # somebody removes it at once
    with pytest.raises(Refused, match="went away"):
        new_seal(tmp_path, "ls", ProjectRole.REVIEW)


def test_what_a_kill_left_behind_is_not_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_told: object, **_how: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "secrets" / FILE
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", killed)
        patched.setattr(Path, "unlink", killed)  # nothing is cleaned up after a kill
        with pytest.raises(KeyboardInterrupt):
            keep(path, "one", replace=False)
    keep(path, "two", replace=False)  # as the same process number
    assert kept(path, longest=9) == "two"
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}


def test_of_two_purposes_servers_and_keys_none_takes_the_others_task(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    seal, data = new_seal(tmp_path / "one", "ls", ProjectRole.REVIEW), {"text": "一"}
    mark = seal.put(MARK, data)
    others = [
        replace(seal, role=ProjectRole.REWORK), replace(seal, server="other"),
        new_seal(tmp_path / "two", "ls", ProjectRole.REVIEW),
    ]  # fmt: skip
    assert seal.holds(mark, data)
    assert not any(each.holds(mark, data) for each in others)
    with pytest.raises(Refused, match=r"copy secrets/sending\.key"):
        known_seal(tmp_path / "two", seal.name, "ls", ProjectRole.REVIEW)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(data=st.dictionaries(st.text(max_size=5), VALUES, max_size=4), other=VALUES)
def test_what_travels_as_json_is_known_again_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any], other: Any
) -> None:
    seal = new_seal(tmp_path_factory.getbasetemp(), "ls", ProjectRole.REVIEW)
    mark = seal.put(MARK, data)
    text = json.dumps(dict(reversed(data.items())), ensure_ascii=False)
    assert seal.holds(json.loads(json.dumps(mark)), json.loads(text))
    changed = data | {"text": other}
    assert seal.holds(mark, changed) == (json.dumps(changed, sort_keys=True) == json.dumps(data, sort_keys=True))
    assert not seal.holds(MARK, data)


@pytest.mark.parametrize("told", [None, 7, "", "é", "0" * 64, ["x"], {"a": 1}])
def test_a_signature_of_any_form_is_looked_at(tmp_path: Path, told: Any) -> None:
    seal = new_seal(tmp_path, "ls", ProjectRole.REVIEW)
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert not seal.holds({**MARK, "signed": told}, {"text": "x"})
    assert not seal.holds({**MARK, "signed": "0" * 64}, deep)


def test_a_whole_number_with_a_point_is_the_same_number(tmp_path: Path) -> None:
    seal = new_seal(tmp_path, "ls", ProjectRole.REVIEW)
    mark = seal.put(MARK, {"n": 1.0, "zero": -0.0, "far": 1e22})
    assert seal.holds(mark, {"far": 10**22, "n": 1, "zero": 0})
    assert not seal.holds(mark, {"n": True, "zero": 0, "far": 10**22})


# ---- review projects


@pytest.mark.parametrize(
    "how",
    [
        lambda task, _other: {"data": task["data"] | {"text": "something else"}},
        lambda task, _other: {"data": {**task["data"], "more": 1}},
        lambda _task, _other: {"data": {}},
        lambda _task, other: {"data": other["data"]},
        lambda task, other: {"meta": {"labelqa": task["meta"]["labelqa"] | {"item": other["meta"]["labelqa"]["item"]}}},
        lambda _task, other: {"meta": other["meta"]},
        lambda task, _other: {"meta": {"labelqa": task["meta"]["labelqa"] | {"signed": None}}},
        lambda task, _other: {"meta": {"labelqa": {k: v for k, v in task["meta"]["labelqa"].items() if k != "signed"}}},
        lambda task, _other: {"meta": {"labelqa": task["meta"]["labelqa"] | {"blind": 1}}},
    ],
)
def test_a_task_that_was_altered_gives_no_verdict_and_goes_out_anew(live: Live, how: Any) -> None:
    one, _ = live.sample.verifiers
    first, second, *_ = live.tasks(one)
    change = how(first, second)
    live.say(one)
    live.fake.change_task(first["id"], **change)
    live.later()
    done = live.collect()
    (found,) = [each for each in done.findings if each.code == "review-altered"]
    assert (found.message.values["n"], f"task={first['id']}" in found.place.file) == (1, True)
    assert live.mine(one)[0] not in live.reviews()
    assert set(live.reviews()) == set(live.mine(one)[1:])
    again = live.send()
    assert [each.new for each in again.projects if each.verifier == one] == [1]
    live.later()
    live.fake.annotate(live.tasks(one)[-1]["id"], live.tasks(one)[1]["annotations"][0]["result"], by=live.accounts[one])
    live.later()
    live.collect()
    assert live.mine(one)[0] in live.reviews()


def test_what_went_out_before_tasks_were_signed_is_collected_as_before(live: Live) -> None:
    one, _ = live.sample.verifiers
    for task in live.tasks(one):
        mark = {name: value for name, value in task["meta"]["labelqa"].items() if name != "signed"}
        live.fake.change_task(task["id"], meta={"labelqa": mark})
    now = live.projects[one]
    old = Draft(
        body=replace(now.sent, seal=""), subjects=(f"sample:{now.sent.sample}",), actor=live.desk.actor,
        identity=live.desk.identity, supersedes=now.fact,
    )  # fmt: skip
    live.desk.ledger.append([old], now=live.desk.clock())
    live.say(one)
    live.later()
    assert live.one(live.collect(), one).recorded == len(live.mine(one))
    live.send()
    told = [each.body for each in live.desk.ledger.view().of(ReviewSent) if each.body.verifier == one]
    assert told[-1].seal == ""


def test_without_the_key_nothing_is_read_and_it_is_said_where_it_is(live: Live, tmp_path: Path) -> None:
    one, other = live.sample.verifiers
    live.say(one)
    live.later()
    kept_key = shutil.move(key_file(live), tmp_path / "elsewhere")
    done = live.collect()
    assert (done.recorded, codes(done)) == (0, ["review-keyless"] * 2)
    assert "secrets/sending.key" in str(done.findings[0].message)
    assert {each.standing for each in done.projects} == {ProjectStanding.OPEN}
    with pytest.raises(Refused, match=r"secrets/sending\.key"):
        live.send()
    key_file(live).unlink(missing_ok=True)
    shutil.move(kept_key, key_file(live))
    assert live.collect().recorded == len(live.mine(one))
    assert other in live.projects


def test_the_key_is_in_no_fact_and_on_no_task(live: Live) -> None:
    key = key_file(live).read_text().strip()
    assert key not in repr([each.body for each in live.desk.ledger.view()])
    assert key not in repr(live.fake.tasks) + repr(live.fake.projects)
    assert all(each.sent.seal for each in live.projects.values())


# ---- review projects that come and go


def test_only_the_server_s_word_on_the_project_itself_says_that_it_is_gone(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {verifier: each.sent.project for verifier, each in live.projects.items()}
    monkeypatch.setattr(live.reading, "projects", lambda: iter(()))
    done = live.send()
    assert (codes(done), sum(each.made for each in done.projects)) == ([], 0)
    assert {verifier: each.sent.project for verifier, each in live.projects.items()} == made
    for status, error in ((403, Refused), (500, Unreachable)):
        live.fake.before = lambda request, status=status: (  # type: ignore[misc]
            httpx.Response(status, json={"detail": "no"}) if "/api/projects/" in request.url.path else None
        )  # fmt: skip
        with pytest.raises(error):
            live.send()
    live.fake.before = lambda _request: None
    one, _ = live.sample.verifiers
    live.fake.remove_project(made[one])
    assert codes(live.send()) == ["review-project-gone"]
    assert live.projects[one].sent.project not in made.values()


def test_a_project_that_may_not_be_read_is_not_taken_for_removed(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(other, 0)
    live.later()
    mine = str(live.projects[one].sent.project)

    def forbidden(request: httpx.Request) -> httpx.Response | None:
        asked = request.url.path.endswith(f"/projects/{mine}/") or request.url.params.get("project") == mine
        return httpx.Response(403, json={"detail": "no"}) if asked else None

    live.fake.before = forbidden
    done = live.collect()
    assert (done.recorded, codes(done)) == (1, ["review-project-unread"])
    assert live.one(done, one).standing is ProjectStanding.OPEN


@pytest.mark.parametrize("what", ["answer", "change", "task"])
def test_what_changes_while_it_is_collected_is_not_removed(live: Live, what: str) -> None:
    one, other = live.sample.verifiers
    numbers = live.say(one)
    live.say(other)
    live.later()
    update, task = live.writing.update_project, live.tasks(one)[0]

    def meanwhile(project: int, **changes: Any) -> Any:
        if project == live.projects[one].sent.project:
            live.fake.now += timedelta(seconds=1)
            match what:
                case "answer":
                    live.fake.annotate(task["id"], [], by=live.accounts[one])
                case "change":
                    live.fake.edit(numbers[0], result=[], by=live.accounts[one])
                case "task":
                    live.fake.task(project, {"text": "new"})
        return update(project, **changes)

    live.writing.update_project = meanwhile  # type: ignore[method-assign]
    done = live.collect(remove=True)
    assert live.one(done, one).standing is ProjectStanding.OPEN
    assert live.one(done, other).standing is ProjectStanding.REMOVED
    assert codes(done) == ["review-touched"]
    assert list(live.fake.projects) == [live.projects[one].sent.project]


# ---- looks where nothing happens


def asked(made: Live | Home) -> int:
    """How many requests were made since the last time."""
    n = len([each for each in made.fake.requests if "/token/" not in each.url.path])
    made.fake.requests.clear()
    return n


def test_a_look_where_nothing_happened_asks_once_a_project_and_tells_nothing_again(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one, 0)
    live.say(other, 0, 1, by=live.accounts[one])  # not theirs
    live.fake.skip(live.tasks(one)[1]["id"], by=live.accounts[one])
    live.later()
    first = live.collect()
    assert codes(first) == ["review-other-person", "review-skipped"]
    for _ in range(4):
        live.later(timedelta(seconds=40))
        assert codes(live.collect()) == []
    asked(live)
    live.later(timedelta(seconds=30))
    done = live.collect()
    assert (asked(live), codes(done), [each.tasks for each in done.projects]) == (2, [], [0, 0])
    assert [each.left for each in done.projects] == [each.left for each in first.projects]
    live.say(other, 2, by=live.accounts[one])
    live.later(timedelta(seconds=30))
    (found,) = live.collect().findings
    assert (found.code, found.message.values["n"]) == ("review-other-person", 1)
    live.later(timedelta(hours=2))
    assert codes(live.collect()) == []  # read whole, told before
    assert codes(live.collect(whole=True)) == codes(first)  # asked for by somebody


def test_an_answer_in_the_overlap_is_not_missed(live: Live) -> None:
    one, _ = live.sample.verifiers
    live.say(one, 0)
    live.later(timedelta(seconds=10))
    assert live.collect().recorded == 1
    live.fake.now -= timedelta(seconds=30)  # a slow transaction: an earlier time, seen later
    live.say(one, 1)
    live.fake.now = live.clock.now + timedelta(seconds=30)
    live.clock.now = live.fake.now
    assert live.collect().recorded == 1


def test_returned_work_asks_once_a_project_where_nothing_happened(out: Home) -> None:
    item, *rest = out.wrong
    out.answer(item, "off_topic")
    out.answer(
        rest[0],
        "off_topic",
        by=next(name for name in out.people if name not in {*out.wrong.values()} and name in ACCOUNTS),
    )
    done = out.collect()
    assert ([each for _, each in done.recorded], [each.code for each in done.findings]) == (
        [item],
        ["rework-other-hand"],
    )
    for _ in range(4):
        out.later(seconds=40)
        assert out.collect().findings == ()
    asked(out)
    out.later(seconds=30)
    open_ = [each for each in rework_projects(out.desk.ledger.view()) if not each.ended]
    assert out.collect().recorded == ()
    assert asked(out) == len(open_)
    out.answer(rest[1], "off_topic")
    assert [each for _, each in out.collect().recorded] == [rest[1]]


# ---- returned work


@pytest.mark.parametrize(
    "how",
    [
        lambda task, _other: {"data": task["data"] | {"prompt": "something else"}},
        lambda task, other: {"meta": {"labelqa": task["meta"]["labelqa"] | {"item": other["meta"]["labelqa"]["item"]}}},
        lambda task, _other: {"meta": {"labelqa": task["meta"]["labelqa"] | {"problems": [1]}}},
        lambda task, _other: {"meta": {"labelqa": {k: v for k, v in task["meta"]["labelqa"].items() if k != "signed"}}},
    ],
)
def test_returned_work_that_was_altered_corrects_nothing_and_goes_out_anew(out: Home, how: Any) -> None:
    item = next(each for each in out.wrong if list(out.wrong.values()).count(out.wrong[each]) > 1)
    other = next(each for each in out.wrong if each != item and out.wrong[each] == out.wrong[item])
    (task,), (second,) = out.tasks(item), out.tasks(other)
    change = how(task, second)
    out.answer(item, "off_topic")
    out.fake.change_task(task["id"], **change)
    out.later()
    done = out.collect()
    assert (done.recorded, [each.code for each in done.findings]) == ((), ["rework-altered"])
    assert done.findings[0].place.file.endswith(f"?task={task['id']}")
    assert sum(each.tasks for each in out.send().projects) == 1


def test_returned_work_without_the_key_is_left_where_it_is(out: Home, tmp_path: Path) -> None:
    item = next(iter(out.wrong))
    out.answer(item, "off_topic")
    shutil.move(key_file(out), tmp_path / "elsewhere")
    done = out.collect()
    assert (done.recorded, {each.code for each in done.findings}) == ((), {"rework-unread"})
    shutil.move(tmp_path / "elsewhere", key_file(out))
    assert [each for _, each in out.collect().recorded] == [item]


def test_returned_work_that_may_not_be_read_is_not_taken_for_removed(out: Home) -> None:
    for status in (403, 404):
        out.fake.before = lambda request, status=status: (  # type: ignore[misc]
            httpx.Response(status, json={"detail": "no"}) if request.url.path.endswith("/api/tasks/") else None
        )  # fmt: skip
        done = out.collect()
        assert {each.code for each in done.findings} == {"rework-unread"}
        out.desk.memo.clear()
    assert not any(each.ended for each in rework_projects(out.desk.ledger.view()))
