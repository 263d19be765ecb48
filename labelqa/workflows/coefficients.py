"""Coefficients of answers that can be counted, by name, and the ways in which it is told how sure each one is.

The default interval holds what it promises where few items decide; the others are there to compare with other tools.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.agreement import Coefficient
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Floats, Patterns
from labelqa.stats.agreement import distances
from labelqa.stats.agreement.alpha import krippendorff_alpha
from labelqa.stats.agreement.coefficients import COEFFICIENTS, Measure, gwet_ac2, percent_agreement
from labelqa.stats.agreement.item_intervals import default_interval, jackknife
from labelqa.stats.agreement.metrics import distance_values, metric_values
from labelqa.stats.agreement.terms import ac_values, percent_values
from labelqa.stats.agreement.weights import weights_between
from labelqa.stats.resample import bootstrap

SEED: Final = 20261122  # of what is drawn by chance: the same batch always gives the same number
REPLICATES: Final = 2000
INTERVALS: Final = ("default", "linearised", "bootstrap", "bca", "jackknife")
NAMES: Final = tuple(measure.name for measure in COEFFICIENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it is told how sure a number is: one of :data:`INTERVALS`, its confidence, the seed of redrawn items."""

    interval: str = "default"
    confidence: float = 0.95
    seed: int = SEED

    def __post_init__(self) -> None:
        if self.interval not in INTERVALS:
            raise ValueError(f"there is no interval called {self.interval!r}; known are {', '.join(INTERVALS)}")

    def __call__(self, measure: Measure, patterns: Patterns) -> Estimate:
        """The estimate of one coefficient."""
        told: dict[str, Any] = {"confidence": self.confidence, "lowest": measure.lowest}
        if self.interval == "linearised":
            return measure.estimate(patterns, confidence=self.confidence)
        if self.interval == "jackknife":
            return jackknife(patterns, measure.values, **told)
        if self.interval in ("bootstrap", "bca"):
            rng = np.random.default_rng(self.seed)
            limits: Literal["bca", "percentile"] = "bca" if self.interval == "bca" else "percentile"
            return bootstrap(patterns, measure.values, rng=rng, replicates=REPLICATES, limits=limits, **told)
        return default_interval(patterns, measure.values, **told)


def shares_of(square: Floats) -> Floats:
    """How much every two answers agree, 0..1; InsufficientData where distances have no upper end."""
    if square.size and square.max() > 1 + 1e-9:
        raise InsufficientData(
            "distance-unbounded",
            "distances here go up to {largest}, so they do not say what share agrees: give the length of the scale",
            largest=round(float(square.max()), 4),
        )
    return np.asarray(np.clip(1 - square, 0.0, 1.0))


def measure_of(name: str, labels: Sequence[str], square: Floats | None) -> Measure | None:
    """The coefficient of that name over patterns of these labels; None where patterns do not give it."""
    if name in NAMES:
        return COEFFICIENTS[NAMES.index(name)]
    family, _, form = name.partition(":")
    if family == "krippendorff-alpha":
        return Measure(name, partial(krippendorff_alpha, metric=form), metric_values(form, labels), -1.0)
    if family == "gwet-ac2":
        credit = weights_between(form, labels)
        return Measure(name, partial(gwet_ac2, weights=credit), partial(ac_values, credit=credit), -1.0)
    if square is None:
        return None
    if name == "distance-alpha":
        return Measure(
            name, partial(krippendorff_alpha, metric=square), partial(distance_values, distance=square), -1.0
        )
    if name == "mean-agreement":
        credit = shares_of(square)
        return Measure(name, partial(percent_agreement, weights=credit), partial(percent_values, credit=credit), 0.0)
    return None


def of_pattern(name: str, patterns: Patterns, square: Floats | None, manner: Manner) -> Estimate | None:
    """One coefficient of patterns; None where patterns do not give it."""
    if name == "distance-alpha" and square is not None and manner.interval == "default":
        # an interval made for distances, which does not slow down with many distinct answers
        return distances.distance_alpha(patterns, square, confidence=manner.confidence)
    measure = measure_of(name, patterns.labels, square)
    return None if measure is None else manner(measure, patterns)


def coefficients_of(
    patterns: Patterns, square: Floats | None, names: Sequence[str], manner: Manner
) -> tuple[Coefficient, ...]:
    """Of ``names`` the coefficients that patterns give, each known or with its reason."""
    made = []
    for name in names:
        try:
            figure: Figure | None = of_pattern(name, patterns, square, manner)
        except InsufficientData as error:
            figure = unknown(error, n=patterns.items_with_pairs)
        if figure is not None:
            made.append(Coefficient(name=name, figure=figure))
    return tuple(made)
