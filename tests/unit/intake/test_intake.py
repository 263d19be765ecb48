"""Imports against a slow model of plain dictionaries, and imports that never came to an end."""

from __future__ import annotations

import math
import sqlite3
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import Busy, NoWorkspace
from labelqa.intake import Intake, Staged, read
from labelqa.records.names import PersonId
from tests.building import MONDAY, Answer, bare_intake, chunk, chunks


def stage(
    intake: Intake, answers: list[Answer], *, server: str = "file", size: int = 100, known: set[int] | None = None,
    data: dict[str, dict[str, Any]] | None = None,
) -> Staged:  # fmt: skip
    """Stage an import without counting it; ``known`` are the imports that the ledger would tell of."""
    people = {each.account: PersonId(f"p-{server}-{each.account}") for each in answers}
    people |= {each.edited: PersonId(f"p-{server}-{each.edited}") for each in answers if each.edited}
    counted = intake.counted() if known is None else known
    with intake.staging(
        server=server, file_digest="d", options="", counted=counted.intersection, last=lambda: max(counted, default=0)
    ) as staging:
        for part in chunks(answers, size, data=data):
            staging.add(part, people)
        return staging.seal()


def take(intake: Intake, answers: list[Answer], **options: Any) -> Staged:
    """Stage and count."""
    staged = stage(intake, answers, **options)
    intake.count(staged)
    return staged


def current(intake: Intake) -> Counter[tuple[str, str, str, str]]:
    """The current annotations as (item, person, value, server)."""
    items = {each.item_no: each.item_id for each in intake.items()}
    return Counter((items[row.item_no], row.person, row.value, row.server) for row in intake.annotations())


@dataclass
class Model:
    """What an intake should know, in dictionaries."""

    annotations: dict[tuple[object, ...], tuple[str, ...]] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)

    def take(self, answers: list[Answer], server: str) -> tuple[int, int, int, int, int]:
        """Rows added, of them revised, unchanged, repeats, new items."""
        seen: Counter[tuple[str, str]] = Counter()
        added = revised = unchanged = repeats = 0
        fresh = {each.item for each in answers} - self.items
        for each in answers:
            person = f"p-{server}-{each.account}"
            ordinal = seen[each.item, person]
            seen[each.item, person] += 1
            repeats += ordinal > 0
            key = (server, each.source) if each.source else (each.item, person, ordinal)
            said = (each.item, person, f'{{"label": "{each.label}"}}', server, str(each.skipped), each.release)
            before = self.annotations.get(key)
            if before is not None and (*before[:3], *before[4:]) == (*said[:3], *said[4:]):
                unchanged += 1
                continue
            added, revised = added + 1, revised + (before is not None)
            self.annotations[key] = said
        self.items |= fresh
        return added, revised, unchanged, repeats, len(fresh)


ANSWERS = st.lists(
    st.builds(
        Answer, item=st.sampled_from(["i1", "i2", "i3", "条目4"]), account=st.sampled_from(["a", "b"]),
        label=st.sampled_from(["x", "y"]), source=st.sampled_from(["", "", "1", "2", "3"]), skipped=st.booleans(),
        release=st.sampled_from(["", "r@1"]),
    ),
    max_size=9,
)  # fmt: skip
IMPORTS = st.lists(st.tuples(ANSWERS, st.sampled_from(["A", "B"]), st.sampled_from([1, 2, 100])), max_size=5)


@given(IMPORTS)
@settings(max_examples=60, deadline=None)
def test_imports_are_those_of_the_model(imports: list[tuple[list[Answer], str, int]]) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        intake = bare_intake(Path(folder))
        for answers, server, size in imports:
            staged = take(intake, answers, server=server, size=size)
            told = (staged.added, staged.revised, staged.unchanged, staged.repeats, staged.items)
            assert told == model.take(answers, server)
            assert staged.rows == len(answers) == staged.added + staged.unchanged
            assert intake.digest(staged.import_no) == (staged.added, staged.digest)
            assert current(intake) == Counter(each[:4] for each in model.annotations.values())
            again = take(intake, answers[-1:], server=server)
            assert again.added == model.take(answers[-1:], server)[0]
        intake.close()


@given(ANSWERS.filter(bool))
@settings(max_examples=20, deadline=None)
def test_neither_chunks_nor_an_abandoned_import_change_the_outcome(answers: list[Answer]) -> None:
    outcomes = []
    for size, abandoned in ((100, False), (1, False), (2, True)):
        with tempfile.TemporaryDirectory() as folder:
            intake = bare_intake(Path(folder))
            if abandoned:
                stage(intake, [Answer("left", "c", "x", source="1"), *answers])
            staged = take(intake, answers, size=size)
            outcomes.append((staged.added, staged.digest, current(intake), intake.counts()[:2]))
            intake.close()
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][2:] == outcomes[2][2:]


@pytest.fixture
def intake(tmp_path: Path) -> Any:
    made = bare_intake(tmp_path)
    yield made
    made.close()


ONE, TWO = Answer("i1", "a", "x"), Answer("i2", "a", "y")


def test_what_is_staged_is_not_there_until_it_counts(intake: Intake) -> None:
    take(intake, [ONE])
    staged = stage(intake, [TWO, Answer("i1", "a", "z")], data={"i1": {"text": "new"}, "i2": {"text": "two"}})
    assert [each.item_id for each in intake.items()] == ["i1"]
    assert [each.data for each in intake.items()] == ["{}"]
    assert (current(intake), intake.counts()) == (Counter({("i1", "p-file-a", '{"label": "x"}', "file"): 1}), (1, 1, 1))
    intake.count(staged)
    assert [each.item_id for each in intake.items()] == ["i1", "i2"]
    assert intake.counts() == (3, 2, 2)


def test_an_import_with_its_fact_counts_though_its_process_was_killed(intake: Intake) -> None:
    staged = stage(intake, [ONE])
    intake.catch_up(set().intersection)  # the ledger does not tell of it: it stays aside
    assert intake.counts()[0] == 0
    intake.catch_up({staged.import_no}.intersection)
    assert intake.counts()[0] == 1


def test_catching_up_leaves_a_running_import_alone(intake: Intake, tmp_path: Path) -> None:
    other = bare_intake(tmp_path)
    with intake.staging(server="s", file_digest="d", options="", counted=set().intersection, last=int) as staging:
        staging.add(chunk([ONE]), {"a": PersonId("p-1")})
        other.catch_up({staging.number}.intersection)
        assert other.counts()[0] == 0
    other.close()


def test_a_second_import_waits_and_then_says_so(intake: Intake, tmp_path: Path) -> None:
    other = bare_intake(tmp_path)
    other._lock.timeout = 0.05
    with intake.locked(), pytest.raises(Busy, match="another import or freeze"):
        stage(other, [ONE])
    assert take(other, [ONE]).added == 1
    other.close()


def test_opening_does_not_wait_for_a_writer(intake: Intake, tmp_path: Path) -> None:
    with intake._writing(intake._engine):
        other = bare_intake(tmp_path)
        assert other.counts() == (0, 0, 0)
        other.close()


def test_an_abandoned_import_is_swept_with_its_items(intake: Intake, tmp_path: Path) -> None:
    take(intake, [ONE])
    stage(intake, [TWO], data={"i2": {"text": "two"}})
    take(intake, [Answer("i3", "a", "x")])
    base = sqlite3.connect(tmp_path / "intake.sqlite3")
    assert base.execute("SELECT item_id FROM items ORDER BY item_no").fetchall() == [("i1",), ("i3",)]
    assert base.execute("SELECT count(*) FROM item_revisions").fetchone() == (0,)
    assert base.execute("SELECT DISTINCT import_no FROM revisions ORDER BY 1").fetchall() == [(1,), (2,)]
    base.close()


def test_content_is_revised_and_the_same_content_is_not(intake: Intake) -> None:
    assert take(intake, [ONE], data={"i1": {"text": "a"}}).contents == 1
    assert take(intake, [ONE], data={"i1": {"text": "a"}}).contents == 0
    assert take(intake, [], data={"i1": {"text": "b"}}).contents == 1
    (item,) = intake.items()
    assert (item.data, item.project, item.task) == ('{"text": "b"}', "7", "i1")


def test_of_several_contents_in_one_file_the_first_counts_every_time(intake: Intake) -> None:
    def twice() -> Staged:
        with intake.staging(
            server="s", file_digest="d", options="", counted=intake.counted().intersection, last=int
        ) as staging:
            for text in ("first", "second", "first"):
                staging.add(chunk([], data={"i1": {"text": text}}), {})
            return staging.seal()

    intake.count(twice())
    assert [each.data for each in intake.items()] == ['{"text": "first"}']
    assert twice().contents == 0


def test_no_number_is_stored_as_nothing(intake: Intake) -> None:
    staged = take(intake, [Answer("i1", "a", "x", seconds=math.nan), Answer("i2", "a", "x", seconds=1.5)])
    assert [row.seconds for row in intake.annotations()] == [None, 1.5]
    assert intake.digest(staged.import_no)[1] == staged.digest


def test_a_period_holds_its_start_and_not_its_end(intake: Intake) -> None:
    start, end = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    rows = [Answer("i1", "a", "x", at=start), Answer("i2", "a", "x", at=end), Answer("i3", "a", "x", at=None),
            Answer("i4", "a", "x", at=start, skipped=True)]  # fmt: skip
    take(intake, rows)
    assert intake.activity(start, end) == (1, 1, 1)


def test_gold_that_stands_there_stays(intake: Intake) -> None:
    told: list[int] = []
    assert intake.add_gold({"i1": "x", "i2": "y"}, record=told.append) == 2
    assert intake.add_gold({"i1": "z"}, record=told.append) == 0
    assert (intake.gold(), told) == ({"i1": "x", "i2": "y"}, [2])


def test_gold_does_not_count_when_its_fact_cannot_be_written(intake: Intake) -> None:
    def fails(_new: int) -> None:
        raise Busy("no")

    with pytest.raises(Busy):
        intake.add_gold({"i1": "x"}, record=fails)
    assert intake.gold() == {}


def test_an_intake_of_format_1_is_taken_over_and_its_imports_still_verify(intake: Intake, tmp_path: Path) -> None:
    take(intake, [Answer("i-1", "a-1", "x")])
    before = intake.digest(1)
    intake.close()
    with sqlite3.connect(tmp_path / "intake.sqlite3") as base:
        base.execute("DROP INDEX ix_revisions_task")
        for column in ("origin", "task", "gone", "late"):
            base.execute(f"ALTER TABLE revisions DROP COLUMN {column}")
        for table in ("synced_tasks", "cursors"):
            base.execute(f"DROP TABLE {table}")
        base.execute("UPDATE intake_format SET format = 1")
    base.close()
    again = bare_intake(tmp_path)
    assert again.digest(1) == before
    assert [row.origin for row in again.annotations()] == [""]
    again.close()


def test_an_intake_of_another_labelqa_is_told(intake: Intake, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "intake.sqlite3") as base:
        base.execute("UPDATE intake_format SET format = 9")
    base.close()
    with pytest.raises(NoWorkspace, match="format 9, not 4"):
        bare_intake(tmp_path)


def test_answers_are_read_for_some_items_and_one_person(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_AT_ONCE", 2)  # several queries
    take(intake, [Answer(f"i{n}", who, "x") for n in range(5) for who in "ab"])
    numbers = intake.numbers(["i0", "i1", "i4", "i9"])
    assert sorted(numbers.values()) == ["i0", "i1", "i4"]
    every, one = list(intake.annotations()), "p-file-a"
    assert list(intake.annotations(item_nos=numbers)) == [each for each in every if each.item_no in numbers]
    assert list(intake.annotations(person=one)) == [each for each in every if each.person == one]
    assert len(list(intake.annotations(item_nos=numbers, person=one))) == 3
    assert list(intake.annotations(item_nos=[])) == []


def test_what_somebody_gave_or_changed_is_told_though_it_was_overwritten(intake: Intake) -> None:
    hour = timedelta(hours=1)
    for place, (label, editor) in enumerate([("x", ""), ("y", ""), ("x", "b")]):
        take(intake, [Answer("i1", "a", label, at=MONDAY + place * hour, source="1", edited=editor, release="r@1")])
    times = [MONDAY, MONDAY + hour, MONDAY + 2 * hour]
    assert [at for at, _ in intake.made_by("p-file-a", MONDAY, MONDAY + 9 * hour)] == times
    assert intake.made_by("p-file-a", MONDAY + hour, MONDAY + 2 * hour) == ((MONDAY + hour, "r@1"),)
    assert intake.made_by("p-file-b", MONDAY, MONDAY + 9 * hour) == ((MONDAY + 2 * hour, "r@1"),)  # an edit
    stage(intake, [Answer("i2", "b", "x", at=MONDAY)])
    assert len(intake.made_by("p-file-b", MONDAY, MONDAY + 9 * hour)) == 1  # what does not count is left out
