"""Facts can only be appended: both databases refuse the rest themselves, until somebody takes the guards away."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from labelqa.ledger import Ledger
from labelqa.ledger.verify import verify

CHANGES = [
    "UPDATE facts SET actor = 'x' WHERE seq = 2",
    "UPDATE facts SET hash = hash",
    "DELETE FROM facts WHERE seq = 6",
    "UPDATE fact_subjects SET kind = 'x' WHERE seq = 2",
    "DELETE FROM fact_subjects",
]


def refused(place: Any, statement: str) -> str:
    """What the database says."""
    import pg8000.native

    with pytest.raises((sqlite3.IntegrityError, pg8000.native.DatabaseError)) as error:
        place.run(statement)
    return str(error.value)


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_a_fact(place: Any, ledger: Ledger, change: str) -> None:
    before = list(ledger.rows())
    assert "only ever appended" in refused(place, change)
    assert list(ledger.rows()) == before
    place.cut(change)  # the same once the guards are gone
    assert list(ledger.rows()) != before or verify(ledger)[2] != [] or "hash = hash" in change


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_replacing_a_fact_is_refused_too(place: Any, ledger: Ledger) -> None:
    row = "SELECT seq, kind, 'forged', recorded_at, effective_at, supersedes, text, hash FROM facts WHERE seq = 3"
    assert "only ever appended" in refused(place, f"INSERT OR REPLACE INTO facts {row}")
    assert verify(ledger)[2] == []


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
@pytest.mark.parametrize("table", ["facts", "fact_subjects"])
def test_emptying_a_table_is_refused_too(place: Any, ledger: Ledger, table: str) -> None:
    assert "only ever appended" in refused(place, f"TRUNCATE {table}")
    assert ledger.head()[0] == 6


def test_names_and_texts_can_be_erased(place: Any, ledger: Ledger) -> None:
    for change in ("DELETE FROM names", "DELETE FROM accounts", "UPDATE texts SET text = ''"):
        place.run(change)
    assert verify(ledger)[2] == []
