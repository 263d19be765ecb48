"""How far apart two annotators' boxes on a picture are, by the area that they share; turned boxes included.

Places are percent of the picture's width and height, as Label Studio stores them, and a box turns clockwise about its
top left corner. Boxes that are not turned are worked out on plain numbers; only turned ones need geometry, and the
picture's shape with it: stored answers do not hold that, so a square picture is assumed unless ``aspect`` says else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.distance.matching import Matching, ratio
from labelqa.stats.distance.polygons import shared_area
from labelqa.stats.distance.regions import Crossed, Regions, number, read_regions


def _place(region: dict[str, Any]) -> tuple[float, float, float, float, float]:
    width, height = number(region, "width"), number(region, "height")
    if width < 0 or height < 0:
        raise ValueError(f"a box cannot be {width} wide and {height} high")
    rotation = number(region, "rotation") % 360 if region.get("rotation") is not None else 0.0
    return number(region, "x"), number(region, "y"), width, height, rotation


def _upright(one: Floats, other: Floats) -> Floats:
    """Intersection over union of boxes that are not turned; rows of x, y, width, height."""
    wide = np.minimum(one[:, 0] + one[:, 2], other[:, 0] + other[:, 2]) - np.maximum(one[:, 0], other[:, 0])
    high = np.minimum(one[:, 1] + one[:, 3], other[:, 1] + other[:, 3]) - np.maximum(one[:, 1], other[:, 1])
    same = (one == other).all(axis=1)
    mine, yours = one[:, 2] * one[:, 3], other[:, 2] * other[:, 3]
    shared = np.where(same, mine, np.maximum(wide, 0.0) * np.maximum(high, 0.0))
    return np.minimum(ratio(shared, mine + yours - shared, same), 1.0)


def corners(boxes: Floats, aspect: float) -> Floats:
    """The four corners, (boxes, 4, 2), of rows of x, y, width, height, rotation, on a picture ``aspect`` wide and 1 high.

    >>> corners(np.array([[50.0, 50.0, 20.0, 10.0, 90.0]]), 1.0)[0].round(6).tolist()
    [[50.0, 50.0], [50.0, 70.0], [40.0, 70.0], [40.0, 50.0]]
    """
    x, y, width, height = (boxes[:, :4] * np.array([aspect, 1.0, aspect, 1.0])).T[..., None]
    turn = np.deg2rad(boxes[:, 4])[:, None]
    across, down = width * np.array([0.0, 1.0, 1.0, 0.0]), height * np.array([0.0, 0.0, 1.0, 1.0])
    return np.stack(
        [x + across * np.cos(turn) - down * np.sin(turn), y + across * np.sin(turn) + down * np.cos(turn)], axis=2
    )


def _turned(one: Floats, other: Floats, aspect: float) -> Floats:
    import shapely

    same = (one == other).all(axis=1)
    mine, yours = (aspect * boxes[:, 2] * boxes[:, 3] for boxes in (one, other))
    shapes = [shapely.polygons(corners(boxes, aspect)) for boxes in (one, other)]
    shared = np.where(same, mine, np.minimum(shared_area(*shapes), np.minimum(mine, yours)))
    return ratio(shared, mine + yours - shared, same)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxDistance:
    """Distance of two sets of labelled boxes, matched one to one by intersection over union.

    ``aspect`` is the picture's width over its height; it matters for turned boxes only.

    >>> distance = BoxDistance()
    >>> one = distance.read('[{"height":80,"labels":["Dog"],"rotation":0,"width":60,"x":10,"y":20}]')
    >>> other = distance.read('[{"height":80,"labels":["Dog"],"rotation":0,"width":60,"x":22,"y":20}]')
    >>> distance.between([one], [other]).round(3)
    array([0.333])
    """

    matching: Matching = field(default_factory=Matching)
    aspect: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.aspect < float("inf"):
            raise ValueError(f"aspect must be a width over a height, not {self.aspect}")

    def read(self, text: str) -> Regions:
        """The boxes of a stored answer; ValueError when it has another shape."""
        return read_regions(text, _place)

    def between(self, ones: Sequence[Regions], others: Sequence[Regions]) -> Floats:
        """The distance of each of ``ones`` to the one at the same place in ``others``: (pairs,)."""
        return self.matching.distances(ones, others, self._overlaps)

    def _overlaps(self, crossed: Crossed) -> Floats:
        if not len(crossed.left):
            return np.zeros(0)
        one, other = crossed.numbers()
        turned = (one[:, 4] != 0) | (other[:, 4] != 0)
        found = _upright(one[:, :4], other[:, :4])
        if turned.any():
            found[turned] = _turned(one[turned], other[turned], self.aspect)
        return found
