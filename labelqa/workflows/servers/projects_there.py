"""The projects that a server shows us: what is in them, whether they are followed, and which release they are bound to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from labelqa.records.servers import ProjectRole, ServerProject
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.made_projects import made_projects
from labelqa.workflows.servers.bindings import drift, latest_pushed
from labelqa.workflows.sync.projects import followed_projects


class FormStanding(StrEnum):
    """Whether a project still has the form and instruction that were pushed."""

    NEVER = "never-pushed"
    AS_PUSHED = "as-pushed"
    CHANGED = "changed-by-hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLine:
    """One project; counts are the server's own."""

    server: str
    project: int
    title: str
    tasks: int
    annotations: int
    skipped: int
    role: ProjectRole | None  # where it is followed or was made by labelqa
    release: str  # bound now, "" for none
    form: FormStanding


def project_lines(desk: Desk, server: str, projects: Iterable[ServerProject]) -> list[ProjectLine]:
    """A line for each project, in the server's order."""
    view = desk.ledger.view()
    roles = made_projects(view) | {(each.server, each.project): ProjectRole.SOURCE for each in followed_projects(desk)}
    pushed = latest_pushed(view)
    lines = []
    for each in projects:
        told = pushed.get((server, each.project))
        standing = FormStanding.NEVER
        if told is not None:
            standing = FormStanding.AS_PUSHED if drift(told[1], each) is None else FormStanding.CHANGED
        lines.append(
            ProjectLine(
                server=server, project=each.project, title=each.title, tasks=each.tasks, annotations=each.annotations,
                skipped=each.skipped, role=roles.get((server, each.project)),
                release=told[1].release if told else "", form=standing,
            )
        )  # fmt: skip
    return lines
