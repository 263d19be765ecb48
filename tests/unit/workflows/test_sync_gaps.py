"""Following a project where something happens in between: a task is touched while it is read, a sweep breaks off, events wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from labelqa.adapters.label_studio.client.codec import ServerCodec
from labelqa.workflows.sync import hearing, passing, standing
from labelqa.workflows.sync.projects import follow_project
from labelqa.workflows.sync.running import Running
from tests.fake_label_studio import _columns
from tests.fake_label_studio_changes import stamp
from tests.unit.workflows.correcting import later
from tests.unit.workflows.following import CONFIG, NAME, House, answer, fill
from tests.unit.workflows.test_sync_faults import FAILS, asked, broken, project_of


@pytest.fixture
def changed(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Twenty tasks that were read in pages of five and changed since; nobody looked for half an hour."""
    monkeypatch.setattr(passing, "PAGE", 5)
    given = fill(house, 20)
    house.run()
    later(house.desk, minutes=30)
    house.server.tick(600)
    for each in given:
        house.server.edit(each, result=answer("no"))
    house.server.tick(1200)
    return house


def said(house: House, task: int) -> int:
    """The answer on a task."""
    return int(house.server.tasks[task]["annotations"][0]["id"])


def test_a_task_that_is_touched_while_its_page_is_read_in_pieces_hides_no_other(changed: House) -> None:
    broken(changed, {3}, FAILS["fault"])
    inner, touched, away = changed.server.before, list[None](), list[None]()

    def before(request: httpx.Request) -> httpx.Response | None:
        whole, named = asked(request)
        if whole and 1 in named and not touched:
            touched.append(changed.server.edit(said(changed, 1), result=answer("yes")))
        if whole and not named and touched:
            away.append(None)
        return httpx.Response(503) if away else inner(request)

    changed.server.before = before
    assert changed.run(sweep=False).error is not None  # the first page came, the second one did not
    changed.server.before = lambda _request: None
    assert changed.run(sweep=False).error is None
    assert changed.current() == changed.truth()


def meanwhile(house: House, act: Callable[[list[int]], None], *, times: int = 1) -> None:
    """Something is done after a page's tasks were chosen and before they are read, as the real server does it."""
    done: list[int] = []

    def before(request: httpx.Request) -> httpx.Response | None:
        whole, named = asked(request)
        if not whole or named or len(done) >= times:
            return None
        told = house.server._answer(request).json()
        done.append(1)
        chosen = [each["id"] for each in told["tasks"]]
        act(chosen)
        columns = set(request.url.params["include"].split(","))
        told["tasks"] = [_columns(house.server.tasks[each], columns) for each in chosen]
        return httpx.Response(200, json=told)

    house.server.before = before


def test_a_task_that_is_touched_after_its_page_was_chosen_hides_no_other(changed: House) -> None:
    meanwhile(changed, lambda chosen: changed.server.edit(said(changed, chosen[-1]), result=answer("yes")))
    assert changed.run(sweep=False).error is None
    assert changed.current() == changed.truth()


@pytest.mark.parametrize("times", [1, 3])
def test_a_page_of_which_everything_is_touched_after_it_was_chosen_hides_nothing(changed: House, times: int) -> None:
    def act(chosen: list[int]) -> None:
        for each in chosen:
            changed.server.edit(said(changed, each), result=answer("yes"))

    meanwhile(changed, act, times=times)
    assert changed.run(sweep=False).error is None
    assert changed.current() == changed.truth()


def test_many_times_in_the_future_hide_nothing(changed: House) -> None:
    for task in range(1, 18):
        moment = stamp(changed.server.now + timedelta(days=900, seconds=task))
        changed.server.tasks[task]["updated_at"] = moment
        changed.server.tasks[task]["annotations"][0]["updated_at"] = moment
    for _ in range(2):
        assert changed.run(sweep=False).error is None
        assert changed.current() == changed.truth()


# ---- events of several projects


def run(house: House) -> list[tuple[int, int, bool]]:
    """A pass over every project: which, how many events, whether it failed."""
    found = Running(house.desk, house.reading, ServerCodec(), NAME, inbox=house.inbox).run(sweep=False)
    return [(each.followed.project, each.events, each.error is not None) for each in found]


@pytest.mark.parametrize("named", [True, False])
def test_events_of_a_project_that_cannot_be_read_keep_no_others_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    monkeypatch.setattr(hearing, "_EVENTS", 5)
    other, left = house.server.project("second", CONFIG), house.server.project("nobody's", CONFIG)
    follow_project(house.desk, other, server=NAME, title="second")
    for project in (house.project, other, left):
        house.server.hook(project)
    given = [
        house.server.annotate(house.server.task(each, {"text": "t"}), answer("yes"))
        for each in (house.project, other, left)
    ]
    house.delivered()
    assert run(house) == [(house.project, 2, False), (other, 2, False)]
    assert house.inbox.waiting() == []
    path, no = f"/api/projects/{house.project}/", {"detail": "no"}
    house.server.before = lambda request: httpx.Response(403, json=no) if request.url.path == path else None
    for label in ("no", "yes") * 6:
        house.server.edit(given[0], result=answer(label))
    for each in (2, 1):
        house.server.edit(given[each], result=answer("no"))
        house.server.edit(given[each], result=answer("yes"))
    for each in house.events if not named else ():
        del each["project"]
        del each["annotation"]["project"]
        each["task"].pop("project", None)
    house.delivered()
    before = house.desk.intake.counts()[0]
    assert sorted(run(house)) == [(house.project, 5, True), (other, 2, False)]
    assert house.desk.intake.counts()[0] == before + 2  # the revision that was overwritten is kept
    assert [each.project for each in house.inbox.waiting(100, server=NAME)] == [house.project] * 12
    house.server.before = lambda _request: None
    while house.inbox.waiting(1):
        assert all(failed is False for _, _, failed in run(house))


# ---- a sweep that broke off


@pytest.fixture
def half_swept(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Nine tasks in pages of three; a sweep broke off after the first page, and the second task was deleted since."""
    monkeypatch.setattr(passing, "PAGE", 3)
    fill(house, 9)
    house.run()
    later(house.desk, hours=2)
    real = house.reading.marks

    def breaks(project: int, *, after: int, **told: Any) -> Any:
        if after:
            raise KeyboardInterrupt
        return real(project, after=after, **told)

    monkeypatch.setattr(house.reading, "marks", breaks)
    with pytest.raises(KeyboardInterrupt):
        house.run()
    monkeypatch.setattr(house.reading, "marks", real)
    assert house.desk.intake.synced.cursors(NAME)[house.project].swept_to == 3
    house.server.remove_tasks(2)
    return house


def test_a_sweep_that_just_broke_off_is_taken_up(half_swept: House) -> None:
    later(half_swept.desk, minutes=10)
    passed = half_swept.run()
    assert (passed.swept, passed.tally.gone) == (True, 0)
    later(half_swept.desk, hours=2)
    assert half_swept.run().tally.gone == 1


@pytest.mark.parametrize(("told", "after"), [({"sweep": True}, timedelta(minutes=10)), ({}, timedelta(days=5))])
def test_a_sweep_that_was_asked_for_or_broke_off_long_ago_begins_anew(
    half_swept: House, told: dict[str, Any], after: timedelta
) -> None:
    later(half_swept.desk, minutes=after / timedelta(minutes=1))
    passed = half_swept.run(**told)
    assert (passed.swept, passed.tally.gone, half_swept.current()) == (True, 1, half_swept.truth())


def test_after_a_clock_was_set_back_a_sweep_begins_anew(half_swept: House) -> None:
    half_swept.server.tick(86_400)
    half_swept.server.edit(said(half_swept, 9), result=answer("no"))
    half_swept.run(sweep=False)
    half_swept.server.tick(-80_000)
    half_swept.server.edit(said(half_swept, 1), result=answer("no"))
    passed = half_swept.run()
    assert (passed.swept, half_swept.current()) == (True, half_swept.truth())


# ---- tasks that could not be read


@pytest.mark.parametrize("told", [True, False])
def test_a_task_that_never_could_be_read_and_is_deleted_is_unread_no_more(house: House, told: bool) -> None:
    given = fill(house, 5)
    house.server.hook(house.project)
    broken(house, {3, 5}, FAILS["fault"])
    house.run()
    assert project_of(house).unread == 2
    house.server.remove_tasks(3, 5)
    if told:
        house.delivered()
    house.server.edit(given[0], result=answer("no"))
    house.run(sweep=not told)
    assert (project_of(house).unread, project_of(house).refusals, house.current()) == (0, (), house.truth())


def test_an_answer_that_a_webhook_told_of_is_counted_though_its_task_cannot_be_read(house: House) -> None:
    fill(house, 3)
    house.server.hook(house.project)
    house.run()
    house.server.annotate(2, answer("no"), by=1)
    house.delivered()
    broken(house, {2}, FAILS["fault"])
    house.run(sweep=True)
    assert (project_of(house).annotations, len(house.current())) == (4, 4)


def test_a_task_that_cannot_be_read_among_many_of_one_time_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "PAGE", 3)
    fill(house, 7)
    house.run()
    later(house.desk, hours=1)
    moment = stamp(house.server.tick(3600))
    for task in house.server.tasks.values():
        task["updated_at"] = task["annotations"][0]["updated_at"] = moment
        task["annotations"][0]["result"] = answer("no")
    broken(house, {7}, FAILS["fault"])
    passed = house.run(sweep=False)
    assert [each.place.subject for each in passed.tally.findings] == ["task:7"]
    assert project_of(house).unread == 1


def test_tasks_beyond_those_that_are_kept_are_not_told_again_and_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "_TASKS", 2)
    fill(house, 6)
    broken(house, {2, 3, 4, 5}, FAILS["fault"])
    told = [[each.place.subject for each in house.run(sweep=True).tally.findings] for _ in range(2)]
    assert (told, project_of(house).unread) == ([["task:2", "task:3"], []], 2)
    broken(house, {4, 5}, FAILS["fault"])
    told = [[each.place.subject for each in house.run(sweep=True).tally.findings] for _ in range(3)]
    assert sorted(each for part in told for each in part) == ["task:4", "task:5"]  # now there is room for them
