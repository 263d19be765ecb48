"""Following a project where something is wrong: with the server, a task, a clock, an event, or what was refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from labelqa.adapters.label_studio.client import pages
from labelqa.adapters.label_studio.client.codec import ServerCodec
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.errors import Refused
from labelqa.i18n import render
from labelqa.intake.inbox import Inbox, arrival
from labelqa.records.clock import micros
from labelqa.records.sync import ProjectStatus
from labelqa.workflows.servers.health import connections
from labelqa.workflows.sync import passing
from labelqa.workflows.sync.noticing import read_message
from labelqa.workflows.sync.projects import follow_project
from labelqa.workflows.sync.running import Running
from labelqa.workflows.sync.status import sync_status
from tests.fake_label_studio import LEGACY
from tests.fake_label_studio_changes import stamp
from tests.unit.workflows.correcting import later
from tests.unit.workflows.following import CONFIG, NAME, House, answer, fill

FAILS: dict[str, Callable[[httpx.Request], httpx.Response]] = {
    "fault": lambda _: httpx.Response(500, text="<html>odd</html>"),
    "large": lambda _: httpx.Response(200, content=b'{"tasks": "' + b"x" * 50_000 + b'"}'),
    "deep": lambda _: httpx.Response(200, content=b"[" * 20_000),
}


def slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


@pytest.fixture
def house(house: House) -> House:
    transport = Transport(
        "http://127.0.0.1:9", LEGACY, through=house.server.transport, pause=lambda _s: None, largest=40_000
    )
    house.reading = Reading(transport)
    return house


def project_of(house: House) -> ProjectStatus:
    return sync_status(house.desk).servers[0].projects[0]


def asked(request: httpx.Request) -> tuple[bool, set[int]]:
    """Whether a question is for whole tasks, and which tasks it may bring (empty: it does not name them)."""
    told = dict(request.url.params)
    filters = json.loads(told.get("query", "{}")).get("filters", {}).get("items", [])
    named = [each["value"] for each in filters if each["operator"] == "in_list"]
    return "data" in told.get("include", ""), set(named[0]) if named else set()


def broken(house: House, tasks: set[int], fail: Callable[[httpx.Request], httpx.Response]) -> None:
    """Whole tasks cannot be had where one of these is among them."""

    def before(request: httpx.Request) -> httpx.Response | None:
        whole, named = asked(request)
        if not whole:
            return None
        answer = house.server._answer(request)
        listed = {each["id"] for each in answer.json().get("tasks", ())} if answer.status_code == 200 else set()
        return fail(request) if listed & tasks or named & tasks else None

    house.server.before = before


def same_but(house: House, *tasks: int) -> bool:
    left = {str(each) for each in tasks}
    return house.current() == [each for each in house.truth() if each[0] not in left]


@pytest.mark.parametrize("fail", [*FAILS.values(), slow], ids=[*FAILS, "slow"])
@pytest.mark.parametrize("size", [4, 500])
def test_a_task_that_cannot_be_read_is_passed_over_and_the_others_come(
    house: House, monkeypatch: pytest.MonkeyPatch, size: int, fail: Callable[[httpx.Request], httpx.Response]
) -> None:
    monkeypatch.setattr(passing, "PAGE", size)
    fill(house, 11)
    broken(house, {6}, fail)
    first = house.run(sweep=False)
    assert (first.error, [each.code for each in first.tally.findings]) == (None, ["LS220"])
    assert same_but(house, 6)
    project = project_of(house)
    assert (project.unread, project.complete, [each.place.subject for each in project.refusals]) == (
        1,
        True,
        ["task:6"],
    )
    house.server.annotate(6, answer("no"), by=1)
    house.server.annotate(7, answer("no"), by=1)
    again = house.run(sweep=False)
    assert (again.error, again.tally.findings) == (None, [])  # told once
    assert same_but(house, 6)
    later(house.desk, days=1)
    house.run(sweep=False)
    house.server.requests.clear()
    house.run(sweep=False)
    assert len(house.server.requests) == 2  # the project, and what changed: nothing is asked for the task again
    house.run(sweep=True)
    assert project_of(house).unread == 1
    house.server.before = lambda _request: None
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert (project_of(house).unread, project_of(house).refusals) == (0, ())


@pytest.mark.parametrize(
    "bad", [range(1, 41), range(1, 50), range(1, 61), range(1, 201, 2), [n for n in range(1, 201) if n % 25]]
)
def test_many_tasks_that_cannot_be_read_keep_no_other_from_being_read(house: House, bad: range | list[int]) -> None:
    fill(house, 200)
    broken(house, {*bad}, FAILS["fault"])
    for _ in range(2):  # a sweep asks for those alone that were not read
        assert house.run(sweep=True).error is None
        assert same_but(house, *bad)
        assert project_of(house).unread == len(bad)


def test_where_failing_takes_long_a_part_is_passed_over_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_LONGEST", 0.0)
    fill(house, 8)
    broken(house, {1}, FAILS["fault"])
    assert house.run(sweep=False).error is None
    assert same_but(house, 1, 2, 3, 4)
    monkeypatch.setattr(pages, "_LONGEST", 60.0)
    assert house.run(sweep=True).error is None
    assert same_but(house, 1)


def test_where_no_task_at_all_can_be_read_nothing_is_passed_over(house: House) -> None:
    fill(house, 200)
    broken(house, {*range(1, 201)}, FAILS["fault"])
    assert house.run().error is not None
    assert project_of(house).unread == 0


def test_a_server_that_no_longer_answers_is_found_out_at_once(house: House) -> None:
    fill(house, 200)
    plain: list[int] = []

    def dies(request: httpx.Request) -> httpx.Response | None:
        """No whole task can be had; the numbers of a page come once, and then nothing does."""
        if "/api/tasks" not in request.url.path:
            return None
        if asked(request)[0] or len(plain) > 1:
            return httpx.Response(500)
        plain.append(1)
        return None

    house.server.before = dies
    assert house.run().error is not None
    assert (len(house.server.requests), project_of(house).unread) == (9, 0)


def test_a_page_that_is_too_large_comes_in_pieces(house: House) -> None:
    for number in range(12):
        house.server.annotate(house.server.task(house.project, {"text": "x" * 8_000 + str(number)}), answer("yes"))
    assert house.run().error is None
    assert (house.current(), project_of(house).unread) == (house.truth(), 0)


def test_a_task_that_is_known_and_cannot_be_read_is_not_taken_for_gone(house: House) -> None:
    fill(house, 5)
    house.server.hook(house.project)
    house.run()
    before = house.current()
    house.server.edit(house.server.tasks[3]["annotations"][0]["id"], result=answer("no"))
    house.delivered()
    broken(house, {3}, FAILS["fault"])
    assert house.run(sweep=True).tally.gone == 0
    told = [(item, value) for item, value, *_ in house.current() if item == "3"]
    assert told == [("3", '{"c":"no"}')]  # as the webhook told it
    assert [each for each in house.current() if each[0] != "3"] == [each for each in before if each[0] != "3"]


def test_marks_that_cannot_be_read_take_nothing_away(house: House) -> None:
    fill(house, 5)
    house.run()

    def before(request: httpx.Request) -> httpx.Response | None:
        answer = house.server._answer(request)
        told = request.url.params.get("include") == "id,updated_at,annotations"
        return FAILS["fault"](request) if told and 2 in {each["id"] for each in answer.json()["tasks"]} else None

    house.server.before = before
    swept = house.run(sweep=True)
    assert (swept.swept, swept.tally.gone, house.current()) == (True, 0, house.truth())
    house.server.before = lambda _request: None
    house.run(sweep=True)
    assert project_of(house).unread == 0


def test_where_nothing_can_be_read_nothing_is_passed_over(house: House) -> None:
    fill(house, 6)
    house.server.before = lambda request: slow(request) if "/api/tasks" in request.url.path else None
    assert house.run().error is not None
    assert (house.current(), project_of(house).unread) == ([], 0)
    dead: list[int] = []

    def dies(request: httpx.Request) -> httpx.Response | None:
        """Pages fail, the numbers of their tasks come once, and then nothing does."""
        whole, named = asked(request)
        if "/api/tasks" in request.url.path and (whole or named):
            dead.append(1)
            return httpx.Response(500)
        return httpx.Response(500) if len(dead) > 3 else None

    house.server.before = dies
    assert house.run().error is not None
    assert project_of(house).unread == 0


# ---- many at one time


def stamped(house: House, moment: str, tasks: range) -> None:
    """The server touches many tasks at once."""
    for each in tasks:
        house.server.tasks[each]["updated_at"] = moment
        for one in house.server.tasks[each]["annotations"]:
            one["result"], one["updated_at"] = answer("no"), moment


@pytest.mark.parametrize("size", [3, 7, 500])
def test_what_is_touched_at_one_time_is_read_once_and_then_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(passing, "PAGE", size)
    fill(house, 30)
    house.run(sweep=False)
    house.server.tick(600)
    stamped(house, stamp(house.server.now), range(4, 28))
    assert house.run(sweep=False).tally.read == 24
    assert house.current() == house.truth()
    later(house.desk, minutes=3)
    house.run(sweep=False)  # once more after the overlap
    house.server.requests.clear()
    for _ in range(3):
        assert house.run(sweep=False).tally.read == 0
    assert len(house.server.requests) == 6
    moment = house.server.now + timedelta(microseconds=1)
    stamped(house, stamp(moment), range(5, 6))
    house.server.tick(60)
    assert house.run(sweep=False).tally.read == 1  # a microsecond is enough
    house.server.edit(house.server.tasks[9]["annotations"][0]["id"], result=answer("yes"))
    house.run(sweep=False)
    assert house.current() == house.truth()


def test_a_project_that_was_filled_long_ago_is_read_once(house: House) -> None:
    fill(house, 6)
    house.server.tick(121)
    house.server.requests.clear()
    assert house.run(sweep=False).tally.read == 6
    told = [each for each in house.server.requests if "/api/tasks" in each.url.path]
    assert [asked(each)[0] for each in told] == [False, True, True, True]
    assert house.server.answer(told[-1]).json()["tasks"] == []  # what changed since: nothing
    house.server.edit(house.server.tasks[2]["annotations"][0]["id"], result=answer("no"))
    house.run(sweep=False)
    assert house.current() == house.truth()


# ---- clocks


def test_a_time_in_the_future_hides_nothing(house: House) -> None:
    given = fill(house, 4)
    house.run(sweep=False)
    house.server.tasks[2]["updated_at"] = stamp(house.server.now + timedelta(days=900))
    house.run(sweep=False)
    cursor = house.desk.intake.synced.cursors(NAME)[house.project]
    assert (cursor.watermark or 0) <= micros(house.server.now) + 1_000_000
    later(house.desk, days=1)
    house.run(sweep=False)
    house.server.tick(3600)
    house.server.edit(given[0], result=answer("no"))
    house.run(sweep=False)
    assert house.current() == house.truth()


def test_a_clock_that_was_wrong_and_was_set_back_hides_nothing(house: House) -> None:
    given = fill(house, 4)
    house.server.tick(86_400 * 900)
    house.server.edit(given[3], result=answer("no"))
    house.run(sweep=False)
    later(house.desk, days=1)
    house.run(sweep=False)
    house.server.tick(-86_400 * 899)
    house.server.edit(given[0], result=answer("no"))
    passed = house.run()
    assert (passed.swept, house.current()) == (True, house.truth())
    house.server.tick(60)
    house.server.edit(given[1], result=answer("no"))
    house.run(sweep=False)
    assert house.current() == house.truth()


# ---- a server that is not there


def test_once_a_server_does_not_answer_its_other_projects_are_not_tried(house: House) -> None:
    for number in range(5):
        follow_project(house.desk, house.server.project(f"p{number}", CONFIG), server=NAME, title=f"p{number}")

    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    house.server.before = gone
    found = Running(house.desk, house.reading, ServerCodec(), NAME).run()
    assert len({str(each.error) for each in found}) == 1
    assert all("cannot be reached" in str(each.error) for each in found)
    assert len(found) == 6
    assert len(house.server.requests) == 4  # three attempts, and whether it is there at all
    assert all(each.error is not None for each in sync_status(house.desk).servers[0].projects)


def test_a_project_that_fails_by_itself_keeps_no_other_from_being_read(house: House) -> None:
    other = house.server.project("second", CONFIG)
    follow_project(house.desk, other, server=NAME, title="second")
    house.server.annotate(house.server.task(other, {"text": "t"}), answer("yes"))
    path = f"/api/projects/{house.project}/"
    house.server.before = lambda request: httpx.Response(500) if request.url.path == path else None
    found = Running(house.desk, house.reading, ServerCodec(), NAME).run()
    assert [each.error is None for each in found] == [False, True]
    assert len(house.current()) == 1


def test_a_404_of_something_before_the_server_takes_no_project_for_gone(house: House) -> None:
    fill(house, 2)
    house.run()
    house.server.before = lambda _request: httpx.Response(404, text="default backend - 404")
    passed = house.run()
    assert (passed.away, "something before Label Studio answered 404" in str(passed.error)) == (True, True)
    assert "Label Studio" in render(read_message(house.inbox.passes()[NAME].why), "zh")


def test_a_project_is_gone_only_where_the_server_says_so_of_the_project_itself(house: House) -> None:
    fill(house, 2)
    said = {"detail": "Not found."}
    house.server.before = lambda request: httpx.Response(404, json=said) if "/api/users" in request.url.path else None
    assert "has no api/users/" in str(house.run().error)
    house.server.remove_project(house.project)
    house.server.before = lambda _request: None
    assert "is no longer on" in str(house.run().error)


# ---- events


def test_an_event_that_comes_while_others_are_sorted_out_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    given = fill(house, 3)
    house.run()
    house.server.remove_annotations(given[0])
    told = {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": given[0]}]}  # nothing says in which project
    real = Inbox.projects_waiting

    def late(self: Inbox, server: str) -> set[int]:
        self.put(arrival(NAME, json.dumps(told).encode(), house.desk.clock()))
        return real(self, server)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Inbox, "projects_waiting", late)
        house.run(sweep=False)
    assert len(house.inbox.waiting()) == 1
    house.run(sweep=False)
    assert house.current() == house.truth()


def test_an_event_that_cannot_be_worked_through_is_put_aside(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.server.hook(house.project)
    given = fill(house, 3)
    house.server.edit(given[2], result=answer("no"))
    house.delivered()
    waiting = house.inbox.waiting()
    odd = next(each.number for each in waiting if each.annotations and each.annotations[0][0] == given[1])
    real = ServerCodec.told

    def told(self: ServerCodec, body: bytes) -> list[dict[str, Any]]:
        found = real(self, body)
        if any(one["id"] == given[1] for each in found for one in each["annotations"]):
            raise KeyError("nobody thought of it")
        return found

    monkeypatch.setattr(ServerCodec, "told", told)
    passed = house.run(sweep=False)
    assert (passed.error, house.inbox.waiting(), house.current()) == (None, [], house.truth())
    assert passed.tally.added == 4  # the revision that was overwritten is kept
    (server,) = sync_status(house.desk).servers
    ((number, why),) = [(each.number, each.why) for each in server.failures]
    assert (server.failed, number) == (1, odd)
    assert "KeyError" in str(why)
    assert "缺陷" in render(why, "zh")


def test_hints_that_cannot_be_taken_in_are_put_aside_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.server.hook(house.project)
    given = fill(house, 3)
    house.delivered()
    real = ServerCodec.chunk

    def chunk(self: ServerCodec, tasks: Any, *, told: bool = False, **more: Any) -> Any:
        if told and any(one["id"] == given[0] for each in tasks for one in each["annotations"]):
            raise ZeroDivisionError
        return real(self, tasks, told=told, **more)

    monkeypatch.setattr(ServerCodec, "chunk", chunk)
    assert house.run(sweep=False).error is None
    assert (house.current(), house.inbox.waiting()) == (house.truth(), [])
    assert house.inbox.counts(NAME).failed == 1


def test_a_task_that_labelqa_has_a_defect_with_is_passed_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(house, 7)
    real = ServerCodec.chunk

    def chunk(self: ServerCodec, tasks: Any, **more: Any) -> Any:
        if any(each["id"] == 3 for each in tasks):
            raise KeyError("nobody thought of it")
        return real(self, tasks, **more)

    with monkeypatch.context() as patched:
        patched.setattr(ServerCodec, "chunk", chunk)
        assert house.run(sweep=True).error is None
        assert same_but(house, 3)
        assert [each.code for each in project_of(house).refusals] == ["LS220"]
    house.run(sweep=True)
    assert (house.current(), project_of(house).unread) == (house.truth(), 0)


def test_a_fault_of_the_disk_is_no_events_fault(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.server.hook(house.project)
    fill(house, 2)
    house.delivered()

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(passing.Look, "told", full)
    with pytest.raises(OSError, match="No space"):
        house.run()
    assert house.inbox.counts(NAME).failed == 0
    assert len(house.inbox.waiting()) == 4


def test_why_a_pass_broke_off_is_told_in_the_readers_language(house: House) -> None:
    house.server.before = lambda _request: httpx.Response(503)
    fill(house, 1)
    house.inbox.put(arrival(NAME, b'{"action": "TASKS_CREATED", "tasks": [{"id": 1}]}', house.desk.clock()))
    house.run()
    why = read_message(house.inbox.passes()[NAME].why)
    assert "failed (status 503" in str(why)
    assert "状态码 503" in render(why, "zh")


# ---- what was refused


def test_what_was_refused_is_told_once_and_stands_until_it_is_mended(house: House) -> None:
    given = fill(house, 4)
    _, odd = house.server.annotation(given[1])
    odd["completed_by"] = None
    house.server.tasks[3]["data"] = "no object"
    found = house.run(sweep=False).tally.findings
    assert sorted(each.code for each in found) == ["IM003", "LS011"]
    house.server.tick(600)
    house.server.edit(given[0], result=answer("no"))
    assert house.run(sweep=False).tally.findings == []
    project = project_of(house)
    assert (project.refused, project.partly, project.unread) == (2, 0, 0)
    places = {each.place.subject for each in project.refusals}
    assert places == {f"task:2 annotation:{given[1]}", "task:3"}
    shown = [each for each in connections(house.desk).servers[0].findings if each.code in {"CN009", "IM003", "LS011"}]
    assert len(shown) == 3
    assert all(render(each.message, "zh") != str(each.message) for each in shown)
    house.server.tasks[3]["data"] = {"text": "mended"}
    house.server.change_task(3)
    odd["completed_by"] = 2
    house.server.edit(given[1], result=answer("no"))
    house.run(sweep=False)
    assert (project_of(house).refused, project_of(house).refusals, house.current()) == (0, (), house.truth())


def test_what_was_refused_of_a_task_that_is_gone_stands_no_longer(house: House) -> None:
    given = fill(house, 2)
    house.server.annotation(given[1])[1]["completed_by"] = None
    house.run()
    assert project_of(house).refused == 1
    house.server.remove_tasks(2)
    house.run(sweep=True)
    assert project_of(house).refused == 0


def test_a_wrong_key_is_set_right_while_it_brought_nothing(house: House) -> None:
    follow_project(house.desk, house.project, server=NAME, title="first", item_key="data.kye")
    task = house.server.task(house.project, {"text": "t", "key": "k-1"})
    house.server.annotate(task, answer("yes"))
    house.run()
    assert (house.current(), project_of(house).refused) == ([], 1)
    follow_project(house.desk, house.project, server=NAME, title="first", item_key="data.key")
    house.run(sweep=False)
    assert ([each[0] for each in house.current()], project_of(house).refused) == (["k-1"], 0)
    with pytest.raises(Refused, match=r"under the key data.key.*labelqa init"):
        follow_project(house.desk, house.project, server=NAME, title="first", item_key="data.text")


@pytest.mark.parametrize("recorded", [False, True])
def test_a_kill_while_a_key_is_set_right_loses_no_task(
    house: House, monkeypatch: pytest.MonkeyPatch, recorded: bool
) -> None:
    follow_project(house.desk, house.project, server=NAME, title="first", item_key="data.kye")
    for number in range(3):
        task = house.server.task(house.project, {"text": "t", "key": f"k-{number}"})
        house.server.annotate(task, answer("yes"))
    house.run()
    real = house.desk.ledger.append

    def killed(*told: Any, **more: Any) -> None:
        if recorded:
            real(*told, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(house.desk.ledger, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            follow_project(house.desk, house.project, server=NAME, title="first", item_key="data.key")
    follow_project(house.desk, house.project, server=NAME, title="first", item_key="data.key")
    house.run(sweep=False)
    assert [each[0] for each in house.current()] == ["k-0", "k-1", "k-2"]
