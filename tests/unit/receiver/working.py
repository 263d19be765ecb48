"""What the receiver took, worked through with a stand-in of the server that the payloads came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from labelqa.adapters.label_studio.client.codec import ServerCodec
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.intake.inbox import open_inbox
from labelqa.ledger.verify import verify
from labelqa.records.servers import ServerTold
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.sync.projects import follow_project
from labelqa.workflows.sync.running import Running
from tests.fake_label_studio import LEGACY, FakeServer

CONFIG = """<View><Text name="text" value="$text"/><Choices name="sentiment" toName="text" choice="single">
<Choice value="正面" alias="pos"/><Choice value="负面" alias="neg"/></Choices></View>"""
PROJECTS = (14, 15)  # those of the recorded payloads
TASKS = 60  # about as many as they speak of


@dataclass(slots=True)
class Worked:
    """What became of the events of an inbox."""

    waited: int
    passes: int = 0
    taken: int = 0  # events that led to a look at their project
    kept: int = 0  # revisions of answers that were added
    aside: int = 0  # events that could not be worked through
    left: int = 0
    errors: list[str] = field(default_factory=list)  # passes that broke off
    complaints: list[str] = field(default_factory=list)  # of the ledger's verification


def worked_through(desk: Desk, inbox_path: Path, server: str) -> Worked:
    """Passes until nothing waits any more; whatever nobody foresaw is raised."""
    reading = Reading(Transport("http://127.0.0.1:9", LEGACY, through=_site(desk, server).transport, pause=_at_once))
    with open_inbox(inbox_path) as inbox:
        found = Worked(waited=inbox.counts().waiting)
        running = Running(desk, reading, ServerCodec(), server, inbox=inbox)
        while inbox.counts().waiting and found.passes < 10 + found.waited // 100:
            found.passes += 1
            for each in running.run(sweep=False):
                found.taken += each.events
                found.kept += each.tally.added
                found.errors += [str(each.error)] if each.error is not None else []
        counts = inbox.counts()
        found.left, found.aside = counts.waiting, counts.failed
    found.complaints = [str(each) for each in verify(desk.ledger)[2]]
    return found


def _at_once(_seconds: float) -> None:
    """No pause between attempts."""


def _site(desk: Desk, server: str) -> FakeServer:
    site = FakeServer(legacy=True)
    while site.project(f"number {len(site.projects)}", CONFIG) < max(PROJECTS):
        continue
    told = ServerTold(version="1.23.2", edition="Community", account="1", projects=len(PROJECTS))
    connect_server(desk, Connecting(name=server, url="http://127.0.0.1:9"), told)
    for each in PROJECTS:
        follow_project(desk, each, server=server, title=f"number {each}")
    result = [
        {"id": "a", "from_name": "sentiment", "to_name": "text", "type": "choices", "value": {"choices": ["pos"]}}
    ]
    for number in range(1, TASKS + 1):
        task = site.task(PROJECTS[0], {"text": f"第{number}句"})
        if number % 5 == 0:  # what the payloads tell of the others is all that is known of their answers
            site.annotate(task, result)
    return site
