"""Fitting a model of confusion matrices: several starts, the best kept, and how many of them agreed.

The first start counts every annotator's votes alike; the others weigh annotators at random, so that another crowd of
them leads, and leave some doubt, because EM never leaves a probability of exactly 0. On large data the first start alone is run: there the answers leave little to choose, and each start costs as
much as the first. The result says how many starts there were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from labelqa.records.annotators import Ascent
from labelqa.records.reductions import Floats
from labelqa.stats.annotators.ascent import Climb, climb
from labelqa.stats.annotators.expectation import Expected, expected, expected_from, vote_shares
from labelqa.stats.annotators.layout import Layout

_LARGE = 200_000  # answers from which the first start alone is run
_DOUBT = 0.01
_SAME = 1e-7  # maxima closer than this share of their value are the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How to look for the maximum: ``starts`` tried, ``seed`` of those beyond the first, the ``tolerance`` (share of
    the objective that a step must gain for the climb to go on), and at ``most`` how many passes over the answers a
    start."""

    starts: int = 4
    seed: int = 0
    tolerance: float = 1e-12
    most: int = 5000

    def __post_init__(self) -> None:
        if self.starts < 1 or self.most < 2 or not self.tolerance >= 0:
            raise ValueError(
                f"need starts >= 1, most >= 2 and tolerance >= 0, not {self.starts}, {self.most}, {self.tolerance}"
            )


DEFAULT_SEARCH = Search()


class Family(Protocol):
    """Which confusion matrices a model allows, as one row of parameters."""

    def first(self, sums: Expected) -> Floats:
        """Parameters to begin with, from the counts that a start makes."""
        ...

    def maximised(self, sums: Expected, before: Floats) -> Floats:
        """The M step: the parameters that fit the expected counts best."""
        ...

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Class shares (classes,) and confusion matrices (annotators, classes, labels)."""
        ...

    def log_prior(self, parameters: Floats) -> float:
        """What the prior adds to the log-likelihood, up to a constant."""
        ...

    def repaired(self, trial: Floats, safe: Floats) -> Floats:
        """A long step brought back among the permitted parameters, positive where ``safe`` is."""
        ...


def start_weights(annotators: int, search: Search, answers: int) -> Iterator[Floats]:
    """How much each annotator's vote counts in each start: alike at first, then at random."""
    yield np.ones(annotators)
    rng = np.random.default_rng(search.seed)
    for _ in range(search.starts - 1 if answers < _LARGE else 0):
        yield rng.exponential(size=annotators) + 1e-3


def best_of(climbs: list[Climb]) -> tuple[Climb, int]:
    """The highest climb, the earliest where several are as high, and how many reached that height."""
    top = max(each.objective for each in climbs)
    agreeing = [each for each in climbs if each.objective >= top - _SAME * (1 + abs(top))]
    return agreeing[0], len(agreeing)


def fitted(
    layout: Layout, family: Family, reading: Floats, search: Search, *, begin: Floats | None = None
) -> tuple[Climb, int, int]:
    """Climb from every start; the best, how many agreed with it, how many there were. ``begin``: the first start's
    parameters where they are known already."""
    climbs = []
    for number, weight in enumerate(start_weights(len(layout.annotators), search, layout.answers)):
        if number == 0 and begin is not None:
            start = begin
        else:
            shares = vote_shares(layout, reading, weight, doubt=_DOUBT if number else 0.0)
            start = family.first(expected_from(layout, shares))
        climbs.append(
            climb(step_of(layout, family), start, repair=family.repaired, tolerance=search.tolerance, most=search.most)
        )
    return *best_of(climbs), len(climbs)


def step_of(layout: Layout, family: Family) -> Callable[[Floats], tuple[float, Floats]]:
    """One EM step: parameters to their objective and the next parameters."""

    def step(parameters: Floats) -> tuple[float, Floats]:
        sums = expected(layout, *family.matrices(parameters))
        return sums.log_likelihood + family.log_prior(parameters), family.maximised(sums, parameters)

    return step


def ascent_of(best: Climb, agreeing: int, starts: int, log_likelihood: float) -> Ascent:
    """The record of a climb."""
    return Ascent(
        objective=best.objective,
        log_likelihood=log_likelihood,
        history=np.array(best.history),
        sweeps=best.sweeps,
        converged=best.converged,
        starts=starts,
        agreeing=agreeing,
    )
