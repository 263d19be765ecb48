"""What verdicts say for "fewer than D0 items are wrong", and what they say against it.

The evidence after t verdicts, e of them "wrong", is a ratio of two chances of having seen exactly these verdicts. Above
the line: the items called wrong in the whole batch, K, follow a beta-binomial law, Beta(1, b), cut to K < c, where c is
the mean of K at D0 wrong items, rounded up (c = D0 where reviewers never err). Below the line: D0 items are wrong, the
least favourable batch of those that must not pass. Against: Beta(1, b/3), cut to K >= c', over D0 - 1 wrong items.

Why it may be looked at after every verdict. Under D0 itself the ratio is a likelihood ratio, so a martingale of mean 1.
Under D > D0 it is a supermartingale: the law of K above the line is smaller than that under D0 in the order of
likelihood ratios (it does not rise up to c, where the law under D0, log-concave with its mode less than 1 from its mean
by Darroch 1964, does not fall yet), and K grows with D in the same order; both survive conditioning on what was seen. So
at every moment the next verdict is "wrong" with a smaller chance above the line than under D0, and with a larger one
under D: the expected factor is at most 1. By Ville's inequality the evidence then ever reaches 1/risk with a chance of at
most the risk. The evidence against follows the same way, mirrored; c' is where the law above the line begins to fall
more slowly than that under D0 - 1, which then holds ever after (Newton's inequalities).

Waudby-Smith and Ramdas (2020) use the whole prior and divide by the posterior; cutting it to what is to be proven saves
reviews. The closed form: a beta-binomial chance times the hypergeometric tail in which b right verdicts are added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, floor, log

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.sequential.counting import Numbers, arrays, log_marginal, log_tails
from labelqa.stats.sequential.marks import Marks

GUARD = 1e-9  # what a logarithm of evidence must exceed its limit by; rounding is a thousand times smaller
SPREAD = 3.0  # the working prior's mean is a third of the share of errors at the limit; of the prior against, the share


def enough(chance: float) -> float:
    """The log evidence that decides at this risk: never reached where the risk is 0.

    >>> round(enough(0.05), 3)
    2.996
    """
    return -log(chance) + GUARD if chance > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class _Side:
    """A beta-binomial law of K, cut at ``cut``, over the law under ``wrong`` wrong items."""

    marks: Marks
    cut: int
    weight: float
    wrong: int
    below: int  # 1: what lies below the cut is kept; 0: the cut and what lies above
    kept: float = field(init=False)  # log of the mass that is kept

    def __post_init__(self) -> None:
        tails = log_tails(0, drawn=self.weight, undrawn=self.marks.population, marked=self.cut)
        object.__setattr__(self, "kept", float(tails[self.below][0]))

    def log(self, drawn: Numbers, called: Numbers, needed: float) -> Floats:
        e, t = arrays(called, drawn)
        null = self.marks.log_chance(e, drawn=t, wrong=self.wrong)
        possible = null > -np.inf
        above = log_marginal(e, drawn=t, weight=self.weight) - self.kept
        bound = np.where(possible, above - np.where(possible, null, 0.0), np.inf)
        mass, some = (
            np.full(e.size, -np.inf),
            bound >= needed,
        )  # the posterior mass is at most 1: often it cannot matter
        undrawn = self.marks.population - t[some]
        mass[some] = log_tails(e[some], drawn=t[some] + self.weight, undrawn=undrawn, marked=self.cut)[self.below]
        with np.errstate(invalid="ignore"):
            return np.where(mass == -np.inf, -np.inf, bound + mass)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence on "fewer than ``limit`` items are wrong" with a working prior Beta(1, ``weight``)."""

    marks: Marks
    limit: int
    weight: float
    _for: _Side = field(init=False, repr=False, compare=False)
    _against: _Side = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= self.marks.population:
            raise ValueError(f"the limit lies between 1 and {self.marks.population}, not {self.limit}")
        if self.weight < 1:
            raise ValueError(f"the prior's weight is 1 or more, not {self.weight}")
        against = max(1.0, self.weight / SPREAD)
        below, beyond = ceil(self.marks.mean(self.limit)), _begin_against(self.marks, self.limit, against)
        object.__setattr__(self, "_for", _Side(self.marks, below, self.weight, self.limit, 1))
        object.__setattr__(self, "_against", _Side(self.marks, beyond, against, self.limit - 1, 0))

    def at(self, limit: int) -> Evidence:
        """The evidence on another limit, its working prior scaled with it."""
        scale = float(self.marks.mean(self.limit) / self.marks.mean(limit))
        return Evidence(self.marks, limit, max(1.0, self.weight * scale))

    def log_proven(self, drawn: Numbers, called: Numbers, *, needed: float = -np.inf) -> Floats:
        """log evidence that fewer than ``limit`` are wrong; infinite where the verdicts leave nothing else.

        It rises with every "right" and falls with every "wrong". Evidence below ``needed`` may be told as -inf.
        """
        return self._for.log(drawn, called, needed)

    def log_against(self, drawn: Numbers, called: Numbers, *, needed: float = -np.inf) -> Floats:
        """log evidence that ``limit`` or more are wrong; it rises with every "wrong" and falls with every "right"."""
        return self._against.log(drawn, called, needed)


@lru_cache(maxsize=256)
def _begin_against(marks: Marks, limit: int, weight: float) -> int:
    """c': the least K from which the law under limit - 1 falls at least as fast as the beta-binomial."""
    if marks.certain:
        return limit
    first, law = marks.law(limit - 1)
    begin = max(first, floor(marks.mean(limit - 1)))
    k = np.arange(begin, first + law.size - 1, dtype=np.float64)
    size = marks.population
    with np.errstate(divide="ignore"):
        slower = np.diff(law)[begin - first :] + GUARD <= np.log((size - k) / (size - k + weight - 1))
    found = np.flatnonzero(slower)
    return min(size, begin + (int(found[0]) if found.size else k.size))
