"""The careless, the drifting and the confused are found, and people like the others are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Matched, grouped
from labelqa.stats.accuracy import accuracy, accuracy_by_label, by_annotator, by_week, confusions_by_annotator
from labelqa.stats.drift import confused_pairs, drifting, laney_chart, low_outliers, p_chart
from labelqa.stats.drift.trend import falling, falling_against

LABELS = ("a", "b", "c", "d")


def matched(rows: np.ndarray, weeks: int) -> Matched:
    """(annotator, week, label, reference) rows as counts."""
    cells, count = grouped(rows, np.ones(len(rows), dtype=np.int64))
    annotator, week, label, reference = cells.T
    names = tuple(f"2026-W{40 + week}" for week in range(weeks))
    return Matched(
        labels=LABELS, weeks=names, annotator=annotator, week=week, label=label, reference=reference, count=count
    )


def team(rng: np.random.Generator, rates: np.ndarray, each: int) -> Matched:
    """Annotators with (annotators, weeks) rates of right labels, ``each`` labels a week, wrong ones at random."""
    people, weeks = rates.shape
    who, week = (part.ravel() for part in np.mgrid[:people, :weeks])
    who, week = np.repeat(who, each), np.repeat(week, each)
    reference = rng.integers(0, 4, len(who))
    wrong = (reference + rng.integers(1, 4, len(who))) % 4
    label = np.where(rng.random(len(who)) < rates[who, week], reference, wrong)
    return matched(np.stack([who, week, label, reference], axis=1), weeks)


def test_the_careless_annotator_is_found_with_the_figures_of_a_sentence():
    rates = np.full((8, 4), 0.92)
    rates[5] = 0.6
    checks = low_outliers(team(np.random.default_rng(1), rates, 15))
    assert [check.annotator for check in checks if check.flagged] == [5]
    worst = checks[0]
    assert worst.n == 60
    assert worst.rate == worst.right / 60 < 0.75 < worst.team_rate
    assert worst.p_value <= worst.p_adjusted <= 0.05


def test_the_drifting_annotator_is_found_and_not_the_weak_one():
    rates = np.full((8, 4), 0.92)
    rates[2] = [0.93, 0.85, 0.72, 0.6]
    rates[6] = 0.75  # weak, but as weak as ever
    checks = drifting(team(np.random.default_rng(2), rates, 40))
    assert [check.annotator for check in checks if check.flagged] == [2]
    first = checks[0]
    assert (first.early_weeks, first.late_weeks) == (("2026-W40", "2026-W41"), ("2026-W42", "2026-W43"))
    assert first.early_rate > 0.8 > first.late_rate
    assert first.team_late > 0.85


def test_a_hard_week_for_everybody_is_nobodys_drift():
    rates = np.tile([0.95, 0.95, 0.7, 0.6], (8, 1))
    table = team(np.random.default_rng(3), rates, 40)
    assert not any(check.flagged for check in drifting(table))
    alone = matched(np.stack([np.zeros(160, int), np.repeat(np.arange(4), 40), *(2 * [np.zeros(160, int)])], axis=1), 4)
    assert drifting(alone)[0].p_value == 1.0


def test_one_who_takes_b_for_c_is_found():
    rng = np.random.default_rng(4)
    table = team(rng, np.full((6, 3), 0.93), 60)
    label = table.label.copy()
    label[(table.annotator == 4) & (table.reference == 1) & (table.label == 1) & (table.week < 2)] = 2
    cells, count = grouped(np.stack([table.annotator, table.week, label, table.reference], axis=1), table.count)
    annotator, week, label, reference = cells.T
    mixed = Matched(
        labels=LABELS, weeks=table.weeks, annotator=annotator, week=week, label=label, reference=reference, count=count
    )
    flagged = [(pair.annotator, pair.reference, pair.label) for pair in confused_pairs(mixed) if pair.flagged]
    assert flagged == [(4, "b", "c")]
    pair = confused_pairs(mixed)[0]
    assert pair.rate == pair.count / pair.n > 0.5 > 0.1 > pair.team_rate
    assert confusions_by_annotator(mixed)[4][0].first == "b"


@pytest.mark.parametrize("each", [8, 40])
def test_false_alarms_are_as_rare_as_declared(each: int):
    """300 teams in which nobody is worse than the others: at most 5 % of them may see any flag at all."""
    rng = np.random.default_rng(20261121)
    alarms = np.zeros(3)
    for _ in range(300):
        table = team(rng, np.full((6, 4), rng.choice([0.7, 0.9, 0.97])), each)
        alarms += [
            any(check.flagged for check in low_outliers(table, margin=0.0)),
            any(check.flagged for check in drifting(table, margin=0.0)),
            any(pair.flagged for pair in confused_pairs(table, margin=0.0)),
        ]
    # 25 of 300 has a chance below 1 % at a true rate of 5 %
    assert (alarms <= 25).all(), alarms


def test_with_the_margin_ordinary_differences_are_left_alone():
    rng = np.random.default_rng(8)
    alarms = 0
    for _ in range(60):
        rates = np.clip(rng.normal(0.9, 0.015, (10, 1)), 0, 1) * np.ones((1, 4))
        alarms += any(check.flagged for check in low_outliers(team(rng, rates, 500)))
    assert alarms <= 3


def test_too_little_to_say():
    rng = np.random.default_rng(6)
    table = team(rng, np.full((3, 2), 0.5), 3)
    assert low_outliers(table) == ()
    assert drifting(table) == ()
    assert confused_pairs(table) == ()
    one = team(rng, np.full((1, 3), 0.5), 30)
    assert low_outliers(one) == ()
    assert len(drifting(one)) == 1


def test_falls_point_down():
    down, up = np.array([50, 45, 30]), np.array([30, 45, 50])
    n, team_n = np.array([50, 50, 50]), np.array([400, 400, 400])
    even = np.array([360, 360, 360])
    assert falling(down, n) < 0.001 < 0.999 < falling(up, n)
    assert falling_against(down, n, even, team_n) < 0.001 < 0.999 < falling_against(up, n, even, team_n)
    assert falling_against(down, n, down * 8, team_n) > 0.3
    assert falling_against(down, n, even * 0, team_n * 0) is None


def test_accuracy_by_annotator_week_and_label():
    table = matched(np.array([[0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 2, 2], [3, 1, 1, 2]]), 2)
    assert {who: (share.point, share.n) for who, share in by_annotator(table).items()} == {
        0: (pytest.approx(2 / 3), 3),
        3: (0.0, 1),
    }
    assert [(week, share.point) for week, share in by_week(table)[0]] == [("2026-W40", 0.5), ("2026-W41", 1.0)]
    assert [week for week, _ in by_week(table)[3]] == ["2026-W41"]
    assert accuracy(57, 60).method == "wilson"
    assert accuracy(57, 60, population=500).method == "hypergeometric"
    whole = accuracy(57, 60, population=60)
    assert (whole.low, whole.point, whole.high, whole.method) == (0.95, 0.95, 0.95, "census")
    figures = accuracy_by_label({"x": (1, 2, None), "y": (0, 0, 7)})
    assert figures[1][1].reason == "nothing-checked"
    with pytest.raises(InsufficientData):
        accuracy(0, 0, population=10)
    with pytest.raises(ValueError, match="correct"):
        accuracy(11, 10)


def test_charts():
    with pytest.raises(InsufficientData):
        p_chart([1], [10])
    with pytest.raises(ValueError, match="sizes"):
        p_chart([11, 1], [10, 10])
    perfect = laney_chart([0, 0, 0], [10, 20, 30])
    assert (perfect.centre, perfect.outside) == (0.0, ())
    assert laney_chart([0, 0, 0, 0, 30, 0, 0], [40] * 7).outside == ()
    assert p_chart([0, 0, 0, 0, 30, 0, 0], [40] * 7).outside == (4,)
