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
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

START = datetime(2026, 11, 16, 1, tzinfo=UTC)
LEGACY = "0123456789abcdef0123456789abcdef01234567"


def _jwt(**claims: Any) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    told = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts]
    return ".".join([*told, "c2ln"])


PERSONAL = _jwt(kind="refresh", exp=8_000_000_000)


def stamp(moment: datetime) -> str:
    """A time as the server writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class FakeServer:
    """One server: ``annotate`` and the like do what people do; ``client`` is how a program sees it."""

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
    traded: int = 0
    _valid: str = ""
    _numbers: dict[str, int] = field(default_factory=dict)

    # ---- what people do

    def tick(self, seconds: float = 1) -> datetime:
        """Time passes on the server."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def project(self, title: str = "a project", config: str = "<View/>") -> int:
        """A new project."""
        number = self._next("project")
        self.projects[number] = {"id": number, "title": title, "label_config": config, "token": "shared-project-token"}
        return number

    def task(self, project: int, data: dict[str, Any], **more: Any) -> int:
        """A new task."""
        number = self._next("task")
        moment = stamp(self.tick())
        self.tasks[number] = {
            "id": number, "project": project, "data": data, "meta": {}, "created_at": moment, "updated_at": moment,
            "overlap": 1, "annotations": [],
        } | more  # fmt: skip
        return number

    def annotate(self, task: int, result: list[dict[str, Any]], *, by: int = 2, **more: Any) -> int:
        """A new annotation; the task is touched."""
        number, moment = self._next("annotation"), stamp(self.tick())
        self.tasks[task]["annotations"].append(
            {
                "id": number, "result": result, "completed_by": by, "was_cancelled": False, "ground_truth": False,
                "created_at": moment, "updated_at": moment, "lead_time": 4.5, "updated_by": None,
                "parent_prediction": None,
            } | more
        )  # fmt: skip
        self.tasks[task]["updated_at"] = moment
        return number

    def _next(self, kind: str) -> int:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    # ---- how a program sees it

    @property
    def transport(self) -> httpx.MockTransport:
        """For ``Transport(through=…)``."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        self.requests.append(request)
        if (fault := self.before(request)) is not None:
            return fault
        path = request.url.path.rstrip("/")
        if path.endswith("/api/token/refresh"):
            return self._trade(json.loads(request.content))
        if (refusal := self._unsigned(request)) is not None:
            return refusal
        name = path[path.index("/api/") :].removeprefix("/api/")
        if name == "version":
            return httpx.Response(200, json={"release": self.version, "edition": self.edition})
        if name == "current-user/whoami":
            return httpx.Response(200, json=self.users[0])
        if name == "users":
            return httpx.Response(200, json=self.users)
        if name == "projects":
            return self._page(request, "results", [self._told(each) for each in self.projects.values()], 30)
        if name.startswith("projects/"):
            return self._project(int(name.split("/")[1]))
        if name == "tasks":
            return self._tasks(request)
        raise AssertionError(f"the stand-in does not know {request.method} {request.url}")

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
        if kind == "Token" and token == LEGACY:
            said = "Authentication token no longer valid: legacy token authentication has been disabled for this organization"
            return None if self.legacy else httpx.Response(401, json={"detail": said})
        return httpx.Response(401, json={"detail": "Invalid token."})

    def _told(self, project: dict[str, Any]) -> dict[str, Any]:
        mine = [each for each in self.tasks.values() if each["project"] == project["id"]]
        given = [each for task in mine for each in task["annotations"]]
        skipped = sum(each["was_cancelled"] for each in given)
        return project | {
            "task_number": len(mine), "total_annotations_number": len(given) - skipped,
            "skipped_annotations_number": skipped,
        }  # fmt: skip

    def _project(self, number: int) -> httpx.Response:
        if number not in self.projects:
            return _gone("No Project matches the given query.")
        return httpx.Response(200, json=self._told(self.projects[number]))

    def _tasks(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        project, query = int(asked["project"]), json.loads(asked["query"])
        if project not in self.projects:
            return _gone("No Project matches the given query.")
        found = [each for each in self.tasks.values() if each["project"] == project]
        for each in query["filters"]["items"]:
            found = [task for task in found if _passes(task, each)]
        (by,) = query["ordering"]
        found.sort(key=lambda task: task[by.removeprefix("tasks:")])
        columns = set(asked["include"].split(","))
        shown = [
            {name: value for name, value in task.items() if name in columns}
            | {"annotations": [{k: v for k, v in each.items() if k in columns} for each in task["annotations"]]}
            for task in found
        ]
        return self._page(request, "tasks", shown, 100)

    def _page(self, request: httpx.Request, name: str, rows: list[Any], default: int) -> httpx.Response:
        size = int(request.url.params.get("page_size", default))
        page = int(request.url.params.get("page", 1))
        if page > 1 and (page - 1) * size >= len(rows):
            return _gone("Invalid page.")
        more = "next" if page * size < len(rows) else None
        return httpx.Response(
            200, json={"count": len(rows), "next": more, name: rows[(page - 1) * size : page * size]}
        )  # fmt: skip


def _passes(task: dict[str, Any], rule: dict[str, Any]) -> bool:
    value = task[rule["filter"].removeprefix("filter:tasks:")]
    if rule["operator"] == "greater":
        return bool(value > rule["value"])
    if rule["operator"] == "greater_or_equal":
        datetime.strptime(rule["value"], "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007  # a real server takes no other form
        return bool(value >= rule["value"])
    raise AssertionError(f"the stand-in does not know the operator {rule['operator']}")


def _gone(detail: str) -> httpx.Response:
    return httpx.Response(404, json={"status_code": 404, "detail": detail})


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
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815

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
