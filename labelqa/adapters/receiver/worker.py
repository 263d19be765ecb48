"""The worker beside the receiver: started with it, started again with growing pauses when it dies, ended with it.

The worker is a process of its own, so that no import makes a sender wait. What it says goes into the receiver's log.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread
from typing import Final

from labelqa.adapters.receiver.lines import Lines
from labelqa.adapters.receiver.reception import Pulse

_PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds before it is started again
_WELL: Final = 60.0  # seconds after which it counts as having been well
_END_SECONDS: Final = 20.0
_LONGEST: Final = 1000  # characters of what it says, in one line of the log


def worker_words(words: Sequence[str]) -> list[str]:
    """The command line of a worker that runs these words of labelqa, on a leash."""
    return [sys.executable, "-m", "labelqa.adapters.receiver.leash", *words]


class Worker:
    """A process that is kept running between ``with`` and its end."""

    def __init__(
        self, words: Sequence[str], *, env: Mapping[str, str], pulse: Pulse, lines: Lines,
        pauses: Sequence[float] = _PAUSES, seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._words, self._env, self._pulse, self._lines = list(words), dict(env), pulse, lines
        self._pauses, self._seconds = tuple(pauses), seconds
        self._ending = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name="labelqa-worker", daemon=True)

    def __enter__(self) -> Worker:
        self._pulse.worker = "running"
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        if self._process is not None:
            _end(self._process)
        self._thread.join(_END_SECONDS)

    def _run(self) -> None:
        deaths = 0
        while not self._ending.is_set():
            began = self._seconds()
            code = self._once()
            if self._ending.is_set():
                return
            deaths = 1 if self._seconds() - began > _WELL else deaths + 1
            pause = self._pauses[min(deaths, len(self._pauses)) - 1]
            self._pulse.worker = "restarting"
            self._lines.write("worker ended", code=code, again_in_seconds=pause)
            self._ending.wait(pause)
            self._pulse.restarts += 1

    def _once(self) -> int:
        try:
            with subprocess.Popen(
                self._words,
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process:  # fmt: skip - Ctrl-C is for us, who end it
                self._process = process
                if self._ending.is_set():
                    _end(process)
                self._pulse.worker = "running"
                self._heard(process)
                return process.wait()
        except OSError as error:
            return error.errno or -1

    def _heard(self, process: subprocess.Popen[bytes]) -> None:
        while process.stdout is not None and (line := process.stdout.readline(_LONGEST)):
            if not self._ending.is_set() and (said := line.decode(errors="replace").strip()):
                self._lines.write("worker", said=said)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
