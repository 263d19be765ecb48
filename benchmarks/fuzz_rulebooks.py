"""A hundred thousand damaged rulebooks, read and checked: nothing raises, nothing hangs, something is always said.

    python benchmarks/fuzz_rulebooks.py --inputs 100000

Every input comes from one seeded generator and can be made again. Prints what became of each kind of damage, with the
slowest input; then files of fifty million bytes, refused unread. 1 where anything raised, took too long or passed in silence.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from pathlib import Path

from damaged import WAYS, huge, shipped

from labelqa.records.finding import Severity
from labelqa.rulebook.document import parse
from labelqa.rulebook.lint import lint

SLOWEST = 5.0  # seconds of processor time for one input


def tried(source: bytes) -> str:
    """What became of an input: read, refused, silent (no rulebook and no error), or the name of what was raised."""
    try:
        document = parse(source, file="draft.yaml")
        if document.rulebook is None:
            return "refused" if any(each.severity is Severity.ERROR for each in document.findings) else "silent"
        lint(document.rulebook, document.positions)
    except Exception as raised:  # noqa: BLE001 - whatever it is, it is what is looked for
        return type(raised).__name__
    return "read"


def main() -> int:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--inputs", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=20_261_121)
    told = asked.parse_args()
    chance, whole = random.Random(told.seed), shipped(Path(__file__).resolve().parents[1] / "rulebooks")
    became: Counter[tuple[str, str]] = Counter()
    slowest: dict[str, float] = {}
    begun = time.process_time()
    for number in range(told.inputs):
        way = WAYS[number % len(WAYS)]
        source, start = way(chance, whole), time.process_time()
        became[way.__name__, tried(source)] += 1
        slowest[way.__name__] = max(slowest.get(way.__name__, 0), time.process_time() - start)
    print("| damage | read | refused | silent | raised | slowest s |\n|---|--:|--:|--:|--:|--:|")
    for name, took in slowest.items():
        read, refused, silent = (became[name, what] for what in ("read", "refused", "silent"))
        raised = sum(many for (way, _), many in became.items() if way == name) - read - refused - silent
        print(f"| {name} | {read} | {refused} | {silent} | {raised} | {took:.3f} |")
    print(f"\n{told.inputs} inputs in {time.process_time() - begun:.0f} s of processor time")
    bad = {what for _, what in became} - {"read", "refused"}
    return int(bool(bad) or max(slowest.values(), default=0) > SLOWEST or _huge())


def _huge() -> bool:
    failed = False
    for name, source in huge():
        start = time.process_time()
        failed |= tried(source) != "refused"
        print(f"{name}: {len(source):,} bytes refused in {time.process_time() - start:.3f} s")
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
