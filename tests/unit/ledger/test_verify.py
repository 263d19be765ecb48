"""Whatever is altered in the ledger is found, and the fact named: column by column, and row by row."""

# ruff: noqa: S608 - the knife is SQL

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from labelqa.ledger import Ledger, chain, open_ledger
from labelqa.ledger.found import Found
from labelqa.ledger.ledger import salted
from labelqa.ledger.store import writing
from labelqa.ledger.tables import facts, texts
from labelqa.ledger.verify import verify, verify_into
from labelqa.records.facts import Draft, GoldRegistered

Knife = Callable[..., None]
NOW = datetime(2026, 11, 17, tzinfo=UTC)


def found(ledger: Ledger, head: str = "") -> dict[str, list[str]]:
    """Codes, each with the subjects that it names."""
    told: dict[str, list[str]] = {}
    for each in verify(ledger, head=head)[2]:
        told.setdefault(each.code, []).append(each.place.subject.split(" ")[0])
    return told


def test_an_untouched_ledger_is_whole_and_contains_every_head_it_ever_had(ledger: Ledger) -> None:
    heads = [row[7] for row in ledger.rows()]
    assert verify(ledger) == (6, heads[-1], [])
    assert all(found(ledger, head) == {} for head in heads)
    assert found(ledger, f" {heads[2].upper()}\n") == {}
    assert found(ledger, "f" * 64) == {"LG004": ["head:" + "f" * 64]}


CHANGES = {
    "kind": "'gold.registered'", "actor": "'somebody else'", "recorded_at": "'2026-11-16T08:30:00.000000Z'",
    "effective_at": "'2026-11-16T08:30:00.000000Z'", "supersedes": "1",
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_altered_column_is_found_and_only_its_fact_named(
    ledger: Ledger, knife: Knife, column: str, seq: int
) -> None:
    knife(f"UPDATE facts SET {column} = {CHANGES[column]} WHERE seq = {seq}")
    assert found(ledger) == {"LG003": [f"fact:{seq}"]}
    assert column in str(verify(ledger)[2][0].message)


@pytest.mark.parametrize("seq", [1, 3, 6])
def test_an_altered_text_names_its_fact_alone(ledger: Ledger, knife: Knife, seq: int) -> None:
    knife(f"UPDATE facts SET text = replace(text, '\"lead\"', '\"Lead\"') WHERE seq = {seq}")
    assert found(ledger) == {"LG001": [f"fact:{seq}"], "LG003": [f"fact:{seq}"]}


@pytest.mark.parametrize("seqs", [[1], [4], [6], [2, 3], [5, 6]])
def test_an_altered_hash_names_its_fact_alone(ledger: Ledger, knife: Knife, seqs: list[int]) -> None:
    for seq in seqs:
        knife(f"UPDATE facts SET hash = '{seq:064}' WHERE seq = {seq}")
    assert found(ledger) == {"LG001": [f"fact:{seq}" for seq in seqs]}


@pytest.mark.parametrize("text", ["'{'", "''", "'[1]'", "'{\"subjects\":5}'", "'{\"subjects\":[1]}'"])
def test_a_text_that_is_no_fact_any_more_is_found(ledger: Ledger, knife: Knife, text: str) -> None:
    knife(f"UPDATE facts SET text = {text} WHERE seq = 4")
    told = found(ledger)
    assert told["LG001"] == ["fact:4"]
    assert told["LG005"] == ["fact:4", "fact:4"]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_text_that_is_bytes_is_found(ledger: Ledger, knife: Knife) -> None:
    knife("UPDATE facts SET text = X'FF00' WHERE seq = 4")
    assert found(ledger)["LG001"] == ["fact:4"]


def test_a_deleted_fact_is_missed_where_it_stood(ledger: Ledger, knife: Knife) -> None:
    knife("DELETE FROM facts WHERE seq = 3", "DELETE FROM fact_subjects WHERE seq = 3")
    assert found(ledger) == {"LG002": ["fact:4"]}
    assert "fact 3 should stand there" in str(verify(ledger)[2][0].message)


def test_a_cut_off_end_is_found_by_an_earlier_head_alone(ledger: Ledger, knife: Knife) -> None:
    _, head = ledger.head()
    knife("DELETE FROM facts WHERE seq > 4", "DELETE FROM fact_subjects WHERE seq > 4")
    assert found(ledger) == {}
    assert found(ledger, head) == {"LG004": [f"head:{head}"]}


def test_two_swapped_facts_are_both_named(ledger: Ledger, knife: Knife) -> None:
    knife("UPDATE facts SET seq = 99 WHERE seq = 2", "UPDATE facts SET seq = 2 WHERE seq = 4",
          "UPDATE facts SET seq = 4 WHERE seq = 99")  # fmt: skip
    told = found(ledger)
    assert {"fact:2", "fact:4"} <= set(told["LG001"])
    assert told["LG003"] == ["fact:2", "fact:4"]


def test_an_inserted_fact_does_not_fit_the_chain(ledger: Ledger, knife: Knife) -> None:
    columns = "kind, actor, recorded_at, effective_at, supersedes, text, hash"
    knife(f"INSERT INTO facts (seq, {columns}) SELECT 7, {columns} FROM facts WHERE seq = 2")
    told = found(ledger)
    assert told["LG001"] == told["LG003"] == ["fact:7"]


def rewritten(ledger: Ledger, knife: Knife, since: int) -> None:
    """Rewrite the facts from ``since`` on, hashes and all, as a skilled forger would."""
    knife()
    with writing(ledger._engine) as connection:
        rows = connection.exec_driver_sql("SELECT seq, text, hash FROM facts ORDER BY seq").all()
        before = rows[since - 2][2]
        for seq, text, _ in rows[since - 1 :]:
            forged = text.replace("安全", "全安")
            before = chain.link(before, forged)
            connection.execute(update(facts).where(facts.c.seq == seq).values(text=forged, hash=before))


def test_a_rewritten_end_is_found_by_an_earlier_head_alone(ledger: Ledger, knife: Knife) -> None:
    heads = [row[7] for row in ledger.rows()]
    rewritten(ledger, knife, 3)
    assert found(ledger) == {}
    assert [bool(found(ledger, head)) for head in heads] == [False, False, True, True, True, True]


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM fact_subjects WHERE seq = 2 AND subject = 'person:p-2'",
     "INSERT INTO fact_subjects VALUES (2, 'person:p-9', 'training.recorded')",
     "UPDATE fact_subjects SET kind = 'exam.recorded' WHERE seq = 2 AND subject = 'person:p-2'",
     "UPDATE fact_subjects SET subject = 'person:p-9' WHERE seq = 2 AND subject = 'person:p-2'"],
)  # fmt: skip
def test_an_altered_index_of_subjects_is_found(ledger: Ledger, knife: Knife, change: str) -> None:
    knife(change)
    assert set(found(ledger)) == {"LG005"}
    assert set(found(ledger)["LG005"]) == {"fact:2"}


def test_a_row_about_a_fact_that_never_was_is_found(ledger: Ledger, knife: Knife) -> None:
    knife("INSERT INTO fact_subjects VALUES (0, 'x', 'k')", "INSERT INTO fact_subjects VALUES (9, 'x', 'k')")
    assert found(ledger) == {"LG005": ["fact:0", "fact:9"]}


def test_pages_do_not_matter(ledger: Ledger, knife: Knife, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelqa.ledger.verify.PAGE", 2)
    heads = [row[7] for row in ledger.rows()]
    assert verify(ledger, head=heads[3]) == (6, heads[-1], [])
    knife(
        "UPDATE facts SET hash = actor WHERE seq = 2",
        "DELETE FROM fact_subjects WHERE seq = 3 AND subject = 'person:p-3'",
        "INSERT INTO fact_subjects VALUES (4, 'person:p-9', 'training.recorded')",
    )
    assert found(ledger, heads[1]) == {
        "LG001": ["fact:2"],
        "LG005": ["fact:4", "fact:3"],  # within a page: what is too much, then what is missing
        "LG004": [f"head:{heads[1]}"],
    }


@pytest.mark.parametrize("many", [3, 8])
def test_a_wrecked_ledger_is_told_in_as_many_lines_as_one_can_read(
    ledger: Ledger, knife: Knife, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("labelqa.ledger.found.MOST", many)
    knife(
        "UPDATE facts SET hash = actor, kind = 'x'",
        "DELETE FROM fact_subjects",
        "INSERT INTO fact_subjects VALUES (9, 'x', 'k')",
    )
    told = found(ledger)
    assert told["LG001"] == told["LG003"] == [f"fact:{seq}" for seq in range(1, 7)][:many]
    assert len(told["LG005"]) == many
    assert told["LG012"] == (["LG001", "LG003", "LG005"] if many == 3 else ["LG005"])
    last = verify(ledger)[2][-1]
    assert str(last.message) == f"{13 - many} more findings LG005 are not listed"
    every = Found()
    verify_into(every, ledger)
    assert len(every) == 6 + 6 + 13


@pytest.mark.parametrize("page", [1, 2])
def test_the_index_of_subjects_may_be_longer_than_a_page(
    ledger: Ledger, knife: Knife, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr("labelqa.ledger.verify._SUBJECTS", page)
    assert verify(ledger)[2] == []
    knife("INSERT INTO fact_subjects VALUES (3, 'a', 'k'), (3, 'z', 'k'), (9, 'x', 'k'), (9, 'y', 'k')")
    assert found(ledger) == {"LG005": ["fact:3", "fact:3", "fact:9", "fact:9"]}


def test_rows_below_the_first_number_end_as_well(ledger: Ledger, knife: Knife, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelqa.ledger.verify.PAGE", 1)
    columns = "kind, actor, recorded_at, effective_at, supersedes, text, hash"
    knife(f"INSERT INTO facts (seq, {columns}) SELECT 0, {columns} FROM facts WHERE seq = 2")
    assert found(ledger)["LG002"] == ["fact:0"]


def test_an_altered_comment_is_found_and_an_erased_one_is_not(ledger: Ledger, knife: Knife) -> None:
    digest, salt, text = salted("clear case of R3", "5a17")
    gold = Draft(body=GoldRegistered(added=1, digest=digest), subjects=(), actor="lead")
    ledger.append([gold], now=NOW, erasable=[(digest, salt, text)])
    assert found(ledger) == {}
    knife("UPDATE texts SET text = 'clear case of R4'")
    assert found(ledger) == {"LG007": [f"text:{digest}"]}
    knife("UPDATE texts SET text = ''")
    assert found(ledger) == {}
    knife(f"DELETE FROM {texts.name}")
    assert (found(ledger), ledger.text_of(digest)) == ({}, "")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_bytes_that_are_no_text_are_a_finding_not_a_crash(ledger: Ledger, knife: Knife) -> None:
    knife("UPDATE facts SET actor = CAST(X'C328' AS TEXT) WHERE seq = 2")
    assert found(ledger) == {"LG006": ["ledger"]}


def test_a_damaged_file_is_a_finding_not_a_crash(tmp_path: Path) -> None:
    made = open_ledger(tmp_path / "l.sqlite3", create=True)
    gold = Draft(body=GoldRegistered(added=1, digest="x" * 3_000), subjects=(), actor="lead")
    made.append([gold] * 40, now=NOW)
    made.close()
    content = bytearray((tmp_path / "l.sqlite3").read_bytes())
    for page in range(0, len(content), 4096):
        if b"x" * 1_000 in content[page : page + 4096]:  # where facts lie, not the tables' own description
            content[page : page + 200] = b"\xff" * 200
    (tmp_path / "l.sqlite3").write_bytes(content)
    again = open_ledger(tmp_path / "l.sqlite3")
    assert "LG006" in found(again)
    again.close()
