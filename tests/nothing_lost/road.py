"""The way of events from a server to the receiver, on a bad day; and the receiver's own process, which is killed often."""

from __future__ import annotations

import http.client
import json
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tests.nothing_lost.changes import Version, version

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-c", "import sys; from labelqa.adapters.cli.main import main; sys.exit(main())")
PATIENCE = 1.0  # seconds that the server waits for an answer; there is no second attempt


@dataclass
class Road:
    """Carries events: some twice, some late and out of order, some never; those taken in (200) are noted."""

    rng: Random
    taken: list[Version] = field(default_factory=list)  # the revisions that came with them
    counts: dict[str, int] = field(default_factory=dict)
    _late: list[tuple[int, bytes, str, Mapping[str, str]]] = field(default_factory=list)

    def carry(self, hook: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        """One event of the server, told inside the change."""
        body = json.dumps(payload).encode()
        self._count("told")
        fate = self.rng.random()
        if fate < 0.08:
            self._count("dropped")
        elif fate < 0.22:
            self._count("late")
            self._late.append((self.rng.randint(1, 9), body, hook["url"], hook["headers"]))
        else:
            self._send(body, hook["url"], hook["headers"])
            if fate > 0.88:
                self._count("doubled")
                self._send(body, hook["url"], hook["headers"])

    def later(self, *, everything: bool = False) -> None:
        """Time passes; what waited long enough is sent, the last first."""
        due = [each for each in self._late if each[0] <= 1 or everything]
        self._late = [(n - 1, *rest) for n, *rest in self._late if n > 1 and not everything]
        for _, body, url, headers in reversed(due):
            self._send(body, url, headers)

    def _send(self, body: bytes, url: str, headers: Mapping[str, str]) -> None:
        if not sent(url, body, headers):
            return self._count("not taken")
        self._count("taken")
        payload = json.loads(body)
        if "annotation" in payload and isinstance(payload["annotation"], dict):
            told = payload["annotation"]
            self.taken.append(version(told, payload["task"]["data"]["key"], str(told["completed_by"] or "")))
        return None

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def sent(url: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """One attempt on a connection of its own, as the server makes it; whether it was taken."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE)
    try:
        connection.request("POST", where.path, body, {"Content-Type": "application/json", **headers})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Receiver:
    """``labelqa serve`` in a process of its own, on a port that stays the same."""

    def __init__(self, workspace: Path, log: Path, *, alone: bool = True) -> None:
        self.workspace, self.log, self._alone = workspace, log, alone
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = [*COMMAND, "serve", "--port", str(self.port), "--workspace", str(self.workspace)]
        words += ["--receive-only"] if self._alone else []
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8")[-2000:]
            with suppress(OSError), urllib.request.urlopen(f"{self.url}health", timeout=5):  # noqa: S310 - our own
                return
            time.sleep(0.02)
        raise AssertionError("the receiver does not answer")

    def kill(self) -> None:
        """``kill -9``."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code, self._process = self._process.wait(timeout=30), None
        return code

    def killed_while(self, body: bytes, hook: Mapping[str, Any], wait: float) -> None:
        """``kill -9`` while a call is on its way or being answered."""
        caller = threading.Thread(target=sent, args=(hook["url"], body, hook["headers"]))
        caller.start()
        time.sleep(wait)
        self.kill()
        caller.join()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No file of its process may grow meanwhile."""
        assert self._process is not None
        pid, (soft, hard) = self._process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
        try:
            yield
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else holds a database meanwhile."""
    raw = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        raw.execute("BEGIN IMMEDIATE")
        yield
        raw.execute("ROLLBACK")
    finally:
        raw.close()
