"""Which unit of one annotator is which of the others': the alignment of all annotators with the least disorder.

A unitary alignment takes one unit or none from each annotator; every unit is in exactly one (Mathet, Widlöcher and
Métivier 2015). For two annotators this is an assignment problem, for more an integer programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Floats, Ints
from labelqa.stats.agreement.continuum import Unit

_MOST: Final = 200_000  # alignments to choose from; more would take minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissimilarity:
    """How unlike two units are: ``position`` and ``label`` weigh the two parts, ``empty`` is the cost of no partner.

    Place: the square of how far both ends are apart over the two lengths together. Label: 0 for the same, 1 for another.
    Both are times ``empty``. The paper's letters are alpha, beta and delta with an empty set.
    """

    position: float = 1.0
    label: float = 1.0
    empty: float = 1.0

    def __post_init__(self) -> None:
        if self.position < 0 or self.label < 0 or not self.empty > 0:
            raise ValueError(
                f"position and label must be 0 or more, empty above 0, not {self.position}, {self.label}, {self.empty}"
            )

    def between(self, ones: Sequence[Unit], others: Sequence[Unit]) -> Floats:
        """The dissimilarity of every two units, (ones, others).

        >>> Dissimilarity().between([Unit(1, 5, "a")], [Unit(2, 6, "a"), Unit(2, 6, "b")])
        array([[0.0625, 1.0625]])
        """
        a = np.array([unit[:2] for unit in ones], dtype=np.float64).reshape(-1, 1, 2)
        b = np.array([unit[:2] for unit in others], dtype=np.float64).reshape(1, -1, 2)
        lengths = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0])
        place = (np.abs(a - b).sum(axis=2) / lengths) ** 2
        differ = [[one.label != other.label for other in others] for one in ones]
        label = np.array(differ, dtype=np.float64).reshape(len(ones), len(others))
        return np.asarray(self.empty * (self.position * place + self.label * label), dtype=np.float64)


def disorder(annotators: Sequence[Sequence[Unit]], dissimilarity: Dissimilarity) -> float:
    """The least disorder of any alignment, per unit of an annotator; 0 where nobody marked anything.

    A unitary alignment costs the mean dissimilarity of its pairs, ``empty`` for every pair with an annotator who has
    no unit in it. Raises InsufficientData ``too-many-alignments`` where three annotators or more leave too many.
    """
    n = len(annotators)
    if n < 2:
        raise ValueError(f"two annotators or more can be aligned, not {n}")
    units = sum(len(each) for each in annotators)
    if not units:
        return 0.0
    cost = _two(annotators[0], annotators[1], dissimilarity) if n == 2 else _several(annotators, dissimilarity)
    return cost / (units / n)


def _two(ones: Sequence[Unit], others: Sequence[Unit], dissimilarity: Dissimilarity) -> float:
    from scipy.optimize import linear_sum_assignment

    # what pairing two units saves over leaving both alone
    saved = np.maximum(2 * dissimilarity.empty - dissimilarity.between(ones, others), 0.0)
    row, column = linear_sum_assignment(saved, maximize=True)
    return dissimilarity.empty * (len(ones) + len(others)) - float(saved[row, column].sum())


def _several(annotators: Sequence[Sequence[Unit]], dissimilarity: Dissimilarity) -> float:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    chosen, cost = _candidates(annotators, dissimilarity)
    starts = np.cumsum([0, *(len(each) for each in annotators)])
    candidate, annotator = np.nonzero(chosen >= 0)
    unit = starts[annotator] + chosen[candidate, annotator]
    shape = (int(starts[-1]), len(cost))
    once = csc_array((np.ones(len(unit)), (unit, candidate)), shape=shape)
    found = milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(once, 1, 1),
    )
    if found.x is None:  # each unit alone is always an alignment, so only the solver's own limits lead here
        raise _too_many()
    return float(cost @ found.x.round())


def _candidates(annotators: Sequence[Sequence[Unit]], dissimilarity: Dissimilarity) -> tuple[Ints, Floats]:
    """Unitary alignments that can be part of the best one, (candidates, annotators) unit numbers or -1, and their costs.

    One that costs no less than its units alone is never needed. Built annotator by annotator; those are given up whose
    pairs already cost more than the largest alignment they could still become may.
    """
    n, empty = len(annotators), dissimilarity.empty
    pairs = comb(n, 2)
    apart = {
        (one, other): dissimilarity.between(annotators[one], annotators[other])
        for one, other in combinations(range(n), 2)
    }
    chosen: Ints = np.zeros((1, 0), dtype=np.int64)
    spent: Floats = np.zeros(1)
    size: Ints = np.zeros(1, dtype=np.int64)
    for at, units in enumerate(annotators):
        if len(chosen) * (len(units) + 1) > 20 * _MOST:
            raise _too_many()
        added = np.zeros((len(chosen), len(units) + 1))  # the last column takes no unit
        for before in range(at):
            has = chosen[:, before] >= 0
            added[has, :-1] += apart[before, at][chosen[has, before]]
        total = spent[:, None] + added
        count = size[:, None] + (np.arange(len(units) + 1) < len(units))
        most = count + (n - 1 - at)
        kept = total <= empty * ((most - 1) * pairs + most * (most - 1) / 2)
        row, unit = np.nonzero(kept)
        if len(row) > _MOST:
            raise _too_many()
        chosen = np.column_stack([chosen[row], np.where(unit < len(units), unit, -1)])
        spent, size = total[row, unit], count[row, unit]
    some = size > 0
    chosen, spent, size = chosen[some], spent[some], size[some]
    cost = (spent + empty * (pairs - size * (size - 1) / 2)) / pairs
    useful = (size == 1) | (cost < size * empty)
    return chosen[useful], cost[useful]


def _too_many() -> InsufficientData:
    return InsufficientData(
        "too-many-alignments", "there are too many ways to align what the annotators marked to measure its disorder"
    )
