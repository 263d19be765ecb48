"""The sum of two shares that were measured on different items, with limits recovered from those of each.

Limits of a sum are not the sums of the limits: that would take both to be at their worst at once.
"""

from __future__ import annotations

from math import sqrt

from labelqa.records.estimate import Estimate


def added(first: Estimate, second: Estimate, *, n: int) -> Estimate:
    """Sum of two independent shares by the method of variance estimates recovery (Zou and Donner 2008), within 0..1.

    ``n`` is how many items both rest on together. Both must be stated at one confidence: ValueError.

    >>> from labelqa.stats.proportion import wilson
    >>> found = added(wilson(10, 100), wilson(0, 50), n=150)
    >>> round(found.low, 4), found.point, round(found.high, 4)
    (0.0552, 0.1, 0.2031)
    """
    if first.confidence != second.confidence:
        raise ValueError(f"both shares must be stated at one confidence, not {first.confidence}, {second.confidence}")
    point = first.point + second.point
    below = sqrt((first.point - first.low) ** 2 + (second.point - second.low) ** 2)
    above = sqrt((first.high - first.point) ** 2 + (second.high - second.point) ** 2)
    return Estimate(
        point=min(1.0, point), low=max(0.0, point - below), high=min(1.0, point + above), confidence=first.confidence,
        method="recovered sum", n=n,
    )  # fmt: skip
