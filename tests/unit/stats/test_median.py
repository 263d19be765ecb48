"""The median's limits against the binomial written out, and sums of shares."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.stats.added_shares import added
from labelqa.stats.median import median
from labelqa.stats.proportion import wilson


@pytest.mark.parametrize("n", [6, 7, 10, 25, 60])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_the_limits_are_the_innermost_that_the_binomial_allows(n: int, confidence: float) -> None:
    found = median(np.arange(1, n + 1), confidence=confidence)
    k = int(found.low)
    assert found.high == n + 1 - k
    outside = [2 * sum(comb(n, i) for i in range(at)) / 2**n for at in (k, k + 1)]
    assert outside[0] <= 1 - confidence < outside[1]


def test_published_order_statistics() -> None:
    """Conover's table for n = 20 at 95 %: the sixth and the fifteenth value."""
    found = median(np.arange(1, 21))
    assert (found.low, found.high, found.point) == (6.0, 15.0, 10.5)


def test_how_often_it_covers() -> None:
    rng = np.random.default_rng(5)
    hits = sum(found.low <= 1.0 <= found.high for found in (median(rng.lognormal(0, 1, 15)) for _ in range(1000)))
    assert hits >= 940


def test_too_few_and_not_finite() -> None:
    with pytest.raises(InsufficientData) as caught:
        median([1, 2, 3, 4, 5])
    assert caught.value.reason == "too-few-times"
    with pytest.raises(InsufficientData):
        median([])
    with pytest.raises(ValueError, match="finite"):
        median([1.0, float("nan")] * 5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        median([1.0] * 9, confidence=95)


def test_a_share_of_nothing_found_adds_room_above_only() -> None:
    one, none = wilson(10, 100), wilson(0, 50)
    found = added(one, none, n=150)
    assert (found.point, found.low) == (one.point, pytest.approx(one.low))
    assert found.high > one.high
    assert added(wilson(9, 10), wilson(9, 10), n=20).high == 1.0
    with pytest.raises(ValueError, match="one confidence"):
        added(one, wilson(1, 5, confidence=0.9), n=1)
