"""Control charts of shares: which weeks lie outside of what this process does by itself.

The plain p-chart takes every case as independent; annotators' days are not, so :func:`laney_chart` widens or narrows
the limits by how much the weeks really vary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Floats

_RANGE_OF_TWO = 1.128  # mean range of two standard normal values


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """``rates`` and their limits, one a period; ``outside`` are the places (from 0) beyond them; ``sigma_z`` the spread
    between periods relative to pure chance (1 in a plain p-chart)."""

    centre: float
    sigma_z: float
    rates: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    outside: tuple[int, ...]


def _chart(defects: Sequence[int], n: Sequence[int], *, between: bool) -> ControlChart:
    d, size = np.asarray(defects, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if d.shape != size.shape or (size < 1).any() or (d < 0).any() or (d > size).any():
        raise ValueError("need as many sizes as counts, each size 1 or more and each count between 0 and its size")
    if len(d) < 2:
        raise InsufficientData("too-few-periods", "a control chart needs two periods or more")
    centre = float(d.sum() / size.sum())
    rates, sigma = d / size, np.sqrt(centre * (1 - centre) / size)
    sigma_z = _moving(rates, centre, sigma) if between and centre not in (0.0, 1.0) else 1.0
    low, high = np.maximum(0.0, centre - 3 * sigma * sigma_z), np.minimum(1.0, centre + 3 * sigma * sigma_z)
    outside = np.flatnonzero((rates < low) | (rates > high))
    return ControlChart(
        centre=centre,
        sigma_z=sigma_z,
        rates=tuple(rates.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        outside=tuple(outside.tolist()),
    )


def _moving(rates: Floats, centre: float, sigma: Floats) -> float:
    return float(np.abs(np.diff((rates - centre) / sigma)).mean() / _RANGE_OF_TWO)


def p_chart(defects: Sequence[int], n: Sequence[int]) -> ControlChart:
    """Shewhart's p-chart with limits at three sigma (Montgomery 2009, ch. 7)."""
    return _chart(defects, n, between=False)


def laney_chart(defects: Sequence[int], n: Sequence[int]) -> ControlChart:
    """Laney's p'-chart (2002): three-sigma limits times the spread of the standardised shares from week to week.

    >>> round(laney_chart([2, 9, 1, 8], [50, 50, 50, 50]).sigma_z, 2)
    3.06
    """
    return _chart(defects, n, between=True)
