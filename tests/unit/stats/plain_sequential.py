"""The sequential check by its definitions, in fractions: slow, and with nothing of the package in it."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import ceil, comb


def path_chance(population: int, marked: int, t: int, e: int) -> Fraction:
    """The chance of one certain order of t draws without replacement, e of them marked."""
    if not (e <= marked and t - e <= population - marked):
        return Fraction(0)
    return Fraction(comb(population - t, marked - e), comb(population, marked))


def binomial(k: int, n: int, p: Fraction) -> Fraction:
    return comb(n, k) * p**k * (1 - p) ** (n - k) if 0 <= k <= n else Fraction(0)


@cache
def called_law(population: int, wrong: int, se: Fraction, sp: Fraction) -> tuple[Fraction, ...]:
    """The law of the number called wrong, were every item reviewed."""
    return tuple(
        sum((binomial(x, wrong, se) * binomial(k - x, population - wrong, 1 - sp) for x in range(k + 1)), Fraction(0))
        for k in range(population + 1)
    )


def null_chance(population: int, wrong: int, t: int, e: int, se: Fraction, sp: Fraction) -> Fraction:
    """The chance of one certain path of verdicts, if ``wrong`` items are wrong."""
    law = called_law(population, wrong, se, sp)
    return sum((law[k] * path_chance(population, k, t, e) for k in range(population + 1)), Fraction(0))


def prior(population: int, weight: Fraction) -> list[Fraction]:
    """Beta-binomial (1, weight) over the number called wrong."""
    chances = []
    for k in range(population + 1):
        chance = Fraction(comb(population, k))
        for i in range(k):
            chance *= 1 + i
        for i in range(population - k):
            chance *= weight + i
        for i in range(population):
            chance /= 1 + weight + i
        chances.append(chance)
    assert sum(chances) == 1
    return chances


def mixture(population: int, kept: range, weight: Fraction, t: int, e: int) -> Fraction:
    """The chance of one certain path under the prior cut to ``kept``."""
    p = prior(population, weight)
    mass = sum((p[k] for k in kept), Fraction(0))
    return sum((p[k] * path_chance(population, k, t, e) for k in kept), Fraction(0)) / mass


def cut_for(population: int, limit: int, se: Fraction, sp: Fraction) -> int:
    return ceil(limit * se + (population - limit) * (1 - sp))
