"""Changing a server: once, through the SDK, with faults as sentences; and that the stand-in does as the real one did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.errors import BadInput, LabelqaError, NotThere, Refused, Unreachable
from tests.fake_label_studio import LEGACY, PERSONAL, START, FakeServer, listening

FORM = (
    '<View><Text name="text" value="$text"/><Choices name="kind" toName="text">'
    '<Choice value="good"/><Choice value="bad"/></Choices></View>'
)
GOOD: dict[str, Any] = {"from_name": "kind", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}}


def writing(server: FakeServer, token: str = PERSONAL, url: str = "https://labels.example.com/studio") -> Writing:
    """The writing side of a stand-in server behind a path."""
    return Writing(Transport(url, token, through=server.transport, pause=lambda _seconds: None))


@pytest.fixture
def server() -> FakeServer:
    """A server with a project of one task."""
    made = FakeServer(legacy=True)
    made.task(made.project("labels", FORM), {"text": "one"})
    return made


def sent(server: FakeServer, method: str) -> list[httpx.Request]:
    """The requests of one kind."""
    return [each for each in server.requests if each.method == method and "/token/" not in each.url.path]


# ---- what is changed


@pytest.mark.parametrize("token", [PERSONAL, LEGACY])
@pytest.mark.parametrize("path", ["", "/a/b"])
def test_a_project_is_made_over_the_network_also_behind_a_path(server: FakeServer, token: str, path: str) -> None:
    with listening(server) as url:
        there = Transport(url + path, token)
        made = Writing(there).create_project(
            title="情感 标注", config=FORM, instruction="<b>读</b>", settings={"maximum_annotations": 2}
        )
        told = Reading(there).project(made)
        there.close()
    assert (told.title, told.config, told.instruction) == ("情感 标注", FORM, "<b>读</b>")
    assert told.data["show_instruction"] is True
    assert told.data["maximum_annotations"] == 2
    assert all("/-" not in str(each.headers.get("Authorization")) for each in server.requests)


def test_a_change_of_a_project_gives_the_time_of_the_server(server: FakeServer) -> None:
    server.now = datetime(2031, 5, 6, 7, 8, 9, 123456, UTC)
    moment = writing(server).update_project(1, expert_instruction="读", show_instruction=True)
    assert moment == datetime(2031, 5, 6, 7, 8, 10, tzinfo=UTC)  # to the second, as the header has it
    assert server.projects[1]["expert_instruction"] == "读"


def test_tasks_go_in_parts_and_their_numbers_come_back_in_order(server: FakeServer) -> None:
    rows = [{"data": {"text": f"t{n}"}, "meta": {"labelqa": {"n": n}}} for n in range(1003)]
    numbers = writing(server).import_tasks(1, rows)
    assert [server.tasks[each]["meta"]["labelqa"]["n"] for each in numbers] == list(range(1003))
    assert [len(json.loads(each.content)) for each in sent(server, "POST")] == [500, 500, 3]


def test_what_is_imported_leaves_as_it_was_given(server: FakeServer) -> None:
    row = {
        "data": {"text": "好", "deep": {"a": [1, None, 2.5, True]}, "from": "x"},
        "meta": {"labelqa": {"source_updated_at": "2026-11-16T01:00:00.000000Z"}},
        "predictions": [{"model_version": "m", "score": 0.5, "result": [GOOD]}],
        "annotations": [{"result": [GOOD], "completed_by": 2, "ground_truth": False}],
    }
    writing(server).import_tasks(1, [row])
    assert json.loads(sent(server, "POST")[0].content) == [row]


def test_an_annotation_is_there_once_for_each_uuid(server: FakeServer) -> None:
    client, unique = writing(server), str(uuid4())
    other = client.annotate(1, [], unique_id=str(uuid4()))
    first = client.annotate(1, [GOOD], unique_id=unique, completed_by=2)
    assert client.annotate(1, [], unique_id=unique) == first != other
    told = server.annotation(first)[1]
    assert (told["result"], told["completed_by"], told["updated_by"]) == ([GOOD], 2, 1)
    assert len(server.tasks[1]["annotations"]) == 2


def test_a_uuid_of_another_task_is_refused(server: FakeServer) -> None:
    client, unique = writing(server), str(uuid4())
    client.annotate(server.task(1, {"text": "two"}), [], unique_id=unique)
    with pytest.raises(Refused, match="on another task than 1"):
        client.annotate(1, [], unique_id=unique)
    assert server.tasks[1]["annotations"] == []


def test_webhooks_are_made_set_right_and_removed(server: FakeServer) -> None:
    client = writing(server)
    made = client.create_hook(1, url="http://labels.local/hook", actions=["TASKS_CREATED"], headers={"X-S": "secret"})
    assert (made["actions"], made["send_for_all_actions"], made["is_active"]) == (["TASKS_CREATED"], False, True)
    server.hooks[made["id"]].update(is_active=False, actions=[])
    mended = client.update_hook(made["id"], url="http://labels.local/hook", actions=["ANNOTATION_CREATED"])
    assert (mended["actions"], mended["is_active"], mended["headers"]) == (
        ["ANNOTATION_CREATED"],
        True,
        {"X-S": "secret"},
    )
    server.hook(server.project("another"))
    assert [each["id"] for each in client.hooks(1)] == [made["id"]]
    client.delete_hook(made["id"])
    assert client.hooks(1) == []


def test_tasks_and_projects_can_be_removed(server: FakeServer) -> None:
    client = writing(server)
    client.delete_task(1)
    assert server.tasks == {}
    client.delete_project(1)
    assert server.projects == {}


# ---- what goes wrong


def faulty(status: int, told: object) -> FakeServer:
    """A server that answers everything with one fault, and a cookie."""
    made = FakeServer(legacy=True)
    headers = {"Set-Cookie": "sessionid=secret-session"}
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    made.before = lambda _request: httpx.Response(status, content=body, headers=headers)
    return made


@pytest.mark.parametrize(
    ("status", "told", "kind", "part"),
    [
        (400, {"detail": "Validation error", "validation_errors": {"label_config": ["no\nsuch"]}}, Refused, "label_config: no such"),
        (400, {"label_config": ["incompatible"]}, Refused, "label_config: incompatible"),
        (400, {"detail": "x" * 999}, Refused, ": " + "x" * 300 + ")"),
        (401, {"detail": "Invalid token."}, Refused, "Invalid token."),
        (403, {"detail": "no"}, Refused, "does not allow it"),
        (404, {"status_code": 404, "detail": "No Project matches the given query."}, NotThere, "has no api/projects/7/"),
        (404, b"<!doctype html><p>page", Unreachable, "something before Label Studio answered 404 for api/projects/7/"),
        (500, {"detail": "broken"}, Unreachable, "broken"),
        (502, b"<html>secret-page", Unreachable, "502"),
        (302, b"", BadInput, "elsewhere"),
        (200, b"<html>secret-page", BadInput, "does not answer as"),
        (200, b"[" * 100_000, BadInput, "does not answer as"),
        (200, [1, 2], BadInput, "does not answer as"),
        (200, {"id": "seven"}, BadInput, "does not answer as"),
    ],
)  # fmt: skip
def test_a_fault_is_one_sentence_and_is_not_tried_again(
    status: int, told: object, kind: type[LabelqaError], part: str
) -> None:
    server = faulty(status, told)
    with pytest.raises(kind) as refused:
        writing(server, LEGACY).update_project(7, title="abc")
    assert part in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(server.requests) == 1
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "told", [b"null", b"[]", b"{}", b'{"task_ids": [1]}', b'{"task_ids": [true, "2"]}', b'{"import": 3}']
)
def test_strange_answers_are_refused_by_every_change(told: bytes) -> None:
    client = writing(faulty(200, told), LEGACY)
    for change in (
        lambda: client.import_tasks(1, [{"data": {}}] * 2),
        lambda: client.create_project(title="abc", config=FORM),
        lambda: client.annotate(1, [], unique_id=str(uuid4())),
        lambda: client.create_hook(1, url="http://a.example.com", actions=[]),
        *([lambda: client.hooks(1)] if told != b"[]" else []),
    ):
        with pytest.raises(BadInput):
            change()


def test_a_server_that_does_not_answer_is_unreachable_after_one_attempt() -> None:
    attempts = []

    def failing(request: httpx.Request) -> httpx.Response:
        attempts.append(request)
        raise httpx.ReadTimeout("slow")

    client = Writing(Transport("http://127.0.0.1:9", LEGACY, through=httpx.MockTransport(failing)))
    with pytest.raises(Unreachable, match="in time"):
        client.annotate(1, [], unique_id=str(uuid4()))
    assert len(attempts) == 1


def test_a_token_that_ran_out_is_traded_again_and_the_change_is_made_once(server: FakeServer) -> None:
    client = writing(server)
    client.update_project(1, title="first")
    server.forget_access()
    client.import_tasks(1, [{"data": {"text": "x"}}])
    assert server.traded == 2
    assert len(server.tasks) == 2
    assert PERSONAL not in "".join(str(each.headers.raw) for each in server.requests)


def test_a_session_of_the_server_is_not_kept() -> None:
    server = FakeServer(legacy=True)
    number = server.project("labels", FORM)
    answers = iter([httpx.Response(200, json={"id": number}, headers={"Set-Cookie": "sessionid=x; Path=/"})])
    server.before = lambda _request: next(answers, None)
    client = writing(server, LEGACY)
    for title in ("first", "second"):
        with_time = client.update_project if title == "second" else client.delete_project
        with_time(number, **({"title": title} if title == "second" else {}))
    assert all("Cookie" not in each.headers for each in server.requests)


@pytest.mark.parametrize("title", ["", "ab", "题" * 51])
def test_titles_that_no_server_takes_are_not_sent(server: FakeServer, title: str) -> None:
    with pytest.raises(BadInput, match="3 to 50"):
        writing(server).create_project(title=title, config=FORM)
    assert server.requests == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [("http://10.0.0.8/hook", Refused), ("http://labelqa:8000/", Refused)],
)
def test_addresses_that_the_server_refuses_for_a_webhook(
    server: FakeServer, url: str, kind: type[LabelqaError]
) -> None:
    server.ssrf = True
    with pytest.raises(kind):
        writing(server).create_hook(1, url=url, actions=[])
    assert server.hooks == {}


# ---- the stand-in


@pytest.fixture
def told(server: FakeServer) -> list[dict[str, Any]]:
    """What the webhook of the project is told."""
    heard: list[dict[str, Any]] = []
    server.hook(1)
    server.deliver = lambda _hook, payload: heard.append(payload)
    return heard


def test_changes_that_send_nothing(server: FakeServer, told: list[dict[str, Any]]) -> None:
    one = server.annotate(1, [GOOD])
    told.clear()
    server.change_task(1, meta={"a": 1})
    server.predict(1, [])
    server.to_draft(one)
    server.remove_user(2, deleted=True)
    server.empty_project(1)
    server.remove_project(1)
    assert told == []
    assert server.hooks == {}


def test_the_annotation_that_loses_ground_truth_stays_untouched(server: FakeServer, told: list[dict[str, Any]]) -> None:
    one, two = server.annotate(1, [GOOD], ground_truth=True), server.annotate(1, [])
    before = server.annotation(one)[1]["updated_at"]
    told.clear()
    server.edit(two, ground_truth=True)
    assert [(each["action"], each["annotation"]["id"]) for each in told] == [("ANNOTATION_UPDATED", two)]
    assert (server.annotation(one)[1]["ground_truth"], server.annotation(one)[1]["updated_at"]) == (False, before)


def test_annotations_of_duplicates_move_to_a_task_that_is_not_touched(
    server: FakeServer, told: list[dict[str, Any]]
) -> None:
    two, three = server.task(1, {"text": "one"}), server.task(1, {"text": "one"})
    server.annotate(two, [GOOD])
    moved = server.annotate(three, [GOOD])
    before = server.tasks[two]["updated_at"]
    told.clear()
    server.remove_duplicates(1)
    assert [(each["action"], each["tasks"]) for each in told] == [("TASKS_DELETED", [{"id": 1}, {"id": three}])]
    assert server.annotation(moved)[0]["id"] == two
    assert server.tasks[two]["updated_at"] == before


def test_somebody_who_left_is_listed_as_deleted_and_somebody_deleted_did_nothing(server: FakeServer) -> None:
    given = server.annotate(1, [], by=2)
    server.remove_user(2, deleted=False)
    assert server.annotation(given)[1]["completed_by"] == 2
    assert server.users[1]["first_name"] == "Deleted"
    server.remove_user(2, deleted=True)
    assert server.annotation(given)[1]["completed_by"] is None


def test_a_webhook_forgets_its_actions_when_they_are_left_out(server: FakeServer) -> None:
    number = server.hook(1)
    headers = {"Authorization": f"Token {LEGACY}"}
    with httpx.Client(transport=server.transport, headers=headers) as client:
        client.patch(f"http://server/api/webhooks/{number}/", json={"is_active": True})
    assert server.hooks[number]["actions"] == []


def shape(value: Any) -> Any:
    """The names in a payload, and lists by their first."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def covers(real: Any, fake: Any, *, at: str = "") -> None:
    """Whether all that the stand-in tells is told by the real server, in the same form."""
    if isinstance(fake, dict):
        assert isinstance(real, dict), at
        for name, each in fake.items():
            assert name in real, f"{at}/{name}"
            if name not in {"data", "meta", "value", "lead_time", "updated_by", "score"}:
                covers(real[name], each, at=f"{at}/{name}")
    elif isinstance(fake, list):
        assert isinstance(real, list), at
        if fake and real:
            covers(real[0], fake[0], at=f"{at}[]")


@pytest.mark.shared
def test_payloads_have_the_shapes_that_the_real_server_sent(
    server: FakeServer, told: list[dict[str, Any]], shared: Path
) -> None:
    one = server.annotate(1, [GOOD | {"id": "a", "origin": "manual"}])
    server.edit(one, result=[])
    server.skip(1)
    server.remove_annotations(one)
    server.put_tasks(1, [{"data": {"text": "x"}, "annotations": [{"result": []}]}])
    server.predict(1, [GOOD])
    server.predictions_to_annotations(1)
    server.change_project(1, title="abc")
    server.remove_tasks(1)
    real: dict[str, list[Any]] = {}
    for path in sorted((shared / "fixtures" / "label_studio" / "webhooks").glob("*.json")):
        body = json.loads(path.read_text("utf-8"))["body"]
        if path.name != "import_without_payload.TASKS_CREATED.json":
            real.setdefault(body["action"], []).append(shape(body))
    assert len({each["action"] for each in told}) == 7
    for each in told:
        covers(real[each["action"]][0], shape(each), at=each["action"])
    assert server.now > START
