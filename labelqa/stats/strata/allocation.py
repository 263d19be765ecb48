"""How the reviews of a spot check are shared out over strata, and how many it takes for a margin.

Proportional: every stratum by its items. Neyman (1934): by items and spread, so that the whole is known best. Cost-optimal:
by items and spread over the root of what a review costs there. Sizes are whole, add up, and are the same on every
machine: they are worked out in fractions, and a tie goes to the stratum named first.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, fsum, inf, sqrt

from scipy.special import ndtri

from labelqa.records.designs import Allocation, StratumSize


def allocate(
    n: int,
    strata: Sequence[StratumSize],
    *,
    allocation: Allocation = Allocation.PROPORTIONAL,
    minimum: int = 0,
    spreads: Sequence[float] | None = None,
    costs: Sequence[float] | None = None,
) -> tuple[int, ...]:
    """Reviews of each stratum: they add up to ``n``, none below ``minimum`` or its items, none above its items.

    ``spreads`` are standard deviations within the strata; without them the expected share of errors e gives
    sqrt(e(1 - e)), and where none is expected anywhere, all are alike. ``costs`` are those of one review. What a full
    stratum cannot take goes to the others by the same rule (Cochran 1977, 5.5 and 5.8). Raises ValueError where ``n`` is
    more than all items or less than the minimums ask for (:func:`fewest`).

    >>> strata = [StratumSize(name=name, items=items) for name, items in (("a", 5234), ("b", 2586), ("c", 649))]
    >>> allocate(100, strata, minimum=10)
    (60, 30, 10)
    """
    items = [each.items for each in strata]
    least = [min(minimum, count) for count in items]
    if not sum(least) <= n <= sum(items):
        raise ValueError(f"these strata take {sum(least)} to {sum(items)} reviews, not {n}")
    known = spreads if spreads is not None else expected_spreads(strata)
    weights = [Fraction(count) for count in items]
    if allocation is not Allocation.PROPORTIONAL:
        paid = costs if allocation is Allocation.COST_OPTIMAL and costs is not None else [1.0] * len(items)
        weights = [Fraction(weight) for weight in _weights(items, known, paid)]
    return _rounded(n, _level(n, weights, least, items), items)


def fewest(strata: Sequence[StratumSize], minimum: int) -> int:
    """The fewest reviews that hold the minimum of every stratum."""
    return sum(min(minimum, each.items) for each in strata)


def expected_spreads(strata: Sequence[StratumSize]) -> list[float]:
    """Standard deviation of right and wrong in each stratum as its expected share of errors has it; all 1 for none.

    A stratum in which nothing is expected to be wrong counts like one with a hundredth of the largest share.
    """
    most = max((each.expected for each in strata), default=0.0)
    if not most:
        return [1.0] * len(strata)
    shares = [max(each.expected, most / 100) for each in strata]
    return [sqrt(share * (1 - share)) if share < 1 else sqrt(most / 100) for share in shares]


def _weights(items: Sequence[int], spreads: Sequence[float], costs: Sequence[float]) -> list[float]:
    if not len(items) == len(spreads) == len(costs):
        raise ValueError(f"need a spread and a cost for each of {len(items)} strata")
    if any(not 0 <= spread < inf for spread in spreads) or any(not 0 < cost < inf for cost in costs):
        raise ValueError("spreads must be 0 or more and costs above 0")
    return [count * spread / sqrt(cost) for count, spread, cost in zip(items, spreads, costs, strict=True)]


def _filled(level: Fraction, weights: Sequence[Fraction], least: Sequence[int], most: Sequence[int]) -> list[Fraction]:
    each = zip(weights, least, most, strict=True)
    return [min(max(level * weight, Fraction(low)), Fraction(high)) for weight, low, high in each]


def _level(n: int, weights: Sequence[Fraction], least: Sequence[int], most: Sequence[int]) -> list[Fraction]:
    """Sizes in fractions: as the weights have it, but for those held at their least or most."""
    ends = {Fraction(end) / weight for weight, low, high in zip(weights, least, most, strict=True) if weight
            for end in (low, high)}  # fmt: skip
    below, found = Fraction(0), _filled(Fraction(0), weights, least, most)
    for level in sorted(ends):
        sizes = _filled(level, weights, least, most)
        if sum(sizes) >= n:
            share = Fraction(n - sum(found), 1) / (sum(sizes) - sum(found)) if sum(sizes) > sum(found) else Fraction(0)
            return _filled(below + (level - below) * share, weights, least, most)
        below, found = level, sizes
    # only strata without any spread are left: the rest goes to them by their items
    left = [Fraction(0) if weight else Fraction(high) for weight, high in zip(weights, most, strict=True)]
    return _level(n, left, [int(size) for size in found], most)


def _rounded(n: int, sizes: Sequence[Fraction], most: Sequence[int]) -> tuple[int, ...]:
    """Whole sizes by the largest remainder; ties go to the first."""
    whole = [size.numerator // size.denominator for size in sizes]
    order = sorted(range(len(sizes)), key=lambda at: (whole[at] - sizes[at], at))
    open_ = [at for at in order if whole[at] < most[at]]
    for at in open_[: n - sum(whole)]:
        whole[at] += 1
    return tuple(whole)


def neyman_sizes(
    n: float, items: Sequence[int], spreads: Sequence[float], costs: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Neyman's sizes as they come, neither rounded nor held to the strata's items; by cost where costs are given.

    >>> [round(size, 3) for size in neyman_sizes(500, [5234, 2586, 649, 157], [251, 1165, 8035, 24725])]
    [48.936, 112.221, 194.246, 144.596]
    """
    weights = _weights(items, spreads, costs if costs is not None else [1.0] * len(items))
    total = fsum(weights)
    if not total:
        raise ValueError("no stratum has any spread, so Neyman's sizes are not defined")
    return tuple(n * weight / total for weight in weights)


def reviews_for_half_width(
    half_width: float,
    items: Sequence[int],
    spreads: Sequence[float],
    *,
    allocation: Allocation = Allocation.PROPORTIONAL,
    confidence: float = 0.95,
) -> int:
    """Reviews by which the mean of all strata is known to plus or minus ``half_width`` (Cochran 1977, 5.9), normal limits.

    ``spreads`` are standard deviations with divisor items - 1.

    >>> reviews_for_half_width(0.1, [100_000, 300_000, 600_000], [1, 2, 3], allocation=Allocation.NEYMAN)
    2395
    """
    if half_width <= 0 or not 0 < confidence < 1:
        raise ValueError(f"need a half width above 0 and a confidence between 0 and 1, not {half_width}, {confidence}")
    if allocation is Allocation.COST_OPTIMAL:
        raise ValueError("a margin asks for reviews, not for money: take the proportional or Neyman's allocation")
    total = sum(items)
    part = [count / total for count in items]
    wanted = (half_width / float(ndtri((1 + confidence) / 2))) ** 2
    within = fsum(share * spread**2 for share, spread in zip(part, spreads, strict=True))
    alike = fsum(share * spread for share, spread in zip(part, spreads, strict=True)) ** 2
    n = (within if allocation is Allocation.PROPORTIONAL else alike) / (wanted + within / total)
    return min(total, ceil(n - 1e-9))


def reviews_for_share(
    half_width: float, expected: float, population: int | None = None, *, confidence: float = 0.95
) -> int:
    """Reviews by which one share is known to plus or minus ``half_width``, normal limits; no population: an endless stream.

    >>> reviews_for_share(0.05, 0.5, 300), reviews_for_share(0.05, 0.5)
    (169, 385)
    """
    if half_width <= 0 or not 0 <= expected <= 1 or not 0 < confidence < 1:
        raise ValueError(
            f"need a half width above 0, shares between 0 and 1, not {half_width}, {expected}, {confidence}"
        )
    endless = expected * (1 - expected) * (float(ndtri((1 + confidence) / 2)) / half_width) ** 2
    if population is None:
        return max(1, ceil(endless - 1e-9))
    if population < 1:
        raise ValueError(f"a population has 1 item or more, not {population}")
    return max(1, min(population, ceil(endless / (1 + (endless - 1) / population) - 1e-9)))
