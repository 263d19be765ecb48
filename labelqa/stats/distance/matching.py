"""Which of my regions is which of yours: one-to-one matching of two answers' regions, and what is made of it.

Each region meets at most one of the other answer. How well two regions agree is a number from 0 to 1, times what their
labels share. Two answers without any region agree fully; one without any beside one with some does not agree at all.
What is left unmatched counts as 0, on whichever side it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import perm
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats, Ints
from labelqa.stats.distance.regions import Crossed, Regions, crossings

Score: TypeAlias = Literal["mean", "f1", "best"]
Method: TypeAlias = Literal["optimal", "greedy"]
_WAYS = 120  # up to so many ways of matching are all tried, for many pairs at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How two answers' regions are matched and scored; the distance is 1 less the score.

    - ``mean``: twice the matched similarity over the regions of both, so an unmatched region scores 0.
    - ``f1``: detection F1, matches of at least ``threshold``: twice their number over the regions of both.
    - ``best``: the mean over all regions of both of the best similarity with any of the other answer's, each way by
      itself, so one region may serve several. Label Studio Enterprise scores regions so.

    ``optimal`` matching makes the sum (for f1 the number) as large as can be (Kuhn 1955); ``greedy`` takes the most
    similar two, then the most similar of the rest. Where labels differ ``other_label`` of the similarity is kept: 0
    demands that they agree, 1 ignores them; sets of labels that overlap lie in between by their Jaccard index.
    """

    score: Score = "mean"
    threshold: float = 0.5
    method: Method = "optimal"
    other_label: float = 0.0

    def __post_init__(self) -> None:
        if self.score not in ("mean", "f1", "best"):
            raise ValueError(f"score must be mean, f1 or best, not {self.score!r}")
        if self.method not in ("optimal", "greedy"):
            raise ValueError(f"method must be optimal or greedy, not {self.method!r}")
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold must lie above 0 and up to 1, not {self.threshold}")
        if not 0 <= self.other_label <= 1:
            raise ValueError(f"other_label must lie between 0 and 1, not {self.other_label}")

    def distances(
        self, ones: Sequence[Regions], others: Sequence[Regions], similarity: Callable[[Crossed], Floats]
    ) -> Floats:
        """The distance of each two answers, (pairs,); ``similarity`` gives that of each crossing's places, labels aside."""
        result = np.empty(len(ones), dtype=np.float64)
        for part, crossed in crossings(ones, others):
            share = crossed.agree + self.other_label * (1 - crossed.agree)
            result[part] = self._distances(similarity(crossed) * share, crossed.ones, crossed.others)
        return result

    def _distances(self, alike: Floats, m: Ints, n: Ints) -> Floats:
        total = m + n
        if self.score == "f1":
            found = alike >= self.threshold
            alike = np.where(found, alike, 0.0) if self.method == "greedy" else found.astype(np.float64)
        credit = np.zeros(len(m))
        for pairs, stack in _by_shape(alike, m, n):
            if self.score == "best":
                credit[pairs] = stack.max(axis=2).sum(axis=1) + stack.max(axis=1).sum(axis=1)
            elif self.method == "greedy":
                credit[pairs] = 2 * _greedy(stack, count=self.score == "f1")
            else:
                credit[pairs] = 2 * _optimal(stack)
        score = np.where(total == 0, 1.0, credit / np.maximum(total, 1))
        distance: Floats = np.clip(1 - score, 0.0, 1.0)
        return distance


def _by_shape(alike: Floats, m: Ints, n: Ints) -> Iterator[tuple[Ints, Floats]]:
    """Pairs with equally many regions on each side, and their similarities as (pairs, fewer, more)."""
    starts = np.cumsum(m * n) - m * n
    wide = int(n.max(initial=0)) + 1
    shape = np.where(m * n > 0, m * wide + n, 0)
    order = np.argsort(shape, kind="stable")
    for pairs in np.split(order, np.flatnonzero(np.diff(shape[order])) + 1):
        rows, columns = (int(m[pairs[0]]), int(n[pairs[0]])) if len(pairs) else (0, 0)
        if rows and columns:
            cells = starts[pairs][:, None] + np.arange(rows * columns)
            stack = alike[cells].reshape(-1, rows, columns)
            yield pairs, stack if rows <= columns else stack.transpose(0, 2, 1)


def _optimal(stack: Floats) -> Floats:
    """The largest sum of one-to-one matched similarities of each (fewer, more) table of a stack."""
    count, rows, columns = stack.shape
    if rows == 1:
        best: Floats = stack[:, 0, :].max(axis=1)
        return best
    ways = perm(columns, rows)
    if ways <= min(_WAYS, 4 * count):
        best = np.zeros(count)
        for chosen in permutations(range(columns), rows):
            np.maximum(best, stack[:, np.arange(rows), chosen].sum(axis=1), out=best)
        return best
    from scipy.optimize import linear_sum_assignment

    return np.array([_assigned(table, linear_sum_assignment) for table in stack])


def _assigned(table: Floats, assign: Callable[..., Any]) -> float:
    """The same for one large table, without the rows and columns where nothing meets."""
    some = table > 0
    table = table[some.any(axis=1)][:, some.any(axis=0)]
    row, column = assign(table, maximize=True)
    return float(table[row, column].sum())


def _greedy(stack: Floats, *, count: bool) -> Floats:
    """What taking the most similar two first adds up to, or how many such matches there are; ties by place."""
    left = stack.copy()
    many, rows, columns = left.shape
    every = np.arange(many)
    total = np.zeros(many)
    for _ in range(rows):
        at = left.reshape(many, -1).argmax(axis=1)
        row, column = at // columns, at % columns
        taken = np.maximum(left[every, row, column], 0.0)
        total += taken > 0 if count else taken
        left[every, row, :] = left[every, :, column] = -1.0
    return total


def ratio(shared: npt.NDArray[Any], union: npt.NDArray[Any], same: npt.NDArray[np.bool_]) -> Floats:
    """Intersection over union; places without any extent agree only where they are ``same``."""
    return np.where(union > 0, shared / np.where(union > 0, union, 1.0), same.astype(np.float64))
