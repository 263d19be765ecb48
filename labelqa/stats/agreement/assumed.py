"""Two items that nobody labelled, so that what was not seen counts as possible: the idea of Jeffreys and of Agresti.

Fifty items of which three carry the rare label tell little of how annotators use it, yet look certain where these three
happen to agree. So a little more than half an item on which all agree and a little less than one on which one annotator
differs are added, mostly on rare labels, where the data say least. Every estimate here is of the data and these two
together; how much of the uncertainty comes from them alone says how far the data carry the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.stats.agreement.leave_one_out import (
    MOST_PATTERNS,
    Spread,
    group_slopes,
    point_of,
    slopes,
    spread_of_groups,
)
from labelqa.stats.agreement.terms import Floats, Statistic

AGREEING, DIFFERING = 0.6, 0.8  # items; with less, some cells of benchmarks/coverage.py fall below 93 %
_MOST_LABELS = 24  # with more labels in use no single one decides
_ROUNDING = 1e-6  # of the range of slopes


@dataclass(frozen=True, slots=True, eq=False)
class Assumed:
    """``counts`` (assumed, labels) and ``weight`` (assumed,) of the items that are added."""

    counts: npt.NDArray[np.int64]
    weight: Floats


@dataclass(frozen=True, slots=True)
class Carried:
    """The statistic of data and assumed items together, its spread, and the share of the variance that is assumed."""

    centre: float
    spread: Spread
    assumed: float


def _usual_size(size: npt.NDArray[Any], weight: npt.NDArray[Any]) -> int:
    """The median number of annotations of the items that have two or more; of all where none has."""
    paired = np.where(size >= 2, weight, 0)
    weight = paired if paired.any() else weight
    order = np.argsort(size, kind="stable")
    upto = np.cumsum(weight[order])
    return int(size[order][np.searchsorted(upto, upto[-1] / 2)])


def assumed_items(statistic: Statistic, counts: npt.NDArray[Any], weight: npt.NDArray[Any]) -> Assumed | None:
    """The items to add to patterns; None where only one label is declared, so that nobody could have differed.

    Label k takes part by 1 - its share: all annotators give it, or one does and the others give the label that takes
    the statistic furthest down; several that do so take even parts, so that names and order of labels do not matter.

    >>> from labelqa.stats.agreement.terms import alpha_values
    >>> found = assumed_items(alpha_values, np.array([[3, 0], [0, 3]]), np.array([9, 1]))
    >>> found.counts.tolist(), found.weight.round(2).tolist()
    ([[3, 0], [0, 3], [1, 2], [2, 1]], [0.06, 0.54, 0.08, 0.72])
    """
    labels = counts.shape[1]
    if labels < 2:
        return None
    size = counts.sum(axis=1)
    usual = _usual_size(size, weight)
    share = weight @ (counts / size[:, None]) / weight.sum()
    common = np.argsort(-share, kind="stable")[:_MOST_LABELS]
    used = common[share[common] > 0]
    used = np.sort(used if len(used) > 1 else common)
    part = (1 - share[used]) / (1 - share[used]).sum()
    one, others = np.nonzero(~np.eye(len(used), dtype=bool))
    alike = np.zeros((len(used), labels), dtype=np.int64)
    alike[np.arange(len(used)), used] = usual
    mixed = np.zeros((len(one), labels), dtype=np.int64)
    mixed[np.arange(len(one)), used[others]] = usual - 1
    mixed[np.arange(len(one)), used[one]] = 1
    every = Assumed(
        np.concatenate([alike, mixed]), np.concatenate([AGREEING * part, DIFFERING * part[one] / len(used)])
    )
    if len(used) == 2:  # one other label, one way to differ
        return Assumed(every.counts, np.concatenate([AGREEING * part, DIFFERING * part]))
    even = _worst(_slopes_of(statistic, counts, weight, every)[len(used) :].reshape(len(used), -1))
    kept = even.ravel() > 0
    differing = DIFFERING * (part[:, None] * even).ravel()[kept]
    return Assumed(np.concatenate([alike, mixed[kept]]), np.concatenate([AGREEING * part, differing]))


def _slopes_of(statistic: Statistic, counts: npt.NDArray[Any], weight: npt.NDArray[Any], added: Assumed) -> Floats:
    """How fast each of the added items moves the statistic, once they are all there."""
    rows, whole = np.concatenate([counts, added.counts]), np.concatenate([weight, added.weight])
    return slopes(statistic, rows, whole, point=point_of(statistic, rows, whole), first=len(weight))


def _worst(slope: Floats) -> Floats:
    """In each row, even parts for the entries that are the lowest but for rounding, 0 for the others."""
    worst = slope <= slope.min(axis=1)[:, None] + _ROUNDING * float(np.ptp(slope)) + 1e-12
    return np.asarray(worst / worst.sum(axis=1)[:, None])


def carried(statistic: Statistic, counts: npt.NDArray[Any], weight: npt.NDArray[Any], added: Assumed) -> Carried:
    """The statistic with the assumed items, and its spread by the infinitesimal jackknife over all of them."""
    whole = np.concatenate([weight, added.weight])
    rows = np.concatenate([counts, added.counts])
    n, centre = float(whole.sum()), point_of(statistic, rows, whole)
    if len(weight) > MOST_PATTERNS:
        of_added = slopes(statistic, rows, whole, point=centre, first=len(weight))
        items = np.concatenate([weight, np.zeros(len(added.weight), dtype=np.int64)])
        groups = spread_of_groups(group_slopes(statistic, rows, whole, items=items))
        seen, degrees, how_many = groups.error**2, groups.degrees, groups.groups
    else:
        own, of_added = np.split(slopes(statistic, rows, whole, point=centre), [len(weight)])
        seen, degrees, how_many = float(weight @ own**2), int(weight.sum()) - 1, 0
    assumed = float(added.weight @ of_added**2)
    variance = (seen + assumed) * n / (n + 1)  # as Jeffreys' beta has it
    return Carried(centre, Spread(float(np.sqrt(variance)), degrees, how_many), assumed / max(seen + assumed, 1e-300))
