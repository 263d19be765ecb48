"""What an import counts, what it lists, and that no name or account leaves the table from which it can be erased."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from labelqa.errors import BadInput, Busy
from labelqa.records.annotation import Chunk
from labelqa.records.facts import ImportCounted
from labelqa.records.people import Duty
from labelqa.workflows.batches import freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import import_chunks, import_gold
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.people import add_person, record_exam, record_training
from tests.building import (
    EXECUTORS,
    MONDAY,
    RELEASE,
    Answer,
    account,
    agreeing,
    chunk,
    drawn_batch,
    file_facts,
    opened,
    take_in,
)


def counted(desk: Desk) -> int:
    return sum(isinstance(fact.body, ImportCounted) for fact in desk.ledger.facts())


def test_the_same_file_twice_adds_nothing(desk: Desk) -> None:
    first = take_in(desk, agreeing(3))
    again = take_in(desk, agreeing(3))
    assert (first.rows, first.added, first.unchanged) == (9, 9, 0)
    assert (again.rows, again.added, again.unchanged, again.import_no) == (9, 0, 9, 0)
    same_rows = take_in(desk, agreeing(3), name="another name.csv")
    assert (same_rows.added, same_rows.unchanged, same_rows.import_no) == (0, 9, 0)
    assert (counted(desk), desk.intake.counts()[0]) == (1, 9)


def test_a_changed_label_is_a_revision(desk: Desk) -> None:
    take_in(desk, agreeing(2))
    done = take_in(desk, agreeing(1, label="inaccurate"), name="later.csv")
    assert (done.added, done.revised, done.unchanged) == (3, 3, 0)
    labels = [row.value for row in desk.intake.annotations()]
    assert labels.count('{"label": "inaccurate"}') == labels.count('{"label": "accept"}') == 3


def test_a_repeat_is_kept_and_counted(desk: Desk) -> None:
    ann = account(EXECUTORS[0])
    done = take_in(desk, [Answer("q-1", ann, "accept"), Answer("q-1", ann, "off_topic"), Answer("q-2", ann, "accept")])
    assert (done.added, done.repeats) == (3, 1)


def test_labels_outside_the_release_are_refused_row_by_row(desk: Desk) -> None:
    answers = [Answer("q-1", account(EXECUTORS[0]), "accept"), Answer("q-2", account(EXECUTORS[0]), "=cmd|bad")]
    done = take_in(desk, answers, release=RELEASE)
    assert (done.rows, done.added, done.refused) == (2, 1, 1)
    assert [each.code for each in done.findings] == ["IM101"]
    with Path(done.findings_file).open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.DictReader(told))
    assert [(row["row"], row["code"]) for row in rows] == [("2", "IM101")]
    assert "=cmd|bad" in rows[0]["English"]
    assert rows[0]["中文"].startswith("标签")


def test_an_unknown_release_is_refused_before_anything(desk: Desk) -> None:
    with pytest.raises(BadInput, match="genai-sft@9"):
        take_in(desk, agreeing(1), release="genai-sft@9.0.0")
    assert desk.intake.counts() == (0, 0, 0)


def test_work_by_the_unqualified_and_the_unknown_is_counted(desk: Desk) -> None:
    late = add_person(desk, "Lia Te", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "late"}).person
    at = desk.clock()
    record_training(desk, late, RELEASE, at=at - timedelta(hours=2), organizer="Org")
    passed = record_exam(desk, late, RELEASE, at=at - timedelta(hours=1), score=0.8, pass_mark=0.8).at
    just_before = passed - timedelta(microseconds=1)
    answers = [
        Answer("q-1", "late", "accept", at=just_before),
        Answer("q-2", "late", "accept", at=passed),
        Answer("q-3", "stranger", "accept", at=passed),
        Answer("q-4", account(EXECUTORS[0]), "accept", at=passed),
        Answer("q-5", "late", "accept", at=None),  # nobody is known to be qualified at no time
    ]
    done = take_in(desk, answers, release=RELEASE)
    assert (done.unqualified, done.unregistered) == (3, ("stranger",))


def failing(after: int) -> Iterator[Chunk]:
    """Chunks that break off."""
    for number in range(after):
        yield chunk([Answer(f"q-{number}", "someone", "accept")], start=number + 1)
    raise BadInput("the file breaks off")


def test_a_file_that_breaks_off_leaves_nothing_and_the_next_run_carries_on(desk: Desk) -> None:
    with pytest.raises(BadInput):
        import_chunks(desk, file_facts("labels.csv"), failing(3))
    assert desk.intake.counts() == (0, 0, 0)
    assert list(desk.settings.workspace.glob("reports/.import*")) == []
    assert take_in(desk, agreeing(2)).added == 6
    assert verify_ledger(desk).findings == ()


def test_an_import_whose_fact_is_written_is_not_taken_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something fails between the ledger's fact and the intake's mark: the fact decides."""

    def busy(_staged: object) -> None:
        raise Busy("another process is writing")

    monkeypatch.setattr(desk.intake, "count", busy)
    with pytest.raises(Busy):
        take_in(desk, agreeing(2))
    assert (counted(desk), desk.intake.counts()[0]) == (1, 6)
    assert verify_ledger(desk).findings == ()


def test_readers_see_what_the_ledger_counts_after_a_kill(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.intake, "count", lambda _staged: None)  # killed before the mark
    take_in(desk, agreeing(2))
    assert desk.intake.counts()[0] == 0
    with opened(desk.settings.workspace) as again:
        assert again.intake.counts()[0] == 6
        assert len(list(again.intake.annotations())) == 6


def test_gold_is_kept_with_a_fact_and_the_first_answer_stays(desk: Desk) -> None:
    assert import_gold(desk, [("q-1", "accept"), ("q-2", "off_topic")]) == 2
    assert import_gold(desk, [("q-1", "off_topic")]) == 0
    assert desk.intake.gold() == {"q-1": "accept", "q-2": "off_topic"}
    assert [fact.body.added for fact in desk.ledger.facts() if fact.kind == "gold.registered"] == [2]


def test_items_of_two_servers_are_apart_and_a_users_key_is_not(desk: Desk) -> None:
    rows = [Answer("7", "1", "accept", source="70")]
    take_in(desk, rows, kind="label-studio-json")
    take_in(desk, rows, name="b.json", kind="label-studio-json", server="other")
    take_in(desk, rows, name="c.json", kind="label-studio-json", server="third", options={"item_key": "data.id"})
    assert [each.item_id for each in desk.intake.items()] == ["7", "other:7"]
    assert {row.server for row in desk.intake.annotations()} == {"label-studio", "other", "third"}


def test_names_and_accounts_stand_in_one_table_only(desk: Desk) -> None:
    edited = Answer("q-9", account(EXECUTORS[0]), "accept", edited="editor.nobody@example.com")
    drawn_batch(desk, answers=[*agreeing(8), edited, Answer("q-8", "un.known@example.com", "accept")])
    secrets = {account(each) for each in EXECUTORS} | set(EXECUTORS) | {"un.known@example.com", edited.edited}
    kept = set(desk.ledger.identities.names().values()) | {who for _, who in desk.ledger.identities.accounts()}
    assert secrets <= kept
    told = "".join(row[6] for row in desk.ledger.rows())
    folder = desk.settings.workspace
    desk.close()
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and "ledger" not in path.name)
    assert len(stored) > 10_000
    assert [each for each in secrets if each in told or each.encode() in stored] == []


def test_the_freeze_counts_what_a_killed_import_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from labelqa.records.batch import Kind
    from labelqa.workflows.batches import declare_batch

    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    monkeypatch.setattr(desk.intake, "count", lambda _staged: None)
    take_in(desk, agreeing(2))
    frozen = freeze_batch(desk, "b1").freeze
    assert frozen is not None
    assert frozen.n_annotations == 6
    assert frozen.at > MONDAY
