"""Chances when items are drawn from a batch without putting them back.

X is the number of marked items among ``n`` drawn at random from ``population`` items of which ``marked`` are marked.
Comparisons with a limit are exact: where rounding could decide, whole numbers do.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, sqrt

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats

_NEAR = 1e-6  # relative distance from the limit below which floats are not trusted
_SMALL = 20_000  # populations for which whole numbers are cheap; beyond, a tie counts as not reached


def written(number: float) -> Fraction:
    """The number as it was written: 0.8 is 4/5, not the float next to it.

    >>> written(0.8)
    Fraction(4, 5)
    """
    return Fraction(str(float(number)))


def _log_choose(n: npt.ArrayLike, k: npt.ArrayLike) -> Floats:
    from scipy.special import gammaln  # here, as much that never counts chances imports this module

    n, k = np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def _sum(first: int, last: int, *, population: int, marked: int, n: int) -> float:
    """P(first <= X <= last), term by term."""
    k = np.arange(first, last + 1)
    log = _log_choose(marked, k) + _log_choose(population - marked, n - k) - _log_choose(population, n)
    return float(np.exp(log).sum())


def at_most(c: int, *, population: int, marked: int, n: int) -> float:
    """P(X <= c), to about nine digits (six in a batch of 10^8); only terms that matter are added.

    >>> round(at_most(0, population=1000, marked=50, n=57), 4)
    0.0492
    """
    low, high = max(0, n - (population - marked)), min(n, marked)
    if c < low or c >= high:
        return float(c >= high)
    share = marked / population
    reach = int(12 * sqrt(n * share * (1 - share) * (population - n) / max(1, population - 1))) + 60
    if c <= (n + 1) * (marked + 1) // (population + 2):  # below the most likely value
        return min(1.0, _sum(max(low, c - reach), c, population=population, marked=marked, n=n))
    return max(0.0, 1 - _sum(c + 1, min(high, c + 1 + reach), population=population, marked=marked, n=n))


def _exactly_at_most(c: int, *, population: int, marked: int, n: int) -> Fraction:
    low = max(0, n - (population - marked))
    ways = sum(comb(marked, k) * comb(population - marked, n - k) for k in range(low, min(c, n, marked) + 1))
    return Fraction(ways, comb(population, n))


def _side(c: int, limit: Fraction, *, population: int, marked: int, n: int) -> int | None:
    """-1, 0 or 1 as P(X <= c) is below, at or above the limit; None where it cannot be told cheaply."""
    chance = at_most(c, population=population, marked=marked, n=n)
    if abs(chance - limit) > _NEAR * limit:
        return -1 if chance < limit else 1
    if population > _SMALL:
        return None
    exact = _exactly_at_most(c, population=population, marked=marked, n=n)
    return (exact > limit) - (exact < limit)


def is_at_most(c: int, limit: Fraction, *, population: int, marked: int, n: int) -> bool:
    """Whether P(X <= c) <= limit."""
    return _side(c, limit, population=population, marked=marked, n=n) in (-1, 0)


def is_at_least(c: int, limit: Fraction, *, population: int, marked: int, n: int) -> bool:
    """Whether P(X <= c) >= limit."""
    return _side(c, limit, population=population, marked=marked, n=n) in (0, 1)
