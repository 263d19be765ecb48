"""How the following of projects stands, as lines on the screen; nothing is worked out here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.session import Session
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.sync import ProjectStatus, ServerStatus
from labelqa.workflows.servers.health import grouped


def show_server(session: Session, server: ServerStatus, zone: tzinfo) -> None:
    """A connected server, its followed projects as a table, and what is wrong with them."""
    say = session.screen.line
    say(N_("{name}: Label Studio {version} ({edition}) at {url}"), name=server.server, version=server.version,
        edition=server.edition, url=server.url)  # fmt: skip
    say(
        N_("  webhook events {events}, doubled {doubled}, refused {refused}, waiting {waiting}, failed {failed}"),
        events=server.events, doubled=server.doubled, refused=server.refused, waiting=server.waiting,
        failed=server.failed,
    )  # fmt: skip
    if not server.projects:
        return say(N_("  no project is followed: labelqa sync follow PROJECT"))
    heads = (
        N_("project"), N_("title"), N_("release"), N_("tasks"), N_("answers"), N_("skipped"), N_("last look"),
        N_("last sweep"), N_("told by webhook"), N_("missed by it"), N_("first answer unseen"),
    )  # fmt: skip
    session.screen.table(heads, (_row(session, each, zone) for each in server.projects))
    for each in server.projects:
        if not each.complete:
            say(N_("  project {project} is being read for the first time, up to task {task}"),
                project=each.project, task=each.read_to)  # fmt: skip
        if each.refusals:
            say(
                N_("  project {project}: rows refused {refused}, answers read in part {partly}, tasks not read {unread}; the last:"),
                project=each.project, refused=each.refused, partly=each.partly, unread=each.unread,
            )  # fmt: skip
        for found in each.refusals:
            say(N_("    {place} {code} {what}: {mend}"), place=found.place.subject, code=found.code, what=found.message,
                mend=found.mend)  # fmt: skip
    _broken(session, server, zone)
    for found in grouped((each.project, one) for each in server.projects for one in each.findings):
        say(N_("  {code} {what}: {mend}"), code=found.code, what=found.message, mend=found.mend)
    for failed in server.failures:
        say(N_("  event {number} could not be worked through: {why}"), number=failed.number, why=failed.why)
    return None


def _broken(session: Session, server: ServerStatus, zone: tzinfo) -> None:
    """Why the last looks at projects broke off; what many have in common once, with when it was last."""
    say, failed = session.screen.line, {each.project: each.failed_at for each in server.projects}
    broken = [(server.server, each.project, each.error) for each in server.projects if each.error]
    for _, projects, why in in_common(broken):
        last = max((moment for each in projects if (moment := failed[each])), default=None)
        at = when(last, zone) if last else "–"
        if len(projects) == 1:
            say(N_("  project {project}: {why} ({at})"), project=projects[0], why=why, at=at)
        else:
            say(N_("  {n} projects ({first}): {why} ({at})"), n=len(projects), first=first_of(projects), why=why, at=at)


def in_common(told: Iterable[tuple[str, int, Message]]) -> list[tuple[str, list[int], Message]]:
    """Server, project and why, put together where server and reason are the same; in the order in which they came."""
    found: dict[tuple[str, str], tuple[str, list[int], Message]] = {}
    for server, project, why in told:
        found.setdefault((server, str(why)), (server, [], why))[1].append(project)
    return list(found.values())


def first_of(projects: Sequence[int]) -> str:
    """The first three of many.

    >>> first_of([4, 7]), first_of([1, 2, 3, 9])
    ('4, 7', '1, 2, 3, …')
    """
    return ", ".join([*map(str, projects[:3]), *(["…"] if len(projects) > 3 else [])])


def _row(session: Session, each: ProjectStatus, zone: tzinfo) -> tuple[object, ...]:
    def at(moment: datetime | None) -> str:
        return when(moment, zone) if moment else session.say(N_("never"))

    unknown = session.say(N_("unknown"))
    return (
        each.project, each.title, each.release or "–", each.tasks, each.annotations, each.skipped, at(each.passed_at),
        at(each.swept_at), unknown if each.told is None else each.told, unknown if each.missed is None else each.missed,
        each.unseen,
    )  # fmt: skip
