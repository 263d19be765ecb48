"""What a project of returned work is asked for this time: nothing, what came since, or everything; or why it cannot be read.

A project is gone where the server says so of the project itself; whatever else stands in the way is said and passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from labelqa.errors import Message, NotThere, Refused
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import ItemId
from labelqa.records.servers import ProjectRole
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.pace import NEVER, Pace, pace_of
from labelqa.workflows.sending.rework_sent import ReworkProject
from labelqa.workflows.sending.rework_values import ReworkReading
from labelqa.workflows.sending.seals import Seal, known_seal


def without_moved(project: ReworkProject, has: Mapping[ItemId, ReworkProject]) -> ReworkProject:
    """A project with those of its items that nobody got since."""
    return replace(project, items=frozenset(item for item in project.items if has[item].fact == project.fact))


@dataclass(slots=True, kw_only=True)
class Look:
    """What a project is asked for this time."""

    project: ReworkProject
    pace: Pace
    at: datetime  # by our clock
    seal: Seal | None = None
    newest: datetime | None = None
    rests: bool = False  # nothing can have come since the last look
    gone: bool = False  # the server says that there is no such project
    unread: Finding | None = None

    @property
    def since(self) -> datetime:
        """From which time on its tasks are read."""
        return self.pace.since(self.at)

    def done(self) -> None:
        """Remember that it was read."""
        if not self.rests and self.unread is None:
            self.pace.read(self.newest, self.at, whole=self.since == NEVER)

    def told(self) -> list[Finding]:
        """What is odd about the project itself."""
        return [_missing(self.project)] if self.gone else [self.unread] if self.unread else []


def looked(desk: Desk, reading: ReworkReading, project: ReworkProject) -> Look:
    """Whether a project is there, and whether anything in it may be new."""
    look = Look(project=project, pace=pace_of(desk, project.server, project.project), at=desk.clock())
    try:
        look.seal = known_seal(desk.settings.workspace, project.seal, project.server, ProjectRole.REWORK)
        look.newest = reading.newest(project.project)
        look.rests = look.pace.rests(look.newest, look.at)
    except NotThere as error:
        if reading.there(project.project):
            look.unread = _unread(project, error.message)
        look.gone = look.unread is None
    except Refused as error:
        look.unread = _unread(project, error.message)
    return look


def _missing(project: ReworkProject) -> Finding:
    return finding(
        "rework-gone", "project {project} with returned work of {batch} is not on {server} any more",
        mend=Message("send what is open again: labelqa rework send {batch}", {"batch": project.batch}),
        severity=Severity.WARNING, place=Place(subject=f"project:{project.server}/{project.project}"),
        project=project.project, batch=project.batch, server=project.server,
    )  # fmt: skip


def _unread(project: ReworkProject, why: Message) -> Finding:
    return finding(
        "rework-unread", "project {project} with returned work of {batch} on {server} was not read: {why}",
        mend=Message("put that right and repeat labelqa rework collect; nothing is lost by it"),
        place=Place(subject=f"project:{project.server}/{project.project}"),
        project=project.project, batch=project.batch, server=project.server, why=why,
    )  # fmt: skip
