"""One call to the receiver: kept before it is answered, believed only with its secret, turned away in plain words."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from labelqa.adapters.receiver import bodies, proofs
from labelqa.adapters.receiver.guards import Guards, Signed, networks
from labelqa.workflows.servers.hooks import HEADER
from labelqa.workflows.servers.inbox import NoRoom
from tests.unit.receiver.calling import NOW, RIGHT, SECRET, TOKEN, Receiver, answers, call, payload, receiver


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as made:
        yield made


def test_an_event_is_on_the_disk_when_it_is_answered(here: Receiver, tmp_path: Path):
    answer = here.post(payload(1))
    assert (answer.status_code, answer.json()) == (200, {"answer": "stored", "number": 1})
    raw = sqlite3.connect(f"file:{tmp_path / 'inbox.sqlite3'}?mode=ro", uri=True)
    assert raw.execute("SELECT number, server, project, action FROM events").fetchall() == [
        (1, "ls", 4, "ANNOTATION_CREATED")
    ]
    raw.close()
    assert here.inbox.waiting()[0].received_at == NOW


def test_the_same_event_twice_is_fine(here: Receiver):
    found = here.calls(call(payload(1)), call(payload(1)), call(payload(2)))
    assert answers(found) == [(200, "stored"), (200, "doubled"), (200, "stored")]
    assert [each.json()["number"] for each in found] == [1, 1, 2]


def test_many_at_once_are_all_kept(here: Receiver):
    found = here.calls(*(call(payload(number)) for number in range(1, 201)), together=True)
    assert {each.status_code for each in found} == {200}
    assert {each.annotations[0][0] for each in here.inbox.waiting(500)} == set(range(1, 201))


@pytest.mark.parametrize(
    "headers",
    [
        {}, {HEADER: ""}, {HEADER: SECRET[:-1]}, {HEADER: SECRET + "x"}, {HEADER: SECRET.upper()},
        {"Authorization": f"Bearer {SECRET}"}, {HEADER: "é" * 40},
    ],
)  # fmt: skip
def test_without_the_secret_nothing_is_read_or_kept(here: Receiver, headers: dict[str, str]):
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    assert answers([here.post(never(), headers=encoded)]) == [(401, "secret")]
    assert here.inbox.waiting() == []


@pytest.mark.parametrize("name", ["other", "LS", "..x", "a" * 80, "ls%00", "%E7%94%B2"])
def test_a_server_that_nobody_connected_is_not_there(here: Receiver, name: str):
    assert answers([here.post(payload(1), url=f"/hooks/label-studio/{name}")]) == [(404, "server")]


def test_what_stands_for_a_missing_secret_opens_nothing():
    never = {HEADER.lower(): proofs._NEVER, proofs.SIGNATURE: signature(b"{}", proofs._NEVER)}
    assert not proofs.brings_secret(never, "")
    assert proofs.brings_secret(never, proofs._NEVER)
    keyless = Guards(secret_of=lambda _: "", signed=Signed.HMAC)
    assert not proofs.is_signed(never, b"{}", keyless, "ls", now=0.0)


def test_secrets_and_signatures_are_compared_in_constant_time(tmp_path: Path, monkeypatch):
    compared: list[tuple[bytes, bytes]] = []

    def noted(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    real = hmac.compare_digest
    monkeypatch.setattr(proofs.hmac, "compare_digest", noted)
    body = json.dumps(payload(1)).encode()
    with receiver(tmp_path, signed=Signed.HMAC, key_of=lambda _: "key-of-the-proxy-0123456789") as here:
        for headers, url, n in (
            ({}, "ls", 1), ({HEADER: "x"}, "ls", 1), (RIGHT, "another", 1), (RIGHT, "ls", 2),
            ({**RIGHT, "X-Labelqa-Signature": "sha256=00"}, "ls", 2),
        ):  # fmt: skip
            compared.clear()
            assert here.post(body, url=f"/hooks/label-studio/{url}", headers=headers).status_code in {401, 404}
            assert len(compared) == n, "also where there is nothing to compare with"
    for source in ("proofs", "guards", "reception"):
        text = Path(proofs.__file__).with_name(f"{source}.py").read_text("utf-8")
        assert "secret ==" not in text, "and never with an equals sign"


def test_an_empty_secret_opens_nothing(tmp_path: Path):
    with receiver(tmp_path, secrets={"ls": ""}) as here:
        assert answers([here.post(payload(1), headers={HEADER: ""})]) == [(404, "server")]
        assert answers([here.post(payload(1), headers={})]) == [(404, "server")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "json")),
        (b"no json", (400, "json")),
        (b"[1]", (400, "shape")),
        (b'{"a": NaN}', (400, "json")),
        (b'{"a": "\xff\xfe"}', (400, "json")),
        (b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", (400, "deep")),
        (b'{"a": [' + b"[]," * 2_100_000 + b"[]]}", (413, "large")),
        (b'{"a": 1e999}', (400, "json")),
        (b'{"a": ' + b"1" * 100_000 + b"}", (400, "json")),
    ],
)
def test_what_is_no_event_gets_an_answer_and_no_trace(here: Receiver, body: bytes, expected: tuple[int, str]):
    answer = here.post(body)
    assert answers([answer]) == [expected]
    assert answer.headers["connection"] == "close"
    assert here.inbox.waiting() == []
    assert here.post(payload(1)).status_code == 200
    assert "defect" not in {each["event"] for each in here.log()}


@pytest.mark.parametrize("body", [{}, {"action": "SOMETHING_NEW", "x": 1}, {"action": "TASKS_CREATED"}, {"action": []}])
def test_what_nobody_knows_is_kept(here: Receiver, body: object):
    assert answers([here.post(body)]) == [(200, "stored")]


def test_a_large_body_is_read_aside_and_kept(here: Receiver):
    body = payload(1) | {"tasks": [{"id": n, "data": {"text": "字" * 300}} for n in range(1, 600)]}
    assert answers([here.post(body)]) == [(200, "stored")]
    assert len(here.inbox.waiting()[0].tasks) == 599


def test_a_body_that_is_too_large_is_not_read_to_its_end(tmp_path: Path):
    sent = []

    async def endless() -> AsyncIterator[bytes]:
        while len(sent) < 10_000:
            sent.append(1)
            yield b" " * 1000

    with receiver(tmp_path, largest=50_000) as here:
        assert answers([here.post(endless())]) == [(413, "large")]
        assert len(sent) < 60
        told = {**RIGHT, "content-length": "50001"}
        assert answers([here.post(b"{}", headers=told)]) == [(413, "large")]


def test_bodies_that_together_are_too_much_wait_elsewhere(tmp_path: Path):
    with receiver(tmp_path, held=3000) as here:

        async def slow(size: int) -> AsyncIterator[bytes]:
            yield b'{"action": "X", "x": "' + b"x" * size
            await asyncio.sleep(0.05)
            yield b'"}'

        found = here.calls(*(call(slow(1200)) for _ in range(4)), together=True)
        kinds = sorted(answers(found))
        assert kinds.count((503, "full")) == 2
        assert here.post(payload(1)).status_code == 200, "the room is given back"


def test_a_body_that_comes_too_slowly_is_given_up(tmp_path: Path):
    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)
        yield b"}"

    with receiver(tmp_path, body_seconds=0.05) as here:
        assert answers([here.post(slow())]) == [(408, "slow")]


def test_packed_bodies_are_not_unpacked(here: Receiver):
    assert answers([here.post(b"x", headers={**RIGHT, "content-encoding": "gzip"})]) == [(415, "encoding")]


@pytest.mark.parametrize("length", ["-1", "9" * 40, "x", "٣"])
def test_a_length_that_is_none_is_refused(here: Receiver, length: str):
    headers = {HEADER: SECRET.encode(), "content-length": length.encode("utf-8")}
    assert here.post(b"{}", headers=headers).status_code == 413


def test_only_from_addresses_that_were_named(tmp_path: Path):
    with receiver(tmp_path, allow=networks(["10.1.0.0/16", "fd00::/8"])) as here:
        for source, status in (
            ("10.1.2.3", 200), ("::ffff:10.1.2.3", 200), ("fd00::1", 200), ("10.2.0.1", 403), ("127.0.0.1", 403),
            ("::1", 403), ("", 403), ("nonsense", 403),
        ):  # fmt: skip
            assert here.post(payload(1), client=source).status_code == status, source
            assert here.read("/metrics", client=source).status_code == status


def test_no_header_says_who_calls_unless_its_proxy_was_named(tmp_path: Path):
    told = {**RIGHT, "X-Forwarded-For": "10.1.2.3"}
    with receiver(tmp_path, allow=networks(["10.1.2.3"])) as here:
        assert here.post(payload(1), headers=told, client="6.6.6.6").status_code == 403
    with receiver(tmp_path, allow=networks(["10.1.2.3"]), proxies=networks(["10.9.0.1"])) as here:
        assert here.post(payload(1), headers=told, client="10.9.0.1").status_code == 200
        assert here.post(payload(1), headers=told, client="10.9.0.2").status_code == 403
        spoofed = {**RIGHT, "X-Forwarded-For": "10.1.2.3, 6.6.6.6"}
        assert here.post(payload(1), headers=spoofed, client="10.9.0.1").status_code == 403


def test_too_many_calls_wait_and_others_do_not(tmp_path: Path):
    with receiver(tmp_path, rate=2, burst=3, allow=networks(["10.0.0.0/8"])) as here:
        found = [here.post(payload(n), client="10.0.0.1") for n in range(1, 6)]
        assert [each.status_code for each in found] == [200, 200, 200, 429, 429]
        assert found[-1].headers["retry-after"] == "1"
        assert here.post(payload(9), client="10.0.0.2").status_code == 200
        here.clock.passed += 1
        assert [here.post(payload(n), client="10.0.0.1").status_code for n in range(6, 9)] == [200, 200, 429]


def test_an_inbox_that_somebody_holds_is_told_and_found_later(tmp_path: Path):
    with receiver(tmp_path, busy_seconds=0.05) as here:
        holder = sqlite3.connect(tmp_path / "inbox.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        answer = here.post(payload(1))
        assert answers([answer]) == [(503, "busy")]
        sick = here.read("/health")
        holder.execute("ROLLBACK")
        holder.close()
        assert (sick.status_code, sick.json()["inbox"], sick.json()["not_kept"]["busy"]) == (503, "busy", 1)
        assert here.read("/health").status_code == 200
        assert here.post(payload(1)).status_code == 200
        assert [each["note"] for each in here.log() if each["answer"] == "busy"] == [
            "not kept: the next reconcile finds it"
        ]


def test_a_full_disk_is_never_a_yes(here: Receiver, monkeypatch):
    def full(_event: object) -> None:
        raise NoRoom("the inbox cannot be written ({why})", why="disk is full")

    monkeypatch.setattr(here.inbox, "submit", full)
    assert answers([here.post(payload(1))]) == [(503, "disk")]


def test_what_nobody_foresaw_is_an_answer_without_a_trace(here: Receiver, monkeypatch):
    def broken(_event: object) -> None:
        raise RuntimeError(SECRET + TOKEN)

    monkeypatch.setattr(here.inbox, "submit", broken)
    answer = here.post(payload(1))
    assert answers([answer]) == [(500, "defect")]
    assert SECRET not in answer.text
    assert here.log()[0] == {"time": "2026-11-16T02:00:00.000+00:00", "event": "defect", "kind": "RuntimeError"}


def signature(body: bytes, key: str) -> str:
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def test_a_signing_proxy_is_believed_by_its_signature_and_the_secret(tmp_path: Path):
    body, key = json.dumps(payload(1)).encode(), "key-of-the-proxy-0123456789"
    with receiver(tmp_path, signed=Signed.HMAC, key_of=lambda _: key) as here:
        right = {**RIGHT, "X-Labelqa-Signature": signature(body, key)}
        assert here.post(body, headers=right).status_code == 200
        assert answers([here.post(body + b" ", headers=right)]) == [(401, "signature")]
        assert answers([here.post(body)]) == [(401, "signature")]
        assert answers([here.post(body, headers={**RIGHT, "X-Labelqa-Signature": signature(body, "x")})]) == [
            (401, "signature")
        ]
        assert answers([here.post(body, headers={"X-Labelqa-Signature": signature(body, key)})]) == [(401, "secret")]
    with receiver(tmp_path, signed=Signed.HMAC) as here:
        assert answers([here.post(body, headers={**RIGHT, "X-Labelqa-Signature": signature(body, "")})]) == [
            (401, "signature")
        ]


def standard(
    body: bytes, *, at: float, key: bytes = b"0123456789abcdef01234567", number: str = "msg_1"
) -> dict[str, str]:
    made = hmac.new(key, f"{number}.{int(at)}.".encode() + body, hashlib.sha256).digest()
    signed = f"v1a,xx v1,{base64.b64encode(made).decode()}"
    return {**RIGHT, "webhook-id": number, "webhook-timestamp": str(int(at)), "webhook-signature": signed}


def test_standard_webhooks_within_five_minutes(tmp_path: Path):
    body, now = json.dumps(payload(1)).encode(), NOW.timestamp()
    key = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
    with receiver(tmp_path, signed=Signed.STANDARD, key_of=lambda _: key) as here:
        for at, status in ((now, 200), (now - 299, 200), (now + 299, 200), (now - 301, 401), (now + 301, 401)):
            assert here.post(body, headers=standard(body, at=at)).status_code == status
        assert here.post(body + b" ", headers=standard(body, at=now)).status_code == 401
        assert here.post(body, headers=standard(body, at=now, key=b"another")).status_code == 401
        for name, wrong in (
            ("webhook-timestamp", "x"), ("webhook-timestamp", ""), ("webhook-id", ""), ("webhook-signature", "v1,"),
            ("webhook-timestamp", "٣"), ("webhook-timestamp", "9" * 30),
        ):  # fmt: skip
            told = {key: value.encode() for key, value in (standard(body, at=now) | {name: wrong}).items()}
            assert here.post(body, headers=told).status_code == 401
    for bad in ("", "whsec_", "whsec_!!!"):
        with receiver(tmp_path, signed=Signed.STANDARD, key_of=lambda _, bad=bad: bad) as here:
            assert here.post(body, headers=standard(body, at=now, key=b"")).status_code == 401


def test_the_published_example_of_standard_webhooks():
    from labelqa.adapters.receiver.proofs import standard as verified

    # the example of the reference libraries
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert verified(headers, b'{"test": 2432232314}', key, now=1614265330.0)
    assert not verified(headers, b'{"test": 2432232315}', key, now=1614265330.0)


def test_the_log_has_a_line_for_each_call_and_no_secret(here: Receiver):
    here.post(payload(1))
    here.post(payload(2), headers={HEADER: "a-wrong-secret-0123456789"})
    here.post(b"{")
    lines = here.log()
    assert [(each["answer"], each["server"], each["action"], each["project"]) for each in lines] == [
        ("stored", "ls", "ANNOTATION_CREATED", 4), ("secret", "", "", 0), ("json", "ls", "", 0),
    ]  # fmt: skip
    assert {each["source"] for each in lines} == {"127.0.0.1"}
    text = here.out.getvalue()
    assert [word for word in (SECRET, TOKEN, "a-wrong-secret", "hunter2", HEADER) if word in text] == []


def test_a_flood_of_wrong_calls_does_not_fill_the_log(here: Receiver):
    for _ in range(200):
        here.post(payload(1), headers={})
    here.clock.passed += 1
    here.post(payload(1), headers={})
    lines = here.log()
    assert len(lines) < 50
    assert sum(each.get("more", 0) + 1 for each in lines) == 201


def test_what_was_turned_away_is_counted_for_later(tmp_path: Path):
    with receiver(tmp_path) as here:
        here.post(payload(1), headers={})
        here.post(b"{")
        here.post(payload(1), client="6.6.6.6")
    with receiver(tmp_path) as here:
        assert {(each.server, each.word, each.n) for each in here.inbox.counts().seen} == {
            ("", "secret", 1), ("ls", "json", 1), ("", "source", 1),
        }  # fmt: skip


def test_room_is_given_back_however_it_ends():
    hold = bodies.Hold(100)

    def failing() -> None:
        with hold.room() as room:
            assert room.takes(60)
            assert not room.takes(60)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert hold.now == 0
