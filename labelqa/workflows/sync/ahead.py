"""Something that is asked for while something else is done; nobody has to wait for it who wants to end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def begun(work: Callable[[], T]) -> Future[T]:
    """The work, begun in a thread of its own that ends with the process; whatever it raises is raised by ``result``.

    >>> begun(lambda: 6 * 7).result()
    42
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is the asker's
            future.set_exception(error)

    Thread(target=run, name="labelqa-reading", daemon=True).start()
    return future
