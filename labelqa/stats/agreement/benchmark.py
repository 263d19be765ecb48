"""What a coefficient's size is called, said after the number and never in its place; and the test against no agreement.

An estimate belongs to each band of a scale with some probability (Gwet 2014, ch. 6): the coefficient is taken as normal
around the estimate, cut to -1 … 1. The band to name is the best one that is reached with the wanted certainty, so an
unsure estimate is called worse than a sure one of the same size.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt
from typing import Final

import numpy as np
from scipy.special import ndtr

from labelqa.errors import InsufficientData
from labelqa.i18n import N_
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.linearised import require_pairs, require_variation


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One band of a scale: ``probability`` to lie in it, ``reached`` to lie in it or a better one."""

    name: str
    low: float
    high: float
    probability: float
    reached: float


# lower ends, best first; the upper end is the lower one before, and the last band goes down to -1
SCALES: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "landis-koch": (
        (N_("almost perfect"), 0.8),
        (N_("substantial"), 0.6),
        (N_("moderate"), 0.4),
        (N_("fair"), 0.2),
        (N_("slight"), 0.0),
        (N_("poor"), -1.0),
    ),
    "altman": (
        (N_("very good"), 0.8),
        (N_("good"), 0.6),
        (N_("moderate"), 0.4),
        (N_("fair"), 0.2),
        (N_("poor"), -1.0),
    ),
    "fleiss": ((N_("excellent"), 0.75), (N_("fair to good"), 0.4), (N_("poor"), -1.0)),
}


def bands(point: float, error: float, *, scale: str = "landis-koch") -> tuple[Band, ...]:
    """How probably the coefficient lies in each band of the scale, best first; ``error`` is its standard error.

    ``scale``: "landis-koch" (Landis and Koch 1977), "altman" (Altman 1991) or "fleiss" (Fleiss 1981).

    >>> [(band.name, round(band.reached, 3)) for band in bands(0.77544, 0.14295, scale="fleiss")]
    [('excellent', 0.544), ('fair to good', 0.995), ('poor', 1.0)]
    """
    if scale not in SCALES:
        raise ValueError(f"there is no scale called {scale!r}; known are {', '.join(SCALES)}")
    if not -inf < point <= 1 or not error >= 0:
        raise ValueError(f"need a point of 1 or less and an error of 0 or more, not {point}, {error}")
    point = max(-1.0, point)  # items labelled once can carry Fleiss' kappa below -1, and partial credit others
    lows = np.array([low for _, low in SCALES[scale]])
    highs = np.array([1.0, *lows[:-1]])
    if error == 0:
        chances = ((point >= lows) & ((point < highs) | (highs == 1))).astype(np.float64)
    else:
        below = (np.append(highs, -1.0) - point) / error
        chances = -np.diff(ndtr(below)) / (ndtr(below[0]) - ndtr(below[-1]))
    reached = np.minimum(chances.cumsum(), 1.0)
    return tuple(
        Band(name=name, low=low, high=float(high), probability=float(chance), reached=float(total))
        for (name, low), high, chance, total in zip(SCALES[scale], highs, chances, reached, strict=True)
    )


def called(point: float, error: float, *, scale: str = "landis-koch", certainty: float = 0.95) -> Band:
    """The best band that is reached with this certainty: the one to name.

    >>> called(0.77544, 0.14295).name
    'moderate'
    """
    if not 0 < certainty <= 1:
        raise ValueError(f"certainty must lie between 0 and 1, not {certainty}")
    listed = bands(point, error, scale=scale)
    return next((band for band in listed if band.reached >= certainty), listed[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class NullTest:
    """Kappa against the hypothesis of no agreement beyond chance: ``error`` serves this test and never an interval."""

    kappa: float
    error: float
    z: float


def fleiss_null(patterns: Patterns) -> NullTest:
    """Fleiss' kappa against zero by the error of Fleiss, Nee and Landis (1979), as R's irr prints it.

    Raises InsufficientData ``unequal-annotators`` unless every item has the same number of annotations.
    """
    require_pairs(patterns)
    require_variation(patterns)
    size = patterns.counts.sum(axis=1)
    if (size != size[0]).any():
        raise InsufficientData(
            "unequal-annotators", "items have unequal numbers of annotations, and this figure needs equal ones"
        )
    m, n = int(size[0]), patterns.items
    p = (patterns.weight @ patterns.counts) / (n * m)
    both = p * (1 - p)
    room = float(both.sum())
    observed = float(patterns.weight @ (patterns.counts * (patterns.counts - 1)).sum(axis=1)) / (n * m * (m - 1))
    kappa = 1 - (1 - observed) / room
    error = sqrt(2 * (room**2 - float((both * (1 - 2 * p)).sum())) / (n * m * (m - 1))) / room
    return NullTest(kappa=kappa, error=error, z=kappa / error)
