"""How often each step of the random weeks was done and refused, and how long they took: python benchmarks/weeks.py [RUNS] [SEED]

Runs tests/property/test_weeks.py's machine and prints its table; a step that is hardly ever done proves little.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.property.test_weeks import STEPS, Week
from tests.property.weeks_acts import Table
from tests.property.weeks_desk import forget


def main(runs: int = 25, number: int = 1) -> None:
    """Run and print."""
    machine: type[Week] = seed(number)(type(f"Week{number}", (Week,), {"steps": 0}))
    told = settings(
        max_examples=runs, stateful_step_count=STEPS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    began, cpu = time.perf_counter(), time.process_time()
    try:
        run_state_machine_as_test(machine, settings=told)
    finally:
        forget()
    print(
        f"{machine.steps:,} steps, {time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of processor time"
    )
    print(f"{'step':14} {'done':>6} {'refused':>8}")
    for step in sorted({name for name, _ in Table.tried}):
        print(f"{step:14} {Table.tried[step, 'done']:6} {Table.tried[step, 'refused']:8}")
    print("refused for one reason alone:")
    for (step, reason), times in sorted(Table.alone.items()):
        print(f"  {step:14} {reason:32} {times:6}")
    print("concluded:", ", ".join(f"{name} {count}" for name, count in sorted(Table.concluded.items())))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
