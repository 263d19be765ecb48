"""What a path of verdicts proves about the number of wrong items, at every moment: the tests of all limits inverted.

A number of wrong items stays possible until the evidence for that limit has once decided against it. The evidence that
proves "fewer than d" only proves more as d grows, so each end is found by halving. The ends hold all along the path
together, the upper one with 1 - risk, the lower one with 1 - futility, and never widen; only where the share seen so
far lies outside of them is an end moved out to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats
from labelqa.stats.sequential.stopping import Limits

_MANY = 1000  # points of a path for which every limit is tried


@dataclass(frozen=True, slots=True)
class Points:
    """Points (verdicts, errors) of a path."""

    drawn: Floats
    called: Floats

    def where(self, kept: npt.NDArray[np.bool_]) -> Points:
        """Those that are kept."""
        return Points(self.drawn[kept], self.called[kept])


@dataclass(frozen=True, slots=True)
class Path:
    """Verdicts in ticket order, by the points where evidence can be at its highest."""

    length: int
    errors: int
    peaks: Points  # before each "wrong", and at the end: the best that was ever said for the batch
    troughs: Points  # after each "wrong": the worst


def path_of(wrong: npt.NDArray[np.bool_]) -> Path:
    """The path of these verdicts.

    >>> path_of(np.array([False, False, True, False])).peaks.drawn.tolist()
    [2.0, 4.0]
    """
    at = np.flatnonzero(wrong).astype(np.float64)
    count = np.arange(at.size + 1.0, dtype=np.float64)
    return Path(
        length=int(wrong.size),
        errors=int(at.size),
        peaks=Points(np.append(at, float(wrong.size)), count),
        troughs=Points(at + 1, count[1:]),
    )


def most_wrong(limits: Limits, path: Path, *, best: int = -1) -> int:
    """The most wrong items that the verdicts leave possible, at the risk.

    Of a path with very many errors some points stand for all, the one numbered ``best`` among them: that can only widen.
    """
    low, high, points = 1, limits.evidence.marks.population + 1, _some(path.peaks, best)
    while low < high:
        middle = (low + high) // 2
        proven = limits.at(middle).proven(points.drawn, points.called)
        if proven.any():
            high, points = middle, points.where(proven)
        else:
            low = middle + 1
    return high - 1


def fewest_wrong(limits: Limits, path: Path, *, best: int = -1) -> int:
    """The fewest wrong items that the verdicts leave possible, at the chance of giving up wrongly."""
    low, high, points = 0, limits.evidence.marks.population, _some(path.troughs, best)
    while low < high and points.drawn.size:
        middle = (low + high + 1) // 2
        shown = limits.at(middle).futile(points.drawn, points.called)
        if shown.any():
            low, points = middle, points.where(shown)
        else:
            high = middle - 1
    return low


def _some(points: Points, best: int) -> Points:
    last = points.drawn.size - 1
    if last < _MANY:
        return points
    kept = np.zeros(last + 1, dtype=bool)
    kept[np.linspace(0, last, _MANY).astype(np.intp)] = True
    kept[best] = True
    return points.where(kept)
