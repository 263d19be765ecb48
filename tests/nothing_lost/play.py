"""The whole play: changes on a server, a bad road, a receiver that dies, and at the end what labelqa knows beside what is true."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx

from labelqa.adapters.cli.main import main
from labelqa.workflows.integrity import verify_ledger
from tests.building import opened
from tests.fake_label_studio import PERSONAL, listening
from tests.nothing_lost.changes import CONFIG, Changing, Version
from tests.nothing_lost.outcome import Outcome
from tests.nothing_lost.road import COMMAND, ROOT, Receiver, Road, locked
from tests.nothing_lost.sites import StandIn

SERVER = "office"
_HISTORY = """
SELECT r.source_id, r.updated_at, i.item_id, p.person, r.value, r.skipped IS NOT NULL, r.ground_truth IS NOT NULL, r.gone, r.task
FROM revisions r JOIN imports m USING (import_no) JOIN items i USING (item_no) JOIN people p USING (person_no)
WHERE m.counted = 1 ORDER BY r.rev
"""


@dataclass(frozen=True)
class Course:
    """How much happens. ``passes`` and ``broken`` passes (killed, or in vain) come beside the kills of the receiver."""

    seed: int
    changes: int
    kills: int
    passes: int
    broken: int = 1
    down: int = 8  # changes made at most while the receiver is down


class Play:
    """A workspace, its receiver and the stand-in server, with the troubles that come to them."""

    def __init__(self, folder: Path, course: Course, url: str, site: StandIn) -> None:
        self.course, self.rng, self.site, self.url = course, Random(course.seed), site, url
        self.workspace, self.receiver = folder / "ws", Receiver(folder / "ws", folder / "receiver.log")
        self.road = Road(Random(course.seed + 1))
        project = site.project("followed", CONFIG)
        self.changing = Changing(
            site, project, Random(course.seed + 2), [site.user(f"{n}@example.com") for n in "abcde"]
        )
        site.deliver = self.road.carry
        self.meanwhile = 0  # changes that are still made while a pass reads
        site.before = self._asked
        self.down_for = 0
        self.restarting = False

    # ---- the workspace

    def prepare(self) -> None:
        """A workspace that follows the project, with a webhook in place."""
        key = self.workspace.parent / "token"
        key.write_text(PERSONAL + "\n")
        key.chmod(0o600)
        self.run("init", self.workspace, inside=False)
        self.run("connect", self.url, "--as", SERVER, "--token-file", key)
        self.run("sync", "follow", self.changing.project, "--item-key", "data.key")
        self.receiver.start()
        self.run("serve", "--register", "--url", self.receiver.url, "--yes")

    def run(self, *words: object, inside: bool = True, fine: bool = True) -> int:
        """A command in this process; its exit code."""
        at = ["--workspace", str(self.workspace)] if inside else []
        code = main([*map(str, words), *at], env={"LABELQA_LANG": "en"})
        assert not fine or code == 0, f"labelqa {' '.join(map(str, words))}: {code}"
        return code

    def look(self, *words: str) -> None:
        """A pass that goes through; from then on what is there is known."""
        with closing(sqlite3.connect(self.workspace / "inbox.sqlite3")) as inbox:
            while True:
                self.changing.looking(sweeping="--sweep" in words)
                self.run("sync", "run", *words)
                self.changing.looked()
                if not inbox.execute("SELECT count(*) FROM events WHERE state = 0").fetchone()[0]:
                    return

    # ---- what happens

    def play(self) -> None:
        """Changes and troubles. Which changes, and the fate of each event, the seed alone decides."""
        course = self.course
        acts = [(self._kill, course.kills), (self._pass, course.passes), (self._broken, course.broken),
                (self._lock, 1 + course.kills // 10), (self._full, 1), (self._lock_intake, 1), (self._full_pass, 1)]  # fmt: skip
        due = [(self.rng.randrange(course.changes), act) for act, n in acts for _ in range(n)]
        due.sort(key=lambda each: each[0])
        while len(self.changing.made) < course.changes:
            self._change()
            while due and due[0][0] <= len(self.changing.made):
                due.pop(0)[1]()
        for _, act in due:
            act()
        self._back()
        self.road.later(everything=True)

    def _change(self) -> None:
        self.changing.change()
        self.road.later()
        if self.down_for:
            self.down_for -= 1
            if not self.down_for:
                self.receiver.start()

    def _back(self) -> None:
        if self.down_for:
            self.down_for = 0
            self.receiver.start()

    def _kill(self) -> None:
        if self.down_for:
            return
        hook = next(iter(self.site.hooks.values()))
        body = json.dumps({"action": "TASKS_CREATED", "tasks": [{"id": 1}], "project": self.changing.project}).encode()
        self.receiver.killed_while(body, hook, self.rng.uniform(0, 0.01))
        self.down_for = self.rng.randint(1, self.course.down)

    def _pass(self) -> None:
        self.meanwhile = self.rng.choice((0, 6))
        self.look(*(["--sweep"] if self.rng.random() < 0.3 else []))
        self.meanwhile = 0

    def _broken(self) -> None:
        """A pass that is killed on its way, and one while the server is being started again."""
        asked = len(self.site.requests)
        wanted, until = self.rng.randint(1, 6), time.monotonic() + 30
        with self._beside("--sweep") as passing:
            while len(self.site.requests) < asked + wanted and passing.poll() is None and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(self.rng.uniform(0, 0.3))
            passing.kill()
        self.restarting = True
        assert self.run("sync", "run", fine=False) != 0
        self.restarting = False

    def _lock(self) -> None:
        """The inbox is held longer than the server waits."""
        self._back()
        with locked(self.workspace / "inbox.sqlite3"):
            for _ in range(2):
                self._change()

    def _lock_intake(self) -> None:
        """The intake is held by somebody else: a pass waits, gives up or goes through, and nothing is half done."""
        with locked(self.workspace / "intake.sqlite3"), self._beside() as passing:
            time.sleep(1.5)
            self._change()
            passing.kill()

    def _full_pass(self) -> None:
        """A pass that can write next to nothing."""
        with self._beside(limit=16) as passing:
            passing.wait(timeout=60)

    def _beside(self, *words: str, limit: int = 0) -> subprocess.Popen[bytes]:
        """A pass in a process of its own; ``limit``: no file may grow beyond so many KB."""
        told = [*COMMAND, "sync", "run", *words, "--workspace", str(self.workspace)]
        held = ["bash", "-c", f'ulimit -f {limit} && exec "$@"', "pass"] if limit else []
        silent = subprocess.DEVNULL
        return subprocess.Popen([*held, *told], cwd=ROOT, stdin=silent, stdout=silent, stderr=silent)

    def _full(self) -> None:
        """The receiver can write nothing."""
        self._back()
        with self.receiver.full_disk():
            for _ in range(4):
                self._change()

    def _asked(self, request: httpx.Request) -> httpx.Response | None:
        """What happens on the server while it is read: people go on, or it does not answer at all."""
        if self.restarting:
            return httpx.Response(503, json={"detail": "starting"})
        if request.url.path.endswith("/tasks/"):
            for _ in range(min(self.meanwhile, 2)):
                self.meanwhile -= 1
                self.changing.change()
        return None

    # ---- what came of it

    def outcome(self, seconds: float) -> Outcome:
        """Look for the last time, sweep, and compare."""
        self.look("--sweep")
        counts = dict(self.road.counts)
        true = self.changing.now()
        with opened(self.workspace) as desk:
            known_as = desk.ledger.identities.accounts(SERVER).items()  # by number, and by e-mail address
            owners = {person: account for (_, account), person in known_as if account.isdigit()}
            sources = dict(self._asked_of("SELECT rev, source_id FROM revisions"))
            items = {each.item_no: each.item_id for each in desk.intake.items()}
            known = {
                _number(sources[row.rev]): Version(
                    _number(sources[row.rev]), row.updated_at or 0, items[row.item_no], owners[row.person], row.value,
                    row.skipped, row.ground_truth,
                )
                for row in desk.intake.annotations()
            }  # fmt: skip
            altered = verify_ledger(desk).findings
        rows = [
            (Version(_number(source), at, item, owners[person], value, bool(skipped), bool(truth)), gone, task)
            for source, at, item, person, value, skipped, truth, gone, task in self._asked_of(_HISTORY)
        ]
        history = [each for each, gone, _ in rows if not gone]
        repeated = Counter((each, task) for each, gone, task in rows if not gone)
        kept = {each._replace(account="", at=0) for each in history}
        status = self._status()
        (project,) = status["servers"][0]["projects"]
        return Outcome(
            versions=self.changing.versions, true=true, known=known, history=history,
            unwarranted=[each for each in history if each not in self.changing.versions],
            forgotten=[each for each in self.road.taken if each.account and each._replace(account="", at=0) not in kept],
            twice=[each for (each, _), n in repeated.items() if n > 1], excused=self.changing.unseen,
            altered=tuple(altered), wrong_tasks=(project["tasks"], len(self.changing.tasks_now())), status=status,
            counts=counts, seconds=seconds, made=Counter(self.changing.made),
        )  # fmt: skip

    def _asked_of(self, query: str) -> Iterator[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.workspace / "intake.sqlite3")) as raw:
            yield from raw.execute(query)

    def _status(self) -> dict[str, Any]:
        words = [*COMMAND, "sync", "status", "--json", "--workspace", str(self.workspace)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _number(source: str) -> int:
    return int(source.partition(":")[2])


@contextmanager
def stage(folder: Path, course: Course) -> Iterator[Play]:
    """A stand-in server that listens, and a play on it; the receiver is gone at the end."""
    site = StandIn(legacy=True, now=datetime.now(UTC))
    with listening(site) as url:
        play = Play(folder, course, url, site)
        try:
            yield play
        finally:
            play.receiver.kill()


def played(folder: Path, course: Course) -> Outcome:
    """The play from its beginning to its end."""
    with stage(folder, course) as play:
        play.prepare()
        began = time.monotonic()
        play.play()
        found = play.outcome(time.monotonic() - began)
        assert play.receiver.stop() == 0
    return found
