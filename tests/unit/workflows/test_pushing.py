"""A release on a project of a server: what would vanish, what is recorded, and what binds from when on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from labelqa.adapters.label_studio import form, form_instruction
from labelqa.adapters.label_studio.client.forming import Forming, used
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.adapters.label_studio.config import read_config
from labelqa.errors import BadInput, LabelqaError, Refused
from labelqa.records.clock import micros
from labelqa.records.facts import Draft, ProjectFollowed, ReleasePushed, ReviewSent, ReworkSent
from labelqa.records.servers import ProjectRole, ServerTold
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.servers.bindings import Bindings, drift, latest_pushed
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.servers.projects_there import FormStanding, project_lines
from labelqa.workflows.servers.pushing import Form, Pushed, push_new, push_release
from labelqa.workflows.sync.projects import follow_project
from tests.building import RELEASE, SAFETY, Clock, new_desk, release
from tests.fake_label_studio import LEGACY, START, FakeServer

EXTRA = '<Choice value="beyond"/></Choices>'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A workspace with two releases and a connected server."""
    with new_desk(tmp_path / "ws", clock=Clock(START)) as made:
        for name in (RELEASE, SAFETY):
            release(made, name)
        told = ServerTold(version="1.23.2", edition="Community", account="1", projects=0)
        connect_server(made, Connecting(name="ls", url="http://127.0.0.1:1"), told)
        yield made


@pytest.fixture
def server(desk: Desk) -> FakeServer:
    """A server whose only project has the form of a release and one label more."""
    made = FakeServer(legacy=True)
    made.project("labels", formed(desk, RELEASE).config.replace("</Choices>", EXTRA, 1))
    made.task(1, {"text": "one"})
    return made


def target(server: FakeServer) -> Forming:
    """The client of a server."""
    transport = Transport("http://ls.example.com", LEGACY, through=server.transport, pause=lambda _seconds: None)
    return Forming(Reading(transport), Writing(transport))


def formed(desk: Desk, name: str) -> Form:
    """A release as a server gets it."""
    book = released_book(desk, name)
    xml = form.labeling_config(book, "zh")
    text = form_instruction.instruction(book, "zh")
    return Form(release=name, config=xml, instruction=text, controls=read_config(xml)[0])


def answered(*labels: str, control: str = "quality") -> list[dict[str, Any]]:
    """A result with these labels."""
    return [{"from_name": control, "to_name": "text", "type": "choices", "value": {"choices": list(labels)}}]


def pushed(desk: Desk, server: FakeServer, name: str = RELEASE, **told: Any) -> Pushed:
    """Push to the project."""
    return push_release(desk, target(server), formed(desk, name), server="ls", project=1, **told)


def facts(desk: Desk) -> list[ReleasePushed]:
    """What was pushed, as recorded."""
    return [each.body for each in desk.ledger.view().of(ReleasePushed)]


def changes(server: FakeServer) -> int:
    """How often a project was changed."""
    return sum(each.method == "PATCH" for each in server.requests)


# ---- pushing


def test_a_release_becomes_form_and_instruction_and_binds_from_the_servers_time_on(
    desk: Desk, server: FakeServer
) -> None:
    server.now = datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)
    done = pushed(desk, server)
    project = server.projects[1]
    assert "beyond" not in project["label_config"]
    assert project["expert_instruction"] == formed(desk, RELEASE).instruction
    assert project["show_instruction"] is True
    assert done.since == datetime(2027, 3, 4, 5, 6, 8, tzinfo=UTC)
    assert [(each.control, each.label, each.used) for each in done.difference.gone] == [("quality", "beyond", 0)]
    (body,) = facts(desk)
    assert (body.release, body.since, body.vanished, body.reason) == (RELEASE, "2027-03-04T05:06:08+00:00", [], "")
    assert drift(body, target(server).project(1)) is None
    fact = desk.ledger.view().of(ReleasePushed)[0]
    assert set(fact.subjects) >= {"server:ls", "project:ls/1", f"release:{RELEASE}"}


def test_labels_in_use_do_not_vanish(desk: Desk, server: FakeServer) -> None:
    for at in range(3):
        task = server.task(1, {"text": str(at)})
        server.annotate(task, answered("beyond", "accept"))
    server.skip(task)
    before = dict(server.projects[1])
    with pytest.raises(Refused, match=r"quality: beyond \(3\)") as refused:
        pushed(desk, server)
    assert "--force" in str(refused.value)
    assert server.projects[1] == before
    assert facts(desk) == []


def test_a_reason_takes_labels_away_and_both_are_recorded(desk: Desk, server: FakeServer) -> None:
    server.annotate(1, answered("beyond"))
    with pytest.raises(Refused):
        pushed(desk, server, force="  ")
    done = pushed(desk, server, force=" it was never defined ")
    (body,) = facts(desk)
    assert (body.vanished, body.reason) == (["quality: beyond"], "it was never defined")
    assert done.difference.vanishing[0].used == 1


def test_a_reason_is_not_recorded_where_nothing_in_use_vanishes(desk: Desk, server: FakeServer) -> None:
    pushed(desk, server, force="just in case")
    assert facts(desk)[0].reason == ""


def test_a_control_in_use_that_would_vanish_is_named_and_the_servers_refusal_is_one_sentence(
    desk: Desk, server: FakeServer
) -> None:
    server.annotate(1, answered("accept"))
    with pytest.raises(Refused, match=r"quality \(1\), quality: accept \(1\)"):
        pushed(desk, server, SAFETY)
    with pytest.raises(Refused, match="incompatible with provided labeling schema"):
        pushed(desk, server, SAFETY, force="another question")
    assert facts(desk) == []


def test_the_same_again_does_nothing(desk: Desk, server: FakeServer) -> None:
    first, again = pushed(desk, server), pushed(desk, server)
    assert (bool(first.fact), again.fact, again.before) == (True, 0, RELEASE)
    assert changes(server) == 1
    assert len(facts(desk)) == 1


@pytest.mark.parametrize(
    "changed", [{"expert_instruction": "mine"}, {"show_instruction": False}, {"label_config": "<View/>"}]
)
def test_what_was_changed_by_hand_is_put_back_when_pushed_again(
    desk: Desk, server: FakeServer, changed: dict[str, Any]
) -> None:
    pushed(desk, server)
    server.change_project(1, **changed)
    again = pushed(desk, server)
    assert again.fact
    assert len(facts(desk)) == 2
    assert pushed(desk, server).fact == 0


def test_a_dry_run_changes_nothing_and_tells_what_would_vanish(desk: Desk, server: FakeServer) -> None:
    server.annotate(1, answered("beyond"))
    done = pushed(desk, server, dry=True)
    assert [str(each) for each in done.difference.vanishing] == ["quality: beyond"]
    assert (changes(server), facts(desk), done.since) == (0, [], None)


def test_annotations_are_read_only_where_something_is_taken_away(desk: Desk, server: FakeServer) -> None:
    pushed(desk, server)
    server.requests.clear()
    server.change_project(1, expert_instruction="mine")
    pushed(desk, server)
    assert not [each for each in server.requests if "/api/tasks" in each.url.path]


def test_what_the_server_refused_is_not_recorded(desk: Desk, server: FakeServer) -> None:
    def refusing(request: httpx.Request) -> httpx.Response | None:
        wrong = {"detail": "Validation error", "validation_errors": {"label_config": ["no such tag"]}}
        return httpx.Response(400, json=wrong) if request.method == "PATCH" else None

    server.before = refusing
    with pytest.raises(Refused, match="label_config: no such tag"):
        pushed(desk, server)
    assert facts(desk) == []


def test_a_server_that_keeps_another_form_is_found_out(desk: Desk, server: FakeServer) -> None:
    real = server.change_project

    def forgetting(project: int, **told: Any) -> None:
        real(project, **{name: value for name, value in told.items() if name != "label_config"})

    server.change_project = forgetting  # type: ignore[method-assign]
    with pytest.raises(BadInput, match="does not have the form"):
        pushed(desk, server)
    assert facts(desk) == []


def test_a_server_that_writes_a_form_otherwise_is_told_and_its_own_text_is_recorded(
    desk: Desk, server: FakeServer
) -> None:
    real = server.change_project

    def rewriting(project: int, **told: Any) -> None:
        real(project, **told | {"label_config": told["label_config"].replace("/>", " />")})

    server.change_project = rewriting  # type: ignore[method-assign]
    done = pushed(desk, server)
    assert [each.code for each in done.findings] == ["LS203"]
    assert drift(facts(desk)[0], target(server).project(1)) is None


def test_two_who_push_at_once_do_not_both_record(desk: Desk, server: FakeServer) -> None:
    real = server.change_project

    def meanwhile(project: int, **told: Any) -> None:
        real(project, **told)
        server.change_project = real  # type: ignore[method-assign]
        pushed(desk, server)

    server.change_project = meanwhile  # type: ignore[method-assign]
    with pytest.raises(Refused, match="meanwhile"):
        pushed(desk, server)
    assert len(facts(desk)) == 1


def test_only_releases_of_the_workspace_are_pushed(desk: Desk, server: FakeServer) -> None:
    strange = Form(release="mine@1.0.0", config="<View/>", instruction="", controls=())
    for push in (
        lambda: push_release(desk, target(server), strange, server="ls", project=1),
        lambda: push_new(desk, target(server), strange, server="ls", title="another"),
    ):
        with pytest.raises(BadInput, match="not released"):
            push()
    assert server.requests == []


def recorded(desk: Desk, body: Any) -> None:
    """Append a fact."""
    desk.ledger.append([Draft(body=body, subjects=(), actor=desk.actor, identity=desk.identity)], now=desk.clock())


MADE: Final = [
    (ReviewSent(server="ls", project=1, batch="b1", sample="b1/1", verifier="p-1", mode="shown", items=1, digest=""),
     ProjectRole.REVIEW, "labelqa-review:b1/1:p-1:shown", "removed"),
    (ReworkSent(server="ls", project=1, batch="b1", person="p-1", items=["q-1"]),
     ProjectRole.REWORK, "labelqa:rework:b1:p-1", "project-gone"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "role", "line", "gone"), MADE)
def test_projects_that_labelqa_made_keep_their_form_and_are_not_followed(
    desk: Desk, server: FakeServer, body: Any, role: ProjectRole, line: str, gone: str
) -> None:
    for ended, reason, told in ((False, "", "round 3"), (True, "closed", f"made\n{line}")):  # it may be opened again
        server.projects[1]["description"] = told
        recorded(desk, replace(body, ended=ended, reason=reason))
        with pytest.raises(Refused, match=f"made by labelqa.*{role}"):
            pushed(desk, server)
        with pytest.raises(Refused, match=f"made by labelqa for {role}"):
            follow_project(desk, 1, server="ls", title="labels", description=told)
        assert [each.role for each in project_lines(desk, "ls", target(server).projects())] == [role]
    assert {each.method for each in server.requests} == {"GET"}


@pytest.mark.parametrize(("body", "role", "line", "gone"), MADE)
def test_what_has_the_number_of_a_closed_project_on_a_server_set_up_anew_is_another_one(
    desk: Desk, server: FakeServer, body: Any, role: ProjectRole, line: str, gone: str
) -> None:
    recorded(desk, replace(body, ended=True, reason="closed"))
    assert [each.role for each in project_lines(desk, "ls", target(server).projects())] == [None]
    assert pushed(desk, server).fact
    assert not follow_project(desk, 1, server="ls", title="labels", description="ours").ended


@pytest.mark.parametrize(("body", "role", "line", "gone"), MADE)
def test_the_number_of_a_project_that_is_gone_is_free_again(
    desk: Desk, server: FakeServer, body: Any, role: ProjectRole, line: str, gone: str
) -> None:
    recorded(desk, replace(body, ended=True, reason=gone))
    assert pushed(desk, server).fact
    assert not follow_project(desk, 1, server="ls", title="labels").ended


def test_a_project_that_is_gone_is_said(desk: Desk, server: FakeServer) -> None:
    server.remove_project(1)
    with pytest.raises(LabelqaError, match="has no project 1: labelqa server projects"):
        pushed(desk, server)


def test_a_project_is_made_bound_and_not_made_twice(desk: Desk, server: FakeServer) -> None:
    done = push_new(desk, target(server), formed(desk, SAFETY), server="ls", title=" 安全 一期 ")
    assert (done.made, done.project, done.title) == (True, 2, "安全 一期")
    assert server.projects[2]["show_instruction"] is True
    assert Bindings(desk.ledger.view()).at("ls", 2, micros(server.now)) == SAFETY
    with pytest.raises(Refused, match="--project 2"):
        push_new(desk, target(server), formed(desk, SAFETY), server="ls", title="安全 一期")
    assert len(server.projects) == 2


# ---- what is in use


def test_what_is_in_use_is_counted_over_all_pages(desk: Desk, server: FakeServer) -> None:
    tasks = [server.task(1, {"text": str(at)}) for at in range(500)]
    for task in (1, tasks[0], tasks[-2], tasks[-1]):
        server.annotate(task, answered("beyond"))
    heard: list[int] = []
    transport = Transport("http://ls.example.com", LEGACY, through=server.transport)
    counted = Forming(Reading(transport), Writing(transport), tell=heard.append).usage(1)
    assert (counted["quality"]["beyond"], counted["quality"][""], heard) == (4, 4, [500, 1])
    assert [str(each) for each in pushed(desk, server, dry=True).difference.vanishing] == ["quality: beyond"]


@pytest.mark.parametrize(
    ("told", "labels"),
    [
        ({"type": "labels", "value": {"start": 0, "end": 1, "labels": ["a", "b"]}}, {"", "a", "b"}),
        ({"type": "taxonomy", "value": {"taxonomy": [["Animal", "Dog"], ["Plant"]]}}, {"", "Animal/Dog", "Plant"}),
        ({"type": "pairwise", "value": {"selected": "left"}}, {"", "left"}),
        ({"type": "ranker", "value": {"ranker": {"top": ["x"], "rest": []}}}, {"", "top"}),
        ({"type": "rating", "value": {"rating": 4}}, {""}),
        ({"type": "textarea", "value": {"text": ["free"]}}, {""}),
        ({"type": "choices", "value": None}, {""}),
        ({"type": ["x"], "value": {"choices": 7}}, {""}),
    ],
)
def test_labels_of_every_kind_of_answer_are_found(told: dict[str, Any], labels: set[str]) -> None:
    assert used([{"from_name": "q", **told}, "strange", None]) == {("q", each) for each in labels}


def test_relations_have_labels_and_answers_of_no_form_have_none() -> None:
    relation = {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["cause"]}
    assert {label for _, label in used([relation])} == {"", "cause"}
    for strange in (None, {}, "[]", 3, [[]], [{"from_name": 7}]):
        assert used(strange) == set()


# ---- what binds


def test_a_release_binds_from_its_time_until_the_next_one(desk: Desk, server: FakeServer) -> None:
    first = pushed(desk, server)
    server.tick(3600)
    second = pushed(desk, server, SAFETY)
    assert first.since is not None
    assert second.since is not None
    view, hour = desk.ledger.view(), timedelta(hours=1)
    moments = [
        first.since - timedelta(seconds=1),
        first.since,
        second.since - timedelta(seconds=1),
        second.since,
        second.since + hour,
    ]
    bound = ["", RELEASE, RELEASE, SAFETY, SAFETY]
    fast = Bindings(view)
    assert [fast.at("ls", 1, micros(each)) for each in moments] == bound
    assert fast.at("ls", 2, micros(second.since)) == fast.at("other", 1, micros(second.since)) == ""


def test_of_two_in_the_same_second_the_later_one_binds(desk: Desk, server: FakeServer) -> None:
    real = server.tick
    server.tick = lambda *_seconds: real(0)  # type: ignore[method-assign]
    first, second = pushed(desk, server), pushed(desk, server, SAFETY)
    assert first.since == second.since
    assert first.since is not None
    assert Bindings(desk.ledger.view()).at("ls", 1, micros(first.since)) == SAFETY


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"label_config": "<View/>"}, "LS201"), ({"expert_instruction": "mine"}, "LS202"), ({"title": "other"}, "")],
)
def test_a_change_by_hand_is_a_finding(desk: Desk, server: FakeServer, changed: dict[str, Any], code: str) -> None:
    pushed(desk, server)
    server.change_project(1, **changed)
    _, body = latest_pushed(desk.ledger.view())["ls", 1]
    found = drift(body, target(server).project(1))
    assert (found.code if found else "") == code


def test_the_projects_of_a_server_say_what_they_are_bound_to(desk: Desk, server: FakeServer) -> None:
    pushed(desk, server)
    server.project("changed", "<View/>")
    server.project("never", "<View/>")
    push_release(desk, target(server), formed(desk, SAFETY), server="ls", project=2)
    server.change_project(2, label_config="<View/>")
    server.annotate(1, answered("accept"))
    server.skip(1)
    body = ProjectFollowed(server="ls", project=1, title="labels")
    desk.ledger.append([Draft(body=body, subjects=(), actor=desk.actor, identity=desk.identity)], now=desk.clock())
    lines = project_lines(desk, "ls", target(server).projects())
    assert [(each.tasks, each.annotations, each.skipped) for each in lines] == [(1, 1, 1), (0, 0, 0), (0, 0, 0)]
    assert [each.role for each in lines] == [ProjectRole.SOURCE, None, None]
    assert [each.release for each in lines] == [RELEASE, SAFETY, ""]
    assert [each.form for each in lines] == [FormStanding.AS_PUSHED, FormStanding.CHANGED, FormStanding.NEVER]
