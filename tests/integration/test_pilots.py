"""The trials of the shipped rulebooks: their tables are whole, and the releases say what these tables measured."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from labelqa.adapters.files.pilot_table import read_pilot
from labelqa.records.estimate import Estimate
from labelqa.rulebook.document import parse
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.clarity.pilot import pilot_clarity

ROOT = Path(__file__).resolve().parents[2]
PILOTS = ROOT / "sample_data" / "pilots"
TABLES = sorted(PILOTS.glob("*.csv"))


def book_of(table: Path) -> Rulebook:
    name, _, version = table.stem.rpartition("-")
    found = parse((ROOT / "rulebooks" / name / f"{version}.yaml").read_bytes()).rulebook
    assert found is not None
    return found


def items_of(name: str) -> list[str]:
    return [json.loads(line)["item_id"] for line in (PILOTS / f"{name}.jsonl").read_text("utf-8").splitlines()]


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_every_shipped_rulebook_was_tried_in_both_its_releases() -> None:
    names = sorted(path.name for path in (ROOT / "rulebooks").iterdir() if path.is_dir())
    assert [table.stem for table in TABLES] == [f"{name}-{version}" for name in names for version in ("1.0.0", "2.0.0")]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_a_table_holds_three_answers_to_every_item(table: Path) -> None:
    book, rows = book_of(table), rows_of(table)
    items = items_of(book.name)
    assert len(items) == len(set(items)) == 48
    by_item = defaultdict(set)
    for row in rows:
        by_item[row["item_id"]].add(row["annotator"])
    assert set(by_item) == set(items)
    assert {len(each) for each in by_item.values()} == {3}
    assert len(rows) == 144
    assert {row["label"] for row in rows} <= {label.value for label in book.labels}
    assert {row["rule"] for row in rows} <= {rule.id for rule in book.rules}


@pytest.mark.parametrize("name", sorted(path.stem for path in PILOTS.glob("*.jsonl")))
def test_the_second_release_says_what_the_trial_of_the_first_measured(name: str) -> None:
    book = parse((ROOT / "rulebooks" / name / "2.0.0.yaml").read_bytes()).rulebook
    assert book is not None
    assert book.changes is not None
    rows = rows_of(PILOTS / f"{name}-1.0.0.csv")
    doubts = sum(bool(row["doubt"]) for row in rows)
    for text in (book.changes.summary.en, book.changes.summary.zh):
        assert {str(doubts), "144", "48"} <= set(re.findall(r"\d+", text)), text
    taken, findings = read_pilot(PILOTS / f"{name}-1.0.0.csv")
    found = pilot_clarity(book_of(PILOTS / f"{name}-1.0.0.csv"), taken, file=name)
    assert findings == []
    assert isinstance(found.doubts, Estimate)
    assert (found.doubts.point, found.doubts.n) == (doubts / 144, 144)
