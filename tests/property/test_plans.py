"""A plan keeps both its promises, and nothing smaller would; limits are limits."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from labelqa.stats.acceptance import (
    census,
    limit_defects,
    operating_characteristic,
    tolerated,
    two_point,
    zero_acceptance,
)
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
