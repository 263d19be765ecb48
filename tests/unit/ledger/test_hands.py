"""The index of duties: guarded, verified, and filled for ledgers from before it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelqa.ledger import Ledger
from labelqa.ledger.verify import verify
from labelqa.records.facts import AppealRuled, Draft, DutyAssigned, ReviewRecorded, SupervisionChecked
from labelqa.records.hands import hands_of, hands_told
from tests.unit.ledger.conftest import START, Place


def review(person: str, batch: str = "b1") -> Draft:
    body = ReviewRecorded(
        sample="s", batch=batch, item="i", verdict="correct", kind="review", reviewer=person, rule="", defect="",
        severity="", correct_label="", unsafe="", comment="",
    )  # fmt: skip
    return Draft(body=body, subjects=(f"batch:{batch}",), actor="lead")


@pytest.fixture
def held(place: Place) -> Iterator[Ledger]:
    """Verdicts of two people in two batches, and an assignment."""
    made = place.open(create=True)
    made.append([review("p-1"), review("p-1"), review("p-2")], now=START)
    assigned = Draft(body=DutyAssigned(person="p-1", duty="executor", batch="b2", by="p-9"), subjects=(), actor="lead")
    made.append([review("p-1"), assigned, review("p-1", "b2")], now=START)
    yield made
    made.close()


def told(ledger: Ledger) -> list[tuple[str, str, str, int]]:
    return [(hand.batch, hand.person, hand.duty.value, seq) for hand, seq in ledger.hands()]


WHOLE = [
    ("b1", "p-1", "reviewer", 1), ("b1", "p-2", "reviewer", 3), ("b2", "p-1", "executor", 5), ("b2", "p-1", "reviewer", 6),
]  # fmt: skip


def test_the_first_fact_of_each_is_kept(held: Ledger) -> None:
    assert told(held) == WHOLE
    assert [hand.person for hand, _ in held.hands(several=True)] == ["p-1"] * 3
    assert verify(held)[2] == []


CHANGES = {
    "DELETE FROM hands WHERE seq = 3": {"fact:3"},
    "UPDATE hands SET seq = 2 WHERE seq = 1": {"fact:1"},
    "UPDATE hands SET duty = 'arbitrator' WHERE seq = 6": {"fact:6"},
    "INSERT INTO hands VALUES ('b3', 'p-7', 'reviewer', 2)": {"fact:2"},
    "INSERT INTO hands VALUES ('b3', 'p-7', 'reviewer', 99)": {"fact:99"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_altered_is_found(place: Any, held: Ledger, change: str) -> None:
    place.cut(change)
    found = verify(held)[2]
    assert {each.code for each in found} == {"LG011"}
    assert {each.place.subject.split(" ")[0] for each in found} == CHANGES[change]


@pytest.mark.parametrize("change", ["UPDATE hands SET seq = 2 WHERE seq = 1", "DELETE FROM hands"])
def test_the_database_refuses_to_change_it(place: Any, held: Ledger, change: str) -> None:
    import pg8000.native

    with pytest.raises((sqlite3.IntegrityError, pg8000.native.DatabaseError), match="only ever appended"):
        place.run(change)
    assert told(held) == WHOLE


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_replacing_a_row_is_refused_too(place: Any, held: Ledger) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="only ever appended"):
        place.run("INSERT OR REPLACE INTO hands VALUES ('b1', 'p-1', 'reviewer', 9)")
    assert told(held) == WHOLE


def test_a_ledger_from_before_is_filled(place: Any, held: Ledger) -> None:
    held.close()
    place.cut("DROP TABLE hands", "UPDATE alembic_version SET version_num = '0003'")
    if not isinstance(place.where, Path):  # the knife took the function away that the guards call
        place.run(
            "CREATE OR REPLACE FUNCTION only_appended() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'facts are only ever appended'; END $$"
        )
    again = place.open()
    assert told(again) == WHOLE
    assert verify(again)[2] == []
    again.close()


def test_what_shows_a_duty() -> None:
    ruled = AppealRuled(appeal="a1", ruling="upheld", by="p-3", reason="")
    assert hands_of(ruled) == ()
    (hand,) = hands_of(ruled, ("appeal:a1", "batch:b1"))
    assert (hand.batch, hand.person, hand.duty) == ("b1", "p-3", "arbitrator")
    checked = SupervisionChecked(supervision="s", batch="b1", work="w", verdict="correct", supervisor="p-4", note="")
    assert [each.duty for each in hands_of(checked)] == ["supervisor"]


@pytest.mark.parametrize(
    "body", [None, 7, {"batch": 3}, {"batch": "b", "reviewer": None}, {"batch": "b", "reviewer": [1]}]
)
def test_values_of_another_shape_show_nothing(body: Any) -> None:
    assert list(hands_told("review.recorded", body, [])) == []
