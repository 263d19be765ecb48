"""Answers read from a server: what is deleted, what comes late, what somebody only told us of."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labelqa.intake import Intake, Staged, tallies
from labelqa.intake.synced import Cursor, marks_digest
from labelqa.records.names import PersonId
from tests.building import MONDAY, Answer, bare_intake, chunk

SERVER = "label-studio"


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    made = bare_intake(tmp_path)
    yield made
    made.close()


def given(number: int, label: str, minute: int = 0, *, task: str = "1", item: str = "i1", who: str = "ann") -> Answer:
    touched = MONDAY + timedelta(minutes=minute)
    return Answer(item, who, label, source=str(number), task=task, touched=touched)


def take(intake: Intake, *answers: Answer, present: Mapping[str, set[str]] | None = None, told: bool = False) -> Staged:
    people = {each.account: PersonId(f"p-{each.account}") for each in answers}
    there = {task: frozenset(known) for task, known in (present or {}).items()}
    with intake.staging(
        server=SERVER, file_digest="d", options="", counted=intake.counted().intersection, last=int
    ) as staging:
        staging.add(dataclasses.replace(chunk(answers), present=there, told=told), people)
        staged = staging.seal()
    intake.count(staged) if staged.added else intake.discard(staged.import_no)
    assert not staged.added or intake.digest(staged.import_no) == (staged.added, staged.digest)
    return staged


def labels(intake: Intake) -> list[str]:
    return sorted(row.value for row in intake.annotations())


def said(*names: str) -> list[str]:
    return sorted(f'{{"label": "{name}"}}' for name in names)


def test_an_answer_that_is_not_on_its_task_any_more_is_gone(intake: Intake) -> None:
    take(intake, given(1, "a"), given(2, "b", who="bob"), present={"1": {"1", "2"}})
    staged = take(intake, given(1, "a"), present={"1": {"1"}})
    assert (staged.added, staged.gone, labels(intake)) == (1, 1, said("a"))
    assert take(intake, given(1, "a"), present={"1": {"1"}}).added == 0
    assert take(intake, present={"1": set()}).gone == 1
    assert labels(intake) == []
    assert {person for _, person in intake.earlier_hands()} == {"p-ann", "p-bob"}
    assert {who: n for who, (n, _, _) in intake.hands().items()} == {"p-ann": 1, "p-bob": 1}


def test_an_answer_that_was_refused_stays_while_it_is_there(intake: Intake) -> None:
    take(intake, given(1, "a"), present={"1": {"1"}})
    assert take(intake, present={"1": {"1"}}).gone == 0
    assert labels(intake) == said("a")


def test_an_answer_of_another_task_is_left_alone(intake: Intake) -> None:
    take(intake, given(1, "a"), given(2, "b", task="2", item="i2"), present={"1": {"1"}, "2": {"2"}})
    assert take(intake, present={"1": set()}).gone == 1
    assert labels(intake) == said("b")


def test_an_answer_that_moved_to_another_task_is_there_once(intake: Intake) -> None:
    take(intake, given(1, "a"), present={"1": {"1"}})
    staged = take(intake, given(1, "a", task="2", item="i2"), present={"1": set(), "2": {"1"}})
    assert (staged.added, staged.revised, staged.gone) == (1, 1, 0)
    assert [row.item_no for row in intake.annotations()] == [2]
    assert take(intake, present={"1": set()}).gone == 0
    assert take(intake, present={"2": set()}).gone == 1


def test_an_answer_that_comes_back_counts_again(intake: Intake) -> None:
    take(intake, given(1, "a"), present={"1": {"1"}})
    take(intake, present={"1": set()})
    assert take(intake, given(1, "a"), present={"1": {"1"}}).revised == 1
    assert labels(intake) == said("a")


def test_what_was_touched_earlier_is_history_and_kept_once(intake: Intake) -> None:
    take(intake, given(1, "new", 9))
    late = take(intake, given(1, "old", 3), told=True)
    assert (late.added, labels(intake)) == (1, said("new"))
    assert take(intake, given(1, "old", 3), told=True).added == 0
    assert take(intake, given(1, "old", 3)).added == 0
    assert {person for _, person in intake.earlier_hands()} == {"p-ann"}
    assert {row.import_no for row in intake.annotations()} == {late.import_no - 1}


def test_what_was_told_of_the_same_moment_does_not_undo_what_was_read(intake: Intake) -> None:
    take(intake, given(1, "read", 5))
    assert take(intake, given(1, "told", 5), told=True).added == 1
    assert labels(intake) == said("read")
    take(intake, given(1, "read again", 5))
    assert labels(intake) == said("read again")


def test_what_was_told_of_a_later_moment_counts_until_it_is_read(intake: Intake) -> None:
    take(intake, given(1, "read", 5), present={"1": {"1"}})
    take(intake, given(1, "told", 6), told=True)
    assert labels(intake) == said("told")
    take(intake, given(1, "told", 6), present={"1": {"1"}})
    assert labels(intake) == said("told")
    take(intake, given(1, "later still", 7), told=True, present={"1": set()})
    assert labels(intake) == []


def test_what_is_read_whole_counts_whatever_its_time(intake: Intake) -> None:
    take(intake, given(1, "by a wrong clock", 900), present={"1": {"1"}})
    read = take(intake, given(1, "by a right one", 5), present={"1": {"1"}})
    assert (read.added, labels(intake)) == (1, said("by a right one"))
    assert take(intake, given(1, "by a right one", 5), present={"1": {"1"}}).added == 0
    assert take(intake, given(1, "by a wrong clock", 900), told=True).added == 0  # known already
    assert take(intake, given(1, "by a file", 3, task="")).added == 1
    assert labels(intake) == said("by a right one")
    take(intake, given(1, "by a wrong clock", 900), present={"1": {"1"}})  # as after a backup was put back
    assert labels(intake) == said("by a wrong clock")


def test_what_was_told_does_not_undo_what_was_read_in_the_same_import(intake: Intake) -> None:
    people = {"ann": PersonId("p-ann")}
    told, read = chunk([given(1, "told", 900)]), chunk([given(1, "read", 5)])
    with intake.staging(
        server=SERVER, file_digest="d", options="", counted=intake.counted().intersection, last=int
    ) as staging:
        staging.add(dataclasses.replace(read, present={"1": frozenset({"1"})}), people)
        staging.add(dataclasses.replace(told, told=True), people)
        staging.add(dataclasses.replace(told, told=True), people)
        staged = staging.seal()
    intake.count(staged)
    assert (staged.added, labels(intake)) == (2, said("read"))


def test_what_was_told_of_an_answer_on_another_task_is_history(intake: Intake) -> None:
    take(intake, given(1, "a"), present={"1": {"1"}})
    assert take(intake, given(1, "b", 9, task="2", item="i2"), told=True, present={"2": set()}).gone == 0
    assert labels(intake) == said("a")
    assert intake.synced.tasks_of(SERVER, [1]) == {1: 1}
    take(intake, given(1, "a", 9, task=""))  # a file does not say where it is
    take(intake, given(1, "c", 10, task="2", item="i2"), told=True)
    assert labels(intake) == said("a")
    take(intake, given(1, "b", 9, task="2", item="i2"), present={"1": set(), "2": {"1"}})
    assert (labels(intake), intake.synced.tasks_of(SERVER, [1])) == (said("b"), {1: 2})


def test_the_task_of_an_answer_from_a_file_is_learned_once(intake: Intake) -> None:
    take(intake, given(1, "a", task=""))
    assert take(intake, given(1, "a", task="1"), present={"1": {"1"}}).revised == 1
    assert take(intake, given(1, "a", task="")).added == 0
    assert take(intake, present={"1": set()}).gone == 1


def test_the_mirror_says_where_things_are_and_how_far_the_reading_is(intake: Intake) -> None:
    take(intake, given(1, "a"), given(2, "b", task="2", item="i2", who="bob"), present={"1": {"1"}, "2": {"2"}})
    synced = intake.synced
    assert synced.tasks_of(SERVER, [1, 2, 3]) == {1: 1, 2: 2}
    assert synced.people_of(SERVER, [2, 3]) == {2: "p-bob"}
    assert synced.tasks_of("another", [1]) == {}
    mark = marks_digest({1: MONDAY})
    synced.apply(SERVER, 7, {1: mark, 2: "x", 3: "y"})
    synced.apply(SERVER, 7, {2: None})
    assert synced.applied(SERVER, 7, after=0) == {1: mark, 3: "y"}
    assert synced.applied(SERVER, 7, after=1, upto=2) == {}
    assert synced.project_of(SERVER, [1, 2, 3]) == {1: 7, 3: 7}
    assert synced.current(SERVER, 7) == (2, 1, 0)
    assert synced.cursors(SERVER) == {}
    synced.move(SERVER, 7, backfilled_to=12)
    synced.move(SERVER, 7, watermark=99, error="away")
    assert synced.cursors(SERVER) == {7: Cursor(backfilled_to=12, watermark=99, error="away")}


def test_an_intake_of_an_earlier_format_is_brought_up(tmp_path: Path) -> None:
    made = bare_intake(tmp_path)
    before = take(made, given(1, "a", task=""))
    made.close()
    path = next(tmp_path.glob("*.sqlite3"))
    with sqlite3.connect(path) as connection:
        connection.execute("DROP INDEX ix_revisions_task")
        for column in ("task", "gone", "late"):
            connection.execute(f"ALTER TABLE revisions DROP COLUMN {column}")
        for table in ("synced_tasks", "cursors"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE intake_format SET format = 2")
    connection.close()
    again = bare_intake(tmp_path)
    assert again.digest(before.import_no) == (1, before.digest)
    assert labels(again) == said("a")
    assert take(again, given(1, "a", task="1"), present={"1": {"1"}}).revised == 1
    again.close()


def of_format_3(folder: Path, *lacking: str) -> None:
    """The intake as an earlier labelqa would have made it; its cursors lack these columns."""
    with sqlite3.connect(next(folder.glob("*.sqlite3"))) as connection:
        connection.execute("DROP INDEX ix_synced_tasks_project")
        for column in ("answers", "skipped", "unseen"):
            connection.execute(f"ALTER TABLE synced_tasks DROP COLUMN {column}")
        for column in lacking:
            connection.execute(f"ALTER TABLE cursors DROP COLUMN {column}")
        connection.execute("DROP INDEX ix_revisions_import")
        connection.execute("UPDATE intake_format SET format = 3")
    connection.close()


@pytest.mark.parametrize("lacking", [["heard"], ["heard", "moved_at"], ["heard", "moved_at", "noticed"]], ids=len)
def test_an_intake_that_did_not_count_by_task_is_counted(tmp_path: Path, lacking: list[str]) -> None:
    made = bare_intake(tmp_path)
    take(made, given(1, "a", task="1"), present={"1": {"1"}})
    made.synced.apply(SERVER, 7, {1: "as it was"})
    made.synced.move(SERVER, 7, watermark=5)
    made.close()
    of_format_3(tmp_path, *lacking)
    again = bare_intake(tmp_path)
    assert labels(again) == said("a")
    assert again.synced.applied(SERVER, 7, after=0) == {1: "as it was"}
    assert again.synced.cursors(SERVER) == {7: Cursor(watermark=5)}
    assert again.synced.current(SERVER, 7) == (1, 1, 0)
    again.close()


def test_an_intake_whose_counting_broke_off_is_counted_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bare_intake(tmp_path)
    take(made, *(given(n, "a", task=str(n), item=f"i{n}") for n in range(1, 8)))
    made.synced.apply(SERVER, 7, dict.fromkeys(range(1, 10), "as it was"))  # on two of them is nothing
    made.close()
    of_format_3(tmp_path, "heard")
    monkeypatch.setattr(tallies, "_PART", 3)
    real, counted = tallies.recount_tasks, list[list[int]]()

    def breaks(connection: Any, server_no: int, tasks: list[int]) -> None:
        counted.append(tasks)
        if len(counted) == 2:
            raise KeyboardInterrupt
        real(connection, server_no, tasks)

    monkeypatch.setattr(tallies, "recount_tasks", breaks)
    with pytest.raises(KeyboardInterrupt):
        bare_intake(tmp_path)
    again = bare_intake(tmp_path)
    assert counted == [[1, 2, 3], [4, 5, 6], [4, 5, 6], [7, 8, 9], []]
    assert again.synced.current(SERVER, 7) == (9, 7, 0)
    again.close()


def test_what_was_staged_goes_to_the_disk_and_counts_no_sooner_for_it(tmp_path: Path) -> None:
    made = bare_intake(tmp_path)
    with made.staging(
        server=SERVER, file_digest="d", options="", counted=made.counted().intersection, last=int
    ) as staging:
        staging.add(chunk([given(1, "a")]), {"ann": PersonId("p-ann")})
        staged = staging.seal()
    log = tmp_path / "intake.sqlite3-wal"
    before = log.read_bytes()
    made.secure(staged.import_no)
    assert log.read_bytes() != before  # a commit of its own, which waits for the disk
    with made._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1  # and the next ones do not
    assert made.counted() == set()
    made.close()
