"""A connected server, ready to be read or written to: the record of it, its token, and a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.connecting import Server, connected
from labelqa.workflows.servers.tokens import kept_token


@contextmanager
def reading(desk: Desk, name: str, env: Mapping[str, str]) -> Iterator[tuple[Server, Reading]]:
    """The server of that name (or the only one), and its reading side until the block ends."""
    server = connected(desk, name)
    token = kept_token(desk.settings.workspace, server.name, env=env, url=server.url)
    transport = Transport(server.url, token)
    try:
        yield server, Reading(transport)
    finally:
        transport.close()


@contextmanager
def writing(desk: Desk, name: str, env: Mapping[str, str]) -> Iterator[tuple[Server, Reading, Writing]]:
    """The same with its writing side; both speak through one transport."""
    with reading(desk, name, env) as (server, reads):
        writes = Writing(reads.transport)
        try:
            yield server, reads, writes
        finally:
            writes.close()
