"""Payloads changed at random, sent to a receiver that is a process of its own and then worked through; called by receiver.py.

Every hundredth call is a sound event: each of those that were answered 200 must be in the inbox.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from labelqa.workflows.servers.hooks import HEADER

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE, EVERY, SEED = 16, 100, 1


def payloads() -> list[bytes]:
    """What a real server sent, as it was recorded."""
    shared = Path(os.environ.get("LABELQA_SHARED", ROOT.parent / "shared"))
    files = sorted((shared / "fixtures" / "label_studio" / "webhooks").glob("*.json"))
    return [json.dumps(json.loads(path.read_text("utf-8"))["body"]).encode() for path in files]


def sound(number: int) -> bytes:
    """An event that is as it should be, told apart by its annotation's number."""
    told = {"id": 10**9 + number, "task": 1, "updated_at": "2026-11-16T02:00:00.000001Z", "result": []}
    return json.dumps({"action": "ANNOTATION_CREATED", "annotation": told, "project": {"id": 14}}).encode()


async def sent_all(bodies: Iterator[bytes], port: int, path: str, secret: str) -> tuple[Counter[str], set[int]]:
    """What was answered, each call on a connection of its own, and the sound events that were taken."""
    found: Counter[str] = Counter()
    taken: set[int] = set()
    numbers = iter(range(10**9))

    async def sends() -> None:
        for body in bodies:
            number = next(numbers)
            found[await answer(body, port, path, secret)] += 1
            if number % EVERY == 0 and (await answer(sound(number), port, path, secret)).startswith("200"):
                taken.add(10**9 + number)

    await asyncio.gather(*(sends() for _ in range(AT_ONCE)))
    return found, taken


async def answer(body: bytes, port: int, path: str, secret: str) -> str:
    """Status and kind of the answer; "none" where the connection ended without one."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{HEADER}: {secret}\r\nContent-Length: {len(body)}\r\n"
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        told = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        said = json.loads(told.partition(b"\r\n\r\n")[2])
        return f"{told.split(b' ', 2)[1].decode()} {said.get('why', said['answer'])}"
    except (OSError, ValueError, LookupError, TimeoutError):
        return "none"


def mutated(n: int, *, port: int, path: str, secret: str, inbox: Path, memory: Callable[[], int]) -> bool:
    """Send ``n`` of them, print what was answered and what is in the inbox; whether all is as it should be."""
    from tests.unit.receiver.mutating import mutants

    began, first = time.perf_counter(), memory()
    found, taken = asyncio.run(sent_all(mutants(payloads(), n, seed=SEED), port, path, secret))
    took = time.perf_counter() - began
    raw = sqlite3.connect(inbox)
    rows = raw.execute("SELECT count(*) FROM events").fetchone()[0]
    there = {number for (number,) in raw.execute("SELECT annotation FROM marks WHERE annotation >= 1000000000")}
    raw.close()
    print(
        f"{n} changed payloads in {took:.0f} s (seed {SEED}); memory {first / 1024:.0f} MB, then {memory() / 1024:.0f} MB"
    )
    for kind, count in found.most_common():
        print(f"  {kind:14} {count:7}")
    print(
        f"in the inbox: {rows} = {found['200 stored']} answered 'stored' + {len(taken)} sound ones; sound ones missing: {len(taken - there)}"
    )
    expected = {"200 stored", "200 doubled", "400 json", "400 shape", "400 deep", "413 large"}
    return set(found) <= expected and rows == found["200 stored"] + len(taken) and taken <= there


def drained(workspace: Path, server: str, log: Path) -> bool:
    """Work the inbox through, print what became of the events; whether nothing broke."""
    from labelqa.wiring import open_desk
    from tests.unit.receiver.working import worked_through

    began = time.perf_counter()
    with open_desk(start=workspace, workspace=workspace, env={}) as desk:
        worked = worked_through(desk, workspace / "inbox.sqlite3", server)
    lines = log.read_text("utf-8", errors="replace").splitlines()
    events = Counter(json.loads(line)["event"] for line in lines if line.startswith("{"))
    broken = sum("Traceback" in line for line in lines) + events["defect"]
    print(
        f"worked through in {time.perf_counter() - began:.0f} s and {worked.passes} passes: of {worked.waited} events "
        f"{worked.taken} led to a look, {worked.aside} were put aside, {worked.left} are left; {worked.kept} revisions "
        f"were added; passes that broke off: {len(worked.errors)}; complaints of the ledger: {len(worked.complaints)}"
    )
    print(f"lines of the log: {dict(events)}; tracebacks and defects: {broken}")
    return not (worked.left or worked.errors or worked.complaints or broken)
