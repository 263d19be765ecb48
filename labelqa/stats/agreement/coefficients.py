"""Coefficients of agreement, each with its interval: percent agreement, Fleiss, Krippendorff, Gwet, Brennan-Prediger.

All take weights between labels (:mod:`labelqa.stats.agreement.weights`); without any, labels are unordered. What cannot
be known raises InsufficientData with the reasons in :mod:`labelqa.stats.agreement.linearised`. The declared labels
count, used or not: AC1, AC2 and Brennan-Prediger depend on how many there are.

Intervals are Gwet's (2014, ch. 5) as in irrCAC 1.4: the influence of each item on the coefficient, Student's t with
one degree of freedom less than there are items. For Krippendorff's alpha only items labelled twice have influence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from labelqa.records.agreement import Coefficient
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import terms as sums
from labelqa.stats.agreement.alpha import alpha_of_weights, krippendorff_alpha, krippendorff_alpha_gwet_form
from labelqa.stats.agreement.linearised import (
    Linearised,
    Measure,
    estimate_of,
    known,
    require_chance,
    require_pairs,
    require_variation,
)
from labelqa.stats.agreement.terms import NO_CREDIT, Floats, Terms, terms
from labelqa.stats.agreement.weights import Weights, weights_between

__all__ = [
    "COEFFICIENTS",
    "Linearised",
    "Measure",
    "brennan_prediger",
    "coefficients",
    "fleiss_kappa",
    "gwet_ac1",
    "gwet_ac2",
    "known",
    "krippendorff_alpha",
    "linearised",
    "percent_agreement",
    "require_pairs",
    "weighted_measures",
]


def credit_of(weights: Weights, labels: Sequence[str]) -> Floats:
    """The checked matrix, or NO_CREDIT for unordered labels, where nothing need be multiplied."""
    return NO_CREDIT if isinstance(weights, str) and weights == "identity" else weights_between(weights, labels)


def _over_all_items(t: Terms, patterns: Patterns, expected: float, chance: Floats) -> Linearised:
    """All but alpha: ``chance`` is each pattern's part in the expected agreement."""
    weight, n = patterns.weight.astype(np.float64), patterns.items
    lift = n / patterns.items_with_pairs
    pa = float(sums.observed(t, patterns.weight[None, :])[0])
    point = (pa - expected) / (1 - expected)
    own = lift * np.where(t.paired, t.own - expected, 0.0) / (1 - expected)
    influence = own - 2 * (1 - point) * (chance - expected) / (1 - expected)
    return Linearised(point, point, pa, expected, influence, weight, n)


def _percent(patterns: Patterns, credit: Floats) -> Linearised:
    return _over_all_items(terms(patterns.counts, credit), patterns, 0.0, np.zeros(len(patterns.weight)))


def _prevalence(t: Terms, patterns: Patterns) -> Floats:
    return np.asarray(sums.prevalence(t, patterns.weight[None, :])[0])


def _fleiss(patterns: Patterns, credit: Floats) -> Linearised:
    t = terms(patterns.counts, credit)
    pi = _prevalence(t, patterns)
    likely = sums.credited(pi, credit)
    expected = float(pi @ likely)
    require_chance(expected)
    return _over_all_items(t, patterns, expected, t.shares @ likely)


def _gwet(patterns: Patterns, credit: Floats) -> Linearised:
    t = terms(patterns.counts, credit)
    pi = _prevalence(t, patterns)
    scale = sums.spare(credit, len(patterns.labels))
    expected = scale * float(pi @ (1 - pi))
    require_chance(expected)
    return _over_all_items(t, patterns, expected, scale * (t.shares @ (1 - pi)))


def _brennan_prediger(patterns: Patterns, credit: Floats) -> Linearised:
    expected = sums.level(credit, len(patterns.labels))
    require_chance(expected)
    chance = np.full(len(patterns.weight), expected)
    return _over_all_items(terms(patterns.counts, credit), patterns, expected, chance)


_FORMS: Final[dict[str, Callable[[Patterns, Floats], Linearised]]] = {
    "percent-agreement": _percent,
    "fleiss-kappa": _fleiss,
    "krippendorff-alpha": alpha_of_weights,
    "gwet-ac1": _gwet,
    "gwet-ac2": _gwet,
    "brennan-prediger": _brennan_prediger,
}


def linearised(name: str, patterns: Patterns, *, weights: Weights = "identity") -> Linearised:
    """The coefficient called ``name`` with the influence of each pattern and its standard error (``.error``).

    >>> patterns = Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))
    >>> round(linearised("gwet-ac1", patterns).error, 3)
    0.5
    """
    if name not in _FORMS:
        raise ValueError(f"there is no coefficient called {name!r} over patterns; known are {', '.join(_FORMS)}")
    require_pairs(patterns)
    if name != "percent-agreement":
        require_variation(patterns, paired_only=name == "krippendorff-alpha")
    return _FORMS[name](patterns, credit_of(weights, patterns.labels))


def _estimate(name: str, patterns: Patterns, weights: Weights, confidence: float, lowest: float = -1.0) -> Estimate:
    result = linearised(name, patterns, weights=weights)
    return estimate_of(
        result, n=patterns.items_with_pairs, degrees=patterns.items - 1, confidence=confidence, lowest=lowest
    )


def percent_agreement(patterns: Patterns, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Chance that two annotators of an item give the same label, averaged over items labelled twice.

    >>> percent_agreement(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point
    0.75
    """
    return _estimate("percent-agreement", patterns, weights, confidence, lowest=0.0)


def fleiss_kappa(patterns: Patterns, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Agreement beyond what the labels' shares give by chance; Fleiss (1971), any number of annotations an item.

    Of two annotators it is Scott's pi (1955).

    >>> round(fleiss_kappa(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point, 3)
    0.467
    """
    return _estimate("fleiss-kappa", patterns, weights, confidence)


def gwet_ac1(patterns: Patterns, *, confidence: float = 0.95) -> Estimate:
    """Agreement beyond chance that stays steady when one label is rare or dominant; Gwet (2008).

    >>> round(gwet_ac1(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point, 3)
    0.529
    """
    return _estimate("gwet-ac1", patterns, "identity", confidence)


def gwet_ac2(patterns: Patterns, *, weights: Weights, confidence: float = 0.95) -> Estimate:
    """AC1 with weights between labels (Gwet 2014, ch. 3).

    >>> ratings = Patterns.of([[2, 0, 0], [1, 1, 0], [0, 0, 2], [2, 0, 0]], ("1", "2", "3"))
    >>> round(gwet_ac2(ratings, weights="quadratic").point, 3)
    0.867
    """
    return _estimate("gwet-ac2", patterns, weights, confidence)


def brennan_prediger(patterns: Patterns, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Agreement beyond that of annotators who draw a declared label blindly; Brennan and Prediger (1981).

    The same as Randolph's free-marginal kappa (2005) and, for two annotators, Bennett's S (1954).

    >>> brennan_prediger(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b"))).point
    0.5
    """
    return _estimate("brennan-prediger", patterns, weights, confidence)


COEFFICIENTS: Final = (
    Measure("percent-agreement", percent_agreement, sums.percent_values, 0.0),
    Measure("fleiss-kappa", fleiss_kappa, sums.fleiss_values, -1.0),
    Measure("krippendorff-alpha", krippendorff_alpha, sums.alpha_values, -1.0),
    Measure("gwet-ac1", gwet_ac1, sums.ac_values, -1.0),
    Measure("brennan-prediger", brennan_prediger, sums.brennan_prediger_values, -1.0),
)


def weighted_measures(labels: Sequence[str], weights: Weights) -> tuple[Measure, ...]:
    """The five coefficients with weights between ``labels``, for patterns of these labels: estimates and bare values."""
    credit = weights_between(weights, labels)
    estimates: tuple[Callable[..., Estimate], ...] = (
        percent_agreement, fleiss_kappa, krippendorff_alpha_gwet_form, gwet_ac2, brennan_prediger,
    )  # fmt: skip
    return tuple(
        Measure(
            "gwet-ac2" if plain.name == "gwet-ac1" else plain.name,
            partial(estimate, weights=credit),
            partial(plain.values, credit=credit),  # type: ignore[call-arg]
            plain.lowest,
        )
        for plain, estimate in zip(COEFFICIENTS, estimates, strict=True)
    )


def coefficients(patterns: Patterns, *, confidence: float = 0.95) -> tuple[Coefficient, ...]:
    """Percent-agreement, fleiss-kappa, krippendorff-alpha, gwet-ac1, brennan-prediger, in this order, linearised."""
    n = patterns.items_with_pairs
    return tuple(
        Coefficient(
            name=measure.name,
            figure=known(lambda measure=measure: measure.estimate(patterns, confidence=confidence), n=n),  # type: ignore[misc]
        )
        for measure in COEFFICIENTS
    )
