"""Answers that mark places: what was marked and with which labels, read from the stored text, and two answers crossed.

A region is a place (two ends, a box, a shape, a point) with labels. An answer about a region that is not a label, such
as its transcript, counts as one more label here: where it differs, the regions do not agree. Nothing here judges how
near two places are; that is each kind's own business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats, Ints

Labels: TypeAlias = tuple[str, ...]
_FAR = 1e15  # no coordinate, offset or second lies beyond; keeps infinities out as well
_ROOM = 2**20  # crossed regions held at a time, so that memory does not grow with the number of pairs


class Regions(NamedTuple):
    """The regions of one answer: ``places`` in the form of their kind, and the sorted ``labels`` of each."""

    places: tuple[Any, ...]
    labels: tuple[Labels, ...]


def read_regions(text: str, place: Callable[[dict[str, Any]], Any]) -> Regions:
    """The regions in an answer's canonical JSON, each place made by ``place``; ValueError when it is not a list of them.

    >>> read_regions('[{"at":3,"labels":["x"]}]', lambda region: region["at"])
    Regions(places=(3,), labels=(('x',),))
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"an answer with regions must be JSON, not {text[:40]!r}") from error
    if type(found) is not list or not all(type(each) is dict for each in found):
        raise ValueError(f"an answer with regions must be a list of objects, not {text[:40]!r}")
    return Regions(tuple([place(each) for each in found]), tuple([_labels(each) for each in found]))


def _labels(region: dict[str, Any]) -> Labels:
    labels = region.get("labels", [])
    if type(labels) is not list or not all(type(each) is str for each in labels):
        raise ValueError(f"the labels of a region must be a list of texts, not {labels!r}")
    if "answer" in region:
        labels = [*labels, json.dumps({"answer": region["answer"]}, ensure_ascii=False, sort_keys=True)]
    return (labels[0],) if len(labels) == 1 else tuple(sorted(set(labels)))


def number(region: dict[str, Any], key: str) -> float:
    """A finite number of a region; ValueError when it is missing or something else."""
    value = region.get(key)
    if (type(value) is float or type(value) is int) and -_FAR < value < _FAR:
        return float(value)
    raise ValueError(f"{key} of a region must be a number, not {value!r}")


@dataclass(frozen=True, slots=True, eq=False)
class Crossed:
    """For each pair of answers, every region of the one beside every region of the other.

    ``ones``, ``others`` (pairs,): how many regions each answer has. ``left``, ``right`` (crossings,): indices into the
    places of the ones and of the others, pair after pair, row by row; ``agree`` (crossings,): Jaccard index of labels.
    """

    ones: Ints
    others: Ints
    left: Ints
    right: Ints
    agree: Floats
    first: list[Any]
    second: list[Any]

    def numbers(self) -> tuple[Floats, Floats]:
        """The places of every crossing as two (crossings, numbers of a place) tables, for places made of numbers."""
        one, other = (np.array(places, dtype=np.float64) for places in (self.first, self.second))
        return one[self.left], other[self.right]


def _counts(answers: Sequence[Regions]) -> Ints:
    return np.fromiter((len(each.places) for each in answers), np.int64, len(answers))


def crossing_indices(m: Ints, n: Ints) -> tuple[Ints, Ints, Ints]:
    """For pairs of ``m`` and ``n`` things: the pair of each crossing, which of the m and which of the n it joins.

    >>> [each.tolist() for each in crossing_indices(np.array([1, 0, 2]), np.array([2, 5, 1]))]
    [[0, 0, 2, 2], [0, 0, 0, 1], [0, 1, 0, 0]]
    """
    size = m * n
    pair = np.repeat(np.arange(len(m)), size)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
    columns = np.maximum(n, 1)[pair]
    return pair, within // columns, within % columns


def _crossed(ones: Sequence[Regions], others: Sequence[Regions], m: Ints, n: Ints) -> Crossed:
    pair, row, column = crossing_indices(m, n)
    left, right = (np.cumsum(m) - m)[pair] + row, (np.cumsum(n) - n)[pair] + column
    return Crossed(
        ones=m,
        others=n,
        left=left,
        right=right,
        agree=_agreement(ones, others, left, right),
        first=list(chain.from_iterable(each.places for each in ones)),
        second=list(chain.from_iterable(each.places for each in others)),
    )


def _agreement(ones: Sequence[Regions], others: Sequence[Regions], left: Ints, right: Ints) -> Floats:
    """Shared labels over all labels of the two regions of each crossing; 1 where neither has any."""
    codes: dict[Labels, int] = {}

    def coded(answers: Sequence[Regions]) -> Ints:
        return np.array(
            [codes.setdefault(each, len(codes)) for answer in answers for each in answer.labels], dtype=np.int64
        )

    one, other = coded(ones)[left], coded(others)[right]
    agree: Floats = (one == other).astype(np.float64)
    if any(len(each) > 1 for each in codes):
        sets = [frozenset(each) for each in codes]
        several = np.array([len(each) > 1 for each in sets])
        open_ = np.flatnonzero((one != other) & (several[one] | several[other]))
        cells, back = np.unique(one[open_] * len(sets) + other[open_], return_inverse=True)
        shares = [_jaccard(sets[cell // len(sets)], sets[cell % len(sets)]) for cell in cells.tolist()]
        agree[open_] = np.array(shares, dtype=np.float64)[back]
    return agree


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def crossings(ones: Sequence[Regions], others: Sequence[Regions]) -> Iterator[tuple[slice, Crossed]]:
    """All pairs crossed, in stretches small enough to hold; ValueError when there are not as many ones as others."""
    if len(ones) != len(others):
        raise ValueError(f"as many ones as others are compared, not {len(ones)} and {len(others)}")
    m, n = _counts(ones), _counts(others)
    for part in stretches(m * n + m + n):
        yield part, _crossed(ones[part], others[part], m[part], n[part])


def stretches(sizes: npt.NDArray[Any], *, room: int = _ROOM) -> Iterator[slice]:
    """Slices of rows whose ``sizes`` add up to at most ``room``; a row larger than that stands alone.

    >>> list(stretches(np.array([2, 2, 9, 1]), room=4))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    total = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = int(total[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(total, before + room, side="right")))
        yield slice(start, end)
        start = end
