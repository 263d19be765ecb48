"""Reading a call's body: no more than is allowed, no longer than is reasonable, and not too many at a time.

What was read is kept nowhere but in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import ClientDisconnect, Request

from labelqa.adapters.receiver.guards import Guards

_DIGITS: Final = 12


class NotTaken(Exception):
    """A call that is turned away: the status of the answer and a stable code why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Hold:
    """How many bytes of bodies are in memory, in one process."""

    def __init__(self, most: int) -> None:
        self._most, self.now = most, 0

    @contextmanager
    def room(self) -> Iterator[Room]:
        """Room for one body, given back at the end."""
        mine = Room(self)
        try:
            yield mine
        finally:
            self.now -= mine.size

    def takes(self, size: int) -> bool:
        """Whether so many more bytes fit; they are taken when they do."""
        if self.now + size > self._most:
            return False
        self.now += size
        return True


class Room:
    """The bytes of one body."""

    def __init__(self, hold: Hold) -> None:
        self._hold, self.size = hold, 0

    def takes(self, size: int) -> bool:
        """Whether so many more bytes fit."""
        if not self._hold.takes(size):
            return False
        self.size += size
        return True


async def body_of(request: Request, guards: Guards, room: Room) -> bytes:
    """The body, read up to the limit; raises NotTaken."""
    if request.headers.get("content-encoding", "identity").casefold() != "identity":
        raise NotTaken(415, "encoding")
    told = request.headers.get("content-length", "")
    if told and (not told.isascii() or not told.isdigit() or len(told) > _DIGITS or int(told) > guards.largest):
        raise NotTaken(413, "large")
    try:
        async with asyncio.timeout(guards.body_seconds):
            return await _joined(request.stream(), guards.largest, room)
    except TimeoutError:
        raise NotTaken(408, "slow") from None
    except ClientDisconnect:
        raise NotTaken(400, "gone") from None


async def _joined(parts: AsyncIterator[bytes], largest: int, room: Room) -> bytes:
    whole = bytearray()
    async for part in parts:
        if len(whole) + len(part) > largest:
            raise NotTaken(413, "large")
        if not room.takes(len(part)):
            raise NotTaken(503, "full")
        whole += part
    return bytes(whole)
