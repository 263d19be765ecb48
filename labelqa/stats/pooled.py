"""One figure for several batches: a weighted mean of independent estimates, with an interval that respects theirs."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate


def weighted(estimates: Sequence[Estimate], weights: Sequence[float], *, method: str) -> Estimate:
    """The mean of independent estimates with fixed positive weights.

    The limits are recovered from the parts' own limits (MOVER; Zou and Donner 2008), so skewed parts keep their skew:
    low = m - sqrt(sum (w (p - l))^2), high likewise. One estimate alone comes back as it is. ``n`` adds up.

    >>> part = Estimate(point=0.9, low=0.8, high=0.95, confidence=0.95, method="x", n=50)
    >>> both = weighted([part, part], [1, 1], method="mean")
    >>> round(both.low, 4), round(both.high, 4), both.n
    (0.8293, 0.9354, 100)
    """
    if len(estimates) != len(weights) or any(weight <= 0 for weight in weights):
        raise ValueError("each estimate needs a positive weight")
    if not estimates:
        raise InsufficientData("nothing-measured", "nothing was measured in this period")
    if len(estimates) == 1:
        return estimates[0]
    total = sum(weights)
    shares = [weight / total for weight in weights]
    point = sum(w * each.point for w, each in zip(shares, estimates, strict=True))
    down = sqrt(sum((w * (each.point - each.low)) ** 2 for w, each in zip(shares, estimates, strict=True)))
    up = sqrt(sum((w * (each.high - each.point)) ** 2 for w, each in zip(shares, estimates, strict=True)))
    return Estimate(
        point=point, low=point - down, high=point + up, confidence=estimates[0].confidence, method=method,
        n=sum(each.n for each in estimates),
    )  # fmt: skip
