"""How many reviews a draw by risk or by strata needs for a margin, if the scores are what they say.

A plan, not a promise: the interval after the reviews is made from the reviews alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from labelqa.records.designs import Allocation, StratumSize
from labelqa.stats.strata.allocation import allocate, expected_spreads, fewest
from labelqa.stats.strata.chances import checked_scores, inclusion_chances, size_measure


def _wanted(margin: float, confidence: float) -> float:
    if not 0 < margin < 1 or not 0 < confidence < 1:
        raise ValueError(f"margin and confidence must lie between 0 and 1, not {margin} and {confidence}")
    return float((margin / float(ndtri((1 + confidence) / 2))) ** 2)


def reviews_for_margin(
    scores: npt.ArrayLike, *, margin: float, confidence: float = 0.95, floor: float = 0.25, least: float = 0.005
) -> int:
    """Reviews by which a draw by risk knows the share of errors to plus or minus ``margin``, if scores are true chances.

    Each item is wrong with its score's chance r, or ``least`` where that is more (no score is so sure): the variance foreseen for the
    difference estimator is the sum of r(1 - r)(1/pi - 1) over the items, by N². Scores that tell nothing need as many as
    a simple random draw.

    >>> reviews_for_margin([0.0] * 900 + [0.3] * 100, margin=0.02)
    138
    """
    r, sizes = checked_scores(scores), size_measure(scores, floor)
    if not len(r):
        raise ValueError("there are no items to draw from")
    wanted = _wanted(margin, confidence)
    spread = np.maximum(r, least) * (1 - np.maximum(r, least)) / len(r) ** 2

    def misses(n: int) -> bool:
        return float((spread * (1 / inclusion_chances(sizes, n) - 1)).sum()) > wanted

    return _first(1, len(r), misses)


def reviews_of_strata(
    strata: Sequence[StratumSize], *, margin: float, confidence: float = 0.95, minimum: int = 2,
    allocation: Allocation = Allocation.PROPORTIONAL,
) -> int:  # fmt: skip
    """Reviews by which strata know the share of errors to plus or minus ``margin``, if they are as expected.

    >>> reviews_of_strata([StratumSize(name="all", items=300, expected=0.5)], margin=0.05)
    169
    """
    items = np.array([each.items for each in strata if each.items], dtype=np.float64)
    filled = [each for each in strata if each.items]
    if not filled:
        raise ValueError("there are no items to draw from")
    wanted = _wanted(margin, confidence)
    shares = np.array(expected_spreads(filled)) if any(each.expected for each in filled) else np.full(len(filled), 0.5)
    variance = shares**2 * items / np.maximum(items - 1, 1)  # divisor N - 1

    def misses(n: int) -> bool:
        sizes = np.array(allocate(n, filled, allocation=allocation, minimum=minimum), dtype=np.float64)
        if not sizes.all():
            return True
        return fsum((items / items.sum()) ** 2 * variance * (1 / sizes - 1 / items)) > wanted

    return _first(max(1, fewest(filled, minimum)), int(items.sum()), misses)


def _first(low: int, high: int, misses: Callable[[int], bool]) -> int:
    """The first number from ``low`` to ``high`` that does not miss, by halving; ``high`` is everything, which never does."""
    while low < high:
        middle = (low + high) // 2
        if misses(middle):
            low = middle + 1
        else:
            high = middle
    return low
