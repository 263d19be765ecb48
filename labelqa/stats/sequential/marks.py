"""How many drawn items are called wrong when a batch has so many wrong ones, reviewers' errors included.

A reviewer calls a wrong item wrong with the chance ``sensitivity`` and a right one right with the chance ``specificity``,
each time at random. Every item is reviewed at most once, so its verdict may be thought of as fixed before the draw: of
the whole batch a random number K would be called wrong, a sum of two binomials, and given K the verdicts are draws
without replacement. What reviewers agree to overlook together is not covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, sqrt

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats
from labelqa.stats.hypergeometric import written
from labelqa.stats.sequential.counting import Numbers, arrays, log_binomial, log_hypergeometric, log_sum, peaks

_REACH = 40  # standard deviations of a draw from the whole batch, beyond which K is not followed


@dataclass(frozen=True, slots=True)
class Marks:
    """A batch of ``population`` items under reviewers of known sensitivity and specificity."""

    population: int
    sensitivity: float = 1.0
    specificity: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.sensitivity <= 1 and 0 < self.specificity <= 1):
            raise ValueError(
                f"sensitivity and specificity are chances up to 1, not {self.sensitivity}, {self.specificity}"
            )
        if written(self.sensitivity) + written(self.specificity) <= 1:
            raise ValueError("sensitivity and specificity add up to 1 or less: such reviewers guess")

    @property
    def certain(self) -> bool:
        """Whether reviewers never err."""
        return self.sensitivity == 1 and self.specificity == 1

    def mean(self, wrong: int) -> Fraction:
        """How many items of the whole batch would be called wrong on average, were ``wrong`` of them wrong."""
        alarms = (self.population - wrong) * (1 - written(self.specificity))
        return wrong * written(self.sensitivity) + alarms

    def log_chance(self, called: Numbers, *, drawn: Numbers, wrong: int) -> Floats:
        """log P(``called`` of ``drawn`` items are called wrong), if ``wrong`` items of the batch are."""
        e, t = arrays(called, drawn)
        if self.certain:
            return log_hypergeometric(e, drawn=t, undrawn=self.population - t, marked=wrong)
        first, law = self.law(wrong)
        size, rise = float(self.population), np.append(np.exp(np.diff(law)), 0.0)

        def term(k: Floats) -> Floats:
            at = np.clip(k - first, 0, law.size - 1).astype(np.intp)
            return law[at] + log_hypergeometric(e, drawn=t, undrawn=size - t, marked=k)

        def ratio(k: Floats, lanes: npt.NDArray[np.intp]) -> Floats:
            x, n = e[lanes], t[lanes]
            at = np.clip(k - first, 0, law.size - 1).astype(np.intp)
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(rise[at] * (k + 1) * (size - n - k + x) / ((k + 1 - x) * (size - k)))

        low, high = np.maximum(e, first), np.minimum(size - t + e, first + law.size - 1)
        return log_sum(term, ratio, low, high, peaks(ratio, low, high))

    def law(self, wrong: int) -> tuple[int, Floats]:
        """The least K that is followed, and log P(K), log P(K + 1), ... of the number called wrong in the whole batch."""
        return _law(self.population, wrong, self.sensitivity, self.specificity)


@lru_cache(maxsize=256)
def _law(population: int, wrong: int, sensitivity: float, specificity: float) -> tuple[int, Floats]:
    marks = Marks(population, sensitivity, specificity)
    mean = float(marks.mean(wrong))
    reach = _REACH * sqrt(mean * (1 - mean / population)) + 60
    least = wrong if sensitivity == 1 else 0
    most = wrong if specificity == 1 else population
    first, last = max(least, floor(mean - reach)), min(most, ceil(mean + reach))
    k = np.arange(first, last + 1, dtype=np.float64)
    law = _sum_of_two(k, wrong, population - wrong, sensitivity, float(1 - written(specificity)))
    law.setflags(write=False)
    return first, law


def _sum_of_two(k: Floats, wrong: int, right: int, caught: float, alarms: float) -> Floats:
    """log P(X + Y = k), X of ``wrong`` items with chance ``caught``, Y of ``right`` items with chance ``alarms``."""
    if caught == 1 or wrong == 0:
        known = right == 0 or alarms == 0
        return np.where(k == wrong, 0.0, -np.inf) if known else log_binomial(k - wrong, right, alarms)
    if alarms == 0 or right == 0:
        return log_binomial(k, wrong, caught)

    def term(j: Floats) -> Floats:
        return log_binomial(j, wrong, caught) + log_binomial(k - j, right, alarms)

    def ratio(j: Floats, lanes: npt.NDArray[np.intp]) -> Floats:
        others = k[lanes] - j
        with np.errstate(divide="ignore", invalid="ignore"):
            up = (wrong - j) / (j + 1) * (caught / (1 - caught))
            return np.asarray(up * others / (right - others + 1) * ((1 - alarms) / alarms))

    low, high = np.maximum(0.0, k - right), np.minimum(float(wrong), k)
    return log_sum(term, ratio, low, high, peaks(ratio, low, high))
