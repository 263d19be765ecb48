"""Do annotators find the same units in the same places with the same labels? Gamma, by the best alignment of all.

Gamma is 1 less the observed disorder over the disorder expected by chance (Mathet, Widlöcher and Métivier 2015,
"The unified and holistic method gamma", Computational Linguistics 41). Chance is simulated as they do: each simulated
annotator is a real one's units, moved along the item by a random amount and around its end. So the number carries the
precision of its simulation, and a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.stats.agreement.alignment import Dissimilarity, disorder
from labelqa.stats.agreement.continuum import Continuum, Unit, compared
from labelqa.stats.agreement.jackknife import jackknifed

_FIRST = 30  # samples from which it is judged how many are needed
_TRIES = 100  # attempts to draw a shift that is not too near another


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The mean disorder by chance; with 95 % confidence it is right within ``precision`` of itself."""

    disorder: float
    precision: float
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """Gamma of one item: ``observed`` disorder against the ``expected`` one."""

    observed: float
    expected: Expected

    @property
    def point(self) -> float:
        """1 - observed / expected; InsufficientData when chance gives no disorder."""
        return quotient(self.observed, self.expected.disorder)


def quotient(observed: float, expected: float) -> float:
    """Gamma from two disorders.

    >>> quotient(0.25, 1.0)
    0.75
    """
    if expected <= 0:
        raise InsufficientData(
            "no-variation", "what is marked leaves no room to differ, so agreement beyond chance is not defined"
        )
    return 1 - observed / expected


def expected_disorder(
    continuum: Continuum,
    *,
    seed: int | np.random.Generator,
    dissimilarity: Dissimilarity = Dissimilarity(),  # noqa: B008 - frozen
    precision: float = 0.05,
    most: int = 1000,
) -> Expected:
    """The disorder of simulated annotators, from as many samples as ``precision`` needs, 30 to ``most``.

    ``precision`` is half of the mean's 95 % interval over the mean; the one reached is returned.
    """
    if not precision > 0 or most < _FIRST:
        raise ValueError(f"precision must be above 0 and most {_FIRST} or more, not {precision} and {most}")
    rng = np.random.default_rng(seed)

    def sample() -> float:
        return disorder(_shuffled(continuum, rng), dissimilarity)

    found = [sample() for _ in range(_FIRST)]
    needed = _FIRST if np.mean(found) == 0 else ceil((1.96 * np.std(found, ddof=1) / np.mean(found) / precision) ** 2)
    found += [sample() for _ in range(min(needed, most) - _FIRST)]
    mean = float(np.mean(found))
    reached = 1.96 * float(np.std(found, ddof=1)) / sqrt(len(found)) / mean if mean > 0 else 0.0
    return Expected(disorder=mean, precision=reached, samples=len(found))


def _shuffled(continuum: Continuum, rng: np.random.Generator) -> list[list[Unit]]:
    """As many annotators, each a random real one's units moved on; moves keep half a mean unit apart while they can."""
    size = continuum.length
    apart = sum(unit.end - unit.start for each in continuum.annotators for unit in each) / continuum.units / 2
    moves: list[float] = []
    made = []
    for _ in continuum.annotators:
        for _ in range(_TRIES):
            move = float(rng.uniform(0, size))
            if all(min(abs(move - other), size - abs(move - other)) >= apart for other in moves):
                break
        moves.append(move)
        units = continuum.annotators[int(rng.integers(len(continuum.annotators)))]
        made.append([_moved(unit, move, continuum) for unit in units])
    return made


def _moved(unit: Unit, move: float, continuum: Continuum) -> Unit:
    """A unit that begins past the end begins again at the start; none is cut."""
    start = continuum.start + (unit.start - continuum.start + move) % continuum.length
    return Unit(start, start + unit.end - unit.start, unit.label)


def gamma(
    continuum: Continuum,
    *,
    seed: int | np.random.Generator,
    dissimilarity: Dissimilarity = Dissimilarity(),  # noqa: B008 - frozen
    precision: float = 0.05,
    most: int = 1000,
) -> Gamma:
    """Gamma of one item; InsufficientData ``no-overlap``, ``nothing-marked`` or ``too-many-alignments``.

    >>> units = Unit(1, 5, "a"), Unit(6, 10, "b")
    >>> gamma(Continuum(start=0, end=20, annotators=(units, units)), seed=1).point
    1.0
    """
    item = compared([continuum])[0]
    observed = disorder(item.annotators, dissimilarity)
    expected = expected_disorder(item, seed=seed, dissimilarity=dissimilarity, precision=precision, most=most)
    return Gamma(observed=observed, expected=expected)


def pooled_gamma(
    continua: Sequence[Continuum],
    *,
    seed: int | np.random.Generator,
    dissimilarity: Dissimilarity = Dissimilarity(),  # noqa: B008 - frozen
    precision: float = 0.05,
    most: int = 1000,
    confidence: float = 0.95,
) -> Estimate:
    """Gamma over several items with a jackknife interval over them: summed disorders, each item by its units.

    Items that fewer than two annotators looked at, or where nobody marked anything, say nothing and are left out.
    Raises InsufficientData as :func:`gamma` does, and ``too-few-items`` where one item is left.
    """
    rng = np.random.default_rng(seed)
    items = [item for item in compared(continua) if item.units]
    found = [gamma(item, seed=rng, dissimilarity=dissimilarity, precision=precision, most=most) for item in items]
    weight = np.array([item.units / len(item.annotators) for item in items])
    observed = weight * [each.observed for each in found]
    expected = weight * [each.expected.disorder for each in found]
    point = quotient(float(observed.sum()), float(expected.sum()))
    n = len(items)
    left = expected.sum() - expected
    without = np.where(left > 0, 1 - (observed.sum() - observed) / np.where(left > 0, left, 1.0), np.nan)
    return jackknifed(point, without if n > 1 else without[:0], n=n, confidence=confidence)
