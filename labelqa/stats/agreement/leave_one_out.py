"""What a number over items would be if one item had not been there: the jackknife, pattern by pattern.

Items with the same pattern are interchangeable, so one item of each pattern is left out once, however many there are.
Any statistic of patterns will do: it maps (patterns, labels) counts and (rows, patterns) weights to one value a row.
Past 4,096 patterns items are left out in random groups instead, and what comes back says how many groups there were.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.linearised import require_chance, require_pairs, require_variation
from labelqa.stats.agreement.terms import Floats, Statistic

MOST_PATTERNS: Final = 4096  # one row a pattern: time and memory grow with the square
_CELLS = 2**21  # rows times patterns worked on at a time
_GROUPED_CELLS = 2**26  # groups times patterns in all
_MOST_GROUPS = 1000
_STEP = 2.0**-10  # of an item: the slope of a statistic, without losing digits at a thousand million items
_SEED = 20_110_401  # groups are a fixed function of the patterns, so that a result can be had again


def point_of(statistic: Statistic, counts: npt.NDArray[Any], weight: npt.NDArray[Any]) -> float:
    """The statistic of the data themselves; NaN where it is undefined."""
    return float(statistic(counts, weight[None, :].astype(np.float64))[0])


def known_point(patterns: Patterns, statistic: Statistic) -> float:
    """The statistic of ``patterns``, or InsufficientData with the reason why it is undefined."""
    require_pairs(patterns)
    point = point_of(statistic, patterns.counts, patterns.weight)
    if np.isnan(point):
        require_variation(patterns, paired_only=True)
        require_chance(1.0)
    return point


def _moved(statistic: Statistic, counts: npt.NDArray[Any], weight: Floats, step: float, first: int = 0) -> Floats:
    """The statistic with ``step`` items more of each pattern from ``first`` on in turn, (patterns - first,)."""
    values = np.empty(len(weight))
    rows = max(1, _CELLS // len(weight))
    for start in range(first, len(weight), rows):
        pattern = np.arange(start, min(start + rows, len(weight)))
        weights = np.tile(weight, (len(pattern), 1))
        weights[np.arange(len(pattern)), pattern] += step
        values[pattern] = statistic(counts, weights)
    return values[first:]


def without_one(statistic: Statistic, counts: npt.NDArray[Any], weight: npt.NDArray[Any]) -> Floats:
    """The statistic without one item of each pattern, (patterns,); NaN where it is not defined then.

    >>> from labelqa.stats.agreement.terms import percent_values
    >>> without_one(percent_values, np.array([[2, 0], [1, 1]]), np.array([3, 2])).tolist()
    [0.5, 0.75]
    """
    return _moved(statistic, counts, weight.astype(np.float64), -1.0)


def slopes(statistic: Statistic, counts: npt.NDArray[Any], weight: Floats, *, point: float, first: int = 0) -> Floats:
    """How fast the statistic moves with the number of items of each pattern from ``first`` on, (patterns - first,).

    The infinitesimal jackknife (Jaeckel 1972; Efron 1982, ch. 6). Weights need not be whole numbers; ``point`` is the
    statistic of all of them (:func:`point_of`).
    """
    return (_moved(statistic, counts, weight, _STEP, first) - point) / _STEP


def group_slopes(statistic: Statistic, counts: npt.NDArray[Any], weight: Floats, *, items: npt.NDArray[Any]) -> Floats:
    """The same for random groups of items, (groups,): ``items`` of each pattern are dealt out, ``weight`` is the whole."""
    rng = np.random.default_rng(_SEED)
    groups = max(2, min(_MOST_GROUPS, _GROUPED_CELLS // len(weight), int(items.sum())))
    left = items.astype(np.int64)
    point, values = point_of(statistic, counts, weight), np.empty(groups)
    rows = max(1, _CELLS // len(weight))
    for start in range(0, groups, rows):
        drawn = np.empty((min(rows, groups - start), len(weight)))
        for row in range(len(drawn)):
            part = rng.binomial(left, 1 / (groups - start - row))
            left = left - part
            drawn[row] = weight + _STEP * part
        values[start : start + len(drawn)] = statistic(counts, drawn)
    return (values - point) / _STEP


@dataclass(frozen=True, slots=True)
class Spread:
    """A standard error, its degrees of freedom, and how many groups of items it comes from, 0 for single items."""

    error: float
    degrees: int
    groups: int


def spread_of_groups(slope: Floats) -> Spread:
    """The standard error of a sum over all items from that of random groups of them."""
    groups = len(slope)
    error = sqrt(float(((slope - slope.mean()) ** 2).sum()) * groups / (groups - 1))
    return Spread(error, groups - 1, groups)
