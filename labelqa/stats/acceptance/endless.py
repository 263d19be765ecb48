"""Plans for a stream without a known size, where drawing does not use it up: binomial, and Poisson for faults per item.

For a batch of known size the plans of :mod:`labelqa.stats.acceptance.fixed` need fewer items.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, comb

from labelqa.stats.hypergeometric import written

_NEAR = 1e-9  # relative distance from the limit below which floats are not trusted
_SMALL = 4000  # items up to which whole numbers are cheap; beyond, a tie counts as not reached
_MOST = 2**40  # items beyond which no plan is looked for


class Law(StrEnum):
    """What is counted."""

    BINOMIAL = "binomial"  # wrong items
    POISSON = "poisson"  # faults, of which an item may have several


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPlan:
    """Draw ``n`` from a stream, accept with at most ``c`` defects."""

    n: int
    c: int
    risk: float  # attained chance to accept at the accuracy that must not be missed
    power: float  # attained chance to accept at the expected accuracy


def stream_at_most(c: int, *, n: int, share: float, law: Law = Law.BINOMIAL) -> float:
    """P(X <= c) among ``n`` items of a stream with this share of defects.

    >>> round(stream_at_most(0, n=59, share=0.05), 4)
    0.0485
    """
    from scipy.special import bdtr, gammaincc  # here, as much that plans no stream imports this module

    if c < 0:
        return 0.0
    if law is Law.POISSON:
        return float(gammaincc(c + 1, n * share))
    return 1.0 if c >= n else float(bdtr(c, n, share))


def _side(c: int, limit: Fraction, *, n: int, share: Fraction, law: Law) -> int | None:
    """-1, 0 or 1 as P(X <= c) is below, at or above the limit; None where it cannot be told cheaply."""
    found = stream_at_most(c, n=n, share=float(share), law=law)
    if abs(found - limit) > _NEAR * limit:
        return -1 if found < limit else 1
    if law is Law.POISSON or n > _SMALL:
        return None
    exact = sum((comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(min(c, n) + 1)), Fraction(0))
    return (exact > limit) - (exact < limit)


def stream_items(c: int, *, accuracy: float, risk: float, law: Law = Law.BINOMIAL) -> int:
    """The fewest items of which at most ``c`` wrong prove that ``accuracy`` or more of a stream are right (Wilks 1941).

    >>> [stream_items(c, accuracy=0.95, risk=0.05) for c in range(3)]
    [59, 93, 124]
    """
    if c < 0 or not 0 < accuracy < 1 or not 0 < risk < 1:
        raise ValueError(f"need c >= 0, 0 < accuracy < 1 and 0 < risk < 1, not {c}, {accuracy}, {risk}")
    share, limit = 1 - written(accuracy), written(risk)

    def holds(n: int) -> bool:
        return _side(c, limit, n=n, share=share, law=law) in (-1, 0)

    last = c + 1
    while not holds(last):
        last *= 2
        if last > _MOST:
            raise ValueError(f"no number of items proves an accuracy of {accuracy} at risk {risk}")
    sizes = range(c + 1, last + 1)
    return sizes[bisect_left(sizes, True, key=holds)]


def stream_two_point(
    *, accuracy: float, risk: float, expected: float, power: float, law: Law = Law.BINOMIAL
) -> StreamPlan:
    """The smallest plan for a stream: one at ``accuracy`` passes with at most ``risk``, one at ``expected`` with at
    least ``power`` (Guenther 1969).

    >>> plan = stream_two_point(accuracy=0.85, risk=0.075, expected=0.95, power=0.95)
    >>> plan.n, plan.c
    (80, 7)
    """
    if not 0 < accuracy < expected <= 1 or not 0 < power < 1:
        raise ValueError(f"need 0 < accuracy < expected <= 1 and 0 < power < 1, not {accuracy}, {expected}, {power}")
    good, beta, c = 1 - written(expected), written(power), 0
    while True:
        n = stream_items(c, accuracy=accuracy, risk=risk, law=law)
        if _side(c, beta, n=n, share=good, law=law) in (0, 1):
            shares = (float(1 - written(accuracy)), float(good))
            chances = [stream_at_most(c, n=n, share=each, law=law) for each in shares]
            return StreamPlan(n=n, c=c, risk=chances[0], power=chances[1])
        c += 1


def attribute_items(*, accuracy: float, expected: float, risk: float) -> StreamPlan:
    """The fewest items that prove ``accuracy`` when as many of them are wrong as ``expected`` lets expect, rounded up.

    The rule behind the tables of audit sampling (AICPA, Audit Sampling, table A-1).

    >>> attribute_items(accuracy=0.95, expected=0.99, risk=0.05).n
    93
    """
    if not 0 < accuracy < expected <= 1:
        raise ValueError(f"need 0 < accuracy < expected <= 1, not {accuracy} and {expected}")
    share, c = 1 - written(expected), 0
    while True:
        n = stream_items(c, accuracy=accuracy, risk=risk)
        if ceil(n * share) <= c:  # never below c: sizes grow with c, and one less was too few
            chances = [stream_at_most(c, n=n, share=float(each)) for each in (1 - written(accuracy), share)]
            return StreamPlan(n=n, c=c, risk=chances[0], power=chances[1])
        c += 1
