"""From what single items contribute to an interval: linearised variance and Student's t over items (Gwet 2014).

Where all items agree alike (fully, mostly or not at all) there is no spread to estimate from. There the interval comes
from the exact limit of Clopper and Pearson on the share of such items, so that five agreeing items do not look as sure
as five thousand.
"""

from __future__ import annotations

from math import sqrt

from scipy.special import ndtri, stdtrit

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.stats.agreement.terms import Floats
from labelqa.stats.proportion import clopper_pearson


def checked(confidence: float) -> float:
    """The confidence when it lies between 0 and 1; ValueError otherwise."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return confidence


def too_few() -> InsufficientData:
    """The error of a number that rests on one item."""
    return InsufficientData("too-few-items", "one item labelled twice is not enough to say how sure the number is")


def spread(influence: Floats, weight: Floats, point: float, n: int) -> float:
    """Standard error from each pattern's influence: sqrt(sum (x - point)^2 / n (n - 1))."""
    return sqrt(float(weight @ (influence - point) ** 2) / (n * (n - 1)))


def around(
    point: float, error: float, *, n: int, degrees: int | None, confidence: float, method: str, lowest: float = -1.0
) -> Estimate:
    """point -+ t * error, kept within [lowest, 1]; normal where ``degrees`` is None.

    Items labelled once can carry Fleiss' kappa below -1: the interval then ends at the point itself.
    """
    tail = (1 + confidence) / 2
    t = float(ndtri(tail)) if degrees is None else float(stdtrit(degrees, tail))
    low, high = max(min(lowest, point), point - t * error), min(1.0, point + t * error)
    return Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=n)


def no_spread(error: float) -> bool:
    """Whether a standard error is nothing but rounding."""
    return error < 1e-9


def without_spread(
    point: float, observed: float, expected: float, *, n: int, confidence: float, lowest: float = -1.0
) -> Estimate:
    """Interval where every one of ``n`` items agrees by ``observed``; ``expected`` is the agreement by chance.

    With at least the share s of all items like these, and the others anything from 0 to 1, the mean agreement lies
    between s * observed and s * observed + 1 - s.
    """
    share = clopper_pearson(n, n, confidence=confidence).low
    low, high = share * observed, share * observed + 1 - share
    low, high = ((end - expected) / (1 - expected) for end in (low, high))
    return Estimate(
        point=point,
        low=max(min(lowest, point), min(low, point)),
        high=min(1.0, max(high, point)),
        confidence=confidence,
        method="clopper-pearson over items",
        n=n,
    )
