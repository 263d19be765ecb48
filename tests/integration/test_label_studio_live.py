"""A real Label Studio, connected and read: what labelqa asks of it is answered as the stand-in of the other tests answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import pytest

from labelqa.adapters.label_studio.client.pages import BY_NUMBER, Asked, Pages
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.errors import NotThere, Refused, Unreachable
from tests.fake_label_studio_changes import ACTIONS
from tests.integration.conftest import Place
from tests.label_studio import ADMIN, TOKEN, VERSION, LabelStudio, Person, choices, running
from tests.nothing_lost.changes import CONFIG as CHANGING
from tests.nothing_lost.changes import Changing
from tests.nothing_lost.sites import Real, StandIn, heard, relay

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Choices name="label" toName="text" choice="single"><Choice value="accept"/><Choice value="reject"/></Choices>
</View>"""


@pytest.fixture(scope="module")
def people(label_studio: LabelStudio) -> list[Person]:
    """Three people who signed up."""
    return [label_studio.joined(f"{name}@example.com") for name in ("ann", "bob", "cai")]


@pytest.fixture(scope="module")
def personal(label_studio: LabelStudio) -> str:
    """The administrator's personal access token, the kind that is taken where nobody changed the settings."""
    return label_studio.personal_token()


@pytest.fixture(scope="module")
def reading(label_studio: LabelStudio, personal: str) -> Iterator[Reading]:
    """The reading side."""
    transport = Transport(label_studio.url, personal)
    yield Reading(transport)
    transport.close()


def filled(label_studio: LabelStudio, title: str, n: int) -> tuple[int, list[int]]:
    """A project with so many tasks."""
    project = label_studio.project(title, CONFIG)
    return project, label_studio.tasks(project, [{"data": {"text": f"句子 {number}"}} for number in range(n)])


def test_a_server_says_what_it_is_and_who_is_there(
    label_studio: LabelStudio, reading: Reading, people: list[Person]
) -> None:
    told = reading.told()
    assert (told.version, told.edition, told.account) == (VERSION, "Community", "1")
    assert reading.transport.personal
    known = {each.account: each.email for each in reading.accounts()}
    assert known == {"1": ADMIN} | {str(each.number): each.email for each in people}


def test_both_kinds_of_token_are_taken_and_no_other(label_studio: LabelStudio) -> None:
    for token, personal in ((TOKEN, False), (TOKEN[::-1], None)):
        transport = Transport(label_studio.url, token)
        if personal is None:
            with pytest.raises(Refused) as refused:
                Reading(transport).told()
            assert token not in str(refused.value)
        else:
            assert Reading(transport).told().version == VERSION
            assert transport.personal is personal
        transport.close()


def test_projects_and_their_counts(label_studio: LabelStudio, reading: Reading, people: list[Person]) -> None:
    project, tasks = filled(label_studio, "counted", 7)
    for place, task in enumerate(tasks[:5]):
        label_studio.annotate(people[place % 3].token, task, choices("accept"))
    label_studio.annotate(people[0].token, tasks[6], [], was_cancelled=True)
    for found in (reading.project(project), next(each for each in reading.projects() if each.project == project)):
        assert (found.title, found.tasks, found.annotations, found.skipped) == ("counted", 7, 5, 1)
        assert "accept" in found.config
    with pytest.raises(NotThere):
        reading.project(10_000)


def test_tasks_come_by_key_each_once_though_some_are_deleted_between_two_pages(
    label_studio: LabelStudio, reading: Reading
) -> None:
    project, tasks = filled(label_studio, "by key", 25)
    seen: list[int] = []
    while page := reading.tasks(project, after=seen[-1] if seen else 0, size=10):
        seen += [each["id"] for each in page]
        if len(seen) == 10:
            for task in tasks[:5]:
                label_studio.said("DELETE", f"/api/tasks/{task}/")
    assert seen == tasks


def test_a_task_brings_what_the_reader_of_exports_needs(
    label_studio: LabelStudio, reading: Reading, people: list[Person]
) -> None:
    project = label_studio.project("whole tasks", CONFIG)
    (task,) = label_studio.tasks(project, [{"data": {"text": "一"}, "meta": {"labelqa": {"release": "r@1.0.0"}}}])
    made = label_studio.annotate(people[0].token, task, choices("accept"))
    skip = label_studio.annotate(people[1].token, task, [], was_cancelled=True)
    (found,) = reading.tasks(project)
    assert (found["id"], found["data"], found["meta"]) == (task, {"text": "一"}, {"labelqa": {"release": "r@1.0.0"}})
    by = {each["id"]: each for each in found["annotations"]}
    assert set(by) == {made, skip}
    assert by[made]["completed_by"] == by[made]["updated_by"] == people[0].number
    assert by[made]["result"] == choices("accept") or by[made]["result"][0]["value"] == {"choices": ["accept"]}
    assert (by[made]["was_cancelled"], by[skip]["was_cancelled"], by[skip]["result"]) == (False, True, [])
    assert (by[made]["lead_time"], by[made]["ground_truth"]) == (4.5, False)
    assert by[made]["created_at"] <= by[made]["updated_at"] <= found["updated_at"]


def settled(reading: Reading) -> None:
    """What was touched so far lies before the server's clock, which says full seconds."""
    sleep(1.1)
    assert reading.answers()


def test_what_changed_comes_in_its_order_and_nothing_else(
    label_studio: LabelStudio, reading: Reading, people: list[Person]
) -> None:
    project, tasks = filled(label_studio, "changing", 12)
    (last,) = [each["updated_at"] for each in reading.tasks(project)][-1:]
    since = reading.marks(project)[-1].updated_at
    assert since is not None
    assert str(last)[:19] == since.isoformat()[:19]
    since += timedelta(microseconds=1)
    assert list(reading.changed(project, since=since)) == []
    touched = [tasks[9], tasks[2], tasks[5], tasks[0]]
    for task in touched:
        label_studio.annotate(people[0].token, task, choices("reject"))
    settled(reading)
    pages = list(reading.changed(project, since=since, size=3))
    assert [each["id"] for page in pages for each in page] == touched
    assert max(map(len, pages)) <= 3


def test_what_is_not_there_is_told_by_the_server_itself_and_other_404_are_not_its_own(reading: Reading) -> None:
    for path in ("api/projects/9999/", "api/tasks/?project=9999", "api/projects/?page=99", "api/tasks/9999/"):
        with pytest.raises(NotThere):
            reading.transport.read(path)
    with pytest.raises(Unreachable, match="something before Label Studio"):
        reading.transport.read("api/no-such-thing/", once=True)


def test_another_task_is_found_beside_those_that_cannot_be_read(label_studio: LabelStudio, reading: Reading) -> None:
    project, tasks = filled(label_studio, "others", 3)
    asked = Asked(project=project, include="id,updated_at", order=BY_NUMBER, size=2)
    pages = Pages(reading.transport)
    assert pages._others(asked, [{"id": each} for each in tasks[:2]])
    assert not pages._others(asked, [{"id": each} for each in tasks])


def test_what_the_server_touches_at_one_time_comes_once_and_a_microsecond_later_no_more(
    label_studio: LabelStudio, reading: Reading
) -> None:
    project = label_studio.project("at once", CONFIG)
    rows = [
        {"data": {"text": f"句子 {number}"}, "predictions": [{"result": choices("accept")}]} for number in range(23)
    ]
    tasks = label_studio.tasks(project, rows)
    query = {"id": "predictions_to_annotations", "project": project}
    label_studio.said("POST", "/api/dm/actions/", params=query, json={"selectedItems": {"all": True, "excluded": []}})
    (moment,) = {each.updated_at for each in reading.marks(project)}
    assert moment is not None
    assert reading.clock() is not None
    some = [each["id"] for page in reading.changed(project, since=moment, size=5) for each in page]
    assert set(some) == set(tasks)  # of the second that is not over yet, some may come twice
    settled(reading)
    for size in (5, 23, 500):
        found = [each["id"] for page in reading.changed(project, since=moment, size=size) for each in page]
        assert sorted(found) == tasks
    assert list(reading.changed(project, since=moment + timedelta(microseconds=1))) == []


def test_the_marks_of_a_sweep_see_what_moves_no_time(
    label_studio: LabelStudio, reading: Reading, people: list[Person]
) -> None:
    project = label_studio.project("swept", CONFIG)
    kept, twin, other = label_studio.tasks(project, [{"data": {"text": each}} for each in ("same", "same", "other")])
    for place, task in enumerate((kept, twin, other)):
        label_studio.annotate(people[place].token, task, choices("accept"))
    before = {each.task: each for each in reading.marks(project)}
    assert [len(each.annotations) for each in before.values()] == [1, 1, 1]
    told = {"selectedItems": {"all": True, "excluded": []}, "filters": {"conjunction": "and", "items": []}}
    label_studio.said("POST", f"/api/dm/actions?id=remove_duplicates&project={project}", json=told)
    after = {each.task: each for each in reading.marks(project)}
    assert len(after) == 2
    left = kept if kept in after else twin
    assert after[left].annotations.keys() == before[kept].annotations.keys() | before[twin].annotations.keys()
    assert after[left].updated_at == before[left].updated_at, "a server that tells would be easier to follow"


def test_the_stand_in_does_and_tells_what_a_real_server_does(label_studio_database: Path) -> None:
    """The same random changes on both: the same is there in the end and at every step, and the same is told of it."""
    told: dict[str, list[Any]] = {"stand-in": [], "real": []}
    stand_in = StandIn(users=[{"id": 1}])
    stand_in.deliver = lambda _, payload: told["stand-in"].append(heard(json.dumps(payload).encode()))
    with running(label_studio_database) as server, relay(lambda body: told["real"].append(heard(body))) as url:
        one, other = server.project("changing", CHANGING), stand_in.project("changing", CHANGING)
        hook = {"url": url, "project": one, "actions": list(ACTIONS), "send_for_all_actions": False}
        server.said("POST", "/api/webhooks/", json=hook)
        stand_in.hook(other)
        both = [
            Changing(site, number, Random(20261122), [site.user(f"{name}@example.com") for name in "abcd"])
            for site, number in ((Real(server, one), one), (stand_in, other))
        ]
        for _ in range(80):
            real, same = (each.change() for each in both)
            assert real == same
            assert told["real"] == told["stand-in"], real
            assert both[0].moved[-1] == both[1].moved[-1], real
        bags = [sorted(each._replace(at=0) for each in changing.versions) for changing in both]
        assert bags[0] == bags[1]
        now = [{each._replace(at=0) for each in changing.now().values()} for changing in both]
        assert now[0] == now[1]
    assert set(both[0].made) >= {"annotate", "edit", "touch", "skip", "crown", "delete", "import_annotated", "to_draft"}


def test_connect_records_the_server_and_keeps_the_token_apart(
    label_studio: LabelStudio, personal: str, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(personal + "\n")
    (tmp_path / "token").chmod(0o600)
    told: Any = place.run("connect", label_studio.url, "--as", "office", "--token-file", tmp_path / "token")
    assert (told["server"]["name"], told["server"]["url"], told["new"]) == ("office", label_studio.url, True)
    assert (told["told"]["version"], told["personal_token"]) == (VERSION, True)
    assert personal not in json.dumps(told)
    assert place.run("connect", label_studio.url, "--as", "office")["new"] is False
    left = [path for path in place.folder.rglob("*") if path.is_file() and personal.encode() in path.read_bytes()]
    assert [path.relative_to(place.folder).as_posix() for path in left] == ["secrets/office.token"]
