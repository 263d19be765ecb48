"""Did a share change: the difference between two independent shares, with its interval."""

from __future__ import annotations

from math import sqrt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.stats.proportion import wilson


def change(before: tuple[int, int], after: tuple[int, int], *, confidence: float = 0.95) -> Estimate:
    """Share after less share before, each told as (marked, n): Newcombe's interval from two Wilson intervals.

    Newcombe 1998, Statistics in Medicine 17:873-890, method 10. The point and both ends lie between -1 and 1. Raises
    InsufficientData ``nothing-checked`` where one of them has no case.

    >>> found = change((48, 80), (56, 70))  # his example (a), told the other way round: 56/70 - 48/80
    >>> round(found.point, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if not before[1] or not after[1]:
        raise InsufficientData("nothing-checked", "nothing was answered before or after, so no change can be told")
    one, other = (wilson(marked, n, confidence=confidence) for marked, n in (before, after))
    point = other.point - one.point
    low = point - sqrt((other.point - other.low) ** 2 + (one.high - one.point) ** 2)
    high = point + sqrt((other.high - other.point) ** 2 + (one.point - one.low) ** 2)
    return Estimate(
        point=point, low=max(low, -1.0), high=min(high, 1.0), confidence=confidence, method="newcombe",
        n=before[1] + after[1],
    )  # fmt: skip
