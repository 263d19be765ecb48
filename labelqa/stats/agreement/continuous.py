"""Krippendorff's alpha of numbers with any number of distinct values: lengths, times, scores on a slider.

The same alpha and interval as for labels, from one row an annotation; there is never a table of all values by all
values. Interval distances need only means and variances, ordinal ones only ranks; ratios compare all distinct values in
blocks, so that time grows with the square of their number and memory does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.stats.agreement.alpha import Disagreement, alpha_of_disagreement, rank_moves, widest
from labelqa.stats.agreement.interval import too_few
from labelqa.stats.agreement.linearised import estimate_of, no_annotations, no_overlap, no_variation
from labelqa.stats.agreement.metrics import midranks
from labelqa.stats.agreement.terms import Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Annotations of items with two or more, sorted by item: value and item (rows,), first row and size (items,)."""

    value: Floats
    item: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    size: Floats

    def summed(self, rows: Floats) -> Floats:
        """The sum over each item's rows."""
        return np.asarray(np.add.reduceat(rows, self.start))

    def spread(self, x: Floats) -> Floats:
        """Squared differences over the ordered pairs of each item, divided by one less than its size."""
        apart = x - (self.summed(x) / self.size)[self.item]
        return np.asarray(2 * self.size * self.summed(apart**2) / (self.size - 1))


def _rows(item: npt.NDArray[Any], value: Floats) -> _Rows:
    if not len(item):
        raise no_annotations()
    order = np.argsort(item, kind="stable")
    _, run, size = np.unique(item[order], return_inverse=True, return_counts=True)
    kept = size[run] >= 2
    if not kept.any():
        raise no_overlap()
    _, run, size = np.unique(run[kept], return_inverse=True, return_counts=True)
    if len(size) == 1:
        raise too_few()
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    return _Rows(value=value[order][kept], item=run, start=start, size=size.astype(np.float64))


def _by_interval(rows: _Rows) -> Disagreement:
    x = rows.value - rows.value.mean()
    chance = rows.summed(x**2) + rows.size * float((x**2).mean())
    return _still(rows, rows.spread(x), chance, float((x.max() - x.min()) ** 2))


def _still(rows: _Rows, own: Floats, chance: Floats, scale: float) -> Disagreement:
    """Distances that do not depend on what was given."""
    one, none = np.ones(len(own)), np.zeros(len(own))
    return Disagreement(
        size=rows.size, own=own, chance=chance, own_moved=none, chance_moved=none, weight=one, scale=scale
    )


def _by_rank(rows: _Rows) -> Disagreement:
    distinct, place, total = np.unique(rows.value, return_inverse=True, return_counts=True)
    totals = total.astype(np.float64)
    ranks = midranks(totals)
    x = ranks[place]
    pulled = 4 * (rows.size / (rows.size - 1))[rows.item] * (x - (rows.summed(x) / rows.size)[rows.item])
    pull = np.asarray(np.bincount(place, weights=pulled, minlength=len(distinct)), dtype=np.float64)
    own_moves, chance_moves = rank_moves(ranks, totals, pull)
    return Disagreement(
        size=rows.size,
        own=rows.spread(x),
        chance=rows.summed(x**2) + rows.size * float((x**2).mean()),
        own_moved=rows.summed(own_moves[place]),
        chance_moved=rows.summed(chance_moves[place]),
        weight=np.ones(len(rows.size)),
        scale=widest(ranks, totals),
    )


def _ratio(a: Floats, b: Floats) -> Floats:
    total = a + b
    return np.asarray(((a - b) / np.where(total > 0, total, 1.0)) ** 2)


def ratio_sums(values: Floats, totals: Floats, *, cells: int = 2**18) -> Floats:
    """Sum over all annotations of ((a - b) / (a + b))^2 for each distinct value a: (values,), ``cells`` at a time."""
    step = max(1, cells // max(1, len(values)))
    blocks = [values[start : start + step, None] for start in range(0, len(values), step)]
    return np.concatenate([_ratio(block, values[None, :]) @ totals for block in blocks])


def _by_ratio(rows: _Rows) -> Disagreement:
    if (rows.value < 0).any():
        raise InsufficientData("negative-values", "a label is below zero, so labels cannot be compared by their ratio")
    distinct, place, total = np.unique(rows.value, return_inverse=True, return_counts=True)
    means = ratio_sums(distinct, total.astype(np.float64)) / len(rows.value)
    own = np.zeros(len(rows.size))
    for shift in range(1, int(rows.size.max())):  # each annotation and the one ``shift`` places further on
        one = np.flatnonzero(rows.item[:-shift] == rows.item[shift:])
        apart = _ratio(rows.value[one], rows.value[one + shift])
        own += np.bincount(rows.item[one], weights=apart, minlength=len(own))
    largest = float(_ratio(distinct[:1], distinct[-1:])[0])
    return _still(rows, 2 * own / (rows.size - 1), rows.summed(means[place]), largest)


_LEVELS: Final[dict[str, Callable[[_Rows], Disagreement]]] = {
    "ordinal": _by_rank,
    "interval": _by_interval,
    "ratio": _by_ratio,
}


def alpha_of_numbers(item: npt.ArrayLike, value: npt.ArrayLike, *, level: str, confidence: float = 0.95) -> Estimate:
    """Krippendorff's alpha of numbers, ``level`` "ordinal", "interval" or "ratio", linearised over items.

    ``item`` and ``value`` (rows,): one row an annotation; an annotator who said nothing has no row.

    >>> round(alpha_of_numbers([0, 0, 1, 1, 2, 2], [1.0, 1.5, 7.0, 7.0, 3.0, 4.0], level="interval").point, 3)
    0.97
    """
    if level not in _LEVELS:
        raise ValueError(f"alpha of numbers is for {', '.join(_LEVELS)}, not {level!r}")
    items, values = np.asarray(item), np.asarray(value, dtype=np.float64)
    if items.shape != values.shape or values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError("item and value must be columns of one length, and every value a finite number")
    rows = _rows(items, values)
    if (rows.value == rows.value[0]).all():
        raise no_variation(f"{rows.value[0]:g}")
    result = alpha_of_disagreement(_LEVELS[level](rows))
    degrees = len(np.unique(items)) - 1
    how = "linearised with ranks" if level == "ordinal" else "gwet-linearised"
    return estimate_of(result, n=len(rows.size), degrees=degrees, confidence=confidence, how=how)
