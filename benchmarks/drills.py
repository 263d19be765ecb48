"""What each drill costs as a whole process on a ledger of a million facts, in time, processor and memory.

    python benchmarks/drills.py [--facts 1000000] [--at FOLDER] [--runs 5]

The workspace is that of ``ledger_workspace.py`` (with --at it is kept and used again). Each command runs once unmeasured, so that
files and compiled modules are in the caches, and then --runs times; the fastest run says what the machine can do when
nothing else runs on it. Below the drills stand commands that a lead uses every day and that no limit was set for.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from subprocess import CalledProcessError

from ledger_filling import OPEN_EVERY, Made
from ledger_workspace import MANIFEST, drills, workspace
from measured import Measured, measure

COMMAND = [sys.executable, "-m", "labelqa.adapters.cli.main"]


def daily(made: Made) -> dict[str, list[str]]:
    """Further commands: of settled batches, of open ones, of all of them."""
    shown = {"settled safety": made.batches[0], "open": made.batch}
    if len(made.batches) >= OPEN_EVERY:
        shown |= {"settled functional": made.batches[2], "open safety": made.batches[OPEN_EVERY - 1]}
    return {f"batch show, {what}": ["batch", "show", name] for what, name in shown.items()} | {
        "settle, refused": ["settle", made.batch],
        "people list": ["people", "list"],
        f"batch list, {len(made.batches) + 1} batches": ["batch", "list"],
        "ledger verify, everything": ["ledger", "verify"],
    }


def ran(words: list[str]) -> tuple[Measured, str]:
    """One run; findings and refusals (exit codes 1 and 5) are answers as well."""
    try:
        return measure(words), ""
    except CalledProcessError as error:
        if error.returncode not in {1, 5}:
            raise
        return measure(["sh", "-c", '"$@" || true', "sh", *words]), f"exit code {error.returncode}"


def line(name: str, words: list[str], runs: int) -> str:
    """A line of the table: fastest and median seconds, least processor time, most memory."""
    first, wrong = ran(words)
    found = [first] if first.seconds > 20 else [ran(words)[0] for _ in range(runs)]  # the slow ones once
    times = [each.seconds for each in found]
    return (
        f"| `{name}` | {min(times):.2f} s | {median(times):.2f} s | {min(each.cpu for each in found):.2f} s "
        f"| {max(each.megabytes for each in found):.0f} MB | {wrong} |"
    )


def followed(folder: Path) -> float:
    """Seconds from recording a fact to its line in ``ledger tail --follow``."""
    here = ["--workspace", str(folder)]
    with subprocess.Popen(
        [*COMMAND, "ledger", "tail", "--follow", "--last", "1", *here], stdout=subprocess.PIPE
    ) as tail:
        assert tail.stdout is not None
        tail.stdout.readline()
        name = f"seen-{time.time_ns()}"
        subprocess.run([*COMMAND, "people", "add", name, "--duties", "executor", "--organizer", "x", *here], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        begun = time.perf_counter()
        tail.stdout.readline()
        tail.terminate()
    return time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--facts", type=int, default=1_000_000)
    words.add_argument("--at", type=Path)
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--only", default="", help="only commands with this word")
    asked = words.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed labelqa is compiled
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.at or Path(temporary) / "ws"
        made = workspace(folder, asked.facts)
        here = ["--workspace", str(folder)]
        if not (folder / MANIFEST).is_file():
            measure([*COMMAND, "ledger", "manifest", "--out", str(folder / MANIFEST), *here])
        machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        print(f"{machine}; {made.facts:,} facts, {len(made.batches) + 1} batches; load {os.getloadavg()[0]:.1f}\n")
        print("| command | fastest | median | processor | memory | |\n|---|--:|--:|--:|--:|---|")
        for name, told in (drills(made, folder) | daily(made)).items():
            if asked.only in name:
                print(line(name, [*COMMAND, *told, *here], asked.runs), flush=True)
        print(
            f"\n`ledger tail --follow`: the line stands {followed(folder):.2f} s after the command that wrote it ended"
        )


if __name__ == "__main__":
    main()
