"""Doubts noted in a trial: counted by rule, over items, and unknown where nobody was asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from labelqa.adapters.files.pilot_table import read_pilot
from labelqa.records.clarity import PilotRow
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.clustered import share_over_items
from labelqa.workflows.clarity.pilot import pilot_clarity
from tests.unit.workflows.test_clarity import BOOK, found_of, rows

NOTED = {("i1", "a0"): "“wet”: is fog wet?", ("i1", "a1"): "fog", ("i3", "a1"): "snow or sleet"}


def asked() -> list[PilotRow]:
    plain = rows({"i1": "wet wet", "i2": "wet wet", "i3": "white white", "i4": "dry wet"})
    return [
        PilotRow(
            number=each.number, item=each.item, annotator=each.annotator, label=each.label,
            doubt=NOTED.get((each.item, each.annotator), ""),
        )
        for each in plain
    ]  # fmt: skip


def test_doubts_are_shares_of_a_rules_answers_over_items() -> None:
    found = pilot_clarity(BOOK, asked(), file="pilot.csv")
    assert isinstance(found.doubts, Estimate)
    assert (found.doubts.point, found.doubts.n) == (3 / 8, 8)
    wet = found_of(found, "R-1")
    assert isinstance(wet.doubts, Estimate)
    assert (wet.doubts.point, wet.doubts.n) == (2 / 5, 5)
    plain = share_over_items(np.array([2, 0, 0]), np.array([2, 2, 1]))
    assert (wet.doubts.low, wet.doubts.high, wet.doubts.method) == (plain.low, plain.high, plain.method)
    assert wet.doubted == ("i1: “wet”: is fog wet?", "i1: fog")
    assert found_of(found, "R-3").doubted == ()


def test_where_nobody_was_asked_doubts_are_unknown_and_not_none() -> None:
    found = pilot_clarity(BOOK, rows({"i1": "wet wet", "i2": "dry dry"}), file="pilot.csv")
    assert isinstance(found.doubts, Unknown)
    assert found.doubts.reason == "doubts-not-asked"
    assert all(isinstance(each.doubts, Unknown) and each.doubted == () for each in found.rules)


def test_the_column_is_read_by_either_title(tmp_path: Path) -> None:
    for title in ("doubt", "疑问"):
        path = tmp_path / f"{title}.csv"
        path.write_text(f"item_id,annotator,label,{title}\ni1,a,wet,为何\ni1,b,wet,\n", encoding="utf-8")
        taken, findings = read_pilot(path)
        assert [each.doubt for each in taken] == ["为何", ""]
        assert findings == []
    path = tmp_path / "none.csv"
    path.write_text("item_id,annotator,label\ni1,a,wet\n", encoding="utf-8")
    assert [each.doubt for each in read_pilot(path)[0]] == [None]
