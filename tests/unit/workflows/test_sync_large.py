"""What a project with very many answers needs: figures that are kept up task by task, and what is gone in small parts."""

from __future__ import annotations

import random
import sqlite3
from datetime import timedelta

import pytest

from labelqa.intake import vanished
from labelqa.records.facts import Draft, HookPlaced
from labelqa.records.sync import ProjectStatus
from labelqa.workflows.servers.inbox import FILE
from labelqa.workflows.sync import passing
from labelqa.workflows.sync.status import sync_status
from tests.unit.workflows.following import NAME, House, answer, fill


def status(house: House) -> ProjectStatus:
    return sync_status(house.desk).servers[0].projects[0]


def hooked(house: House) -> None:
    """A webhook of the project, placed from the beginning."""
    body = HookPlaced(server=NAME, project=house.project, hook=1, url="http://127.0.0.1:9/hook", actions=[])
    draft = Draft(
        body=body, subjects=(f"server:{NAME}",), actor="lead", effective_at=house.server.now - timedelta(days=1)
    )
    house.desk.ledger.append([draft], now=house.desk.clock())
    house.server.hook(house.project)


def plain(house: House) -> tuple[int, int, int]:
    """Current answers and skips, and answers changed before they were first seen, by going through everything."""
    rows = list(house.desk.intake.annotations())
    with house.desk.intake._engine.connect() as connection:
        late = connection.exec_driver_sql(
            "SELECT count(*) FROM revisions r WHERE r.rev = r.annotation AND r.updated_at - r.created_at >= 1000000 "
            "AND r.task IN (SELECT '1:' || task FROM synced_tasks) AND NOT EXISTS (SELECT 1 FROM revisions e WHERE "
            "e.annotation = r.annotation AND e.late = 1 AND e.updated_at - e.created_at < 1000000)"
        ).scalar()
    return sum(not row.skipped for row in rows), sum(row.skipped for row in rows), int(late or 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_figures_are_those_of_going_through_everything(house: House, seed: int) -> None:
    rng = random.Random(seed)
    hooked(house)
    fill(house, 6)
    for _ in range(25):
        _something(house, rng, removing=seed % 2 == 1)
        if rng.random() < 0.4:
            house.delivered() if rng.random() < 0.7 else house.events.clear()
            house.run(sweep=rng.random() < 0.4)
    house.delivered()
    house.run(sweep=True)
    told = status(house)
    assert (told.annotations, told.skipped, told.unseen) == plain(house)
    assert (told.tasks, told.annotations + told.skipped) == (len(house.server.tasks), len(house.truth()))
    kept = house.desk.intake.synced.cursors(NAME)[house.project].heard
    assert kept is not None
    house.desk.intake.synced.move(NAME, house.project, heard=None)  # counted anew from the first revision on
    again = status(house)
    if seed % 2 == 0:  # what was on tasks that are gone since would not be counted any more
        assert (told.told, told.missed) == (again.told, again.missed)
    assert min(told.told or 0, told.missed or 0) > 0


def _something(house: House, rng: random.Random, *, removing: bool) -> None:
    """Somebody does something on the server."""
    house.server.tick(rng.choice((0.2, 5, 600)))
    tasks = sorted(house.server.tasks)
    given = [each["id"] for task in house.server.tasks.values() for each in task["annotations"]]
    what = rng.randrange(6) if given and tasks else 0
    if what == 0:
        house.server.annotate(house.server.task(house.project, {"text": "new"}), answer("yes"))
    elif what == 1:
        house.server.skip(rng.choice(tasks))
    elif what in (2, 3):
        house.server.edit(rng.choice(given), result=answer(rng.choice(("yes", "no"))))
    elif what == 4:
        house.server.remove_annotations(rng.choice(given))
    elif removing and len(tasks) > 2:
        house.server.remove_tasks(rng.choice(tasks))


def test_what_was_settled_is_not_looked_at_again(house: House) -> None:
    hooked(house)
    fill(house, 3)
    house.delivered()
    house.run(sweep=True)
    house.run(sweep=True)
    synced, cursor = house.desk.intake.synced, house.desk.intake.synced.cursors(NAME)[house.project]
    assert (status(house).told, status(house).missed) == (3, 0)
    assert '"upto": 3' in (cursor.heard or "")
    house.server.tick(60)
    house.server.edit(1, result=answer("no"))
    house.events.clear()
    house.run(sweep=False)
    assert [len(part) for part in synced.revisions(NAME, house.project, since=0, after=3)] == [1]
    with sqlite3.connect(house.desk.settings.workspace / FILE) as inbox:
        inbox.execute("DELETE FROM marks")
    inbox.close()
    assert (status(house).told, status(house).missed) == (3, 1)


def test_a_file_that_changes_an_answer_of_a_server_changes_the_figures(house: House) -> None:
    from tests.building import MONDAY, Answer, take_in

    fill(house, 2)
    house.run()
    assert (status(house).annotations, status(house).skipped) == (2, 0)
    row = Answer(
        "1", "2", "no", source="1", skipped=True, at=MONDAY + timedelta(days=9), touched=MONDAY + timedelta(days=9)
    )
    assert take_in(house.desk, [row], server=NAME, kind="label-studio-json").revised == 1
    assert (status(house).annotations, status(house).skipped) == plain(house)[:2] == (1, 1)


def test_what_is_gone_is_taken_in_in_parts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "_LOST", 2)
    monkeypatch.setattr(passing, "PAGE", 3)
    monkeypatch.setattr(vanished, "_PART", 2)
    fill(house, 12)
    house.run(sweep=False)
    house.server.remove_tasks(*range(1, 9))  # a long way before what is left
    passed = house.run(sweep=True)
    assert (passed.tally.gone, house.current()) == (8, house.truth())
    assert len(passed.tally.imports) == 4
    house.server.remove_tasks(*range(9, 13))
    assert house.run(sweep=True).tally.gone == 4
    assert house.current() == []


def test_an_answer_that_moved_to_another_task_is_not_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vanished, "_PART", 1)
    tasks = [house.server.task(house.project, {"text": "the same"}) for _ in range(4)]
    for task in tasks:
        house.server.annotate(task, answer("yes"), by=task % 2 + 1)
    house.run(sweep=False)
    house.server.remove_duplicates(house.project)
    passed = house.run(sweep=True)
    assert (passed.tally.gone, len(house.current())) == (0, 4)
    assert house.current() == house.truth()
