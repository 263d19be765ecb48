"""What goes wrong between labelqa and a server while reviews are out: nothing is lost, moved or taken from somebody else."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from labelqa.errors import BadInput, Refused, Unreachable
from labelqa.records.designs import Design
from labelqa.records.facts import ReviewRecorded
from labelqa.records.review import Verdict
from labelqa.records.review_projects import ProjectStanding
from labelqa.workflows.drawing.draws import extend_sample
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.sending import review_collect
from tests.building import agreeing
from tests.unit.workflows.killed import Killed, killed_at
from tests.unit.workflows.reviewing_live import Live, chosen, codes, drawn_sample

HOURS = timedelta(hours=2)


def well(_request: httpx.Request) -> None:
    """No fault."""


# ---- a task that the server cannot give


def breaks_on(live: Live, project: int, *tasks: int) -> None:
    """The server fails whenever it is asked for all there is of one of these tasks."""

    def failing(request: httpx.Request) -> httpx.Response | None:
        asked = request.url.params
        if asked.get("project") != str(project) or "annotations" not in asked.get("include", ""):
            return None
        rules = json.loads(asked["query"])["filters"]["items"]
        named = next((each["value"] for each in rules if each["operator"] == "in_list"), tasks)
        return httpx.Response(500, json={"detail": "boom"}) if {*tasks} & {*named} else None

    live.fake.before = failing


def test_a_task_that_the_server_cannot_give_holds_up_no_other(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one)
    live.say(other)
    live.later()
    bad = live.tasks(one)[2]["id"]
    breaks_on(live, live.projects[one].sent.project, bad)
    done = live.collect(remove=True)
    assert (live.one(done, one).recorded, live.one(done, other).recorded) == (9, 10)
    (found,) = done.findings
    assert (found.code, found.message.values["task"], f"task={bad}" in found.place.file) == (
        "review-task-unread",
        bad,
        True,
    )
    assert (live.one(done, one).standing, live.one(done, one).left) == (ProjectStanding.OPEN, 1)
    assert live.one(done, other).standing is ProjectStanding.REMOVED
    assert live.projects[one].sent.project in live.fake.projects


def test_a_task_that_cannot_be_read_is_asked_for_again_and_keeps_its_project_open(live: Live) -> None:
    one, other = live.sample.verifiers
    answers = live.say(one)
    live.later()
    assert live.collect(keep=True).recorded == 10
    live.fake.edit(answers[4], by=live.accounts[one], result=chosen(quality="off_topic"))
    bad = live.tasks(one)[4]["id"]
    breaks_on(live, live.projects[one].sent.project, bad)
    live.later()
    assert codes(live.collect()) == ["review-task-unread"]
    live.later(timedelta(seconds=30))
    again = live.collect()
    assert (codes(again), live.one(again, one).standing) == ([], ProjectStanding.OPEN)
    assert not live.projects[one].sent.ended
    live.fake.before = well
    live.later(timedelta(seconds=30))
    done = live.one(live.collect(), one)
    assert (done.recorded, done.standing, done.tasks) == (1, ProjectStanding.CLOSED, 2)  # that one, and the overlap's
    assert live.reviews()[live.mine(one)[4]].correct_label == "off_topic"
    assert not live.projects[other].sent.ended


def test_a_project_for_which_the_server_fails_holds_up_no_other(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(other, 0)
    live.later()
    mine = str(live.projects[one].sent.project)
    live.fake.before = lambda request: httpx.Response(500) if request.url.params.get("project") == mine else None
    done = live.collect()
    assert (done.recorded, codes(done)) == (1, ["review-project-unread"])
    assert live.one(done, one).standing is ProjectStanding.OPEN


# ---- an item that has two tasks


@pytest.mark.parametrize("at_once", [1, 2_000])
def test_of_two_tasks_of_an_item_the_later_answer_counts_whichever_comes_first(
    live: Live, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(review_collect, "_AT_ONCE", at_once)
    one, _ = live.sample.verifiers
    first, second, *rest = live.tasks(one)
    twins = live.fake.put_tasks(first["project"], [{"data": e["data"], "meta": e["meta"]} for e in (first, second)])
    live.later()
    live.fake.annotate(twins[0], chosen(quality="off_topic"), by=live.accounts[one])  # the earlier on the later task
    live.fake.annotate(second["id"], chosen(quality="off_topic"), by=live.accounts[one])
    live.later()
    live.fake.annotate(first["id"], chosen(quality="accept"), by=live.accounts[one])
    live.fake.annotate(twins[1], chosen(quality="accept"), by=live.accounts[one])
    for each in rest:
        live.fake.annotate(each["id"], chosen(quality="accept"), by=live.accounts[one])
    live.later()
    done = live.one(live.collect(), one)
    assert done.standing is ProjectStanding.CLOSED
    assert [live.reviews()[item].verdict for item in live.mine(one)[:2]] == [Verdict.CORRECT] * 2
    told = [each.body.item for each in live.desk.ledger.view().of(ReviewRecorded)]
    assert told.count(live.mine(one)[0]) == 1
    if at_once > 1:
        assert len(told) == len(set(told))
    assert live.collect(["b1/1"], whole=True).recorded == 0


# ---- what is saved while a project is being closed


def test_what_changes_before_a_project_is_closed_is_read_by_the_next_look(live: Live) -> None:
    one, other = live.sample.verifiers
    made = live.say(one)
    live.later()
    second = str(live.projects[other].sent.project)

    def meanwhile(request: httpx.Request) -> None:
        if request.url.params.get("project") == second:
            live.fake.before = well
            live.fake.edit(made[0], by=live.accounts[one], result=chosen(quality="off_topic"))

    live.fake.before = meanwhile
    done = live.one(live.collect(), one)
    assert (done.standing, live.projects[one].sent.ended) == (ProjectStanding.OPEN, False)
    live.later(timedelta(seconds=30))
    again = live.one(live.collect(), one)
    assert (again.recorded, again.standing) == (1, ProjectStanding.CLOSED)
    assert live.reviews()[live.mine(one)[0]].correct_label == "off_topic"


# ---- a number that another project has by now


def set_up_anew(live: Live) -> list[int]:
    """The server is set up anew: our projects are gone, and their numbers are given again."""
    for each in live.projects.values():
        live.fake.remove_project(each.sent.project)
    live.fake._numbers["project"] = 0
    return [live.fake.project("Cats and dogs", "<View/>", description="ours") for _ in live.projects]


@pytest.mark.parametrize("remove", [False, True])
def test_a_project_that_is_not_ours_is_neither_read_nor_changed(live: Live, remove: bool) -> None:
    anew = set_up_anew(live)
    live.fake.task(anew[0], {"text": "x"})
    before = json.dumps([live.fake.projects, live.fake.tasks])
    live.later()
    done = live.collect(remove=remove)
    assert codes(done) == ["review-project-other"] * 2
    assert all(f"labelqa-review:b1/1:{each.verifier}:blind" in str(each.findings[0].mend) for each in done.projects)
    assert {each.standing for each in done.projects} == {ProjectStanding.OPEN}
    assert json.dumps([live.fake.projects, live.fake.tasks]) == before
    assert not any(each.sent.ended for each in live.projects.values())
    assert codes(live.send()) == ["review-project-gone"] * 2
    assert json.loads(before)[1].keys() <= {str(each) for each in live.fake.tasks}
    assert not {each.sent.project for each in live.projects.values()} & {*anew}
    assert codes(live.collect()) == []


def test_a_project_that_changes_hands_between_reading_and_telling_is_not_changed(live: Live) -> None:
    one, other = live.sample.verifiers
    live.say(one)
    live.later()
    mine, second = (live.projects[each].sent.project for each in (one, other))

    def meanwhile(request: httpx.Request) -> None:
        if request.url.params.get("project") == str(second):
            live.fake.projects[mine]["description"] = "Cats and dogs"

    live.fake.before = meanwhile
    done = live.collect(remove=True)
    assert (codes(done), done.recorded) == (["review-project-other"], 10)
    assert live.fake.projects[mine]["description"] == "Cats and dogs"


def test_a_description_that_was_rewritten_is_to_be_put_right(live: Live) -> None:
    one, _ = live.sample.verifiers
    live.say(one, 0)
    live.later()
    mine = live.projects[one].sent.project
    line = live.fake.projects[mine]["description"].splitlines()[-1]
    live.fake.change_project(mine, description="For Mr. Zheng")
    assert codes(live.collect()) == ["review-project-other"]
    with pytest.raises(Refused, match=f"put the line {line} back"):
        live.send()
    live.fake.change_project(mine, description=f"For Mr. Zheng\n{line}")
    assert live.collect().recorded == 1
    assert codes(live.send()) == []


def test_a_project_whose_tasks_somebody_removed_is_not_closed(live: Live) -> None:
    one, _ = live.sample.verifiers
    live.fake.empty_project(live.projects[one].sent.project)
    live.later()
    done = live.collect()
    assert (codes(done), live.one(done, one).standing) == (["review-unsent"], ProjectStanding.OPEN)
    assert not live.projects[one].sent.ended
    live.send()
    live.later()
    live.say(one)
    live.later()
    assert live.one(live.collect(), one).standing is ProjectStanding.CLOSED


# ---- answers that the server moved


@pytest.mark.parametrize("same", [True, False])  # whether somebody made the data of two tasks equal, or it was
def test_an_answer_that_the_server_moved_to_another_task_is_nobodys_verdict(here: Any, same: bool) -> None:
    data = {f"q-{number:03}": {"text": "the same" if same else f"question {number}"} for number in range(20)}
    live = Live(here.desk, here.clock, drawn_sample(here.desk, answers=agreeing(20), data=data))
    live.send()
    live.later()
    one, _ = live.sample.verifiers
    a, b = live.tasks(one)[:2]
    first, second = live.mine(one)[:2]
    live.say(one, 0)
    live.say(one, 1, label="off_topic")
    if not same:
        live.fake.change_task(b["id"], data=a["data"])
    live.fake.remove_duplicates(a["project"])
    live.later()
    done = live.collect()
    assert {"review-answers-differ", "review-unsent"} <= {*codes(done)}
    assert not {first, second} & {*live.reviews()}


def test_a_second_project_of_the_same_part_is_told(live: Live) -> None:
    one, _ = live.sample.verifiers
    mine = live.projects[one].sent.project
    copy = live.fake.project("a copy", "<View/>", description=live.fake.projects[mine]["description"])
    done = live.send()
    (found,) = done.findings
    assert (found.code, found.message.values["project"], found.message.values["read"]) == (
        "review-project-twice", copy, mine
    )  # fmt: skip
    assert {each.project for each in done.projects} == {each.sent.project for each in live.projects.values()}


# ---- a kill, and what was removed before


def test_wherever_removing_is_killed_it_comes_to_the_same_end(place: Any) -> None:
    reached = 0
    for step in count(1):
        for after in (False, True):
            here = place()
            live = Live(here.desk, here.clock, drawn_sample(here.desk))
            live.send()
            live.later()
            for verifier in live.sample.verifiers:
                live.say(verifier)
            live.later()
            with killed_at(live.desk, live.fake, step, after=after) as died, suppress(Killed):
                live.collect(["b1/1"], remove=True)
            if not died():
                break
            reached += 1
            again = live.collect(["b1/1"], remove=True)
            assert codes(again) == [], (step, after)
            assert {each.sent.reason for each in live.projects.values()} == {"removed"}
            assert (live.fake.projects, len(live.reviews())) == ({}, 20)
            assert live.collect(["b1/1"], remove=True).projects == ()
            assert codes(live.send()) == []
        else:
            continue
        break
    assert reached >= 12


def test_what_labelqa_removed_itself_is_not_missed(here: Any) -> None:
    live = Live(here.desk, here.clock, drawn_sample(here.desk, n=120, design=Design.SEQUENTIAL))
    live.send()
    live.later()
    for verifier in live.sample.verifiers:
        live.say(verifier)
    live.later()
    live.collect(remove=True)
    assert live.fake.projects == {}
    extend_sample(live.desk, "b1", n=live.sample.resolved.n + 10)
    done = live.send()
    assert (codes(done), [(each.made, each.new) for each in done.projects]) == ([], [(True, 5)] * 2)


# ---- what was found by a look that then failed


@pytest.mark.parametrize("where", ["reading", "telling"])
def test_what_is_odd_is_told_by_the_next_look_where_one_fails(live: Live, where: str) -> None:
    one, other = live.sample.verifiers
    live.say(one, 0, by=live.accounts[other])
    live.say(one, 1)
    live.later()
    second = str(live.projects[other].sent.project)

    def down(request: httpx.Request) -> None:
        reading = request.url.params.get("project") == second
        if "version" in request.url.path or (reading if where == "reading" else len(live.reviews()) and not reading):
            live.fake.before = falls
            falls(request)

    def falls(_request: httpx.Request) -> None:
        raise httpx.ConnectError("down")

    live.fake.before = down
    with pytest.raises(Unreachable):
        live.collect()
    live.fake.before = well
    live.later(timedelta(seconds=30))
    done = live.collect()
    assert codes(done) == ["review-other-person"]
    assert list(live.reviews()) == live.mine(one)[1:2]
    live.later(HOURS)
    assert codes(live.collect()) == []


def test_what_was_odd_in_a_project_that_could_not_be_read_to_its_end_is_told(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = live.sample.verifiers
    live.fake.skip(live.tasks(one)[0]["id"], by=live.accounts[one])
    live.later()
    told = live.reading.tasks

    def breaks_off(project: int, *, after: int = 0, **asked: Any) -> Any:
        if after and project == live.projects[one].sent.project:
            raise BadInput("no more")
        return told(project, after=after, **asked)

    monkeypatch.setattr(live.reading, "tasks", breaks_off)
    assert codes(live.collect()) == ["review-project-unread"]
    monkeypatch.undo()
    assert codes(live.collect()) == ["review-skipped"]


def test_a_verdict_recorded_here_since_is_not_overruled_by_a_twin(live: Live) -> None:
    one, _ = live.sample.verifiers
    first = live.tasks(one)[0]
    live.fake.put_tasks(first["project"], [{"data": first["data"], "meta": first["meta"]}])
    live.say(one, 0)
    live.fake.annotate(live.tasks(one)[-1]["id"], chosen(quality="off_topic"), by=live.accounts[one])
    live.later()
    record_review(live.desk, "b1", live.mine(one)[0], by=one, verdict=Verdict.UNDECIDABLE)
    live.later()
    assert live.collect().recorded == 0
    assert live.reviews()[live.mine(one)[0]].verdict is Verdict.UNDECIDABLE
