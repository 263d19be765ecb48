"""Random batches count the same in every engine: plain Python, DuckDB and Spark, every reduction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.records.reductions import EVERYTHING, Subset
from labelqa.reduce import reading
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.python import PythonReducer
from labelqa.stats.distance.numbers import Ordinal

NAMES = ("nan", "", "正面", "None", "é'\"", "a\x1fb", "NULL", "𝟘", "0")
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
        ("origin", pa.dictionary(pa.int32(), pa.string())),
        ("prelabelled", pa.bool_()),
    ]
)
PYTHON = PythonReducer()
BY = ("annotator_no", "label", "week", "qualified", "origin", "prelabelled")
ORIGINS = (None, "human", "machine", "prelabelled-edited")


@pytest.fixture(scope="module")
def engine() -> DuckDBReducer:
    return DuckDBReducer(threads=2)


@st.composite
def batches(draw: st.DrawFn, *, most: int = 40) -> tuple[list[dict], tuple[str, ...]]:
    """Rows of a frozen batch, sorted, with repeats and missing labels, and its declared labels; now and then answers
    that are no choices, or no word on where they came from."""
    labels = NAMES[: draw(st.integers(1, len(NAMES)))]
    people = draw(st.integers(1, 6))
    choices, older = draw(st.integers(0, 7)) > 0, draw(st.integers(0, 3)) == 0
    cell = st.tuples(
        st.integers(0, 7),
        st.integers(0, people - 1),
        st.one_of(st.none(), st.integers(0, len(labels) - 1)),
        st.one_of(st.none(), st.integers(0, 64).map(lambda n: n / 4)),
        st.sampled_from(WEEKS),
        st.sampled_from([True, False, None]),
        st.sampled_from(ORIGINS),
        st.sampled_from([True, False, None]),
    )
    drawn = sorted(draw(st.lists(cell, max_size=most)), key=lambda row: row[:2])
    number = {item: i for i, item in enumerate(dict.fromkeys(row[0] for row in drawn))}
    rows = [
        {
            "item_no": number[item],
            "item_id": f"条目 {item}",
            "annotator_no": who,
            "person": f"p-{who}",
            "label_no": -1 if label is None or not choices else label,
            "label": None if label is None else labels[label],
            "seconds": seconds,
            "created_at": datetime(2026, 11, 9, tzinfo=UTC),
            "week": week,
            "qualified": qualified,
            **({} if older else {"origin": origin, "prelabelled": prelabelled}),
        }
        for item, who, label, seconds, week, qualified, origin, prelabelled in drawn
    ]
    return rows, labels


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """What is asked of a batch: which rows, beside which references, compared how."""
    subset = Subset(
        qualified=draw(st.sampled_from([None, None, True, False])),
        weeks=draw(st.one_of(st.none(), st.frozensets(st.sampled_from(WEEKS[1:])))),
        annotators=draw(st.one_of(st.none(), st.frozensets(st.integers(0, 5)))),
        items=draw(st.one_of(st.none(), st.frozensets(st.integers(0, 7)))),
        machine=draw(st.sampled_from([None, None, True, False])),
        prelabelled=draw(st.sampled_from([None, None, True, False])),
    )
    return {
        "subset": subset,
        "reference": draw(st.dictionaries(st.integers(0, 7), st.integers(0, 7))),
        "by": tuple(draw(st.permutations(BY))[: draw(st.integers(1, len(BY)))]),
        "limit": draw(st.sampled_from([2, 2000])),
        "order": draw(st.sampled_from([NAMES, NAMES, NAMES[:6]])),
        "chance": {
            "seed": draw(st.integers(-3, 2**64)),
            "pool": draw(st.sampled_from([2, 3, 5, 4096])),
            "exact_to": draw(st.sampled_from([0, 6, 400])),
        },
    }


def outcome(work: Callable[[], Any]) -> Any:
    """What a reduction gives, or why it gives nothing."""
    try:
        return work()
    except InsufficientData as error:
        return error.reason, str(error)


def everything(engine: Any, source: Any, labels: tuple[str, ...], asked: dict[str, Any]) -> dict[str, Any]:
    """Every reduction of the protocol."""
    subset, limit = asked["subset"], asked["limit"]
    reference = {item: label % len(labels) for item, label in asked["reference"].items()}
    order, chance = Ordinal(order=asked["order"]), asked["chance"]
    works: dict[str, Callable[[], Any]] = {
        "patterns": lambda: engine.patterns(source, labels, subset=subset),
        "contingency": lambda: engine.contingency(source, labels, subset=subset),
        "agreement": lambda: engine.agreement(source, labels, subset=subset),
        "answers": lambda: engine.answers(source, labels, subset=subset),
        "answered": lambda: engine.answered(source, subset=subset, limit=limit),
        "answered_pairs": lambda: engine.answered_pairs(source, subset=subset, limit=limit),
        "distances": lambda: engine.distances(source, order, subset=subset, **chance),
        "leave_one_out": lambda: engine.leave_one_out(source, labels, subset=subset),
        "against_reference": lambda: engine.against_reference(source, labels, reference, subset=subset),
        "tallies": lambda: engine.tallies(source, asked["by"], subset=subset),
        "annotators": lambda: engine.annotators(source, subset=subset),
        "people": lambda: engine.people(source),
        "item_numbers": lambda: engine.item_numbers(source),
    }
    return {name: outcome(work) for name, work in works.items()}


def the_same(batch: tuple[list[dict], tuple[str, ...]], asked: dict[str, Any], *engines: Any) -> None:
    """Every engine says what plain Python says."""
    rows, labels = batch
    expected = everything(PYTHON, rows, labels, asked)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "batch [1]*.parquet"
        older = rows and "origin" not in rows[0]
        pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(list(SCHEMA)[: -2 if older else None])), path)
        for engine in engines:
            assert everything(engine, path, labels, asked) == expected


NOTHING = {
    "subset": EVERYTHING,
    "reference": {},
    "by": BY,
    "limit": 2000,
    "order": NAMES,
    "chance": {"seed": 0, "pool": 2, "exact_to": 0},
}


@settings(max_examples=100, deadline=None)
@given(batch=batches(), asked=questions())
@example(batch=([], NAMES[:1]), asked=NOTHING)
def test_python_and_duckdb_agree(engine: DuckDBReducer, batch, asked):
    the_same(batch, asked, engine)


# larger tables and fewer of them, since a question takes Spark a moment whatever its size; nothing is made smaller
@pytest.mark.spark
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(batch=batches(most=150), asked=questions())
@example(batch=([], NAMES[:1]), asked=NOTHING)
def test_all_three_engines_agree(engine: DuckDBReducer, spark, batch, asked):
    the_same(batch, asked, engine, spark)


@pytest.mark.parametrize("stretch", [1, 2, 3, 7])
@settings(max_examples=20, deadline=None)
@given(batch=batches(), asked=questions())
def test_stretches_may_end_anywhere(engine: DuckDBReducer, stretch: int, batch, asked):
    """Items that reach over the end of a stretch are counted once."""
    before = reading._STRETCH, reading._TEXTS
    reading._STRETCH = reading._TEXTS = stretch
    try:
        the_same(batch, asked, engine)
    finally:
        reading._STRETCH, reading._TEXTS = before
