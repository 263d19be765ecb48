"""How many items to check so that a bad batch is hardly ever let through: exact plans without replacement.

A plan says: draw ``n`` of the batch's items, let it through with at most ``c`` defects. "Not good enough" begins at
D0 = floor(N(1 - p0)) + 1 defects among N, the first number that makes the accuracy fall below p0; it is worked out from
the digits as written, since floats give 200 for 201 at N = 1000, p0 = 0.8. The figures of risk and power are exact
hypergeometric chances (Guenther 1969; Hald 1981).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from math import floor

from labelqa.records.review import Resolved
from labelqa.stats.hypergeometric import at_most, is_at_least, is_at_most, written


def _check(population: int, accuracy: float, risk: float = 0.5, expected: float = 1.0, power: float = 0.5) -> None:
    if population < 1:
        raise ValueError(f"a plan needs a population of 1 or more, not {population}")
    if not 0 < accuracy <= 1 or not accuracy <= expected <= 1:
        raise ValueError(f"need 0 < accuracy <= expected <= 1, not {accuracy} and {expected}")
    if not 0 < risk < 1 or not 0 < power < 1:
        raise ValueError(f"risk and power must lie between 0 and 1, not {risk} and {power}")


def tolerated(population: int, accuracy: float) -> int:
    """The most defects with which ``accuracy`` is still reached: floor(N(1 - accuracy)), in exact decimals."""
    return floor(population * (1 - written(accuracy)))


def limit_defects(population: int, accuracy: float) -> int:
    """D0, the fewest defects with which ``accuracy`` is missed.

    >>> limit_defects(1000, 0.8)
    201
    """
    return tolerated(population, accuracy) + 1


def _resolved(population: int, n: int, c: int, accuracy: float, expected: float) -> Resolved:
    return Resolved(
        population=population,
        n=n,
        c=c,
        risk=at_most(c, population=population, marked=limit_defects(population, accuracy), n=n),
        power=at_most(c, population=population, marked=tolerated(population, expected), n=n),
    )


def census(population: int, *, accuracy: float = 1.0) -> Resolved:
    """Check everything: the batch passes exactly when it reaches ``accuracy``; both risks vanish."""
    _check(population, accuracy)
    return Resolved(population=population, n=population, c=tolerated(population, accuracy), risk=0.0, power=1.0)


def _fewest(population: int, c: int, defects: int, risk: Fraction) -> int:
    """The smallest sample with which ``c`` are hardly ever exceeded by luck: P(X <= c) <= risk."""
    sizes = range(c + 1, population + 1)
    return sizes[
        bisect_left(sizes, True, key=lambda n: is_at_most(c, risk, population=population, marked=defects, n=n))
    ]


def fewest_items(population: int, *, allowed: int, defects: int, risk: float) -> int:
    """The fewest items to draw so that, with ``defects`` in the batch, more than ``allowed`` are seen but for ``risk``.

    >>> fewest_items(1000, allowed=2, defects=50, risk=0.05)
    119
    """
    if not 0 <= allowed < defects <= population or not 0 < risk < 1:
        raise ValueError(f"need 0 <= allowed < defects <= population, not {allowed}, {defects}, {population}")
    return _fewest(population, allowed, defects, written(risk))


def _most(population: int, c: int, defects: int, power: Fraction) -> int:
    """The largest sample with which a good batch still passes: P(X <= c) >= power."""
    if defects <= c:
        return population
    sizes = range(c, population + 1)
    fails = bisect_right(
        sizes, False, key=lambda n: not is_at_least(c, power, population=population, marked=defects, n=n)
    )
    return sizes[max(0, fails - 1)]


def zero_acceptance(population: int, *, accuracy: float, risk: float, expected: float = 1.0) -> Resolved:
    """The smallest sample without a defect that proves ``accuracy`` at ``risk``; its ``power`` is for ``expected``.

    >>> zero_acceptance(10_000, accuracy=0.95, risk=0.05).n
    59
    """
    _check(population, accuracy, risk, expected)
    n = _fewest(population, 0, limit_defects(population, accuracy), written(risk))
    return _resolved(population, n, 0, accuracy, expected)


def two_point(population: int, *, accuracy: float, risk: float, expected: float, power: float) -> Resolved:
    """The smallest plan that holds both promises: a batch below ``accuracy`` passes with at most ``risk``, one as good
    as ``expected`` with at least ``power``. Where nothing smaller does, everything is checked.

    >>> plan = two_point(10_000, accuracy=0.95, risk=0.05, expected=0.98, power=0.8)
    >>> plan.n, plan.c
    (233, 6)
    """
    _check(population, accuracy, risk, expected, power)
    bad, good = limit_defects(population, accuracy), tolerated(population, expected)
    alpha, beta = written(risk), written(power)

    def gap(c: int) -> int:
        return _fewest(population, c, bad, alpha) - _most(population, c, good, beta)

    # The gap closes as c grows, but for steps of one on either side: halve to where it is nearly closed, then walk.
    c = bisect_left(range(bad), True, key=lambda allowed: gap(allowed) <= 2) if bad > 1 else 0
    while gap(c) > 0:
        c += 1
    n = _fewest(population, c, bad, alpha)
    return census(population, accuracy=accuracy) if n == population else _resolved(population, n, c, accuracy, expected)


def _allowed(resolved: Resolved) -> int:
    if resolved.c is None:
        raise ValueError("this plan is not decided by a number of defects")
    return resolved.c


def operating_characteristic(resolved: Resolved, accuracies: Sequence[float]) -> tuple[float, ...]:
    """The plan's chance to accept a batch of each of these accuracies.

    >>> curve = operating_characteristic(zero_acceptance(1000, accuracy=0.95, risk=0.05), [0.9, 0.95, 1.0])
    >>> [round(chance, 3) for chance in curve]
    [0.002, 0.052, 1.0]
    """
    sizes = [(resolved.population, tolerated(resolved.population, accuracy)) for accuracy in accuracies]
    return tuple(at_most(_allowed(resolved), population=total, marked=bad, n=resolved.n) for total, bad in sizes)


def with_size(resolved: Resolved, n: int, *, accuracy: float, expected: float = 1.0) -> Resolved:
    """The same plan with more items drawn and no more defects allowed: its risk can only fall.

    >>> plan = zero_acceptance(10_000, accuracy=0.95, risk=0.05)
    >>> with_size(plan, 93, accuracy=0.95).c
    0
    """
    if n < resolved.n:
        raise ValueError(f"{n} items are fewer than the plan's {resolved.n}")
    return _resolved(resolved.population, n, _allowed(resolved), accuracy, expected)
