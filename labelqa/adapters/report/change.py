"""This period against the one before: how much a figure moved, and how sure that is.

The interval of the difference is built from the two intervals (method of variance estimates recovery: Zou and
Donner 2008; with two Wilson intervals it is method 10 of Newcombe 1998). The two periods are taken as independent.
"""

from __future__ import annotations

from math import hypot
from typing import Final

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown

METHOD: Final = "recovered"


def difference(now: Figure, last: Figure) -> Figure:
    """``now`` minus ``last`` with an interval; unknown when either is, or when their confidences differ.

    ``n`` is the sum of both.

    >>> week = Estimate(point=0.9, low=0.85, high=0.94, confidence=0.95, method="wilson", n=200)
    >>> moved = difference(week, Estimate(point=0.8, low=0.74, high=0.85, confidence=0.95, method="wilson", n=200))
    >>> f"{moved.point:.3f} [{moved.low:.3f}, {moved.high:.3f}]"
    '0.100 [0.029, 0.172]'
    """
    if isinstance(now, Unknown):
        return unknown(InsufficientData("now-unknown", "this period's figure is unknown"))
    if isinstance(last, Unknown):
        return unknown(InsufficientData("last-unknown", "the figure of the period before is unknown"))
    if now.confidence != last.confidence:
        return unknown(InsufficientData("confidence-differs", "the two periods are stated at different confidence"))
    point = now.point - last.point
    return Estimate(
        point=point,
        low=point - hypot(now.point - now.low, last.high - last.point),
        high=point + hypot(now.high - now.point, last.point - last.low),
        confidence=now.confidence,
        method=METHOD,
        n=now.n + last.n,
    )


def moved(change: Figure) -> int:
    """1 when a change is surely upwards, -1 when surely downwards, 0 when the interval holds zero or is unknown."""
    if isinstance(change, Unknown):
        return 0
    return (change.low > 0) - (change.high < 0)
