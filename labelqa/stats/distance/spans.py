"""How far apart two annotators' marked passages of a text are: same passage, overlapping passage, or elsewhere.

Offsets are code points, ends exclusive, so a Chinese character, an emoji and a Latin letter count alike and no word
segmenter is needed. Words are not known from a stored answer; characters are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.distance.coverage import cover_distances
from labelqa.stats.distance.matching import Matching, ratio
from labelqa.stats.distance.regions import Crossed, Regions, number, read_regions


def ends(region: dict[str, Any]) -> tuple[float, float]:
    """Start and end of a stretch; ValueError when it ends before it starts."""
    start, end = number(region, "start"), number(region, "end")
    if end < start:
        raise ValueError(f"a region cannot end at {end} before it starts at {start}")
    return start, end


def overlap(one: Floats, other: Floats) -> Floats:
    """Intersection over union of stretches, row by row of two tables whose first columns are start and end.

    >>> overlap(np.array([[0.0, 14.0]]), np.array([[4.0, 14.0]])).round(2)
    array([0.71])
    """
    shared = np.minimum(one[:, 1], other[:, 1]) - np.maximum(one[:, 0], other[:, 0])
    shared = np.maximum(shared, 0.0)
    union = (one[:, 1] - one[:, 0]) + (other[:, 1] - other[:, 0]) - shared
    return ratio(shared, union, (one == other).all(axis=1))


def _overlaps(crossed: Crossed) -> Floats:
    return overlap(*crossed.numbers()) if len(crossed.left) else np.zeros(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanDistance:
    """Distance of two sets of labelled spans.

    ``overlap`` (the default) matches spans one to one by intersection over union: graded, without a threshold, and
    every span counts once however long it is. ``characters`` is 1 less the F1 of (character, label) pairs: it does not
    ask which span is which, and long spans weigh more. :meth:`exact` counts identical spans only, as entity F1 does.

    >>> distance = SpanDistance()
    >>> one = distance.read('[{"end":14,"labels":["Person"],"start":0,"text":"Dr. Maria Chen"}]')
    >>> other = distance.read('[{"end":14,"labels":["Person"],"start":4,"text":"Maria Chen"}]')
    >>> distance.between([one], [other]).round(2)
    array([0.29])
    """

    score: Literal["overlap", "characters"] = "overlap"
    matching: Matching = field(default_factory=Matching)

    def __post_init__(self) -> None:
        if self.score not in ("overlap", "characters"):
            raise ValueError(f"score must be overlap or characters, not {self.score!r}")

    @classmethod
    def exact(cls) -> SpanDistance:
        """1 less the F1 of spans that are the same in both ends and labels."""
        return cls(matching=Matching(score="f1", threshold=1.0))

    def read(self, text: str) -> Regions:
        """The spans of a stored answer; ValueError when it has another shape."""
        return read_regions(text, ends)

    def between(self, ones: Sequence[Regions], others: Sequence[Regions]) -> Floats:
        """The distance of each of ``ones`` to the one at the same place in ``others``: (pairs,)."""
        if self.score == "characters":
            return cover_distances(ones, others)
        return self.matching.distances(ones, others, _overlaps)
