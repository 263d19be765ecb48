"""How sure a coefficient is: what each item contributes to it, and the interval that follows.

The influence of an item is how far the coefficient moves when the item counts a little more (Gwet 2014, ch. 5). What
cannot be known raises InsufficientData: ``no-annotations``, ``no-overlap`` (no item labelled twice), ``too-few-items``
(one such item), ``no-variation`` (one label only: agreement beyond chance is not defined; percent agreement still is),
``no-variation-weighted`` (the labels in use count as one and the same).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.interval import around, checked, no_spread, spread, too_few, without_spread
from labelqa.stats.agreement.terms import Floats, Statistic

_COMPLETE = 1 - 1e-12  # agreement by chance as good as complete


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

    @property
    def error(self) -> float:
        """The standard error, as irrCAC 1.4 gives it."""
        return spread(self.influence, self.weight, self.centre, self.items)


@dataclass(frozen=True, slots=True)
class Measure:
    """One coefficient: its interval from the data, its bare values for a bootstrap, and where it can lie."""

    name: str
    estimate: Callable[..., Estimate]
    values: Statistic
    lowest: float


def known(estimate: Callable[[], Estimate], *, n: int = 0) -> Figure:
    """The estimate, or the reason why there is none; ``n`` is how many cases there were."""
    try:
        return estimate()
    except InsufficientData as error:
        return unknown(error, n=n)


def no_annotations() -> InsufficientData:
    """The error where there is nothing at all."""
    return InsufficientData("no-annotations", "there are no annotations here, so there is no agreement to measure")


def no_overlap() -> InsufficientData:
    """The error where no two annotators met on an item."""
    return InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")


def no_variation(label: str) -> InsufficientData:
    """The error where one label was given throughout."""
    return InsufficientData(
        "no-variation",
        "every annotation says “{label}”: agreement is complete, and agreement beyond chance is not defined",
        label=label,
    )


def require_pairs(patterns: Patterns) -> None:
    """Raise InsufficientData unless two items or more are labelled twice."""
    if not patterns.annotations:
        raise no_annotations()
    if not patterns.items_with_pairs:
        raise no_overlap()
    if patterns.items_with_pairs == 1:
        raise too_few()


def require_variation(patterns: Patterns, *, paired_only: bool = False) -> None:
    """Raise InsufficientData where one label was given throughout (on the items labelled twice, if these alone count)."""
    rows = patterns.counts[patterns.counts.sum(axis=1) >= 2] if paired_only else patterns.counts
    used = np.flatnonzero(rows.any(axis=0))
    if len(used) < 2:
        raise no_variation(patterns.labels[int(used[0])])


def require_chance(expected: float) -> None:
    """Raise InsufficientData where agreement by chance is complete although several labels were given."""
    if expected >= _COMPLETE:
        raise InsufficientData(
            "no-variation-weighted",
            "all labels that were given count as one and the same here, so agreement beyond chance is not defined",
        )


def estimate_of(
    result: Linearised, *, n: int, degrees: int, confidence: float, lowest: float = -1.0, how: str = "gwet-linearised"
) -> Estimate:
    """The interval of a linearised coefficient by Student's t; exact where no item differs from another."""
    checked(confidence)
    error = result.error
    if result.observed in (0.0, 1.0) or no_spread(error):
        return without_spread(result.point, result.observed, result.expected, n=n, confidence=confidence, lowest=lowest)
    method = f"{how}, t({degrees})"
    return around(result.point, error, n=n, degrees=degrees, confidence=confidence, method=method, lowest=lowest)
