"""Everything that is read from a server: who we are, projects, accounts, tasks by key, what changed, what is left.

Tasks come as the server's own JSON, for the codec. Nothing is written, and the SDK is not needed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from labelqa.adapters.label_studio.client.transport import Transport
from labelqa.adapters.label_studio.tasks import text, utc_of
from labelqa.errors import BadInput, NotThere
from labelqa.i18n import N_
from labelqa.records.servers import ServerAccount, ServerProject, ServerTold, TaskMarks

PAGE: Final = 500  # larger pages were no faster
_COLUMNS: Final = (
    "id,data,meta,inner_id,overlap,created_at,annotations,result,completed_by,updated_by,updated_at,was_cancelled,"
    "ground_truth,lead_time,parent_prediction,unique_id"
)
T = TypeVar("T")
_REMOVED: Final = "Deleted"  # what the server writes in place of the name and the e-mail of somebody removed
_MARKS: Final = "id,updated_at,annotations"


class Reading:
    """The reading side of a server."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def told(self) -> ServerTold:
        """What the server is, and whom it takes us for; BadInput when it is no Label Studio."""
        version, whoami = self._object("api/version"), self._object("api/current-user/whoami")
        release, edition = text(version.get("release")), text(version.get("edition"))
        if not release or not text(whoami.get("id")):
            raise BadInput(N_("{url} does not answer as a Label Studio server does"), url=self.transport.address)
        listed = self._object("api/projects/", {"page_size": 1, "include": "id"})
        return ServerTold(
            version=release, edition=edition or "Enterprise", account=text(whoami["id"]),
            projects=_count(listed.get("count")),
        )  # fmt: skip

    def accounts(self) -> list[ServerAccount]:
        """Everybody who is or was in the organisation; of those removed the server says neither name nor e-mail."""
        return [self._made(_account, each) for each in self._listed(self.transport.read("api/users/"))]

    def projects(self) -> Iterator[ServerProject]:
        """Every project that our account sees."""
        page = 1
        while True:
            try:
                told = self._object("api/projects/", {"page": page, "page_size": 100})
            except NotThere:  # past the end
                return
            found = self._listed(told.get("results"))
            yield from (self._made(_project, each) for each in found)
            if not told.get("next") or not found:
                return
            page += 1

    def hooks(self, project: int) -> list[dict[str, Any]]:
        """The webhooks of a project as the server has them, the values of their headers among that: never shown."""
        told = self._listed(self.transport.read("api/webhooks/", {"project": project}))
        return [each for each in told if each.get("project") == project]

    def project(self, number: int) -> ServerProject:
        """One project; NotThere when it is gone."""
        return self._made(_project, self._object(f"api/projects/{number}/"))

    def tasks(self, project: int, *, after: int = 0, size: int = PAGE) -> list[dict[str, Any]]:
        """The next tasks by number, with their annotations; an empty list at the end."""
        asked = _query(project, ["tasks:id"], size, id=("greater", "Number", after))
        return self._tasks(asked | {"fields": "all", "include": _COLUMNS, "resolve_uri": "false"})

    def chosen(self, project: int, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Of these tasks (``PAGE`` at most), those that are there, with their annotations."""
        found: list[dict[str, Any]] = []
        left = sorted(numbers)
        while left:
            asked = _query(project, ["tasks:id"], PAGE, id=("in_list", "List", left))
            page = self._tasks(asked | {"fields": "all", "include": _COLUMNS, "resolve_uri": "false"})
            found += page
            left = [each for each in left if each > page[-1]["id"]] if page else []  # a server may cap its pages
        return found

    def newest(self, project: int) -> datetime | None:
        """When a task was touched last, by the server's clock; None without tasks."""
        found = self._tasks(_query(project, ["-tasks:updated_at"], 1) | {"include": "id,updated_at"})
        return _moment(found[0].get("updated_at")) if found else None

    def changed(self, project: int, *, since: datetime, size: int = PAGE) -> Iterator[list[dict[str, Any]]]:
        """Tasks touched at or after a time of the server's clock, by the time they were touched, page by page.

        A task that is touched while pages are read comes again, with what is new; none is passed over.
        """
        seen: dict[int, str] = {}
        page = 1
        while True:
            moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # no other form is taken
            asked = _query(project, ["tasks:updated_at"], size, updated_at=("greater_or_equal", "Datetime", moment))
            try:
                found = self._tasks(
                    asked | {"page": page, "fields": "all", "include": _COLUMNS, "resolve_uri": "false"}
                )
            except NotThere:
                if page == 1:  # the project is gone; a later page is past the end
                    raise
                return
            fresh = [each for each in found if seen.get(each["id"]) != text(each.get("updated_at"))]
            seen.update((each["id"], text(each.get("updated_at"))) for each in found)
            if fresh:
                yield fresh
            if not found:
                return
            last = self._made(utc_of, found[-1].get("updated_at"))
            since, page = (last, 1) if last > since else (since, page + 1)

    def marks(self, project: int, *, after: int = 0, size: int = PAGE) -> list[TaskMarks]:
        """The next tasks by number with what a sweep compares: their times, their annotations and those' times."""
        asked = _query(project, ["tasks:id"], size, id=("greater", "Number", after))
        return [self._made(_marks, each) for each in self._tasks(asked | {"fields": "all", "include": _MARKS})]

    def _tasks(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = self._listed(self._object("api/tasks/", asked).get("tasks"))
        if any(not isinstance(each.get("id"), int) for each in found):
            raise BadInput(N_("{url} does not answer as a Label Studio server does"), url=self.transport.address)
        for each in found:
            each.setdefault("project", asked["project"])  # the list leaves it out
        return found

    def _made(self, make: Callable[[Any], T], told: Any) -> T:
        """A value of what the server said; BadInput for what no such server says."""
        try:
            return make(told)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise BadInput(
                N_("{url} does not answer as a Label Studio server does"), url=self.transport.address
            ) from None

    def _object(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        told = self.transport.read(path, params)
        if not isinstance(told, dict):
            raise BadInput(N_("{url} does not answer as a Label Studio server does"), url=self.transport.address)
        return told

    def _listed(self, told: Any) -> list[dict[str, Any]]:
        if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
            raise BadInput(N_("{url} does not answer as a Label Studio server does"), url=self.transport.address)
        return told


def _query(project: int, ordering: list[str], size: int, **filters: tuple[str, str, Any]) -> dict[str, Any]:
    """The words of a filtered question; a column or operator that the server does not know would be answered wrongly."""
    items = [
        {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
        for column, (operator, kind, value) in filters.items()
    ]
    query = {"filters": {"conjunction": "and", "items": items}, "ordering": ordering}
    return {"project": project, "page": 1, "page_size": size, "query": json.dumps(query)}


def _project(told: Mapping[str, Any]) -> ServerProject:
    return ServerProject(
        project=int(told["id"]), title=text(told.get("title")), config=text(told.get("label_config")),
        instruction=text(told.get("expert_instruction")), tasks=_count(told.get("task_number")),
        annotations=_count(told.get("total_annotations_number")), skipped=_count(told.get("skipped_annotations_number")),
        data=told,
    )  # fmt: skip


def _marks(told: Mapping[str, Any]) -> TaskMarks:
    return TaskMarks(
        task=int(told["id"]), updated_at=_moment(told.get("updated_at")),
        annotations={int(one["id"]): _moment(one.get("updated_at")) for one in told.get("annotations") or ()},
    )  # fmt: skip


def _account(told: Mapping[str, Any]) -> ServerAccount:
    email, first = text(told.get("email")), text(told.get("first_name"))
    gone = email == first == _REMOVED
    name = " ".join(part for part in (text(told.get("last_name")), first) if part)
    return ServerAccount(
        account=text(told["id"]), email="" if gone else email, name="" if gone else name, gone=gone,
        last_active=_moment(told.get("last_activity")),
    )  # fmt: skip


def _count(told: Any) -> int:
    return told if isinstance(told, int) and not isinstance(told, bool) else 0


def _moment(told: Any) -> datetime | None:
    try:
        return utc_of(told)
    except ValueError:
        return None
