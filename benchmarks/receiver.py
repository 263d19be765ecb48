"""How long a sender waits for the webhook receiver, at a steady rate of events, and whether its memory stays flat.

    python benchmarks/receiver.py --seconds 30
    python benchmarks/receiver.py --soak
    python benchmarks/receiver.py --bursts 200
    python benchmarks/receiver.py --mutated 100000
    LABEL_STUDIO_URL=… LABEL_STUDIO_API_KEY=… python benchmarks/receiver.py --submits 60

The receiver is a process of its own (``labelqa serve --receive-only``); events are sent on schedule, whether or not
earlier ones were answered, each on a connection of its own, as Label Studio does. A second process works the inbox
through meanwhile. Times are from the moment at which an event was due. With the last line the time that an annotator's
submit takes on a real server is compared with and without the webhook.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelqa.adapters.cli.main import main as labelqa
from labelqa.workflows.servers.hook_secrets import made_secret
from labelqa.workflows.servers.hooks import ACTIONS, HEADER

ROOT = Path(__file__).resolve().parents[1]
NAME = "bench"
PATH = f"/hooks/label-studio/{NAME}"
DRAIN = """
import sys, time
from pathlib import Path
from labelqa.workflows.servers.inbox import inbox_of
inbox = inbox_of(Path(sys.argv[1]), busy_seconds=30)
while True:
    found = inbox.waiting(500)
    inbox.done([each.number for each in found])
    if not found: time.sleep(1)
"""


@contextmanager
def receiving(
    folder: Path, *more: str, host: str = "127.0.0.1", drain: bool = True
) -> Iterator[tuple[subprocess.Popen[bytes], int, str]]:
    """A receiver on a workspace of its own, and a process that works its inbox through: process, port, secret."""
    workspace = folder / "ws"
    with contextlib.redirect_stdout(io.StringIO()):
        assert labelqa(["init", str(workspace)], env={}) == 0
    secret = made_secret(workspace, NAME, env={})
    with socket.socket() as sock:
        sock.bind((host, 0))
        port = int(sock.getsockname()[1])
    words = ["serve", "--receive-only", "--host", host, "--port", str(port), "--workspace", str(workspace), *more]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "log.txt").open("wb") as log:
        served = subprocess.Popen(
            [sys.executable, "-m", "labelqa.adapters.cli.main", *words], stdout=log, stderr=log, env=env
        )
        beside = [sys.executable, "-c", DRAIN, str(workspace)] if drain else [sys.executable, "-c", ""]
        drained = subprocess.Popen(beside, env=env)
        try:
            until_open(host, port, served)
            yield served, port, secret
        finally:
            for each in (drained, served):
                each.terminate()
                each.wait(30)


def until_open(host: str, port: int, served: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        assert served.poll() is None, "the receiver ended"
        time.sleep(0.05)
    raise AssertionError("nobody listens")


def request(number: int, port: int, secret: str, *, size: int) -> bytes:
    """What Label Studio sends when somebody submits, about ``size`` bytes of result in it."""
    moment = f"2026-11-16T02:{number // 60 % 60:02}:{number % 60:02}.{number % 1_000_000:06}Z"
    told = {
        "action": "ANNOTATION_CREATED",
        "annotation": {
            "id": number, "task": number, "project": 1, "completed_by": 3, "updated_at": moment, "created_at": moment,
            "unique_id": str(uuid4()), "lead_time": 5.5, "was_cancelled": False,
            "result": [{"id": "c1", "from_name": "sentiment", "type": "choices", "value": {"choices": ["x" * size]}}],
        },
        "task": {"id": number, "data": {"text": "字" * 100}, "meta": {}, "updated_at": moment, "project": 1},
        "project": {"id": 1, "title": "bench", "label_config": "<View/>" * 100, "token": "t" * 40},
    }  # fmt: skip
    body = json.dumps(told).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{HEADER}: {secret}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


async def sent(number: int, due: float, port: int, secret: str, size: int) -> tuple[int, float]:
    """Status of the answer and how long after it was due it came."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(number, port, secret, size=size))
        told = await reader.read()
        writer.close()
        return int(told.split(b" ", 2)[1]), time.perf_counter() - due
    except (OSError, ValueError, IndexError):
        return 0, time.perf_counter() - due


async def steady(
    pid: int, port: int, secret: str, *, rate: float, seconds: float, size: int
) -> tuple[list[tuple[int, float]], list[int]]:
    """Events on schedule; the answers, and the receiver's memory in kB each second."""
    began, memory, tasks, n = time.perf_counter(), [rss(pid)], [], int(rate * seconds)
    for number in range(1, n + 1):
        due = began + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(sent(number, due, port, secret, size)))
        if number % int(max(rate, 1)) == 0:
            memory.append(rss(pid))
    return await asyncio.gather(*tasks), memory


def rss(pid: int) -> int:
    """Resident memory of a process in kB; Linux only."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def cpu(pid: int) -> float:
    """Seconds of processor time that a process took; Linux only."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def run(rate: float, seconds: float, size: int) -> int:
    """Send for so long, print the figures; 1 when the goal was missed."""
    with tempfile.TemporaryDirectory() as folder, receiving(Path(folder)) as (served, port, secret):
        asyncio.run(steady(served.pid, port, secret, rate=rate, seconds=2, size=size))  # warm
        before = cpu(served.pid)
        found, memory = asyncio.run(steady(served.pid, port, secret, rate=rate, seconds=seconds, size=size))
        used = cpu(served.pid) - before
        wal = sum(each.stat().st_size for each in (Path(folder) / "ws").glob("inbox*"))
    statuses = Counter(status for status, _ in found)
    times = sorted(1000 * took for _, took in found)
    start, end = memory[len(memory) // 5], memory[-1]
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"{len(found)} events at {rate:g}/s for {seconds:g} s: answers {dict(statuses)}")
    print(
        "acknowledgement in ms, from when it was due: "
        + ", ".join(f"{name} {at(times, share):.2f}" for name, share in SHARES)
        + f", worst {times[-1]:.1f}"
    )
    print(f"processor time: {1000 * used / len(found):.2f} ms an event; load of the machine {os.getloadavg()[0]:.1f}")
    print(
        f"memory in MB: {memory[0] / 1024:.1f} at first, {start / 1024:.1f} after a fifth, {end / 1024:.1f} at the end"
    )
    if len(memory) > 120:
        print("memory in MB, minute by minute: " + ", ".join(f"{each / 1024:.1f}" for each in memory[::60]))
    print(f"inbox on disk: {wal / 2**20:.1f} MB")
    fine = set(statuses) == {200} and at(times, 0.5) < 5 and at(times, 0.99) < 50 and end < start * 1.1
    print("goal (median < 5 ms, p99 < 50 ms, memory flat within 10 %): " + ("met" if fine else "missed"))
    return 0 if fine else 1


SHARES = (("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))


def at(times: Sequence[float], share: float) -> float:
    """The time below which this share of them lies (nearest rank)."""
    return times[min(len(times) - 1, int(share * len(times)))]


def bursts(at_once: int, times: int = 100) -> int:
    """Send many events at the same moment, again and again; 1 when memory grows with how often rather than how many."""
    with tempfile.TemporaryDirectory() as folder, receiving(Path(folder), "--rate", "100000") as (served, port, secret):
        memory, statuses = [rss(served.pid)], Counter[int]()
        for first in range(0, at_once * times, at_once):
            statuses.update(status for status, _ in asyncio.run(burst(at_once, first, port, secret)))
            memory.append(rss(served.pid))
    told = ", ".join(f"{memory[place] / 1024:.1f} after {place}" for place in (1, times // 10, times // 2, times))
    print(f"{times} times {at_once} events at once: answers {dict(statuses)}")
    print(f"memory in MB: {memory[0] / 1024:.1f} at first, {told}")
    fine = set(statuses) == {200} and memory[-1] < memory[times // 10] * 1.1
    print("goal (all kept, memory flat within 10 % once a tenth were sent): " + ("met" if fine else "missed"))
    return 0 if fine else 1


async def burst(n: int, first: int, port: int, secret: str) -> list[tuple[int, float]]:
    """Events of which none waits for another."""
    now = time.perf_counter()
    return await asyncio.gather(*(sent(first + place, now, port, secret, 1000) for place in range(1, n + 1)))


def hostile(n: int) -> int:
    """Send payloads changed at random, then work through what was taken; 1 when anything is not as it should be."""
    from mutated import drained, mutated

    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "ws"
        with receiving(Path(folder), "--rate", "100000", drain=False) as (served, port, secret):
            inbox = workspace / "inbox.sqlite3"
            fine = mutated(n, port=port, path=PATH, secret=secret, inbox=inbox, memory=lambda: rss(served.pid))
        fine = drained(workspace, NAME, Path(folder) / "log.txt") and fine
    print("goal (a fitting answer to each, each 200 on the disk, nothing broken): " + ("met" if fine else "missed"))
    return 0 if fine else 1


def submits(n: int, host: str) -> int:
    """Compare a submit on a real server with and without the webhook; print the receiver's share."""
    from labelqa.adapters.label_studio.client.transport import Transport
    from labelqa.adapters.label_studio.client.writing import Writing

    transport = Transport(os.environ["LABEL_STUDIO_URL"], os.environ["LABEL_STUDIO_API_KEY"])
    writes = Writing(transport)
    config = '<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="A"/></Choices></View>'
    projects = [writes.create_project(title=f"labelqa bench {name}", config=config) for name in ("bare", "hooked")]
    times: dict[int, list[float]] = {each: [] for each in projects}
    try:
        with tempfile.TemporaryDirectory() as folder, receiving(Path(folder), host=host) as (_, port, secret):
            url = f"http://{host}:{port}{PATH}"
            writes.create_hook(projects[1], url=url, actions=ACTIONS, headers={HEADER: secret})
            tasks = {each: writes.import_tasks(each, [{"data": {"t": str(i)}} for i in range(n)]) for each in projects}
            for place in range(n):
                for each in projects if place % 2 else projects[::-1]:  # neither is always first
                    result = [{"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": ["A"]}}]
                    began = time.perf_counter()
                    writes.annotate(tasks[each][place], result, unique_id=str(uuid4()))
                    times[each].append(time.perf_counter() - began)
            lines = (Path(folder) / "log.txt").read_text().splitlines()
    finally:
        for each in projects:
            writes.delete_project(each)
    ours = sorted(json.loads(line)["ms"] for line in lines if '"ANNOTATION_CREATED"' in line)
    bare, hooked = (1000 * at(sorted(times[each]), 0.5) for each in projects)
    print(f"median submit of {n}: {bare:.1f} ms without a webhook, {hooked:.1f} ms with it (+{hooked - bare:.1f} ms)")
    print(f"events received: {len(ours)}; the receiver itself took {at(ours, 0.5):.2f} ms (median)")
    print(
        f"the receiver's share of a submit: {at(ours, 0.5) / hooked:.1%}; the webhook's: {(hooked - bare) / hooked:.1%}"
    )
    return 0 if len(ours) == n and at(ours, 0.5) / hooked < 0.1 else 1


def main() -> int:
    """Read the words, run what they ask for."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--seconds", type=float, default=30.0)
    words.add_argument("--rate", type=float, default=200.0)
    words.add_argument("--size", type=int, default=1000, help="bytes of an annotation's result")
    words.add_argument("--soak", action="store_true", help="ten minutes")
    words.add_argument("--bursts", type=int, default=0, metavar="N", help="events at once, a hundred times")
    words.add_argument("--mutated", type=int, default=0, metavar="N")
    words.add_argument("--submits", type=int, default=0, metavar="N")
    words.add_argument("--host", default="127.0.0.1", help="where the real server reaches the receiver")
    told = words.parse_args()
    if told.bursts:
        return bursts(told.bursts)
    if told.mutated:
        return hostile(told.mutated)
    if told.submits:
        return submits(told.submits, told.host)
    return run(told.rate, 600.0 if told.soak else told.seconds, told.size)


if __name__ == "__main__":
    sys.exit(main())
