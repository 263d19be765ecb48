"""A checked batch, a stand-in server with the annotators' accounts on it, and what people do there, for tests of returned work."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.adapters.label_studio.rework import ReworkReader, ReworkWriter
from labelqa.records.batch import Kind
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Verdict
from labelqa.records.servers import ServerTold
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.sending.rework_collecting import collect_rework
from labelqa.workflows.sending.rework_sending import send_rework
from labelqa.workflows.sending.rework_values import CollectResult, Sent
from labelqa.workflows.servers.connecting import Connecting, Server, connect_server
from tests.building import (
    EXECUTORS,
    MONDAY,
    RELEASE,
    REVIEWERS,
    Answer,
    Clock,
    carded,
    new_desk,
    opened,
    staffed,
    take_in,
    usual,
)
from tests.fake_label_studio import PERSONAL, FakeServer

URL = "https://labels.example.com"
ACCOUNTS = {name: 11 + place for place, name in enumerate((*EXECUTORS, *REVIEWERS))}
CONTROL, SOURCE = "quality", 7
CONFIG = (
    '<View><Text name="prompt" value="$prompt"/><Choices name="quality" toName="prompt"><Choice value="ok" alias="accept"/>'
    '<Choice value="off_topic"/><Choice value="inaccurate"/></Choices></View>'
)


def result(label: str) -> list[dict[str, Any]]:
    """An annotation's result that gives a label."""
    value = {"choices": [label]}
    return [{"from_name": CONTROL, "to_name": "prompt", "type": "choices", "value": value}] if label else []


@dataclass
class Home:
    """A workspace beside a server; ``wrong`` are the items found wrong, with whose labels they are."""

    desk: Desk
    fake: FakeServer
    server: Server
    people: dict[str, PersonId]
    wrong: dict[ItemId, str] = field(default_factory=dict)
    lang: str = "en"

    def _sides(self) -> tuple[ReworkReader, ReworkWriter]:
        transport = Transport(URL, PERSONAL, through=self.fake.transport, pause=lambda _seconds: None)
        reads = Reading(transport)
        return ReworkReader(reads), ReworkWriter(reads, Writing(transport), lang=self.lang)  # type: ignore[arg-type]

    def send(self, batch: str = "b1", **said: Any) -> Sent:
        return send_rework(self.desk, *self._sides(), self.server, batch, **said)

    def collect(self, *batches: str) -> CollectResult:
        return collect_rework(self.desk, *self._sides(), self.server, batches or None)

    def tasks(self, item: str = "") -> list[dict[str, Any]]:
        """The tasks of returned work there, or those of one item."""
        ours = [each for each in self.fake.tasks.values() if "labelqa" in each["meta"]]
        return [each for each in ours if item in ("", each["meta"]["labelqa"]["item"])]

    def answer(self, item: str, label: str, by: str = "", **more: Any) -> int:
        """Whose label it was answers the last task of the item, or somebody else does; an hour passes."""
        self.later()
        number = ACCOUNTS[by or self.wrong[ItemId(item)]]
        return self.fake.annotate(self.tasks(item)[-1]["id"], result(label), by=number, **{"updated_by": number} | more)

    def change(self, annotation: int, label: str, by: str) -> None:
        self.later()
        self.fake.edit(annotation, result=result(label), by=ACCOUNTS[by])

    def labelled(self, given: dict[str, tuple[str, str]], *, at: datetime, editor: str = "", mark: str = "a") -> None:
        """What a sync would bring of the source: who answered what, at a time, in one annotation an item."""
        shown = {item: {"prompt": f"question {item}", "response": "an answer"} for item in given}
        edited = str(ACCOUNTS[editor]) if editor else ""
        rows = [
            Answer(item, str(ACCOUNTS[who]), label, source=f"{mark}{item}", at=at, edited=edited)
            for item, (who, label) in given.items()
        ]
        take_in(self.desk, rows, name=f"{at} {mark} {given}", kind="label-studio-server", server="label-studio", data=shown,
                options={"item_key": "data.id"})  # fmt: skip

    def later(self, **passes: float) -> None:
        """Time passes here and there."""
        clock: Any = self.desk.clock
        clock.now += timedelta(**passes or {"hours": 1})
        self.fake.now = clock.now

    def writes(self) -> list[httpx.Request]:
        """What was asked to be changed on the server."""
        return [each for each in self.fake.requests if each.method != "GET" and "/token/" not in each.url.path]


def peopled() -> FakeServer:
    """A server with everybody's account and the project in which the items were labelled."""
    fake = FakeServer()
    fake.users += [{"id": number, "email": f"{number}@example.com"} for number in ACCOUNTS.values()]
    fake._numbers["project"] = SOURCE - 1
    fake.project("source", CONFIG)
    return fake


def home(desk: Desk, people: dict[str, PersonId]) -> Home:
    """A workspace with a connected server on which everybody has an account; no batch yet."""
    fake = peopled()
    desk.ledger.identities.attach("label-studio", {str(number): people[name] for name, number in ACCOUNTS.items()})
    told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
    server, _ = connect_server(desk, Connecting(name="label-studio", url=URL), told)
    return Home(desk, fake, server, people)


def checked_home(desk: Desk, people: dict[str, PersonId], *, wrong: int = 4, n: int = 40, **said: Any) -> Home:
    """The same with batch b1: every other item is Ann's or Bob's, labelled in project 7; some are found incorrect.

    The reviewers' right label is off_topic, and their comment names one of them.
    """
    made = home(desk, people)
    made.fake._numbers["project"] = SOURCE - 1
    made.fake.project("source", CONFIG)
    names = {f"q-{number:03}": EXECUTORS[number % 2] for number in range(n)}
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org", where=())
    carded(desk)
    declare_plan(desk, "b1", design=usual(Kind.FUNCTIONAL), seed="the seed of b1")
    made.labelled({item: (name, "accept") for item, name in names.items()}, at=MONDAY)
    freeze_batch(desk, "b1")
    sample = draw_sample(desk, "b1", verifiers=2)
    for place, each in enumerate(drawn_items(desk, sample.sample)):
        bad = {"verdict": Verdict.INCORRECT, "rule": "Q-03", "correct_label": "off_topic",
               "comment": f"{REVIEWERS[0]} says: not what was asked", **said}  # fmt: skip
        found = bad if place < wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, sample.sample, each.item_id, by=each.verifier, **found)
        if place < wrong:
            made.wrong[each.item_id] = names[each.item_id]
    made.later()
    return made


@dataclass(frozen=True)
class Kept:
    """A checked workspace on disk, to be copied for a test."""

    folder: Path
    now: datetime
    server: Server
    people: dict[str, PersonId]
    wrong: dict[ItemId, str]

    def home(self, folder: Path) -> Home:
        """A copy, opened, beside a fresh server; the caller closes its desk."""
        shutil.copytree(self.folder, folder)
        desk = opened(folder, clock=Clock(self.now))
        made = Home(desk, peopled(), self.server, dict(self.people), dict(self.wrong))
        made.later()
        return made


def kept(folder: Path) -> Kept:
    """Staff and check a workspace once."""
    with new_desk(folder) as desk:
        people = staffed(desk)
        clock: Any = desk.clock
        clock.now = MONDAY
        made = checked_home(desk, people)
        return Kept(folder, clock.now, made.server, people, made.wrong)


__all__ = ["ACCOUNTS", "CONTROL", "SOURCE", "URL", "Home", "Kept", "checked_home", "home", "kept", "result"]
