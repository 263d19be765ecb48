"""Other tests of the same question, to compare with: none of them decides anything here.

The likelihood ratio against one alternative (Wald 1945; ALPHA of Stark 2023 with a fixed alternative), the prior-posterior
ratio of Waudby-Smith and Ramdas (2020), a bet on each verdict (the same authors, 2024), and Wald's lines for a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt
from scipy.special import betaln

from labelqa.records.reductions import Floats
from labelqa.stats.sequential.counting import Numbers, arrays, log_binomial, log_hypergeometric


def log_likelihood_ratio(drawn: Numbers, wrong: Numbers, *, population: int, better: int, worse: int) -> Floats:
    """log of how much likelier the verdicts are with ``better`` wrong items in the batch than with ``worse``.

    >>> round(float(log_likelihood_ratio(73, 0, population=10_000, better=100, worse=501)[0]), 6)
    3.029683
    """
    e, t = arrays(wrong, drawn)
    above = log_hypergeometric(e, drawn=t, undrawn=population - t, marked=better)
    below = log_hypergeometric(e, drawn=t, undrawn=population - t, marked=worse)
    with np.errstate(invalid="ignore"):
        return np.where(above == -np.inf, -np.inf, above - below)


def log_prior_posterior_ratio(
    drawn: Numbers, wrong: Numbers, *, population: int, defects: int, a: float, b: float
) -> Floats:
    """log prior(D) - log posterior(D) of ``defects`` D under a beta-binomial prior (a, b): large where D is unlikely.

    >>> round(float(log_prior_posterior_ratio(74, 0, population=10_000, defects=501, a=1, b=60)[0]), 6)
    3.014316
    """
    e, t = arrays(wrong, drawn)
    p = (e + 0.5) / (t + 1)
    choices = log_binomial(e, t, p) - e * np.log(p) - (t - e) * np.log1p(-p)  # orders of these verdicts
    marginal = choices + betaln(a + e, b + t - e) - betaln(a, b)
    return np.asarray(marginal - log_hypergeometric(e, drawn=t, undrawn=population - t, marked=defects))


def log_betting_capital(right: npt.ArrayLike, *, population: int, mean: float, bet: float) -> Floats:
    """log capital after each verdict of who bets a fixed share that the batch's accuracy is above ``mean``.

    The bet on verdict t is never so large that the capital could fall below 0.

    >>> round(float(log_betting_capital([1] * 60, population=500, mean=0.95, bet=1.0)[-1]), 6)
    3.110291
    """
    x = np.asarray(right, dtype=np.float64)
    before = np.cumsum(x) - x
    fair = (population * mean - before) / (population - np.arange(x.size))
    with np.errstate(divide="ignore"):
        stake = np.where(fair > 0, np.minimum(bet, 1 / np.maximum(fair, 1e-300)), bet)
        gains = np.where(fair <= 0, np.inf, np.where(fair > 1, -np.inf, np.log1p(stake * (x - fair))))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.cumsum(gains))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaldLines:
    """Accept when the errors fall to -``accept`` + ``slope`` n, reject when they rise to ``reject`` + ``slope`` n."""

    slope: float
    accept: float
    reject: float


def wald_lines(good: float, bad: float, *, alpha: float, beta: float) -> WaldLines:
    """Wald's sequential test of an endless process: error rate ``good`` rejected with alpha, ``bad`` accepted with beta.

    >>> round(wald_lines(0.01, 0.06, alpha=0.05, beta=0.1).slope, 3)
    0.028
    """
    if not 0 < good < bad < 1 or not (alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"need 0 < good < bad < 1 and alpha + beta < 1, not {good}, {bad}, {alpha}, {beta}")
    k = log(bad * (1 - good) / (good * (1 - bad)))
    return WaldLines(
        slope=log((1 - good) / (1 - bad)) / k, accept=log((1 - alpha) / beta) / k, reject=log((1 - beta) / alpha) / k
    )
