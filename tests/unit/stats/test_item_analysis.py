"""Exam questions' discrimination against hand examples and scipy."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from labelqa.errors import InsufficientData
from labelqa.stats.item_analysis import FEWEST, point_biserial, upper_lower

TAKERS = st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=FEWEST, max_size=60)


def test_a_hand_example_of_the_point_biserial():
    """Ten right with rest scores 6 and ten wrong with 4; half of each group one higher, half one lower.

    Means 6 and 4, variance over all 1 + 1 = 2, share right 1/2: r = (6 − 4) / sqrt(2) · 1/2 = 0.7071.
    """
    right = [True] * 10 + [False] * 10
    rest = [7.0, 5.0] * 5 + [5.0, 3.0] * 5
    found = point_biserial(right, rest)
    assert found.point == pytest.approx(2**0.5 / 2)
    assert (found.n, found.method) == (20, "fisher-z")


@given(TAKERS)
def test_the_point_biserial_is_scipys(rows):
    right, rest = [hit for hit, _ in rows], [float(score) for _, score in rows]
    assume(len(set(right)) == 2)
    assume(len(set(rest)) > 1)
    found = point_biserial(right, rest)
    assert found.point == pytest.approx(float(stats.pointbiserialr(right, rest).statistic), abs=1e-9)
    assert found.low <= found.point + 1e-12
    assert found.high >= found.point - 1e-12
    if abs(found.point) < 0.999:
        theirs = stats.pearsonr(np.array(right, float), rest).confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_interval_covers_as_often_as_it_says():
    """Right answers by a threshold on a noisy ability: the true correlation comes from a very large sample."""
    source = random.Random(5)

    def rows(n: int) -> tuple[list[bool], list[float]]:
        ability = [source.gauss(0, 1) for _ in range(n)]
        return [each + source.gauss(0, 1.5) > 0 for each in ability], [each + source.gauss(0, 0.7) for each in ability]

    truth = point_biserial(*rows(50_000)).point
    covered = sum(found.low <= truth <= found.high for found in (point_biserial(*rows(60)) for _ in range(300)))
    assert covered / 300 > 0.92


def test_a_hand_example_of_the_upper_and_lower_groups():
    """Of 22 takers 27 % are six: the six best have 5 right, the six weakest 2; 5/6 − 2/6 = 1/2."""
    total = [float(score) for score in range(22)]
    right = [False] * 22
    for place in (0, 1, 10, 16, 17, 18, 19, 20):
        right[place] = True
    found = upper_lower(right, total)
    assert found.point == pytest.approx(0.5)
    assert found.n == 12
    assert found.low < 0.5 < found.high


@given(TAKERS, st.randoms(use_true_random=False))
def test_the_order_of_takers_decides_nothing(rows, source):
    mixed = list(rows)
    source.shuffle(mixed)
    for measure in (point_biserial, upper_lower):
        made = []
        for each in (rows, mixed):
            try:
                found = measure([hit for hit, _ in each], [float(score) for _, score in each])
                made.append((round(found.point, 9), round(found.low, 9), round(found.high, 9), found.n))
            except InsufficientData as error:
                made.append(error.reason)
        assert made[0] == made[1]


@pytest.mark.parametrize("measure", [point_biserial, upper_lower])
def test_too_few_and_all_alike_are_unknown(measure):
    with pytest.raises(InsufficientData) as few:
        measure([True] * (FEWEST - 1), [1.0] * (FEWEST - 1))
    assert few.value.reason == "too-few-takers"
    with pytest.raises(InsufficientData) as alike:
        measure([True, False] * FEWEST, [0.5] * (2 * FEWEST))
    assert alike.value.reason == "all-alike"
    with pytest.raises(ValueError, match="scores"):
        measure([True], [])
