"""How long the distances between marked regions take, and how much memory: spans and boxes, three annotators an item.

    python benchmarks/regions.py --items 100000

Makes seeded answers as stored text, then does what an engine does: stretch by stretch of items reads every answer once
and compares every two of an item and as many drawn by chance. Prints seconds and the peak of resident memory; each
kind runs in a process of its own, so that one's peak is not the other's.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np

from labelqa.records.reductions import Distance
from labelqa.stats.distance.boxes import BoxDistance
from labelqa.stats.distance.spans import SpanDistance

ANNOTATORS, STRETCH = 3, 5_000
LABELS = ("人名", "机构", "地点", "时间", "产品")
DISTANCES: dict[str, Distance] = {"spans": SpanDistance(), "boxes": BoxDistance()}


def spans(rng: np.random.Generator, items: int) -> Iterator[list[str]]:
    """The answers of each item: one to four passages that its annotators see a few characters apart."""
    for regions in rng.integers(1, 5, items).tolist():
        start = np.sort(rng.integers(0, 400, regions))
        size, label = rng.integers(2, 30, regions), rng.integers(0, len(LABELS), regions)
        moved = np.maximum(start + rng.integers(-2, 3, (ANNOTATORS, 1)), 0)
        seen = rng.random((ANNOTATORS, regions)) < 0.9
        yield [
            json.dumps(
                [
                    {"end": int(a + b), "labels": [LABELS[c]], "start": int(a), "text": "文" * int(b)}
                    for a, b, c, there in zip(moved[who], size, label, seen[who], strict=True)
                    if there
                ],
                ensure_ascii=False,
                separators=(",", ":"),
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
            json.dumps(
                [
                    {"height": abs(h), "labels": [LABELS[c]], "rotation": 0, "width": abs(w), "x": x, "y": y}
                    for (x, y, w, h), c, there in zip(drawn[who].round(3).tolist(), label, seen[who], strict=True)
                    if there
                ],
                ensure_ascii=False,
                separators=(",", ":"),
            )
            for who in range(ANNOTATORS)
        ]


def compared(distance: Distance, texts: Sequence[list[str]], rng: np.random.Generator) -> tuple[float, int]:
    """The sum of all distances of a stretch of items and how many there are: every pair, and as many by chance."""
    answers = [distance.read(text) for item in texts for text in item]
    base = np.arange(len(texts)) * ANNOTATORS
    first = np.concatenate([base + one for one in range(ANNOTATORS) for _ in range(one + 1, ANNOTATORS)])
    second = np.concatenate([base + other for one in range(ANNOTATORS) for other in range(one + 1, ANNOTATORS)])
    chance = rng.integers(0, len(answers), (2, len(first)))
    ones, others = np.concatenate([first, chance[0]]).tolist(), np.concatenate([second, chance[1]]).tolist()
    found = distance.between([answers[at] for at in ones], [answers[at] for at in others])
    return float(found.sum()), len(found)


def run(kind: str, items: int, seed: int) -> None:
    """One kind, once; making the answers is not timed."""
    rng = np.random.default_rng(seed)
    made = (spans if kind == "spans" else boxes)(rng, items)
    seconds, total, pairs, start_peak = 0.0, 0.0, 0, peak()
    for start in range(0, items, STRETCH):
        texts = [next(made) for _ in range(min(STRETCH, items - start))]
        begin = time.perf_counter()
        part, count = compared(DISTANCES[kind], texts, rng)
        seconds, total, pairs = seconds + time.perf_counter() - begin, total + part, pairs + count
    print(
        f"{kind:8}{items:>10,}{pairs:>12,}{seconds:>10.2f}{peak():>12.0f}{peak() - start_peak:>14.0f}{total / pairs:>12.4f}"
    )


def peak() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Parse, run each kind and size by itself, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--kind", choices=DISTANCES)
    given = parser.parse_args()
    if given.kind:
        for items in given.items:
            run(given.kind, items, given.seed)
        return
    print(f"{ANNOTATORS} annotators an item, {STRETCH:,} items at a time, Python {platform.python_version()}")
    print(f"{'':8}{'items':>10}{'pairs':>12}{'seconds':>10}{'peak MiB':>12}{'MiB of it':>14}{'mean':>12}", flush=True)
    for kind in DISTANCES:
        for items in given.items:
            words = [__file__, "--kind", kind, "--items", str(items), "--seed", str(given.seed)]
            subprocess.run([sys.executable, *words], check=True)


if __name__ == "__main__":
    main()
