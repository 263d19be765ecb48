"""Intervals by drawing the items again: the bootstrap over patterns.

Items with the same pattern are interchangeable, so drawing n items with replacement is one multinomial draw over the
patterns (Efron 1979): the cost does not depend on how many annotations there are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Patterns
from labelqa.records.summary import Coefficient
from labelqa.stats.agreement.coefficients import COEFFICIENTS, require_pairs
from labelqa.stats.agreement.interval import checked
from labelqa.stats.agreement.terms import Floats, Statistic

_CELLS = 2**22  # replicates times patterns drawn at a time
_UNDEFINED = 0.05  # with more replicates than this without a value there is no interval


def replicates_of(
    patterns: Patterns, statistics: Sequence[Statistic], *, rng: np.random.Generator, replicates: int
) -> Floats:
    """Values of each statistic in each redrawn set of items, (statistics, replicates); NaN where it is undefined."""
    chances = patterns.weight / patterns.weight.sum()
    step = max(1, _CELLS // max(1, len(chances)))
    parts = []
    for start in range(0, replicates, step):
        drawn = rng.multinomial(patterns.items, chances, size=min(step, replicates - start)).astype(np.float64)
        parts.append(np.stack([statistic(patterns.counts, drawn) for statistic in statistics]))
    return np.concatenate(parts, axis=1)


def _percentile(point: float, values: Floats, n: int, confidence: float) -> Estimate:
    known = values[~np.isnan(values)]
    if np.isnan(point) or len(known) < (1 - _UNDEFINED) * len(values):
        raise InsufficientData(
            "bootstrap-undefined", "too many redrawn sets of items have no variation or no overlap to give an interval"
        )
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(
        point=point,
        low=float(min(low, point)),
        high=float(max(high, point)),
        confidence=confidence,
        method=f"bootstrap over items, percentile, {len(values)} replicates",
        n=n,
    )


def bootstrap(
    patterns: Patterns,
    statistic: Statistic,
    *,
    rng: np.random.Generator,
    replicates: int = 2000,
    confidence: float = 0.95,
) -> Estimate:
    """A statistic of patterns with its percentile interval; ``statistic`` maps (patterns, labels) counts and
    (replicates, patterns) weights to one value a replicate.

    Where all items agree alike every replicate is the same and the interval is a point: prefer the linearised one.

    >>> from labelqa.stats.agreement.terms import percent_values
    >>> patterns = Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))
    >>> bootstrap(patterns, percent_values, rng=np.random.default_rng(7)).high
    1.0
    """
    require_pairs(patterns)
    point = float(statistic(patterns.counts, patterns.weight[None, :].astype(np.float64))[0])
    values = replicates_of(patterns, [statistic], rng=rng, replicates=replicates)[0]
    return _percentile(point, values, patterns.items_with_pairs, checked(confidence))


def bootstrap_coefficients(
    patterns: Patterns, *, rng: np.random.Generator, replicates: int = 2000, confidence: float = 0.95
) -> tuple[Coefficient, ...]:
    """The four coefficients with percentile intervals, all from the same redrawn items."""
    try:
        require_pairs(patterns)
    except InsufficientData as error:
        row = unknown(error, n=patterns.items_with_pairs)
        return tuple(Coefficient(name=measure.name, figure=row) for measure in COEFFICIENTS)
    values = replicates_of(patterns, [m.values for m in COEFFICIENTS], rng=rng, replicates=replicates)
    lines = []
    for measure, drawn in zip(COEFFICIENTS, values, strict=True):
        try:
            point = measure.estimate(patterns, confidence=confidence).point
            figure: Figure = _percentile(point, drawn, patterns.items_with_pairs, confidence)
        except InsufficientData as error:
            figure = unknown(error, n=patterns.items_with_pairs)
        lines.append(Coefficient(name=measure.name, figure=figure))
    return tuple(lines)
