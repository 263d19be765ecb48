"""How fast facts are recorded, and how long a ledger of them takes to verify; on SQLite, and on PostgreSQL where given.

    python benchmarks/ledger.py [--facts 1000000] [--url postgresql://USER:PASSWORD@HOST/DATABASE?schema=NEW]

Verdicts with four subjects each, about 600 bytes of text, are recorded by the ledger's own ``append`` in transactions of
5,000, as a filled work sheet brings them, each written to disk before the next begins. Seconds are by the clock; making the
drafts is not counted. Verification is a whole process of the command line that finds nothing wrong, its start included.
The exit code is 1 where SQLite takes in fewer than 5,000 facts a second or the full verification takes 60 s or more.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measured import measure

from labelqa.ledger import Ledger
from labelqa.records.facts import Draft, ReviewRecorded
from labelqa.wiring import create_workspace

START = datetime(2026, 1, 1, tzinfo=UTC)
AT_A_TIME, LEAST, LONGEST = 5_000, 5_000, 60.0
COMMAND = [sys.executable, "-m", "labelqa.adapters.cli.main", "ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Facts a second: by the clock over all transactions, in the slowest of them, over the last tenth, and by processor."""

    clock: float
    slowest: float
    last: float
    processor: float


def verdict(number: int) -> Draft:
    """One verdict of many: 5,000 items a batch, three in a hundred of them wrong."""
    batch, wrong = f"b{number // 5_000:04}", number % 33 == 0
    item, reviewer = f"{batch}-{number % 5_000:05}", f"p-{number % 150:08x}"
    body = ReviewRecorded(
        sample=f"{batch}/1", batch=batch, item=item, verdict="incorrect" if wrong else "correct", kind="review",
        reviewer=reviewer, rule="R1" if wrong else "", defect="R1" if wrong else "", severity="major" if wrong else "",
        correct_label="违法" if wrong else "", unsafe="", comment=f"{number:064x}" if wrong else "", label="安全",
        source=f"{number:064x}",
    )  # fmt: skip
    about = (f"batch:{batch}", f"sample:{batch}/1", f"item:{item}", f"person:{reviewer}")
    return Draft(body=body, subjects=about, actor="lead")


def record(ledger: Ledger, facts: int) -> Recorded:
    """Record so many facts."""
    seconds, busy = list[float](), 0.0
    for start in range(0, facts, AT_A_TIME):
        drafts = [verdict(number) for number in range(start, min(start + AT_A_TIME, facts))]
        begun, processor = time.perf_counter(), time.process_time()
        ledger.append(drafts, now=START + timedelta(seconds=start))
        seconds.append(time.perf_counter() - begun)
        busy += time.process_time() - processor
    tenth = seconds[-max(1, len(seconds) // 10) :]
    return Recorded(
        clock=facts / sum(seconds), slowest=AT_A_TIME / max(seconds), last=AT_A_TIME * len(tenth) / sum(tenth),
        processor=facts / busy,
    )  # fmt: skip


def figures(name: str, folder: Path, env: dict[str, str], facts: int) -> tuple[float, float]:
    """Make a ledger, measure, print; facts a second by the clock, and the seconds of a full verification."""
    with create_workspace(folder / "ws", env=env, clock=lambda: START) as desk:
        told = record(desk.ledger, facts)
        count = desk.ledger.head()[0]
    print(
        f"| {name}: recorded, facts a second by the clock | {told.clock:,.0f} | slowest transaction {told.slowest:,.0f}, "
        f"last tenth {told.last:,.0f}; {told.processor:,.0f} a second of processor time |",
        flush=True,
    )
    os.environ.update(env)
    kept, seconds = str(folder / "manifest.json"), 0.0
    for step in (["manifest", "--out", kept], ["verify", "--since", kept], ["verify"]):
        used = measure([*COMMAND, *step, "--workspace", str(folder / "ws")])
        seconds = used.seconds
        words = " ".join(["ledger", *step]).replace(kept, "FILE")
        print(
            f"| {name}: `labelqa {words}` of {count:,} facts | {used.seconds:.1f} s | processor {used.cpu:.1f} s, "
            f"{used.megabytes:,.0f} MB |",
            flush=True,
        )
    return told.clock, seconds


def machine() -> str:
    """What it runs on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{model}, {os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"


def main() -> int:
    """Print the table of one machine; 1 where SQLite is slower than asked."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--facts", type=int, default=1_000_000)
    words.add_argument("--url", default="")
    asked = words.parse_args()
    print(f"{machine()}\n\n| | | |\n|---|--:|---|")
    with tempfile.TemporaryDirectory() as folder:
        rate, seconds = figures("SQLite", Path(folder), {}, asked.facts)
    if asked.url:
        with tempfile.TemporaryDirectory() as folder:
            figures("PostgreSQL", Path(folder), {"LABELQA_LEDGER": asked.url}, asked.facts)
    return int(rate < LEAST or seconds >= LONGEST)


if __name__ == "__main__":
    raise SystemExit(main())
