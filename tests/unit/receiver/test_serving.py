"""The receiver's connections and its worker: slow callers are let go, and what dies is started again."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from labelqa.adapters.receiver import serving
from labelqa.adapters.receiver.lines import Lines
from labelqa.adapters.receiver.reception import Pulse
from labelqa.adapters.receiver.serving import listening
from labelqa.adapters.receiver.worker import Worker, worker_words
from labelqa.errors import LabelqaError
from tests.unit.receiver.calling import Moving
from tests.unit.receiver.talking import answered, talked
from tests.waiting import until


@pytest.mark.parametrize("parts", [(), (b"POST /hooks",), (b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 100,)])
def test_a_call_whose_head_does_not_come_is_ended(tmp_path, monkeypatch, parts):
    monkeypatch.setattr(serving.Guarded, "head_seconds", 0.1)
    assert talked(tmp_path, lambda port: answered(port, *parts)) == b""


def test_a_second_call_on_a_connection_has_no_more_time_than_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(serving.Guarded, "head_seconds", 0.2)
    head = b"GET /health HTTP/1.1\r\nHost: x\r\n"
    told = talked(tmp_path, lambda port: answered(port, head, b"\r\n", head, b"X-A: b\r\n", b"X-B"))
    assert told.count(b"HTTP/1.1 200") == 1


def test_a_body_that_trickles_is_given_up(tmp_path):
    head = b"POST /hooks/label-studio/ls HTTP/1.1\r\nHost: x\r\nX-Labelqa-Secret: %b\r\nContent-Length: 900\r\n\r\n"
    told = talked(
        tmp_path, lambda port: answered(port, head % b"the-secret-of-these-tests-0123456789", *[b" "] * 4, pause=0.05),
        body_seconds=0.3,
    )  # fmt: skip
    assert b" 408 " in told.partition(b"\r\n")[0]


def test_what_was_begun_is_answered_when_it_is_told_to_end(tmp_path):
    body = b'{"action": "TASKS_CREATED"}'
    head = b"POST /hooks/label-studio/ls HTTP/1.1\r\nHost: x\r\nX-Labelqa-Secret: %b\r\nContent-Length: %d\r\n\r\n"

    async def talk(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head % (b"the-secret-of-these-tests-0123456789", len(body)))
        await asyncio.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.2)
        writer.write(body)
        told = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return told

    assert b'"answer":"stored"' in talked(tmp_path, talk)


def test_bytes_that_are_no_http_get_a_400(tmp_path):
    assert b" 400 " in talked(tmp_path, lambda port: answered(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"))


def test_nothing_tells_what_we_are_made_of(tmp_path):
    told = talked(tmp_path, lambda port: answered(port, b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    assert b"uvicorn" not in told.lower()


def test_where_nobody_can_listen_is_said_in_a_sentence():
    with listening("127.0.0.1", 0) as sock, pytest.raises(LabelqaError, match="--port"):
        listening("127.0.0.1", sock.getsockname()[1])
    with pytest.raises(LabelqaError, match="no address of this machine"):
        listening("192.0.2.1", 0)
    with pytest.raises(LabelqaError, match="no address of this machine"):
        listening("no such host", 0)
    for odd in ("nonsense..x", f"{'a' * 64}.x"):
        with pytest.raises(LabelqaError, match=r"no address of this machine \(label (empty or )?too long\)"):
            listening(odd, 0)


def test_ipv6(tmp_path):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 loopback")
    with listening("::1", 0) as sock:
        assert sock.getsockname()[0] == "::1"


def test_a_worker_that_dies_is_started_again_with_growing_pauses(tmp_path):
    out, clock, pulse = io.StringIO(), Moving(), Pulse()
    words = [sys.executable, "-c", "raise SystemExit(3)"]
    with Lines(out, clock, clock.seconds) as lines:
        with Worker(words, env={}, pulse=pulse, lines=lines, pauses=(0.01, 0.02, 0.03)):
            assert until(lambda: pulse.restarts >= 4)
        ended = pulse.restarts
    assert pulse.restarts == ended
    told = [line for line in out.getvalue().splitlines() if '"worker ended"' in line]
    assert '"code":3,"again_in_seconds":0.01' in told[0]
    assert '"again_in_seconds":0.02' in told[1]
    assert '"again_in_seconds":0.03' in told[-1]


def test_what_the_worker_says_is_in_the_log_and_never_all_of_it_at_once(tmp_path):
    out, clock, pulse = io.StringIO(), Moving(), Pulse()
    code = "import sys; print('read: 3', flush=True); print('x' * 5000, file=sys.stderr); print('\\udcff{\"', end='')"
    with Lines(out, clock, clock.seconds) as lines, Worker(
        [sys.executable, "-c", code], env={"PYTHONIOENCODING": "utf-8:surrogateescape"}, pulse=pulse, lines=lines, pauses=(600,)
    ):  # fmt: skip
        assert until(lambda: pulse.worker == "restarting")
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    said = [each["said"] for each in told if each["event"] == "worker"]
    assert said[0] == "read: 3"
    assert "".join(said[1:-1]) == "x" * 5000
    assert max(map(len, said)) <= 1000
    assert said[-1] == '\ufffd{"'
    assert told[-1]["event"] == "worker ended"


def test_a_worker_that_cannot_be_started_is_tried_again(tmp_path):
    out, clock, pulse = io.StringIO(), Moving(), Pulse()
    with Lines(out, clock, clock.seconds) as lines, Worker(
        [str(tmp_path / "nothing")], env={}, pulse=pulse, lines=lines, pauses=(0.01,)
    ):  # fmt: skip
        assert until(lambda: pulse.restarts >= 2)
        assert pulse.worker in {"running", "restarting"}


def test_a_worker_ends_with_the_receiver(tmp_path):
    clock, mark = Moving(), tmp_path / "mark"
    code = f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(600)"
    with Lines(io.StringIO(), clock, clock.seconds) as lines:
        with Worker([sys.executable, "-c", code], env={}, pulse=Pulse(), lines=lines) as worker:
            assert until(mark.exists)
            process = worker._process
        assert process is not None
        assert process.returncode == -signal.SIGTERM


def test_a_leashed_command_ends_when_whoever_started_it_is_killed(tmp_path):
    words = worker_words(["dashboard", "--workspace", str(tmp_path)])
    assert words[1:3] == ["-m", "labelqa.adapters.receiver.leash"]
    code = "import sys; sys.argv = ['x']; sys.modules.pop('labelqa.adapters.cli.main', None)\n"
    code += "import labelqa.adapters.cli.main as m, time; m.main = lambda: time.sleep(600)\n"
    code += "import runpy; runpy.run_module('labelqa.adapters.receiver.leash', run_name='__main__')"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.stdin.close()
        assert process.wait(10) == -signal.SIGINT, "as with Ctrl-C"
