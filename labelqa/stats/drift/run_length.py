"""How long a chart runs until its alarm: the mean number of periods until a false one, or until a true one.

An alarm rule without its average run length (ARL) cannot be judged: "limit 5" means one false alarm in 465 periods for
a two-sided CUSUM. The run length from a start at zero solves a Fredholm integral equation of the second kind (Page
1954; Crowder 1987), here by Gauss-Legendre quadrature, whose error falls exponentially with the number of nodes. The
values charted are taken as independent and normal with standard deviation 1; ``shift`` is their mean.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, sqrt
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from labelqa.records.reductions import Floats

Sides = Literal["up", "down", "two"]
_ENDLESS = 1e12  # beyond this the equation's rounding errors rule; no chart runs so long
_MOST_NODES = 600


def _normal(x: Floats) -> Floats:
    return np.exp(-0.5 * x * x) / sqrt(2 * np.pi)


def _nodes(low: float, high: float, spreads: float) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on [low, high], enough for a kernel ``spreads`` times narrower than that."""
    number = min(_MOST_NODES, 24 + int(np.ceil(4 * spreads)))
    x, weight = np.polynomial.legendre.leggauss(number)
    half = (high - low) / 2
    return low + half * (x + 1), half * weight


def _believable(length: float) -> float:
    return length if isfinite(length) and 1 <= length < _ENDLESS else inf


def _one_side(reference: float, limit: float, shift: float) -> float:
    """ARL of max(0, S + x - reference) crossing ``limit``, from S = 0."""
    y, weight = _nodes(0.0, limit, limit)
    start = np.concatenate([[0.0], y])  # the chance mass at zero, then the nodes
    step = reference - shift - start
    kernel = np.column_stack([ndtr(step), weight * _normal(y[None, :] + step[:, None])])
    try:
        length = np.linalg.solve(np.eye(len(start)) - kernel, np.ones(len(start)))
    except np.linalg.LinAlgError:  # so far from an alarm that the equation is singular in floating point
        return inf
    return _believable(float(length[0]))


def cusum_arl(*, reference: float, limit: float, shift: float = 0.0, sides: Sides = "two") -> float:
    """Mean number of periods until a CUSUM of standardised values alarms; infinite beyond 1e12.

    ``reference`` (k) and ``limit`` (h) are in standard deviations. Two sides combine as 1/ARL = 1/up + 1/down, which
    is exact for equal limits (Lucas 1985).

    >>> round(cusum_arl(reference=0.5, limit=5), 2), round(cusum_arl(reference=0.5, limit=5, shift=1), 3)
    (465.44, 10.376)
    """
    if reference < 0 or not limit > 0:
        raise ValueError(f"reference must be 0 or more and limit above 0, not {reference} and {limit}")
    up = _one_side(reference, limit, shift) if sides != "down" else inf
    down = _one_side(reference, limit, -shift) if sides != "up" else inf
    rate = 1 / up + 1 / down
    return 1 / rate if rate else inf


def ewma_arl(*, smoothing: float, width: float, shift: float = 0.0) -> float:
    """Mean number of periods until an EWMA leaves its steady limits, from the centre; infinite beyond 1e12.

    ``smoothing`` (lambda) is the weight of the newest value, ``width`` (L) the limits in standard deviations of the
    smoothed value (Lucas and Saccucci 1990).

    >>> round(ewma_arl(smoothing=0.1, width=2.814), 2)
    499.58
    """
    if not 0 < smoothing <= 1 or not width > 0:
        raise ValueError(f"smoothing must lie in (0, 1] and width above 0, not {smoothing} and {width}")
    end = width * sqrt(smoothing / (2 - smoothing))
    y, weight = _nodes(-end, end, 2 * end / smoothing)
    start = np.concatenate([[0.0], y])
    spread = (y[None, :] - (1 - smoothing) * start[:, None]) / smoothing - shift
    kernel = weight * _normal(spread) / smoothing
    try:
        length = np.linalg.solve(np.eye(len(y)) - kernel[1:], np.ones(len(y)))
    except np.linalg.LinAlgError:
        return inf
    return _believable(float(1 + kernel[0] @ length))


def _searched(length: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    if not 2 <= wanted <= 1e9:
        raise ValueError(f"the wanted run length must lie between 2 and 1e9 periods, not {wanted}")
    if not length(low) <= wanted <= length(high):
        raise ValueError(f"no limit between {low} and {high} gives a run length of {wanted}")
    return float(brentq(lambda value: np.log(min(length(value), 1e300) / wanted), low, high, xtol=1e-9))


def cusum_limit(run_length: float, *, reference: float = 0.5, sides: Sides = "two") -> float:
    """The limit (h) at which a CUSUM gives a false alarm once in ``run_length`` periods on average.

    >>> round(cusum_limit(465.44351), 4)
    5.0
    """
    if not 0 < reference <= 3:
        raise ValueError(f"reference must lie in (0, 3], not {reference}")
    return _searched(
        lambda limit: cusum_arl(reference=reference, limit=limit, sides=sides), run_length, 1e-6, 12 / reference
    )


def ewma_width(run_length: float, *, smoothing: float = 0.2) -> float:
    """The width (L) at which an EWMA gives a false alarm once in ``run_length`` periods on average.

    >>> round(ewma_width(499.57955, smoothing=0.1), 4)
    2.814
    """
    return _searched(lambda width: ewma_arl(smoothing=smoothing, width=width), run_length, 0.01, 7.0)
