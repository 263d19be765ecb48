"""How much of what two annotators marked, character by character or second by second, both marked alike.

Which region is which does not matter here: a character under two overlapping regions of the same label counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats
from labelqa.stats.distance.regions import Regions, stretches


def cover_distances(ones: Sequence[Regions], others: Sequence[Regions]) -> Floats:
    """1 less the F1 of what is marked with the same label, (pairs,); places are (start, end) or (start, end, channel).

    >>> one, other = Regions(((0, 4), (2, 6)), (("x",), ("x",))), Regions(((3, 6),), (("x",),))
    >>> cover_distances([one], [other]).round(3)
    array([0.333])
    """
    if len(ones) != len(others):
        raise ValueError(f"as many ones as others are compared, not {len(ones)} and {len(others)}")
    result = np.empty(len(ones), dtype=np.float64)
    sizes = np.array([len(one.places) + len(other.places) for one, other in zip(ones, others, strict=True)])
    for part in stretches(sizes.astype(np.int64)):
        codes: dict[tuple[Any, ...], int] = {}
        one, other = _rows(ones[part], codes), _rows(others[part], codes)
        count = len(ones[part])
        both = np.concatenate([one, other])
        mine, yours, either = (_covered(rows, count) for rows in (one, other, both))
        total = mine + yours
        f1 = np.where(
            total > 0, 2 * (total - either) / np.where(total > 0, total, 1.0), _same(ones[part], others[part])
        )
        result[part] = np.clip(1 - f1, 0.0, 1.0)
    return result


def _same(ones: Sequence[Regions], others: Sequence[Regions]) -> Floats:
    """1 where two answers are equal, for answers that cover nothing."""
    return np.array(
        [
            float(sorted(zip(*one, strict=True)) == sorted(zip(*other, strict=True)))
            if not _extent(one) and not _extent(other)
            else 0.0
            for one, other in zip(ones, others, strict=True)
        ]
    )


def _extent(answer: Regions) -> bool:
    return any(place[1] > place[0] for place in answer.places)


def _rows(answers: Sequence[Regions], codes: dict[tuple[Any, ...], int]) -> Floats:
    """(rows, 4): pair, code of channel and label, start, end; one row a region and label, one for a bare region."""
    rows = [
        (pair, codes.setdefault((place[2:], label), len(codes)), place[0], place[1])
        for pair, answer in enumerate(answers)
        for place, labels in zip(answer.places, answer.labels, strict=True)
        for label in labels or (None,)
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _covered(rows: Floats, pairs: int) -> Floats:
    """The length covered by the stretches of each pair, label by label, what overlaps counted once: (pairs,)."""
    if not len(rows):
        return np.zeros(pairs)
    pair, code, start, end = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))].T
    fresh = _firsts(pair, code)
    # each group is moved to a place of its own on the line, so that one running maximum serves all
    shift = np.cumsum(fresh) * (end.max() - start.min() + 1.0)
    reached = np.maximum.accumulate(end + shift)
    opens = fresh | np.concatenate([[True], start[1:] + shift[1:] > reached[:-1]])
    first = np.flatnonzero(opens)
    length = np.maximum.reduceat(end, first) - start[first]
    total: Floats = np.bincount(pair[first].astype(np.int64), weights=length, minlength=pairs).astype(np.float64)
    return total


def _firsts(pair: Floats, code: Floats) -> npt.NDArray[np.bool_]:
    """Where a group of rows with the same pair and code begins."""
    return np.concatenate([[True], (np.diff(pair) != 0) | (np.diff(code) != 0)])
