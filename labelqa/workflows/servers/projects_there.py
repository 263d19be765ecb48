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
    followed, made = {(each.server, each.project) for each in followed_projects(desk)}, made_projects(view)
    pushed = latest_pushed(view)
    lines = []
    for each in projects:
        told, ours = pushed.get((server, each.project)), made.get((server, each.project))
        role = ours.role if ours is not None and ours.is_it(each.data.get("description")) else None
        standing = FormStanding.NEVER
        if told is not None:
            standing = FormStanding.AS_PUSHED if drift(told[1], each) is None else FormStanding.CHANGED
        lines.append(
            ProjectLine(
                server=server, project=each.project, title=each.title, tasks=each.tasks, annotations=each.annotations,
                skipped=each.skipped, role=ProjectRole.SOURCE if (server, each.project) in followed else role,
                release=told[1].release if told else "", form=standing,
            )
        )  # fmt: skip
    return lines
