"""A workspace that follows a project of a stand-in server, for the tests of that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from labelqa.adapters.label_studio.client.codec import ServerCodec
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.intake.inbox import Inbox, arrival, open_inbox
from labelqa.records.servers import ServerTold
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.sync.projects import follow_project
from labelqa.workflows.sync.running import Passed, Running
from tests.fake_label_studio import LEGACY, FakeServer

CONFIG = """<View><Text name="text" value="$text"/><Choices name="c" toName="text" choice="single">
<Choice value="yes"/><Choice value="no"/></Choices></View>"""
NAME = "label-studio"


def answer(label: str) -> list[dict[str, Any]]:
    return [{"id": "a", "from_name": "c", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]


class House:
    """A workspace connected to a stand-in, and what is known of it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.server, self.events = desk, FakeServer(legacy=True), list[dict[str, Any]]()
        self.project = self.server.project("first", CONFIG)
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=1)
        connect_server(desk, Connecting(name=NAME, url="http://127.0.0.1:9"), told)
        follow_project(desk, self.project, server=NAME, title="first")
        transport = Transport("http://127.0.0.1:9", LEGACY, through=self.server.transport, pause=lambda _s: None)
        self.reading = Reading(transport)
        self.inbox: Inbox = open_inbox(folder / "inbox.sqlite3")
        self.server.deliver = lambda _hook, payload: self.events.append(payload)

    def run(self, **told: Any) -> Passed:
        """One pass over the project."""
        running = Running(self.desk, self.reading, ServerCodec(), NAME, inbox=self.inbox)
        return running.run(project=self.project, **told)[0]

    def delivered(self) -> None:
        """Every event so far goes into the inbox."""
        for payload in self.events:
            self.inbox.put(arrival(NAME, json.dumps(payload).encode(), self.desk.clock()))
        self.events.clear()

    def current(self) -> list[tuple[str, str, bool, bool]]:
        """What the intake holds: item, answer, skipped, ground truth."""
        items = {each.item_no: each.item_id for each in self.desk.intake.items()}
        rows = self.desk.intake.annotations()
        return sorted((items[row.item_no], row.value, row.skipped, row.ground_truth) for row in rows)

    def truth(self) -> list[tuple[str, str, bool, bool]]:
        """The same on the server."""
        found = []
        for task in self.server.tasks.values():
            for each in task["annotations"]:
                said = "{}" if each["was_cancelled"] else f'{{"c":"{each["result"][0]["value"]["choices"][0]}"}}'
                found.append((str(task["id"]), said, each["was_cancelled"], each["ground_truth"]))
        return sorted(found)


def fill(house: House, tasks: int) -> list[int]:
    """Tasks with one answer each; comes back with the annotations."""
    made = [house.server.task(house.project, {"text": f"t{n}"}) for n in range(tasks)]
    return [house.server.annotate(task, answer("yes")) for task in made]
