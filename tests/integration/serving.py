"""A receiver as a process on a real socket: what tests of it share."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx

from labelqa.adapters.cli.main import main
from labelqa.intake.inbox import open_inbox
from labelqa.workflows.servers.hook_secrets import made_secret
from labelqa.workflows.servers.hooks import HEADER
from labelqa.workflows.servers.tokens import keep_token

PATH = "/hooks/label-studio/ls"
PERSONAL = "a-personal-access-token.of-the-server.0123456789"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Served:
    """A receiver that listens."""

    process: subprocess.Popen[bytes]
    workspace: Path
    port: int
    secret: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ended(self, how: int = signal.SIGTERM) -> int:
        """End it and give its exit code."""
        self.process.send_signal(how)
        return self.process.wait(30)

    def post(self, body: object, http: httpx.Client | None = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        send = http.post if http else httpx.post
        return send(self.url + PATH, content=content, headers={HEADER: self.secret}, timeout=30)


def made_workspace(folder: Path) -> Path:
    """A workspace where a webhook was placed on the server ``ls``, with its secret and a token of the server."""
    with redirect_stdout(io.StringIO()):
        assert main(["init", str(folder / "ws")], env={}) == 0
    made_secret(folder / "ws", "ls", env={})
    keep_token(folder / "ws", "ls", PERSONAL)
    return folder / "ws"


@contextmanager
def served(
    workspace: Path, *words: str, env: Mapping[str, str] = MappingProxyType({}), alone: bool = True
) -> Iterator[Served]:
    """A receiver (``alone``: without a worker) until the block ends; what it says goes to files beside the workspace."""
    port = free_port()
    line = [sys.executable, "-m", "labelqa.adapters.cli.main", "serve", "--port", str(port)]
    line += ["--receive-only"] if alone else []
    env = {"PATH": os.environ["PATH"], "LABELQA_LANG": "en", **env}
    out, err = workspace.parent / "out.txt", workspace.parent / "err.txt"
    with out.open("ab") as told, err.open("ab") as log:
        process = subprocess.Popen([*line, "--workspace", str(workspace), *words], stdout=told, stderr=log, env=env)
    made = Served(process, workspace, port, made_secret(workspace, "ls", env=env))
    try:
        until_it_answers(made)
        yield made
    finally:
        process.kill()
        process.wait()


def until_it_answers(made: Served) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and made.process.poll() is None:
        try:
            httpx.get(made.url + "/health", timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError((made.workspace.parent / "err.txt").read_text())


def event(number: int) -> dict[str, object]:
    told = {"id": number, "task": number, "updated_at": "2026-11-16T01:00:00.000001Z", "result": []}
    return {"action": "ANNOTATION_CREATED", "annotation": told, "project": {"id": 4, "token": "share-token-123456"}}


def kept(workspace: Path) -> set[int]:
    with open_inbox(workspace / "inbox.sqlite3", create=False) as inbox:
        return {each.annotations[0][0] for each in inbox.waiting(100_000) if each.annotations}


def memory(pid: int) -> int:
    """The most that a process ever held, in MB."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def started(pid: int) -> set[int]:
    """The children of a process, once there are any."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = {
            int(each) for path in Path(f"/proc/{pid}/task").glob("*/children") for each in path.read_text().split()
        }
        if found:
            return found
        time.sleep(0.02)
    return set()
