"""From counted cells to the small tables that the statistics take; shared by the fast engines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from labelqa.records.reductions import AnnotatorTally, Answers, Ints, Key, Matched, PairTable, Patterns, Tally
from labelqa.reduce.runs import Array, merged


def no_cells() -> tuple[Array, Ints]:
    """A grouping of nothing, four columns wide."""
    return np.zeros((0, 4), dtype=np.int64), np.zeros(0, dtype=np.int64)


def patterns_of(parts: Sequence[tuple[Array, Ints]], labels: Sequence[str]) -> Patterns:
    """Groupings of label counts as one."""
    nothing = (np.zeros((0, len(labels)), dtype=np.int32), np.zeros(0, dtype=np.int64))
    counts, weight = merged(parts or [nothing])
    return Patterns(labels=tuple(labels), counts=counts.astype(np.int32, copy=False), weight=weight)


def pairs_of(parts: Sequence[tuple[Array, Ints]], labels: Sequence[str]) -> PairTable:
    """Groupings of (first, second, first label, second label) as one."""
    cells, count = merged([no_cells(), *parts])  # two parts at least, for one alone is not sorted this way
    first, second, first_label, second_label = (column.astype(np.int64) for column in cells.T)
    return PairTable(
        labels=tuple(labels),
        first=first,
        second=second,
        first_label=first_label,
        second_label=second_label,
        count=count,
    )


def matched_of(labels: Sequence[str], weeks: Sequence[str], cells: Array, count: Ints) -> Matched:
    """Groupings of (annotator, week, label, reference); weeks that do not occur are left out."""
    annotator, week, label, reference = (column.copy() for column in cells.astype(np.int64).reshape(-1, 4).T)
    used, week = np.unique(week, return_inverse=True)
    return Matched(
        labels=tuple(labels),
        weeks=tuple(weeks[i] for i in used),
        annotator=annotator,
        week=week.astype(np.int64),
        label=label,
        reference=reference,
        count=count,
    )


def matched_rows(labels: Sequence[str], rows: Sequence[tuple[int, str, int, int, int]]) -> Matched:
    """Rows (annotator, week, label, reference, count), each once and in any order."""
    if any(row[2] >= len(labels) for row in rows):
        raise ValueError(f"a label_no is beyond the {len(labels)} declared labels")
    weeks = sorted({row[1] for row in rows})
    number = {week: i for i, week in enumerate(weeks)}
    numbered = sorted((row[0], number[row[1]], *row[2:]) for row in rows)
    table = np.array(numbered, dtype=np.int64).reshape(-1, 5)
    return matched_of(labels, weeks, table[:, :4], table[:, 4].copy())


def answers_of(parts: Sequence[tuple[Array, ...]], labels: Sequence[str]) -> Answers:
    """Stretches of (item, annotator, label) as one table."""
    nothing = (np.zeros(0, dtype=np.int32),) * 3
    item, annotator, label = (
        np.concatenate(column, dtype=np.int32, casting="same_kind")
        for column in zip(*(parts or [nothing]), strict=True)
    )
    return Answers(labels=tuple(labels), item=item, annotator=annotator, label=label)


def tally_of(by: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Tally:
    """Rows of the columns ``by`` and a count, in any order."""
    keyed: dict[Key, int] = {tuple(row[:-1]): row[-1] for row in rows}
    keys = sorted(keyed, key=lambda key: [(part is not None, part) for part in key])
    return Tally(by=by, keys=tuple(keys), counts=tuple(keyed[key] for key in keys))


def annotators_of(rows: Iterable[tuple[Any, ...]]) -> tuple[AnnotatorTally, ...]:
    """Rows (number, person, annotations, items, median seconds, unqualified), by rising number."""
    return tuple(
        AnnotatorTally(
            annotator=number, person=person, annotations=n, items=items, median_seconds=seconds, unqualified=unqualified
        )
        for number, person, n, items, seconds, unqualified in rows
    )


def reference_columns(reference: dict[int, int] | Any, labels: Sequence[str]) -> tuple[Ints, Ints]:
    """Items and reference labels as columns; ValueError when one is beyond the declared labels."""
    items, answers = (np.fromiter(part, np.int64, len(reference)) for part in (reference.keys(), reference.values()))
    if len(answers) and not (0 <= answers.min() <= answers.max() < len(labels)):
        raise ValueError(f"a reference label is beyond the {len(labels)} declared labels")
    return items, answers
