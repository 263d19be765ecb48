"""Answers laid out for models of annotators: one sparse row an item, one column for each annotator and label.

With the column ``annotator * labels + label`` both steps of an EM are sparse products: rows @ log confusion gives each
item's log-likelihoods, columns @ posterior the expected confusion counts. Items are taken some thousand at a time, so
that what is in work stays in the processor's cache. Items with the very same answers (common with few annotators) are
kept once, with their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Answers, Floats, Ints, Small

_ROWS = 4096  # items at a time
_LOOK = 20_000  # items looked at before all are searched for equal ones
_FEWER = 0.5  # equal items are kept once when at most this share remains


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some items: ``rows`` (items, annotators * labels) counts of answers, ``columns`` the same transposed.

    ``weight`` (items,) how many items each row stands for, empty when each stands for itself. ``clamped`` (gold,) rows
    whose class is known to be ``known``.
    """

    start: int
    stop: int
    rows: Any
    columns: Any
    weight: Floats
    clamped: Ints
    known: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The answers of a batch as blocks; ``row`` (items,) is the row that holds each item's answers."""

    items: Small
    row: Ints
    annotators: Ints
    labels: int
    classes: int
    rows: int
    given: Floats  # (annotators, labels) answers
    blocks: tuple[Block, ...]
    gold: int
    answers: int


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Answers as a compressed sparse row matrix: the columns of row i are code[pointer[i] : pointer[i + 1]]."""

    items: Small
    annotators: Ints
    pointer: Ints
    code: Small


def summed(place: Ints | Small, values: Floats, size: int) -> Floats:
    """(size,) the sum of the values of each place."""
    return np.bincount(place, values, size).astype(np.float64, copy=False)


def rows_of(answers: Answers) -> Rows:
    """Number items and annotators without gaps; raises InsufficientData when there is nothing."""
    if not len(answers.item):
        raise InsufficientData("no-annotations", "there are no annotations here, so there is no agreement to measure")
    first = np.flatnonzero(np.diff(answers.item, prepend=answers.item[0] - 1))
    pointer = np.append(first, len(answers.item)).astype(np.int64)
    present = np.bincount(answers.annotator) > 0
    number = (np.cumsum(present) - 1).astype(np.int32)
    code = number[answers.annotator] * np.int32(len(answers.labels)) + answers.label
    return Rows(answers.item[first], np.flatnonzero(present).astype(np.int64), pointer, code.astype(np.int32))


def _hashes(rows: Rows, known: Ints, codes: int) -> Ints:
    """A number for each item that is the same for the same answers and the same gold."""
    rng = np.random.default_rng(20261122)  # any numbers do: equal hashes are compared in full afterwards
    words = rng.integers(0, 2**63, codes + int(known.max()) + 2, dtype=np.int64)
    with np.errstate(over="ignore"):
        sums = np.add.reduceat(words[rows.code], rows.pointer[:-1])
        return np.asarray(sums + words[codes + 1 + known])


def _same(rows: Rows, known: Ints, codes: int) -> Ints:
    """(items,) the first item with the very same answers in the same order, and the same gold."""
    items = len(rows.items)
    alone = np.arange(items)
    hashes = _hashes(rows, known, codes)
    looked = hashes[:: max(1, items // _LOOK)]
    if len(np.unique(looked)) > _FEWER * len(looked):
        return alone
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    like = first[inverse]
    if len(first) > _FEWER * items:
        return alone
    length = np.diff(rows.pointer)
    equal = (length[like] == length) & (known[like] == known)
    like = np.where(equal, like, alone)
    shift = np.repeat(rows.pointer[like] - rows.pointer[:-1], length)
    differs = rows.code[np.arange(len(rows.code)) + shift] != rows.code
    different = np.add.reduceat(differs.astype(np.int64), rows.pointer[:-1]) > 0
    return np.where(different, alone, like)


def _blocks(rows: Rows, kept: Ints, weight: Floats, known: Ints, columns: int) -> list[Block]:
    length = np.diff(rows.pointer)[kept]
    pointer = np.concatenate([[0], np.cumsum(length)])
    if len(kept) == len(rows.items):
        code = rows.code
    else:
        code = rows.code[np.arange(pointer[-1]) + np.repeat(rows.pointer[kept] - pointer[:-1], length)]
    ones, blocks = np.ones(len(code)), []
    for start in range(0, len(kept), _ROWS):
        stop = min(start + _ROWS, len(kept))
        low, high = int(pointer[start]), int(pointer[stop])
        parts = (ones[low:high], code[low:high], (pointer[start : stop + 1] - low).astype(np.int32))
        matrix = sparse.csr_array(parts, shape=(stop - start, columns))
        gold = known[kept[start:stop]]
        clamped = np.flatnonzero(gold >= 0)
        blocks.append(Block(start, stop, matrix, matrix.T, weight[start:stop], clamped, gold[clamped]))
    return blocks


def known_classes(items: Small, gold: Mapping[int, int], classes: int) -> Ints:
    """(items,) the class that gold gives, -1 where it says nothing."""
    wrong = [each for each in gold.values() if not 0 <= each < classes]
    if wrong:
        raise ValueError(f"gold must name a class from 0 to {classes - 1}, not {wrong[0]}")
    known = np.full(len(items), -1, dtype=np.int64)
    if gold:
        named = np.array(sorted(gold), dtype=np.int64)
        place = np.minimum(np.searchsorted(items, named), len(items) - 1)
        there = items[place] == named
        known[place[there]] = [gold[int(item)] for item in named[there]]
    return known


def refused_if_hopeless(rows: Rows, labels: int, classes: int, known: Ints) -> None:
    """InsufficientData when there is nothing to choose between or nothing to tell annotators apart by."""
    if labels < 2 or classes < 2:
        raise InsufficientData("one-label", "only one label is declared, so there is nothing to choose between")
    if len(rows.code) == len(rows.items) and (known < 0).all():
        raise InsufficientData(
            "nothing-to-compare",
            "no item has two answers and none has a known answer, so annotators cannot be told apart",
        )


def laid_out(answers: Answers, *, classes: int, gold: Mapping[int, int]) -> Layout:
    """The layout of a batch; ``gold`` gives the class of items, those without any answer are passed over.

    Raises InsufficientData ``no-annotations`` when there are no answers, ``one-label`` when one label only is declared,
    ``nothing-to-compare`` when no item has two answers and none has gold.
    """
    rows = rows_of(answers)
    known = known_classes(rows.items, gold, classes)
    refused_if_hopeless(rows, len(answers.labels), classes, known)
    codes = len(rows.annotators) * len(answers.labels)
    like = _same(rows, known, codes)
    first = like == np.arange(len(like))
    kept, row = np.flatnonzero(first), (np.cumsum(first) - 1)[like]
    alone = len(kept) == len(like)
    weight = np.empty(0) if alone else np.bincount(row).astype(np.float64)
    given = np.bincount(rows.code, minlength=codes).astype(np.float64)
    return Layout(
        items=rows.items,
        row=row,
        annotators=rows.annotators,
        labels=len(answers.labels),
        classes=classes,
        rows=len(kept),
        given=given.reshape(-1, len(answers.labels)),
        blocks=tuple(_blocks(rows, kept, weight, known, codes)),
        gold=int((known >= 0).sum()),
        answers=len(rows.code),
    )
