"""The whole way round on one server: labelled there, followed, frozen, drawn, sent, judged there, and what changed meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from labelqa.adapters.label_studio.client.codec import ServerCodec
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.records.batch import Condition, Kind, Operator
from labelqa.records.designs import Design
from labelqa.records.servers import ReviewMode, ServerTold
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.certifying.certificate import certificate_named
from labelqa.workflows.drawing.draws import draw_sample
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.sync.projects import follow_project
from labelqa.workflows.sync.running import Running
from tests.building import EXECUTORS, RELEASE, carded
from tests.fake_label_studio import PERSONAL, FakeServer
from tests.unit.workflows.reviewing_live import NAME, TEN, URL, Live, chosen, codes

ITEMS = 12
FORM = (
    '<View><Text name="text" value="$text"/><Choices name="quality" toName="text" required="true">'
    + "".join(f'<Choice value="{each}"/>' for each in ("accept", "inaccurate", "off_topic", "incomplete", "poor_language"))
    + '</Choices><TextArea name="why" toName="text"/></View>'
)  # fmt: skip


class Round:
    """A project in which somebody labels, and the sample of it on its way."""

    def __init__(self, here: Any) -> None:
        self.desk, self.fake = here.desk, FakeServer()
        self.fake.now = here.clock.now
        connect_server(
            self.desk,
            Connecting(name=NAME, url=URL),
            ServerTold(version="1.23.2", edition="Community", account="1", projects=1),
        )
        self.executor = self.fake.user("ann@example.com")
        self.desk.ledger.identities.attach(NAME, {str(self.executor): here.people[EXECUTORS[0]]})
        self.source = self.fake.project("the source", FORM)
        follow_project(self.desk, self.source, server=NAME, title="the source")
        self.reading = Reading(Transport(URL, PERSONAL, through=self.fake.transport, pause=lambda _seconds: None))
        tasks = [self.fake.task(self.source, {"text": f"text {number}"}) for number in range(ITEMS)]
        self.given = [self.fake.annotate(each, self.answer("accept"), by=self.executor) for each in tasks]
        here.clock.now = self.fake.now + TEN
        self.sync()
        where = (Condition(field="project", operator=Operator.EQUAL, value=str(self.source)),)
        declare_batch(self.desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org", where=where)
        carded(self.desk, "b1")
        declare_plan(self.desk, "b1", design=Design.CENSUS, seed="a seed", accuracy=0.9)
        freeze_batch(self.desk, "b1")
        self.live = Live(self.desk, here.clock, draw_sample(self.desk, "b1", verifiers=2), fake=self.fake)

    def answer(self, label: str) -> list[dict[str, Any]]:
        """What somebody says of an item, with a remark that is nobody's label."""
        why = {"from_name": "why", "to_name": "text", "type": "textarea", "value": {"text": ["because"]}}
        return [*chosen(quality=label), why]

    def sync(self) -> None:
        """Read the source as `labelqa sync` does."""
        Running(self.desk, self.reading, ServerCodec(), NAME, inbox=None).run(project=self.source, sweep=True)


@pytest.fixture
def around(here: Any) -> Round:
    return Round(here)


@pytest.mark.parametrize("mode", [ReviewMode.BLIND, ReviewMode.SHOWN])
def test_what_was_put_in_comes_out(around: Round, mode: ReviewMode) -> None:
    live = around.live
    done = live.send(mode=mode)
    assert codes(done) == []
    assert sum(each.items for each in done.projects) == ITEMS
    task = live.tasks(done.projects[0].verifier)[0]
    mark = task["meta"]["labelqa"]
    origin = around.fake.tasks[int(mark["source_task"])]
    assert (mark["source_server"], mark["source_project"]) == (NAME, str(around.source))
    assert mark["source_updated_at"] == origin["annotations"][0]["updated_at"]
    assert task["data"] == origin["data"]
    assert "because" not in str(live.tasks(done.projects[0].verifier))
    live.later()
    said = {"labelqa_verdict": "correct"} if mode is ReviewMode.SHOWN else {}
    wrong = {"labelqa_verdict": "incorrect", "labelqa_defect": "R1"} if mode is ReviewMode.SHOWN else {}
    for verifier in live.sample.verifiers:
        first, *others = live.tasks(verifier)
        bad = around.answer("off_topic") + chosen(**wrong)
        around.fake.annotate(first["id"], bad, by=live.accounts[verifier])
        for each in others:
            around.fake.annotate(each["id"], around.answer("accept") + chosen(**said), by=live.accounts[verifier])
    live.later()
    home = live.collect()
    assert (home.recorded, codes(home)) == (ITEMS, [])
    certificate = certificate_named(live.desk, "b1")
    assert (certificate.read, certificate.wrong) == (ITEMS, 2)
    wrongs = [each for each in live.reviews().values() if each.correct_label]
    assert {(each.correct_label, each.blind) for each in wrongs} == {("off_topic", mode is ReviewMode.BLIND)}


def test_originals_that_were_changed_or_deleted_meanwhile_are_named(around: Round) -> None:
    live, fake = around.live, around.fake
    live.send()
    one, other = live.sample.verifiers
    touched = {verifier: live.tasks(verifier)[0]["meta"]["labelqa"]["item"] for verifier in (one, other)}
    live.later()
    for verifier in (one, other):
        origin = int(live.tasks(verifier)[0]["meta"]["labelqa"]["source_task"])
        annotation = fake.tasks[origin]["annotations"][0]["id"]
        if verifier == one:
            fake.edit(annotation, by=around.executor, result=around.answer("off_topic"))
        else:
            fake.remove_annotations(annotation)
    live.later()
    around.sync()
    live.say(one)
    live.say(other)
    live.later()
    done = live.collect()
    assert done.recorded == ITEMS
    assert codes(done) == ["review-original-changed", "review-original-gone"]
    said = {each.code: each.message.values["item"] for each in done.findings}
    assert said == {"review-original-changed": touched[one], "review-original-gone": touched[other]}
    assert {each.label for each in live.reviews().values()} == {"accept"}  # verdicts are about what was frozen
