"""Hash every fact of a ledger again, with all processors of the machine; needs no toolkit, so that it starts at once.

Each process checks a range; what it finds is the same as if one had done it all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from labelqa.ledger import ranges
from labelqa.ledger.ranges import Source

APART: Final = 20_000  # facts below which another process costs more than it brings
MOST: Final = 8  # processes


def rehash(source: Source, last: int, *, processes: int | None = None) -> tuple[list[int], dict[int, int]]:
    """Facts 1 to ``last`` hashed again: the numbers of those whose text does not give their hash; and those before which
    others are missing, each with the number that should stand there."""
    parts = _parts(last, processes)
    jobs = [{"check": {"source": source, "first": first, "last": end}} for first, end in parts]
    told: list[dict[str, Any]] = _all(jobs, lambda job: ranges.check(**job["check"]))
    if not all(part["all"] for part in told):
        return ranges.slowly(source, last)
    return sorted({each for part in told for each in part["wrong"]}), {}


def block_digests(source: Source, last: int, size: int, *, processes: int | None = None) -> list[str]:
    """One digest for the texts of every ``size`` facts up to ``last``."""
    jobs = [
        {"digests": {"source": source, "first": first, "last": end, "size": size}}
        for first, end in _parts(last, processes, size)
    ]
    told: list[list[str]] = _all(jobs, lambda job: ranges.digests(**job["digests"]))
    return [digest for part in told for digest in part]


def _parts(last: int, processes: int | None, size: int = 1) -> list[tuple[int, int]]:
    """As many ranges as processes, cut between blocks of ``size``."""
    wanted = processes or min(MOST, os.cpu_count() or 1)
    wanted = max(1, min(wanted, last // APART if processes is None else last))
    width = -(-last // wanted // size) * size or 1
    return [(first, min(first + width - 1, last)) for first in range(1, last + 1, width)]


def _all(jobs: list[dict[str, Any]], here: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """The jobs' answers in order: the first job is done here, the others by processes of their own meanwhile."""
    others = [_started(job) for job in jobs[1:]]
    try:
        told = [here(job) for job in jobs[:1]]
        return told + [_answer(other, job, here) for other, job in zip(others, jobs[1:], strict=True)]
    finally:
        for each in others:
            if each.poll() is None:  # the first job failed
                each.kill()
            each.wait()
            if each.stdout is not None:
                each.stdout.close()


def _started(job: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Another process that begins with a job; what it has to know, a password too, goes through a pipe."""
    words = [sys.executable, "-P", str(Path(ranges.__file__))]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if process.stdin is not None:
        process.stdin.write(json.dumps(job).encode())
        process.stdin.close()
        process.stdin = None
    return process


def _answer(process: subprocess.Popen[bytes], job: dict[str, Any], here: Callable[[dict[str, Any]], Any]) -> Any:
    """What a process found; where it could not do its job, it is done here, so that the error is told here."""
    out, _ = process.communicate()
    return json.loads(out) if process.returncode == 0 else here(job)
