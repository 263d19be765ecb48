"""What a server's clock or an event says need not be true: in the end an answer is what the server itself has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from labelqa.errors import Message
from labelqa.records.servers import UnreadTask
from labelqa.workflows.sync.source import Task
from tests.unit.workflows.correcting import later
from tests.unit.workflows.following import NAME, House, answer, fill


def history(house: House) -> list[tuple[str, int, str, str]]:
    """Every revision that says what an answer is: annotation, when touched, answer, task."""
    query = "SELECT source_id, updated_at, value, task FROM revisions WHERE gone IS NULL ORDER BY rev"
    with house.desk.intake._engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def once(house: House) -> bool:
    return max(Counter(history(house)).values()) == 1


def told(house: House, annotation: int, **said: Any) -> None:
    """An event comes that says this of an answer."""
    task, there = house.server.annotation(annotation)
    event = {
        "action": "ANNOTATION_UPDATED", "annotation": {**there, "task": task["id"], **said},
        "task": {"id": said.get("task", task["id"]), "data": task["data"]}, "project": {"id": house.project},
    }  # fmt: skip
    house.events.append(json.loads(json.dumps(event)))
    house.delivered()


@pytest.mark.parametrize("hooked", [False, True])
def test_an_answer_that_was_touched_by_a_wrong_clock_is_read_when_it_is_touched_again(
    house: House, hooked: bool
) -> None:
    if hooked:
        house.server.hook(house.project)
    given = fill(house, 3)
    house.server.tick(86_400 * 900)
    house.server.edit(given[0], result=answer("no"))
    house.delivered()
    house.run()
    house.server.tick(-86_400 * 899)
    house.server.edit(given[0], result=answer("yes"))
    house.delivered()
    later(house.desk, days=1)
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert once(house)
    revisions = len(history(house))
    house.run(sweep=True)
    assert len(history(house)) == revisions


@pytest.mark.parametrize("edited", [False, True])
def test_an_invented_answer_of_a_time_to_come_is_history(house: House, edited: bool) -> None:
    given = fill(house, 3)
    house.run()
    if edited:
        house.server.edit(given[0], result=answer("yes"))
    told(house, given[0], updated_at="2030-01-01T00:00:00.000000Z", result=answer("no"))
    house.run(sweep=False)
    assert house.current() == house.truth()
    assert sum(value == '{"c":"no"}' for _, _, value, _ in history(house)) == 1
    house.server.tick(60)
    house.server.edit(given[0], result=answer("yes"))
    told(house, given[0], updated_at="2030-01-01T00:00:00.000000Z", result=answer("no"), lead_time=3)
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert once(house)


def test_an_invented_answer_of_a_task_that_cannot_be_read_counts_until_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = fill(house, 3)
    house.run()
    told(house, given[0], updated_at="2030-01-01T00:00:00.000000Z", result=answer("no"))

    def unread(_project: int, numbers: Sequence[int], *, unread: list[UnreadTask]) -> list[Task]:
        unread += [UnreadTask(task=each, updated_at=None, why=Message("odd")) for each in numbers]
        return []

    with monkeypatch.context() as patched:
        patched.setattr(house.reading, "chosen", unread)
        house.run(sweep=False)
    assert house.current() != house.truth()
    house.server.tick(60)
    house.server.edit(given[0], result=answer("yes"))
    house.run(sweep=False)
    assert house.current() == house.truth()
    assert once(house)


def test_an_event_takes_an_answer_to_no_other_task(house: House) -> None:
    given = fill(house, 3)
    house.run()
    told(house, given[1], task=1, updated_at="2030-01-01T00:00:00.000000Z", result=answer("no"))
    house.server.requests.clear()
    assert house.run(sweep=False).tally.read == 2  # the task that it names, and the one where the answer was known
    assert house.current() == house.truth()
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert house.desk.intake.synced.tasks_of(NAME, given) == dict(zip(given, (1, 2, 3), strict=True))


def test_an_answer_that_was_moved_and_changed_comes_with_all_that_was_told_of_it(house: House) -> None:
    first, second = (house.server.task(house.project, {"text": "the same"}) for _ in range(2))
    house.server.annotate(first, answer("yes"))
    moved = house.server.annotate(second, answer("yes"))
    house.run()
    house.server.hook(house.project)
    house.server.remove_duplicates(house.project)
    for label in ("no", "yes", "no"):
        house.server.edit(moved, result=answer(label))
    house.delivered()
    house.run(sweep=True)
    assert house.current() == house.truth()
    assert (len(history(house)), once(house)) == (5, True)
