"""Two servers on which the same changes can be made: the stand-in, and a real Label Studio through its API."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fake_label_studio import FakeServer
from tests.label_studio import LabelStudio, Person, told


@dataclass
class StandIn(FakeServer):
    """The stand-in, told of as an export tells."""

    def whole(self, tasks: Iterable[int]) -> Iterator[dict[str, Any]]:
        """Those of these tasks that are there, with their annotations."""
        yield from (deepcopy(self.tasks[each]) for each in tasks if each in self.tasks)

    def everything(self, project: int) -> Iterator[dict[str, Any]]:
        """Every task of a project, with its annotations."""
        yield from (deepcopy(each) for each in self.tasks.values() if each["project"] == project)


@dataclass
class Real:
    """A real server; everybody does things with a token of their own."""

    server: LabelStudio
    project: int
    people: dict[int, Person] = field(default_factory=dict)

    def user(self, email: str) -> int:
        """Somebody new, who signed up."""
        person = self.server.joined(email)
        self.people[person.number] = person
        return person.number

    def remove_user(self, user: int, *, deleted: bool) -> None:
        """Somebody is deleted."""
        assert deleted
        self.server.said("DELETE", f"/api/users/{user}/")

    def put_tasks(self, project: int, rows: list[dict[str, Any]]) -> list[int]:
        """An import."""
        return self.server.tasks(project, rows)

    def annotate(self, task: int, result: list[dict[str, Any]], *, by: int, **more: Any) -> int:
        """A new annotation."""
        return self.server.annotate(self.people[by].token, task, result, **more)

    def edit(self, annotation: int, *, by: int, **changes: Any) -> None:
        """An annotation is saved again."""
        self.server.said("PATCH", f"/api/annotations/{annotation}/", by=self.people[by].token, json=changes)

    def remove_annotations(self, *annotations: int) -> None:
        """Annotations go, one by one."""
        for each in annotations:
            self.server.said("DELETE", f"/api/annotations/{each}/")

    def to_draft(self, annotation: int) -> None:
        """An annotation becomes a draft."""
        self.server.said("POST", f"/api/annotations/{annotation}/convert-to-draft", json={})

    def remove_tasks(self, *tasks: int) -> None:
        """Tasks go, one by one."""
        for each in tasks:
            self.server.said("DELETE", f"/api/tasks/{each}/")

    def remove_duplicates(self, project: int) -> None:
        """The action of that name, over the whole project."""
        chosen = {"selectedItems": {"all": True, "excluded": []}, "filters": {"conjunction": "and", "items": []}}
        self.server.said("POST", f"/api/dm/actions?id=remove_duplicates&project={project}", json=chosen)

    def whole(self, tasks: Iterable[int]) -> Iterator[dict[str, Any]]:
        """Those of these tasks that are there, with their annotations."""
        for each in tasks:
            answer = self.server.asked("GET", f"/api/tasks/{each}/")
            if answer.status_code != 404:
                yield told(answer)

    def everything(self, project: int) -> Iterator[dict[str, Any]]:
        """Every task of a project, with its annotations, as the export has them."""
        yield from self.server.said("GET", f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true")


@contextmanager
def relay(take: Callable[[bytes], None]) -> Iterator[str]:
    """An address to which a real server may send its webhooks; each is taken before it is answered."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            take(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self.send_response_only(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/"
        finally:
            http.shutdown()
            thread.join()


def heard(body: bytes) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """What an event is about: its action, annotations and tasks."""
    payload = json.loads(body)
    found: list[tuple[int, ...]] = []
    for names in (("annotation", "annotations"), ("task", "tasks")):
        there = next((payload[name] for name in names if name in payload), [])
        found.append(tuple(each["id"] for each in (there if isinstance(there, list) else [there])))
    return payload["action"], found[0], found[1]


__all__ = ["Real", "StandIn", "heard", "relay"]
