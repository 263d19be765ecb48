"""Control charts that remember: CUSUM and EWMA see a small lasting shift that three-sigma limits miss for months.

Both work on standardised values, such as weekly shares less their in-control share in units of their own spread
(:func:`standardised_shares`), and both say how often they cry wolf: the average run length until a false alarm, and
until a shift of one standard deviation is seen. Few errors a week are far from normal: there ``rare`` counts exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Floats
from labelqa.stats.drift.run_length import Sides, cusum_arl, ewma_arl


@dataclass(frozen=True, slots=True, kw_only=True)
class CusumChart:
    """``upper`` and ``lower`` sums (both 0 or more), one a period; ``outside`` the places (from 0) of alarms;
    ``change`` the first period of the shift that the first alarm points to, None without an alarm. ``run_length`` is
    the mean number of periods until a false alarm, ``run_length_shifted`` until a shift of one sigma is seen."""

    reference: float
    limit: float
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    outside: tuple[int, ...]
    change: int | None
    run_length: float
    run_length_shifted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EwmaChart:
    """``smoothed`` values and their steady limits ``low`` and ``high``; the rest as in :class:`CusumChart`."""

    smoothing: float
    width: float
    smoothed: tuple[float, ...]
    low: float
    high: float
    outside: tuple[int, ...]
    run_length: float
    run_length_shifted: float


def _checked(values: npt.ArrayLike) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("need one finite number a period")
    if not len(x):
        raise InsufficientData("too-few-periods", "a chart needs one period or more")
    return x


def standardised_shares(defects: Sequence[int], n: Sequence[int], *, centre: float, sigma_z: float = 1.0) -> Floats:
    """Shares less ``centre`` in units of their spread: binomial, times Laney's ``sigma_z`` where weeks vary more.

    Take both from the periods that were in control, for example a ``ControlChart`` of them.

    >>> standardised_shares([5, 12], [50, 50], centre=0.1).round(3).tolist()
    [0.0, 3.3]
    """
    d, size = np.asarray(defects, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if d.shape != size.shape or (size < 1).any() or (d < 0).any() or (d > size).any():
        raise ValueError("need as many sizes as counts, each size 1 or more and each count between 0 and its size")
    if not 0 < centre < 1 or not sigma_z > 0:
        raise ValueError(f"centre must lie between 0 and 1 and sigma_z above 0, not {centre} and {sigma_z}")
    return np.asarray((d / size - centre) / (sigma_z * np.sqrt(centre * (1 - centre) / size)))


def _summed(x: Floats, reference: float) -> list[float]:
    total, sums = 0.0, []
    for value in x.tolist():
        total = max(0.0, total + value - reference)
        sums.append(total)
    return sums


def _changed(sums: Sequence[float], at: int) -> int:
    """The period after the last zero before the alarm ``at`` (Page 1954): where the sum began to climb."""
    return next((before + 1 for before in range(at, -1, -1) if sums[before] == 0.0), 0)


def cusum(values: npt.ArrayLike, *, reference: float = 0.5, limit: float = 5.0, sides: Sides = "two") -> CusumChart:
    """The tabular CUSUM of standardised values (Page 1954; Montgomery 2009, ch. 9), not restarted after an alarm.

    ``reference`` is half the shift to be found, in standard deviations; ``cusum_limit`` finds a limit for a wanted run
    length. A side that is not watched raises no alarm, but its sums are given.

    >>> chart = cusum([0, 0, 2, 2, 2, 2])
    >>> chart.outside, chart.change, round(chart.run_length)
    ((5,), 2, 465)
    """
    x = _checked(values)
    run_length = cusum_arl(reference=reference, limit=limit, sides=sides)
    shifted = cusum_arl(reference=reference, limit=limit, shift=-1.0 if sides == "down" else 1.0, sides=sides)
    upper, lower = _summed(x, reference), _summed(-x, reference)
    rising = np.array(upper) > limit if sides != "down" else np.zeros(len(x), dtype=bool)
    falling = np.array(lower) > limit if sides != "up" else np.zeros(len(x), dtype=bool)
    outside = np.flatnonzero(rising | falling)
    change = _changed(upper if rising[outside[0]] else lower, int(outside[0])) if len(outside) else None
    return CusumChart(
        reference=reference,
        limit=limit,
        upper=tuple(upper),
        lower=tuple(lower),
        outside=tuple(outside.tolist()),
        change=change,
        run_length=run_length,
        run_length_shifted=shifted,
    )


def ewma(values: npt.ArrayLike, *, smoothing: float = 0.2, width: float = 2.962) -> EwmaChart:
    """The exponentially weighted moving average of standardised values (Roberts 1959), steady limits, from 0.

    The steady limits, not the narrower ones of the first periods, are those that the stated run length is about. The
    preset gives a false alarm once in 500 periods.

    >>> chart = ewma([0, 0, 2, 2, 2, 2, 2])
    >>> chart.outside, round(chart.run_length)
    ((5, 6), 500)
    """
    x = _checked(values)
    run_length = ewma_arl(smoothing=smoothing, width=width)
    z, smoothed = 0.0, []
    for value in x.tolist():
        z += smoothing * (value - z)
        smoothed.append(z)
    end = width * sqrt(smoothing / (2 - smoothing))
    return EwmaChart(
        smoothing=smoothing,
        width=width,
        smoothed=tuple(smoothed),
        low=-end,
        high=end,
        outside=tuple(np.flatnonzero(np.abs(smoothed) > end).tolist()),
        run_length=run_length,
        run_length_shifted=ewma_arl(smoothing=smoothing, width=width, shift=1.0),
    )
