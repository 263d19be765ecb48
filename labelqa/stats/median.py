"""A median with limits that ask nothing of the values but that they are independent and of one kind.

Times are skewed, with a few very long ones; a mean of them says little, and its interval less.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate


def median(values: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The median, between two of the ordered values that enclose it with ``confidence`` or more (Thompson 1936).

    The limits are the k-th smallest and the k-th largest value, k as large as the binomial distribution allows. Raises
    InsufficientData ``too-few-times`` where even the smallest and the largest value do not enclose it (fewer than six
    at 95 %); ValueError for values that are not finite.

    >>> found = median([3, 9, 4, 5, 7, 8, 6])
    >>> found.point, found.low, found.high
    (6.0, 3.0, 9.0)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    ordered = np.sort(np.asarray(values, dtype=np.float64).ravel())
    if not np.isfinite(ordered).all():
        raise ValueError("a median needs finite values")
    n = len(ordered)
    tail = round((1 - confidence) / 2, 15)
    # the smallest k at which k or fewer of n fair coins are likelier than the tail: one less is still within it
    k = bisect_left(range(n + 1), True, key=lambda count: float(bdtr(count, n, 0.5)) > tail)
    if n == 0 or k == 0:
        raise InsufficientData("too-few-times", "{n} times are too few to say how long it takes", n=n)
    return Estimate(
        point=float(np.median(ordered)), low=float(ordered[k - 1]), high=float(ordered[n - k]), confidence=confidence,
        method="order statistics, exact", n=n,
    )  # fmt: skip
