"""The item bank: difficulty, discrimination and exposure over marked papers; unknown where few were asked."""

from __future__ import annotations

import random

import pytest
from scipy import stats

from labelqa.errors import BadInput
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.exams import BankFlag
from labelqa.workflows.exam_bank import Sheet, item_bank


def sheet(taker: str, right: dict[str, bool], *, paper: str = "p", book: str = "b") -> Sheet:
    return Sheet(release="g@1.0.0", book=book, paper=paper, taker=taker, right=right, rules=dict.fromkeys(right, "R1"))


def sheets(n: int) -> list[Sheet]:
    """Takers of rising ability: good questions, one that all get right, and one that the able get wrong."""
    source = random.Random(7)
    made = []
    for at in range(n):
        ability = at / n
        right = {f"good-{k}": source.random() < 0.15 + 0.75 * ability for k in range(6)}
        made.append(sheet(f"t{at}", {**right, "easy": True, "upside-down": ability < 0.45}))
    return made


def test_figures_are_those_of_an_independent_computation():
    held = sheets(80)
    for line in item_bank(held).lines:
        right = [each.right[line.example] for each in held]
        rest = [sum(hit for name, hit in each.right.items() if name != line.example) for each in held]
        assert isinstance(line.difficulty, Estimate)
        assert line.difficulty.point == pytest.approx(sum(right) / 80)
        if line.example == "easy":
            assert isinstance(line.point_biserial, Unknown)
            assert line.point_biserial.reason == "all-alike"
            continue
        assert isinstance(line.point_biserial, Estimate)
        assert line.point_biserial.point == pytest.approx(float(stats.pointbiserialr(right, rest).statistic))


def test_bad_questions_are_flagged_and_stand_first():
    lines = item_bank(sheets(80)).lines
    assert {line.example: line.flags for line in lines[:2]} == {
        "easy": (BankFlag.TOO_EASY,),
        "upside-down": (BankFlag.NEGATIVE,),
    }
    assert not any(line.flags for line in lines[2:])


def test_with_few_takers_discrimination_is_unknown_and_nothing_is_suspected():
    bank = item_bank(sheets(19))
    for line in bank.lines:
        assert isinstance(line.point_biserial, Unknown)
        assert line.point_biserial.reason == "too-few-takers"
        assert line.point_biserial.n == 19
        assert line.doubtful == ()
    assert (bank.takers, bank.papers) == (19, 1)


def test_exposure_counts_papers_and_people_and_no_sheet_twice():
    held = [sheet("a", {"x": True, "y": True}), sheet("b", {"x": False}, paper="q"), sheet("a", {"x": True, "y": True})]
    bank = item_bank(held)
    assert {line.example: (line.papers, line.takers) for line in bank.lines} == {"x": (2, 2), "y": (1, 1)}
    assert bank.repeated == 1


def test_the_order_of_the_files_decides_nothing():
    held = sheets(40)
    assert item_bank(held) == item_bank(held[::-1])


def test_nothing_and_several_rulebooks_are_refused():
    with pytest.raises(BadInput, match="no marked paper"):
        item_bank([])
    with pytest.raises(BadInput, match="several rulebooks"):
        item_bank([sheet("a", {"x": True}), sheet("b", {"x": True}, book="other")])
