"""Everything that is read from a server: who we are, projects, accounts, tasks by key, what changed, what is left.

Tasks come as the server's own JSON, for the codec. Nothing is written, and the SDK is not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from labelqa.adapters.label_studio.client.pages import BY_NUMBER, BY_TIME, Asked, Filter, Pages
from labelqa.adapters.label_studio.client.transport import NotTheServer, Transport
from labelqa.adapters.label_studio.tasks import text, utc_of
from labelqa.adapters.label_studio.told import marks_of, moment_of, number_of
from labelqa.errors import BadInput, LabelqaError, NotThere
from labelqa.i18n import N_
from labelqa.records.servers import ServerAccount, ServerProject, ServerTold, TaskMarks, UnreadTask

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
        self._pages = Pages(transport)

    def told(self) -> ServerTold:
        """What the server is, and whom it takes us for; BadInput when it is no Label Studio."""
        try:
            version, whoami = self._object("api/version"), self._object("api/current-user/whoami")
        except (NotThere, NotTheServer):
            raise BadInput(
                N_("there is no Label Studio at {url}: give its address as it stands before /projects in the browser"),
                url=self.transport.address,
            ) from None
        release, edition = text(version.get("release")), text(version.get("edition"))
        if not release or not text(whoami.get("id")):
            raise BadInput(N_("{url} does not answer as a Label Studio server does"), url=self.transport.address)
        listed = self._object("api/projects/", {"page_size": 1, "include": "id"})
        return ServerTold(
            version=release, edition=edition or "Enterprise", account=text(whoami["id"]),
            projects=number_of(listed.get("count")),
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
            except NotThere:
                if page == 1:
                    raise
                return  # past the end
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
        try:
            return self._made(_project, self._object(f"api/projects/{number}/"))
        except NotThere:
            raise NotThere(
                N_("{url} has no project {project}: labelqa server projects lists those that are there"),
                url=self.transport.address, project=number,
            ) from None  # fmt: skip

    def clock(self) -> datetime | None:
        """What the server's clock said with its last answer, to the second; None where it did not say."""
        return self.transport.date

    def answers(self) -> bool:
        """Whether the server answers the plainest question now; it is asked once."""
        try:
            self.transport.read("api/version", once=True)
        except LabelqaError:
            return False
        return True

    def tasks(
        self, project: int, *, after: int = 0, size: int = PAGE, unread: list[UnreadTask] | None = None
    ) -> list[dict[str, Any]]:
        """The next tasks by number, with their annotations; with nothing unread either, an empty list is the end."""
        asked = Asked(project=project, include=_COLUMNS, order=BY_NUMBER, size=size, filters=(_after(after),))
        return self._pages.page(asked, unread).tasks

    def chosen(
        self, project: int, numbers: Sequence[int], *, unread: list[UnreadTask] | None = None
    ) -> list[dict[str, Any]]:
        """Of these tasks (``PAGE`` at most), those that are there, with their annotations."""
        asked = Asked(project=project, include=_COLUMNS, order=BY_NUMBER, size=PAGE)
        return self._pages.chosen(asked, numbers, unread)

    def newest(self, project: int) -> datetime | None:
        """When a task was touched last, by the server's clock; None without tasks."""
        asked = Asked(project=project, include="id,updated_at", order=f"-{BY_TIME}", size=1)
        found = self._pages.page(asked).tasks
        return moment_of(found[0].get("updated_at")) if found else None

    def changed(
        self, project: int, *, since: datetime, size: int = PAGE, unread: list[UnreadTask] | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Tasks touched at or after a time of the server's clock, by the time they were touched, page by page.

        The server orders by the time alone, so those of one time that end a page are asked for by number. It chooses the
        tasks of a page before it reads them: a time later than its clock was before the first question says nothing of
        what comes after the page. What was touched since then comes last, by number. A task that is touched while pages
        are read comes again, with what is new; none is passed over.
        """
        began = self.clock()
        asked = Asked(project=project, include=_COLUMNS, order=BY_TIME, size=size)
        till: tuple[Filter, ...] = ()  # at first none: mostly one page holds everything
        while True:
            page = self._pages.page(replace(asked, filters=(_touched("greater_or_equal", since), *till)), unread)
            if page.listed:
                yield page.tasks
            if page.all:
                break
            times = {each["id"]: self._made(utc_of, each.get("updated_at")) for each in page.listed}
            if sure := [at for at in times.values() if began is None or at <= began]:
                last = max(sure)
                had = {number for number, at in times.items() if at == last}
                yield from self._by_number(asked, _touched("equal", last), had, unread)
                since = last + timedelta(microseconds=1)  # as fine as the server's times are
            till = () if began is None else (_touched("less_or_equal", began),)
        if began is not None and till:
            yield from self._by_number(asked, _touched("greater", began), set(), unread)

    def _by_number(
        self, asked: Asked, touched: Filter, had: set[int], unread: list[UnreadTask] | None
    ) -> Iterator[list[dict[str, Any]]]:
        """The tasks that were touched so, but for those ``had``, by number."""
        after = 0
        while True:
            page = self._pages.page(replace(asked, order=BY_NUMBER, filters=(touched, _after(after))), unread)
            if any(each["id"] not in had for each in page.listed):  # they may be among those that could not be read
                yield [each for each in page.tasks if each["id"] not in had]
            if page.all:
                return
            after = page.listed[-1]["id"]

    def marks(
        self, project: int, *, after: int = 0, size: int = PAGE, unread: list[UnreadTask] | None = None
    ) -> list[TaskMarks]:
        """The next tasks by number with what a sweep compares: their times, their annotations and those' times."""
        asked = Asked(project=project, include=_MARKS, order=BY_NUMBER, size=size, filters=(_after(after),))
        return [marks_of(each) for each in self._pages.page(asked, unread).tasks]

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


def _after(number: int) -> Filter:
    return "id", "greater", "Number", number


def _touched(how: str, moment: datetime) -> Filter:
    return "updated_at", how, "Datetime", _moment(moment)


def _moment(told: datetime) -> str:
    return told.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # no other form is taken


def _project(told: Mapping[str, Any]) -> ServerProject:
    return ServerProject(
        project=int(told["id"]), title=text(told.get("title")), config=text(told.get("label_config")),
        instruction=text(told.get("expert_instruction")), tasks=number_of(told.get("task_number")),
        annotations=number_of(told.get("total_annotations_number")), skipped=number_of(told.get("skipped_annotations_number")),
        data=told,
    )  # fmt: skip


def _account(told: Mapping[str, Any]) -> ServerAccount:
    email, first = text(told.get("email")), text(told.get("first_name"))
    gone = email == first == _REMOVED
    name = " ".join(part for part in (text(told.get("last_name")), first) if part)
    return ServerAccount(
        account=text(told["id"]), email="" if gone else email, name="" if gone else name, gone=gone,
        last_active=moment_of(told.get("last_activity")),
    )  # fmt: skip
