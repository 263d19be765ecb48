"""One call from its head to its answer: who calls, with what proof, what it says; kept on the disk, then answered.

Large bodies are read aside, so that they make nobody else wait. A sender never sends twice: what could not be kept is
found by the next reconcile, and the log says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from labelqa.adapters.receiver.bodies import Hold, NotTaken, Room, body_of
from labelqa.adapters.receiver.guards import Guards, Rates
from labelqa.adapters.receiver.lines import Lines
from labelqa.adapters.receiver.proofs import brings_secret, is_signed
from labelqa.adapters.receiver.tally import Tally
from labelqa.errors import Busy, LabelqaError
from labelqa.workflows.servers.hooks import ACTIONS
from labelqa.workflows.servers.inbox import Inbox, Unreadable, arrival

LARGE: Final = 64 * 1024  # bytes; more is read in a thread of its own
KEPT: Final = frozenset({"stored", "doubled"})
_UNREADABLE: Final = {"large": 413}  # else 400
_LOST: Final = "not kept: the next reconcile finds it"


@dataclass(slots=True)
class Pulse:
    """How the worker beside the receiver is: ``none`` where there is none to be, else running or waiting."""

    worker: str = "none"
    restarts: int = 0


@dataclass(slots=True)
class _Call:
    """What is known of a call so far; what the log and the figures tell of it."""

    server: str = ""
    action: str = ""
    project: int = 0
    number: int = 0


@dataclass(kw_only=True)
class Reception:
    """All that one receiver has: the inbox, its guards, its figures, its log."""

    inbox: Inbox
    guards: Guards
    lines: Lines
    clock: Callable[[], datetime]
    seconds: Callable[[], float]
    pulse: Pulse = field(default_factory=Pulse)
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.started = self.clock()
        self.rates = Rates(self.guards.rate, self.guards.burst, self.seconds)
        self._hold = Hold(self.guards.held)
        self._aside = ThreadPoolExecutor(1, "labelqa-large")  # one at a time: a large body unfolds to much more

    def close(self) -> None:
        """Let go of the thread for large bodies."""
        self._aside.shutdown()

    async def take(self, request: Request, server: str) -> Response:
        """The answer to a webhook."""
        began, call = self.seconds(), _Call()
        try:
            doubled = await self._kept(request, server, call)
            status, answer = 200, "doubled" if doubled else "stored"
        except NotTaken as refused:
            status, answer = refused.status, refused.why
        except Busy:
            status, answer = 503, "busy"
        except LabelqaError:
            status, answer = 503, "disk"
        except Exception as error:  # noqa: BLE001 - a caller gets no trace, and the log no payload
            status, answer = 500, "defect"
            self.lines.write("defect", kind=type(error).__name__)
        return self._answered(request, call, status, answer, self.seconds() - began)

    def unheard(self, why: str, source: str) -> None:
        """Count and write down a caller that is turned away before anything it says was looked at."""
        self.tally.answered("", "", why, 0.0, kept=False)
        self.inbox.refused("", why, self.clock())
        self.lines.complain("turned away", answer=why, source=source)

    async def _kept(self, request: Request, server: str, call: _Call) -> bool:
        secret = self.guards.secret_of(server)
        if not brings_secret(request.headers, secret):
            raise NotTaken(401, "secret") if secret else NotTaken(404, "server")
        call.server = server
        with self._hold.room() as room:
            return await self._stored(request, server, call, room)

    async def _stored(self, request: Request, server: str, call: _Call, room: Room) -> bool:
        raw, now = await body_of(request, self.guards, room), self.clock()
        if not is_signed(request.headers, raw, self.guards, server, now=now.timestamp()):
            raise NotTaken(401, "signature")
        loop = asyncio.get_running_loop()
        try:
            if len(raw) > LARGE:
                event = await loop.run_in_executor(self._aside, arrival, server, raw, now)
            else:
                event = arrival(server, raw, now)
        except Unreadable as error:
            raise NotTaken(_UNREADABLE.get(error.reason, 400), error.reason) from None
        del raw
        call.action, call.project = event.action, event.project
        stored = await asyncio.wrap_future(self.inbox.submit(event))
        call.number = stored.number
        return stored.doubled

    def _answered(self, request: Request, call: _Call, status: int, answer: str, took: float) -> Response:
        kept = answer in KEPT
        action = call.action if call.action in ACTIONS else "other"
        self.tally.answered(call.server, action if kept else "", answer, took, kept=kept)
        told: dict[str, Any] = {
            "server": call.server, "action": call.action, "project": call.project, "answer": answer,
            "ms": round(took * 1000, 2), "source": request.state.source,
        }  # fmt: skip
        if kept:
            self.lines.write("hook", **told)
            return JSONResponse({"answer": answer, "number": call.number})
        self.inbox.refused(call.server, answer, self.clock())
        lost = {"note": _LOST} if call.server else {}
        self.lines.complain("hook", **told, **lost)
        return turned_away(status, answer)


def turned_away(status: int, why: str) -> Response:
    """The answer to a call that is not taken; the connection ends with it, as the rest of the body is not read."""
    headers = {"Connection": "close"} | ({"Retry-After": "1"} if status in {429, 503} else {})
    return JSONResponse({"answer": "refused", "why": why}, status, headers=headers)
