"""Who may hold a connection: others are let go before they say anything, and one address never holds all of them."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections import Counter
from pathlib import Path

import pytest

from labelqa.adapters.receiver.guards import Guards, networks
from labelqa.adapters.receiver.slots import CONNECTIONS, FROM_ONE, Slots
from tests.conftest import missing
from tests.unit.receiver.calling import SECRET, payload, receiver
from tests.unit.receiver.talking import answered, talked_with

ONE = networks(["127.0.0.1"])


def post(number: int) -> bytes:
    body = json.dumps(payload(number)).encode()
    head = f"POST /hooks/label-studio/ls HTTP/1.1\r\nHost: x\r\nX-Labelqa-Secret: {SECRET}\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def status(told: bytes) -> int:
    return int(told.split(b" ", 2)[1]) if told else 0


@pytest.fixture
def other() -> str:
    """A second address of this machine."""
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.2", 0))
        except OSError:
            missing("second-address", f"127.0.0.2 is no address here ({sys.platform})")
    return "127.0.0.2"


async def held(port: int, n: int, source: str) -> list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connections that say nothing."""
    return [await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)) for _ in range(n)]


def test_addresses_that_are_not_allowed_hold_no_connection(tmp_path: Path, other: str):
    async def talk(port: int) -> tuple[list[bytes], bytes]:
        silent = await held(port, CONNECTIONS + 20, other)
        ended = [await asyncio.wait_for(reader.read(), 2) for reader, _ in silent]  # they said nothing
        told = await answered(port, post(1))
        for _, writer in silent:
            writer.close()
        return ended, told

    with receiver(tmp_path, allow=ONE) as here:
        ended, told = talked_with(here, talk)
        assert {status(each) for each in ended} == {403}
        assert status(told) == 200
        assert here.reception.tally.answers["", "", "source"] == CONNECTIONS + 20
        lines = here.log()
        assert {(each["answer"], each["source"]) for each in lines if each["event"] == "turned away"} == {
            ("source", other)
        }
        assert len(lines) < 50


def test_one_address_never_holds_all_connections(tmp_path: Path, other: str):
    async def talk(port: int) -> tuple[Counter[int], int, int]:
        held_there = await held(port, CONNECTIONS, other)
        told, first = Counter[int](), [reader for reader, _ in held_there]
        for reader in first[FROM_ONE:]:
            told[status(await asyncio.wait_for(reader.read(), 2))] += 1
        ours = status(await answered(port, post(1)))
        for _, writer in held_there:
            writer.close()
        await asyncio.sleep(0.05)
        return told, ours, status(await answered(port, post(2), source=other))

    with receiver(tmp_path) as here:
        assert talked_with(here, talk) == (Counter({429: CONNECTIONS - FROM_ONE}), 200, 200), "and it is given back"


def test_all_connections_together_have_an_end():
    told: list[tuple[str, str]] = []
    slots = Slots(
        Guards(secret_of=lambda _: "", allow=networks(["10.0.0.0/8"])),
        lambda *why: told.append(why),
        most=4,
        from_one=2,
    )
    peers = ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2", "::ffff:10.0.0.2", "10.0.0.3", "11.0.0.1", "", "x"]
    assert [status(slots.taken(each)) for each in peers] == [0, 0, 429, 0, 0, 503, 403, 403, 403]
    assert told == [
        ("connections", "10.0.0.1"), ("connections", "10.0.0.3"), ("source", "11.0.0.1"), ("source", ""), ("source", ""),
    ]  # fmt: skip
    for each in ("10.0.0.1", "10.0.0.1", "10.0.0.2", "::ffff:10.0.0.2"):
        slots.given_back(each)
    assert slots.held == Counter(), "nothing is kept of who has gone"


def test_a_proxy_that_was_named_brings_everybodys_calls():
    guards = Guards(secret_of=lambda _: "", allow=networks(["10.2.0.0/16"]), proxies=networks(["10.0.0.1"]))
    slots = Slots(guards, lambda *_: None, most=4, from_one=2)
    assert [status(slots.taken(each)) for each in ["10.0.0.1"] * 5 + ["10.0.0.2"]] == [0, 0, 0, 0, 503, 403]


def test_a_call_that_was_let_go_is_told_when_to_come_again():
    guards = Guards(secret_of=lambda _: "", allow=ONE)
    full = Slots(guards, lambda *_: None, most=0).taken("127.0.0.1")
    head, _, body = full.partition(b"\r\n\r\n")
    assert b"\r\nRetry-After: 1\r\n" in head + b"\r\n"
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body) == {"answer": "refused", "why": "connections"}
