"""A ledger of some facts, and the knife to alter it with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from labelqa.ledger import Ledger, open_ledger
from labelqa.ledger.postgres import Address
from labelqa.records.facts import Draft, TrainingRecorded
from tests.knife import unguarded

NUMBERS = count(1)
START = datetime(2026, 11, 16, 8, 30, 0, 123, tzinfo=UTC)
Knife = Callable[..., None]


def draft(number: int) -> Draft:
    """A small fact about one person."""
    body = TrainingRecorded(
        person=f"p-{number}", release="genai-sft@1.0.0", organizer="标注中心", topics=["安全"], material=""
    )
    return Draft(body=body, subjects=(f"person:p-{number}", "release:genai-sft@1.0.0"), actor="lead")


@dataclass(frozen=True)
class Place:
    """Where a test's ledger is, on one of the two databases."""

    where: Path | Address

    def open(self, *, busy_seconds: float = 0.2, create: bool = False) -> Ledger:
        """The ledger, opened once more."""
        return open_ledger(self.where, busy_seconds=busy_seconds, create=create)

    def another(self) -> Place:
        """A place for another ledger beside it."""
        name = f"l{next(NUMBERS)}"
        if isinstance(self.where, Path):
            return Place(self.where.with_name(f"{name}.sqlite3"))
        return Place(replace(self.where, schema=name))

    def cut(self, *statements: str) -> None:
        """Runs SQL as somebody with access to the database could, who takes its guards away first."""
        if isinstance(self.where, Path):
            with closing(unguarded(self.where)) as base:
                for each in statements:
                    base.execute(each)
                base.commit()
            return
        for each in ("DROP FUNCTION IF EXISTS only_appended CASCADE", *statements):
            self.run(each)

    def run(self, statement: str) -> None:
        """Runs SQL and takes no guard away."""
        if isinstance(self.where, Path):
            with closing(sqlite3.connect(self.where)) as base:
                base.execute(statement)
                base.commit()
            return
        import pg8000.native

        base = pg8000.native.Connection(**self.where.options())
        try:
            base.run(statement)
        finally:
            base.close()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh place for a ledger: a file, then a schema of a server."""
    if request.param == "sqlite":
        return Place(tmp_path / "ledger.sqlite3")
    return Place(request.getfixturevalue("postgres").at(f"l{next(NUMBERS)}"))


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    """Six facts, a minute apart; the last supersedes the first."""
    made = place.open(create=True)
    for number in range(1, 6):
        made.append([draft(number)], now=START + timedelta(minutes=number))
    made.append([replace(draft(6), supersedes=1)], now=START + timedelta(minutes=6))
    yield made
    made.close()


@pytest.fixture
def knife(place: Place, ledger: Ledger) -> Knife:
    """Runs SQL on the ledger as somebody with access to it could."""
    return place.cut
