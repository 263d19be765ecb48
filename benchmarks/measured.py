"""One fresh process, how long it took, how much memory it held at most, and what it printed.

A process counts the memory of the one that started it until its own program begins, so a small one stands between.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BETWEEN = """
import json, os, subprocess, sys, time
begun = time.perf_counter()
child = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(child.pid, 0)
found = [os.waitstatus_to_exitcode(status), time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss]
os.write(int(sys.argv[1]), json.dumps(found).encode())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``seconds`` of wall time and ``cpu`` of processor time, ``megabytes`` (10^6) of resident memory at the peak, the
    lines of standard output. Of a process with children, memory is that of the largest of them."""

    seconds: float
    cpu: float
    megabytes: float
    out: list[str]


def measure(words: Sequence[str]) -> Measured:
    """Run to the end; raises CalledProcessError when it fails. Linux and macOS only."""
    back, forth = os.pipe()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-S", "-E", "-c", BETWEEN, str(forth), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, pass_fds=[forth]) as between:
        os.close(forth)
        out = between.stdout.read() if between.stdout else ""
    with os.fdopen(back) as told:
        code, seconds, cpu, peak = json.loads(told.read() or "[1, 0, 0, 0]")
    if code:
        raise subprocess.CalledProcessError(code, list(words))
    return Measured(seconds=seconds, cpu=cpu, megabytes=peak * unit() / 1e6, out=out.splitlines())


def unit() -> int:
    """Bytes in which the system counts the peak of resident memory."""
    return 1024 if os.uname().sysname == "Linux" else 1
