"""The same seed draws the same items on every engine: plain Python, DuckDB, Spark, and the draw without any file."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from hashlib import sha256
from math import nextafter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from labelqa.errors import Refused
from labelqa.records.review import DrawStep, Ticket
from labelqa.reduce import draws
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.python import PythonReducer
from labelqa.sampling import draw, draw_strata, grown, in_order, share, smallest, ticket

PYTHON = PythonReducer()
ODD = (
    "",
    "\x00",
    "a\x00b",
    "条目",
    "it's",
    'say "so"',
    "é",
    "e\u0301",
    "𝟘",
    "\ufffd",
    " a",
    "a\n",
    "\x1f",
    "NULL",
    "%",
)
ID = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=("Cs",)), max_size=8))
SEED = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=8)
SIZES = st.one_of(st.sampled_from((1.0, 0.1, 0.25, 1e-9, 1e9)), st.floats(1e-6, 1e6))


@pytest.fixture(scope="module")
def engine() -> DuckDBReducer:
    return DuckDBReducer(threads=2)


@st.composite
def frames(draw: st.DrawFn, *, most: int = 60) -> tuple[list[tuple[str, int, float]], list[int]]:
    """Rows of (id, stratum, size), and how many are drawn of each stratum: at most all, or one more."""
    ids = draw(st.lists(ID, unique=True, max_size=most))
    strata = draw(st.integers(1, 4))
    rows = [(each, draw(st.integers(0, strata - 1)), draw(SIZES)) for each in ids]
    held = Counter(row[1] for row in rows)
    return rows, [draw(st.integers(0, held[number] + 1)) for number in range(strata)]


def table(rows: list[tuple[str, int, float]]) -> pa.Table:
    ids, stratum, size = ([row[at] for row in rows] for at in range(3))
    return pa.table({"item_id": pa.array(ids, pa.string()), "stratum": pa.array(stratum, pa.int32()),
                     "size": pa.array(size, pa.float64())})  # fmt: skip


def the_same(seed: str, rows: list[tuple[str, int, float]], n: list[int], *engines: Any) -> None:
    """All four ways to draw, by all columns and by some."""
    held, source = Counter(row[1] for row in rows), table(rows)
    plain = PYTHON.tickets(source, seed, [sum(n)])
    by_stratum = PYTHON.tickets(source, seed, n, stratum="stratum")
    by_size = PYTHON.tickets(source, seed, [sum(n)], size="size")
    by_both = PYTHON.tickets(source, seed, n, stratum="stratum", size="size")
    for each in engines:
        assert each.tickets(source, seed, [sum(n)]) == plain
        assert each.tickets(source, seed, n, stratum="stratum") == by_stratum
        assert each.tickets(source, seed, [sum(n)], size="size") == by_size
        assert each.tickets(source, seed, n, stratum="stratum", size="size") == by_both
    there = [min(want, held[number]) for number, want in enumerate(n)]
    assert list(by_both) == smallest(seed, rows, there)
    assert list(by_stratum) == smallest(seed, [(item, at, 1.0) for item, at, _ in rows], there)
    assert [tuple(each[:2]) for each in plain] == draw(seed, [row[0] for row in rows], min(sum(n), len(rows)))


def near_ties(seed: str, many: int) -> tuple[list[tuple[str, int, float]], list[int]]:
    """Rows whose size is their own u, or its neighbour: all u/p are 1 but for the last bit, so every bit of u counts."""
    rows = []
    for number in range(many):
        u = share(ticket(seed, f"i{number}"))
        rows.append((f"i{number}", number % 2, (u, nextafter(u, 0), nextafter(u, 1))[number % 3]))
    return rows, [many // 3, many // 4]


@settings(max_examples=80, deadline=None)
@given(seed=SEED, frame=frames())
@example(seed="种子", frame=near_ties("种子", 400))
@example(seed="种子", frame=([], [0]))
@example(seed="种子", frame=([(each, 0, 1.0) for each in ODD], [len(ODD) // 2]))
def test_python_and_duckdb_draw_the_same(engine: DuckDBReducer, seed: str, frame: Any) -> None:
    the_same(seed, *frame, engine)


@pytest.mark.spark
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(seed=SEED, frame=frames(most=200))
@example(seed="种子", frame=near_ties("种子", 400))
@example(seed="种子", frame=([(each, at % 3, 0.1 + at) for at, each in enumerate(ODD)], [2, 0, 4]))
def test_all_three_engines_draw_the_same(engine: DuckDBReducer, spark: Any, seed: str, frame: Any) -> None:
    the_same(seed, *frame, engine, spark)


@pytest.mark.parametrize("enough", [0.0, 1e-9, 1e-4])
def test_a_cutoff_that_leaves_too_few_is_raised(
    engine: DuckDBReducer, monkeypatch: pytest.MonkeyPatch, enough: float
) -> None:
    rows = [(f"i{number}", number % 3, 1.0 + number % 5) for number in range(3000)]
    was = draws.cutoffs
    low: list[float] = []

    def narrow(totals: Any, n: Any) -> list[float]:
        low.extend(max(each * enough, 1e-12) for each in was(totals, n))
        return low[-len(n) :]

    monkeypatch.setattr("labelqa.reduce.draws_duckdb.cutoffs", narrow)
    the_same("s", rows, [40, 0, 300], engine)
    assert low


def test_a_file_larger_than_a_row_group_is_drawn_in_one_reading(engine: DuckDBReducer, tmp_path: Path) -> None:
    rows = [(f"条目-{number}", number % 5, 1.0 + number % 97) for number in range(60_000)]
    path = tmp_path / "it's [one].parquet"
    pq.write_table(table(rows), path, row_group_size=5000)
    n = [100, 1, 0, 7000, 40]
    assert list(engine.tickets(path, "s", n, stratum="stratum", size="size")) == smallest("s", rows, n)
    assert [each[:2] for each in engine.tickets(path, "s", [500])] == draw("s", [row[0] for row in rows], 500)


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_no_size_is_the_callers_mistake(engine: DuckDBReducer, size: float) -> None:
    rows = [("a", 0, 1.0), ("b", 0, size)]
    for each in (engine, PYTHON):
        with pytest.raises(ValueError, match="size measure"):
            each.tickets(table(rows), "s", [1], stratum="stratum", size="size")
    with pytest.raises(ValueError, match="size measure"):
        smallest("s", rows, [1])


def test_strata_that_are_not_asked_for_are_the_callers_mistake(engine: DuckDBReducer) -> None:
    rows = [("a", 0, 1.0), ("b", 2, 1.0)]
    for each in (engine, PYTHON):
        for n in ([1], [1, 1]):
            with pytest.raises(ValueError, match="stratum 2"):
                each.tickets(table(rows), "s", n, stratum="stratum")
        with pytest.raises(ValueError, match="there is one, not 2"):
            each.tickets(table(rows), "s", [1, 1])
    with pytest.raises(ValueError, match="stratum 2"):
        smallest("s", rows, [1, 1])


# Order and extension


def reference(seed: str, rows: list[tuple[str, int, float]], n: list[int]) -> list[str]:
    """The rule as an inspector would write it: u/p within a stratum, then rank over size."""
    placed = []
    for number, size in enumerate(n):
        key = {}
        for item, stratum, p in rows:
            if stratum == number:
                ticket = sha256(seed.encode() + b"\x1f" + item.encode()).hexdigest()
                key[item] = ((int(ticket[:13], 16) + 0.5) / 2**52 / p, ticket, item)
        ranked = sorted(key, key=key.__getitem__)[:size]
        placed += [(Fraction(rank, size), number, item) for rank, item in enumerate(ranked, start=1)]
    return [item for _, _, item in sorted(placed)]


@given(SEED, frames(), st.randoms())
def test_a_draw_by_strata_is_the_plain_rule_whatever_the_order_of_the_rows(seed: str, frame: Any, chance: Any) -> None:
    rows, wanted = frame
    held = Counter(row[1] for row in rows)
    n = [min(want, held[number]) for number, want in enumerate(wanted)]
    found = draw_strata(seed, chance.sample(rows, len(rows)), n)
    assert [each.item_id for each in found] == reference(seed, rows, n)


@given(SEED, frames())
def test_every_beginning_is_shared_out_like_the_whole(seed: str, frame: Any) -> None:
    rows, wanted = frame
    held = Counter(row[1] for row in rows)
    n = [min(want, held[number]) for number, want in enumerate(wanted)]
    found, whole = draw_strata(seed, rows, n), sum(n)
    seen: Counter[int] = Counter()
    for count, each in enumerate(found, start=1):
        seen[each.stratum] += 1
        for number, size in enumerate(n):
            assert abs(seen[number] - count * size / whole) <= len(n)


@given(SEED, frames(), st.data())
def test_a_larger_draw_extends_the_smaller_within_each_stratum_and_steps_add_at_the_end(
    seed: str, frame: Any, data: st.DataObject
) -> None:
    rows, wanted = frame
    held = Counter(row[1] for row in rows)
    large = [min(want, held[number]) for number, want in enumerate(wanted)]
    small = [data.draw(st.integers(0, size)) for size in large]
    one, two = smallest(seed, rows, small), smallest(seed, rows, large)
    for number, size in enumerate(small):
        assert [each for each in two if each.stratum == number][:size] == [
            each for each in one if each.stratum == number
        ]
    steps = [DrawStep(sizes=tuple(small)), DrawStep(sizes=tuple(large))]
    order = in_order(two, steps)
    assert order[: sum(small)] == draw_strata(seed, rows, small)
    assert sorted(order) == sorted(two)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 60)), min_size=1, max_size=6))
def test_growing_gives_nothing_back_and_reaches_the_sum(sizes: list[tuple[int, int]]) -> None:
    drawn, wanted = [one for one, _ in sizes], [one for _, one in sizes]
    if sum(wanted) < sum(drawn):
        with pytest.raises(ValueError, match="fewer"):
            grown(drawn, wanted)
        return
    found = grown(drawn, wanted)
    assert sum(found) == sum(wanted)
    assert all(have <= now <= max(have, want) for have, now, want in zip(drawn, found, wanted, strict=True))


def test_a_stratum_with_too_few_items_is_refused() -> None:
    rows = [("a", 0, 1.0), ("b", 1, 1.0)]
    with pytest.raises(Refused, match="from stratum 2, but it has only 1"):
        draw_strata("s", rows, [1, 2])


def test_an_item_that_stands_twice_in_a_stratum_is_refused() -> None:
    with pytest.raises(Refused, match="stands twice"):
        draw_strata("s", [("a", 0, 1.0), ("a", 0, 1.0)], [1])


def test_steps_that_give_back_are_a_mistake() -> None:
    tickets = [Ticket("0", "a"), Ticket("1", "b")]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no fewer"):
        in_order(tickets, [DrawStep(sizes=(3,)), DrawStep(sizes=(2,))])


def test_chances_to_be_drawn_are_what_the_smallest_shares_give() -> None:
    """2,000 seeds: how often each of 60 items of unequal size is among the 12, beside its told chance.

    The bound is six standard deviations of a count; the chances of an ordered draw are approximate to about 1/n.
    """
    import numpy as np

    from labelqa.sampling import Measures

    size = np.array([0.25 + (number % 6) / 2 for number in range(60)])
    measures = Measures([f"i{number}" for number in range(60)], np.zeros(60, dtype=np.int32), size)  # type: ignore[arg-type]
    chances = measures.chances([12])
    times: Counter[str] = Counter()
    for seed in range(2000):
        times.update(each.item_id for each in smallest(f"seed {seed}", measures.rows(), [12]))
    for item, chance in zip(measures.items, chances, strict=True):
        assert abs(times[item] - 2000 * chance) <= 6 * (2000 * chance * (1 - chance)) ** 0.5 + 0.03 * 2000 * chance
    by_size = {p: np.mean([times[i] for i, q in zip(measures.items, size, strict=True) if q == p]) for p in set(size)}
    assert sorted(by_size) == sorted(by_size, key=by_size.__getitem__)
