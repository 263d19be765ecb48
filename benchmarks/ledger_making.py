"""A large workspace for the drills: a ledger of a million facts, frozen files, and one batch made by labelqa itself.

    python benchmarks/ledger_making.py FOLDER --facts 1000000

First comes a real batch, ``real``: rulebook, people, labels, freeze, draw and verdicts all by labelqa's own use cases,
so that everything about it verifies. The batches after it are written straight as facts: declared, planned, frozen (with
their files), drawn, every item reviewed, what was wrong corrected, some ruled on, most settled. Their draws are not those
of their seeds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from ledger_filling import Clock, Made, fill
from ledger_real import real_batch

from labelqa.wiring import create_workspace


def make(folder: Path, *, facts: int = 1_000_000, seed: int = 1, say: Callable[[str], None] = lambda _: None) -> Made:
    """A workspace in a folder that is not there yet, with a ledger of so many facts."""
    clock = Clock()
    with create_workspace(folder, env={}, clock=clock) as desk:
        made = Made()
        made.sample, first = real_batch(desk)
        made.person, made.item = first.verifier, first.item_id
        say(f"real batch: {desk.ledger.head()[0]:,} facts")
        fill(desk, facts=facts, seed=seed, made=made, clock=clock, say=say)
        return made


def main() -> int:
    """Make the workspace and say how fast."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("folder", type=Path)
    words.add_argument("--facts", type=int, default=1_000_000)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    begun = time.perf_counter()
    made = make(asked.folder, facts=asked.facts, seed=asked.seed, say=lambda text: print(text, flush=True))
    print(f"{made.facts:,} facts in {time.perf_counter() - begun:.0f} s; {made.rate:,.0f} facts a second appended")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
