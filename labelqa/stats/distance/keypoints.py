"""How far apart two annotators' points on a picture are: the nose here, the nose there.

Points are percent of the picture's width and height; ``aspect`` (width over height) makes distances true, and a square
picture is assumed where it is not known. Points meet by label; several of one label are matched to agree best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any, Final, Literal

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.distance.matching import Matching
from labelqa.stats.distance.regions import Crossed, Regions, number, read_regions

_WHOLE: Final = 100.0  # percent


def _place(region: dict[str, Any]) -> tuple[float, float]:
    return number(region, "x"), number(region, "y")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointDistance:
    """Distance of two sets of labelled points, matched one to one.

    ``oks``: two points d apart are alike by exp(-d^2 / (2 s^2 (2 sigma)^2)), COCO's object keypoint similarity; sigma
    0.09 for every label unless given. The object's area s^2 is that of the box around an answer's points, the mean of
    the two; where either box has no area (one point, or points in a row along an axis) it is the whole picture, as with
    ``scale="picture"``. ``distance``: alike by 1 less d over the picture's diagonal.

    >>> distance = KeypointDistance(score="distance")
    >>> one, other = (distance.read(f'[{{"labels":["nose"],"x":{x},"y":50}}]') for x in (10, 60))
    >>> distance.between([one], [other]).round(3)
    array([0.354])
    """

    score: Literal["oks", "distance"] = "oks"
    matching: Matching = field(default_factory=Matching)
    sigma: float = 0.09
    scale: Literal["points", "picture"] = "points"
    aspect: float = 1.0

    def __post_init__(self) -> None:
        if self.score not in ("oks", "distance"):
            raise ValueError(f"score must be oks or distance, not {self.score!r}")
        if self.scale not in ("points", "picture"):
            raise ValueError(f"scale must be points or picture, not {self.scale!r}")
        if not 0 < self.sigma < float("inf") or not 0 < self.aspect < float("inf"):
            raise ValueError(f"sigma and aspect must be above 0, not {self.sigma} and {self.aspect}")

    def read(self, text: str) -> Regions:
        """The points of a stored answer, ``[{"x", "y", "labels"}]``; ValueError when it has another shape."""
        return read_regions(text, _place)

    def between(self, ones: Sequence[Regions], others: Sequence[Regions]) -> Floats:
        """The distance of each of ``ones`` to the one at the same place in ``others``: (pairs,)."""
        return self.matching.distances(ones, others, self._alike)

    def _alike(self, crossed: Crossed) -> Floats:
        if not len(crossed.left):
            return np.zeros(0)
        one, other = crossed.numbers()
        apart = (one - other) * np.array([self.aspect, 1.0])
        if self.score == "distance":
            near = 1 - np.hypot(apart[:, 0], apart[:, 1]) / (_WHOLE * hypot(self.aspect, 1.0))
            return np.asarray(np.clip(near, 0.0, 1.0), dtype=np.float64)
        area = np.repeat(self._areas(crossed), crossed.ones * crossed.others)
        alike: Floats = np.exp(-(apart**2).sum(axis=1) / (2 * area * (2 * self.sigma) ** 2))
        return alike

    def _areas(self, crossed: Crossed) -> Floats:
        """The area of the object that each pair of answers marks."""
        picture = _WHOLE**2 * self.aspect
        whole = np.full(len(crossed.ones), picture)
        if self.scale == "picture":
            return whole
        mine = _frames(crossed.first, crossed.ones) * self.aspect
        yours = _frames(crossed.second, crossed.others) * self.aspect
        return np.where((mine > 0) & (yours > 0), (mine + yours) / 2, whole)


def _frames(places: list[Any], counts: Any) -> Floats:
    """The area of the box around each answer's points."""
    area = np.zeros(len(counts))
    some = np.flatnonzero(counts)
    if len(some):
        points = np.array(places, dtype=np.float64)
        starts = (np.cumsum(counts) - counts)[some]
        sides = np.maximum.reduceat(points, starts) - np.minimum.reduceat(points, starts)
        area[some] = sides.prod(axis=1)
    return area
