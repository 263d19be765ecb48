"""How often each step of the random weeks was done and refused, and how long they took: python benchmarks/weeks.py [STEPS] [PART]

Runs tests/property/test_weeks.py's machine and prints its table; a step that is hardly ever done proves little.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hypothesis import Phase

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.property.test_weeks import LEAST, LEGAL, play
from tests.property.weeks_acts import Table
from tests.property.weeks_desk import forget


def main(least: int = LEAST, number: int = 1) -> None:
    """Run and print."""
    began, cpu = time.perf_counter(), time.process_time()
    try:
        machine = play(number, least, phases=[Phase.generate])
    finally:
        forget()
        _print(time.perf_counter() - began, time.process_time() - cpu)
    print(f"{machine.steps:,} steps")


def _print(seconds: float, cpu: float) -> None:
    print(f"{seconds:.0f} s, {cpu:.0f} s of processor time")
    print(f"{'step':14} {'done':>6} {'refused':>8}")
    for step in sorted({name for name, _ in Table.tried} | set(LEGAL)):
        done = Table.tried[step, "done"] or Table.concluded[step]
        print(f"{step:14} {done:6} {Table.tried[step, 'refused']:8}")
    print("refused for one reason alone:")
    for (step, reason), times in sorted(Table.alone.items()):
        print(f"  {step:14} {reason:32} {times:6}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
