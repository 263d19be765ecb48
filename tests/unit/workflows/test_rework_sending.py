"""What was found wrong goes back to whose label it was: a project each, once, with the reason and nobody's name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from labelqa.errors import BadInput, Refused, Unreachable
from labelqa.records.batch import Kind
from labelqa.records.facts import BatchDeclared, Draft
from labelqa.records.people import Duty
from labelqa.records.servers import ServerTold
from labelqa.workflows.batches import declare_batch
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.people import add_person
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, MONDAY, RELEASE, REVIEWERS, qualified
from tests.unit.workflows.reworking import SOURCE, URL, Home, Kept, home

ANN, BOB, CAI = EXECUTORS


@pytest.fixture
def found(checked: Kept, tmp_path: Path) -> Iterator[Home]:
    made = checked.home(tmp_path / "ws")
    with made.desk:
        yield made


def projects(found: Home) -> list[Any]:
    return list(rework_projects(found.desk.ledger.view(), batch="b1"))


def test_each_annotator_gets_a_project_with_their_own_items(found: Home) -> None:
    done = found.send()
    mine = Counter(found.wrong.values())
    assert done.findings == ()
    assert {each.person: (each.items, each.new, each.tasks) for each in done.projects} == {
        found.people[name]: (n, n, n) for name, n in mine.items()
    }
    for each in projects(found):
        there = {task["meta"]["labelqa"]["item"] for task in found.tasks() if task["project"] == each.project}
        assert there == each.items == {item for item, name in found.wrong.items() if found.people[name] == each.person}
        assert found.fake.projects[each.project]["show_collab_predictions"] is True


def test_a_task_shows_reason_rule_and_label_and_names_no_reviewer(found: Home) -> None:
    found.send()
    item, name = next(iter(found.wrong.items()))
    (task,) = found.tasks(item)
    data, mark = task["data"], task["meta"]["labelqa"]
    assert data["prompt"] == f"question {item}"
    assert "Q-03" in data["labelqa_reason"]
    assert "off_topic" in data["labelqa_reason"]
    assert "says: not what was asked" in data["labelqa_reason"]
    assert data["labelqa_rule"].startswith("Q-03 ")
    assert (mark["rework"], mark["item"], mark["person"]) == ("b1", item, found.people[name])
    assert len(mark["problems"]) == 1
    assert mark["source"]["made_at"].startswith("2026-11-16")
    (prediction,) = task["predictions"]
    assert [each["value"] for each in prediction["result"]] == [{"choices": ["accept"]}]
    config = found.fake.projects[task["project"]]["label_config"]
    assert 'value="$labelqa_reason"' in config
    assert 'value="$labelqa_rule"' in config
    told = json.dumps([found.fake.tasks, found.fake.projects], ensure_ascii=False)
    assert not [each for each in REVIEWERS if each in told or found.people[each] in told]
    assert not [each for each in EXECUTORS if each in told]  # names of people stay here


def test_the_form_that_the_annotators_had_is_taken_where_the_server_has_it(found: Home) -> None:
    found.send()
    made = found.fake.projects[projects(found)[0].project]["label_config"]
    assert 'alias="accept"' in made
    item = found.tasks()[0]["meta"]["labelqa"]["item"]
    assert found.tasks()[0]["meta"]["labelqa"]["source"] == {
        "server": "label-studio", "project": "7", "task": item, "made_at": MONDAY.isoformat(),
    }  # fmt: skip


@pytest.mark.parametrize(
    "config", ["", '<View><Text name="a" value="$elsewhere"/><Rating name="quality" toName="a"/></View>']
)
def test_else_the_form_is_the_rulebook_s(found: Home, config: str) -> None:
    if config:
        found.fake.projects[SOURCE]["label_config"] = config
    else:
        found.fake.remove_project(SOURCE)
    found.send()
    made = found.fake.projects[projects(found)[0].project]["label_config"]
    assert "elsewhere" not in made
    assert 'name="quality"' in made
    assert 'alias="off_topic"' in made


def test_safety_data_stays_where_it_is_kept_apart(found: Home) -> None:
    told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
    other, _ = connect_server(found.desk, Connecting(name="b", url="https://b.example.com"), told)
    connect_server(found.desk, Connecting(name="label-studio", url=URL, isolated=True), told)
    state = read_state(found.desk)
    found.server = other
    found.send()  # functional data may go
    body = replace(state.facts.of(BatchDeclared)[0].body, kind="safety")
    draft = Draft(body=body, subjects=("batch:b1",), actor="test", supersedes=state.facts.of(BatchDeclared)[0].seq)
    found.desk.ledger.append([draft], now=found.desk.clock())
    with pytest.raises(Refused, match="keeps it apart"):
        found.send()


def test_said_twice_nothing_is_made_or_recorded_twice(found: Home) -> None:
    found.send()
    before = len(found.desk.ledger.facts()), len(found.fake.tasks), len(found.fake.projects), len(found.writes())
    done = found.send()
    assert [each.tasks for each in done.projects] == [0] * len(done.projects)
    after = len(found.desk.ledger.facts()), len(found.fake.tasks), len(found.fake.projects), len(found.writes())
    assert after == before


@pytest.mark.parametrize("broken", ["/import", "/api/projects/"])
def test_what_broke_off_is_resumed(found: Home, broken: str) -> None:
    calls: list[str] = []

    def fault(request: httpx.Request) -> httpx.Response | None:
        if request.method != "GET" and broken in request.url.path:
            calls.append(request.url.path)
            if len(calls) == 1 and broken == "/import":  # the tasks are there, and nobody knows
                found.fake.before = lambda _request: None
                found.fake.answer(request)
            return httpx.Response(503, json={"detail": "busy"}) if len(calls) == 1 else None
        return None

    found.fake.before = fault
    with pytest.raises(Unreachable):
        found.send()
    found.fake.before = lambda _request: None
    found.send()
    items = Counter(each["meta"]["labelqa"]["item"] for each in found.tasks())
    assert items == Counter(dict.fromkeys(found.wrong, 1))
    assert len(found.fake.projects) - 1 == len(projects(found)) == len(set(found.wrong.values()))


def test_somebody_else_gets_what_is_not_out(found: Home) -> None:
    done = found.send(to=CAI)
    assert [each.person for each in done.projects] == [found.people[CAI]]
    again = found.send(to=BOB)
    assert [(each.person, each.tasks) for each in again.projects] == [(found.people[CAI], 0)]


def test_a_named_item_moves_to_somebody_else(found: Home) -> None:
    found.send()
    item, name = next(iter(found.wrong.items()))
    found.send(to=CAI, items=[item])
    told = {each.person: each.items for each in projects(found) if not each.ended}
    assert told[found.people[CAI]] == {item}
    assert item not in told.get(found.people[name], frozenset())
    found.answer(item, "off_topic", by=name)  # CAI's task is the last one
    assert [each.code for each in found.collect().findings] == ["rework-other-hand"]


def test_a_named_item_that_waits_for_nobody_is_refused(found: Home) -> None:
    with pytest.raises(BadInput, match="q-999"):
        found.send(items=["q-999"])
    assert found.writes() == []


def test_who_may_not_label_gets_nothing_and_it_is_told(found: Home) -> None:
    done = found.send(to=REVIEWERS[0])
    assert done.projects == ()
    assert {each.code for each in done.findings} == {"rework-not-sent"}
    assert found.writes() == []


def test_who_has_no_account_on_the_server_gets_nothing_and_it_is_told(found: Home) -> None:
    person = add_person(found.desk, "Dan New", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "dan"}).person
    qualified(found.desk, [person])
    done = found.send(to="Dan New")
    assert (done.projects, [each.code for each in done.findings]) == ((), ["rework-no-account"])
    assert found.writes() == []


def test_a_project_that_was_removed_is_made_anew(found: Home) -> None:
    found.send()
    lost = projects(found)[0]
    found.fake.remove_project(lost.project)
    found.send()
    told = [each for each in projects(found) if each.person == lost.person]
    assert sorted((each.ended, each.reason) for each in told) == [(False, ""), (True, "project-gone")]
    assert {each["meta"]["labelqa"]["item"] for each in found.tasks()} == set(found.wrong)


def test_a_settled_batch_sends_nothing(found: Home) -> None:
    found.send()
    settle_batch(found.desk, "b1", relabel=True)
    with pytest.raises(Refused, match="settled"):
        found.send()
    assert len(found.collect().ended) == len(set(found.wrong.values()))
    assert {each.reason for each in projects(found)} == {"settled"}


def test_an_open_batch_that_is_no_round_is_refused(here: Any) -> None:
    made = home(here.desk, here.people)
    declare_batch(here.desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org", where=())
    with pytest.raises(Refused, match="not frozen"):
        made.send()
