"""The receiver's log: one line of JSON for each call, written aside so that no slow reader of it makes a sender wait.

No payload, no secret and no header is ever in it; of the caller only the address.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from queue import Full, Queue
from threading import Thread
from typing import Any, Final, TextIO

_WAITING: Final = 10_000  # lines; what comes when so many wait is only counted
_END_SECONDS: Final = 3.0
_COMPLAINTS: Final = 20.0  # lines a second about calls that were turned away


class Lines:
    """A log on a stream; ``with`` writes out what waits."""

    def __init__(self, stream: TextIO, clock: Callable[[], datetime], seconds: Callable[[], float]) -> None:
        self._stream, self._clock, self._seconds = stream, clock, seconds
        self._waiting: Queue[str | None] = Queue(_WAITING)
        self._left, self._then, self._silent = _COMPLAINTS, seconds(), 0
        self.dropped = 0
        self._thread = Thread(target=self._run, name="labelqa-log", daemon=True)
        self._thread.start()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Full):  # nobody reads: what waits is given up
            self._waiting.put(None, timeout=_END_SECONDS)
        self._thread.join(_END_SECONDS)

    def write(self, event: str, **told: Any) -> None:
        """Write a line."""
        line = {"time": self._clock().isoformat(timespec="milliseconds"), "event": event, **told}
        try:
            self._waiting.put_nowait(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        except Full:
            self.dropped += 1

    def complain(self, event: str, **told: Any) -> None:
        """Write a line about a call that was turned away; of many in a second some are only counted (``more``)."""
        now = self._seconds()
        self._left = min(_COMPLAINTS, self._left + (now - self._then) * _COMPLAINTS)
        self._then = now
        if self._left < 1:
            self._silent += 1
            return
        self._left -= 1
        more, self._silent = self._silent, 0
        self.write(event, **told, **({"more": more} if more else {}))

    def _run(self) -> None:
        while (line := self._waiting.get()) is not None:
            try:
                self._stream.write(line + "\n")
                if self._waiting.empty():
                    self._stream.flush()
            except (OSError, ValueError):  # whoever read it has gone
                self.dropped += 1
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return
