"""Digests that do not depend on chunks, and the counting of repeated answers, each against the plain way."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelqa.intake.digest import ColumnDigest
from labelqa.intake.occurrences import Occurrences

NUMBERS = st.none() | st.integers(-(2**62), 2**62)
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
REALS = st.none() | st.floats(allow_nan=False)
ROWS = st.lists(st.tuples(NUMBERS, TEXTS, REALS), max_size=12)
CUTS = st.lists(st.integers(0, 12), max_size=4)


def digest(rows: list[tuple[object, ...]], cuts: list[int]) -> str:
    """The digest of rows fed in these stretches; a column of nulls goes in as nothing."""
    made = ColumnDigest(["a", "b", "c"])
    ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for start, end in pairwise(ends):
        part = rows[start:end]
        columns = [[row[at] for row in part] for at in range(3)]
        made.feed([None if all(each is None for each in column) else column for column in columns], len(part))
    return made.value()


@given(ROWS, CUTS)
def test_the_digest_does_not_depend_on_the_chunks(rows: list[tuple[object, ...]], cuts: list[int]) -> None:
    assert digest(rows, cuts) == digest(rows, [])


@given(ROWS.filter(bool), CUTS, st.data())
def test_any_changed_cell_changes_the_digest(
    rows: list[tuple[object, ...]], cuts: list[int], data: st.DataObject
) -> None:
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 2))
    other = data.draw((NUMBERS, TEXTS, REALS)[column].filter(lambda value: value != rows[row][column]))
    changed = [*rows]
    changed[row] = (*rows[row][:column], other, *rows[row][column + 1 :])
    assert digest(changed, cuts) != digest(rows, [])


def test_neighbouring_texts_do_not_run_together() -> None:
    assert digest([(1, "ab", None), (2, "c", None)], []) != digest([(1, "a", None), (2, "bc", None)], [])


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=12), max_size=8))
def test_occurrences_are_those_of_a_counter(parts: list[list[tuple[int, int]]]) -> None:
    seen, counter = Occurrences(), Counter()
    for part in parts:
        pairs = np.array(part, dtype=np.int64).reshape(-1, 2)
        expected = []
        for pair in part:
            expected.append(counter[pair])
            counter[pair] += 1
        assert seen.add(pairs[:, 0], pairs[:, 1]).tolist() == expected


def test_occurrences_keep_large_numbers_apart() -> None:
    seen = Occurrences()
    items, people = np.array([2**40, 2**40, 2**40 - 1]), np.array([0, 2**21 - 1, 2**21 - 1])
    assert seen.add(items, people).tolist() == [0, 0, 0]
    assert seen.add(items, people).tolist() == [1, 1, 1]
