"""One text or recording from its start to its end, and what each annotator marked in it.

Unitizing alpha and gamma both look at this. A unit is a stretch with one label; a region with two labels is two units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from labelqa.errors import InsufficientData
from labelqa.stats.distance.regions import Regions


class Unit(NamedTuple):
    """A marked stretch, its end exclusive, with one label ("" for none)."""

    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuum:
    """An item of a known length and the units of each annotator of it, in any order; ``annotators`` may be empty-handed.

    >>> item = Continuum(start=0, end=10, annotators=((Unit(0, 4, "x"),), ()))
    >>> item.units, item.length
    (1, 10)
    """

    start: float
    end: float
    annotators: tuple[tuple[Unit, ...], ...]

    def __post_init__(self) -> None:
        if not self.end > self.start:
            raise ValueError(f"a continuum must end after it starts, not run from {self.start} to {self.end}")
        for unit in chain.from_iterable(self.annotators):
            if not self.start <= unit.start < unit.end <= self.end:
                raise ValueError(
                    f"a unit must lie within {self.start} and {self.end} and have a length, not {unit.start} to {unit.end}"
                )

    @classmethod
    def of(cls, answers: Sequence[Regions], *, end: float, start: float = 0.0) -> Continuum:
        """From what SpanDistance or SegmentDistance reads, one answer an annotator.

        Raises InsufficientData ``empty-unit`` where something without any length was marked.
        """
        if any(place[0] == place[1] for answer in answers for place in answer.places):
            raise empty_unit()
        return cls(
            start=start,
            end=end,
            annotators=tuple(
                tuple(
                    Unit(place[0], place[1], label)
                    for place, labels in zip(answer.places, answer.labels, strict=True)
                    for label in labels or ("",)
                )
                for answer in answers
            ),
        )

    @property
    def length(self) -> float:
        """From start to end."""
        return self.end - self.start

    @property
    def units(self) -> int:
        """Units of all annotators."""
        return sum(len(each) for each in self.annotators)


def compared(continua: Sequence[Continuum]) -> list[Continuum]:
    """Those that two annotators or more looked at; InsufficientData where there are none or nothing was marked."""
    several = [each for each in continua if len(each.annotators) >= 2]
    if not several:
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if not any(each.units for each in several):
        raise InsufficientData(
            "nothing-marked", "nobody marked anything here, so agreement on what is marked cannot be measured"
        )
    return several


def empty_unit() -> InsufficientData:
    """The error of something marked that has no length."""
    return InsufficientData("empty-unit", "something marked here has no length, so this measure is not defined for it")
