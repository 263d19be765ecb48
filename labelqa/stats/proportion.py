"""A share with its interval: how many of those checked were right, and what that says of the rest.

``wilson`` for an endless stream, ``hypergeometric_interval`` for a batch of known size, ``upper_bound`` for a fault so
rare that only "at most so many" can be said. ``clopper_pearson`` never falls below its confidence; ``agresti_coull`` and
``jeffreys`` are there to compare with other tools, ``wald`` only to show what it gets wrong. A share of nothing raises
InsufficientData ``nothing-checked``.
"""

from __future__ import annotations

from bisect import bisect_left
from math import sqrt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.stats.hypergeometric import is_at_most, written
from labelqa.stats.special import betaincinv, ndtri


def _check(correct: int, n: int, population: int | None, confidence: float) -> None:
    if not 0 <= correct <= n or (population is not None and n > population):
        raise ValueError(f"need 0 <= correct <= n <= population, not {correct}, {n}, {population}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    if n == 0:
        raise InsufficientData("nothing-checked", "nothing has been checked yet, so no share can be given")


def wilson(correct: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """Share with the score interval of Wilson (1927); good for small n and shares near 0 or 1.

    >>> share = wilson(81, 263)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2553, 0.3662)
    """
    _check(correct, n, None, confidence)
    z, p = ndtri((1 + confidence) / 2), correct / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if correct == 0 else max(0.0, middle - half)
    high = 1.0 if correct == n else min(1.0, middle + half)
    return Estimate(point=p, low=low, high=high, confidence=confidence, method="wilson", n=n)


def clopper_pearson(correct: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """Share with the exact binomial interval of Clopper and Pearson (1934): never below its confidence.

    >>> round(clopper_pearson(0, 20).high, 4)
    0.1684
    """
    _check(correct, n, None, confidence)
    tail = (1 - confidence) / 2
    low = betaincinv(correct, n - correct + 1, tail) if correct else 0.0
    high = betaincinv(correct + 1, n - correct, 1 - tail) if correct < n else 1.0
    return Estimate(point=correct / n, low=low, high=high, confidence=confidence, method="clopper-pearson", n=n)


def agresti_coull(correct: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """Share with the interval of Agresti and Coull (1998): Wald's around Wilson's middle, cut at 0 and 1.

    >>> round(agresti_coull(81, 263).low, 4)
    0.2552
    """
    _check(correct, n, None, confidence)
    z = ndtri((1 + confidence) / 2)
    more = n + z * z
    middle = (correct + z * z / 2) / more
    half = z * sqrt(middle * (1 - middle) / more)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Estimate(point=correct / n, low=low, high=high, confidence=confidence, method="agresti-coull", n=n)


def jeffreys(correct: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """Share with Jeffreys' interval, equal tails of Beta(correct + 1/2, wrong + 1/2) (Brown, Cai and DasGupta 2001).

    The tails are not changed at the ends: with nothing correct ``low`` lies a little above the point 0.

    >>> round(jeffreys(81, 263).high, 4)
    0.3656
    """
    _check(correct, n, None, confidence)
    low, high = (betaincinv(correct + 0.5, n - correct + 0.5, each) for each in (
        (1 - confidence) / 2, (1 + confidence) / 2))  # fmt: skip
    return Estimate(point=correct / n, low=low, high=high, confidence=confidence, method="jeffreys", n=n)


def wald(correct: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """The textbook's p -+ z sqrt(p (1 - p) / n), for reference only: far too sure for few items or shares near 0 or 1.

    >>> wald(0, 20).high
    0.0
    """
    _check(correct, n, None, confidence)
    p = correct / n
    half = ndtri((1 + confidence) / 2) * sqrt(p * (1 - p) / n)
    low, high = max(0.0, p - half), min(1.0, p + half)
    return Estimate(point=p, low=low, high=high, confidence=confidence, method="wald, for reference only", n=n)


def _most(count: int, n: int, population: int, tail: float) -> int:
    """The largest number of marked items under which ``count`` or fewer among ``n`` is likelier than ``tail``."""
    options = range(count, population - (n - count) + 1)
    limit = written(tail)
    beyond = bisect_left(options, True, key=lambda marked: is_at_most(
        count, limit, population=population, marked=marked, n=n))  # fmt: skip
    return options[max(0, beyond - 1)]


def hypergeometric_interval(correct: int, n: int, population: int, *, confidence: float = 0.95) -> Estimate:
    """Share of a batch of ``population`` items from a simple random sample of ``n``: exact, both tails inverted.

    A sample of everything gives the share itself, method ``census``.

    >>> share = hypergeometric_interval(3, 10, 100)
    >>> share.low, share.high
    (0.08, 0.63)
    """
    _check(correct, n, population, confidence)
    point = correct / n
    if n == population:
        return Estimate(point=point, low=point, high=point, confidence=confidence, method="census", n=n)
    tail = round((1 - confidence) / 2, 15)
    # a batch of 10 has no share of 1/9: the ends never cut off the point
    high = max(point, _most(correct, n, population, tail) / population)
    low = min(point, (population - _most(n - correct, n, population, tail)) / population)
    return Estimate(point=point, low=low, high=high, confidence=confidence, method="hypergeometric", n=n)


def upper_bound(count: int, n: int, *, population: int | None = None, confidence: float = 0.95) -> Estimate:
    """At most how large a rare rate is: ``low`` is 0, ``high`` the exact one-sided limit (Clopper-Pearson, or
    hypergeometric when the batch's size is given).

    >>> upper_bound(0, 59, population=10_000).high
    0.0493
    """
    _check(count, n, population, confidence)
    point = count / n
    if population is None:
        high = betaincinv(count + 1, n - count, confidence) if count < n else 1.0
        method = "clopper-pearson, upper"
    elif n == population:
        high, method = point, "census"
    else:
        high = max(point, _most(count, n, population, round(1 - confidence, 15)) / population)
        method = "hypergeometric, upper"
    low = point if method == "census" else 0.0
    return Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=n)
