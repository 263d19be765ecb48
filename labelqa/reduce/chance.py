"""Which answers are compared with which to learn how far two answers lie apart by chance alone.

Chance takes the first answers of items with two annotators or more. A few answers are compared each with each. Of many,
a pool is drawn, and every answer is compared with one of the pool. The draw is a function of seed, item and annotator
(splitmix64, Steele, Lea and Flood 2014), so every engine draws the same, whatever the order or the number of workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Ints

EXACT: Final = 400  # with so many answers or fewer every two of them are compared
POOL: Final = 4096
PLACE, PARTNER = 0, 1  # what a number is drawn for: a place in the pool, a partner out of it
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_ALL = 2**64 - 1
Whole: TypeAlias = npt.NDArray[np.uint64]


def drawn(item: npt.ArrayLike, annotator: npt.ArrayLike, *, seed: int, purpose: int) -> Whole:
    """A number below 2^64 for each answer: (answers,).

    >>> int(drawn([7], [2], seed=1, purpose=PLACE)[0]) == drawn_plainly(7, 2, seed=1, purpose=PLACE)
    True
    """
    start = np.array(_next_plainly((2 * seed + purpose) & _ALL), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for part in (item, annotator):
            start = _next(start ^ np.asarray(part, dtype=np.uint64))
    return start


def _next(value: Whole) -> Whole:
    value = value + np.uint64(_STEP)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(_FIRST)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(_SECOND)
    return value ^ (value >> np.uint64(31))


def drawn_plainly(item: int, annotator: int, *, seed: int, purpose: int) -> int:
    """The same number by whole numbers of any size: what the arrays are tested against."""
    value = _next_plainly((2 * seed + purpose) & _ALL)
    for part in (item, annotator):
        value = _next_plainly(value ^ part)
    return value


def _next_plainly(value: int) -> int:
    value = (value + _STEP) & _ALL
    value = ((value ^ (value >> 30)) * _FIRST) & _ALL
    value = ((value ^ (value >> 27)) * _SECOND) & _ALL
    return value ^ (value >> 31)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """The answers that others are compared with, by rising number; ``item``, ``annotator`` and ``text`` (pool,)."""

    seed: int
    item: Ints
    annotator: Ints
    text: tuple[str, ...]

    def partners(self, item: npt.NDArray[Any], annotator: npt.NDArray[Any]) -> Ints:
        """For each answer its partner's place in the pool, the next one where that is the answer itself."""
        size = len(self.text)
        at = (drawn(item, annotator, seed=self.seed, purpose=PARTNER) % np.uint64(size)).astype(np.int64)
        itself = (self.item[at] == item) & (self.annotator[at] == annotator)
        return np.where(itself, (at + 1) % size, at)


class Selection:
    """Sees every answer once, in any order, and keeps those that chance needs; memory holds the pool alone."""

    def __init__(self, *, seed: int, size: int = POOL, exact_to: int = EXACT) -> None:
        if size < 2:
            raise ValueError(f"a pool has 2 answers or more, not {size}")
        self.answers = 0
        self._seed, self._size, self._exact_to = seed, size, exact_to
        self._room = max(size, exact_to)
        self._kept: tuple[npt.NDArray[Any], ...] = ()

    def another(self) -> Selection:
        """One that has seen nothing and selects by the same rule."""
        return Selection(seed=self._seed, size=self._size, exact_to=self._exact_to)

    def see(self, item: npt.NDArray[Any], annotator: npt.NDArray[Any], code: Ints, texts: Sequence[str]) -> None:
        """Some answers: ``texts[code]`` is what they say."""
        self.answers += len(item)
        number = drawn(item, annotator, seed=self._seed, purpose=PLACE)
        low = np.ones(len(item), dtype=np.bool_)
        if self._kept and len(self._kept[0]) == self._room:
            low = number <= self._kept[0][-1]
        said = np.array([texts[each] for each in code[low].tolist()], dtype=object)
        new = (number[low], item[low].astype(np.int64), annotator[low].astype(np.int64), said)
        whole = tuple(np.concatenate(pair) for pair in zip(self._kept, new, strict=True)) if self._kept else new
        order = np.lexsort(whole[2::-1])[: self._room]
        self._kept = tuple(column[order] for column in whole)

    @property
    def exact(self) -> bool:
        """Whether every two answers are compared."""
        return self.answers <= self._exact_to

    def kept(self) -> tuple[Ints, Ints, list[str]]:
        """Item, annotator and text of what is kept so far, by rising number; of few answers all."""
        if not self._kept:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), []
        _, item, annotator, text = self._kept
        return item, annotator, list(text)

    def pool(self) -> Pool:
        """The answers with the smallest numbers."""
        item, annotator, text = self.kept()
        most = slice(self._size)
        return Pool(seed=self._seed, item=item[most], annotator=annotator[most], text=tuple(text[most]))

    def every_two(self) -> tuple[Ints, Ints, list[str], list[str]]:
        """Items and texts of every two answers, by item and annotator; only where there are few."""
        item, annotator, text = self.kept()
        order = np.lexsort((annotator, item)).tolist()
        pairs = list(combinations(order, 2))
        ones, others = ([pair[side] for pair in pairs] for side in (0, 1))
        return item[ones], item[others], [text[each] for each in ones], [text[each] for each in others]
