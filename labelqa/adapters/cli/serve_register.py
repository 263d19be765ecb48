"""``labelqa serve --register``: says what is wrong with the webhooks of projects, asks, and sets them right."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from labelqa.adapters.cli.connect import needs_client
from labelqa.adapters.cli.session import Session
from labelqa.errors import LabelqaError, Refused, WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.adapters.label_studio.client.writing import Writing
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.servers.hooks import Mending, Wanted

_DOING = {
    "create": N_("Project {project}: make a webhook to {url}."),
    "repair": N_("Project {project}: set webhook {hook} right, so that it goes to {url}."),
    "nothing": N_("Project {project}: webhook {hook} is as it should be."),
}


def register_hooks(session: Session, *, server: str, projects: list[int], url: str, yes: bool) -> None:
    """Makes or repairs the webhooks of a server's projects after asking; records each."""
    needs_client()
    from labelqa.adapters.label_studio.client.opening import writing
    from labelqa.workflows.servers.hook_secrets import made_secret
    from labelqa.workflows.servers.hooks import Wanted, hook_url

    with session.desk() as desk, writing(desk, server, session.env) as (there, reads, writes):
        base, every = _asked(desk, there.name, projects, url)
        _known_secret(session, desk, there.name)
        where = hook_url(base, there.name)
        for number in projects:  # one that is not there is told as such
            reads.project(number)
        secret = made_secret(desk.settings.workspace, there.name, env=session.env)
        wanted = [Wanted(project=each, url=where, secret=secret) for each in every]
        found = [_compared(desk, writes, there.name, each) for each in wanted]
        _told(session, found)
        if all(each.fine for each in found):
            session.screen.line(N_("Nothing is to be done."))
        elif not yes and not _agreed(session):
            session.screen.line(N_("Nothing was changed."))
        else:
            _done(session, desk, writes, there.name, list(zip(wanted, found, strict=True)))
            session.screen.line(N_("Now: labelqa serve, which hears what they tell."))


def _asked(desk: Desk, server: str, projects: list[int], url: str) -> tuple[str, list[int]]:
    """The receiver's address and the projects, as told or as recorded before."""
    from labelqa.workflows.servers.hooks import PATH, placed
    from labelqa.workflows.sync.projects import followed_projects

    facts = desk.ledger.view()
    before = placed(facts, server)
    base = url or next((each.url.partition(f"/{PATH}/")[0] for each in before.values()), "")
    if not base:
        raise WrongUsage(
            N_(
                "Where does the server reach labelqa serve? Say it with --url, such as: labelqa serve --register --url "
                "http://10.0.0.5:8990/"
            )
        )
    found = projects or sorted(each.project for each in followed_projects(desk, server)) or sorted(before)
    if not found:
        raise WrongUsage(N_("No project of {server} is followed: name one with --project"), server=server)
    return base, list(dict.fromkeys(found))


def _known_secret(session: Session, desk: Desk, server: str) -> None:
    """Refuse to make up a new secret where webhooks bring one already: the receiver may still go by that."""
    from labelqa.workflows.servers.hook_secrets import hook_secret
    from labelqa.workflows.servers.hooks import placed

    if placed(desk.ledger.view(), server) and not hook_secret(desk.settings.workspace, server, env=session.env):
        raise Refused(
            N_(
                "the webhooks of {server} bring a secret that is not kept here: set LABELQA_HOOK_SECRET as labelqa serve "
                "has it, or write a new one into secrets/{server}.hook (mode 0600)"
            ),
            server=server,
        )


def _compared(desk: Desk, writes: Writing, server: str, wanted: Wanted) -> Mending:
    from labelqa.workflows.servers.hooks import mending, placed

    before = placed(desk.ledger.view(), server).get(wanted.project)
    return mending(wanted, writes.hooks(wanted.project), known={before.hook} if before else ())


def _told(session: Session, found: Sequence[Mending]) -> None:
    for each in found:
        session.screen.findings(each.findings)
        session.screen.line(_DOING[each.doing], project=each.project, url=each.url, hook=each.hook)
        for hook in each.doubled:
            session.screen.line(
                N_("Project {project}: remove webhook {hook}, which doubles it."), project=each.project, hook=hook
            )


def _agreed(session: Session) -> bool:
    """Whether a person on a terminal says yes."""
    if not sys.stdin.isatty():
        raise Refused(N_("nobody is there to be asked: say --yes to have it done"))
    session.screen.out.write(session.say(N_("Do it? [y/N] ")))
    session.screen.out.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes", "是"}


def _done(session: Session, desk: Desk, writes: Writing, server: str, pairs: Sequence[tuple[Wanted, Mending]]) -> None:
    from labelqa.workflows.servers.hooks import mend, record_hook, why_not

    for wanted, todo in pairs:
        if todo.fine:
            continue
        try:
            hook = mend(writes, wanted, todo)
        except LabelqaError as error:
            if (hint := why_not(str(error))) is None:
                raise
            error.message = type(error.message)(N_("{said}. {hint}"), {"said": error.message, "hint": hint})
            raise
        record_hook(desk, server, todo, hook=hook)
        session.screen.line(N_("Project {project}: webhook {hook} is in place."), project=todo.project, hook=hook)
