"""Distances between the answers of an item, and to answers drawn for chance: a stretch of whole items at a time.

Knows neither where the stretches come from nor in which process it runs, so that every engine compares alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Distance, Distances, Floats, Ints
from labelqa.reduce.chance import Pool, Selection

Array: TypeAlias = npt.NDArray[Any]
_PAIRS = 2**16  # compared at a time: many pairs of one item must not fill the memory


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """Answers of whole items, each annotator's first, two or more an item: ``texts[code]`` is what they say."""

    item: Array
    annotator: Array
    code: Array
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """What a stretch gives: columns of :class:`Distances`, or how many answers could not be read.

    Of those ``example`` is the first, and ``item`` its item.
    """

    pairs: tuple[Array, Array, Array, Floats] | None = None
    chance: tuple[Array, Array, Floats] | None = None
    unreadable: int = 0
    example: str = ""
    item: int = 0


def pairs_within(item: Array) -> tuple[Ints, Ints]:
    """The places of every two rows of the same item, in rising order; items side by side.

    >>> [each.tolist() for each in pairs_within(np.array([3, 3, 3, 9, 9]))]
    [[0, 0, 1, 3], [1, 2, 2, 4]]
    """
    ends = np.searchsorted(item, item, side="right")
    later = ends - np.arange(len(item)) - 1
    one = np.repeat(np.arange(len(item)), later)
    before = np.cumsum(later) - later
    return one, one + 1 + np.arange(len(one)) - before[one]


class Comparer:
    """Compares the answers of stretches; reads each text of a stretch once."""

    def __init__(self, distance: Distance, pool: Pool | None) -> None:
        self._distance, self._pool = distance, pool
        self._partners: list[Any] = []
        try:
            self._partners = [distance.read(text) for text in pool.text] if pool is not None else []
        except ValueError:
            self._pool = None  # the stretch that holds this answer tells

    def __call__(self, stretch: Stretch) -> Compared:
        """The distances of one stretch."""
        values, wrong = self._read(stretch)
        if len(wrong):
            text = stretch.texts[stretch.code[wrong[0]]]
            return Compared(unreadable=len(wrong), example=text, item=int(stretch.item[wrong[0]]))
        one, other = pairs_within(stretch.item)
        code, item, annotator = stretch.code, stretch.item, stretch.annotator
        found = self._between(values, code[one], values, code[other])
        chance = None
        if self._pool is not None:
            at = self._pool.partners(item, annotator)
            chance = (item, self._pool.item[at], self._between(values, code, self._partners, at))
        return Compared(pairs=(item[one], annotator[one], annotator[other], found), chance=chance)

    def texts(self, ones: Sequence[str], others: Sequence[str]) -> Floats:
        """The distances of texts that can all be read."""
        value = {text: self._distance.read(text) for text in {*ones, *others}}
        left, right = ([value[text] for text in side] for side in (ones, others))
        return self._between(left, np.arange(len(left)), right, np.arange(len(right)))

    def _read(self, stretch: Stretch) -> tuple[list[Any], Ints]:
        """The values of the texts, and the places of the answers that have none."""
        values: list[Any] = [None] * len(stretch.texts)
        bad = []
        for code in np.unique(stretch.code).tolist():
            try:
                values[code] = self._distance.read(stretch.texts[code])
            except ValueError:
                bad.append(code)
        return values, np.flatnonzero(np.isin(stretch.code, bad))

    def _between(self, values: Sequence[Any], ones: Array, partners: Sequence[Any], others: Array) -> Floats:
        out = np.empty(len(ones), dtype=np.float64)
        for start in range(0, len(ones), _PAIRS):
            part = slice(start, start + _PAIRS)
            left = [values[at] for at in ones[part].tolist()]
            right = [partners[at] for at in others[part].tolist()]
            found = np.asarray(self._distance.between(left, right), dtype=np.float64)
            if found.shape != (len(left),):
                raise ValueError(f"a distance of {len(left)} pairs must be ({len(left)},), not {found.shape}")
            out[part] = found
        return out


def distances_of(parts: Sequence[Compared], selection: Selection, comparer: Comparer) -> Distances:
    """All stretches, in their order, as one table; raises InsufficientData where an answer cannot be read."""
    if wrong := [part for part in parts if part.unreadable]:
        first_wrong = min(wrong, key=lambda part: part.item)
        raise not_readable(sum(part.unreadable for part in wrong), first_wrong.example)
    item, first, second, distance = _joined([part.pairs for part in parts if part.pairs is not None], 4)
    if selection.exact:
        ones, others, left, right = selection.every_two()
        chance: tuple[Array, ...] = (ones, others, comparer.texts(left, right))
    else:
        chance = _joined([part.chance for part in parts if part.chance is not None], 3)
    return Distances(
        item=item.astype(np.int32, copy=False),
        first=first.astype(np.int32, copy=False),
        second=second.astype(np.int32, copy=False),
        distance=distance.astype(np.float64, copy=False),
        chance_first=chance[0].astype(np.int32, copy=False),
        chance_second=chance[1].astype(np.int32, copy=False),
        chance=chance[2],
        answers=selection.answers,
        exact=selection.exact,
    )


def _joined(parts: Sequence[tuple[Array, ...]], width: int) -> tuple[Array, ...]:
    if not parts:
        return (np.zeros(0, dtype=np.int32),) * (width - 1) + (np.zeros(0, dtype=np.float64),)
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def not_readable(count: int, example: str) -> InsufficientData:
    """The error of a batch whose answers have another shape than the distance compares."""
    shown = example if len(example) <= 60 else f"{example[:60]}…"
    return InsufficientData(
        "not-readable",
        "{count} answers of this batch do not have the shape that this distance compares, so it is not defined for "
        "them; the first is {example}",
        count=count,
        example=shown,
    )
