"""How fast facts are appended, and how long questions take to a ledger of a million facts with batches of 5,000 items.

    python benchmarks/ledger.py [--facts 1000000] [--at FOLDER] [--limit 2]

Makes the workspace of ``ledger_making.py`` in a temporary folder (or in --at, where it is kept and used again). Each
drill is a fresh process of the command line, start included; its time is the fastest of three runs, since only other
work makes it slower. Appending counts the ledger's own time, in transactions of 5,000 facts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CalledProcessError

from ledger_making import Made, make
from measured import measure

MANIFEST, NOTE, RATE = "manifest.json", "made.json", 5_000
STATE = """
import sys, time
from pathlib import Path
from labelqa.wiring import open_desk
from labelqa.workflows.state import read_state
begun = time.perf_counter()
with open_desk(start=Path(sys.argv[1]), workspace=Path(sys.argv[1]), env={}) as desk:
    state = read_state(desk)
    told = len(state.people), len(state.trainings), len(state.exams), len(state.samples), len(state.line_ends)
    stages = [each.stage for each in state.batches.values()]
print(time.perf_counter() - begun)
"""


def drills(made: Made, folder: Path) -> dict[str, list[str]]:
    """The drills by what they show: the words of the command line."""
    return {
        "item history": ["item", "history", made.item],
        "qualify why": [
            "qualify",
            "why",
            made.person,
            "--release",
            made.release,
            "--at",
            f"{datetime.now(UTC):%Y-%m-%d}",
        ],
        "sample verify": ["sample", "verify", made.sample],
        "rulebook log": ["rulebook", "log", made.release.partition("@")[0]],
        "duties check": ["duties", "check"],
        "items pick": ["items", "pick", "100"],
        "ledger tail": ["ledger", "tail"],
        "ledger verify --since": ["ledger", "verify", "--since", str(folder / MANIFEST)],
    }


def timed(words: list[str], *, runs: int = 3) -> tuple[float, str]:
    """Seconds of the fastest run, and what went wrong."""
    seconds = []
    for _ in range(runs):
        try:
            seconds.append(measure(words).seconds)
        except CalledProcessError as error:
            return 0.0, f"exit code {error.returncode}"
    return min(seconds), ""


def workspace(folder: Path, facts: int) -> Made:
    """The workspace in a folder, made now where it is not there yet."""
    note = folder.parent / f"{folder.name}-{NOTE}"
    if note.is_file():
        return Made(**json.loads(note.read_text(encoding="utf-8")))
    made = make(folder, facts=facts, say=lambda text: print(text, file=sys.stderr, flush=True))
    note.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made


def main() -> int:
    """Print the tables; 1 where appending or a drill is slower than asked."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--facts", type=int, default=1_000_000)
    words.add_argument("--at", type=Path)
    words.add_argument("--limit", type=float, default=2.0, help="seconds that a drill may take")
    words.add_argument("--runs", type=int, default=3)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.at or Path(temporary) / "ws"
        return measured(folder, workspace(folder, asked.facts), asked)


def measured(folder: Path, made: Made, asked: argparse.Namespace) -> int:
    """Both tables."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; {made.facts:,} facts\n")
    print(f"appended: {made.rate:,.0f} facts a second, {made.appended / made.busy:,.0f} a second of processor time\n")
    state = float(measure([sys.executable, "-W", "ignore", "-c", STATE, str(folder)]).out[-1])
    print(f"the state of everything, stages of all batches included: {state:.2f} s\n")
    cli = [sys.executable, "-W", "ignore", "-c", "from labelqa.adapters.cli.main import main; raise SystemExit(main())"]
    here = ["--workspace", str(folder)]
    if not (folder / MANIFEST).is_file():
        measure([*cli, "ledger", "manifest", "--out", str(folder / MANIFEST), *here])
    print("| drill | seconds | |\n|---|--:|---|")
    worst = 0.0
    for name, told in drills(made, folder).items():
        seconds, wrong = timed([*cli, *told, *here], runs=asked.runs)
        worst = max(worst, seconds if not wrong else float("inf"))
        print(f"| {name} | {seconds:.2f} | {wrong} |", flush=True)
    return int(worst > asked.limit or made.rate < RATE)


if __name__ == "__main__":
    raise SystemExit(main())
