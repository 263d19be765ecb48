"""Verdicts come home: those of the drawn verifiers, once, with what is odd named; and the projects say how things stand."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from labelqa.errors import Unreachable
from labelqa.records.designs import Design, Terms
from labelqa.records.facts import ReviewRecorded, ReviewSent
from labelqa.records.finding import Severity
from labelqa.records.review import Identity, Verdict
from labelqa.records.review_projects import ProjectStanding
from labelqa.records.servers import ReviewMode
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.drawing.draws import drawn_items, extend_sample
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.sending.review_projects import face_of
from labelqa.workflows.state import read_state, shown_names
from tests.building import Answer, agreeing, take_in
from tests.unit.workflows.reviewing_live import NAME, Live, chosen, codes, drawn_sample


def typed(comment: str) -> list[dict[str, Any]]:
    return [{"from_name": "labelqa_comment", "to_name": "text", "type": "textarea", "value": {"text": [comment]}}]


def facts(live: Live) -> int:
    return len(live.desk.ledger.view())


def test_a_blind_answer_is_compared_with_the_label_of_record(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one, 0, 1)
    live.say(one, 2, label="off_topic")
    live.fake.annotate(live.tasks(other)[0]["id"], chosen(labelqa_verdict="undecidable:broken-media"),
                       by=live.accounts[other])  # fmt: skip
    live.later()
    done = live.collect()
    assert codes(done) == []
    assert (done.recorded, live.one(done, one).recorded, live.one(done, one).left) == (4, 3, len(live.mine(one)) - 3)
    said = live.reviews()
    right, _, wrong = (said[item] for item in live.mine(one)[:3])
    assert (right.verdict, right.blind, right.answer, right.identity) == ("correct", True, "accept", "authenticated")
    assert (wrong.verdict, wrong.correct_label, wrong.reviewer) == ("incorrect", "off_topic", one)
    media = said[live.mine(other)[0]]
    assert (media.verdict, media.obstacle) == ("undecidable", "broken-media")


def test_collecting_twice_records_nothing_new(live: Live) -> None:
    for verifier in live.sample.verifiers:
        live.say(verifier, 0, 1, 2)
    live.later()
    assert live.collect().recorded == 6
    before, asked = facts(live), len(live.fake.requests)
    live.later()
    again = live.collect(whole=True)
    assert (again.recorded, sum(each.unchanged for each in again.projects)) == (0, 6)
    assert facts(live) == before
    assert {each.method for each in live.fake.requests[asked:]} <= {"GET", "POST"}  # nothing is changed there


def test_shown_verdicts_have_all_that_was_said(here: Any) -> None:
    live = Live(here.desk, here.clock, drawn_sample(here.desk))
    live.send(mode=ReviewMode.SHOWN)
    live.later()
    one = live.sample.verifiers[0]
    tasks, by = live.tasks(one), live.accounts[one]
    kept = [{**tasks[0]["predictions"][0]["result"][0], "origin": "prediction"}]
    live.fake.annotate(tasks[0]["id"], kept + chosen(labelqa_verdict="correct"), by=by)
    wrong = chosen(quality="inaccurate", labelqa_verdict="incorrect", labelqa_defect="R1", labelqa_severity="major")
    live.fake.annotate(tasks[1]["id"], wrong + typed("看错了"), by=by)
    live.fake.annotate(tasks[2]["id"], chosen(quality="inaccurate", labelqa_verdict="correct"), by=by)
    live.fake.annotate(tasks[3]["id"], kept, by=by)
    other = [{"from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": ["aside"]}}]
    live.fake.annotate(tasks[4]["id"], kept + other + chosen(labelqa_verdict="correct"), by=by)
    live.later()
    done = live.collect()
    assert codes(done) == ["RV002", "review-refused"]
    assert all("review project" in str(each.mend) for each in done.findings if each.code == "review-refused")
    said = [live.reviews().get(item) for item in live.mine(one)[:5]]
    assert [each.verdict if each else None for each in said] == ["correct", "incorrect", None, None, "correct"]
    assert said[1] is not None
    assert (said[1].correct_label, said[1].defect, said[1].severity) == ("inaccurate", "R1", "major")
    assert live.desk.ledger.text_of(said[1].comment or "") == "看错了"


def test_what_others_said_is_named_and_not_taken(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one, 0, 1, by=live.accounts[other])
    live.say(one, 2, by=1)
    live.say(one, 3, updated_by=live.accounts[other])  # made on behalf, or saved over
    live.say(one, 4, updated_by=None)  # imported in the verifier's name
    live.fake.skip(live.tasks(one)[5]["id"], by=live.accounts[one])
    live.later()
    done = live.collect()
    assert (done.recorded, live.reviews()) == (0, {})
    assert codes(done) == [
        "review-nobody", "review-other-hand", "review-other-hand", "review-other-person", "review-skipped"
    ]  # fmt: skip
    (twice,) = [each for each in done.findings if each.code == "review-other-person"]
    assert twice.message.values["n"] == 2
    assert f"?task={live.tasks(one)[0]['id']}" in twice.place.file
    (skipped,) = [each for each in done.findings if each.code == "review-skipped"]
    assert skipped.severity is Severity.WARNING


def test_an_account_that_only_labelled_here_is_nobodys(live: Live) -> None:
    take_in(live.desk, [Answer("d-1", "1", "accept")], name="others.csv", server=NAME)
    assert shown_names(live.desk)[live.desk.ledger.identities.accounts()[NAME, "1"]] == f"{NAME}=1"
    live.say(live.sample.verifiers[0], 2, by=1)
    live.later()
    assert codes(live.collect()) == ["review-nobody"]


def test_an_account_is_known_by_its_e_mail_too(live: Live) -> None:
    one = live.sample.verifiers[0]
    number = live.fake.user("Rex.One@example.com")
    live.desk.ledger.identities.attach(NAME, {"rex.one@example.com": one})
    live.say(one, 0, by=number)
    live.later()
    assert (live.collect().recorded, list(live.reviews())) == (1, live.mine(one)[:1])


def test_a_changed_answer_supersedes(live: Live) -> None:
    one = live.sample.verifiers[0]
    item = live.mine(one)[0]
    (answer,) = live.say(one, 0, label="off_topic")
    live.later()
    assert live.collect().recorded == 1
    assert live.reviews()[item].correct_label == "off_topic"
    live.fake.edit(answer, by=live.accounts[one], result=chosen(quality="accept"))
    live.fake.skip(live.tasks(one)[0]["id"], by=live.accounts[one])  # says nothing, and takes nothing back
    live.later()
    assert live.collect().recorded == 1
    assert live.reviews()[item].verdict is Verdict.CORRECT
    (_, change) = live.desk.ledger.view().about(f"item:{item}", ReviewRecorded)
    assert change.supersedes is not None


def test_of_several_answers_that_differ_none_is_taken_and_of_equal_ones_the_latest(live: Live) -> None:
    one = live.sample.verifiers[0]
    first, second = live.mine(one)[:2]
    wrong, _ = live.say(one, 0, label="off_topic"), live.say(one, 0)
    live.say(one, 1)
    live.say(one, 1)
    live.later()
    done = live.collect()
    assert (done.recorded, codes(done), list(live.reviews())) == (1, ["review-answers-differ"], [second])
    (found,) = done.findings
    assert (found.message.values["n"], f"task={live.tasks(one)[0]['id']}" in found.place.file) == (1, True)
    assert codes(live.collect()) == []  # told once
    live.fake.remove_annotations(*wrong)
    live.later()
    assert (live.collect().recorded, live.reviews()[first].verdict) == (1, Verdict.CORRECT)
    live.later()
    live.say(one, 0, label="off_topic")  # a second answer beside the one on record
    live.later()
    done = live.collect()
    assert (done.recorded, codes(done)) == (0, ["review-answers-differ"])
    assert live.reviews()[first].verdict is Verdict.CORRECT


def test_what_was_said_since_is_not_taken_back(live: Live) -> None:
    one = live.sample.verifiers[0]
    item = live.mine(one)[0]
    live.say(one, 0, label="off_topic")
    live.later()
    live.collect()
    live.later()
    record_review(live.desk, "b1", item, by=one, verdict=Verdict.UNDECIDABLE)
    live.later()
    assert live.collect(whole=True).recorded == 0
    assert live.reviews()[item].verdict is Verdict.UNDECIDABLE


def test_a_text_that_was_erased_does_not_come_back(live: Live) -> None:
    one = live.sample.verifiers[0]
    live.fake.annotate(live.tasks(one)[0]["id"], chosen(quality="accept") + typed("张三"), by=live.accounts[one])
    live.later()
    live.collect()
    digest = live.reviews()[live.mine(one)[0]].comment or ""
    assert live.desk.ledger.text_of(digest) == "张三"
    with live.desk.ledger.writing() as connection:
        connection.exec_driver_sql("delete from texts")
    live.later()
    assert live.collect(whole=True).recorded == 0
    assert live.desk.ledger.text_of(digest) == ""


def test_originals_that_changed_meanwhile_are_named_and_the_verdict_stays(here: Any) -> None:
    live = Live(here.desk, here.clock, drawn_sample(here.desk, server=NAME))
    live.send()
    one = live.sample.verifiers[0]
    changed = live.mine(one)[1]
    take_in(live.desk, [*agreeing(20, label="accept")[:0], *(
        each for each in agreeing(20, label="off_topic") if each.item == changed
    )], name="later.csv", server=NAME)  # fmt: skip
    live.later()
    live.say(one, 0, 1)
    live.later()
    done = live.collect()
    assert done.recorded == 2
    assert codes(done) == ["review-original-changed"]
    (found,) = done.findings
    assert (found.message.values["item"], found.message.values["n"]) == (changed, 1)
    assert live.reviews()[changed].label == "accept"


def test_the_queue_is_told_when_the_rule_says_stop_and_when_it_is_taken_back(here: Any) -> None:
    sample = drawn_sample(here.desk, n=120, design=Design.SEQUENTIAL, terms=Terms(futility=0.05))
    live = Live(here.desk, here.clock, sample)
    live.send()
    live.later()
    enough = drawn_items(live.desk, "b1")[:30]  # of 60: so many right verdicts prove it
    made = [
        live.fake.annotate(task["id"], chosen(quality="accept"), by=live.accounts[each.verifier])
        for each in enough
        for task in live.tasks(each.verifier)
        if task["meta"]["labelqa"]["item"] == each.item_id
    ]
    live.later()
    done = live.collect()
    assert {each.standing for each in done.projects} == {ProjectStanding.STOP}
    for each in done.projects:
        there = live.fake.projects[each.project]
        assert there["title"].endswith("[stop]")
        assert f"stop: the result stands, {each.left} items need no review." in there["expert_instruction"]
        assert each.left == sum(not task["annotations"] for task in live.tasks(each.verifier))
        assert not live.projects[each.verifier].sent.ended
    live.fake.edit(made[0], by=live.accounts[enough[0].verifier], result=chosen(quality="off_topic"))
    live.later()
    assert {each.standing for each in live.collect().projects} == {ProjectStanding.OPEN}
    assert not any("stop" in each["title"] for each in live.fake.projects.values())


def test_a_project_is_closed_when_every_verdict_is_in(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one)
    live.later()
    kept = live.collect(keep=True)
    assert live.one(kept, one).standing is ProjectStanding.OPEN
    done = live.collect()
    assert (live.one(done, one).standing, live.one(done, other).standing) == (
        ProjectStanding.CLOSED, ProjectStanding.OPEN
    )  # fmt: skip
    assert (live.projects[one].sent.ended, live.projects[other].sent.ended) == (True, False)
    there = live.fake.projects[live.projects[one].sent.project]
    assert "Closed" in there["expert_instruction"]
    assert len(live.tasks(one)) == len(live.mine(one))
    before = facts(live)
    assert [each.verifier for each in live.collect().projects] == [other]
    assert len(live.collect(["b1/1"]).projects) == 2  # asked for by name, closed ones are read as well
    assert facts(live) == before


def test_a_closed_project_opens_again_for_items_drawn_since(here: Any) -> None:
    sample = drawn_sample(here.desk, n=120, design=Design.SEQUENTIAL)
    live = Live(here.desk, here.clock, sample)
    live.send()
    live.later()
    for verifier in sample.verifiers:
        live.say(verifier)
    live.later()
    live.collect()
    assert all(each.sent.ended for each in live.projects.values())
    extend_sample(live.desk, "b1", n=sample.resolved.n + 10)
    told = live.collect(["b1/1"])
    assert codes(told) == ["review-unsent"] * 2
    assert {each.standing for each in told.projects} == {ProjectStanding.CLOSED}
    live.send()
    assert not any(each.sent.ended for each in live.projects.values())
    assert not any("closed" in each["title"] for each in live.fake.projects.values())
    again = live.collect()
    assert {each.standing for each in again.projects} == {ProjectStanding.STOP}  # decided, and five items more each
    assert sum(each.left for each in again.projects) == 10


def test_settling_closes_and_late_verdicts_are_told(live: Live) -> None:
    one, other = live.sample.verifiers
    for verifier, items in ((one, live.mine(one)), (other, live.mine(other))):
        for item in items:
            record_review(live.desk, "b1", item, by=verifier, verdict=Verdict.CORRECT)
    settle_batch(live.desk, "b1")
    assert read_state(live.desk).batch("b1").conclusion is not None
    live.later()
    live.say(one, 0, label="off_topic")
    live.later()
    before = facts(live)
    done = live.collect()
    assert (done.recorded, codes(done)) == (0, ["review-late"])
    assert {each.standing for each in done.projects} == {ProjectStanding.CLOSED}
    assert facts(live) == before + 2  # both projects ended
    removed = live.collect(["b1/1"], remove=True)
    assert live.one(removed, one).standing is ProjectStanding.CLOSED  # what is not on record is not thrown away
    assert live.one(removed, other).standing is ProjectStanding.REMOVED


def test_a_project_is_removed_only_when_everything_in_it_is_on_record(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one)
    live.say(other)
    live.say(other, 0, by=live.accounts[one])  # somebody else's work lies there
    live.later()
    done = live.collect(remove=True)
    assert (live.one(done, one).standing, live.one(done, other).standing) == (
        ProjectStanding.REMOVED, ProjectStanding.CLOSED
    )  # fmt: skip
    assert list(live.fake.projects) == [live.projects[other].sent.project]
    assert live.projects[one].sent.reason == "removed"
    assert [each.verifier for each in live.collect(["b1/1"], remove=True).projects] == [other]


def test_marks_that_were_altered_move_no_verdict(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one)
    tasks, strange = live.tasks(one), live.mine(other)[0]
    marks: list[Any] = [
        {"item": strange}, {"item": "nowhere"}, {"item": ["q-000"]}, {"verifier": other}, {"sample": "b2/1"}, {"item": None}
    ]  # fmt: skip
    for task, wrong in zip(tasks, marks, strict=False):
        live.fake.change_task(task["id"], meta={"labelqa": task["meta"]["labelqa"] | wrong})
    live.fake.change_task(tasks[6]["id"], meta=["labelqa"])
    live.later()
    done = live.collect()
    (found,) = [each for each in done.findings if each.code == "review-stranger"]
    assert found.message.values["n"] == 7
    assert set(live.reviews()) == set(live.mine(one)[7:])


@pytest.mark.parametrize(
    "result",
    [
        None, "text", 7, {"a": 1}, [None, 3, "x"], [{"from_name": "quality"}], [{"from_name": ["quality"], "type": {}}],
        [{"from_name": "quality", "to_name": "text", "type": "choices", "value": {"choices": "accept"}}],
        [{"from_name": "quality", "to_name": "text", "type": "choices", "value": {"choices": [float("nan")]}}],
        [{"from_name": "quality", "type": "choices", "value": {"choices": ["x" * 30_000]}}],
        chosen(quality="accept", labelqa_verdict="perhaps"), chosen(quality="accept") + typed("x" * 30_000),
        chosen(quality="accept") + typed("\ud800"), [{"type": "relation", "from_id": 1, "to_id": None}],
    ],
)  # fmt: skip
def test_answers_that_make_no_sense_are_findings_and_the_others_are_taken(
    live: Live, result: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = live.sample.verifiers[0]
    live.say(one, 0, 1)
    told = live.reading.tasks

    def odder(project: int, **asked: Any) -> Any:
        page = told(project, **asked)
        for each in page:
            if each["meta"]["labelqa"]["item"] == live.mine(one)[0]:
                each["annotations"][0]["result"] = result
        for each in page[2:3]:
            each["annotations"] = {"no": "list"}
        for each in page[3:4]:
            each["annotations"] = [None, {"id": "x", "completed_by": {"id": None}, "updated_at": "never"}]
        return page

    monkeypatch.setattr(live.reading, "tasks", odder)
    live.later()
    done = live.collect()
    assert list(live.reviews()) == live.mine(one)[1:2]
    assert done.findings
    assert all(len(str(each.message)) < 1_000 for each in done.findings)


def test_a_worker_reads_only_what_was_touched_and_all_once_an_hour(live: Live) -> None:
    one, _ = live.sample.verifiers
    live.say(one, 0)
    live.later()
    first = live.one(live.collect(), one)
    assert first.tasks == len(live.mine(one))
    live.later()
    live.say(one, 1)
    live.later(timedelta(seconds=30))
    second = live.one(live.collect(), one)
    assert (second.tasks, second.recorded, second.left) == (2, 1, len(live.mine(one)) - 2)  # the last one known again
    live.later(timedelta(hours=2))
    assert live.one(live.collect(), one).tasks == len(live.mine(one))


def test_a_project_that_is_gone_stops_no_other(live: Live) -> None:
    one, other = live.sample.verifiers
    live.fake.remove_project(live.projects[one].sent.project)
    live.say(other, 0)
    live.later()
    done = live.collect()
    assert (done.recorded, codes(done)) == (1, ["review-project-unread"])
    assert live.one(done, one).standing is ProjectStanding.REMOVED


def test_a_server_that_does_not_answer_is_said_and_nothing_is_lost(live: Live) -> None:
    one = live.sample.verifiers[0]
    live.say(one, 0)
    live.later()

    def down(request: httpx.Request) -> httpx.Response | None:
        raise httpx.ConnectError("down")

    live.fake.before = down
    with pytest.raises(Unreachable):
        live.collect()
    live.fake.before = lambda _request: None
    assert live.collect().recorded == 1


@pytest.mark.parametrize("status", [403, 500])
def test_a_server_that_lets_nothing_be_changed_is_a_finding(live: Live, status: int) -> None:
    for verifier in live.sample.verifiers:
        live.say(verifier)
    live.later()
    live.fake.before = lambda request: (
        httpx.Response(status, json={"detail": "no"}) if request.method == "PATCH" else None
    )  # fmt: skip
    done = live.collect()
    assert (done.recorded, codes(done)) == (20, ["review-project-untold"] * 2)
    assert not any(each.sent.ended for each in live.projects.values())


def test_second_opinions_are_recorded_as_such(here: Any) -> None:
    live = Live(here.desk, here.clock, drawn_sample(here.desk, terms=Terms(double=0.5)))
    live.send()
    live.later()
    for verifier in live.sample.verifiers:
        live.say(verifier)
    live.later()
    done = live.collect()
    assert (done.recorded, {each.standing for each in done.projects}) == (30, {ProjectStanding.CLOSED})
    said = read_state(live.desk).reviews[live.sample.sample]
    assert sum(each.second for each in said) == 10
    assert {each.identity for each in said} == {Identity.AUTHENTICATED}


def test_a_project_reads_the_same_in_both_languages() -> None:
    sent = ReviewSent(
        server=NAME, project=1, batch="b<1>", sample="b<1>/1", verifier="p-1", mode="blind", items=3, digest=""
    )  # fmt: skip
    for standing in (ProjectStanding.OPEN, ProjectStanding.STOP, ProjectStanding.CLOSED):
        english, chinese = face_of(sent, standing, 3, "en"), face_of(sent, standing, 3, "zh")
        assert english.keys() == chinese.keys() == {"title", "description", "expert_instruction"}
        assert english["expert_instruction"] != chinese["expert_instruction"]
        assert "labelqa-review:b<1>/1:p-1:blind" in chinese["description"].splitlines()
        assert "{" not in json.dumps([english, chinese]).replace('{"', "").replace("{\\", "")
