"""The draw of a sample from ten million items, timed beside the plainest query of DuckDB that orders the same tickets.

    python benchmarks/draw.py --items 10000000 --spark

Writes a seeded table of items to a temporary folder. Each figure is a fresh process, start included, that does the same
thing on the same file: DuckDB's own `order by sha256(…) limit n`, labelqa's draw (and by stratum and size), Spark. Each
is run several times in turn; the fastest counts, since only other work makes it slower. The items must be the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measured import measure

SEED, AT_A_TIME, STRATA = "骰子 4 2 6 1", 1 << 20, 12
LARGE = 10_000_000  # with fewer items the start of the process weighs more than the draw

PLAIN = """
import json, sys, duckdb
path, n, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3] + chr(31)
sql = "select item_id from read_parquet(?) order by sha256(? || item_id) limit " + str(n)
print(json.dumps([row[0] for row in duckdb.connect().execute(sql, [path, seed]).fetchall()]))
"""
OURS = """
import json, sys
from labelqa.reduce.duckdb import DuckDBReducer
path, n, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
print(json.dumps([each.item_id for each in DuckDBReducer().tickets(path, seed, (n,))]))
"""
STRATIFIED = """
import json, sys
from labelqa.reduce.duckdb import DuckDBReducer
path, n, seed, strata = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
found = DuckDBReducer().tickets(path, seed, [n // strata] * strata, stratum="stratum", size="size")
print(json.dumps([each.item_id for each in found]))
"""
SPARK = """
import json, sys
from labelqa.reduce.spark import SparkReducer
path, n, seed, strata = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
reducer = SparkReducer()
if strata:
    found = reducer.tickets(path, seed, [n // strata] * strata, stratum="stratum", size="size")
else:
    found = reducer.tickets(path, seed, (n,))
print(json.dumps([each.item_id for each in found]))
"""


def write_items(path: Path, items: int) -> None:
    """A table of items with ids as they come from servers, a stratum and a size measure each."""
    rng = np.random.default_rng(1)
    form = pa.schema([("item_id", pa.string()), ("stratum", pa.int32()), ("size", pa.float64())])
    with pq.ParquetWriter(path, form, compression="zstd") as file:
        for start in range(0, items, AT_A_TIME):
            many = min(AT_A_TIME, items - start)
            ids = pa.array([f"服务器-{number % 3}/{number}" for number in range(start, start + many)])
            columns = [ids, rng.integers(0, STRATA, many).astype(np.int32), rng.uniform(0.25, 4, many)]
            file.write_table(pa.table([pa.array(column) for column in columns], schema=form))


def run(script: str, *words: object) -> tuple[float, float, list[str]]:
    """Seconds of a fresh process, its peak memory in MB, and the ids that it drew."""
    found = measure([sys.executable, "-W", "ignore", "-c", script, *map(str, words)])
    said = next(line for line in found.out if line.startswith("["))  # the rest is DuckDB's bar while it takes long
    return found.seconds, found.megabytes, json.loads(said)


def main() -> int:
    """Print the table; 1 where a draw differs or takes more than twice the plain query."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--items", type=int, nargs="+", default=[1_000_000, 10_000_000])
    words.add_argument("--n", type=int, default=4000)
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--spark", action="store_true", help="draw on Spark too and compare")
    asked = words.parse_args()
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores; n = {asked.n:,}\n")
    print("| items | what | seconds | ratio | peak MB | same items |\n|--:|---|--:|--:|--:|---|")
    return max(measured(items, asked) for items in asked.items)


def measured(items: int, asked: argparse.Namespace) -> int:
    """One stretch of the table."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.parquet"
        write_items(path, items)
        jobs = {"DuckDB, plain query": (PLAIN, ()), "labelqa": (OURS, ()),
                f"labelqa, {STRATA} strata with sizes": (STRATIFIED, (STRATA,))}  # fmt: skip
        found = {name: [] for name in jobs}
        for _ in range(asked.runs):
            for name, (script, more) in jobs.items():
                found[name].append(run(script, path, asked.n, SEED, *more))
        if asked.spark:
            found["Spark"] = [run(SPARK, path, asked.n, SEED, 0)]
            found[f"Spark, {STRATA} strata with sizes"] = [run(SPARK, path, asked.n, SEED, STRATA)]
        floor = min(each[0] for each in found["DuckDB, plain query"])
        alike = {"strata": found[f"labelqa, {STRATA} strata with sizes"][0][2], "": found["DuckDB, plain query"][0][2]}
        check = sorted(alike[""], key=lambda item: hashlib.sha256(f"{SEED}\x1f{item}".encode()).digest())
        failed |= check != alike[""]
        for name, runs in found.items():
            seconds, peak = min(each[0] for each in runs), max(each[1] for each in runs)
            same = all(each[2] == alike["strata" if "strata" in name else ""] for each in runs)
            failed |= not same or (name == "labelqa" and items >= LARGE and seconds > 2 * floor)
            print(f"| {items:,} | {name} | {seconds:.2f} | {seconds / floor:.2f} | {_memory(name, peak)} | {'yes' if same else 'NO'} |", flush=True)  # fmt: skip
    return int(failed)


def _memory(name: str, peak: float) -> str:
    return "–" if name.startswith("Spark") else f"{peak:.0f}"  # Spark's is in a process that outlives the program


if __name__ == "__main__":
    raise SystemExit(main())
