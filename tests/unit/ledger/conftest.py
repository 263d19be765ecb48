"""A ledger of some facts, and the knife to alter it with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labelqa.ledger import Ledger, open_ledger
from labelqa.records.facts import Draft, GoldRegistered, TrainingRecorded

START = datetime(2026, 11, 16, 8, 30, 0, 123, tzinfo=UTC)
Knife = Callable[..., None]


def draft(number: int) -> Draft:
    """A small fact about one person."""
    body = TrainingRecorded(
        person=f"p-{number}", release="genai-sft@1.0.0", organizer="标注中心", topics=["安全"], material=""
    )
    return Draft(body=body, subjects=(f"person:p-{number}", "release:genai-sft@1.0.0"), actor="lead")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Six facts, a minute apart; the last supersedes the first."""
    made = open_ledger(tmp_path / "ledger.sqlite3", busy_seconds=0.2, create=True)
    for number in range(1, 6):
        made.append([draft(number)], now=START + timedelta(minutes=number))
    gold = Draft(body=GoldRegistered(added=1, digest="d"), subjects=("gold",), actor="lead", supersedes=1)
    made.append([gold], now=START + timedelta(minutes=6))
    yield made
    made.close()


@pytest.fixture
def knife(tmp_path: Path, ledger: Ledger) -> Knife:
    """Runs SQL on the ledger's file as somebody with access to it could."""

    def cut(*statements: str, values: tuple[object, ...] = ()) -> None:
        base = sqlite3.connect(tmp_path / "ledger.sqlite3")
        for each in statements:
            base.execute(each, values)
        base.commit()
        base.close()

    return cut
