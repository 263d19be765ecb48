"""Four coefficients of agreement, each with its interval: percent agreement, Fleiss' kappa, Krippendorff's alpha, AC1.

What cannot be known raises InsufficientData: ``no-annotations``, ``no-overlap`` (no item labelled twice),
``too-few-items`` (one such item), ``no-variation`` (one label only: agreement beyond chance is not defined; percent
agreement still is). The declared labels count, used or not: AC1 depends on how many there are.

Intervals are Gwet's (2014, ch. 5) as in irrCAC 1.4: the influence of each item on the coefficient, Student's t with
one degree of freedom less than there are items. For Krippendorff's alpha only items labelled twice have influence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Patterns
from labelqa.records.summary import Coefficient
from labelqa.stats.agreement import terms as sums
from labelqa.stats.agreement.interval import around, checked, no_spread, spread, too_few, without_spread
from labelqa.stats.agreement.terms import Floats, Statistic, Terms, terms


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """A coefficient and the influence of each pattern, centred on ``centre``; ``items`` enter the variance."""

    point: float
    centre: float
    observed: float
    expected: float
    influence: Floats
    weight: Floats  # items of each pattern
    items: int


def require_pairs(patterns: Patterns) -> None:
    """Raise InsufficientData unless two items or more are labelled twice."""
    if not patterns.annotations:
        raise InsufficientData("no-annotations", "there are no annotations here, so there is no agreement to measure")
    if not patterns.items_with_pairs:
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if patterns.items_with_pairs == 1:
        raise too_few()


def _require_variation(patterns: Patterns, *, paired_only: bool) -> None:
    rows = patterns.counts[patterns.counts.sum(axis=1) >= 2] if paired_only else patterns.counts
    used = np.flatnonzero(rows.any(axis=0))
    if len(used) < 2:
        raise InsufficientData(
            "no-variation",
            "every annotation says “{label}”: agreement is complete, and agreement beyond chance is not defined",
            label=patterns.labels[int(used[0])],
        )


def _estimate(result: Linearised, patterns: Patterns, confidence: float, *, lowest: float = -1.0) -> Estimate:
    n = patterns.items_with_pairs
    error = spread(result.influence, result.weight, result.centre, result.items)
    if result.observed in (0.0, 1.0) or no_spread(error):
        return without_spread(
            result.point, result.observed, result.expected, n=n, confidence=checked(confidence), lowest=lowest
        )
    degrees = patterns.items - 1
    return around(
        result.point,
        error,
        n=n,
        degrees=degrees,
        confidence=checked(confidence),
        method=f"gwet-linearised, t({degrees})",
        lowest=lowest,
    )


def _over_all_items(t: Terms, patterns: Patterns, point: float, expected: float, chance: Floats) -> Linearised:
    """Percent agreement, Fleiss and AC1: ``chance`` is each pattern's part in the expected agreement."""
    weight, n = patterns.weight.astype(np.float64), patterns.items
    lift = n / patterns.items_with_pairs
    own = lift * np.where(t.paired, t.own - expected, 0.0) / (1 - expected)
    influence = own - 2 * (1 - point) * (chance - expected) / (1 - expected)
    pa = float(sums.observed(t, patterns.weight[None, :])[0])
    return Linearised(point, point, pa, expected, influence, weight, n)


def percent_agreement(patterns: Patterns, *, confidence: float = 0.95) -> Estimate:
    """Chance that two annotators of an item give the same label, averaged over items labelled twice.

    >>> percent_agreement(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point
    0.75
    """
    require_pairs(patterns)
    t = terms(patterns.counts)
    point = float(sums.observed(t, patterns.weight[None, :])[0])
    result = _over_all_items(t, patterns, point, 0.0, np.zeros(len(patterns.weight)))
    return _estimate(result, patterns, confidence, lowest=0.0)


def fleiss_kappa(patterns: Patterns, *, confidence: float = 0.95) -> Estimate:
    """Agreement beyond what the labels' shares give by chance; Fleiss (1971), any number of annotations an item.

    >>> round(fleiss_kappa(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point, 3)
    0.467
    """
    require_pairs(patterns)
    _require_variation(patterns, paired_only=False)
    t = terms(patterns.counts)
    pi = sums.prevalence(t, patterns.weight[None, :])[0]
    point = float(sums.fleiss_values(patterns.counts, patterns.weight[None, :])[0])
    return _estimate(_over_all_items(t, patterns, point, float(pi @ pi), t.shares @ pi), patterns, confidence)


def gwet_ac1(patterns: Patterns, *, confidence: float = 0.95) -> Estimate:
    """Agreement beyond chance that stays steady when one label is rare or dominant; Gwet (2008).

    >>> round(gwet_ac1(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point, 3)
    0.529
    """
    require_pairs(patterns)
    _require_variation(patterns, paired_only=False)
    t = terms(patterns.counts)
    pi = sums.prevalence(t, patterns.weight[None, :])[0]
    scale = len(patterns.labels) - 1
    point = float(sums.ac1_values(patterns.counts, patterns.weight[None, :])[0])
    expected = float(pi @ (1 - pi)) / scale
    return _estimate(_over_all_items(t, patterns, point, expected, t.shares @ (1 - pi) / scale), patterns, confidence)


def krippendorff_alpha(patterns: Patterns, *, confidence: float = 0.95) -> Estimate:
    """Krippendorff's alpha for unordered labels (2011): copes with missing annotations and small samples.

    >>> round(krippendorff_alpha(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point, 3)
    0.533
    """
    require_pairs(patterns)
    _require_variation(patterns, paired_only=True)
    t = terms(patterns.counts)
    parts = sums.alpha_parts(t, patterns.weight[None, :])
    agreeing, expected, n = (float(part[0]) for part in parts)
    point = ((1 - 1 / n) * agreeing + 1 / n - expected) / (1 - expected)
    centre = (agreeing - expected) / (1 - expected)
    items = patterns.items_with_pairs
    r = t.size / (n / items)  # annotations of the item relative to their mean
    pi = (patterns.weight * t.paired) @ t.counts / n
    own = (t.own * r - agreeing * (r - 1) - expected) / (1 - expected)
    chance = r * (t.shares @ pi) - expected * (r - 1)
    influence = own - 2 * (1 - centre) * (chance - expected) / (1 - expected)
    weight = np.where(t.paired, patterns.weight, 0).astype(np.float64)
    return _estimate(Linearised(point, centre, agreeing, expected, influence, weight, items), patterns, confidence)


@dataclass(frozen=True, slots=True)
class Measure:
    """One coefficient: its interval from the data, its bare values for a bootstrap, and where it can lie."""

    name: str
    estimate: Callable[..., Estimate]
    values: Statistic
    lowest: float


COEFFICIENTS: Final = (
    Measure("percent-agreement", percent_agreement, sums.percent_values, 0.0),
    Measure("fleiss-kappa", fleiss_kappa, sums.fleiss_values, -1.0),
    Measure("krippendorff-alpha", krippendorff_alpha, sums.alpha_values, -1.0),
    Measure("gwet-ac1", gwet_ac1, sums.ac1_values, -1.0),
)


def known(estimate: Callable[[], Estimate], *, n: int = 0) -> Figure:
    """The estimate, or the reason why there is none; ``n`` is how many cases there were."""
    try:
        return estimate()
    except InsufficientData as error:
        return unknown(error, n=n)


def coefficients(patterns: Patterns, *, confidence: float = 0.95) -> tuple[Coefficient, ...]:
    """Percent-agreement, fleiss-kappa, krippendorff-alpha, gwet-ac1, in this order, with linearised intervals."""
    n = patterns.items_with_pairs
    return tuple(
        Coefficient(
            name=measure.name,
            figure=known(lambda measure=measure: measure.estimate(patterns, confidence=confidence), n=n),  # type: ignore[misc]
        )
        for measure in COEFFICIENTS
    )
