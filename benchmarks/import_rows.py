"""``labelqa import`` of a million labels, beside reading the same Parquet and ``executemany`` into a bare SQLite table.

    python benchmarks/import_rows.py --rows 1000000 --runs 5

Writes a seeded, shuffled long Parquet to a temporary folder and runs both in turn, each in a process of its own; prints
medians, their ratio (watched: at most 4) and the peak memory of the import (watched: below 1 GB).
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measured import Measured, measure

ANNOTATORS, PER_ITEM = 50, 5
LABELS = ("正面", "负面", "中性", "混合", "无关")

# Both print how long their work took, without the start of Python and the loading of libraries.
BARE = """
import json, sqlite3, sys, time
import pyarrow.parquet as pq
begun, spent = time.perf_counter(), time.process_time()
base = sqlite3.connect(sys.argv[2])
base.execute("CREATE TABLE labels (item_id TEXT, annotator_id TEXT, label TEXT)")
for batch in pq.ParquetFile(sys.argv[1]).iter_batches(50_000):
    columns = [column.to_pylist() for column in batch.columns]
    base.executemany("INSERT INTO labels VALUES (?, ?, ?)", zip(*columns))
base.commit()
base.close()
print(json.dumps([time.perf_counter() - begun, time.process_time() - spent]))
"""
IMPORT = """
import json, sys, time
from pathlib import Path
from labelqa.adapters.cli.main import main
from labelqa.adapters.cli import imports
import labelqa.workflows.imports, labelqa.adapters.files.long_table, labelqa.reduce.duckdb, pyarrow.parquet, numpy
main(["init", sys.argv[2]], env={"LABELQA_LANG": "en"})
begun, spent = time.perf_counter(), time.process_time()
code = main(["import", sys.argv[1], "--workspace", sys.argv[2]], env={"LABELQA_LANG": "en"})
assert code == 0
print(json.dumps([time.perf_counter() - begun, time.process_time() - spent]))
"""


def write_labels(path: Path, rows: int, seed: int) -> None:
    """``rows`` labels by 50 annotators, five an item, in random order."""
    rng = np.random.default_rng(seed)
    items = np.arange(rows) // PER_ITEM
    first, step = rng.integers(0, ANNOTATORS, items[-1] + 1), rng.choice([1, 3, 7, 9, 11], items[-1] + 1)
    who = (first[items] + step[items] * (np.arange(rows) % PER_ITEM)) % ANNOTATORS  # five different people
    label = rng.choice(len(LABELS), rows, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    order = rng.permutation(rows)
    names = [f"annotator-{number:03}" for number in range(ANNOTATORS)]
    table = pa.table(
        {
            "item_id": [f"item-{number:09}" for number in items[order].tolist()],
            "annotator_id": [names[number] for number in who[order].tolist()],
            "label": [LABELS[number] for number in label[order].tolist()],
        }
    )
    pq.write_table(table, path, compression="zstd")


def run_both(path: Path, folder: Path, number: int) -> tuple[Measured, Measured]:
    """One run of each; the import's rows are counted afterwards."""
    bare = measure([sys.executable, "-c", BARE, str(path), str(folder / f"bare-{number}.sqlite3")])
    workspace = folder / f"workspace-{number}"
    mine = measure([sys.executable, "-c", IMPORT, str(path), str(workspace)])
    with sqlite3.connect(workspace / "intake.sqlite3") as base:
        found = base.execute("SELECT count(*) FROM revisions").fetchone()[0]
    if found != pq.read_metadata(path).num_rows:
        raise SystemExit(f"{found} rows arrived")
    return bare, mine


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261121)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = folder / "labels.parquet"
        write_labels(path, given.rows, given.seed)
        pairs = [run_both(path, folder, number) for number in range(given.runs)]
    print(f"{given.rows:,} labels, {given.runs} runs each in turn, Python {platform.python_version()}")
    print(f"{'medians':26}{'work':>9}{'its CPU':>9}{'process':>9}{'peak memory':>13}")
    bare, mine = _line("Parquet to a bare table", [a for a, _ in pairs]), _line("labelqa import", [b for _, b in pairs])
    print(f"ratio of the work: {mine[0] / bare[0]:.2f} (watched: at most 4); of its CPU time: {mine[1] / bare[1]:.2f}")


def _line(name: str, found: list[Measured]) -> tuple[float, float]:
    """Prints the medians; gives back those of the work's wall and processor time."""
    told = [json.loads(each.out[-1]) for each in found]
    wall, cpu = median(each[0] for each in told), median(each[1] for each in told)
    whole, peak = median(each.seconds for each in found), max(each.megabytes for each in found)
    print(f"{name:26}{wall:>7.2f} s{cpu:>7.2f} s{whole:>7.2f} s{peak:>10.0f} MB")
    return wall, cpu


if __name__ == "__main__":
    main()
