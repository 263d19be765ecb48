"""The printed tables and switching rules of ISO 2859-1, every entry that the reference values hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from labelqa.stats.acceptance import aql_plan
from labelqa.stats.acceptance.iso2859 import AQLS, LETTERS, LEVELS, SIZES, code_letter, lot_plan
from labelqa.stats.acceptance.switching import REDUCED_FROM, Inspection, Switch, after

pytestmark = pytest.mark.shared


def case(folder: Path, name: str) -> dict:
    listed = json.loads((folder / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    return next(found for found in listed if found["id"] == name)


def ends(lots: str) -> tuple[int, int]:
    """The first and the last lot of a printed row."""
    low, high = (re.findall(r"\d+", lots) * 2)[:2] if "+" in lots else lots.split("-")
    return int(low), int(high) * (100 if "+" in lots else 1)


def test_code_letters_of_all_levels(shared: Path):
    found = case(shared, "iso2859_code_letters")
    letters = found["expected"][0]["value"]
    rows = found["data"]["lot_sizes"]
    assert letters.keys() == LEVELS.keys()
    compared = 0
    for level, listed in letters.items():
        for lots, letter in zip(rows, listed, strict=True):
            low, high = ends(lots)
            assert {code_letter(low, level), code_letter(high, level)} == {letter}
            compared += 1
    assert compared == 105


def test_sample_sizes(shared: Path):
    listed = case(shared, "iso2859_code_letters")["expected"][1]["value"]
    assert dict(zip(LETTERS, SIZES, strict=True)) == listed


@pytest.mark.parametrize("severity", ["normal", "tightened"])
def test_single_plans(shared: Path, severity: str):
    entries = case(shared, "iso2859_single_level_II")["expected"]
    (table,) = [entry["value"] for entry in entries if entry["params"]["severity"] == severity]
    switch, compared = Switch(inspection=Inspection(severity)), 0
    for lots, row in table.items():
        assert tuple(row) == AQLS
        for aql, (n, ac, re_) in row.items():
            for lot in ends(lots):
                plan = lot_plan(lot, aql=aql, level="II", tightened=severity == "tightened")
                assert (plan.n, plan.ac, plan.re) == (n, ac, re_), (lots, aql)
                check = aql_plan(lot, aql=aql, switch=switch)
                assert (check.n, check.allowed) == (min(n, lot), ac)
            compared += 1
    assert compared == 165


def test_switching_rules(shared: Path):
    rules = case(shared, "iso2859_switching")["expected"][0]["value"]
    figures = {name: [int(each) for each in re.findall(r"\d+", text)] for name, text in rules.items()}
    bad, window = figures["normal_to_tightened"]
    for gap in range(window - 1):  # so many accepted between the two that were not
        history = [False, *[True] * gap, False]
        assert told(*history).inspection is Inspection.TIGHTENED
        assert history.count(False) == bad
    assert told(False, *[True] * (window - 1), False).inspection is Inspection.NORMAL

    (good,) = figures["tightened_to_normal"]
    tightened = told(False, False)
    assert told(*[True] * (good - 1), start=tightened).inspection is Inspection.TIGHTENED
    assert told(*[True] * good, start=tightened).inspection is Inspection.NORMAL

    (patience,) = figures["discontinue"]
    mixed = [True, False] * patience  # they need not follow one another
    assert told(*mixed[:-2], start=tightened).inspection is Inspection.TIGHTENED
    assert told(*mixed[:-2], True, False, start=tightened).inspection is Inspection.DISCONTINUED

    small, large = figures["score_Ac_0_or_1"][0], figures["score_Ac_ge_2"][0]
    assert [after(Switch(score=7), True, ac=ac).score for ac in (0, 1)] == [7 + small, 7 + small]
    assert after(Switch(score=7), True, ac=2, accepted_tighter=True).score == 7 + large
    assert after(Switch(score=7), True, ac=2, accepted_tighter=False).score == 0
    assert after(Switch(score=7), False, ac=0).score == 0
    assert figures["normal_to_reduced"] == [REDUCED_FROM]
    assert figures["reduced_to_normal"] == []  # words alone, and reduced plans are not offered


def told(*accepted: bool, start: Switch | None = None) -> Switch:
    switch = start or Switch()
    for each in accepted:
        switch = after(switch, each, ac=1)
    return switch
