"""How quickly ``labelqa --help`` answers, beside starting Python with nothing and importing typer; and how long the demo is.

``python benchmarks/start.py [--runs N] [--demos N]`` runs the short ones in turns, so that all see the same machine, and
prints the medians and the ratio that is watched: labelqa --help to ``import typer``. Then the demo, whole, each time in a
folder of its own; watched: below 60 s.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from measured import measure

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import typer'": ["-c", "import typer"],
    "labelqa --help": ["-c", "import sys; from labelqa.adapters.cli.main import main; sys.exit(main(['--help']))"],
    "labelqa --lang zh --help": [
        "-c", "import sys; from labelqa.adapters.cli.main import main; sys.exit(main(['--lang', 'zh', '--help']))",
    ],
}  # fmt: skip


def seconds(words: list[str]) -> float:
    """Wall time of one fresh process."""
    begun = perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - begun


def starts(runs: int) -> None:
    """A line each, and the ratio."""
    for words in COMMANDS.values():  # once for the file cache
        seconds(words)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, words in COMMANDS.items():
            times[name].append(seconds(words))
    for name, taken in times.items():
        print(f"{name:28} median {1000 * median(taken):7.1f} ms   fastest {1000 * min(taken):7.1f} ms   runs {runs}")
    peer = median(times["python -c 'import typer'"])
    print(f"labelqa --help is {median(times['labelqa --help']) / peer:.2f} x import typer (watched: at most 2)")


def demos(runs: int) -> None:
    """The demo as a whole process."""
    command = [sys.executable, "-m", "labelqa.adapters.cli.main", "demo"]
    with tempfile.TemporaryDirectory() as folder:
        found = [measure([*command, str(Path(folder) / f"demo-{number}")]) for number in range(runs)]
    print(
        f"{'labelqa demo':28} median {median(each.seconds for each in found):7.1f} s, "
        f"{median(each.cpu for each in found):.1f} s of processor, {max(each.megabytes for each in found):.0f} MB   "
        f"runs {runs} (watched: below 60 s)"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--demos", type=int, default=3)
    told = parser.parse_args()
    if told.runs:
        starts(told.runs)
    if told.demos:
        demos(told.demos)


if __name__ == "__main__":
    main()
