"""Share correct against review or gold: of a batch, of each label, of each annotator.

``Matched`` tables come from a reducer; a row counts as right when the label equals its reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.accuracy import Team
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Ints, Matched
from labelqa.records.summary import Confusion
from labelqa.stats.proportion import hypergeometric_interval, upper_bound, wilson
from labelqa.stats.shrinkage import team


def accuracy(correct: int, n: int, *, population: int | None = None, confidence: float = 0.95) -> Estimate:
    """Share correct of ``n`` checked: exact for a simple random sample of a batch of ``population`` items, else Wilson.

    Raises InsufficientData ``nothing-checked`` for n = 0.

    >>> accuracy(57, 60, population=60).method
    'census'
    """
    if population is None:
        return wilson(correct, n, confidence=confidence)
    return hypergeometric_interval(correct, n, population, confidence=confidence)


def by_group(
    checked: Mapping[str, tuple[int, int, int | None]], *, confidence: float = 0.95
) -> tuple[tuple[str, Figure], ...]:
    """Accuracy of each group (label, rule, stratum, week), in the given order, from (correct, checked, items of it).

    The third is None where the group's size is not known: then Wilson, else the exact interval of a finite batch. A
    group of which nothing was checked is Unknown.

    >>> [figure.n for _, figure in by_group({"rule 3": (9, 10, 100), "rule 4": (0, 0, 4)})]
    [10, 0]
    """
    lines: list[tuple[str, Figure]] = []
    for name, (correct, n, population) in checked.items():
        try:
            lines.append((name, accuracy(correct, n, population=population, confidence=confidence)))
        except InsufficientData as error:
            lines.append((name, unknown(error)))
    return tuple(lines)


def accuracy_by_label(
    checked: Mapping[str, tuple[int, int, int | None]], *, confidence: float = 0.95
) -> tuple[tuple[str, Figure], ...]:
    """Accuracy of each label of record: :func:`by_group` of (correct, checked, items with this label of record).

    >>> [figure.n for _, figure in accuracy_by_label({"a": (9, 10, 100), "b": (0, 0, 4)})]
    [10, 0]
    """
    return by_group(checked, confidence=confidence)


def critical_rate(critical: int, n: int, *, population: int | None = None, confidence: float = 0.95) -> Estimate:
    """Share of critical errors among ``n`` checked, with the exact upper limit: "at most so many", one-sided.

    For a simple random sample of a batch of ``population`` items the limit is hypergeometric, else Clopper-Pearson's.

    >>> critical_rate(0, 59, population=10_000).high
    0.0493
    """
    return upper_bound(critical, n, population=population, confidence=confidence)


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


def team_skill(matched: Matched, *, confidence: float = 0.95) -> Team:
    """Each annotator's raw share of right annotations and the one drawn towards the team (beta-binomial)."""
    table = weekly(matched)
    right, n = table.right.sum(axis=1).tolist(), table.n.sum(axis=1).tolist()
    counts = {int(who): (r, total) for who, r, total in zip(table.annotators, right, n, strict=True)}
    return team(counts, confidence=confidence)


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
