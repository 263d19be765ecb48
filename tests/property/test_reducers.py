"""Random batches count the same in every engine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.reductions import Subset
from labelqa.reduce import duckdb as fast
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.python import PythonReducer

NAMES = ("nan", "", "正面", "None", "é'\"", "a\x1fb", "NULL", "0")
WEEKS = (None, "2026-W46", "2026-W47", "2027-W01")
SCHEMA = pa.schema(
    [
        ("item_no", pa.int32()),
        ("item_id", pa.string()),
        ("annotator_no", pa.int32()),
        ("person", pa.dictionary(pa.int32(), pa.string())),
        ("label_no", pa.int32()),
        ("label", pa.dictionary(pa.int32(), pa.string())),
        ("seconds", pa.float64()),
        ("created_at", pa.timestamp("us", "UTC")),
        ("week", pa.dictionary(pa.int32(), pa.string())),
        ("qualified", pa.bool_()),
    ]
)
PYTHON = PythonReducer()


@pytest.fixture(scope="module")
def engine() -> DuckDBReducer:
    return DuckDBReducer(threads=2)


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[dict], tuple[str, ...]]:
    """Rows of a frozen batch, sorted, with repeats and missing labels, and its declared labels."""
    labels = NAMES[: draw(st.integers(1, len(NAMES)))]
    people = draw(st.integers(1, 6))
    cell = st.tuples(
        st.integers(0, 7),
        st.integers(0, people - 1),
        st.one_of(st.none(), st.integers(0, len(labels) - 1)),
        st.one_of(st.none(), st.integers(0, 64).map(lambda n: n / 4)),
        st.sampled_from(WEEKS),
        st.booleans(),
    )
    drawn = sorted(draw(st.lists(cell, max_size=40)), key=lambda row: row[:2])
    number = {item: i for i, item in enumerate(dict.fromkeys(row[0] for row in drawn))}
    rows = [
        {
            "item_no": number[item],
            "item_id": f"条目 {item}",
            "annotator_no": who,
            "person": f"p-{who}",
            "label_no": -1 if label is None else label,
            "label": None if label is None else labels[label],
            "seconds": seconds,
            "created_at": datetime(2026, 11, 9, tzinfo=UTC),
            "week": week,
            "qualified": qualified,
        }
        for item, who, label, seconds, week, qualified in drawn
    ]
    return rows, labels


SUBSETS = st.builds(
    Subset,
    qualified=st.sampled_from([None, True, False]),
    weeks=st.one_of(st.none(), st.frozensets(st.sampled_from(WEEKS[1:]))),
    annotators=st.one_of(st.none(), st.frozensets(st.integers(0, 5))),
    items=st.one_of(st.none(), st.frozensets(st.integers(0, 7))),
)


@settings(max_examples=80, deadline=None)
@given(batch=batches(), subset=SUBSETS, reference=st.dictionaries(st.integers(0, 7), st.integers(0, 7)), data=st.data())
def test_engines_agree(engine: DuckDBReducer, batch, subset: Subset, reference: dict[int, int], data: st.DataObject):
    rows, labels = batch
    reference = {item: label % len(labels) for item, label in reference.items()}
    by = data.draw(st.permutations(["annotator_no", "label", "week", "qualified"]))[: data.draw(st.integers(1, 4))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "batch [1]*.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
        assert engine.patterns(path, labels, subset=subset) == PYTHON.patterns(rows, labels, subset=subset)
        assert engine.contingency(path, labels, subset=subset) == PYTHON.contingency(rows, labels, subset=subset)
        assert engine.leave_one_out(path, labels, subset=subset) == PYTHON.leave_one_out(rows, labels, subset=subset)
        assert engine.tallies(path, by, subset=subset) == PYTHON.tallies(rows, by, subset=subset)
        assert engine.annotators(path, subset=subset) == PYTHON.annotators(rows, subset=subset)
        assert engine.item_numbers(path) == PYTHON.item_numbers(rows)
        assert engine.against_reference(path, labels, reference, subset=subset) == PYTHON.against_reference(
            rows, labels, reference, subset=subset
        )


@pytest.mark.parametrize("stretch", [1, 2, 3, 7])
@settings(max_examples=20, deadline=None)
@given(batch=batches())
def test_stretches_may_end_anywhere(engine: DuckDBReducer, stretch: int, batch):
    """Items that reach over the end of a stretch are counted once."""
    rows, labels = batch
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    before = fast._STRETCH
    fast._STRETCH = stretch
    try:
        assert engine.patterns(table, labels) == PYTHON.patterns(rows, labels)
        assert engine.contingency(table, labels) == PYTHON.contingency(rows, labels)
        assert engine.leave_one_out(table, labels) == PYTHON.leave_one_out(rows, labels)
    finally:
        fast._STRETCH = before
