"""Share correct against review or gold: of a batch, of each label, of each annotator.

``Matched`` tables come from a reducer; a row counts as right when the label equals its reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Ints, Matched
from labelqa.records.summary import Confusion
from labelqa.stats.proportion import hypergeometric_interval, wilson


def accuracy(correct: int, n: int, *, population: int | None = None, confidence: float = 0.95) -> Estimate:
    """Share correct of ``n`` checked: exact for a simple random sample of a batch of ``population`` items, else Wilson.

    Raises InsufficientData ``nothing-checked`` for n = 0.

    >>> accuracy(57, 60, population=60).method
    'census'
    """
    if population is None:
        return wilson(correct, n, confidence=confidence)
    return hypergeometric_interval(correct, n, population, confidence=confidence)


def accuracy_by_label(
    checked: Mapping[str, tuple[int, int, int | None]], *, confidence: float = 0.95
) -> tuple[tuple[str, Figure], ...]:
    """Accuracy of each label, in the given order, from (correct, checked, items with this label of record).

    The third is None where the batch's size is not known. A label of which nothing was checked is Unknown.

    >>> [figure.n for _, figure in accuracy_by_label({"a": (9, 10, 100), "b": (0, 0, 4)})]
    [10, 0]
    """
    lines: list[tuple[str, Figure]] = []
    for label, (correct, n, population) in checked.items():
        try:
            lines.append((label, accuracy(correct, n, population=population, confidence=confidence)))
        except InsufficientData as error:
            lines.append((label, unknown(error)))
    return tuple(lines)


@dataclass(frozen=True, slots=True, eq=False)
class Weekly:
    """Right and counted annotations of each annotator in each week, (annotators, weeks)."""

    annotators: Ints
    weeks: tuple[str, ...]
    right: Ints
    n: Ints


def weekly(matched: Matched) -> Weekly:
    """Count the right annotations by annotator and week."""
    people, row = np.unique(matched.annotator, return_inverse=True)
    n = np.zeros((len(people), len(matched.weeks)), dtype=np.int64)
    right = n.copy()
    np.add.at(n, (row, matched.week), matched.count)
    np.add.at(right, (row, matched.week), np.where(matched.label == matched.reference, matched.count, 0))
    return Weekly(annotators=people, weeks=matched.weeks, right=right, n=n)


def by_annotator(matched: Matched, *, confidence: float = 0.95) -> dict[int, Estimate]:
    """Each annotator's share of right annotations, with Wilson's interval; annotators without any are not in it."""
    table = weekly(matched)
    right, n = table.right.sum(axis=1), table.n.sum(axis=1)
    return {
        int(who): wilson(int(r), int(total), confidence=confidence)
        for who, r, total in zip(table.annotators, right, n, strict=True)
    }


def by_week(matched: Matched, *, confidence: float = 0.95) -> dict[int, tuple[tuple[str, Estimate], ...]]:
    """Each annotator's share of right annotations week by week; weeks without any are left out."""
    table = weekly(matched)
    return {
        int(who): tuple(
            (week, wilson(int(r), int(total), confidence=confidence))
            for week, r, total in zip(table.weeks, right, n, strict=True)
            if total
        )
        for who, right, n in zip(table.annotators, table.right, table.n, strict=True)
    }


def confusions_by_annotator(matched: Matched) -> dict[int, tuple[Confusion, ...]]:
    """Each annotator's wrong labels: reference label → own label, the most frequent first."""
    wrong = matched.label != matched.reference
    cells: dict[int, dict[tuple[int, int], int]] = {int(who): {} for who in np.unique(matched.annotator)}
    columns = (matched.annotator, matched.reference, matched.label, matched.count)
    for who, reference, label, count in zip(*(column[wrong].tolist() for column in columns), strict=True):
        cells[who][reference, label] = cells[who].get((reference, label), 0) + count
    return {
        who: tuple(
            Confusion(first=matched.labels[reference], second=matched.labels[label], count=count)
            for (reference, label), count in sorted(mine.items(), key=lambda cell: (-cell[1], cell[0]))
        )
        for who, mine in cells.items()
    }
