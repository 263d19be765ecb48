"""Comparing answers in processes of their own, so that two cores do the work of one in half the time.

A worker is a fresh Python that imports nothing of the program that asked: a script needs no guard around its main
part, as the workers of ``multiprocessing`` would. What a worker cannot do comes back as one sentence.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Final

from labelqa.errors import InsufficientData, LabelqaError, Message
from labelqa.reduce.comparing import Compared, Comparer, Stretch

_AHEAD: Final = 2  # stretches waiting for each worker
_BEGIN: Final = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from labelqa.reduce.workers import serve; serve()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """An error on its way between two processes."""

    message: Message
    reason: str = ""

    def error(self) -> LabelqaError:
        """What the caller gets to see."""
        if self.reason:
            return InsufficientData(self.reason, self.message.text, **self.message.values)
        return LabelqaError(self.message.text, **self.message.values)


def _failure(error: Exception) -> _Failure:
    if not isinstance(error, LabelqaError):
        error = LabelqaError("answers could not be compared: {why}", why=f"{type(error).__name__}: {error}")
    return _Failure(message=error.message, reason=getattr(error, "reason", ""))


def serve() -> None:
    """A worker's life: it gets a comparer, then stretches, and answers each; ends with its input."""
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not get between the answers
    comparer: Comparer | None = None
    while True:
        try:
            size = int.from_bytes(asked.read(8), "big")
            if not size:
                return
            given = pickle.loads(asked.read(size))  # noqa: S301 - written by the process that started this one
            answer: Compared | _Failure | None = None
            if comparer is None:
                comparer = Comparer(*given)
            else:
                answer = comparer(given)
        except KeyboardInterrupt:
            return
        except Exception as error:  # noqa: BLE001 - told to the process that asked
            answer = _failure(error)
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


class _Worker:
    """One process, asked one thing at a time."""

    def __init__(self, made_of: tuple[Any, ...]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BEGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20
        )
        self._input, self._output = self._process.stdin, self._process.stdout
        self._made_of: tuple[Any, ...] | None = made_of

    def compare(self, stretch: Stretch) -> Compared:
        """The distances of a stretch; a LabelqaError when the worker could not."""
        if self._made_of is not None:
            made_of, self._made_of = self._made_of, None
            self._send(pickle.dumps(sys.path), sized=False)
            self._ask(made_of)
        found: Compared = self._ask(stretch)
        return found

    def _send(self, data: bytes, *, sized: bool = True) -> None:
        if self._input is not None:
            self._input.write((len(data).to_bytes(8, "big") if sized else b"") + data)
            self._input.flush()

    def _ask(self, given: Any) -> Any:
        try:
            self._send(pickle.dumps(given, protocol=pickle.HIGHEST_PROTOCOL))
            answer = pickle.load(self._output)  # type: ignore[arg-type]  # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            code = self._process.wait()
            raise LabelqaError("a process that compares answers ended early (exit code {code})", code=code) from None
        if isinstance(answer, _Failure):
            raise answer.error()
        return answer

    def end(self) -> None:
        """End the process; who still waits for an answer is told."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Let go of the pipes of a process that has ended."""
        for pipe in (self._input, self._output):
            with suppress(OSError):  # what was on its way to a process that has ended
                pipe.close()  # type: ignore[union-attr]


class Workers:
    """Some processes that compare with one distance; ``with`` ends them."""

    def __init__(self, count: int, *made_of: Any) -> None:
        self._workers = [_Worker(made_of) for _ in range(count)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.close()

    def _compare(self, stretch: Stretch) -> Compared:
        worker = self._idle.get()
        try:
            return worker.compare(stretch)
        finally:
            self._idle.put(worker)

    def map(self, stretches: Iterable[Stretch]) -> Iterator[Compared]:
        """The distances of each stretch, in the order of the stretches; reads only a few of them ahead."""
        waiting: deque[Future[Compared]] = deque()
        for stretch in stretches:
            waiting.append(self._threads.submit(self._compare, stretch))
            if len(waiting) > _AHEAD * len(self._workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def can_travel(distance: Any) -> bool:
    """Whether another process can be given this distance: it knows nothing of the caller's main program."""
    return bool(sys.executable) and type(distance).__module__ != "__main__"
