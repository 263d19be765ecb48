"""The first defect too many is counted in exact decimals, and plans stay quick for a million items."""

from __future__ import annotations

import pytest

from labelqa.stats.acceptance import limit_defects, tolerated, two_point, zero_acceptance


def test_limits_are_those_of_the_written_number():
    for population in (10, 100, 999, 1000, 12_345):
        for percent in range(1, 101):
            assert tolerated(population, percent / 100) == population * (100 - percent) // 100
    assert limit_defects(1000, 0.8) == 201
    assert limit_defects(10_000, 0.999) == 11


def test_large_batches():
    plan = two_point(1_000_000, accuracy=0.95, risk=0.05, expected=0.955, power=0.9)
    assert (plan.n, plan.c) == (15_305, 721)
    assert plan.risk <= 0.05
    assert plan.power >= 0.9
    assert zero_acceptance(1_000_000, accuracy=0.95, risk=0.05, expected=0.99).power == pytest.approx(0.553, abs=5e-4)


def test_nothing_smaller_than_everything():
    plan = two_point(100, accuracy=0.95, risk=0.001, expected=0.95, power=0.999)
    assert (plan.n, plan.c, plan.risk, plan.power) == (100, 5, 0.0, 1.0)
