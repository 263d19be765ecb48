"""What the fast engine refuses, and small batches counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelqa.errors import Altered, InsufficientData
from labelqa.records.reductions import AnnotatorTally, Patterns, Subset
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.python import PythonReducer

LABELS = ("正面", "负面", "nan")


def batch(*rows: tuple[int, int, int]) -> pa.Table:
    """(item, annotator, label) rows; label -1 is missing."""
    item, who, label = (list(column) for column in zip(*rows, strict=True))
    return pa.table(
        {
            "item_no": pa.array(item, pa.int32()),
            "item_id": [f"i{number}" for number in item],
            "annotator_no": pa.array(who, pa.int32()),
            "person": [f"p-{number}" for number in who],
            "label_no": pa.array(label, pa.int32()),
            "label": pa.array([None if number < 0 else LABELS[number] for number in label], pa.string()),
            "seconds": pa.array([float(number + 1) for number in range(len(item))]),
            "week": ["2026-W46" if number < 2 else "2026-W47" for number in item],
            "qualified": [number != 9 for number in who],
        }
    )


SMALL = batch((0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 1), (1, 1, -1), (2, 0, 2), (2, 0, 1), (2, 9, 2))


@pytest.fixture(params=["duckdb", "python"])
def engine(request: pytest.FixtureRequest) -> DuckDBReducer | PythonReducer:
    return DuckDBReducer(threads=1) if request.param == "duckdb" else PythonReducer()


class TestByHand:
    def test_patterns(self, engine):
        found = engine.patterns(SMALL, LABELS)
        assert found.counts.tolist() == [[0, 0, 2], [0, 1, 0], [2, 1, 0]]  # the second answer of 0 on item 2 is none
        assert (found.items, found.items_with_pairs, found.annotations) == (3, 2, 6)

    def test_pairs_take_the_first_answer(self, engine):
        found = engine.contingency(SMALL, LABELS)
        assert found.table(0, 9).tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
        assert found.table(0, 2).tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
        assert not found.table(1, 9).any()

    def test_pairs_stand_in_order_where_the_last_items_are_not_asked_for(self, engine):
        table = batch((0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 2, 0), (2, 0, 0))
        found = engine.contingency(table, LABELS, subset=Subset(items=frozenset({0, 1})))
        assert list(zip(found.first, found.second, found.first_label, strict=True)) == [(0, 1, 1), (0, 2, 0)]

    def test_majority_of_the_others(self, engine):
        found = engine.leave_one_out(SMALL, LABELS)
        rows = zip(found.annotator, found.label, found.reference, found.count, strict=True)
        # item 0: the others of 0 and of 1 tie, those of 2 agree on 正面; item 2: two annotators, each beside the other
        assert [tuple(map(int, row)) for row in rows] == [(0, 2, 2, 1), (2, 1, 0, 1), (9, 2, 2, 1)]
        assert found.weeks == ("2026-W46", "2026-W47")

    def test_against_gold(self, engine):
        found = engine.against_reference(SMALL, LABELS, {2: 2, 77: 0})
        rows = zip(found.annotator, found.label, found.reference, found.count, strict=True)
        assert [tuple(map(int, row)) for row in rows] == [(0, 1, 2, 1), (0, 2, 2, 1), (9, 2, 2, 1)]
        with pytest.raises(ValueError, match="beyond"):
            engine.against_reference(SMALL, LABELS, {2: 3})

    def test_amount_of_work(self, engine):
        assert engine.annotators(SMALL)[0] == AnnotatorTally(
            annotator=0, person="p-0", annotations=4, items=3, median_seconds=5.0, unqualified=0
        )
        assert engine.annotators(SMALL)[-1].unqualified == 1

    def test_tallies(self, engine):
        found = engine.tallies(SMALL, ["label"], subset=Subset(qualified=True))
        assert (found.keys, found.counts) == (((None,), ("nan",), ("正面",), ("负面",)), (1, 1, 2, 3))
        with pytest.raises(ValueError, match="cannot tally"):
            engine.tallies(SMALL, ["item_id; drop table x"])

    def test_answers_that_are_no_choices_are_not_silently_dropped(self, engine):
        other = SMALL.set_column(5, "label", [["text"] * len(SMALL)])
        for work in (engine.patterns, engine.contingency, engine.leave_one_out):
            with pytest.raises(InsufficientData) as caught:
                work(other, LABELS)
            assert caught.value.reason == "not-choices"
        with pytest.raises(InsufficientData):
            engine.against_reference(other, LABELS, {0: 0})

    def test_fewer_declared_labels_than_used(self, engine):
        for work in (engine.patterns, engine.contingency, engine.leave_one_out):
            with pytest.raises(ValueError, match="beyond the 2"):
                work(SMALL, LABELS[:2])
        with pytest.raises(ValueError, match="beyond the 2"):
            engine.against_reference(SMALL, LABELS[:2], {2: 0})

    def test_nothing_at_all(self, engine):
        empty = SMALL.slice(0, 0)
        assert engine.patterns(empty, LABELS) == Patterns.of(np.zeros((0, 3)), LABELS)
        assert not len(engine.contingency(empty, LABELS).count)
        assert not engine.leave_one_out(empty, LABELS).weeks
        assert engine.annotators(empty) == ()


@pytest.mark.parametrize("rows", [[(1, 0, 0), (0, 0, 0)], [(0, 1, 0), (0, 0, 0)], [(0, 0, 0), (1, 0, 0), (0, 1, 1)]])
def test_a_file_out_of_order_is_altered(rows: list[tuple[int, int, int]]):
    with pytest.raises(Altered):
        DuckDBReducer().patterns(batch(*rows), LABELS)


def test_many_annotators_and_labels_take_the_sparse_way(tmp_path: Path):
    rng = np.random.default_rng(3)
    item = np.sort(rng.integers(0, 60, 400))
    rows = sorted(set(zip(item.tolist(), rng.integers(0, 600, 400).tolist(), strict=True)))
    labels = tuple(f"l{number}" for number in range(50))
    label = rng.integers(0, 50, len(rows))
    table = pa.table(
        {
            "item_no": pa.array([row[0] for row in rows], pa.int32()),
            "annotator_no": pa.array([row[1] for row in rows], pa.int32()),
            "label_no": pa.array(label, pa.int32()),
            "label": [labels[number] for number in label],
            "week": ["2026-W47"] * len(rows),
        }
    )
    path = tmp_path / "b.parquet"
    pq.write_table(table, path)
    fast, slow = DuckDBReducer(), PythonReducer()
    assert fast.contingency(path, labels) == slow.contingency(path, labels)
    assert fast.patterns(path, labels) == slow.patterns(path, labels)
    assert fast.leave_one_out(path, labels) == slow.leave_one_out(path, labels)
