"""Items at risk are drawn more often, and how often is known: size measures from scores, and the chances they give.

A score is a probability of error, whoever says so: disagreement, a model, a posterior. It only steers the draw; a wrong
one costs reviews and never bends the result, because every item keeps a chance of its own and counts by it.
"""

from __future__ import annotations

from math import fsum

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats


def checked_scores(scores: npt.ArrayLike) -> Floats:
    """The scores as numbers; ValueError where one is no probability."""
    r = np.asarray(scores, dtype=np.float64)
    if r.ndim != 1 or not ((r >= 0) & (r <= 1)).all():
        raise ValueError("scores are probabilities of error: one number from 0 to 1 for each item")
    return r


def size_measure(scores: npt.ArrayLike, floor: float = 0.25) -> Floats:
    """The size p of each item, its ticket u being read as u/p: mean 1, never below ``floor``.

    A share ``floor`` of it all items have alike; the rest goes by sqrt(r(1 - r)), the spread of right and wrong at
    score r, which is best for the difference estimator (Särndal, Swensson and Wretman 1992, 12.2) and does not spend
    reviews on what is surely wrong. No item counts for more than 1/floor items of a simple random draw. Scores that are
    all alike, or tell nothing (all 0 or 1), give a simple random draw.

    >>> size_measure([0.0, 0.0, 0.5, 0.1]).round(2).tolist()
    [0.25, 0.25, 2.12, 1.38]
    """
    if not 0 <= floor <= 1:
        raise ValueError(f"the floor is a share from 0 to 1, not {floor}")
    r = checked_scores(scores)
    if not len(r):
        return r
    spread = np.sqrt(r * (1 - r))
    mean = fsum(spread.tolist()) / len(r)  # exact to the last digit on every machine, whatever the order
    if mean == 0 or (spread == spread[0]).all():
        return np.ones(len(r))
    sizes = floor + (1 - floor) * (spread / mean)
    if (sizes <= 0).any():
        raise ValueError("a floor of 0 would leave items without any chance to be drawn")
    return np.asarray(sizes, dtype=np.float64)


def inclusion_chances(sizes: npt.ArrayLike, n: int) -> Floats:
    """The chance of each item to be among the ``n`` smallest u/p: min(1, tau p), which add up to n.

    That is what the draw by tickets (sequential Poisson sampling, Ohlsson 1998) is built to have; its real chances differ
    from these by less than 1/n or so. Raises ValueError for sizes that are not above 0 and for n beyond the items.

    >>> inclusion_chances([1, 1, 2, 8], 2).tolist()
    [0.25, 0.25, 0.5, 1.0]
    """
    s = np.asarray(sizes, dtype=np.float64)
    if s.ndim != 1 or not (np.isfinite(s) & (s > 0)).all():
        raise ValueError("sizes must be finite and above 0, one for each item")
    if not 0 <= n <= len(s):
        raise ValueError(f"{n} items cannot be drawn from {len(s)}")
    if n == 0:
        return np.zeros(len(s))
    large = np.sort(s)[::-1]
    rest = np.cumsum(large[::-1])[::-1]  # of this size and all smaller ones
    # the fewest that must be certain so that no other chance passes 1; with n - 1 of them it always holds
    certain = int(np.argmax(large[:n] * (n - np.arange(n)) <= rest[:n] * (1 + 1e-12)))
    return np.asarray(np.minimum(1.0, (n - certain) / rest[certain] * s), dtype=np.float64)
