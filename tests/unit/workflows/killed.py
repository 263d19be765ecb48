"""A process that is killed between two of its steps: at any change of the server, and at any fact, before it or right after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from labelqa.workflows.desk import Desk
from tests.fake_label_studio import FakeServer


class Killed(BaseException):
    """As by kill -9: nothing of ours runs after it."""


@contextmanager
def killed_at(desk: Desk, fake: FakeServer, step: int, *, after: bool) -> Iterator[Callable[[], bool]]:
    """Dies at the step of that number (from 1); gives what says whether it came to that."""
    steps, append = 0, desk.ledger.append

    def stepped(do: Callable[[], Any]) -> Any:
        nonlocal steps
        steps += 1
        if steps == step and not after:
            raise Killed
        done = do()
        if steps == step:
            raise Killed
        return done

    def asked(request: httpx.Request) -> httpx.Response | None:
        changes = request.method != "GET" and "/token/" not in request.url.path
        return stepped(lambda: fake._answer(request)) if changes else None

    fake.before = asked
    desk.ledger.append = lambda *given, **said: stepped(lambda: append(*given, **said))  # type: ignore[method-assign]
    try:
        yield lambda: steps >= step
    finally:
        fake.before = lambda _request: None
        desk.ledger.append = append  # type: ignore[method-assign]
        desk.memo.clear()  # the next process knows only what was kept
