"""Counting along rows that are sorted by item: how the fast engines reduce a stretch of labels.

Every function takes arrays of equal length with all annotations of an item side by side, and within an item by rising
annotator. They do not know where the rows come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Ints, grouped

Array: TypeAlias = npt.NDArray[Any]
_DENSE = 2**21  # cells of a table that are worth holding whole


def runs(item: Array) -> Ints:
    """Each row's item, numbered from 0 without gaps."""
    return np.cumsum(np.diff(item, prepend=item[:1]) != 0, dtype=np.int64)


def label_counts(item: Array, label: Array, labels: int) -> tuple[Array, Ints]:
    """The distinct label counts of the items (patterns, labels), and how many items have each."""
    if not len(item):
        return np.zeros((0, labels), dtype=np.int32), np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], item[1:] != item[:-1]]))
    base = int(np.diff(starts, append=len(item)).max()) + 1
    size = base**labels
    if size <= _DENSE:  # an item's counts are the digits of one number
        digits = base ** np.arange(labels, dtype=np.int32)
        seen = np.bincount(np.add.reduceat(digits[label], starts), minlength=size)
        codes = np.flatnonzero(seen)
        return grouped((codes[:, None] // digits % base).astype(np.int32), seen[codes])
    return _label_counts(item, label, labels)


def _label_counts(item: Array, label: Array, labels: int) -> tuple[Array, Ints]:
    """The same where an item's counts are too many for one small number."""
    run = runs(item)
    items = int(run[-1]) + 1
    step = max(1, _DENSE // labels)
    parts = []
    for start in range(0, items, step):  # many labels: a few items at a time
        low, high = np.searchsorted(run, [start, start + step])
        size = min(step, items - start)
        counts = np.bincount((run[low:high] - start) * labels + label[low:high], minlength=size * labels)
        parts.append(grouped(counts.reshape(size, labels).astype(np.int32), np.ones(size, dtype=np.int64)))
    return merged(parts)


def merged(parts: Sequence[tuple[Array, Ints]]) -> tuple[Array, Ints]:
    """Several groupings as one."""
    if len(parts) == 1:
        return parts[0]
    return grouped(np.concatenate([rows for rows, _ in parts]), np.concatenate([weight for _, weight in parts]))


def first_answers(item: Array, annotator: Array) -> npt.NDArray[np.bool_]:
    """True where the annotator's first answer for the item stands."""
    again = (item[1:] == item[:-1]) & (annotator[1:] == annotator[:-1])
    return np.concatenate([np.ones(min(len(item), 1), dtype=np.bool_), ~again])


def once(columns: tuple[Array, ...]) -> tuple[Array, ...]:
    """Columns (item, annotator, …) with the first answer of each annotator for each item alone."""
    first = first_answers(columns[0], columns[1])
    return columns if first.all() else tuple(column[first] for column in columns)


def shared_items(item: Array) -> npt.NDArray[np.bool_]:
    """True where the item has two rows or more."""
    again, none = item[1:] == item[:-1], np.zeros(min(len(item), 1), dtype=np.bool_)
    shared: npt.NDArray[np.bool_] = np.concatenate([none, again]) | np.concatenate([again, none])
    return shared


def pair_cells(item: Array, annotator: Array, label: Array, labels: int) -> tuple[Array, Ints]:
    """(first, second, first label, second label) of all pairs of answers within an item, and how often each occurs.

    Wants one answer an item and annotator. Time grows with the number of pairs.
    """
    people = int(annotator.max(initial=-1)) + 1
    size = (people * labels) ** 2
    own: Array = annotator.astype("i4" if size < 2**31 else "i8") * labels + label
    dense = np.zeros(size if size <= _DENSE else 0, dtype=np.int64)
    sparse: list[tuple[Array, Ints]] = [(np.zeros((0, 1), dtype=np.int64), np.zeros(0, dtype=np.int64))]
    lag = 1
    while len(at := np.flatnonzero(item[lag:] == item[:-lag])):
        codes = own[at] * (people * labels) + own[at + lag]
        if len(dense):
            dense += np.bincount(codes, minlength=size)
        else:
            seen, count = np.unique(codes, return_counts=True)
            sparse.append((seen[:, None], count))
        lag += 1
    if len(dense):
        codes = np.flatnonzero(dense)
        return _split(codes, people, labels), dense[codes]
    cells, count = merged(sparse)
    return _split(cells[:, 0], people, labels), count


def _split(codes: Ints, people: int, labels: int) -> Array:
    one, other = np.divmod(codes, max(1, people * labels))
    (first, first_label), (second, second_label) = np.divmod(one, labels), np.divmod(other, labels)
    return np.stack([first, second, first_label, second_label], axis=1)


def majority_of_others(item: Array, label: Array, labels: int) -> Ints:
    """For each row the label most of the item's other rows have; -1 where several tie or there is no other row."""
    reference = np.full(len(item), -1, dtype=np.int64)
    step = max(1, _DENSE // labels)
    if not len(item):
        return reference
    run = runs(item)
    for start in range(0, int(run[-1]) + 1, step):
        low, high = np.searchsorted(run, [start, start + step])
        own, where = label[low:high], run[low:high] - start
        counts = np.bincount(where * labels + own, minlength=(int(where[-1]) + 1) * labels).reshape(-1, labels)
        reference[low:high] = _majority(counts, where, own)
    return reference


def _majority(counts: Array, where: Array, own: Array) -> Ints:
    """The clear majority of ``counts[where]`` (rows, labels) once each row's own label is taken out."""
    top = counts.max(axis=1)
    tops = (counts == top[:, None]).sum(axis=1)
    leader = counts.argmax(axis=1)
    below = np.where(counts == top[:, None], 0, counts)  # what leads when a single leader steps down by one
    second = below.max(axis=1)
    mine = counts[where, own] == top[where]
    # not mine to change: the leader stays clear when it was alone
    answer = np.where(tops[where] == 1, leader[where], -1)
    # my own label leads alone and loses one vote: still clear only when the next is lower by more than that
    alone = mine & (tops[where] == 1)
    answer = np.where(alone & (top[where] - 1 <= second[where]), -1, answer)
    # my label leads with one other: that other is now alone in front
    shared = np.flatnonzero(mine & (tops[where] == 2))
    if len(shared):
        last = counts.shape[1] - 1 - counts[:, ::-1].argmax(axis=1)
        answer[shared] = np.where(leader[where[shared]] == own[shared], last[where[shared]], leader[where[shared]])
    return np.asarray(answer, dtype=np.int64)
