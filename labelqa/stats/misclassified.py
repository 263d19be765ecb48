"""How many items of a batch can be wrong when the verdicts on a sample of it are themselves chances.

Of the ``n`` items drawn without putting them back, a hypergeometric number is wrong; of those each is called wrong with
the chance ``sensitivity``, of the others each with 1 - ``specificity``. Limits invert both tails of the number called
wrong, over every possible number of wrong items in the batch.
"""

from __future__ import annotations

from bisect import bisect_left
from math import sqrt

import numpy as np
from scipy.special import betainc, gammaln

from labelqa.records.reductions import Floats

_REACH = 7.5  # standard deviations beyond which a chance adds less than 1e-12


def _choose(n: Floats | float, k: Floats | float) -> Floats:
    n, k = np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _around(mean: float, variance: float, low: int, high: int) -> Floats:
    """Whole numbers from ``low`` to ``high`` that are not out of reach."""
    reach = _REACH * sqrt(max(0.0, variance)) + 15
    return np.arange(max(low, int(mean - reach)), min(high, int(mean + reach)) + 1, dtype=np.float64)


def _binomial(k: Floats, n: Floats, p: float) -> Floats:
    """P(X = k) for ``k`` from 0 to ``n``; 0 for larger ``k``."""
    if p in (0.0, 1.0):
        return np.asarray(k == n * p, dtype=np.float64)
    inside = k <= n
    kept = np.where(inside, k, 0.0)
    return np.where(inside, np.exp(_choose(n, kept) + kept * np.log(p) + (n - kept) * np.log1p(-p)), 0.0)


def called_at_most(count: int, *, n: int, population: int, wrong: int, sensitivity: float, specificity: float) -> float:
    """P(at most ``count`` of ``n`` are called wrong), where ``wrong`` of the batch's ``population`` items are.

    >>> round(called_at_most(0, n=2, population=4, wrong=0, sensitivity=1.0, specificity=0.9), 4)
    0.81
    """
    share = wrong / population
    variance = n * share * (1 - share) * (population - n) / max(1, population - 1)
    drawn = _around(n * share, variance, max(0, n - (population - wrong)), min(n, wrong))
    chance = np.exp(_choose(wrong, drawn) + _choose(population - wrong, n - drawn) - _choose(population, n))
    most = float(drawn.max())
    caught = _around(n * share * sensitivity, most * sensitivity * (1 - sensitivity) + variance, 0, int(most))
    rest, others = count - caught[None, :], n - drawn[:, None]
    inside = (rest >= 0) & (rest < others)
    kept = np.where(inside, rest, 0.0)
    below = betainc(np.where(inside, others - kept, 1.0), kept + 1, specificity)  # P(at most so many false alarms)
    alarms = np.where(inside, below, (rest >= others).astype(np.float64))
    return float(chance @ (_binomial(caught[None, :], drawn[:, None], sensitivity) * alarms).sum(axis=1))


def fewest_and_most(
    count: int, n: int, population: int, *, sensitivity: float, specificity: float, tail: float
) -> tuple[int, int]:
    """The fewest and the most wrong items of the batch under which ``count`` called wrong is likelier than ``tail``.

    (0, -1) where even a faultless batch would give more; (population + 1, population) where the worst would give fewer.

    >>> fewest_and_most(3, 10, 100, sensitivity=1.0, specificity=1.0, tail=0.025)
    (8, 63)
    """

    def at_most(k: int, wrong: int) -> float:
        return called_at_most(
            k, n=n, population=population, wrong=wrong, sensitivity=sensitivity, specificity=specificity
        )  # fmt: skip

    every = range(population + 1)
    # more wrong items make small counts rarer and large counts commoner
    most = bisect_left(every, True, key=lambda wrong: at_most(count, wrong) <= tail) - 1
    fewest = bisect_left(every, True, key=lambda wrong: 1 - at_most(count - 1, wrong) > tail) if count else 0
    return fewest, most
