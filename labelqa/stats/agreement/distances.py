"""How far annotators agree where answers lie nearer or farther apart: sets, spans, boxes, texts, numbers, rankings.

Krippendorff's alpha compares the distance between answers to the same item with that between answers to any two items.
Mean agreement is not corrected for chance. Both rest on the items answered by two annotators or more; what cannot be
known raises InsufficientData: ``no-overlap``, ``too-few-items`` (one such item), ``no-variation`` (all answers to all
items are alike).

Every chance distance belongs to two items, and an item takes part in many. So the interval asks what becomes of alpha
without an item: without its own pairs and without the chance pairs in which it stands on either side (jackknife over
items, Tukey 1958). What two items share is then counted once for each, and taken out again (dyadic variance: Fafchamps
and Gubert 2007; Aronow, Samii and Assenova 2015). That covers the draw of items and the draw of chance pairs. It is
taken on the logarithm of observed over expected distance, which is nearly symmetric; Student's t with one degree of
freedom less than items.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Distances, Floats, Ints, Patterns
from labelqa.stats.agreement.interval import around, checked, no_spread, too_few, without_spread
from labelqa.stats.agreement.metrics import checked_distances

_FAR = 700.0  # beyond this the exponential overflows


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The items with two answers or more: ``item`` numbers, annotators (``size``), and the sum of pair distances."""

    item: Ints
    size: Floats
    total: Floats

    @property
    def mean(self) -> Floats:
        """Mean distance of each item's pairs."""
        return np.asarray(2 * self.total / (self.size * (self.size - 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """The chance distances: their mean, the ``largest``, how many ``rows``; and by item, in the rows it stands in:

    ``total`` of the distances and ``count`` of the rows. ``shared`` is the part of the variance of the mean that comes
    from rows of the same two items.
    """

    expected: float
    largest: float
    rows: int
    total: Floats
    count: Floats
    shared: float

    def without(self) -> Floats:
        """The mean chance distance without each item."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((self.expected * self.rows - self.total) / (self.rows - self.count))

    @property
    def influence(self) -> Floats:
        """How far each item moves the mean chance distance, to first order."""
        return np.asarray((self.total - self.expected * self.count) / self.rows)


def own_of(item: npt.NDArray[np.int32], distance: Floats) -> Own:
    """The items of a column of pairs; ValueError where an item lacks some of its pairs."""
    numbers, at, pairs = np.unique(item, return_inverse=True, return_counts=True)
    size = np.round((1 + np.sqrt(1 + 8.0 * pairs)) / 2)
    if not np.array_equal(size * (size - 1), 2 * pairs):
        raise ValueError("every two annotators of an item must stand beside each other once")
    total = np.bincount(at, weights=distance, minlength=len(numbers)).astype(np.float64)
    return Own(item=numbers.astype(np.int64), size=size, total=total)


def require_overlap(own: Own) -> None:
    """Raise InsufficientData unless two items or more have two answers."""
    if not len(own.item):
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if len(own.item) == 1:
        raise too_few()


def all_alike() -> InsufficientData:
    """The error where no chance pair of answers differs."""
    return InsufficientData(
        "no-variation",
        "all answers to all items are alike: agreement is complete, and agreement beyond chance is not defined",
    )


def places(item: Ints, wanted: npt.NDArray[np.int32]) -> Ints:
    """Where each wanted item stands in the rising numbers ``item``; ValueError where it does not."""
    at: Ints = np.searchsorted(item, np.minimum(wanted, item[-1])).astype(np.int64)
    if not np.array_equal(item[at], wanted):
        raise ValueError("a chance distance belongs to an item that has no two answers")
    return at


def chance_of(distances: Distances, item: Ints) -> Chance:
    """The chance distances by item; ``item`` are the numbers of all items that take part, rising."""
    if not distances.chance.any():
        raise all_alike()
    rows, size = len(distances.chance), len(item)
    expected = float(distances.chance.mean())
    first, second = places(item, distances.chance_first), places(item, distances.chance_second)
    two = first != second
    low, high = np.minimum(first, second)[two], np.maximum(first, second)[two]
    _, pair = np.unique(low * size + high, return_inverse=True)
    shared = np.bincount(pair, weights=distances.chance[two] - expected) / rows

    def by_item(weights: Floats) -> Floats:
        found = np.bincount(first, weights=weights, minlength=size)
        return np.asarray(found + np.bincount(second[two], weights=weights[two], minlength=size))

    return Chance(
        expected=expected,
        largest=float(distances.chance.max()),
        rows=rows,
        total=by_item(distances.chance),
        count=by_item(np.ones(rows)),
        shared=float(shared @ shared),
    )


def on_log_scale(ratio: float, error: float, *, n: int, confidence: float, method: str) -> Estimate:
    """Alpha from observed over expected distance, with the interval of log(ratio), whose standard error is ``error``."""
    t = float(stdtrit(n - 1, (1 + confidence) / 2))
    low, high = 1 - ratio * exp(min(t * error, _FAR)), 1 - ratio * exp(-t * error)
    low = max(low, min(-1.0, 1 - ratio))
    return Estimate(point=1 - ratio, low=low, high=high, confidence=confidence, method=method, n=n)


def _spread(left_out: Floats, influence: Floats, weight: Floats) -> float:
    """Variance by the jackknife from the values without each item; to first order where one of them is unknown."""
    n = float(weight.sum())
    if np.isfinite(left_out).all():
        away = left_out - float(weight @ left_out) / n
        return float(weight @ away**2) * (n - 1) / n
    return float(weight @ influence**2) * n / (n - 1)


def alpha_from(own: Own, chance: Chance, where: Ints, *, confidence: float) -> Estimate:
    """Alpha of the items ``own``, which stand at ``where`` in the items of ``chance``."""
    require_overlap(own)
    items, n = len(own.item), float(own.size.sum())
    part = 2 * own.total / (own.size - 1)
    observed = float(part.sum()) / n
    ratio = observed / chance.expected
    if observed == 0:
        largest = chance.largest
        return without_spread(1.0, 1.0, 1 - chance.expected / largest, n=items, confidence=confidence)
    without, influence = np.full(len(chance.count), observed), -chance.influence / chance.expected
    without[where] = (part.sum() - part) / (n - own.size)
    influence[where] += (part - observed * own.size) / (n * observed)
    with np.errstate(invalid="ignore", divide="ignore"):
        left_out = np.log(without) - np.log(chance.without())
    shared = chance.shared / chance.expected**2
    variance = max(_spread(left_out, influence, np.ones(len(left_out))) - shared, shared)
    if no_spread(ratio * sqrt(variance)):
        largest = max(chance.largest, float(own.mean.max()))
        agreeing, expected = 1 - observed / largest, 1 - chance.expected / largest
        return without_spread(1 - ratio, agreeing, expected, n=items, confidence=confidence)
    method = f"dyadic jackknife over items, log scale, t({items - 1})"
    return on_log_scale(ratio, sqrt(variance), n=items, confidence=confidence, method=method)


def alpha(distances: Distances, *, confidence: float = 0.95) -> Estimate:
    """Krippendorff's alpha (2011) of any distance: 1 - D_o / D_e, each pair weighing 1 / (annotators of the item - 1).

    >>> import numpy as np
    >>> four = np.array([0, 0, 1, 1, 2, 2], dtype=np.int32)
    >>> said = np.array([1.0, 1.0, 3.0, 4.0, 6.0, 6.0])
    >>> one, other = np.triu_indices(6, 1)
    >>> found = alpha(Distances(
    ...     item=four[::2], first=np.zeros(3, np.int32), second=np.ones(3, np.int32), distance=abs(said[::2] - said[1::2]),
    ...     chance_first=four[one], chance_second=four[other], chance=abs(said[one] - said[other]), answers=6, exact=True))
    >>> round(found.point, 3)
    0.878
    """
    own = own_of(distances.item, distances.distance)
    require_overlap(own)
    where = np.arange(len(own.item))
    return alpha_from(own, chance_of(distances, own.item), where, confidence=checked(confidence))


def distance_alpha(patterns: Patterns, matrix: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Krippendorff's alpha from patterns whose labels are the distinct answers, and the (answers, answers) distances.

    Exact, and as quick for ten million answers as for ten thousand: for sets, ratings, preferences and rankings, which
    have few distinct values. The interval leaves out one item of each pattern in turn, on the log scale.

    >>> patterns = Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))
    >>> round(distance_alpha(patterns, [[0, 1], [1, 0]]).point, 3)
    0.533
    """
    checked(confidence)
    distance = checked_distances(matrix, len(patterns.labels))
    size = patterns.counts.sum(axis=1).astype(np.float64)
    paired = size >= 2
    c, r, weight = (column[paired].astype(np.float64) for column in (patterns.counts, size, patterns.weight))
    items = patterns.items_with_pairs
    if items < 2:
        require_overlap(Own(item=np.arange(items), size=r, total=r))
    totals = weight @ c
    n, reach, within = float(totals.sum()), distance @ totals, (c * (c @ distance)).sum(axis=1)
    part = within / (r - 1)
    observed, expected = float(weight @ part) / n, float(totals @ reach) / (n * (n - 1))
    if expected == 0:
        raise all_alike()
    ratio, largest = observed / expected, float(distance[np.ix_(totals > 0, totals > 0)].max())
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = (float(totals @ reach) - 2 * (c @ reach) + within) / ((n - r) * (n - r - 1))
        left_out = np.log((float(weight @ part) - part) / (n - r)) - np.log(chance)
        influence = (part / observed + r) / n - 2 * (c @ reach) / (expected * n * (n - 1))
    variance = _spread(left_out, influence, weight) if observed else 0.0
    if no_spread(ratio * sqrt(variance)):
        agreeing, by_chance = 1 - observed / largest, 1 - expected / largest
        return without_spread(1 - ratio, agreeing, by_chance, n=items, confidence=confidence)
    method = f"jackknife over items, log scale, t({items - 1})"
    return on_log_scale(ratio, sqrt(variance), n=items, confidence=confidence, method=method)


def mean_agreement_of(means: Floats, *, confidence: float) -> Estimate:
    """1 minus the mean of the items' mean distances, with Student's t over items; InsufficientData beyond 0..1."""
    if means.max() > 1 + 1e-9:
        raise InsufficientData(
            "distance-unbounded",
            "distances here go up to {largest}, so they do not say what share agrees: give the length of the scale",
            largest=round(float(means.max()), 4),
        )
    if len(means) == 1:
        raise too_few()
    n = len(means)
    point = min(1.0, 1 - float(means.mean()))
    error = float(means.std(ddof=1)) / sqrt(n)
    if no_spread(error):
        return without_spread(point, point, 0.0, n=n, confidence=confidence, lowest=0.0)
    method = f"mean over items, t({n - 1})"
    return around(point, error, n=n, degrees=n - 1, confidence=confidence, method=method, lowest=0.0)


def mean_agreement(distances: Distances, *, confidence: float = 0.95) -> Estimate:
    """1 minus the mean distance of an item's pairs, averaged over items; ``distance-unbounded`` for distances beyond 1.

    With the exact distance this is percent agreement. It is not corrected for chance.
    """
    own = own_of(distances.item, distances.distance)
    require_overlap(own)
    return mean_agreement_of(own.mean, confidence=checked(confidence))
