"""A drawn sample, and a stand-in of a server on which its two verifiers have accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.adapters.label_studio.sent import LabelStudioForms, collect_reviews
from labelqa.records.batch import Kind
from labelqa.records.designs import Design, Terms
from labelqa.records.names import PersonId
from labelqa.records.review import Review, Sample
from labelqa.records.review_projects import CollectedProject, CollectResult, ReviewsSent
from labelqa.records.servers import ServerTold
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.sending.review_collect import Collecting
from labelqa.workflows.sending.review_projects import ReviewProject, fold_review_projects
from labelqa.workflows.sending.review_send import Sending, send_reviews
from labelqa.workflows.servers.connecting import Connecting, Server, connect_server
from labelqa.workflows.state import read_state
from tests.building import RELEASE, Answer, Clock, agreeing, carded, take_in
from tests.fake_label_studio import PERSONAL, FakeServer

URL, NAME = "http://127.0.0.1:8080", "ls"
TEN = timedelta(minutes=10)


def drawn_sample(
    desk: Desk,
    *,
    n: int = 20,
    design: Design = Design.CENSUS,
    kind: Kind = Kind.FUNCTIONAL,
    release: str = RELEASE,
    terms: Terms | None = None,
    answers: Sequence[Answer] = (),
    **options: Any,
) -> Sample:
    """A drawn batch b1 with two verifiers; ``options`` go to the import."""
    declare_batch(desk, "b1", kind=kind, release=release, organizer="Org")
    carded(desk, "b1")
    declare_plan(desk, "b1", design=design, terms=terms or Terms(), seed="the seed of b1", accuracy=0.9)
    take_in(desk, list(answers) or agreeing(n), **options)
    freeze_batch(desk, "b1")
    return draw_sample(desk, "b1", verifiers=2)


@dataclass
class Live:
    """The desk, the stand-in, and what goes between them."""

    desk: Desk
    clock: Clock
    sample: Sample
    fake: FakeServer = field(default_factory=FakeServer)
    accounts: dict[PersonId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
        self.server: Server = connect_server(self.desk, Connecting(name=NAME, url=URL), told)[0]
        transport = Transport(URL, PERSONAL, through=self.fake.transport, pause=lambda _seconds: None)
        self.reading, self.writing = Reading(transport), Writing(transport)
        for number, verifier in enumerate(self.sample.verifiers, start=11):
            self.accounts[verifier] = self.fake.user(f"v{number}@example.com")
            self.desk.ledger.identities.attach(NAME, {str(self.accounts[verifier]): verifier})
        self.later()

    def later(self, after: timedelta = TEN) -> None:
        """Time passes here and there, and clocks agree."""
        self.clock.now += after
        self.fake.now = self.clock.now

    def send(self, **how: Any) -> ReviewsSent:
        """Send the sample."""
        sending = Sending(**{"lang": "en", **how})
        return send_reviews(
            self.desk,
            self.reading,
            self.writing,
            self.server,
            self.sample.sample,
            forms=LabelStudioForms(),
            how=sending,
        )

    def collect(self, samples: Sequence[str] | None = None, **how: Any) -> CollectResult:
        """Collect at the same desk."""
        return collect_reviews(self.desk, self.reading, self.writing, self.server, samples, how=Collecting(**how))

    def one(self, done: CollectResult, verifier: PersonId) -> CollectedProject:
        """What collecting brought of one verifier."""
        return next(each for each in done.projects if each.verifier == verifier)

    @property
    def projects(self) -> dict[PersonId, ReviewProject]:
        """The projects on record, by verifier."""
        found = fold_review_projects(self.desk.ledger.view(), self.sample.sample)
        return {verifier: each for (_, verifier), each in found.items()}

    def tasks(self, verifier: PersonId) -> list[dict[str, Any]]:
        """The tasks of a verifier's project, in order."""
        project = self.projects[verifier].sent.project
        return [each for each in self.fake.tasks.values() if each["project"] == project]

    def mine(self, verifier: PersonId) -> list[str]:
        """The items that a verifier drew, in ticket order."""
        drawn = drawn_items(self.desk, self.sample.sample)
        return [each.item_id for each in drawn if verifier in (each.verifier, each.second)]

    def say(self, verifier: PersonId, *places: int, label: str = "accept", **more: Any) -> list[int]:
        """A verifier labels some of the own tasks, or all of them, again."""
        tasks = self.tasks(verifier)
        wanted = [tasks[place] for place in places] or tasks
        by = more.pop("by", self.accounts[verifier])
        return [self.fake.annotate(each["id"], chosen(quality=label), by=by, **more) for each in wanted]

    def reviews(self) -> dict[str, Review]:
        """The verdict on each item, second opinions apart."""
        said = read_state(self.desk).reviews.get(self.sample.sample, ())
        return {each.item_id: each for each in said if not each.second}


def chosen(**said: str) -> list[dict[str, Any]]:
    """A result that chooses a word of each control."""
    return [
        {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [word]}, "origin": "manual"}
        for name, word in said.items()
    ]


def codes(done: CollectResult | ReviewsSent) -> list[str]:
    """The codes of what was found."""
    return sorted(each.code for each in done.findings)
