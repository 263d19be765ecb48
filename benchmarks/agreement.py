"""What ``labelqa agreement`` computes, timed beside the plainest count of the same labels that DuckDB can do.

    python benchmarks/agreement.py --labels 1000000

Writes a seeded frozen batch to a temporary folder, runs both in turn in this process, prints medians and their ratio.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from labelqa.frozen import ANNOTATIONS, FrozenStore
from labelqa.records.names import Digest
from labelqa.records.reductions import Patterns
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.stats.agreement import coefficients, confusions, pair_agreements, per_label
from labelqa.stats.resample import bootstrap_coefficients

LABELS = ("正面", "负面", "中性", "混合", "无关")
ANNOTATORS, SLOTS, LOST = 50, 5, 0.1
MICROSECONDS = 1_790_000_000_000_000  # some day in 2026


def write_batch(store: FrozenStore, labels: int, seed: int) -> tuple[Digest, int]:
    """A frozen batch of about ``labels`` rows: five labels, five slots an item, 50 annotators, a tenth missing."""
    rng = np.random.default_rng(seed)
    items = round(labels / (SLOTS * (1 - LOST)))
    start = rng.integers(0, ANNOTATORS, (items, 1))
    step = rng.choice([1, 3, 7, 9, 11, 13, 17, 19], (items, 1))  # prime to 50: five different people an item
    annotator = np.sort((start + step * np.arange(SLOTS)) % ANNOTATORS, axis=1)
    kept = rng.random((items, SLOTS)) >= LOST
    truth = rng.choice(len(LABELS), items, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    item = np.repeat(np.arange(items), SLOTS)[kept.ravel()]
    who = annotator.ravel()[kept.ravel()]
    label = np.where(rng.random(len(item)) < 0.8, truth[item], rng.integers(0, len(LABELS), len(item)))
    _, dense = np.unique(item, return_inverse=True)
    people = [f"p-{number:08x}" for number in range(ANNOTATORS)]
    weeks = ["2026-W45", "2026-W46", "2026-W47"]
    size = len(item)
    said = {
        "item_no": dense,
        "item_id": [f"item-{number:08d}" for number in item.tolist()],
        "annotator_no": who,
        "person": [people[number] for number in who.tolist()],
        "label_no": label,
        "label": [LABELS[number] for number in label.tolist()],
        "value": [f'{{"label":"{LABELS[number]}"}}' for number in label.tolist()],
        "week": [weeks[number] for number in rng.integers(0, 3, size).tolist()],
        "created_at": pa.array(MICROSECONDS + rng.integers(0, 10**12, size), pa.timestamp("us", "UTC")),
        "seconds": rng.gamma(3.0, 4.0, size),
        "qualified": np.ones(size, dtype=bool),
        "annotation": np.arange(size),
        "rev": np.arange(size),
    }
    nothing = [None] * size
    return store.write(ANNOTATIONS, {name: said.get(name, nothing) for name, _ in ANNOTATIONS}), size


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
            "  of it: one reading, patterns, pairs": lambda: reducer.agreement(path, LABELS),
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


if __name__ == "__main__":
    main()
