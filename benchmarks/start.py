"""How quickly ``labelqa --help`` answers, beside starting Python with nothing and importing typer.

``python benchmarks/start.py [--runs N]`` runs the three in turns, so that all see the same machine, and prints the
medians and the ratio that is watched: labelqa --help to ``import typer``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from statistics import median
from time import perf_counter

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


def main() -> None:
    """Measure, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
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


if __name__ == "__main__":
    main()
