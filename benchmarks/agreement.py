"""What ``labelqa agreement`` computes, timed beside the plainest count of the same labels that DuckDB can do.

    python benchmarks/agreement.py --labels 1000000

Writes a seeded frozen batch to a temporary folder, runs both in turn in this process, prints medians and their ratio.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labelqa.frozen import ANNOTATIONS, FrozenStore
from labelqa.frozen.store import file_digest, schema
from labelqa.records.names import Digest
from labelqa.records.reductions import Patterns
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.stats.agreement import coefficients, confusions, pair_agreements, per_label
from labelqa.stats.resample import bootstrap_coefficients

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


def whole_agreement(reducer: DuckDBReducer, store: FrozenStore, digest: Digest) -> None:
    """What the command computes: the file checked, four coefficients with intervals, every label, every pair."""
    path = store.checked(digest)
    people = reducer.people(path)
    patterns, pairs = reducer.agreement(path, LABELS)
    coefficients(patterns)
    per_label(patterns)
    confusions(patterns)
    pair_agreements(pairs, people)


def bootstrapped(patterns: Patterns) -> None:
    """The same coefficients with 2,000 bootstrap replicates, on request."""
    bootstrap_coefficients(patterns, rng=np.random.default_rng(1), replicates=2000)


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one run."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--seed", type=int, default=20261121)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = FrozenStore(Path(folder))
        digest, rows = write_batch(store, given.labels, given.seed)
        path = store.path(digest)
        plain, reducer = duckdb.connect(), DuckDBReducer()
        patterns = reducer.patterns(path, LABELS)
        query = f"select item_id, label, count(*) from read_parquet('{path}') group by item_id, label"
        works: dict[str, Callable[[], object]] = {
            "DuckDB group by item, label": lambda: plain.execute(query),
            "labelqa, whole agreement": lambda: whole_agreement(reducer, store, digest),
            "  of it: the file's digest": lambda: store.checked(digest),
            "  of it: one reading, patterns, pairs": lambda: reducer.agreement(path, LABELS),
            "patterns alone": lambda: reducer.patterns(path, LABELS),
            "2,000 bootstrap replicates beside": lambda: bootstrapped(patterns),
        }
        for work in works.values():
            work()  # first run loads libraries
        times = {name: [] for name in works}
        for _ in range(given.runs):
            for name, work in works.items():
                times[name].append(seconds(work))
    base = statistics.median(times["DuckDB group by item, label"])
    print(f"{rows:,} labels, {given.runs} runs each, Python {platform.python_version()}, DuckDB {duckdb.__version__}")
    print(f"{'':38}{'median':>10}{'ratio':>8}")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:38}{middle * 1000:>7.0f} ms{middle / base:>8.2f}")
    unit = 1e6 if platform.system() == "Darwin" else 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"peak memory of all of it, DuckDB's groups and the writing of the batch included: {peak:,.0f} MB")


if __name__ == "__main__":
    main()
