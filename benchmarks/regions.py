"""How long agreement on marked regions takes, and how much memory: spans and boxes, three annotators an item.

    python benchmarks/regions.py --items 10000 100000

Writes seeded frozen batches to a temporary folder, and does each thing with each in a process of its own:

* distances: every two answers of an item, and as many by chance, by the distance class alone in one process;
* agreement: what the engine does, from the Parquet file to alpha, mean agreement, every pair of annotators, every
  annotator, every item, on two cores;
* sigma and KS: the same reading, then the two measures that redraw items 400 times;
* unitizing: of spans, the headline besides, which looks at whole texts and holds all answers at once.

Seconds are from the file to the result. Memory is the peak of the process and, where there are any, of the processes
that compare for it, added up; making the batch does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measured import measure, unit

from labelqa.frozen import ANNOTATIONS
from labelqa.frozen.store import schema
from labelqa.records.reductions import Distance, Distances
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.stats.agreement.continuum import Continuum
from labelqa.stats.agreement.distance_details import by_annotator, by_item, by_pair
from labelqa.stats.agreement.distance_gaps import kolmogorov_smirnov, sigma
from labelqa.stats.agreement.distances import alpha, mean_agreement
from labelqa.stats.agreement.unitizing import unitizing
from labelqa.stats.distance.boxes import BoxDistance
from labelqa.stats.distance.spans import SpanDistance
from labelqa.workflows.marked import joined

ANNOTATORS, PEOPLE, STRETCH = 3, 30, 5_000
NAMES = [f"p-{number:08x}" for number in range(PEOPLE)]
LABELS = ("人名", "机构", "地点", "时间", "产品")
TEXT_LENGTH = 450
DISTANCES: dict[str, Distance] = {"spans": SpanDistance(), "boxes": BoxDistance()}


def written(regions: list[dict[str, object]]) -> str:
    """An answer as it is stored."""
    return json.dumps(regions, ensure_ascii=False, separators=(",", ":"))


def spans(rng: np.random.Generator, items: int) -> Iterator[list[str]]:
    """The answers of each item: one to four passages that its annotators see a few characters apart."""
    for regions in rng.integers(1, 5, items).tolist():
        start = np.sort(rng.integers(0, 400, regions))
        size, label = rng.integers(2, 30, regions), rng.integers(0, len(LABELS), regions)
        moved = np.maximum(start + rng.integers(-2, 3, (ANNOTATORS, 1)), 0)
        seen = rng.random((ANNOTATORS, regions)) < 0.9
        yield [
            written(
                [
                    {"end": int(a + b), "labels": [LABELS[c]], "start": int(a), "text": "文" * int(b)}
                    for a, b, c, there in zip(moved[who], size, label, seen[who], strict=True)
                    if there
                ]
            )
            for who in range(ANNOTATORS)
        ]


def boxes(rng: np.random.Generator, items: int) -> Iterator[list[str]]:
    """The answers of each item: one to four boxes that its annotators draw a little differently."""
    for regions in rng.integers(1, 5, items).tolist():
        place, label = rng.random((regions, 4)) * 40 + 5, rng.integers(0, len(LABELS), regions)
        drawn = place + rng.normal(0, 2, (ANNOTATORS, regions, 4))
        seen = rng.random((ANNOTATORS, regions)) < 0.9
        yield [
            written(
                [
                    {"height": abs(h), "labels": [LABELS[c]], "rotation": 0, "width": abs(w), "x": x, "y": y}
                    for (x, y, w, h), c, there in zip(drawn[who].round(3).tolist(), label, seen[who], strict=True)
                    if there
                ]
            )
            for who in range(ANNOTATORS)
        ]


MADE = {"spans": spans, "boxes": boxes}


def write_regions(path: Path, kind: str, items: int, seed: int) -> None:
    """A frozen batch of regions, as the store writes one, but some thousand items at a time."""
    rng, form = np.random.default_rng(seed), schema(ANNOTATIONS)
    made = MADE[kind](rng, items)
    with pq.ParquetWriter(path, form, compression="zstd", version="2.6", store_schema=True) as file:
        for start in range(0, items, STRETCH):
            size = min(STRETCH, items - start)
            rows = size * ANNOTATORS
            first = rng.integers(0, PEOPLE, (size, 1))
            who = np.sort((first + 7 * np.arange(ANNOTATORS)) % PEOPLE, axis=1).ravel()
            item = np.repeat(np.arange(start, start + size), ANNOTATORS)
            answer = pa.array([text for _ in range(size) for text in next(made)])
            said = {
                "item_no": pa.array(item),
                "item_id": pa.array([f"item-{number:08d}" for number in item.tolist()]),
                "annotator_no": pa.array(who),
                "person": pa.DictionaryArray.from_arrays(pa.array(who, pa.int32()), pa.array(NAMES)),
                "label_no": pa.array(np.full(rows, -1)),
                "label": answer.dictionary_encode(),
                "value": answer.dictionary_encode(),
            }
            columns = [
                said[field.name].cast(field.type) if field.name in said else pa.nulls(rows, field.type)
                for field in form
            ]
            file.write_table(pa.table(columns, schema=form))


def classes_alone(kind: str, path: Path) -> float:
    """The distance class by itself; gives the mean distance."""
    distance, rng = DISTANCES[kind], np.random.default_rng(1)
    total, pairs = 0.0, 0
    for batch in pq.ParquetFile(path).iter_batches(STRETCH * ANNOTATORS, columns=["label"]):
        answers = [distance.read(text) for text in batch.column(0).cast(pa.string()).to_pylist()]
        base = np.arange(len(answers) // ANNOTATORS) * ANNOTATORS
        one, other = (
            np.concatenate([base + two[side] for two in combinations(range(ANNOTATORS), 2)]) for side in (0, 1)
        )
        chance = rng.integers(0, len(answers), (2, len(one)))
        ones, others = np.concatenate([one, chance[0]]).tolist(), np.concatenate([other, chance[1]]).tolist()
        found = distance.between([answers[at] for at in ones], [answers[at] for at in others])
        total, pairs = total + float(found.sum()), pairs + len(found)
    return total / pairs


def reduced(kind: str, path: Path) -> Distances:
    """The engine's part."""
    return DuckDBReducer(workers=2).distances(path, DISTANCES[kind], seed=1)


def agreement(kind: str, path: Path) -> float:
    """Alpha, and everything that is told beside it."""
    found = reduced(kind, path)
    mean_agreement(found)
    by_pair(found, NAMES)
    by_annotator(found, NAMES)
    by_item(found)
    return alpha(found).point


def gaps(kind: str, path: Path) -> float:
    """Sigma and KS, with intervals."""
    found = reduced(kind, path)
    kolmogorov_smirnov(found, seed=1)
    return sigma(found, seed=1).point


def whole_texts(kind: str, path: Path) -> float:
    """Unitizing alpha over all labels and label by label, with intervals."""
    table = pq.read_table(path, columns=["item_no", "label"])
    by_item: dict[int, list[str]] = {}
    for item, text in zip(table.column(0).to_pylist(), table.column(1).cast(pa.string()).to_pylist(), strict=True):
        by_item.setdefault(item, []).append(text)
    read = DISTANCES[kind].read
    continua = [Continuum.of([joined(read(text)) for text in texts], end=TEXT_LENGTH) for texts in by_item.values()]
    return unitizing(continua, LABELS)[0].alpha.point  # type: ignore[union-attr]


WORKS: dict[str, Callable[[str, Path], float]] = {
    "distances": classes_alone,
    "agreement": agreement,
    "sigma and KS": gaps,
    "unitizing": whole_texts,
}


class Children:
    """The most memory that the processes under this one held at any time, in MB; Linux only, elsewhere 0."""

    def __init__(self) -> None:
        self.peak, self._done = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            living = [pid for tasks in Path("/proc/self/task").glob("*/children") for pid in tasks.read_text().split()]
            self.peak = max(self.peak, sum(map(self._most, living)))

    @staticmethod
    def _most(pid: str) -> float:
        try:
            lines = Path("/proc", pid, "status").read_text().splitlines()
        except OSError:
            return 0.0  # it has ended
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6

    def __enter__(self) -> Children:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def alone(work: str, kind: str, path: Path) -> None:
    """One run in this process; prints seconds, memory here, memory of the others, the figure."""
    with Children() as children:
        begin = time.perf_counter()
        figure = WORKS[work](kind, path)
        seconds = time.perf_counter() - begin
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit() / 1e6
    print(json.dumps([seconds, own, children.peak, figure]))


def main() -> None:
    """Parse, run each work, kind and size by itself, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--alone", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        work, kind, name = given.alone
        alone(work, kind, Path(name))
        return
    print(
        f"{ANNOTATORS} annotators an item, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    print(f"{'':22}{'items':>10}{'seconds':>10}{'MB':>8}{'workers':>10}{'figure':>10}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for kind in DISTANCES:
            for items in given.items:
                path = Path(folder) / f"{kind}-{items}.parquet"
                write_regions(path, kind, items, given.seed)
                for work in (each for each in given.works if kind == "spans" or WORKS[each] is not whole_texts):
                    told = measure([sys.executable, __file__, "--alone", work, kind, str(path)]).out[-1]
                    seconds, own, others, figure = json.loads(told)
                    name = f"{kind}, {work}"
                    print(
                        f"{name:22}{items:>10,}{seconds:>10.2f}{own + others:>8.0f}{others:>10.0f}{figure:>10.4f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
