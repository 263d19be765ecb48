"""``labelqa server``: the servers that are connected, whether they answer, and the end of a connection."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.server_accounts import accounts, log
from labelqa.adapters.cli.server_projects import projects
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import MomentWord, in_zone
from labelqa.i18n import N_

if TYPE_CHECKING:
    from datetime import tzinfo

    from labelqa.workflows.servers.connecting import Server


@command(
    "list",
    says=N_("List the servers that are or were connected."),
    examples=("labelqa server list", "labelqa server list --at 2026-11-16 --json"),
    words=(
        option("--at", word=MomentWord(), says=N_("When, in the workspace's time zone; else now.")),
        option("--known", word=MomentWord(), says=N_("Only what was recorded by then.")),
    ),
    reports=True,
)
def list_(session: Session, *, at: datetime | None, known: datetime | None) -> None:
    """Prints the servers."""
    from labelqa.workflows.servers.connecting import server_lines

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        moments = [in_zone(each, zone, now) if each else None for each in (at, known)]
        lines = server_lines(desk, at=moments[0], known=moments[1])
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(N_("No server is connected: labelqa connect URL."))
    heads = (
        N_("server"),
        N_("address"),
        N_("version"),
        N_("organizer"),
        N_("safety data apart"),
        N_("since"),
        N_("ended"),
    )
    return session.screen.table(heads, (_row(session, each, zone) for each in lines))


def _row(session: Session, server: Server, zone: tzinfo) -> tuple[object, ...]:
    apart = session.say(N_("yes") if server.isolated else N_("no"))
    version = f"{server.version} {server.edition}"
    ended = f"{when(server.recorded_at, zone)} {server.reason}" if server.ended else "–"
    return server.name, server.url, version, server.organizer or "–", apart, when(server.since, zone), ended


@command(
    "end",
    says=N_("End a connection: the server is no longer asked, its token is removed, what came from it stays."),
    examples=("labelqa server end vendor-a --reason 'the contract ended'",),
    words=(
        argument("name"),
        option("--reason", required=True, says=N_("Why, in one sentence; it is shown for ever and names nobody.")),
    ),
    reports=True,
)
def end(session: Session, *, name: str, reason: str) -> None:
    """Records the end and removes the token."""
    from labelqa.workflows.servers.connecting import end_server
    from labelqa.workflows.servers.tokens import forget_token

    with session.desk() as desk:
        server = end_server(desk, name, reason=reason)
        removed = forget_token(desk.settings.workspace, server.name)
    if session.json:
        return session.screen.json({"server": server, "token_removed": removed})
    session.screen.line(N_("{name} is no longer asked (fact {fact})."), name=server.name, fact=server.fact)
    return session.screen.line(
        N_("Its token was removed here; revoke it on the server as well.")
        if removed
        else N_("No token was kept here; revoke it on the server.")
    )


server = noun(
    "server", says=N_("Keep the list of connected annotation servers."), commands=[list_, end, accounts, log, projects]
)
