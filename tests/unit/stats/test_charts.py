"""Charts that remember say when they alarm, how often they cry wolf, and when the change was."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.stats.drift import (
    change_point,
    changed_annotators,
    cusum,
    cusum_arl,
    cusum_limit,
    error_cusum,
    error_cusum_arl,
    error_cusum_chance,
    ewma,
    ewma_arl,
    ewma_width,
    p_chart,
    standardised_shares,
    watched_errors,
)
from labelqa.stats.drift.chances import adjusted


def test_cusum_of_montgomerys_first_steps_by_hand():
    chart = cusum([0.5, 1.5, -1.0, 3.0, 3.0, 3.0], reference=0.5, limit=5)
    assert chart.upper == (0.0, 1.0, 0.0, 2.5, 5.0, 7.5)
    assert chart.lower == (0.0, 0.0, 0.5, 0.0, 0.0, 0.0)
    assert (chart.outside, chart.change) == ((5,), 3)
    assert chart.run_length == pytest.approx(465.4435, abs=1e-3)
    assert chart.run_length_shifted == pytest.approx(10.376, abs=1e-3)


def test_a_fall_alarms_below_and_only_where_it_is_watched():
    falling = [0.0, 0.0, -2.0, -2.0, -2.0, -2.0, -2.0]
    assert cusum(falling, sides="down").outside == cusum(falling).outside == (5, 6)
    assert cusum(falling, sides="down").change == 2
    assert cusum(falling, sides="up").outside == ()
    assert cusum(falling, sides="up").change is None
    one = cusum_arl(reference=0.5, limit=5, sides="up")
    assert one == pytest.approx(2 * cusum_arl(reference=0.5, limit=5))
    assert cusum(falling, sides="down").run_length_shifted == pytest.approx(
        cusum_arl(reference=0.5, limit=5, shift=1, sides="up")
    )


def test_a_change_from_the_very_first_period():
    assert cusum([3.0, 3.0, 3.0]).change == 0


def test_ewma_by_hand():
    chart = ewma([1.0, -1.0, 4.0, 4.0], smoothing=0.5, width=2.0)
    assert chart.smoothed == (0.5, -0.25, 1.875, 2.9375)
    assert chart.high == -chart.low == pytest.approx(2 * np.sqrt(0.5 / 1.5))
    assert chart.outside == (2, 3)


def test_without_memory_an_ewma_is_shewharts_chart():
    """smoothing 1: run lengths are geometric, 1 / P(outside three sigma) = 370.4."""
    assert ewma_arl(smoothing=1, width=3) == pytest.approx(370.398, abs=1e-3)
    assert ewma_arl(smoothing=1, width=3, shift=1) == pytest.approx(43.895, abs=1e-3)


def test_limits_for_a_wanted_run_length():
    for wanted in (50, 10_000):
        assert cusum_arl(reference=0.75, limit=cusum_limit(wanted, reference=0.75)) == pytest.approx(wanted, rel=1e-6)
        assert ewma_arl(smoothing=0.3, width=ewma_width(wanted, smoothing=0.3)) == pytest.approx(wanted, rel=1e-6)
    upper = cusum_limit(370, sides="up")
    assert cusum_arl(reference=0.5, limit=upper, sides="up") == pytest.approx(370, rel=1e-6)
    assert upper < cusum_limit(370)


def test_a_run_without_end_is_said_to_be_infinite():
    assert cusum_arl(reference=3, limit=12, sides="up", shift=-2) == inf
    assert ewma_arl(smoothing=0.1, width=9) == inf
    assert error_cusum_arl(0.0, size=10, reference=Fraction(1), limit=Fraction(3)) == inf
    assert error_cusum_arl(0.3, size=1, reference=Fraction(1), limit=Fraction(3)) == inf


def test_shares_are_standardised_with_the_limits_of_the_quiet_weeks():
    quiet = p_chart([5, 4, 6, 5], [50, 50, 50, 50])
    z = standardised_shares([5, 11], [50, 50], centre=quiet.centre, sigma_z=2.0)
    assert z.tolist() == pytest.approx([0.0, 0.12 / np.sqrt(0.1 * 0.9 / 50) / 2])


def test_error_cusum_finds_the_annotator_who_went_bad_and_says_since_when():
    plan = error_cusum(0.02, 0.08, size=25, run_length=400)
    assert plan.run_length >= 400
    step = Fraction(1, plan.reference.denominator)
    assert error_cusum_arl(0.02, size=25, reference=plan.reference, limit=plan.limit - step) < 400
    rng = np.random.default_rng(3)
    team = {who: rng.binomial(25, 0.02, 30).tolist() for who in range(12)}
    team[7] = [*rng.binomial(25, 0.02, 18).tolist(), *[3, 2, 4, 3, 2, 3, 4, 2, 3, 3, 4, 2]]
    alarms = watched_errors(team, plan)
    assert [alarm.annotator for alarm in alarms if alarm.flagged] == [7]
    assert alarms[0].change in (17, 18)
    assert alarms[0].outside
    assert alarms[0].p_value <= alarms[0].p_adjusted < 1e-6


def test_among_many_a_peak_must_be_rarer():
    plan = error_cusum(0.05, 0.15, size=20, run_length=200)
    rng = np.random.default_rng(1)
    alarms = watched_errors({who: rng.binomial(20, 0.05, 30).tolist() for who in range(40)}, plan)
    assert [alarm.p_adjusted for alarm in alarms] == list(adjusted([alarm.p_value for alarm in alarms]))
    assert alarms[0].p_value < 0.05 < alarms[0].p_adjusted
    assert not any(alarm.flagged for alarm in alarms)


def test_chance_of_a_peak_by_enumeration():
    """Three periods of two items at rate 0.3: every one of 27 histories."""
    reference, limit, total = Fraction(1, 2), Fraction(2), 0.0
    share = [0.49, 0.42, 0.09]
    for a in range(3):
        for b in range(3):
            for c in range(3):
                s, seen = Fraction(0), False
                for errors in (a, b, c):
                    s = max(Fraction(0), s + errors - reference)
                    seen = seen or s >= limit
                total += share[a] * share[b] * share[c] * seen
    assert error_cusum_chance(0.3, 3, size=2, reference=reference, limit=limit) == pytest.approx(total, abs=1e-12)


def test_change_point_and_its_intervals():
    found = change_point([1, 2, 0, 1, 1, 6, 5, 7, 6], [40] * 9, seed=2)
    assert found.change == 5
    assert 5 in found.plausible
    assert len(found.plausible) <= 3
    assert (found.before.n, found.after.n) == (200, 160)
    assert found.before.high < found.after.low
    assert found.p_value == 1 / 1000
    assert found == change_point([1, 2, 0, 1, 1, 6, 5, 7, 6], [40] * 9, seed=2)


def test_change_points_of_quiet_annotators_are_rarely_flagged():
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(60):
        team = {who: (rng.binomial(30, 0.1, 8).tolist(), [30] * 8) for who in range(6)}
        alarms += any(line.flagged for line in changed_annotators(team, seed=rng, replicates=199))
    assert alarms <= 9  # 10 of 60 has a chance below 0.2 % at a true rate of 5 %
    team[3] = ([1, 1, 0, 1, 9, 10, 11, 9], [30] * 8)
    team[9] = ([0] * 8, [30] * 8)  # nothing to look for
    lines = changed_annotators(team, seed=1)
    assert [line.annotator for line in lines if line.flagged] == [3]
    assert 9 not in [line.annotator for line in lines]


def test_what_cannot_be_charted():
    for empty in (lambda: cusum([]), lambda: ewma([])):
        with pytest.raises(InsufficientData) as caught:
            empty()
        assert caught.value.reason == "too-few-periods"
    with pytest.raises(InsufficientData) as caught:
        change_point([1], [5], seed=1)
    assert caught.value.reason == "too-few-periods"
    with pytest.raises(InsufficientData) as caught:
        change_point([0, 0], [5, 5], seed=1)
    assert caught.value.reason == "no-variation"
    with pytest.raises(InsufficientData):
        watched_errors({1: []}, error_cusum(0.1, 0.3, size=5))


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: cusum([float("nan")]),
        lambda: cusum_arl(reference=-1, limit=2),
        lambda: ewma_arl(smoothing=0, width=2),
        lambda: cusum_limit(1),
        lambda: standardised_shares([6], [5], centre=0.1),
        lambda: standardised_shares([1], [5], centre=0.0),
        lambda: error_cusum(0.3, 0.1),
        lambda: watched_errors({1: [6]}, error_cusum(0.1, 0.3, size=5)),
        lambda: error_cusum_arl(1.5, size=1, reference=Fraction(0), limit=Fraction(1)),
        lambda: change_point([6, 1], [5, 5], seed=1),
    ],
)
def test_mistakes_of_the_caller(mistake):
    with pytest.raises(ValueError, match=r"must|need|lies"):
        mistake()
