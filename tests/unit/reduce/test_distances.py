"""Distances by hand, chance as it was meant, and comparing in other processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelqa.errors import InsufficientData, LabelqaError
from labelqa.records.reductions import Subset
from labelqa.reduce import duckdb as fast
from labelqa.reduce.chance import PARTNER, PLACE, Selection, drawn, drawn_plainly
from labelqa.reduce.comparing import Comparer, pairs_within
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.python import PythonReducer
from labelqa.reduce.workers import Workers, can_travel
from labelqa.stats.distance.numbers import Absolute


def batch(item: Sequence[int], annotator: Sequence[int], label: Sequence[str | None]) -> pa.Table:
    numbers = {"item_no": pa.array(item, pa.int32()), "annotator_no": pa.array(annotator, pa.int32())}
    return pa.table({**numbers, "label": pa.array(label, pa.string()).dictionary_encode()})


def many(items: int) -> pa.Table:
    """Three ratings of each item, the third of every seventh missing."""
    rng = np.random.default_rng(8)
    item = np.repeat(np.arange(items), 3)
    said = rng.integers(0, 50, len(item)).astype(str).tolist()
    label = [None if at % 21 == 20 else text for at, text in enumerate(said)]
    return batch(item.tolist(), np.tile([1, 4, 9], items).tolist(), label)


SMALL = batch([0, 0, 0, 1, 2, 2, 2, 3, 3], [0, 1, 2, 0, 0, 0, 5, 0, 1], ["1", "4", "2", "9", "3", "8", "3", "5", None])


@pytest.fixture(params=["duckdb", "python"])
def engine(request: pytest.FixtureRequest) -> Any:
    return DuckDBReducer(threads=1) if request.param == "duckdb" else PythonReducer()


def test_every_two_answers_of_an_item_by_hand(engine):
    found = engine.distances(SMALL, Absolute())
    rows = [tuple(map(float, row)) for row in zip(found.item, found.first, found.second, found.distance, strict=True)]
    # of the two answers of 0 on item 2 the first counts; items 1 and 3 have one answer and so nothing to compare
    assert rows == [(0, 0, 1, 3), (0, 0, 2, 1), (0, 1, 2, 2), (2, 0, 5, 0)]


def test_few_answers_are_all_compared_for_chance(engine):
    found = engine.distances(SMALL, Absolute())
    said = [(0, 1), (0, 4), (0, 2), (2, 3), (2, 3)]
    expected = [(one[0], other[0], abs(one[1] - other[1])) for one, other in combinations(said, 2)]
    assert found.exact
    assert found.answers == 5
    assert list(zip(found.chance_first, found.chance_second, found.chance, strict=True)) == expected


def test_chance_of_many_answers_comes_near_that_of_all():
    table = many(3000)
    found = DuckDBReducer().distances(table, Absolute(), seed=3)
    whole = DuckDBReducer().distances(table, Absolute(), exact_to=10**9, subset=Subset(items=frozenset(range(300))))
    assert not found.exact
    assert whole.exact
    assert len(found.chance) == found.answers == np.unique(found.item, return_counts=True)[1].size * 3 - 3000 // 7
    assert found.chance.mean() == pytest.approx(whole.chance.mean(), abs=0.6)  # sd about 12, of 9,000 draws


def test_the_seed_decides_which_answers_stand_for_chance():
    table = many(500)
    one, again, other = (DuckDBReducer().distances(table, Absolute(), seed=seed, pool=20) for seed in (1, 1, 2))
    assert one == again
    assert one.distance.tolist() == other.distance.tolist()
    assert one.chance.tolist() != other.chance.tolist()


def test_answers_that_cannot_be_read_are_counted(engine):
    table = batch([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], ["3", "[x", "y" * 99, "[x", "z"])  # z is compared with nothing
    with pytest.raises(InsufficientData, match=r"^3 answers .* the first is \[x$") as caught:
        engine.distances(table, Absolute())
    assert caught.value.reason == "not-readable"
    long = batch([0, 0], [0, 1], ["y" * 99, "3"])
    with pytest.raises(InsufficientData, match=r"y{60}…$"):
        engine.distances(long, Absolute())


def test_nothing_to_compare(engine):
    found = engine.distances(SMALL.slice(0, 0), Absolute())
    assert (len(found.item), len(found.chance), found.answers, found.exact) == (0, 0, 0, True)
    with pytest.raises(ValueError, match="2 answers or more, not 1"):
        engine.distances(SMALL, Absolute(), pool=1)


def test_different_answers_up_to_a_limit(engine):
    assert engine.answered(SMALL).labels == ("1", "2", "3", "4", "5", "8", "9")
    assert engine.answered(SMALL, limit=7).annotations == 7
    with pytest.raises(InsufficientData, match="more than 6") as caught:
        engine.answered(SMALL, limit=6)
    assert caught.value.reason == "too-many-values"


class TestChance:
    def test_numbers_do_not_depend_on_how_they_are_worked_out(self):
        rng = np.random.default_rng(2)
        item, annotator = rng.integers(0, 2**31, 200), rng.integers(0, 2**31, 200)
        for seed in (0, 1, -5, 2**64 + 1, 2**63):
            for purpose in (PLACE, PARTNER):
                found = drawn(item, annotator, seed=seed, purpose=purpose).tolist()
                plain = [
                    drawn_plainly(int(one), int(two), seed=seed, purpose=purpose)
                    for one, two in zip(item, annotator, strict=True)
                ]
                assert found == plain

    def test_numbers_of_the_published_generator(self):
        # splitmix64 begun at 1234567: the first number of the reference implementation
        from labelqa.reduce.chance import _next_plainly

        assert _next_plainly(1234567) == 6457827717110365317

    def test_numbers_fall_evenly(self):
        numbers = drawn(np.repeat(np.arange(20_000), 5), np.tile(np.arange(5), 20_000), seed=7, purpose=PARTNER)
        counts = np.bincount((numbers % np.uint64(64)).astype(np.int64), minlength=64)
        expected = len(numbers) / 64
        assert ((counts - expected) ** 2 / expected).sum() < 110  # chi-squared, 63 degrees: p about 0.0002
        assert len(np.unique(numbers)) == len(numbers)

    def test_nobody_is_compared_with_himself(self):
        selection = Selection(seed=1, size=3, exact_to=0)
        selection.see(np.arange(5), np.zeros(5, dtype=np.int64), np.arange(5), list("abcde"))
        pool = selection.pool()
        at = pool.partners(np.arange(5), np.zeros(5, dtype=np.int64))
        assert len(pool.text) == 3
        assert (pool.item[at] != np.arange(5)).all()

    def test_a_pool_does_not_depend_on_how_the_answers_arrive(self):
        item, who = np.repeat(np.arange(300), 2), np.tile([0, 1], 300)
        texts = [str(each) for each in range(600)]
        pools = []
        for step in (600, 7, 100):
            selection = Selection(seed=4, size=50)
            for start in range(0, 600, step):
                part = slice(start, start + step)
                selection.see(item[part], who[part], np.arange(600)[part], texts)
            pools.append(selection.pool().text)
        assert pools[0] == pools[1] == pools[2]

    def test_pairs_within_items(self):
        item = np.array([2, 2, 5, 7, 7, 7, 7])
        expected = [(i, j) for i, j in combinations(range(7), 2) if item[i] == item[j]]
        assert list(zip(*(each.tolist() for each in pairs_within(item)), strict=True)) == expected


@dataclass(frozen=True, slots=True)
class Stumbles:
    """A distance that fails in a given way on answers above a height."""

    way: str

    def read(self, text: str) -> float:
        return float(text)

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Any:
        if self.way == "raises":
            raise InsufficientData("too-high", "{what} is too high", what="it")
        if self.way == "divides":
            raise ZeroDivisionError("by nothing")
        if self.way == "dies":
            import os

            os._exit(3)
        print("noise between the answers")
        return np.abs(np.subtract(ones, others))


class TestWorkers:
    """Wants two processors; one worker alone is no different."""

    @pytest.fixture(autouse=True)
    def always(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fast, "_MANY", 0)
        monkeypatch.setattr("os.cpu_count", lambda: 2)

    def test_the_same_numbers_as_without(self, tmp_path: Path):
        path = tmp_path / "b.parquet"
        pq.write_table(many(40_000), path)  # several stretches
        with_workers = DuckDBReducer(workers=2).distances(path, Absolute(), seed=5)
        assert with_workers == DuckDBReducer(workers=1).distances(path, Absolute(), seed=5)

    def test_what_a_distance_prints_harms_nothing(self):
        table = many(200)
        found = DuckDBReducer().distances(table, Stumbles("prints"))
        assert found.distance.tolist() == PythonReducer().distances(table, Absolute()).distance.tolist()

    @pytest.mark.parametrize(
        ("way", "sentence"),
        [
            ("raises", "it is too high"),
            ("divides", "answers could not be compared: ZeroDivisionError: by nothing"),
            ("dies", r"a process that compares answers ended early \(exit code 3\)"),
        ],
    )
    def test_what_goes_wrong_there_is_one_sentence_here(self, way: str, sentence: str):
        with pytest.raises(LabelqaError, match=f"^{sentence}$") as caught:
            DuckDBReducer().distances(many(200), Stumbles(way))
        assert getattr(caught.value, "reason", "") == ("too-high" if way == "raises" else "")

    def test_unreadable_answers_are_counted_over_all_workers(self):
        table = batch([0, 0, 1, 1], [0, 1, 0, 1], ["a", "1", "2", "b"])
        with pytest.raises(InsufficientData, match=r"^2 answers .* the first is a$"):
            DuckDBReducer().distances(table, Absolute(), exact_to=0)

    def test_a_script_needs_no_guard(self, tmp_path: Path):
        """The workers of multiprocessing would run the whole script again."""
        pq.write_table(many(300), tmp_path / "b.parquet")
        script = tmp_path / "script.py"
        script.write_text(
            "print('once')\n"
            "from labelqa.reduce import duckdb\n"
            "from labelqa.stats.distance.numbers import Absolute\n"
            "duckdb._MANY = 0\n"
            f"print(len(duckdb.DuckDBReducer().distances({str(tmp_path / 'b.parquet')!r}, Absolute()).item) > 600)\n"
        )
        done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.split() == ["once", "True"]

    def test_a_distance_of_the_main_program_stays_there(self):
        own = type("Own", (), {"__module__": "__main__"})
        assert not can_travel(own())
        assert can_travel(Absolute())

    def test_stretches_are_read_only_a_few_ahead(self):
        stretches = list(DuckDBReducer()._batch(many(100)).answers_to_compare()) * 40
        taken = 0

        def coming():
            nonlocal taken
            for each in stretches:
                taken += 1
                yield each

        with Workers(2, Absolute(), None) as workers:
            found = workers.map(coming())
            next(found)
            assert taken <= 6
            assert sum(1 for _ in found) == len(stretches) - 1


def test_a_distance_of_another_length_is_refused():
    class Short(Stumbles):
        def between(self, ones: Sequence[float], others: Sequence[float]) -> Any:
            return np.zeros(len(ones) + len(others))

    stretch = next(DuckDBReducer()._batch(many(4)).answers_to_compare())
    with pytest.raises(ValueError, match=r"a distance of 9 pairs must be \(9,\), not \(18,\)"):
        Comparer(Short(""), None)(stretch)
