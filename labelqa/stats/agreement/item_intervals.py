"""How sure a number over items is, in limits that hold what they promise even where few items decide it.

Any statistic of patterns will do: it maps (patterns, labels) counts and (rows, patterns) weights to one value a row.
The default adds two assumed items (:mod:`labelqa.stats.agreement.assumed`), takes the spread from what each item
contributes, and fits a beta distribution between the lowest possible value and 1. For the share of items on which two
annotators agree this is Jeffreys' interval (Brown, Cai and DasGupta 2001) with a little more added, stretched by
Student's t. How often it covers the truth is measured by ``benchmarks/coverage.py``.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
from scipy.special import betaincinv, ndtri, stdtrit

from labelqa.errors import InsufficientData, Message
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.assumed import Carried, assumed_items, carried
from labelqa.stats.agreement.interval import around, checked, no_spread, without_spread
from labelqa.stats.agreement.leave_one_out import (
    MOST_PATTERNS,
    Spread,
    group_slopes,
    known_point,
    spread_of_groups,
    without_one,
)
from labelqa.stats.agreement.terms import Statistic

METHOD: Final = "assumed items, beta"
FEW: Final = "few items decide"
_FEW = 0.15  # of the variance from assumed items: beyond it limits can cover more than they say
_LEAST = 1e-3  # of both beta parameters together: limits that say nothing, rather than an error


def beta_limits(found: Carried, *, confidence: float, lowest: float) -> tuple[float, float]:
    """Limits of a beta distribution on [lowest, 1] with this centre and spread, stretched by t over normal."""
    tail = (1 - confidence) / 2
    error = found.spread.error * float(stdtrit(found.spread.degrees, 1 - tail) / ndtri(1 - tail))
    if found.centre <= lowest:  # items labelled once can carry Fleiss' kappa below -1
        lowest = found.centre - 2 * error
    wide = 1 - lowest
    middle = min(max((found.centre - lowest) / wide, 1e-9), 1 - 1e-12)
    size = max(middle * (1 - middle) / (error / wide) ** 2 - 1, _LEAST)
    low, high = betaincinv(size * middle, size * (1 - middle), [tail, 1 - tail])
    return lowest + wide * float(low), lowest + wide * float(high)


def limits_of(
    patterns: Patterns, statistic: Statistic, point: float, *, n: int, confidence: float, lowest: float
) -> Estimate:
    """The default limits around a known ``point`` of any patterns, labelled twice or not."""
    added = assumed_items(statistic, patterns.counts, patterns.weight)
    if added is None:
        return without_spread(point, 1.0, 0.0, n=n, confidence=checked(confidence), lowest=lowest)
    found = carried(statistic, patterns.counts, patterns.weight, added)
    low, high = beta_limits(found, confidence=checked(confidence), lowest=lowest)
    groups = f", {found.spread.groups} groups" if found.spread.groups else ""
    few = f", {FEW}" if found.assumed > _FEW else ""
    return Estimate(
        point=point,
        low=max(min(lowest, point), min(low, point)),
        high=min(1.0, max(high, point)),
        confidence=confidence,
        method=f"{METHOD}{groups}, t({found.spread.degrees}){few}",
        n=n,
    )


def default_interval(
    patterns: Patterns, statistic: Statistic, *, confidence: float = 0.95, lowest: float = -1.0
) -> Estimate:
    """A statistic of patterns within [lowest, 1], with limits that cover at n = 50 and with rare labels as well.

    InsufficientData as for the coefficient: ``no-annotations``, ``no-overlap``, ``too-few-items``, ``no-variation``.
    Where the method ends in "few items decide", the limits rest on too little to be exact (:func:`doubtful`).

    >>> from labelqa.stats.agreement.terms import alpha_values
    >>> found = default_interval(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]] * 20, ("a", "b")), alpha_values)
    >>> round(found.low, 2), round(found.high, 2), found.method
    (0.25, 0.65, 'assumed items, beta, t(79)')
    """
    point = known_point(patterns, statistic)
    n = patterns.items_with_pairs
    return limits_of(patterns, statistic, point, n=n, confidence=confidence, lowest=lowest)


def doubtful(estimate: Estimate) -> Message | None:
    """What to say beside an estimate that hardly more than a handful of items decide; None where there is nothing to."""
    if not estimate.method.endswith(FEW):
        return None
    return Message(
        "few items decide this number: its interval is rough, and tends to be too wide rather than too narrow"
    )


def _jackknife_spread(patterns: Patterns, statistic: Statistic) -> Spread:
    weight, n = patterns.weight.astype(np.float64), patterns.items
    if len(weight) > MOST_PATTERNS:
        return spread_of_groups(group_slopes(statistic, patterns.counts, weight, items=patterns.weight))
    without = without_one(statistic, patterns.counts, weight)
    if np.isnan(without).any():
        raise InsufficientData(
            "too-few-items", "what there is to compare lies on one item, too few to say how sure the number is"
        )
    middle = float(weight @ without) / n
    return Spread(sqrt(float(weight @ (without - middle) ** 2) * (n - 1) / n), n - 1, 0)


def jackknife(patterns: Patterns, statistic: Statistic, *, confidence: float = 0.95, lowest: float = -1.0) -> Estimate:
    """A statistic of patterns with its jackknife interval over items (Tukey 1958), Student's t.

    InsufficientData ``too-few-items`` where all that can be compared lies on one item. Where no item differs from
    another there is no spread: the limits are then the default's, and so is the method.

    >>> from labelqa.stats.agreement.terms import percent_values
    >>> found = jackknife(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b")), percent_values, lowest=0.0)
    >>> found.point, found.low, found.method
    (0.75, 0.0, 'jackknife over items, t(3)')
    """
    point, n = known_point(patterns, statistic), patterns.items_with_pairs
    found = _jackknife_spread(patterns, statistic)
    if no_spread(found.error):
        return limits_of(patterns, statistic, point, n=n, confidence=confidence, lowest=lowest)
    over = "items" if not found.groups else "groups of items"
    method = f"jackknife over {over}, t({found.degrees})"
    degrees, confidence = found.degrees, checked(confidence)
    return around(point, found.error, n=n, degrees=degrees, confidence=confidence, method=method, lowest=lowest)
