"""A receiver among enemies: whatever they send, it answers in a word, stays small, tells no secret and keeps what is sound."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from labelqa.adapters.cli.main import main
from labelqa.adapters.receiver.slots import FROM_ONE
from labelqa.intake.inbox import open_inbox
from labelqa.records.servers import ServerTold
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.servers.hook_secrets import KEY, SECRET
from labelqa.workflows.servers.hooks import HEADER
from tests.building import opened
from tests.integration.serving import PATH, PERSONAL, Served, event, kept, made_workspace, memory, served, started
from tests.waiting import until


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return made_workspace(tmp_path)


@contextmanager
def meanwhile(here: Served) -> Iterator[Counter[int]]:
    """Sound events are sent until the block ends; each must have been taken, and be there."""
    over, told, first = Event(), Counter[int](), 10**6

    def sends() -> None:
        while not over.is_set():
            told[here.post(event(first + told.total())).status_code] += 1
            over.wait(0.02)

    caller = Thread(target=sends)
    caller.start()
    try:
        yield told
    finally:
        over.set()
        caller.join()
    assert set(told) == {200}, "others are served"
    assert {first + n for n in range(told.total())} <= kept(here.workspace)


def head(here: Served, *lines: bytes) -> bytes:
    mine = b"POST %b HTTP/1.1\r\nHost: x\r\n%b: %b" % (PATH.encode(), HEADER.encode(), here.secret.encode())
    return b"\r\n".join([mine, *lines, b"", b""])


def status(told: bytes) -> int:
    return int(told.split(b" ", 2)[1]) if told.startswith(b"HTTP/1.1 ") else 0


LARGE = {
    b"Content-Length: 104857600": 413,
    b"Transfer-Encoding: chunked": 413,
    b"X-No: length": 400,  # no body, then
    b"Content-Length: 104857600\r\nContent-Encoding: gzip": 415,
    b"Transfer-Encoding: chunked\r\nContent-Encoding: br": 415,
    b"Transfer-Encoding: gzip, chunked": 400,
    b"Content-Length: -5": 400,
    b"Content-Length: 5\r\nContent-Length: 104857600": 400,
    b"X-Long: " + b"x" * 200_000: 400,
}


def test_a_hundred_megabytes_are_not_read_and_take_no_memory(workspace: Path):
    with served(workspace) as here:
        before = memory(here.process.pid)
        with meanwhile(here):
            for lines, expected in LARGE.items():
                with socket.create_connection(("127.0.0.1", here.port)) as sock, ThreadPoolExecutor(1) as pool:
                    reading = pool.submit(answer_of, sock)
                    sent = poured(sock, head(here, lines), 100, chunked=b"chunked" in lines)
                    told = reading.result()
                assert status(told) in {expected, 0}, lines[:40]
                assert told or sent < 100, "refused, or the connection was ended first"
                assert sent < 60
        assert memory(here.process.pid) - before < 150


def poured(sock: socket.socket, first: bytes, megabytes: int, *, chunked: bool) -> int:
    """How many MB could be sent after the head."""
    part = b" " * 2**20
    for sent in range(megabytes):
        try:
            sock.sendall(first if not sent else b"")
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


BOMBS = {
    "deep": (b'{"a":' + b"[" * 1_000_000, 400),
    "deep objects": (b'{"a":' * 1_000_000 + b"1" + b"}" * 1_000_000, 400),
    "empty lists": (b'{"a":[' + b"[]," * 990_000 + b"[]]}", 200),
    "objects": (b'{"a":[' + b'{"a":1},' * 990_000 + b"{}]}", 200),
    "more objects": (b'{"a":[' + b'{"a":1},' * 1_100_000 + b"{}]}", 413),
    "fractions at the end of the range": (b'{"a":[' + b"1e300," * 1_990_000 + b"1]}", 200),
    "beyond it": (b'{"a":[1e999]}', 400),
    "a number of many digits": (b'{"a":' + b"9" * 20_000_000 + b"}", 400),
    "no number": (b'{"a":NaN,"b":-Infinity}', 400),
    "the same key again and again": (b'{"a":1' + b',"a":1' * 1_900_000 + b"}", 200),
    "the same action twice": (b'{"action":"TASKS_DELETED","action":["x"],"project":1,"project":{"id":[2]}}', 200),
    "no text": (b'{"a":"\xff\xfe"}', 400),
    "half a character": (b'{"a":"\\ud800"}', 400),
    "zeros": (b"\0" * 30_000_000, 400),
    "packed": (b"\x1f\x8b\x08" + b"\0" * 1000, 400),
}


def test_bombs_are_answered_and_others_are_served(workspace: Path):
    with served(workspace) as here:
        with meanwhile(here) as told:
            found = {name: here.post(body).status_code for name, (body, _) in BOMBS.items()}
            sent = told.total()
        assert found == {name: expected for name, (_, expected) in BOMBS.items()}
        assert sent > len(BOMBS), "nobody else had to wait for all of it"
        assert memory(here.process.pid) < 600
        assert httpx.get(here.url + "/health").status_code == 200
        assert here.ended() == 0
    lines = [json.loads(line) for line in (workspace.parent / "err.txt").read_text().splitlines()]
    assert {each["event"] for each in lines} == {"listening", "hook", "ended"}


def test_many_who_trickle_do_not_keep_others_out(workspace: Path):
    with served(workspace) as here:
        slow = [socket.create_connection(("127.0.0.1", here.port)) for _ in range(FROM_ONE - 20)]
        starts = (b"", b"POST /hooks HTTP/1.1\r\nX-Slow: ", head(here, b"Content-Length: 900") + b"{")
        for number, each in enumerate(slow):
            each.sendall(starts[number % 3])
        try:
            with meanwhile(here) as told:
                for each in slow:
                    each.sendall(b"x")
                assert until(lambda: told.total() >= 20, 60), "others are served"
        finally:
            for each in slow:
                each.close()


def test_wrong_and_missing_secrets_open_nothing_and_stop_nobody(workspace: Path):
    with served(workspace) as here, httpx.Client() as http:
        wrong = [{}, {HEADER: ""}, {HEADER: here.secret[:-1]}, {HEADER: here.secret + "x"}, {HEADER: "x" * 10_000}]
        with meanwhile(here):
            found = Counter(
                http.post(
                    here.url + PATH, content=json.dumps(event(number)).encode(), headers=wrong[number % 5]
                ).status_code
                for number in range(1, 301)
            )
        assert found == {401: 300}
        assert not kept(workspace) & set(range(1, 301))


def test_an_old_event_sent_again_is_not_worked_through_again(workspace: Path):
    with served(workspace) as here:
        assert here.post(event(1)).json()["answer"] == "stored"
        with open_inbox(workspace / "inbox.sqlite3") as inbox:
            inbox.done([each.number for each in inbox.waiting()])
        assert [here.post(event(1)).json()["answer"] for _ in range(3)] == ["doubled"] * 3
        assert kept(workspace) == set()


OURS = ("the-secret-from-the-environment-01", "the-key-of-the-proxy-in-front-0123")
WRONG = "a-wrong-secret-9876543210"


def test_no_secret_is_left_in_any_file_or_log(workspace: Path, shared: Path):
    with opened(workspace) as desk:
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
        connect_server(desk, Connecting(name="ls", url="http://127.0.0.1:9"), told)
    env = {SECRET: OURS[0], KEY: OURS[1]}
    with served(workspace, "--signed", "hmac", env=env, alone=False) as here:
        assert here.secret == OURS[0]
        pids = {here.process.pid, *started(here.process.pid)}
        seen = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)
        seen += b"".join(Path(f"/proc/{pid}/environ").read_bytes() for pid in pids - {here.process.pid})
        seen += sent_with_secrets(here, sorted((shared / "fixtures" / "label_studio" / "webhooks").glob("*.json")))
        live = [each.read_bytes() for each in workspace.rglob("inbox*")]
        assert len(pids) > 1, "the worker was there to be looked at"
        assert here.ended() == 0
    assert len(live) == 3, "so was the log of the database"
    mine = workspace / "secrets"
    left = [each.read_bytes() for each in workspace.parent.rglob("*") if each.is_file() and each.parent != mine]
    held = b"\0".join([*left, *live, seen])
    assert b"ANNOTATION_CREATED" in held
    secrets = (*OURS, PERSONAL, "share-token-123456", "password-123456", WRONG)
    assert [word for word in secrets if word.encode() in held] == []


def sent_with_secrets(here: Served, files: list[Path]) -> bytes:
    """Events, and calls with secrets in wrong places; every answer and page that came back."""
    seen = b""
    for path in files:
        body = json.loads(path.read_text("utf-8"))["body"]
        if isinstance(body.get("project"), dict):
            body["project"] |= {"token": "share-token-123456", "task_data_password": "password-123456"}
        content = json.dumps(body).encode()
        signature = "sha256=" + hmac.new(OURS[1].encode(), content, hashlib.sha256).hexdigest()
        headers = {HEADER: here.secret, "X-Labelqa-Signature": signature}
        answer = httpx.post(here.url + PATH, content=content, headers=headers)
        assert answer.status_code == 200
        seen += answer.content
    for url, secret in ((PATH, WRONG), (f"/hooks/label-studio/{here.secret}", here.secret), (f"{PATH}?s={WRONG}", "")):
        for body in (b"{}", b"{", here.secret.encode()):
            seen += httpx.post(here.url + url, content=body, headers={HEADER: secret}).content
    for page in ("/health", "/metrics", "/openapi.json", f"/{here.secret}"):
        seen += httpx.get(here.url + page).content
    return seen


@pytest.mark.parametrize(
    ("name", "word", "signed", "said"),
    [
        (SECRET, "too short", "hmac", SECRET),
        (KEY, "too short", "hmac", KEY),
        (KEY, "this-is-no-base64!", "standard", "whsec_"),
    ],
)
def test_a_secret_that_is_unusable_is_told_at_once_and_not_repeated(
    workspace: Path, name: str, word: str, signed: str, said: str
):
    with opened(workspace) as desk:
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
        connect_server(desk, Connecting(name="ls", url="http://127.0.0.1:9"), told)
    err, env = StringIO(), {name: word, "LABELQA_LANG": "en"}
    with redirect_stderr(err):
        code = main(["serve", "--signed", signed, "--workspace", str(workspace)], env=env)
    assert (code, word in err.getvalue(), said in err.getvalue()) == (4, False, True)
