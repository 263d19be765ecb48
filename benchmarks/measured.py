"""One fresh process, how long it took, how much memory it held at most, and what it printed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``seconds`` of wall time and ``cpu`` of processor time, ``megabytes`` (10^6) of resident memory at the peak, the
    lines of standard output."""

    seconds: float
    cpu: float
    megabytes: float
    out: list[str]


def measure(words: list[str]) -> Measured:
    """Run to the end; raises CalledProcessError when it fails. Linux and macOS only."""
    begun = perf_counter()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=env) as child:
        out = child.stdout.read() if child.stdout else ""
        _, status, used = os.wait4(child.pid, 0)  # the usage of this child alone
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = perf_counter() - begun
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, words)
    unit = 1024 if os.uname().sysname == "Linux" else 1
    cpu = used.ru_utime + used.ru_stime
    return Measured(seconds=seconds, cpu=cpu, megabytes=used.ru_maxrss * unit / 1e6, out=out.splitlines())
