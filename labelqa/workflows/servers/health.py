"""How the connection to each server stands: what is read, what waits, what failed, and what mends it.

It puts together what the workspace holds and asks no server: a page may show it as often as it likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.connection import Connections, Freshness, OpenProject, ProjectHealth, ServerHealth, TokenKind
from labelqa.records.facts import ReviewSent
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import ProjectRole
from labelqa.records.sync import ProjectStatus, ServerStatus
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.servers.connecting import server_lines
from labelqa.workflows.servers.inbox import inbox_there
from labelqa.workflows.servers.links import project_url
from labelqa.workflows.servers.logs import coverages
from labelqa.workflows.servers.tokens import kept_token
from labelqa.workflows.sync.noticing import read_message
from labelqa.workflows.sync.status import sync_status

LATE: Final = timedelta(minutes=10)  # a follower looks every minute
FEW: Final = 3  # projects with findings of one kind that are told one by one
LONG: Final = timedelta(minutes=10)  # an event is worked through within a minute


def connections(desk: Desk) -> Connections:
    """Every connected server, in the order in which they were connected."""
    told, facts = sync_status(desk), desk.ledger.view()
    covered = {each.server: each for each in coverages(desk)}
    passes = _passes(desk)
    servers = tuple(
        ServerHealth(
            status=each, token=token_kind(desk.settings.workspace, each.server, each.url),
            passed_at=max((one.passed_at for one in each.projects if one.passed_at), default=None),
            failed_at=max((one.failed_at for one in each.projects if one.failed_at), default=None),
            projects=tuple(
                ProjectHealth(status=one, fresh=freshness(one, told.now), url=project_url(each.url, one.project))
                for one in each.projects
            ),
            open=tuple(_open(facts, each)), logs=covered.get(each.server),
            findings=_ordered(_findings(each, told.now, passes.get(each.server))),
        )
        for each in told.servers
    )  # fmt: skip
    ended = tuple(each.name for each in server_lines(desk) if each.ended)
    return Connections(now=told.now, servers=servers, ended=ended)


def token_kind(workspace: Path, name: str, url: str) -> TokenKind:
    """Which kind of token is kept for a server; the token itself goes nowhere."""
    try:
        token = kept_token(workspace, name, env={}, url=url)
    except Refused:
        return TokenKind.EXPOSED
    except BadInput:
        return TokenKind.ELSEWHERE
    return TokenKind.PERSONAL if token.startswith("eyJ") and token.count(".") == 2 else TokenKind.LEGACY


def freshness(project: ProjectStatus, now: datetime) -> Freshness:
    """Whether what is known of a project can be relied on."""
    if project.error:
        return Freshness.FAILED
    if project.passed_at is None:
        return Freshness.FIRST if project.read_to or project.complete else Freshness.NEVER
    return Freshness.LATE if now - project.passed_at > LATE else Freshness.FRESH


def _passes(desk: Desk) -> dict[str, Message]:
    """Why the events of a server could not be worked through the last time, by server."""
    inbox = inbox_there(desk.settings.workspace)
    if inbox is None:
        return {}
    with inbox:
        told = {name: read_message(last.why) for name, last in inbox.passes().items()}
    return {name: why for name, why in told.items() if why is not None}


def _open(facts: Facts, server: ServerStatus) -> Iterator[OpenProject]:
    """The projects that labelqa made there and that still wait for somebody."""
    from labelqa.batches.checks import in_force

    for fact, body in in_force(facts.of(ReviewSent), ReviewSent):
        if body.server == server.server and not body.ended:
            yield OpenProject(
                project=body.project, role=ProjectRole.REVIEW, batch=body.batch, name=body.sample, person=body.verifier,
                items=body.items, since=fact.recorded_at, url=project_url(server.url, body.project),
            )  # fmt: skip
    for each in rework_projects(facts, server=server.server):
        if not each.ended:
            yield OpenProject(
                project=each.project, role=ProjectRole.REWORK, batch=each.batch, name=each.batch, person=each.person,
                items=len(each.items), since=each.since, url=project_url(server.url, each.project),
            )  # fmt: skip


def _ordered(found: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda each: list(Severity).index(each.severity)))


def _findings(server: ServerStatus, now: datetime, why: Message | None) -> Iterator[Finding]:
    yield from grouped((each.project, one) for each in server.projects for one in _of_project(each, server, now))
    yield from _of_events(server, now, why)


def grouped(found: Iterable[tuple[int, Finding]]) -> Iterator[Finding]:
    """Findings with their projects, as they are; one for all of a kind where more than three projects have it."""
    kinds: dict[tuple[str, str], list[tuple[int, Finding]]] = {}
    for project, each in found:
        kinds.setdefault((each.code, str(each.message.values.get("why", ""))), []).append((project, each))
    for same in kinds.values():
        projects = list(dict.fromkeys(project for project, _ in same))
        if len(projects) <= FEW:
            yield from (each for _, each in same)
            continue
        first = same[0][1]
        told = {"what": first.message, "n": len(projects), "first": ", ".join(map(str, projects[:FEW]))}
        yield replace(
            first, message=Message(N_("{what}; the like is found in {n} projects, the first of them: {first}"), told)
        )


def _of_project(project: ProjectStatus, server: ServerStatus, now: datetime) -> Iterator[Finding]:
    place = Place(subject=f"project:{project.server}/{project.project}")
    fresh = freshness(project, now)
    if fresh is Freshness.FAILED:
        yield finding(
            "CN001", "project {project} could not be read: {why}",
            mend=Message(
                N_("it is tried again with the next pass; if it stays so: labelqa connect {url} --as {server} checks address and token"),
                {"url": server.url, "server": server.server},
            ),
            place=place, project=project.project, why=project.error,
        )  # fmt: skip
    elif fresh is Freshness.LATE:
        yield finding(
            "CN002", "project {project} was not read for {ago}",
            mend=Message(N_("is anything following it? labelqa sync run --follow")),
            severity=Severity.WARNING, place=place, project=project.project,
            ago=ago(now - project.passed_at if project.passed_at else timedelta()),
        )  # fmt: skip
    elif fresh is Freshness.NEVER:
        yield finding(
            "CN003", "project {project} was never read", mend=Message(N_("read it: labelqa sync run")),
            severity=Severity.WARNING, place=place, project=project.project,
        )  # fmt: skip
    if project.missed:
        yield finding(
            "CN004", "the webhook of project {project} missed {missed} of {all} revisions, which were found by asking",
            mend=Message(N_("is the receiver up and the webhook whole? labelqa serve --register")),
            severity=Severity.WARNING, place=place, project=project.project, missed=project.missed,
            all=project.missed + (project.told or 0),
        )  # fmt: skip
    if project.unseen:
        yield finding(
            "CN005", "in project {project} answers were changed before they were first seen; what they said then is lost: {n}",
            mend=Message(N_("nothing brings them back; a webhook catches what is overwritten between two looks")),
            severity=Severity.NOTE, place=place, project=project.project, n=project.unseen,
        )  # fmt: skip
    yield from project.findings
    yield from _of_rows(project, place)


def _of_rows(project: ProjectStatus, place: Place) -> Iterator[Finding]:
    """What stands against the tasks as they were read last."""
    if project.refused or project.partly:
        yield finding(
            "CN009", "in project {project}, rows that were refused: {refused}; answers that were read in part: {partly}",
            mend=Message(N_("the latest are told with their tasks; what is corrected on the server is read anew")),
            severity=Severity.WARNING, place=place, project=project.project, refused=project.refused,
            partly=project.partly,
        )  # fmt: skip
    if project.unread:
        yield finding(
            "CN010", "in project {project}, tasks that could not be read and were passed over: {n}",
            mend=Message(N_("every sweep tries them again; they are told with their numbers")),
            severity=Severity.WARNING, place=place, project=project.project, n=project.unread,
        )  # fmt: skip
    for each in project.refusals:
        text = N_("project {project}, {place}: {what}")
        yield Finding(
            code=each.code, severity=each.severity, mend=each.mend, place=each.place,
            message=Message(text, {"project": project.project, "place": each.place.subject, "what": each.message}),
        )  # fmt: skip


def _of_events(server: ServerStatus, now: datetime, why: Message | None) -> Iterator[Finding]:
    place = Place(subject=f"server:{server.server}")
    if server.failed:
        yield finding(
            "CN006", "events of {server} that could not be worked through: {n}",
            mend=Message(N_("nothing is lost, since what they tell is read as well; labelqa sync status says more")),
            severity=Severity.WARNING, place=place, server=server.server, n=server.failed,
        )  # fmt: skip
    if server.oldest_waiting is not None and now - server.oldest_waiting > LONG:
        yield finding(
            "CN007", "events of {server} have waited for {ago} to be worked through: {n}",
            mend=Message(N_("is anything following it? labelqa sync run --follow")),
            severity=Severity.WARNING, place=place, server=server.server, n=server.waiting,
            ago=ago(now - server.oldest_waiting),
        )  # fmt: skip
    if why is not None:
        yield finding(
            "CN008", "the last pass over {server} broke off: {why}",
            mend=Message(N_("it is tried again with the next pass")), place=place, server=server.server, why=why,
        )  # fmt: skip


def ago(span: timedelta) -> Message:
    """A stretch of time in words, rounded down to its largest unit.

    >>> str(ago(timedelta(minutes=125)))
    '2 hours'
    """
    seconds = max(0, int(span.total_seconds()))
    for text, long in (
        (N_("{n} {n:day|days}"), 86_400),
        (N_("{n} {n:hour|hours}"), 3_600),
        (N_("{n} {n:minute|minutes}"), 60),
    ):
        if seconds >= long:
            return Message(text, {"n": seconds // long})
    return Message(N_("{n} {n:second|seconds}"), {"n": seconds})
