"""Chances of counts as logarithms, as exact for ten million items as for ten.

Differences of log-gamma functions lose their digits in large batches, so chances are written as deviations from their
means (Loader 2000): every logarithm below is good to about 1e-12, whatever the size. Arguments broadcast; "drawn" and
"population" need not be whole numbers where a prior adds to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from labelqa.records.reductions import Floats

Numbers: TypeAlias = npt.ArrayLike
_HALF_LOG_TAU = 0.9189385332046727  # log sqrt(2 pi)
_SERIES = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
_SMALL = 16.0
_NEGLIGIBLE = 1e-16  # of a sum, beyond which its terms are not followed
_TINY = -35.0  # log of a chance that does not matter beside 1
_TOGETHER = 64  # terms added before lanes that are done are left behind


def arrays(*given: Numbers) -> tuple[Floats, ...]:
    """The arguments as float arrays of one shape, at least one long."""
    return tuple(np.broadcast_arrays(*(np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in given)))


def _stirling(x: Floats) -> Floats:
    """log Gamma(x + 1) less Stirling's (x + 1/2) log x - x + log sqrt(2 pi), for x > 0."""
    far = np.maximum(x, _SMALL)
    square, series = far * far, np.zeros(x.shape)
    for coefficient in reversed(_SERIES):
        series = series / square + coefficient
    series /= far
    small = x < _SMALL
    if small.any():
        near = x[small]
        series[small] = gammaln(near + 1) - (near + 0.5) * np.log(near) + near - _HALF_LOG_TAU
    return series


def _deviance(x: Floats, mean: Floats) -> Floats:
    """x log(x / mean) + mean - x."""
    away = (x - mean) / mean
    deviance: Floats = mean * ((1 + away) * np.log1p(away) - away)
    return deviance


def log_binomial(k: Numbers, n: Numbers, p: Numbers) -> Floats:
    """log P(k of n), each with chance ``p`` strictly between 0 and 1; ``n`` may be any positive number."""
    k, n, p = arrays(k, n, p)
    inside = (k > 0) & (k < n)
    x, m = np.where(inside, k, 1.0), np.where(inside, n, 2.0)
    body = (
        _stirling(m) - _stirling(x) - _stirling(m - x) - _deviance(x, m * p) - _deviance(m - x, m * (1 - p))
        + 0.5 * np.log(m / (x * (m - x))) - _HALF_LOG_TAU
    )  # fmt: skip
    ends = np.where(k == 0, n * np.log1p(-p), np.where(k == n, n * np.log(p), -np.inf))
    return np.where(inside, body, ends)


def log_hypergeometric(k: Numbers, *, drawn: Numbers, undrawn: Numbers, marked: Numbers) -> Floats:
    """log P(k marked among ``drawn`` items), where ``marked`` of all items, drawn and ``undrawn``, are marked.

    >>> round(float(np.exp(log_hypergeometric(1, drawn=3, undrawn=7, marked=4))[0]), 12)
    0.5
    """
    k, t, rest, d = (np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (k, drawn, undrawn, marked))
    total = t + rest
    some = (d > 0) & (d < total)
    possible = (k >= 0) & (k <= d) & (k <= t) & (d - k <= rest)
    p = np.where(some, d, 0.5 * total) / total
    with np.errstate(invalid="ignore"):
        body = log_binomial(k, t, p) + log_binomial(d - k, rest, p) - log_binomial(np.where(some, d, 0.0), total, p)
    sure = np.where(k == np.where(d > 0, t, 0.0), 0.0, -np.inf)
    return np.asarray(np.where(possible, np.where(some, body, sure), -np.inf))


def log_marginal(k: Numbers, *, drawn: Numbers, weight: float) -> Floats:
    """log P(k of ``drawn``) where the rate itself is drawn from Beta(1, weight): the beta-binomial."""
    k, t = arrays(k, drawn)
    p = (k + 0.5) / (t + 1)
    return np.asarray(
        np.log(weight / (weight + t)) + log_binomial(k, t, p) - log_binomial(k, t + weight - 1, p)
        + (weight - 1) * np.log1p(-p)
    )  # fmt: skip


_Lanes: TypeAlias = npt.NDArray[np.intp]
Ratio: TypeAlias = Callable[
    [Floats, _Lanes], Floats
]  # of term j + 1 to term j; (lanes, several j), numbers of the lanes


def _follow(ratio: Callable[[Floats, _Lanes], Floats], lanes: int) -> Floats:
    """1 + r1 + r1 r2 + ... of every lane; ratio(i, lanes) gives the factors, which fall below 1 and stay there."""
    total, going, begin = np.ones(lanes), np.arange(lanes), 0
    term, sums = np.ones(lanes), np.ones(lanes)
    while going.size:
        i = np.arange(begin, begin + _TOGETHER, dtype=np.float64)[None, :]
        terms = term[:, None] * ratio(i, going[:, None]).cumprod(axis=1)
        sums = sums + terms.sum(axis=1)
        term, begin = terms[:, -1], begin + _TOGETHER
        total[going] = sums
        more = term > _NEGLIGIBLE * sums
        going, term, sums = going[more], term[more], sums[more]
    return total


def peaks(ratio: Ratio, first: Floats, last: Floats) -> Floats:
    """Where terms between ``first`` and ``last`` are largest, lane by lane, if ``ratio`` never rises; by halving."""
    every = np.arange(first.size)
    low, high = first.copy(), np.maximum(first, last)
    while np.any(low < high):
        middle = np.floor((low + high) / 2)
        up, open_ = ratio(middle, every) > 1, low < high
        low, high = np.where(up & open_, middle + 1, low), np.where(open_ & ~up, middle, high)
    return low


def log_sum(log_term: Callable[[Floats], Floats], ratio: Ratio, first: Floats, last: Floats, peak: Floats) -> Floats:
    """log of the sum over j from ``first`` to ``last`` of terms that rise to ``peak`` and fall after it, lane by lane.

    Lanes with ``first`` beyond ``last`` have nothing to add: -inf.
    """
    none = first > last
    start, end, top = (np.where(none, 0.0, each) for each in (first, last, peak))

    def above(i: Floats, lanes: _Lanes) -> Floats:
        j = top[lanes] + i
        return np.where(j < end[lanes], ratio(np.minimum(j, end[lanes] - 1), lanes), 0.0)

    def below(i: Floats, lanes: _Lanes) -> Floats:
        j = top[lanes] - i - 1
        return np.where(j >= start[lanes], 1 / ratio(np.maximum(j, start[lanes]), lanes), 0.0)

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        sums = _follow(above, first.size) + _follow(below, first.size) - 1
        return np.where(none, -np.inf, log_term(top) + np.log(sums))


def log_tails(k: Numbers, *, drawn: Numbers, undrawn: Numbers, marked: Numbers) -> tuple[Floats, Floats]:
    """log P(X <= k) and log P(X > k) of the hypergeometric, each to about twelve digits however small it is.

    Where ``drawn`` is not whole, P(X <= k) is the sum that stands in its place, and the other is what it lacks of 1.
    """
    k, t, rest, d = arrays(k, drawn, undrawn, marked)

    def ratio(j: Floats, lanes: _Lanes) -> Floats:
        n, others, m = t[lanes], rest[lanes], d[lanes]
        return np.asarray((m - j) * (n - j) / ((j + 1) * (others - m + j + 1)))

    least, most = np.maximum(0.0, d - rest), np.minimum(d, np.floor(t))
    with np.errstate(divide="ignore"):
        beyond = (t != np.floor(t)) & (d > t) & (t * np.log(d / (t + rest)) > _TINY)  # terms past ``drawn`` matter
    lower = beyond | (k <= t * d / (t + rest))
    first = np.where(lower, least, np.maximum(k + 1, least))
    last = np.where(lower, np.minimum(k, most), most)
    peak = np.clip(np.ceil((t + 1) * (d + 1) / (t + rest + 2)) - 1, first, np.maximum(first, last))
    log = log_sum(lambda j: log_hypergeometric(j, drawn=t, undrawn=rest, marked=d), ratio, first, last, peak)
    log = np.minimum(0.0, log)
    with np.errstate(divide="ignore"):
        other = np.log(-np.expm1(log))
    return np.where(lower, log, other), np.where(lower, other, log)
