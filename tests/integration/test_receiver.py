"""The receiver as a process on a real socket: killed, flooded, starved and ended; what it answered with yes is there."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from labelqa.adapters.cli.main import main
from labelqa.intake.inbox import open_inbox
from labelqa.workflows.servers.hook_secrets import made_secret
from labelqa.workflows.servers.hooks import HEADER
from labelqa.workflows.servers.tokens import keep_token
from tests.conftest import missing

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


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    with redirect_stdout(io.StringIO()):
        assert main(["init", str(tmp_path / "ws")], env={}) == 0
    made_secret(tmp_path / "ws", "ls", env={})
    keep_token(tmp_path / "ws", "ls", PERSONAL)
    return tmp_path / "ws"


@contextmanager
def served(workspace: Path, *words: str) -> Iterator[Served]:
    """A receiver without a worker, until the block ends; what it says goes to files beside the workspace."""
    port = free_port()
    line = [sys.executable, "-m", "labelqa.adapters.cli.main", "serve", "--receive-only", "--port", str(port)]
    env = {"PATH": os.environ["PATH"], "LABELQA_LANG": "en"}
    out, err = workspace.parent / "out.txt", workspace.parent / "err.txt"
    with out.open("ab") as told, err.open("ab") as log:
        process = subprocess.Popen([*line, "--workspace", str(workspace), *words], stdout=told, stderr=log, env=env)
    made = Served(process, workspace, port, made_secret(workspace, "ls", env={}))
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
        return {each.annotations[0][0] for each in inbox.waiting(100_000)}


def test_killed_in_the_middle_everything_that_was_answered_is_there(workspace: Path):
    answered: set[int] = set()
    with served(workspace) as here:

        def send(start: int) -> None:
            with httpx.Client() as http:
                for number in range(start, 501, 5):
                    try:
                        if here.post(event(number), http).status_code == 200:
                            answered.add(number)
                    except httpx.TransportError:
                        return
                    if len(answered) > 200:
                        here.process.kill()

        with ThreadPoolExecutor(5) as pool:
            list(pool.map(send, range(1, 6)))
    assert 200 < len(answered) < 500
    assert answered <= kept(workspace)
    with served(workspace) as here:
        found = [here.post(event(number)).json()["answer"] for number in sorted(answered)[:20]]
        assert set(found) == {"doubled"}, "and is known when it is sent once more"
        assert here.ended() == 0


def test_it_ends_in_good_order_and_says_so(workspace: Path):
    with served(workspace) as here:
        assert here.post(event(1)).status_code == 200
        assert here.ended() == 0
    lines = [json.loads(line) for line in (workspace.parent / "err.txt").read_text().splitlines()]
    assert [each["event"] for each in lines] == ["listening", "hook", "ended"]
    assert f"http://127.0.0.1:{here.port}/hooks/label-studio/NAME" in (workspace.parent / "out.txt").read_text()
    assert kept(workspace) == {1}
    with served(workspace) as again:
        assert again.ended(signal.SIGINT) == 0


def test_a_hundred_megabytes_are_not_read_and_take_no_memory(workspace: Path):
    with served(workspace) as here:
        before = memory(here.process.pid)
        for head in (b"Content-Length: 104857600", b"Transfer-Encoding: chunked"):
            with socket.create_connection(("127.0.0.1", here.port)) as sock:
                sock.sendall(
                    b"POST %b HTTP/1.1\r\nHost: x\r\n%b: %b\r\n%b\r\n\r\n"
                    % (PATH.encode(), HEADER.encode(), here.secret.encode(), head)
                )
                sent = poured(sock, 100, chunked=head.startswith(b"T"))
                told = answer_of(sock)
            assert b" 413 " in told or sent < 100, "refused, or the connection was ended first"
            assert sent < 60
        assert memory(here.process.pid) - before < 150
        assert here.post(event(1)).status_code == 200


def memory(pid: int) -> int:
    """The most that a process ever held, in MB."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def poured(sock: socket.socket, megabytes: int, *, chunked: bool) -> int:
    """How many MB could be sent."""
    part = b" " * 2**20
    for sent in range(megabytes):
        try:
            sock.sendall(b"100000\r\n" + part + b"\r\n" if chunked else part)
        except OSError:
            return sent
    return megabytes


def answer_of(sock: socket.socket) -> bytes:
    try:
        sock.settimeout(10)
        return sock.recv(4096)
    except OSError:
        return b""


def test_many_idle_connections_do_not_keep_others_out(workspace: Path):
    with served(workspace) as here:
        idle = [socket.create_connection(("127.0.0.1", here.port)) for _ in range(300)]
        for each in idle[:150]:
            each.sendall(b"POST /hooks HTTP/1.1\r\nX-Slow: ")
        try:
            assert [here.post(event(number)).status_code for number in range(1, 21)] == [200] * 20
        finally:
            for each in idle:
                each.close()


def test_a_port_that_is_taken_is_told_in_a_sentence(workspace: Path, capfd: pytest.CaptureFixture[str]):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        port = sock.getsockname()[1]
        code = main(["serve", "--port", str(port), "--workspace", str(workspace)], env={"LABELQA_LANG": "en"})
    out, err = capfd.readouterr()
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: port {port} cannot be used (")
    assert len(err.splitlines()) == 1


def test_no_secret_is_left_in_any_file_or_log(workspace: Path, shared: Path):
    files = sorted((shared / "fixtures" / "label_studio" / "webhooks").glob("*.json"))
    with served(workspace) as here:
        words = Path(f"/proc/{here.process.pid}/cmdline")
        seen = words.read_bytes() if words.exists() else b""
        for path in files:
            body = json.loads(path.read_text("utf-8"))["body"]
            if isinstance(body.get("project"), dict):
                body["project"] |= {"token": "share-token-123456", "task_data_password": "password-123456"}
            assert here.post(body).status_code == 200
        httpx.post(here.url + PATH, json={}, headers={HEADER: "a-wrong-secret-9876543210"})
        httpx.post(here.url + "/hooks/label-studio/" + here.secret, json={}, headers={HEADER: here.secret})
        seen += httpx.get(here.url + "/health").content + httpx.get(here.url + "/metrics").content
        live = [each.read_bytes() for each in workspace.rglob("inbox*")]
        assert here.ended() == 0
    assert len(live) == 3, "the log of the database was there to be looked at"
    left = [
        each.read_bytes() for each in workspace.parent.rglob("*") if each.is_file() and each.parent.name != "secrets"
    ]
    held = b"\0".join([*left, *live, seen])
    assert b"ANNOTATION_CREATED" in held
    secrets = (here.secret, PERSONAL, "share-token-123456", "password-123456", "a-wrong-secret-9876543210")
    assert [word for word in secrets if word.encode() in held] == []


def test_the_worker_ends_with_it_even_when_it_is_killed(workspace: Path):
    if not Path("/proc/self/task").exists():
        missing("proc", "children of a process cannot be looked at")
    port, env = free_port(), {"PATH": os.environ["PATH"]}
    line = [
        sys.executable,
        "-m",
        "labelqa.adapters.cli.main",
        "serve",
        "--port",
        str(port),
        "--workspace",
        str(workspace),
    ]
    for how in (signal.SIGTERM, signal.SIGKILL):
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as process:
            children = started(process.pid)
            process.send_signal(how)
            process.wait(30)
        assert children
        assert gone(children)


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


def gone(pids: set[int]) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_somebody_who_reads_the_log_slowly_makes_no_sender_wait(workspace: Path):
    port, env = free_port(), {"PATH": os.environ["PATH"]}
    line = [sys.executable, "-m", "labelqa.adapters.cli.main", "serve", "--receive-only", "--port", str(port)]
    line += ["--workspace", str(workspace)]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env) as process:
        here = Served(process, workspace, port, made_secret(workspace, "ls", env={}))
        until_it_answers(here)
        with httpx.Client() as http:
            found = {here.post(event(number), http).status_code for number in range(1, 701)}
        assert here.ended() == 0, "not even when it is told to end"
    assert found == {200}
