"""Following a project of a stand-in server: all of it once, what changed, what is gone; and breaking off anywhere."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pyarrow as pa
import pytest

from labelqa.adapters.label_studio.client.codec import ServerCodec
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.errors import BadInput, Refused
from labelqa.i18n import render
from labelqa.intake import Intake
from labelqa.ledger import Ledger
from labelqa.ledger.verify import verify
from labelqa.records.annotation import FileFacts
from labelqa.records.facts import ImportCounted
from labelqa.workflows.imports import import_chunks
from labelqa.workflows.sync import passing
from labelqa.workflows.sync.draining import sorted_out
from labelqa.workflows.sync.projects import follow_project, followed_projects, leave_project
from labelqa.workflows.sync.running import Running
from labelqa.workflows.sync.status import sync_status
from tests.fake_label_studio import LEGACY
from tests.fake_label_studio_changes import stamp
from tests.unit.workflows.correcting import later
from tests.unit.workflows.following import CONFIG, NAME, House, answer, fill


def test_everything_comes_once_and_then_what_changed(house: House) -> None:
    given = fill(house, 7)
    first = house.run()
    assert (first.tally.read, first.tally.added, first.swept) == (7, 7, False)  # all of it was just read
    assert house.current() == house.truth()
    assert house.run(sweep=False).tally.read == 0
    house.server.edit(given[0], result=answer("no"))
    house.server.annotate(3, answer("no"), by=1)
    house.server.skip(4)
    assert house.run(sweep=False).tally.added == 3
    assert house.current() == house.truth()
    assert verify(house.desk.ledger)[2] == []


def test_a_long_backfill_that_breaks_off_is_taken_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "PAGE", 3)
    fill(house, 10)
    real, calls = house.reading.tasks, []

    def breaks(project: int, *, after: int = 0, **told: Any) -> list[dict[str, Any]]:
        calls.append(after)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(project, after=after, **told)

    monkeypatch.setattr(house.reading, "tasks", breaks)
    with pytest.raises(KeyboardInterrupt):
        house.run()
    assert len(house.current()) == 6
    house.server.edit(1, result=answer("no"))  # behind the place where it broke off
    house.run(sweep=False)
    assert calls == [0, 3, 6, 6, 9, 10]
    assert house.current() == house.truth()


def test_what_changes_during_the_backfill_is_seen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "PAGE", 3)
    given = fill(house, 9)
    real = house.reading.tasks

    def meanwhile(project: int, *, after: int = 0, **told: Any) -> list[dict[str, Any]]:
        if after == 6:
            house.server.tick(600)
            house.server.edit(given[0], result=answer("no"))
            house.server.tick(600)
            house.server.edit(given[8], result=answer("no"))
        return real(project, after=after, **told)

    monkeypatch.setattr(house.reading, "tasks", meanwhile)
    house.run(sweep=False)
    assert house.current() == house.truth()


def test_a_server_that_caps_its_pages_is_read_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    given = fill(house, 7)
    real = house.server.answer

    def capped(request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        if request.url.path == "/api/tasks/" and int(asked.get("page_size", 0)) > 2:
            request = httpx.Request(
                request.method, request.url.copy_merge_params({"page_size": "2"}), headers=request.headers
            )
        return real(request)

    monkeypatch.setattr(house.server, "answer", capped)
    transport = Transport("http://127.0.0.1:9", LEGACY, through=house.server.transport, pause=lambda _s: None)
    house.reading = Reading(transport)
    house.run()
    assert house.current() == house.truth()
    assert len(house.current()) == 7
    for each in given[:5]:
        house.server.edit(each, result=answer("no"))
    house.run(sweep=False)
    assert house.current() == house.truth()
    house.server.remove_tasks(2)
    house.server.to_draft(given[3])
    assert house.run(sweep=True).tally.gone == 2
    assert house.current() == house.truth()


def test_a_file_from_before_does_not_bring_back_what_is_gone(house: House) -> None:
    given = fill(house, 2)
    house.run()
    old = ServerCodec().chunk(house.reading.tasks(house.project), config=CONFIG, item_key="")
    file = replace(
        old, annotations=old.annotations.set_column(old.annotations.num_columns - 1, "task", pa.nulls(2, pa.string()))
    )
    house.server.remove_annotations(given[0])
    house.run(sweep=True)
    facts = FileFacts(path="old.json", format="label-studio-json", encoding="utf-8", digest="0" * 64, size=1)
    assert import_chunks(house.desk, facts, [file], server=NAME).added == 0
    assert house.current() == house.truth()


def test_an_event_about_a_task_of_another_project_takes_nothing_away(house: House) -> None:
    other = house.server.project("second", CONFIG)
    follow_project(house.desk, other, server=NAME, title="second")
    house.server.annotate(house.server.task(other, {"text": "t"}), answer("yes"))
    Running(house.desk, house.reading, ServerCodec(), NAME).run()
    (task,) = house.server.tasks
    lie = {"action": "TASKS_DELETED", "tasks": [{"id": task}], "project": {"id": house.project}}
    huge = {"action": "ANNOTATION_CREATED", "task": {"id": 2**63}, "annotation": {"id": 9, "task": 2**63},
            "project": {"id": house.project}}  # fmt: skip
    house.events += [lie, huge]
    house.delivered()
    house.run(sweep=False)
    assert len(house.current()) == 1
    assert house.inbox.waiting() == []


def test_projects_that_something_was_told_of_are_looked_at_first(house: House) -> None:
    others = [house.server.project(title, CONFIG) for title in ("second", "third")]
    for other in others:
        follow_project(house.desk, other, server=NAME, title="other")
    house.server.hook(others[1])
    task = house.server.task(others[1], {"text": "t"})
    running = Running(house.desk, house.reading, ServerCodec(), NAME, inbox=house.inbox)
    assert [each.followed.project for each in running.run(sweep=False)] == [house.project, *others]
    house.server.annotate(task, answer("yes"))
    house.delivered()
    found = running.run(sweep=False)
    assert [(each.followed.project, each.events > 0) for each in found] == [
        (others[1], True), (house.project, False), (others[0], False)
    ]  # fmt: skip


@pytest.mark.parametrize("size", [2, 3, 500])
def test_a_sweep_finds_what_sends_nothing(house: House, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(passing, "PAGE", size)
    given = fill(house, 6)
    house.run()
    house.server.remove_annotations(given[0])
    house.server.to_draft(given[1])
    house.server.remove_tasks(3, 6)
    assert house.run(sweep=True).tally.gone == 4
    assert house.current() == house.truth()
    assert len(house.current()) == 2
    house.server.empty_project(house.project)
    house.run(sweep=True)
    assert house.current() == []
    assert house.run(sweep=True).tally.imports == []


def test_answers_that_were_moved_are_there_once(house: House) -> None:
    first, second = (house.server.task(house.project, {"text": "the same"}) for _ in range(2))
    house.server.annotate(first, answer("yes"))
    house.server.annotate(second, answer("no"))
    house.run()
    house.server.remove_duplicates(house.project)
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert len(house.current()) == 2


def test_the_answers_of_a_deleted_user_stay_that_users(house: House) -> None:
    given = fill(house, 2)
    house.run()
    before = {row.person for row in house.desk.intake.annotations()}
    house.server.remove_user(2, deleted=True)
    house.server.edit(given[0], by=1, result=answer("no"))
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert {row.person for row in house.desk.intake.annotations()} == before


def test_who_made_an_answer_is_known_from_its_event_where_the_user_is_gone_already(house: House) -> None:
    house.server.hook(house.project)
    given = fill(house, 1)
    house.delivered()
    house.server.remove_user(2, deleted=True)
    assert house.server.annotation(given[0])[1]["completed_by"] is None
    passed = house.run()
    assert (passed.tally.refused, house.current()) == (0, house.truth())


def test_ground_truth_that_is_silently_taken_away_is_seen(house: House) -> None:
    house.server.hook(house.project)
    task = house.server.task(house.project, {"text": "t"})
    one, two = house.server.annotate(task, answer("yes")), house.server.annotate(task, answer("no"), by=1)
    house.server.edit(one, ground_truth=True)
    house.delivered()
    house.run()
    house.server.edit(two, ground_truth=True)
    house.delivered()
    house.run(sweep=False)
    assert house.current() == house.truth()
    assert sorted(each[3] for each in house.current()) == [False, True]


def test_ground_truth_that_is_taken_away_is_seen_without_a_webhook(house: House) -> None:
    task = house.server.task(house.project, {"text": "t"})
    one, two = house.server.annotate(task, answer("yes")), house.server.annotate(task, answer("no"), by=1)
    house.server.edit(one, ground_truth=True)
    house.run()
    house.server.edit(two, ground_truth=True)
    house.server.tasks[task]["annotations"][1]["updated_at"] = house.server.tasks[task]["annotations"][0]["updated_at"]
    house.run()
    at = house.server.tasks[task]["annotations"][0]["updated_at"]
    house.server.tasks[task]["annotations"][0]["ground_truth"] = True  # both times stay, and only the task is touched
    house.server.change_task(task)
    assert house.server.tasks[task]["annotations"][0]["updated_at"] == at
    house.run(sweep=False)
    assert house.current() == house.truth()


def test_a_change_that_shows_up_late_is_within_the_overlap(house: House) -> None:
    given = fill(house, 2)
    house.run()
    hidden = house.server.tasks.pop(2)
    house.server.tick(600)
    house.server.edit(given[0], result=answer("no"))
    house.run(sweep=False)
    house.server.tasks[2] = hidden  # its transaction ends after a later one was read
    hidden["annotations"][0]["result"] = answer("no")
    hidden["updated_at"] = hidden["annotations"][0]["updated_at"] = stamp(house.server.now - timedelta(seconds=60))
    house.run(sweep=False)
    assert house.current() == house.truth()


def test_what_was_read_long_ago_is_not_read_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = house.reading.changed

    def counted(project: int, **told: Any) -> Iterator[list[dict[str, Any]]]:
        for page in real(project, **told):
            asked.append(len(page))
            yield page

    monkeypatch.setattr(house.reading, "changed", counted)
    given = fill(house, 5)
    house.run(sweep=False)
    later(house.desk, days=1)
    house.run(sweep=False)
    asked.clear()
    house.run(sweep=False)
    assert asked == []
    house.server.tick(3600)
    house.server.edit(given[0], result=answer("no"))
    house.run(sweep=False)
    assert house.current() == house.truth()


def test_an_event_of_a_deleted_answer_leads_to_the_task_it_was_on(house: House) -> None:
    house.server.hook(house.project)
    given = fill(house, 2)
    house.run()
    house.events.clear()
    house.server.remove_annotations(given[1])
    house.delivered()
    told = sorted_out(house.desk, ServerCodec(), NAME, house.inbox.waiting())
    assert {project: each.tasks for project, each in told.items()} == {house.project: {2}}


def test_a_revision_that_was_overwritten_is_kept_where_the_hook_told_of_it(house: House) -> None:
    house.server.hook(house.project)
    task = house.server.task(house.project, {"text": "t"})
    given = house.server.annotate(task, answer("yes"))
    house.server.edit(given, result=answer("no"))
    house.server.edit(given, result=answer("yes"))
    house.delivered()
    passed = house.run()
    assert passed.tally.added == 3
    assert [value for _, value, _, _ in house.current()] == ['{"c":"yes"}']
    assert house.inbox.waiting() == []


def test_an_answer_that_came_and_went_is_kept_as_history(house: House) -> None:
    house.server.hook(house.project)
    task = house.server.task(house.project, {"text": "t"})
    gone = house.server.task(house.project, {"text": "gone"})
    house.server.annotate(gone, answer("no"))
    house.server.remove_tasks(gone)
    house.server.remove_annotations(house.server.annotate(task, answer("yes")))
    house.delivered()
    passed = house.run()
    assert (passed.tally.added, passed.tally.gone, house.current()) == (4, 2, [])
    assert {person for _, person in house.desk.intake.earlier_hands()} != set()


def test_the_release_in_force_is_stamped_and_a_tasks_own_goes_first(house: House) -> None:
    from labelqa.records.facts import Draft, ReleasePushed

    fill(house, 1)
    since = house.server.tick(60)
    body = ReleasePushed(
        server=NAME, project=house.project, release="quality@1.0.0", config_digest="a", instruction_digest="b",
        since=since.isoformat(),
    )  # fmt: skip
    house.desk.ledger.append([Draft(body=body, subjects=(), actor="lead")], now=house.desk.clock())
    house.server.annotate(1, answer("no"), by=1)
    own = house.server.task(house.project, {"text": "own"}, meta={"labelqa": {"release": "quality@0.9.0"}})
    house.server.annotate(own, answer("no"))
    house.run()
    assert sorted(row.release for row in house.desk.intake.annotations()) == ["", "quality@0.9.0", "quality@1.0.0"]


def test_items_of_two_projects_are_one_by_their_key(house: House) -> None:
    other = house.server.project("second", CONFIG)
    for project in (house.project, other):
        task = house.server.task(project, {"text": "t", "key": "k-1"})
        house.server.annotate(task, answer("yes"), by=project)
    leave_project(house.desk, house.project, server=NAME, reason="its key was wrong")
    for number, title in ((house.project, "first"), (other, "second")):
        follow_project(house.desk, number, server=NAME, title=title, item_key="data.key")
    Running(house.desk, house.reading, ServerCodec(), NAME).run()
    assert [each.item_id for each in house.desk.intake.items()] == ["k-1"]
    assert len(list(house.desk.intake.annotations())) == 2


def test_a_project_that_is_gone_is_told_and_keeps_what_came(house: House) -> None:
    fill(house, 2)
    house.run()
    house.server.remove_project(house.project)
    passed = house.run()
    assert "no longer on" in str(passed.error)
    assert len(house.current()) == 2
    (server,) = sync_status(house.desk).servers
    (project,) = server.projects
    assert render(project.error, "zh") == f"{NAME} 上已没有项目 {house.project}：labelqa sync leave {house.project}"


def test_a_fault_of_the_server_is_kept_and_passes(house: House) -> None:
    fill(house, 2)
    house.server.before = lambda request: httpx.Response(503) if "/api/tasks" in request.url.path else None
    assert house.run().error is not None
    house.server.before = lambda _request: None
    assert house.run().error is None
    assert house.desk.intake.synced.cursors(NAME)[house.project].error is None
    assert house.current() == house.truth()


def test_the_key_of_items_that_are_in_cannot_change(house: House) -> None:
    fill(house, 1)
    house.run()
    with pytest.raises(Refused, match="under the key id"):
        follow_project(house.desk, house.project, server=NAME, title="first", item_key="data.key")
    with pytest.raises(BadInput, match="is not followed"):
        leave_project(house.desk, 99, server=NAME, reason="x")
    leave_project(house.desk, house.project, server=NAME, reason="done")
    assert followed_projects(house.desk) == []


def test_what_an_event_held_goes_after_a_week_and_that_it_came_stays(house: House) -> None:
    house.server.hook(house.project)
    given = fill(house, 1)
    house.delivered()
    house.run(sweep=True)
    later(house.desk, days=8)
    house.run(sweep=True)
    with sqlite3.connect(house.inbox.path) as kept:
        assert kept.execute("SELECT count(*), count(body) FROM events").fetchone() == (2, 0)
    kept.close()
    assert {number for number, _ in house.inbox.seen(NAME, given)} == set(given)


def test_rows_are_on_the_disk_before_the_ledger_tells_of_them(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for kind, name in ((Intake, "secure"), (Ledger, "append"), (Intake, "count")):
        real = getattr(kind, name)

        def noted(*told: Any, _real: Any = real, _name: str = name, **more: Any) -> Any:
            done.append(_name)
            return _real(*told, **more)

        monkeypatch.setattr(kind, name, noted)
    fill(house, 1)
    house.run(sweep=False)
    assert done[:3] == ["secure", "append", "count"]


def test_events_of_projects_that_nobody_follows_are_done_with(house: House) -> None:
    other = house.server.project("other", CONFIG)
    house.server.hook(other)
    house.server.annotate(house.server.task(other, {"text": "t"}), answer("yes"))
    house.delivered()
    house.run()
    assert house.inbox.waiting() == []
    assert house.current() == []


Step = Callable[[House, random.Random], None]


def _some(house: House, luck: random.Random) -> int | None:
    given = [each["id"] for task in house.server.tasks.values() for each in task["annotations"]]
    return luck.choice(given) if given else None


def _change(house: House, luck: random.Random) -> None:
    """One thing that somebody may do on the server."""
    server, tasks, given = house.server, list(house.server.tasks), _some(house, luck)
    server.tick(luck.choice((0.001, 0.5, 30, 300)))
    act = luck.randrange(12)
    if act < 2 or not tasks:
        server.task(house.project, {"text": luck.choice(("same", f"t{len(tasks)}"))})
    elif act < 5:
        server.annotate(luck.choice(tasks), answer(luck.choice(("yes", "no"))), by=luck.choice((1, 2)))
    elif act == 5:
        server.skip(luck.choice(tasks))
    elif given is None:
        return
    elif act < 8:
        server.edit(given, by=luck.choice((1, 2)), result=answer(luck.choice(("yes", "no"))))
    elif act == 8:
        server.edit(given, ground_truth=True)
    elif act == 9:
        luck.choice((server.remove_annotations, server.to_draft))(given)
    elif act == 10:
        server.remove_tasks(luck.choice(tasks))
    else:
        server.remove_duplicates(house.project)


@pytest.mark.parametrize("seed", range(6))
def test_after_random_changes_the_intake_is_what_the_server_is(
    house: House, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Events are dropped, doubled and out of order; passes come at any time, and a sweep makes all of it right."""
    monkeypatch.setattr(passing, "PAGE", 4)
    luck = random.Random(seed)
    house.server.hook(house.project)
    for _ in range(120):
        _change(house, luck)
        if luck.random() < 0.3:
            house.events[:] = [each for each in house.events for _ in range(luck.choice((0, 1, 1, 2)))]
            luck.shuffle(house.events)
            house.delivered()
        if luck.random() < 0.1:
            house.run(sweep=luck.random() < 0.3)
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert house.run(sweep=True).tally.imports == []
    assert verify(house.desk.ledger)[2] == []
    digests = [each.body.digest for each in house.desk.ledger.view().of(ImportCounted) if each.body.added]
    assert len(digests) == len(set(digests))
