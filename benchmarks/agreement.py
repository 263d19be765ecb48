"""What ``labelqa agreement`` computes, timed beside the plainest count of the same labels that DuckDB can do.

    python benchmarks/agreement.py --labels 1000000 10000000

Writes a seeded frozen batch to a temporary folder and does everything in turn, so that all of it meets the same machine;
prints medians and their ratios. DuckDB's figure is the aggregate alone, nothing is fetched. Peak memory is that of a
fresh process each. Beside them stands Krippendorff's alpha alone, without an interval, by the package krippendorff, on
tables that are in memory before the clock starts; it may live in an environment of its own (``--peer-python``).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measured import measure

from labelqa.frozen import ANNOTATIONS, FrozenStore
from labelqa.frozen.store import file_digest, schema
from labelqa.records.names import Digest
from labelqa.records.reductions import Answers, Patterns
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.stats.agreement import confusions, pair_agreements, per_label
from labelqa.stats.resample import bootstrap_coefficients
from labelqa.workflows.coefficients import NAMES, Manner, coefficients_of

Spent: TypeAlias = tuple[float, float]  # seconds by the clock, and of all cores together
LABELS = ("正面", "负面", "中性", "混合", "无关")
ANNOTATORS, SLOTS, LOST = 50, 5, 0.1
ITEMS_AT_A_TIME = 200_000
MICROSECONDS = 1_790_000_000_000_000  # some day in 2026


def write_batch(store: FrozenStore, labels: int, seed: int) -> tuple[Digest, int]:
    """A frozen batch of about ``labels`` rows: five labels, five slots an item, 50 annotators, a tenth missing.

    Written as the store writes one, but a million rows at a time, so that memory does not grow with it.
    """
    rng = np.random.default_rng(seed)
    items, form = round(labels / (SLOTS * (1 - LOST))), schema(ANNOTATIONS)
    staged = store.path(Digest("staged"))
    staged.parent.mkdir(parents=True, exist_ok=True)
    rows = used = 0
    with pq.ParquetWriter(staged, form, compression="zstd", version="2.6", store_schema=True) as file:
        for start in range(0, items, ITEMS_AT_A_TIME):
            table, many = stretch(rng, min(ITEMS_AT_A_TIME, items - start), first_item=used, first_row=rows)
            file.write_table(table, row_group_size=1 << 18)
            rows, used = rows + len(table), used + many
    digest = file_digest(staged)
    staged.replace(store.path(digest))
    return digest, rows


def stretch(rng: np.random.Generator, items: int, *, first_item: int, first_row: int) -> tuple[pa.Table, int]:
    """The rows of some items, numbered on from those before, and how many of the items have a row."""
    begin = rng.integers(0, ANNOTATORS, (items, 1))
    step = rng.choice([1, 3, 7, 9, 11, 13, 17, 19], (items, 1))  # prime to 50: five different people an item
    annotator = np.sort((begin + step * np.arange(SLOTS)) % ANNOTATORS, axis=1)
    kept = rng.random((items, SLOTS)) >= LOST
    truth = rng.choice(len(LABELS), items, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    item = np.repeat(np.arange(items), SLOTS)[kept.ravel()]
    who = annotator.ravel()[kept.ravel()]
    size = len(item)
    label = np.where(rng.random(size) < 0.8, truth[item], rng.integers(0, len(LABELS), size))
    seen, dense = np.unique(item, return_inverse=True)
    names = pa.array([f"item-{first_item + number:08d}" for number in range(len(seen))])
    said = {
        "item_no": first_item + dense,
        "item_id": names.take(pa.array(dense)),
        "annotator_no": who,
        "person": coded(who, [f"p-{number:08x}" for number in range(ANNOTATORS)]),
        "label_no": label,
        "label": coded(label, LABELS),
        "value": coded(label, [f'{{"label":"{name}"}}' for name in LABELS]),
        "week": coded(rng.integers(0, 3, size), ["2026-W45", "2026-W46", "2026-W47"]),
        "created_at": pa.array(MICROSECONDS + rng.integers(0, 10**12, size)),
        "seconds": rng.gamma(3.0, 4.0, size),
        "qualified": np.ones(size, dtype=bool),
        "annotation": first_row + np.arange(size),
        "rev": first_row + np.arange(size),
    }
    form = schema(ANNOTATIONS)
    columns = [
        pa.array(said[field.name]).cast(field.type) if field.name in said else pa.nulls(size, field.type)
        for field in form
    ]
    return pa.table(columns, schema=form), len(seen)


def coded(number: np.ndarray, names: Sequence[str]) -> pa.DictionaryArray:
    """Numbers as the texts they stand for, dictionary-coded."""
    return pa.DictionaryArray.from_arrays(pa.array(number, pa.int32()), pa.array(names))


def redrawn(patterns: Patterns) -> float:
    """Percent agreement, alpha, Fleiss, AC1, Brennan-Prediger with BCa intervals of 2,000 replicates, every label."""
    lines = bootstrap_coefficients(patterns, rng=np.random.default_rng(1), replicates=2000, limits="bca")
    per_label(patterns)
    return {line.name: line.figure.point for line in lines}["krippendorff-alpha"]  # type: ignore[union-attr]


def coefficients(reducer: DuckDBReducer, path: Path) -> float:
    """The batch read, the coefficients and their BCa intervals, every label."""
    return redrawn(reducer.patterns(path, LABELS))


def by_default(reducer: DuckDBReducer, path: Path) -> None:
    """The same with the intervals that labelqa gives unasked, which redraw nothing."""
    patterns = reducer.patterns(path, LABELS)
    coefficients_of(patterns, None, NAMES, Manner())
    per_label(patterns)


def everything(reducer: DuckDBReducer, path: Path) -> None:
    """The first again, and all pairs of annotators with kappa and its interval, and all confusions."""
    patterns, pairs = reducer.agreement(path, LABELS)
    redrawn(patterns)
    confusions(patterns)
    pair_agreements(pairs, reducer.people(path))


WORKS: dict[str, Callable[[DuckDBReducer, Path], object]] = {
    "labelqa, BCa intervals, labels": coefficients,
    "labelqa, default intervals, labels": by_default,
    "labelqa, BCa intervals, labels, pairs": everything,
}

PEER = """
import json, sys, time
import krippendorff, numpy as np
data = np.load(sys.argv[1])
item, annotator, label = data["item"], data["annotator"], data["label"]
begin = time.perf_counter()
matrix = np.full((annotator.max() + 1, item.max() + 1), np.nan, dtype=np.float32)
matrix[annotator, item] = label
middle = time.perf_counter()
counts = np.bincount(item * np.int64(label.max() + 1) + label, minlength=(item.max() + 1) * (label.max() + 1))
counts = counts.reshape(item.max() + 1, -1)
ready = {"matrix": middle - begin, "value_counts": time.perf_counter() - middle}
given = {"matrix": {"reliability_data": matrix}, "value_counts": {"value_counts": counts}}
print(json.dumps(ready), flush=True)
for line in sys.stdin:
    begin, busy = time.perf_counter(), time.process_time()
    alpha = krippendorff.alpha(level_of_measurement="nominal", **given[line.strip()])
    print(json.dumps([time.perf_counter() - begin, time.process_time() - busy, float(alpha)]), flush=True)
"""


class Peer:
    """The package krippendorff in a process of its own, with its tables ready; asked for one run at a time."""

    def __init__(self, python: str, answers: Answers, folder: Path) -> None:
        given, script = folder / "answers.npz", folder / "peer.py"
        np.savez(given, item=answers.item, annotator=answers.annotator, label=answers.label)
        script.write_text(PEER)
        words = [python, str(script), str(given)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready: dict[str, float] = json.loads(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def run(self, route: str) -> tuple[Spent, float]:
        """What one call took, and the alpha that it gave."""
        assert self._process.stdin is not None
        print(route, file=self._process.stdin, flush=True)
        seconds, cpu, alpha = json.loads(self._line())
        return (seconds, cpu), alpha

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def spent(work: Callable[[], object]) -> Spent:
    """What one run took."""
    begin, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - busy


def timed(path: Path, runs: int, peer: Peer | None) -> dict[str, list[Spent]]:
    """Everything once to load libraries, then in turn so many times."""
    plain, reducer = duckdb.connect(), DuckDBReducer()

    def counted(columns: str) -> object:
        return plain.execute(f"select {columns}, count(*) from read_parquet('{path}') group by all")

    works: dict[str, Callable[[], object]] = {
        "DuckDB, group by item_id, label": partial(counted, "item_id, label"),
        "DuckDB, group by item_no, label_no": partial(counted, "item_no, label_no"),
    }
    works |= {name: partial(work, reducer, path) for name, work in WORKS.items()}
    works["the file's digest, checked before"] = partial(file_digest, path)
    clocks = {name: partial(spent, work) for name, work in works.items()}
    if peer is not None:
        alpha = coefficients(reducer, path)
        for route in peer.ready:
            assert abs(peer.run(route)[1] - alpha) < 1e-9, "both must find the same alpha"
            clocks[f"krippendorff, {route}"] = lambda route=route: peer.run(route)[0]  # type: ignore[misc]
    for clock in clocks.values():
        clock()
    times: dict[str, list[Spent]] = {name: [] for name in clocks}
    for _ in range(runs):
        for name, clock in clocks.items():
            times[name].append(clock())
    return times


def report(path: Path, rows: int, times: dict[str, list[Spent]], peer: Peer | None) -> None:
    """A line each: median by the clock and of all cores, their ratios to DuckDB and to ours, memory, preparation."""
    middles = {name: [statistics.median(part) for part in zip(*found, strict=True)] for name, found in times.items()}
    base, ours = (next(middles[name] for name in middles if name.startswith(tool)) for tool in ("DuckDB", "labelqa"))
    runs = len(next(iter(times.values())))
    print(f"\n{rows:,} labels, {runs} runs each in turn, Python {platform.python_version()}, DuckDB {duckdb.__version__}, "
          f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
    print(
        f"{'':40}{'median':>10}{'/ DuckDB':>10}{'/ labelqa':>11}{'cores':>12}{'/ DuckDB':>10}{'/ labelqa':>11}{'peak MB':>9}{'prep':>10}"
    )
    for name, middle in middles.items():
        line = f"{name:40}"
        for at, wide in ((0, 7), (1, 9)):
            line += f"{middle[at] * 1000:>{wide}.0f} ms{middle[at] / base[at]:>10.2f}{middle[at] / ours[at]:>11.2f}"
        if name in WORKS:
            line += f"{measure([sys.executable, __file__, '--alone', str(path), name]).megabytes:>9.0f}"
        elif peer is not None and name.startswith("krippendorff"):
            line += f"{peer.ready[name.partition(', ')[2]] * 1000:>16.0f} ms"
        print(line, flush=True)


def compared(labels: int, seed: int, runs: int, python: str) -> None:
    """One size."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        store = FrozenStore(Path(name))
        digest, rows = write_batch(store, labels, seed)
        path = store.path(digest)
        peer = None
        if python:
            peer = stack.enter_context(Peer(python, DuckDBReducer().answers(path, LABELS), Path(name)))
        report(path, rows, timed(path, runs, peer), peer)


def main() -> None:
    """Parse, run, print."""
    here = sys.executable if find_spec("krippendorff") else ""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--peer-python", default=here, help="the Python of an environment with krippendorff 0.9")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        WORKS[given.alone[1]](DuckDBReducer(), Path(given.alone[0]))
        return
    for labels in given.labels:
        compared(labels, given.seed, given.runs, given.peer_python)


if __name__ == "__main__":
    main()
