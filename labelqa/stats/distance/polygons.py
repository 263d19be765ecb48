"""How far apart two annotators' outlines on a picture are, by the area that they share.

An outline that crosses itself is mended to the areas that it encloses, where it runs around twice to none (the even-odd
rule). One that was left open is closed. Fewer than three points enclose nothing: such an outline agrees only with one of the very same points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats
from labelqa.stats.distance.matching import Matching, ratio
from labelqa.stats.distance.regions import Crossed, Regions, read_regions


def area_of(points: Sequence[tuple[float, float]]) -> Any:
    """The area that an outline encloses, as a shapely geometry without lines and points.

    >>> area_of([(0, 0), (10, 10), (10, 0), (0, 10)]).area  # crosses itself: two triangles
    50.0
    """
    import shapely

    if len(points) < 3:
        return shapely.Polygon()
    shape = shapely.Polygon(points)
    if shape.is_valid:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def shared_area(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> Floats:
    """The area that each two shapes have in common, (pairs,); only those whose frames meet are looked at."""
    import shapely

    a, b = shapely.bounds(one), shapely.bounds(other)
    with np.errstate(invalid="ignore"):  # the frame of an empty shape is NaN, and meets nothing
        meet = (np.maximum(a[:, :2], b[:, :2]) < np.minimum(a[:, 2:], b[:, 2:])).all(axis=1)
    meet &= (shapely.area(one) > 0) & (shapely.area(other) > 0)
    shared = np.zeros(len(one))
    shared[meet] = shapely.area(shapely.intersection(one[meet], other[meet]))
    return shared


def _points(region: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    points = region.get("points")
    if not isinstance(points, list) or not points or not all(_is_point(each) for each in points):
        raise ValueError(f"the points of a polygon must be pairs of numbers, not {points!r}")
    return tuple((float(x), float(y)) for x, y in points)


def _is_point(raw: Any) -> bool:
    return isinstance(raw, list) and len(raw) == 2 and all(type(n) in (int, float) and abs(n) < 1e15 for n in raw)


def _place(region: dict[str, Any]) -> tuple[tuple[tuple[float, float], ...], Any]:
    points = _points(region)
    return points, area_of(points)


def _overlaps(crossed: Crossed) -> Floats:
    import shapely

    if not len(crossed.left):
        return np.zeros(0)
    shapes = [np.array([place[1] for place in places], dtype=object) for places in (crossed.first, crossed.second)]
    areas = [shapely.area(each) for each in shapes]
    mine, yours = areas[0][crossed.left], areas[1][crossed.right]
    codes: dict[Any, int] = {}
    one, other = (
        np.array([codes.setdefault(place[0], len(codes)) for place in places])
        for places in (crossed.first, crossed.second)
    )
    same = one[crossed.left] == other[crossed.right]
    shared = shared_area(shapes[0][crossed.left], shapes[1][crossed.right])
    shared = np.where(same, mine, np.minimum(shared, np.minimum(mine, yours)))
    return ratio(shared, mine + yours - shared, same)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolygonDistance:
    """Distance of two sets of labelled polygons, matched one to one by intersection over union.

    Percent of width and height serve as they are: stretching a picture does not change what two areas share.

    >>> distance = PolygonDistance()
    >>> one = distance.read('[{"labels":["Road"],"points":[[0,0],[10,0],[10,10],[0,10]]}]')
    >>> other = distance.read('[{"labels":["Road"],"points":[[0,0],[10,0],[10,10]]}]')
    >>> distance.between([one], [other])
    array([0.5])
    """

    matching: Matching = field(default_factory=Matching)

    def read(self, text: str) -> Regions:
        """The polygons of a stored answer; ValueError when it has another shape."""
        return read_regions(text, _place)

    def between(self, ones: Sequence[Regions], others: Sequence[Regions]) -> Floats:
        """The distance of each of ``ones`` to the one at the same place in ``others``: (pairs,)."""
        return self.matching.distances(ones, others, _overlaps)
