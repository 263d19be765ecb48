"""A stand-in for a Label Studio server, in memory, with the oddities that a real one was seen to have.

It answers requests of an httpx client; what it does not know is an error of the test, never a made-up answer.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.fake_label_studio_changes import START, stamp
from tests.fake_label_studio_writes import Writes, gone, shown

__all__ = ["LEGACY", "PERSONAL", "START", "FakeServer", "listening", "stamp"]

LEGACY = "0123456789abcdef0123456789abcdef01234567"


def _jwt(**claims: Any) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    told = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts]
    return ".".join([*told, "c2ln"])


PERSONAL = _jwt(kind="refresh", exp=8_000_000_000)


@dataclass
class FakeServer(Writes):
    """One server: ``annotate`` and the like do what people do; ``answer`` is how a program sees it.

    ``deliver(hook, payload)`` is called for each webhook that a change is told to. ``tokens`` are legacy tokens with
    whose they are; a personal token is the first user's.
    """

    version: str = "1.23.2"
    edition: str = "Community"
    legacy: bool = False  # whether legacy tokens are taken
    now: datetime = START
    projects: dict[int, dict[str, Any]] = field(default_factory=dict)
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    users: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"id": 1, "email": "admin@example.com", "first_name": "", "last_name": "", "username": "admin"},
            {"id": 2, "email": "chen@example.com", "first_name": "思远", "last_name": "陈", "username": "chen"},
        ]
    )
    requests: list[httpx.Request] = field(default_factory=list)
    before: Callable[[httpx.Request], httpx.Response | None] = lambda _request: (
        None
    )  # a fault, or what happens meanwhile
    hooks: dict[int, dict[str, Any]] = field(default_factory=dict)
    deliver: Callable[[dict[str, Any], dict[str, Any]], None] | None = None
    ssrf: bool = False  # whether webhooks to private addresses are refused
    tokens: dict[str, int] = field(default_factory=lambda: {LEGACY: 1})
    traded: int = 0
    _valid: str = ""
    _numbers: dict[str, int] = field(default_factory=dict)
    _where: dict[int, int] = field(default_factory=dict)
    _unique: dict[str, int] = field(default_factory=dict)

    # ---- people

    def user(self, email: str, **more: Any) -> int:
        """Somebody new."""
        number = max(each["id"] for each in self.users) + 1
        self.users.append({"id": number, "email": email, "first_name": "", "last_name": "", "username": email} | more)
        return number

    def remove_user(self, user: int, *, deleted: bool) -> None:
        """Somebody is deleted, and unnamed in what they did; or leaves the organisation, and is listed as Deleted."""
        if not deleted:
            there = next(each for each in self.users if each["id"] == user)
            there.update(first_name="Deleted", last_name="User", email="Deleted", username="Deleted")
            return
        self.users = [each for each in self.users if each["id"] != user]
        for task in self.tasks.values():
            for each in task["annotations"]:
                each["completed_by"] = None if each["completed_by"] == user else each["completed_by"]

    # ---- how a program sees it

    @property
    def transport(self) -> httpx.MockTransport:
        """For ``Transport(through=…)``."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request; the answer says what time it is here."""
        self.requests.append(request)
        answer = self.before(request) or self._answer(request)
        answer.headers.setdefault("Date", format_datetime(self.now, usegmt=True))
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.rstrip("/")
        if path.endswith("/api/token/refresh"):
            return self._trade(json.loads(request.content))
        if (refusal := self._unsigned(request)) is not None:
            return refusal
        name = path[path.index("/api/") :].removeprefix("/api/")
        if request.method == "GET":
            answer = self._read(request, name)
        else:
            _, _, token = request.headers["Authorization"].partition(" ")
            answer = self._write(request, name, self.tokens.get(token, self.users[0]["id"]))
        if answer is None:
            raise AssertionError(f"the stand-in does not know {request.method} {request.url}")
        return answer

    def _read(self, request: httpx.Request, name: str) -> httpx.Response | None:
        """What GET answers: one thing by its number, or many."""
        kind, _, number = name.partition("/")
        if not number[:1].isdigit():
            return self._many(request, name)
        if name.endswith("/export"):
            return self._export(request, int(number.removesuffix("/export")))
        known: dict[str, tuple[dict[int, Any], Callable[[int], dict[str, Any]]]] = {
            "projects": (self.projects, self.told_project), "tasks": (self.tasks, self._whole),
            "annotations": (self._where, lambda each: shown(self._annotation_told(each))),
            "webhooks": (self.hooks, self.hooks.__getitem__),
        }  # fmt: skip
        if kind not in known or not number.isdigit():
            return None
        there, tell = known[kind]
        return httpx.Response(200, json=tell(int(number))) if int(number) in there else gone(kind[:-1].title())

    def _many(self, request: httpx.Request, name: str) -> httpx.Response | None:
        match name:
            case "version":
                return httpx.Response(200, json={"release": self.version, "edition": self.edition})
            case "current-user/whoami":
                return httpx.Response(200, json=self.users[0])
            case "users":
                return httpx.Response(200, json=self.users)
            case "projects":
                return self._page(request, "results", [self.told_project(each) for each in self.projects], 30)
            case "tasks":
                return self._tasks(request)
            case "webhooks":
                project = request.url.params.get("project")
                found = [each for each in self.hooks.values() if project in (None, str(each["project"]))]
                return httpx.Response(200, json=found)
        return None

    def forget_access(self) -> None:
        """The access token runs out before its time."""
        self._valid = ""

    def _trade(self, told: dict[str, Any]) -> httpx.Response:
        if told.get("refresh") != PERSONAL:
            return httpx.Response(401, json={"detail": "Token is invalid"})
        self.traded += 1
        self._valid = _jwt(kind="access", iat=1, exp=301, n=self.traded)
        return httpx.Response(200, json={"access": self._valid})

    def _unsigned(self, request: httpx.Request) -> httpx.Response | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer" and token and token == self._valid:
            return None
        if kind == "Token" and token in self.tokens:
            said = "Authentication token no longer valid: legacy token authentication has been disabled for this organization"
            return None if self.legacy else httpx.Response(401, json={"detail": said})
        return httpx.Response(401, json={"detail": "Invalid token."})

    def _tasks(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        project, query = int(asked["project"]), json.loads(asked["query"])
        if project not in self.projects:
            return gone("Project")
        found = list(self._of(project))
        for each in query["filters"]["items"]:
            found = [task for task in found if _passes(task, each)]
        (by,) = query["ordering"]
        found.sort(key=lambda task: task[by.removeprefix("-").removeprefix("tasks:")], reverse=by.startswith("-"))
        columns = set(asked["include"].split(","))
        return self._page(request, "tasks", found, 100, show=lambda task: _columns(task, columns))

    def _whole(self, number: int) -> dict[str, Any]:
        """A task by itself: here people are objects."""
        task, people = self.tasks[number], {each["id"]: each for each in self.users}
        given = [shown(self._annotation_told(each["id"])) for each in task["annotations"]]
        for each in given:
            each["completed_by"] = people.get(each["completed_by"])
        return self._task_told(number) | {"annotations": given, "predictions": task["predictions"]}

    def _export(self, request: httpx.Request, project: int) -> httpx.Response:
        """An export as JSON: it alone tells the UUID of an annotation."""
        asked = request.url.params
        wanted = {int(each) for each in asked.get_list("ids[]")}
        found = [
            self._task_told(task["id"])
            | {"annotations": [self._annotation_told(each["id"]) for each in task["annotations"]]}
            for task in self._of(project)
            if (not wanted or task["id"] in wanted)
            and (task["annotations"] or asked.get("download_all_tasks") == "true")
        ]
        return httpx.Response(200, json=found)

    def _page(
        self,
        request: httpx.Request,
        name: str,
        rows: list[Any],
        default: int,
        show: Callable[[Any], Any] = lambda each: each,
    ) -> httpx.Response:
        size = int(request.url.params.get("page_size", default))
        page = int(request.url.params.get("page", 1))
        if page > 1 and (page - 1) * size >= len(rows):
            return httpx.Response(404, json={"status_code": 404, "detail": "Invalid page."})
        more = "next" if page * size < len(rows) else None
        told = [show(each) for each in rows[(page - 1) * size : page * size]]
        total = {"total": len(rows)} if name == "tasks" else {}
        return httpx.Response(200, json={"count": len(rows), "next": more, name: told} | total)


def _columns(task: dict[str, Any], columns: set[str]) -> dict[str, Any]:
    given = [{k: v for k, v in each.items() if k in columns and k != "unique_id"} for each in task["annotations"]]
    return {name: value for name, value in task.items() if name in columns} | {"annotations": given}


def _passes(task: dict[str, Any], rule: dict[str, Any]) -> bool:
    column, operator, wanted = rule["filter"].removeprefix("filter:tasks:"), rule["operator"], rule["value"]
    if column.startswith("data."):
        value = task["data"].get(column.removeprefix("data."))
    elif column == "meta":  # the text that its database keeps
        value = json.dumps(task["meta"])
    else:
        value = task[column]
    if column == "updated_at":
        datetime.strptime(wanted, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007  # a real server takes no other form
    compared: dict[str, Callable[[], Any]] = {
        "greater": lambda: value > wanted, "greater_or_equal": lambda: value >= wanted,
        "in_list": lambda: value in wanted, "not_in_list": lambda: value not in wanted, "equal": lambda: value == wanted,
        "less_or_equal": lambda: value <= wanted,
        "contains": lambda: str(wanted).casefold() in str(value).casefold(),
    }  # fmt: skip
    if operator not in compared:
        raise AssertionError(f"the stand-in does not know the operator {operator}")
    return bool(compared[operator]())


@contextmanager
def listening(server: FakeServer) -> Iterator[str]:
    """The stand-in on a free port of this machine; gives its address."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = httpx.Request(
                self.command, f"http://127.0.0.1{self.path}", headers=dict(self.headers), content=body
            )
            answer = server.answer(request)
            self.send_response_only(answer.status_code)
            for name in ("Date", "Content-Type", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}"
        finally:
            http.shutdown()
            thread.join()
