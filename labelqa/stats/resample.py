"""Intervals by drawing the items again: the bootstrap over patterns, percentile and BCa.

Items with the same pattern are interchangeable, so drawing n items with replacement is one multinomial draw over the
patterns (Efron 1979): the cost does not depend on how many annotations there are. Past a declared number of patterns
nothing is drawn; the interval is then the default one, from random groups of items, and its method says so.

Where few items decide, redrawn items cannot show what was never seen: for 50 items with a label in 20 both kinds give no
limits at all or cover about 80 % in place of 95 % (``benchmarks/coverage.py``). The default interval of
:mod:`labelqa.stats.agreement.item_intervals` covers what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from scipy.special import ndtr, ndtri

from labelqa.errors import InsufficientData
from labelqa.records.agreement import Coefficient
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.coefficients import COEFFICIENTS, Measure, require_pairs
from labelqa.stats.agreement.interval import checked
from labelqa.stats.agreement.item_intervals import default_interval
from labelqa.stats.agreement.leave_one_out import MOST_PATTERNS, group_slopes, point_of, slopes, without_one
from labelqa.stats.agreement.terms import Floats, Statistic

Limits = Literal["percentile", "bca"]
MOST_REDRAWN: Final = 20_000  # patterns: with more, a redraw costs more than it tells
_CELLS, _AT_ONCE = 2**16, 100  # drawn at a time: what stays in the processor's cache, at least so many replicates
_UNDEFINED = 0.05  # with more replicates than this without a value there is no interval


def replicates_of(
    patterns: Patterns, statistics: Sequence[Statistic], *, rng: np.random.Generator, replicates: int
) -> Floats:
    """Values of each statistic in each redrawn set of items, (statistics, replicates); NaN where it is undefined."""
    chances = patterns.weight / patterns.weight.sum()
    step = max(_AT_ONCE, _CELLS // max(1, len(chances)))
    parts = []
    for start in range(0, replicates, step):
        drawn = rng.multinomial(patterns.items, chances, size=min(step, replicates - start)).astype(np.float64)
        parts.append(np.stack([statistic(patterns.counts, drawn) for statistic in statistics]))
    return np.concatenate(parts, axis=1)


def acceleration(patterns: Patterns, statistic: Statistic) -> float:
    """How the standard error changes with the value: a sixth of the skewness of the items' influence (Efron 1987).

    By leaving one item of each pattern out; where the statistic is not defined then, by its slopes. 0 without spread.
    """
    weight = patterns.weight.astype(np.float64)
    if len(weight) > MOST_PATTERNS:
        slope = group_slopes(statistic, patterns.counts, weight, items=patterns.weight)
        influence, weight = slope - slope.mean(), np.ones(len(slope))
    else:
        without = without_one(statistic, patterns.counts, weight)
        if np.isnan(without).any():
            point = point_of(statistic, patterns.counts, weight)
            influence = slopes(statistic, patterns.counts, weight, point=point)
        else:
            influence = float(weight @ without) / float(weight.sum()) - without
    square = float(weight @ influence**2)
    return float(weight @ influence**3) / (6 * square**1.5) if square > 1e-30 else 0.0


def _bca_shares(point: float, values: Floats, skew: float, confidence: float) -> tuple[float, float]:
    """Which quantiles of the replicates are the limits; replicates equal to the point count by half."""
    below = ((values < point).sum() + 0.5 * (values == point).sum()) / len(values)
    bias = float(ndtri(np.clip(below, 0.5 / len(values), 1 - 0.5 / len(values))))
    z = float(ndtri((1 + confidence) / 2))
    ends = (bias + (bias + side) / (1 - skew * (bias + side)) for side in (-z, z))
    low, high = (float(ndtr(end)) for end in ends)
    return min(low, high), max(low, high)


def _limits(
    patterns: Patterns, statistic: Statistic, values: Floats, *, point: float, confidence: float, limits: Limits
) -> Estimate:
    known = values[~np.isnan(values)]
    if np.isnan(point) or len(known) < (1 - _UNDEFINED) * len(values):
        raise InsufficientData(
            "bootstrap-undefined", "too many redrawn sets of items have no variation or no overlap to give an interval"
        )
    shares = (1 - confidence) / 2, (1 + confidence) / 2
    if limits == "bca":
        shares = _bca_shares(point, known, acceleration(patterns, statistic), confidence)
    low, high = np.quantile(known, shares)
    name = {"percentile": "percentile", "bca": "BCa"}[limits]
    return Estimate(
        point=point,
        low=float(min(low, point)),
        high=float(max(high, point)),
        confidence=confidence,
        method=f"bootstrap over items, {name}, {len(values)} replicates",
        n=patterns.items_with_pairs,
    )


def _checked_replicates(replicates: int) -> int:
    if replicates < 1:
        raise ValueError(f"replicates must be 1 or more, not {replicates}")
    return replicates


def bootstrap(
    patterns: Patterns,
    statistic: Statistic,
    *,
    rng: np.random.Generator,
    replicates: int = 2000,
    confidence: float = 0.95,
    limits: Limits = "percentile",
    lowest: float = -1.0,
) -> Estimate:
    """A statistic of patterns with its interval from redrawn items; ``statistic`` maps (patterns, labels) counts and
    (replicates, patterns) weights to one value a replicate. ``limits`` "bca" is corrected for bias and acceleration.

    Where all items agree alike every replicate is the same and the interval is a point. With more than 20,000 patterns
    nothing is redrawn, and ``lowest`` is where the default interval ends that takes its place.

    >>> from labelqa.stats.agreement.terms import percent_values
    >>> patterns = Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))
    >>> bootstrap(patterns, percent_values, rng=np.random.default_rng(7)).high
    1.0
    """
    require_pairs(patterns)
    if len(patterns.weight) > MOST_REDRAWN:
        return default_interval(patterns, statistic, confidence=confidence, lowest=lowest)
    confidence = checked(confidence)
    point = point_of(statistic, patterns.counts, patterns.weight)
    values = replicates_of(patterns, [statistic], rng=rng, replicates=_checked_replicates(replicates))[0]
    return _limits(patterns, statistic, values, point=point, confidence=confidence, limits=limits)


def bootstrap_coefficients(
    patterns: Patterns,
    *,
    rng: np.random.Generator,
    replicates: int = 2000,
    confidence: float = 0.95,
    limits: Limits = "percentile",
    measures: Sequence[Measure] = COEFFICIENTS,
) -> tuple[Coefficient, ...]:
    """The coefficients with intervals from the same redrawn items, in the order of ``measures``."""
    checked(confidence)
    n = patterns.items_with_pairs
    try:
        require_pairs(patterns)
    except InsufficientData as error:
        return tuple(Coefficient(name=measure.name, figure=unknown(error, n=n)) for measure in measures)
    few = len(patterns.weight) <= MOST_REDRAWN
    statistics = [measure.values for measure in measures]
    values = replicates_of(patterns, statistics, rng=rng, replicates=_checked_replicates(replicates)) if few else None

    def figure(at: int, measure: Measure) -> Figure:
        try:
            if values is None:
                return default_interval(patterns, measure.values, confidence=confidence, lowest=measure.lowest)
            point = point_of(measure.values, patterns.counts, patterns.weight)
            if np.isnan(point):
                point = measure.estimate(patterns, confidence=confidence).point  # says why it is not known
            return _limits(
                patterns, measure.values, values[at], point=point, confidence=confidence, limits=limits
            )  # fmt: skip
        except InsufficientData as error:
            return unknown(error, n=n)

    return tuple(Coefficient(name=measure.name, figure=figure(at, measure)) for at, measure in enumerate(measures))
