"""A receiver in this process on a real socket, and a conversation with it: what tests of its connections share."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from labelqa.adapters.receiver.app import create_app
from labelqa.adapters.receiver.serving import listening, serve
from labelqa.adapters.receiver.slots import Slots
from tests.unit.receiver.calling import Receiver, receiver

T = TypeVar("T")


def talked(folder: Path, talk: Callable[[int], Coroutine[Any, Any, T]], **guards: Any) -> T:
    """What a conversation with a receiver on a real socket gave; the receiver is ended afterwards."""
    with receiver(folder, **guards) as here:
        return talked_with(here, talk)


def talked_with(here: Receiver, talk: Callable[[int], Coroutine[Any, Any, T]]) -> T:
    """The same with a receiver that the test has at hand."""
    found: list[asyncio.Task[T]] = []
    with listening("127.0.0.1", 0) as sock:

        def ready() -> None:
            found.append(asyncio.get_running_loop().create_task(talk(sock.getsockname()[1])))
            found[0].add_done_callback(lambda _: os.kill(os.getpid(), signal.SIGTERM))

        serve(create_app(here.reception), sock, Slots(here.reception.guards, here.reception.unheard), ready=ready)
    return found[0].result()


async def answered(port: int, *parts: bytes, pause: float = 0.02, source: str = "127.0.0.1") -> bytes:
    """What comes back when these bytes are sent one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause)
    told = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return told
