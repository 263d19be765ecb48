"""How far apart two annotators' stretches of sound, video or a time series are, in seconds or any unit of time.

Stretches on different channels never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats, Ints
from labelqa.stats.distance.coverage import cover_distances
from labelqa.stats.distance.matching import Matching
from labelqa.stats.distance.regions import Crossed, Regions, number, read_regions
from labelqa.stats.distance.spans import ends, overlap

_DECIMALS = 5  # times nearer than this are one boundary


def _place(region: dict[str, Any]) -> tuple[float, float, float]:
    return (*ends(region), number(region, "channel") if region.get("channel") is not None else 0.0)


def _overlaps(crossed: Crossed) -> Floats:
    if not len(crossed.left):
        return np.zeros(0)
    one, other = crossed.numbers()
    return np.where(one[:, 2] == other[:, 2], overlap(one, other), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDistance:
    """Distance of two sets of labelled segments of time.

    ``overlap`` (the default) matches segments one to one by temporal intersection over union, ``time`` is 1 less the
    F1 of the time marked with the same label. ``boundaries`` asks only where something begins or ends: 1 less the F1
    of boundaries within ``tolerance`` of each other, each matched once (Turnbull et al. 2007). ``clusters`` asks which
    moments carry the same label, whatever it is called: 1 less the F1 of pairs of frames, one frame every ``step``
    (Levy and Sandler 2008); unmarked moments are a cluster of their own.
    """

    score: Literal["overlap", "time", "boundaries", "clusters"] = "overlap"
    matching: Matching = field(default_factory=Matching)
    tolerance: float = 0.5
    step: float = 0.1

    def __post_init__(self) -> None:
        if self.score not in ("overlap", "time", "boundaries", "clusters"):
            raise ValueError(f"score must be overlap, time, boundaries or clusters, not {self.score!r}")
        if self.tolerance < 0 or self.step <= 0:
            raise ValueError(f"tolerance must be 0 or more and step above 0, not {self.tolerance} and {self.step}")

    def read(self, text: str) -> Regions:
        """The segments of a stored answer; ValueError when it has another shape."""
        return read_regions(text, _place)

    def between(self, ones: Sequence[Regions], others: Sequence[Regions]) -> Floats:
        """The distance of each of ``ones`` to the one at the same place in ``others``: (pairs,)."""
        if self.score == "overlap":
            return self.matching.distances(ones, others, _overlaps)
        if self.score == "time":
            return cover_distances(ones, others)
        pairs = zip(ones, others, strict=True)
        if self.score == "boundaries":
            scores = [boundary_f(one, other, tolerance=self.tolerance) for one, other in pairs]
        else:
            scores = [cluster_f(one, other, step=self.step) for one, other in pairs]
        return 1 - np.array(scores, dtype=np.float64)


def boundary_f(one: Regions, other: Regions, *, tolerance: float = 0.5) -> float:
    """F1 of the moments at which something begins or ends, matched one to one within ``tolerance``; 1 where both have none.

    Along a line, taking the earliest two that are near enough gives as many matches as can be.

    >>> segments = SegmentDistance()
    >>> one, other = (segments.read(text) for text in ('[{"start":0,"end":9}]', '[{"start":0.4,"end":12}]'))
    >>> boundary_f(one, other)
    0.5
    """
    mine, yours = _boundaries(one), _boundaries(other)
    i = j = found = 0
    while i < len(mine) and j < len(yours):
        if abs(mine[i] - yours[j]) <= tolerance:
            i, j, found = i + 1, j + 1, found + 1
        elif mine[i] < yours[j]:
            i += 1
        else:
            j += 1
    return 2 * found / (len(mine) + len(yours)) if mine or yours else 1.0


def _boundaries(answer: Regions) -> list[float]:
    return sorted({round(moment, _DECIMALS) for place in answer.places for moment in place[:2]})


def cluster_f(one: Regions, other: Regions, *, step: float = 0.1) -> float:
    """F1 of pairs of moments that carry the same label, the two answers' own words for it aside; 1 where both are empty, 0 where one is.

    Moments are ``step`` apart from 0 to the last end of either; where segments overlap the one begun last counts.
    """
    if bool(one.places) != bool(other.places):
        return 0.0
    end = max((place[1] for answer in (one, other) for place in answer.places), default=0.0)
    moments = np.arange(int(np.floor(end / step)), dtype=np.float64) * step
    mine, yours = _clusters(one, moments), _clusters(other, moments)
    table = np.zeros((mine.max(initial=0) + 1, yours.max(initial=0) + 1))
    np.add.at(table, (mine, yours), 1)
    both, first, second = (float((n * (n - 1)).sum()) for n in (table, table.sum(axis=1), table.sum(axis=0)))
    if first + second == 0:
        return float(sorted(one.places) == sorted(other.places))
    return 2 * both / (first + second)


def _clusters(answer: Regions, moments: npt.NDArray[Any]) -> Ints:
    """A number for each moment, equal where the labels (and the channel) are; 0 where nothing is marked."""
    codes: dict[tuple[Any, ...], int] = {}
    found = np.zeros(len(moments), dtype=np.int64)
    for place, labels in sorted(zip(answer.places, answer.labels, strict=True)):
        low, high = np.searchsorted(moments, place[:2], side="left")
        found[low:high] = codes.setdefault((place[2], labels), len(codes) + 1)
    return found
