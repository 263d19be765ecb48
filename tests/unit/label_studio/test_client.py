"""Talking to a server: signing in, reading by key, and faults as sentences that hold no secret."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from labelqa.adapters.label_studio.client.address import in_the_clear, server_address
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.errors import BadInput, LabelqaError, NotThere, Refused, Unreachable
from tests.fake_label_studio import LEGACY, PERSONAL, START, FakeServer

URL = "https://labels.example.com/studio"


def reading(server: FakeServer, token: str = PERSONAL, **told: Any) -> Reading:
    """A client of a stand-in server that does not wait."""
    return Reading(Transport(URL, token, through=server.transport, pause=lambda _seconds: None, **told))


# ---- addresses


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (" HTTPS://Labels.Example.com/ ", "https://labels.example.com"),
        ("http://[::1]:8080/a/b/", "http://[::1]:8080/a/b"),
    ],
)
def test_addresses_are_kept_in_one_form(told: str, kept: str) -> None:
    assert server_address(told) == kept == server_address(kept)


@pytest.mark.parametrize(
    "told",
    ["", "labels.example.com", "ftp://a.example.com", "http://", "http://a:99999", "http://[::1", "http://a?x=1"],
)
def test_what_is_no_address_is_refused(told: str) -> None:
    with pytest.raises(BadInput):
        server_address(told)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadInput) as refused:
        server_address("https://me:secret-word@labels.example.com")
    assert "secret-word" not in str(refused.value)


def test_only_the_own_machine_and_tls_hide_a_token() -> None:
    assert [in_the_clear(f"{url}:8080") for url in ("https://a", "http://localhost", "http://127.0.0.9", "http://10.0.0.1")] == [
        False, False, False, True,
    ]  # fmt: skip


# ---- signing in


def test_a_personal_token_is_traded_once_for_many_requests() -> None:
    server = FakeServer()
    client = reading(server)
    for _ in range(5):
        assert client.told().version == "1.23.2"
    assert server.traded == 1
    assert client.transport.personal
    assert all(PERSONAL not in each.headers.get("Authorization", "") for each in server.requests)


def test_an_access_token_that_ran_out_is_traded_again() -> None:
    server = FakeServer()
    client = reading(server)
    client.told()
    server.forget_access()
    assert client.told().account == "1"
    assert server.traded == 2


def test_a_long_answer_to_signing_in_is_not_read_whole() -> None:
    endless = httpx.Response(200, content=b'{"access": "' + b"x" * 200_000 + b'"}')
    with pytest.raises(BadInput, match="larger than"):
        reading(FakeServer(before=lambda _request: endless), largest=4_000).told()


def test_many_threads_trade_once() -> None:
    server = FakeServer()
    client = reading(server)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(client.told().edition)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == ["Community"] * 8
    assert server.traded == 1


def test_a_legacy_token_works_where_it_is_allowed_and_is_explained_where_not() -> None:
    server = FakeServer(legacy=True)
    assert not reading(server, LEGACY).transport.personal
    assert reading(server, LEGACY).told().account == "1"
    server.legacy = False
    with pytest.raises(Refused, match=r"legacy token authentication has been disabled.*personal access token"):
        reading(server, LEGACY).told()


@pytest.mark.parametrize("token", [PERSONAL + "x", LEGACY[::-1], "a.b.c"])
def test_a_wrong_token_is_refused_without_being_repeated(token: str) -> None:
    with pytest.raises(Refused) as refused:
        reading(FakeServer(), token).told()
    assert token not in str(refused.value)
    assert token not in repr(vars(reading(FakeServer(), token).transport))


# ---- reading


def filled(tasks: int) -> tuple[FakeServer, int]:
    """A server with a project of so many tasks, one annotation each."""
    server = FakeServer()
    project = server.project()
    for number in range(tasks):
        server.annotate(server.task(project, {"text": f"t{number}"}), [])
    return server, project


def test_tasks_come_by_number_and_stop_at_the_end() -> None:
    server, project = filled(7)
    server.task(server.project(), {"text": "of another project"})
    client, found, after = reading(server), [], 0
    while page := client.tasks(project, after=after, size=3):
        found += [each["id"] for each in page]
        after = found[-1]
        server.tasks.pop(found[0], None)  # deleting rows already read moves no other row past the reader
    assert found == [1, 2, 3, 4, 5, 6, 7]
    assert client.tasks(project, after=7) == []


def test_marks_hold_the_times_of_task_and_annotations() -> None:
    server, project = filled(2)
    first = reading(server).marks(project, size=1)[0]
    assert first.task == 1
    assert first.updated_at == first.annotations[1] == START + timedelta(seconds=2)


def changed(client: Reading, project: int, size: int, since: Any = START) -> list[int]:
    """The numbers of the tasks that changed, in the order in which they came."""
    return [each["id"] for page in client.changed(project, since=since, size=size) for each in page]


def test_what_changed_comes_in_the_order_of_change() -> None:
    server, project = filled(9)
    server.annotate(4, [])
    moment = server.now
    client = reading(server)
    assert changed(client, project, 2) == [1, 2, 3, 5, 6, 7, 8, 9, 4]
    assert changed(client, project, 2, moment) == [4]
    assert changed(client, project, 2, moment + timedelta(seconds=1)) == []


def test_tasks_touched_at_one_moment_are_all_read() -> None:
    server, project = filled(9)
    for each in server.tasks.values():
        each["updated_at"] = "2026-11-16T09:00:00.000000Z"
    assert sorted(changed(reading(server), project, 2)) == list(range(1, 10))


def test_a_task_touched_while_pages_are_read_comes_again_and_none_is_passed_over() -> None:
    server, project = filled(9)
    client = reading(server)
    touched: list[int] = []

    def meanwhile(request: httpx.Request) -> None:
        if request.url.path.endswith("/tasks/") and len(touched) < 3:
            touched.append(len(touched) + 1)
            server.annotate(touched[-1], [])

    server.before = meanwhile
    found = changed(client, project, 2)
    assert set(found) == set(range(1, 10))
    last = {number: len(server.tasks[number]["annotations"]) for number in touched}
    assert last == dict.fromkeys((1, 2, 3), 2)
    assert all(found.count(number) >= 1 for number in touched)


def test_a_project_that_is_gone_is_not_taken_for_one_without_changes() -> None:
    client = reading(FakeServer())
    with pytest.raises(NotThere):
        changed(client, 3, 10)
    with pytest.raises(NotThere):
        client.project(3)


def test_projects_and_accounts_are_read_whole() -> None:
    server = FakeServer()
    for number in range(205):
        server.project(f"project {number}")
    server.annotate(server.task(7, {"text": "a"}), [], was_cancelled=True)
    client = reading(server)
    assert [each.project for each in client.projects()] == list(range(1, 206))
    assert (client.project(7).tasks, client.project(7).annotations, client.project(7).skipped) == (1, 0, 1)
    assert [(each.account, each.email, each.name) for each in client.accounts()][1] == (
        "2",
        "chen@example.com",
        "陈 思远",
    )


# ---- faults


def test_reading_is_tried_three_times_and_then_told() -> None:
    server = FakeServer(before=lambda _request: httpx.Response(503, text="<html>busy</html>"))
    with pytest.raises(Unreachable, match="503"):
        reading(server).told()
    assert len(server.requests) == 3


def test_a_short_fault_is_got_over() -> None:
    answers = iter([httpx.Response(502), httpx.Response(500)])
    server = FakeServer(before=lambda _request: next(answers, None))
    assert reading(server).told().version == "1.23.2"


@pytest.mark.parametrize("token", [LEGACY, PERSONAL])
@pytest.mark.parametrize("said", [{"text": "default backend - 404"}, {"text": "<p>404"}, {"json": {"error": "x"}}, {}])
def test_a_404_of_something_before_the_server_says_nothing_of_what_is_there(said: dict[str, Any], token: str) -> None:
    server = FakeServer(legacy=True, before=lambda _request: httpx.Response(404, **said))
    client = reading(server, token)
    for ask in (
        lambda: client.project(1),
        lambda: list(client.projects()),
        lambda: changed(client, 1, 10),
        client.accounts,
    ):
        with pytest.raises(Unreachable, match="something before Label Studio answered 404"):
            ask()
    assert not client.answers()


def test_a_first_page_of_projects_that_is_not_there_is_no_empty_list() -> None:
    said = httpx.Response(404, json={"detail": "Not found."})
    with pytest.raises(NotThere):
        list(reading(FakeServer(legacy=True, before=lambda _request: said), LEGACY).projects())


def unreachable(request: httpx.Request) -> httpx.Response:
    """Nobody listens."""
    raise httpx.ConnectError("refused", request=request)


def slow(request: httpx.Request) -> httpx.Response:
    """Nobody answers."""
    raise httpx.ReadTimeout("slow", request=request)


FAULTS: list[tuple[Callable[[httpx.Request], httpx.Response], type[LabelqaError], str]] = [
    (unreachable, Unreachable, "cannot be reached"),
    (slow, Unreachable, "did not answer in time"),
    (
        lambda _: httpx.Response(200, text="<html>a page</html>"),
        BadInput,
        "does not answer as a Label Studio server does",
    ),
    (lambda _: httpx.Response(200, json=[1, 2]), BadInput, "does not answer as a Label Studio server does"),
    (lambda _: httpx.Response(301, headers={"Location": "https://elsewhere.example"}), BadInput, "elsewhere"),
    (lambda _: httpx.Response(403, json={"detail": "no\nright"}), Refused, "no right"),
    (lambda _: httpx.Response(400, json={"detail": ["odd"]}), Refused, "400"),
    (lambda _: httpx.Response(200, content=b'{"a":"' + b"x" * 5_000 + b'"}'), BadInput, "larger than"),
    (lambda _: httpx.Response(404, text="default backend - 404"), BadInput, "there is no Label Studio at"),
]


@pytest.mark.parametrize(("fault", "kind", "said"), FAULTS)
def test_each_fault_is_one_sentence(
    fault: Callable[[httpx.Request], httpx.Response], kind: type[LabelqaError], said: str
) -> None:
    server = FakeServer(legacy=True, before=fault)
    with pytest.raises(kind, match=said) as raised:
        reading(server, LEGACY, largest=4_000).told()
    assert LEGACY not in str(raised.value)
    assert raised.value.__cause__ is None
    assert "\n" not in str(raised.value)


def test_a_redirect_is_not_followed_with_the_token() -> None:
    elsewhere = httpx.Response(302, headers={"Location": "https://elsewhere.example/"})
    server = FakeServer(
        legacy=True, before=lambda request: elsewhere if request.url.host == "labels.example.com" else None
    )
    with pytest.raises(BadInput):
        reading(server, LEGACY).told()
    assert {each.url.host for each in server.requests} == {"labels.example.com"}
