"""Krippendorff's alpha for unordered labels, ordered labels, numbers, and distances of one's own, with its interval.

Alpha is one minus observed over expected disagreement on the items labelled twice (Krippendorff 2011). The interval is
linearised over these items as in irrCAC 1.4; for ordered labels the movement of the ranks is part of an item's
influence. Numbers with many distinct values go to :mod:`labelqa.stats.agreement.continuous`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.linearised import (
    Linearised,
    estimate_of,
    require_chance,
    require_pairs,
    require_variation,
)
from labelqa.stats.agreement.metrics import Metric, distances_between, midranks, order_of
from labelqa.stats.agreement.terms import Floats, credited, terms
from labelqa.stats.agreement.weights import Weights, weights_between


@dataclass(frozen=True, slots=True, eq=False)
class Disagreement:
    """What each pattern or item with two annotations or more adds to the disagreement: all (items,).

    ``own``: distances over its ordered pairs, divided by one less than its ``size``; ``chance``: the mean distance of
    each of its labels to all labels, summed. ``own_moved`` and ``chance_moved`` add what the item does to the distances
    themselves. ``scale`` is the largest distance there can be.
    """

    size: Floats
    own: Floats
    chance: Floats
    own_moved: Floats
    chance_moved: Floats
    weight: Floats
    scale: float


def alpha_of_disagreement(d: Disagreement) -> Linearised:
    """Alpha and the influence of each item; InsufficientData where nothing could differ."""
    n = float(d.weight @ d.size)
    items = round(float(d.weight.sum()))
    mean = n / items
    observed, expected = float(d.weight @ d.own) / n, float(d.weight @ d.chance) / n
    require_chance(1 - expected / d.scale)
    centre = 1 - observed / expected
    own = (d.own + d.own_moved) / mean
    chance = (d.chance + d.chance_moved) / mean
    moved = (own + observed * d.size / mean - 2 * observed * chance / expected) / expected
    return Linearised(
        point=1 - (1 - 1 / n) * observed / expected,
        centre=centre,
        observed=1 - observed / d.scale,
        expected=1 - expected / d.scale,
        influence=centre - moved,
        weight=d.weight,
        items=items,
    )


def _paired(patterns: Patterns) -> tuple[Floats, Floats, Floats]:
    """Counts, size and weight of the patterns with two annotations or more."""
    size = patterns.counts.sum(axis=1)
    kept = size >= 2
    return (
        patterns.counts[kept].astype(np.float64),
        size[kept].astype(np.float64),
        patterns.weight[kept].astype(np.float64),
    )


def _by_distance(patterns: Patterns, distance: Floats) -> Linearised:
    c, r, weight = _paired(patterns)
    totals = weight @ c
    still = np.zeros(len(r))
    found = Disagreement(
        size=r,
        own=(c * (c @ distance)).sum(axis=1) / (r - 1),
        chance=c @ (distance @ totals) / totals.sum(),
        own_moved=still,
        chance_moved=still,
        weight=weight,
        scale=float(distance.max()) or 1.0,
    )
    return alpha_of_disagreement(found)


def alpha_of_weights(patterns: Patterns, credit: Floats) -> Linearised:
    """Alpha where labels agree by ``credit`` (labels, labels), or NO_CREDIT: the distance is what is missing to 1."""
    c, r, weight = _paired(patterns)
    totals = weight @ c
    n = totals.sum()
    still = np.zeros(len(r))
    found = Disagreement(
        size=r,
        own=r * (1 - terms(c, credit).own),
        chance=c @ (1 - credited(totals, credit) / n),
        own_moved=still,
        chance_moved=still,
        weight=weight,
        scale=1.0,
    )
    return alpha_of_disagreement(found)


def rank_moves(x: Floats, totals: Floats, pull: Floats) -> tuple[Floats, Floats]:
    """What one more label of each value does to the disagreement by moving the ranks ``x``: observed, expected.

    ``pull`` is the observed disagreement's derivative by each rank. One more label lifts every higher rank by one and
    its own by a half.
    """
    n = totals.sum()

    def above(gradient: Floats) -> Floats:
        return np.asarray(gradient[::-1].cumsum()[::-1] - gradient / 2)

    return above(pull), above(4 * n * totals * x) / (2 * n)


def _ordinal(patterns: Patterns) -> Linearised:
    order = order_of(patterns.labels)
    c, r, weight = _paired(patterns)
    c = c[:, order]
    totals = weight @ c
    x = midranks(totals)
    y = c @ x
    own = 2 * (r * (c @ x**2) - y**2) / (r - 1)
    pull = 4 * (x * ((weight * r / (r - 1)) @ c) - (weight * y / (r - 1)) @ c)
    own_moves, chance_moves = rank_moves(x, totals, pull)
    found = Disagreement(
        size=r,
        own=own,
        chance=c @ (x**2 + (totals @ x**2) / totals.sum()),
        own_moved=c @ own_moves,
        chance_moved=c @ chance_moves,
        weight=weight,
        scale=widest(x, totals),
    )
    return alpha_of_disagreement(found)


def widest(x: Floats, totals: Floats) -> float:
    """The largest squared difference between two ranks in use."""
    used = x[totals > 0]
    return float((used.max() - used.min()) ** 2) or 1.0


def linearised_alpha(patterns: Patterns, *, metric: Metric = "nominal") -> Linearised:
    """Alpha with the influence of each pattern labelled twice, and its standard error (``.error``)."""
    require_pairs(patterns)
    require_variation(patterns, paired_only=True)
    if isinstance(metric, str) and metric == "nominal":
        return alpha_of_weights(patterns, np.zeros((0, 0)))
    if isinstance(metric, str) and metric == "ordinal":
        return _ordinal(patterns)
    return _by_distance(patterns, distances_between(metric, patterns.labels))


def krippendorff_alpha(patterns: Patterns, *, metric: Metric = "nominal", confidence: float = 0.95) -> Estimate:
    """Krippendorff's alpha (2011): copes with missing annotations and small samples.

    ``metric`` is "nominal", "ordinal" (labels in their declared order, or by number), "interval" or "ratio" (labels are
    numbers), or a matrix of distances (labels, labels).

    >>> round(krippendorff_alpha(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point, 3)
    0.533
    >>> ratings = Patterns.of([[2, 0, 0], [1, 1, 0], [0, 0, 2], [2, 0, 0]], ("1", "2", "3"))
    >>> round(krippendorff_alpha(ratings, metric="interval").point, 3)
    0.851
    """
    result = linearised_alpha(patterns, metric=metric)
    ranked = isinstance(metric, str) and metric == "ordinal"
    return _interval(patterns, result, confidence, how="linearised with ranks" if ranked else "gwet-linearised")


def krippendorff_alpha_gwet_form(patterns: Patterns, *, weights: Weights, confidence: float = 0.95) -> Estimate:
    """Alpha with Gwet's weights between labels (2014, ch. 3); "ordinal" here is not Krippendorff's ordinal metric.

    >>> ratings = Patterns.of([[2, 0, 0], [1, 1, 0], [0, 0, 2], [2, 0, 0]], ("1", "2", "3"))
    >>> round(krippendorff_alpha_gwet_form(ratings, weights="quadratic").point, 3)
    0.851
    """
    require_pairs(patterns)
    require_variation(patterns, paired_only=True)
    result = alpha_of_weights(patterns, weights_between(weights, patterns.labels))
    return _interval(patterns, result, confidence, how="gwet-linearised")


def _interval(patterns: Patterns, result: Linearised, confidence: float, *, how: str) -> Estimate:
    return estimate_of(result, n=patterns.items_with_pairs, degrees=patterns.items - 1, confidence=confidence, how=how)
