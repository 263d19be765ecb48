"""The receiver as a process: its socket, what a connection may cost, and an end that answers what it holds.

Redirects, WebSockets and the names of our software are not spoken.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from asyncio import BaseTransport, TimerHandle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from labelqa.adapters.receiver.slots import CONNECTIONS, Slots
from labelqa.errors import LabelqaError
from labelqa.i18n import N_

HEAD_SECONDS: Final = 10.0  # for the head of a call, from its first byte or the connection's begin
_END_SECONDS: Final = 15


class Guarded(H11Protocol):
    """A connection that is let go at once where it may not be held, and ended when the head of a call is late."""

    head_seconds = HEAD_SECONDS
    slots: Slots
    _due: TimerHandle | None = None
    _peer: str | None = None  # who holds it

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait for the first call."""
        peer = str((transport.get_extra_info("peername") or ("",))[0])
        if told := self.slots.taken(peer):
            transport.write(told)  # type: ignore[attr-defined]
            transport.close()
            return
        self._peer = peer
        super().connection_made(transport)  # type: ignore[arg-type]
        self._watch()

    def handle_events(self) -> None:
        """Wait anew when the next head is to come."""
        super().handle_events()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self._peer is None:
            return
        self.slots.given_back(self._peer)
        self._unwatched()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._unwatched()
        elif self._due is None:
            self._due = self.loop.call_later(self.head_seconds, self._too_slow)

    def _unwatched(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _too_slow(self) -> None:
        self._due = None
        if not self.transport.is_closing():
            self.transport.abort()


class _Server(uvicorn.Server):
    """Ends when it is told to, without ending the process with the signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are seen to by :func:`serve`."""
        yield


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; LabelqaError in one sentence when nobody can listen there."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        sock = socket.socket(kind, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that answers leave at once
    except (OSError, UnicodeError) as error:  # the latter where the words cannot be those of any host
        why = error.strerror if isinstance(error, OSError) else error.__cause__ or error
        raise LabelqaError(N_("{host} is no address of this machine ({why})"), host=host, why=why) from None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(CONNECTIONS)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRNOTAVAIL:
            why = error.strerror
            raise LabelqaError(N_("{host} is no address of this machine ({why})"), host=host, why=why) from None
        raise LabelqaError(
            N_("port {port} cannot be used ({why}); choose another one with --port"), port=port, why=error.strerror
        ) from None
    return sock


def serve(app: ASGIApp, sock: socket.socket, slots: Slots, *, ready: Callable[[], None] = lambda: None) -> None:
    """Answer on a socket until SIGTERM, SIGINT or SIGHUP; what was begun is answered first.

    ``ready`` is called once it answers.
    """
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    config = uvicorn.Config(
        app, http=type("Here", (Guarded,), {"slots": slots}), ws="none", lifespan="off", access_log=False,
        log_config=None, log_level="critical", proxy_headers=False, server_header=False, timeout_keep_alive=5,
        timeout_graceful_shutdown=_END_SECONDS,
    )  # fmt: skip
    server = _Server(config)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # nohup: the terminal may go
                loop.add_signal_handler(each, _ending, server)
        task = loop.create_task(server.serve(sockets=[sock]))
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        if server.started:
            ready()
        await task

    asyncio.run(run())


def _ending(server: Any) -> None:
    server.should_exit = True
