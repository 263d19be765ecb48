"""The projects that a server shows us: what is in them, whether they are followed, and which release they are bound to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from labelqa.records.servers import ProjectRole, ServerProject
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.bindings import drift, latest_pushed
from labelqa.workflows.sync.projects import fold_projects


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
    followed, pushed = fold_projects(view), latest_pushed(view)
    lines = []
    for each in projects:
        known, told = followed.get((server, each.project)), pushed.get((server, each.project))
        standing = FormStanding.NEVER
        if told is not None:
            standing = FormStanding.AS_PUSHED if drift(told[1], each) is None else FormStanding.CHANGED
        lines.append(
            ProjectLine(
                server=server, project=each.project, title=each.title, tasks=each.tasks, annotations=each.annotations,
                skipped=each.skipped, role=ProjectRole(known.role) if known and not known.ended else None,
                release=told[1].release if told else "", form=standing,
            )
        )  # fmt: skip
    return lines
