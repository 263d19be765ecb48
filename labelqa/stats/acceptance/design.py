"""What every design of a spot check can say: whether to stop, how often it accepts, what it costs.

A design is a small frozen value, worked out for a population. It reads the verdicts of the completed stretch in ticket
order and nothing else; verdicts that came back out of turn wait. Nothing here knows what a label is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from labelqa.errors import Message
from labelqa.records.designs import CurvePoint, Decision, Design
from labelqa.records.estimate import Figure
from labelqa.records.reductions import Ints
from labelqa.stats.acceptance.fixed import tolerated


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Verdicts of the completed stretch in ticket order: True where the item counts against the batch."""

    wrong: npt.NDArray[np.bool_]  # (reviews,)
    stratum: Ints | None = None  # (reviews,) number of each item's stratum; None where there is one
    knocked: int = 0  # one-vote defects among them: one fails the batch, where the contract says so
    knocked_at: int | None = None  # review, from 1, that found the first of them; None where it is not known
    left_out: npt.NDArray[np.bool_] | None = None  # (reviews,) True where an item is not judged and not replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a design says of the verdicts so far."""

    decision: Decision
    stopped_at: int | None  # review, from 1, after which the decision was first reached
    p_value: float | None  # valid at every moment for sequential designs; None where none is defined
    accuracy: Figure  # where the design certifies, ``low`` holds at 1 - risk
    fewest_more: int | None  # further reviews that would do if all were right; 0 once decided, None where none would
    rule: bool | None = None  # what a contract's own rule says; None where there is none or not yet


class SpotCheck(Protocol):
    """A design worked out for a batch."""

    @property
    def design(self) -> Design:
        """Which one it is."""
        ...

    @property
    def population(self) -> int:
        """Items of the batch."""
        ...

    @property
    def n(self) -> int:
        """Items to draw at first."""
        ...

    @property
    def allowed(self) -> int | None:
        """Defects that are still accepted; None where no number of defects decides."""
        ...

    @property
    def certifies(self) -> bool:
        """Whether acceptance proves the accuracy at the risk."""
        ...

    def read(self, seen: Seen) -> Reading:
        """What the verdicts so far say; ValueError for more verdicts than items."""
        ...

    def accept_chance(self, defects: int) -> float:
        """The chance to accept a batch with so many defects (operating characteristic)."""
        ...

    def mean_reviews(self, defects: int) -> float:
        """Reviews on average for a batch with so many defects (average sample number)."""
        ...

    def explain(self) -> tuple[Message, ...]:
        """The design in plain words: what is drawn, when it stops, what acceptance means, what it does not promise."""
        ...


def curve(check: SpotCheck, accuracies: Iterable[float]) -> tuple[CurvePoint, ...]:
    """The design's chances, reviews and outgoing defects for batches of these accuracies.

    Outgoing: rejected batches are mended whole and found defects are mended, so only what is accepted unseen still
    holds defects (Dodge and Romig 1929): p · P(accept) · (N - reviews) / N, reviews being the mean over all batches.
    """
    found = ((accuracy, point_at(check, tolerated(check.population, accuracy))) for accuracy in accuracies)
    return tuple(replace(point, accuracy=accuracy) for accuracy, point in found)


def point_at(check: SpotCheck, defects: int) -> CurvePoint:
    """The same for a batch with so many defects."""
    accept, reviews = check.accept_chance(defects), check.mean_reviews(defects)
    left = max(0.0, check.population - reviews) / check.population
    share = defects / check.population
    return CurvePoint(
        accuracy=1 - share, defects=defects, accept=accept, reviews=reviews, outgoing=share * accept * left
    )


def hours(reviews: float, minutes: float) -> float:
    """What so many reviews cost, at so many minutes each.

    >>> hours(90, 2)
    3.0
    """
    return reviews * minutes / 60
