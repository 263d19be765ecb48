"""The whole way of a large real set, from its table to its agreement: import, declare, freeze, measure.

    python benchmarks/real_labels.py --data FOLDER

FOLDER holds imagenet_real/labels.csv.gz (924,810 labels of 184,962 items by 85 annotators). Each step is a process of the
command line; seconds are of processor time, start included. Ends with 1 where all together take 60 s or more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measured import measure

LIMIT = 60.0  # seconds of processor time
COMMAND = (sys.executable, "-m", "labelqa.adapters.cli.main")


def main() -> int:
    """A line for each step, and the sum."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data", type=Path, required=True)
    path = words.parse_args().data / "imagenet_real" / "labels.csv.gz"
    with tempfile.TemporaryDirectory() as folder:
        at = ("--workspace", f"{folder}/ws")
        steps = {
            "init": ("init", f"{folder}/ws"),
            "import": ("import", str(path), *at),
            "declare": ("batch", "declare", "trial", "--kind", "functional", "--labels", "0,1,2", "--organizer", "x", *at),
            "freeze": ("batch", "freeze", "trial", "--repeats", "first", *at),
            "agreement": ("agreement", "trial", *at),
        }  # fmt: skip
        found = {name: measure([*COMMAND, *step]) for name, step in steps.items()}
    for name, each in found.items():
        print(f"{name:10} {each.seconds:6.1f} s  {each.cpu:6.1f} s of processor  {each.megabytes:6.0f} MB")
    whole = sum(each.cpu for each in found.values())
    print(f"{'together':10} {'':8}  {whole:6.1f} s of processor (watched: below {LIMIT:.0f} s)")
    return int(whole >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
