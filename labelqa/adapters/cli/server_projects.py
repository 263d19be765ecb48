"""``labelqa server projects``: what a server shows us, and which release each project is bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import command, option
from labelqa.adapters.cli.connect import needs_client
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.workflows.servers.projects_there import ProjectLine


@command(
    "projects",
    says=N_("List the projects that a server shows us, with their counts, and the release that each is bound to."),
    more=(
        N_(
            "Counts are the server's own. The form is compared with what was pushed: changed by hand means that "
            "somebody altered form or instruction on the server since."
        ),
    ),
    examples=("labelqa server projects", "labelqa server projects --server vendor-a --json"),
    words=(option("--server", default="", says=N_("Which server; may be left out where one is connected.")),),
    reports=True,
)
def projects(session: Session, *, server: str) -> None:
    """Asks the server, and prints a table."""
    needs_client()
    from labelqa.adapters.label_studio.client.opening import reading
    from labelqa.workflows.servers.projects_there import project_lines

    with session.desk() as desk, reading(desk, server, session.env) as (there, reads):
        lines = project_lines(desk, there.name, reads.projects())
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(N_("{server} shows us no project."), server=there.name)
    heads = (
        N_("project"), N_("title"), N_("tasks"), N_("annotations"), N_("skipped"), N_("followed"), N_("release"),
        N_("form"),
    )  # fmt: skip
    return session.screen.table(heads, (_row(session, each) for each in lines))


def _row(session: Session, each: ProjectLine) -> tuple[object, ...]:
    role = named(each.role, session.say) if each.role else session.say(N_("no"))
    form = named(each.form, session.say)
    return each.project, each.title, each.tasks, each.annotations, each.skipped, role, each.release or "–", form
