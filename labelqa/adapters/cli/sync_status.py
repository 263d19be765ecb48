"""How the following of projects stands, as lines on the screen; nothing is worked out here."""

from __future__ import annotations

from datetime import datetime, tzinfo

from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.session import Session
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
        if each.error:
            say(N_("  project {project}: {why} ({at})"), project=each.project, why=each.error,
                at=when(each.failed_at, zone) if each.failed_at else "–")  # fmt: skip
        if each.refusals:
            say(
                N_("  project {project}: rows refused {refused}, answers read in part {partly}, tasks not read {unread}; the last:"),
                project=each.project, refused=each.refused, partly=each.partly, unread=each.unread,
            )  # fmt: skip
        for found in each.refusals:
            say(N_("    {place} {code} {what}: {mend}"), place=found.place.subject, code=found.code, what=found.message,
                mend=found.mend)  # fmt: skip
    for found in grouped((each.project, one) for each in server.projects for one in each.findings):
        say(N_("  {code} {what}: {mend}"), code=found.code, what=found.message, mend=found.mend)
    for failed in server.failures:
        say(N_("  event {number} could not be worked through: {why}"), number=failed.number, why=failed.why)
    return None


def _row(session: Session, each: ProjectStatus, zone: tzinfo) -> tuple[object, ...]:
    def at(moment: datetime | None) -> str:
        return when(moment, zone) if moment else session.say(N_("never"))

    unknown = session.say(N_("unknown"))
    return (
        each.project, each.title, each.release or "–", each.tasks, each.annotations, each.skipped, at(each.passed_at),
        at(each.swept_at), unknown if each.told is None else each.told, unknown if each.missed is None else each.missed,
        each.unseen,
    )  # fmt: skip
