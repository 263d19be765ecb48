"""A receiver in this process, called without a network: what tests of it share."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from labelqa.adapters.receiver.app import create_app
from labelqa.adapters.receiver.guards import Guards
from labelqa.adapters.receiver.lines import Lines
from labelqa.adapters.receiver.reception import Reception
from labelqa.intake.inbox import Inbox, open_inbox
from labelqa.workflows.servers.hooks import HEADER

SECRET = "the-secret-of-these-tests-0123456789"  # noqa: S105
TOKEN = "share-token-of-the-project"  # noqa: S105
URL = "/hooks/label-studio/ls"
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
RIGHT = {HEADER: SECRET}


def payload(number: int, *, at: str = "2026-11-16T01:59:59.5Z", action: str = "ANNOTATION_CREATED") -> dict[str, Any]:
    """An event about one annotation, with what must not be kept."""
    project = {"id": 4, "token": TOKEN, "task_data_password": "hunter2-hunter2"}
    told = {"id": number, "task": 100 + number, "updated_at": at, "result": []}
    return {"action": action, "annotation": told, "task": {"id": 100 + number, "data": {}}, "project": project}


class Moving:
    """A clock that tests set, in seconds and as a time."""

    def __init__(self) -> None:
        self.passed = 0.0

    def seconds(self) -> float:
        return self.passed

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)


@dataclass
class Receiver:
    """What a test has at hand."""

    reception: Reception
    inbox: Inbox
    clock: Moving
    out: io.StringIO

    def calls(
        self, *requests: Mapping[str, Any], client: str = "127.0.0.1", together: bool = False
    ) -> list[httpx.Response]:
        """Answers to requests, one after the other or at the same time."""
        app = create_app(self.reception)

        async def run() -> list[httpx.Response]:
            through = httpx.ASGITransport(app=app, client=(client, 4711))
            async with httpx.AsyncClient(transport=through, base_url="http://receiver.test") as http:
                if together:
                    return await asyncio.gather(*(http.request(**each) for each in requests))
                return [await http.request(**each) for each in requests]

        return asyncio.run(run())

    def post(
        self, body: object, *, url: str = URL, headers: Mapping[str, str] = RIGHT, client: str = "127.0.0.1"
    ) -> httpx.Response:
        """The answer to one webhook."""
        return self.calls(call(body, url=url, headers=headers), client=client)[0]

    def read(self, url: str, *, client: str = "127.0.0.1") -> httpx.Response:
        """The answer to a GET."""
        return self.calls({"method": "GET", "url": url}, client=client)[0]

    def log(self) -> list[dict[str, Any]]:
        """The lines of the log so far; nothing is written afterwards."""
        self.reception.lines.__exit__()
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


def call(body: object, *, url: str = URL, headers: Mapping[str, str] = RIGHT) -> dict[str, Any]:
    """A request that brings a body: bytes as they are, an iterator in parts, anything else as JSON."""
    content = body if isinstance(body, bytes) or hasattr(body, "__aiter__") else json.dumps(body).encode()
    return {"method": "POST", "url": url, "headers": dict(headers), "content": content}


@contextmanager
def receiver(folder: Path, *, busy_seconds: float = 5.0, **guards: Any) -> Iterator[Receiver]:
    """A receiver for the server ``ls``, on an inbox in this folder."""
    clock, out = Moving(), io.StringIO()
    secrets = guards.pop("secrets", {"ls": SECRET})
    with open_inbox(folder / "inbox.sqlite3", busy_seconds=busy_seconds) as inbox:
        lines = Lines(out, clock, clock.seconds)
        made = Guards(secret_of=lambda name: secrets.get(name, ""), **guards)
        reception = Reception(inbox=inbox, guards=made, lines=lines, clock=clock, seconds=clock.seconds)
        try:
            yield Receiver(reception, inbox, clock, out)
        finally:
            lines.__exit__()
            reception.close()


def answers(found: Sequence[httpx.Response]) -> list[tuple[int, str]]:
    """Status and kind of each answer."""
    return [(each.status_code, each.json().get("why", each.json()["answer"])) for each in found]
