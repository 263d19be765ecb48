"""Millions of labels as small tables: what the engine hands to the statistics.

Annotators, labels and references are numbered as in the frozen batch: ``annotator_no``, and the index of a label in the
batch's declared labels. Arrays are read-only; two values are equal when all their parts are. Nothing here reads a file
or judges anybody. This module needs numpy, so a command that does not count must not import it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import prod
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Small: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float64]
Key: TypeAlias = tuple[str | int | bool | None, ...]
_WHOLE = 2**20  # possible rows that are worth a table of their own
_AXES = 32  # columns that such a table can have: no more in older numpy
_ROOM = 2**62  # codes stay below this, so that int64 never overflows


class Columns:
    """Read-only arrays, and equality by value."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for part in fields(self):  # type: ignore[arg-type]
            value = getattr(self, part.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, part.name), getattr(other, part.name))
            if isinstance(getattr(self, part.name), np.ndarray)
            else getattr(self, part.name) == getattr(other, part.name)
            for part in fields(self)  # type: ignore[arg-type]
        )

    __hash__ = None  # type: ignore[assignment]


def grouped(columns: npt.NDArray[Any], weight: Ints) -> tuple[npt.NDArray[Any], Ints]:
    """The distinct rows of ``columns`` (rows, columns; numbers >= 0) in rising order, and the summed weight of each.

    >>> grouped(np.array([[1, 0], [0, 2], [1, 0]]), np.array([1, 1, 5]))
    (array([[0, 2],
           [1, 0]]), array([1, 6]))
    """
    if not len(columns):
        return columns, weight
    bases = [int(column.max()) + 1 for column in columns.T]
    if len(bases) <= _AXES and prod(bases) <= _WHOLE:
        return _grouped_whole(columns, weight, bases)
    code: Ints = np.zeros(len(columns), dtype=np.int64)
    size = 1
    for column, base in zip(columns.T, bases, strict=True):
        if size * base > _ROOM:  # too many possible rows for one number: keep only those that occur
            seen, number = np.unique(code, return_inverse=True)
            code, size = number.astype(np.int64, copy=False), len(seen)
        code = code * base + column
        size *= base
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    return columns[order[starts]], np.add.reduceat(weight[order], starts)


def _grouped_whole(columns: npt.NDArray[Any], weight: Ints, bases: list[int]) -> tuple[npt.NDArray[Any], Ints]:
    """The same by counting into a table of every possible row, where that table is small: no sorting."""
    code = np.zeros(len(columns), dtype=np.int64)
    for column, base in zip(columns.T, bases, strict=True):
        code *= base
        code += column
    size = prod(bases)
    seen = np.bincount(code, minlength=size)
    codes = np.flatnonzero(seen)
    if not (weight == 1).all():
        seen = np.zeros(size, dtype=np.int64)
        np.add.at(seen, code, weight)  # exact, where bincount would add up in floating point
    rows = np.unravel_index(codes, bases) if bases else ()
    return np.stack(rows, axis=1).astype(columns.dtype) if rows else columns[:1], seen[codes]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patterns(Columns):
    """Items with the same label counts are interchangeable: the distinct counts, and how many items have them.

    ``counts`` (patterns, labels): annotations of each label; ``weight`` (patterns,): items; rows distinct,
    rising, never all zero. ``labels`` is the declared set in its order, whether used or not.
    """

    labels: tuple[str, ...]
    counts: npt.NDArray[np.int32]
    weight: Ints

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or self.counts.shape != (len(self.weight), len(self.labels)):
            raise ValueError(
                f"counts must be (patterns, labels) = ({len(self.weight)}, {len(self.labels)}), not {self.counts.shape}"
            )
        if (self.counts < 0).any() or (self.weight < 1).any() or not self.counts.any(axis=1).all():
            raise ValueError("counts must be 0 or more with a label in every row, weights 1 or more")
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("the declared labels must differ from each other")
        super(Patterns, self).__post_init__()

    @classmethod
    def of(cls, matrix: npt.ArrayLike, labels: tuple[str, ...], *, weight: Ints | None = None) -> Patterns:
        """Collapse an (items, labels) matrix of counts; items without any label are left out.

        >>> Patterns.of([[2, 0], [1, 1], [2, 0], [0, 0]], ("a", "b")).weight
        array([1, 2])
        """
        counts: Small = np.asarray(matrix, dtype=np.int32).reshape(-1, len(labels))
        if (counts < 0).any():
            raise ValueError("a count of labels cannot be negative")
        weight = np.ones(len(counts), dtype=np.int64) if weight is None else weight
        used = counts.any(axis=1)
        counts, weight = grouped(counts[used], weight[used])
        return cls(labels=labels, counts=counts, weight=weight)

    @property
    def items(self) -> int:
        """Items with one label or more."""
        return int(self.weight.sum())

    @property
    def items_with_pairs(self) -> int:
        """Items with two labels or more."""
        return int(self.weight[self.counts.sum(axis=1) >= 2].sum())

    @property
    def annotations(self) -> int:
        """Labels in all."""
        return int(self.counts.sum(axis=1, dtype=np.int64) @ self.weight)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairTable(Columns):
    """For every two annotators: how often one gave this label and the other that one to the same item.

    One row a non-empty cell, in rising order of ``first`` < ``second`` (annotator numbers), ``first_label``,
    ``second_label``. Of several answers of one annotator for one item the first counts.
    """

    labels: tuple[str, ...]
    first: Ints
    second: Ints
    first_label: Ints
    second_label: Ints
    count: Ints

    def table(self, first: int, second: int) -> Ints:
        """The (labels, labels) table of two annotators, rows the first's; all zero when they share no item."""
        square = np.zeros((len(self.labels), len(self.labels)), dtype=np.int64)
        mine = (self.first == first) & (self.second == second)
        square[self.first_label[mine], self.second_label[mine]] = self.count[mine]
        return square


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers(Columns):
    """Who said what of which item: the finest table, for what needs to know the annotators.

    ``item``, ``annotator``, ``label`` (rows,), sorted by item, then annotator, numbered as in the frozen batch (items
    may have gaps). An engine gives one row an item and annotator, the first answer; models take repeated rows as well.
    """

    labels: tuple[str, ...]
    item: Small
    annotator: Small
    label: Small

    def __post_init__(self) -> None:
        if not self.item.shape == self.annotator.shape == self.label.shape or self.item.ndim != 1:
            raise ValueError("item, annotator and label must be columns of one length")
        if len(self.label) and not (0 <= self.label.min() <= self.label.max() < len(self.labels)):
            raise ValueError(f"a label is beyond the {len(self.labels)} declared labels")
        if (np.diff(self.item) < 0).any():
            raise ValueError("answers must be sorted by item")
        super(Answers, self).__post_init__()


class Distance(Protocol):
    """How far two answers lie apart; small, frozen and picklable, so that workers can carry it."""

    def read(self, text: str) -> Any:
        """An answer as it is stored (a label, or canonical JSON) as what :meth:`between` compares; ValueError if not."""
        ...

    def between(self, ones: Sequence[Any], others: Sequence[Any]) -> Floats:
        """The distance of each of ``ones`` to the one at the same place in ``others``: (pairs,), 0 where they agree."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distances(Columns):
    """How far apart answers lie: to the same item, pair by pair, and to any items, by chance.

    ``item``, ``first``, ``second``, ``distance`` (pairs,): every two annotators of an item (``first`` < ``second``),
    in rising order. ``chance_first``, ``chance_second``, ``chance`` (draws,): the items of two different answers taken
    from all ``answers`` on items with two or more, and their distance; every such two answers once where ``exact``.
    """

    item: Small
    first: Small
    second: Small
    distance: Floats
    chance_first: Small
    chance_second: Small
    chance: Floats
    answers: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matched(Columns):
    """Annotations beside what they should or could have been: gold, or the majority of the other annotators.

    One row for each annotator, week, own label and reference label that occurs, in rising order. ``week`` indexes
    ``weeks`` (sorted names).
    """

    labels: tuple[str, ...]
    weeks: tuple[str, ...]
    annotator: Ints
    week: Ints
    label: Ints
    reference: Ints
    count: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Rows counted by the columns ``by``: each key that occurs, in rising order (nothing first), and how often."""

    by: tuple[str, ...]
    keys: tuple[Key, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorTally:
    """What one annotator did: ``median_seconds`` over the annotations that carry a time, None where none does."""

    annotator: int
    person: str
    annotations: int
    items: int
    median_seconds: float | None
    unqualified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """Which rows of a batch to count; None is no condition."""

    qualified: bool | None = None
    weeks: frozenset[str] | None = None
    annotators: frozenset[int] | None = None
    items: frozenset[int] | None = None
    machine: bool | None = None  # only models' answers, or only people's
    prelabelled: bool | None = None  # only items that somebody began from a pre-label, or only the others


EVERYTHING = Subset()
