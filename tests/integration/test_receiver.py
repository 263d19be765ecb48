"""The receiver as a process on a real socket: killed, flooded, starved and ended; what it answered with yes is there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from labelqa.adapters.cli.main import main
from labelqa.records.servers import ServerTold
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.servers.hook_secrets import made_secret
from tests.building import opened
from tests.conftest import missing
from tests.integration.serving import (
    Served,
    event,
    free_port,
    kept,
    made_workspace,
    served,
    started,
    until_it_answers,
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return made_workspace(tmp_path)


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
    with served(workspace) as once_more:
        assert once_more.ended(signal.SIGHUP) == 0, "its terminal was closed"


def test_a_terminal_that_is_closed_stops_nothing_under_nohup(workspace: Path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what a child takes over, as from nohup
    try:
        with served(workspace) as here:
            here.process.send_signal(signal.SIGHUP)
            assert here.post(event(1)).status_code == 200
            assert here.ended() == 0
    finally:
        signal.signal(signal.SIGHUP, before)


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


def test_a_signing_key_that_is_missing_is_told_at_the_start(workspace: Path):
    with opened(workspace) as desk:
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
        connect_server(desk, Connecting(name="ls", url="http://127.0.0.1:9"), told)
    with served(workspace, "--signed", "hmac") as here:
        assert here.post(event(1)).status_code == 401
    assert "turned away until LABELQA_HOOK_KEY or secrets/ls.signing" in (workspace.parent / "out.txt").read_text()
