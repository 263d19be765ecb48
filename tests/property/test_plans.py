"""A plan keeps both its promises, and nothing smaller would; limits are limits."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from labelqa.records.designs import Decision, Design
from labelqa.stats.acceptance import (
    census,
    discovery,
    fixed_plan,
    limit_defects,
    operating_characteristic,
    tolerated,
    two_point,
    zero_acceptance,
)
from labelqa.stats.acceptance.curtailed import mean_reviews
from labelqa.stats.acceptance.design import Seen
from labelqa.stats.acceptance.endless import attribute_items, stream_two_point
from labelqa.stats.hypergeometric import at_most
from labelqa.stats.proportion import clopper_pearson, hypergeometric_interval, upper_bound, wilson

SHARES = st.integers(50, 99).map(lambda percent: percent / 100)
RISKS = st.sampled_from([0.01, 0.05, 0.1])


def chance(c: int, population: int, marked: int, n: int) -> Fraction:
    """P(X <= c) counted out in whole numbers."""
    return Fraction(
        sum(comb(marked, k) * comb(population - marked, n - k) for k in range(min(c, n) + 1)), comb(population, n)
    )


@given(st.integers(1, 400), st.data())
def test_tail_is_scipys_tail(population: int, data: st.DataObject):
    marked, n = data.draw(st.integers(0, population)), data.draw(st.integers(0, population))
    c = data.draw(st.integers(-1, n + 1))
    assert at_most(c, population=population, marked=marked, n=n) == pytest.approx(
        float(hypergeom.cdf(c, population, marked, n)), abs=1e-9
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), SHARES, RISKS, st.integers(0, 50), st.sampled_from([0.8, 0.95]))
def test_smallest_plan_by_trying_every_one(population: int, accuracy: float, risk: float, better: int, power: float):
    expected = min(1.0, round(accuracy + better / 100, 2))
    plan = two_point(population, accuracy=accuracy, risk=risk, expected=expected, power=power)
    bad, good = limit_defects(population, accuracy), tolerated(population, expected)
    alpha, beta = Fraction(str(risk)), Fraction(str(power))
    smallest = next(
        (n, c)
        for n in range(1, population + 1)
        for c in range(bad)
        if chance(c, population, bad, n) <= alpha and chance(c, population, good, n) >= beta
    )
    assert plan.n == smallest[0]
    assert plan.c == (bad - 1 if plan.n == population else smallest[1])


@settings(max_examples=40, deadline=None)
@given(st.integers(500, 1_000_000), st.sampled_from([0.8, 0.9, 0.95, 0.98]), RISKS, st.sampled_from([0.3, 0.5, 0.8]))
def test_promises_hold_in_large_batches(population: int, accuracy: float, risk: float, share: float):
    expected = round(1 - (1 - accuracy) * share, 4)
    plan = two_point(population, accuracy=accuracy, risk=risk, expected=expected, power=0.9)
    bad, good = limit_defects(population, accuracy), tolerated(population, expected)
    assert hypergeom.cdf(plan.c, population, bad, plan.n) <= risk * (1 + 1e-6)
    assert hypergeom.cdf(plan.c, population, good, plan.n) >= 0.9 * (1 - 1e-6)
    assert hypergeom.cdf(plan.c, population, bad, plan.n - 1) > risk * (1 - 1e-6)
    curve = operating_characteristic(plan, [accuracy - 0.05, accuracy, expected, 1.0])
    assert list(curve) == sorted(curve)
    assert curve[2] == plan.power


@given(st.integers(1, 5000), SHARES, RISKS)
def test_zero_acceptance(population: int, accuracy: float, risk: float):
    plan = zero_acceptance(population, accuracy=accuracy, risk=risk)
    bad, alpha = limit_defects(population, accuracy), Fraction(str(risk))
    assert plan.c == 0
    assert chance(0, population, bad, plan.n) <= alpha < chance(0, population, bad, plan.n - 1)


def test_census_and_what_cannot_be_planned():
    assert census(200, accuracy=0.95) == two_point(200, accuracy=0.95, risk=0.01, expected=0.95, power=0.99)
    assert census(50).c == 0
    for wrong in ({"accuracy": 0}, {"accuracy": 0.9, "expected": 0.8}, {"accuracy": 0.9, "risk": 1.0}):
        with pytest.raises(ValueError, match=r"need|must"):
            two_point(100, **{"accuracy": 0.9, "risk": 0.05, "expected": 0.95, "power": 0.9} | wrong)


@given(st.integers(1, 300), st.data())
def test_intervals_nest_and_hold_the_share(population: int, data: st.DataObject):
    n = data.draw(st.integers(1, population))
    correct = data.draw(st.integers(0, n))
    for work in (
        lambda c: wilson(correct, n, confidence=c),
        lambda c: clopper_pearson(correct, n, confidence=c),
        lambda c: hypergeometric_interval(correct, n, population, confidence=c),
        lambda c: upper_bound(correct, n, population=population, confidence=c),
        lambda c: upper_bound(correct, n, confidence=c),
    ):
        found = [work(c) for c in (0.8, 0.95, 0.99)]
        assert [e.low for e in found] == sorted((e.low for e in found), reverse=True)
        assert [e.high for e in found] == sorted(e.high for e in found)
        assert all(0 <= e.low <= e.point <= e.high <= 1 for e in found)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 40), st.data())
def test_exact_interval_covers_as_often_as_it_says(population: int, data: st.DataObject):
    n = data.draw(st.integers(1, population - 1))
    right = data.draw(st.integers(0, population))
    share = right / population
    covered = sum(
        hypergeom.pmf(x, population, right, n)
        for x in range(max(0, n - (population - right)), min(n, right) + 1)
        if hypergeometric_interval(x, n, population).low <= share <= hypergeometric_interval(x, n, population).high
    )
    assert covered >= 0.95 - 1e-9


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 3000), st.data())
def test_mean_reviews_by_adding_up_the_chances_to_go_on(population: int, data: st.DataObject):
    n = data.draw(st.integers(1, min(population, 200)))
    c = data.draw(st.integers(0, n - 1))
    defects = data.draw(st.integers(0, population))
    undecided = sum(
        hypergeom.cdf(c, population, defects, t) - hypergeom.cdf(t - n + c, population, defects, t) for t in range(n)
    )
    assert mean_reviews(population, defects, n, c) == pytest.approx(float(undecided), rel=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 400), SHARES, RISKS, st.integers(1, 10))
def test_what_a_passed_plan_says_is_seldom_wrong(population: int, accuracy: float, risk: float, better: int):
    expected = min(1.0, round(accuracy + better / 100, 2))
    plan = two_point(population, accuracy=accuracy, risk=risk, expected=expected, power=0.8)
    check = fixed_plan(plan, design=Design.TWO_POINT, accuracy=accuracy, risk=risk)
    assert check.certifies
    lows = [
        check.read(Seen(wrong=np.arange(plan.n) < wrong)).accuracy.low for wrong in range(plan.n + 1)
    ]  # fmt: skip
    for defects in {0, check.limit - 1, check.limit, population // 2, population}:
        # at every moment at which somebody may look, and at the end: accepting is as rare as promised
        if defects >= check.limit:
            assert check.accept_chance(defects) <= risk * (1 + 1e-9)
        missed = sum(
            hypergeom.pmf(wrong, population, defects, plan.n)
            for wrong, low in enumerate(lows)
            if low > (population - defects) / population
        )
        assert missed <= risk * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), st.data())
def test_stopping_early_says_what_reading_all_would(population: int, data: st.DataObject):
    n = data.draw(st.integers(1, population))
    c = data.draw(st.integers(0, min(n - 1, 5)))
    wrong = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    resolved = replace(census(population), n=n, c=c)
    plan = fixed_plan(resolved, design=Design.TWO_POINT, accuracy=0.9, risk=0.05)
    decided = [plan.read(Seen(wrong=wrong[:t])) for t in range(n + 1)]
    final = Decision.ACCEPT if wrong.sum() <= c else Decision.REJECT
    first = next(t for t, reading in enumerate(decided) if reading.decision is not Decision.GO_ON)
    for t, reading in enumerate(decided):
        assert reading.decision is (final if t >= first else Decision.GO_ON)
        assert reading.stopped_at == (first if t >= first else None)
        assert (reading.fewest_more == 0) == (t >= first)
        if reading.p_value is not None:
            assert reading.p_value >= decided[-1].p_value


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 3000), st.data(), RISKS)
def test_discovery_by_whole_numbers(population: int, data: st.DataObject, risk: float):
    k = data.draw(st.integers(1, population))
    found = discovery(population, defects=k, risk=risk)
    alpha = Fraction(str(risk))
    assert chance(0, population, k, found.n) <= alpha
    assert found.n == 1 or chance(0, population, k, found.n - 1) > alpha


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([0.8, 0.9, 0.95]), st.integers(10, 60), RISKS)
def test_audit_samples_by_trying_every_size(accuracy: float, part: int, risk: float):
    expected = round(1 - (1 - accuracy) * part / 100, 6)
    found = attribute_items(accuracy=accuracy, expected=expected, risk=risk)
    sizes = np.arange(1, found.n + 1)
    share = Fraction(str(expected))
    allowed = np.array([-((-int(n) * (1 - share)) // 1) for n in sizes], dtype=int)
    holds = binom.cdf(allowed, sizes, 1 - accuracy) <= risk * (1 + 1e-9)
    assert holds[-1]
    assert not holds[:-1].any()
    assert found.c == allowed[-1]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([0.8, 0.9, 0.95]), st.sampled_from([0.2, 0.4]), RISKS, st.sampled_from([0.8, 0.9]))
def test_smallest_stream_plan_by_trying_every_one(accuracy: float, part: float, risk: float, power: float):
    expected = round(1 - (1 - accuracy) * part, 6)
    plan = stream_two_point(accuracy=accuracy, risk=risk, expected=expected, power=power)
    n = np.arange(1, plan.n + 1)[:, None]
    c = np.arange(plan.c + 2)[None, :]
    both = (binom.cdf(c, n, 1 - accuracy) <= risk) & (binom.cdf(c, n, 1 - expected) >= power)
    assert both[-1, plan.c]
    assert not both[:-1].any()
