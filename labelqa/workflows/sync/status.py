"""How the following of projects stands, from what the workspace holds; no server is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from labelqa.errors import Message
from labelqa.intake.inbox import Inbox
from labelqa.intake.synced import Cursor
from labelqa.records.sync import EventFailed, ProjectStatus, ServerStatus, SyncStatus
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.bindings import latest_pushed
from labelqa.workflows.servers.connecting import Server, server_lines
from labelqa.workflows.servers.inbox import inbox_there
from labelqa.workflows.sync.missed import by_hook, hooked_since
from labelqa.workflows.sync.noticing import NO_HOOK, read, read_message
from labelqa.workflows.sync.projects import Followed, followed_projects

_REFUSALS, _FAILURES = 5, 3  # shown
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sync_status(desk: Desk) -> SyncStatus:
    """Every connected server with its followed projects."""
    inbox = inbox_there(desk.settings.workspace)
    try:
        servers = tuple(_server(desk, each, inbox) for each in server_lines(desk) if not each.ended)
    finally:
        if inbox is not None:
            inbox.close()
    return SyncStatus(now=desk.clock(), servers=servers)


def _server(desk: Desk, server: Server, inbox: Inbox | None) -> ServerStatus:
    cursors, hooked = desk.intake.synced.cursors(server.name), hooked_since(desk, server.name)
    counts = None if inbox is None else inbox.counts(server.name)
    last = {} if counts is None else counts.last_received
    projects = tuple(
        _project(desk, each, cursors.get(each.project, Cursor()), hooked.get(each.project), inbox, last)
        for each in followed_projects(desk, server.name)
    )
    return ServerStatus(
        server=server.name, url=server.url, version=server.version, edition=server.edition, organizer=server.organizer,
        isolated=server.isolated, projects=projects, events=counts.events if counts else 0,
        doubled=counts.doubled if counts else 0, refused=counts.refused if counts else 0,
        waiting=counts.waiting if counts else 0, failed=counts.failed if counts else 0,
        oldest_waiting=counts.oldest_waiting if counts else None, failures=_failures(inbox, server.name),
    )  # fmt: skip


def _failures(inbox: Inbox | None, server: str) -> tuple[EventFailed, ...]:
    told = inbox.failures(_FAILURES, server=server) if inbox is not None else []
    return tuple(
        EventFailed(number=number, why=read_message(why) or Message("{why}", {"why": why})) for number, why in told
    )


def _project(
    desk: Desk,
    followed: Followed,
    cursor: Cursor,
    hooked: datetime | None,
    inbox: Inbox | None,
    last: Mapping[int, datetime],
) -> ProjectStatus:
    server, number = followed.server, followed.project
    tasks, answers, skipped = desk.intake.synced.current(server, number)
    told, missed = (None, None) if hooked is None or inbox is None else by_hook(desk, inbox, followed, cursor, hooked)
    pushed = latest_pushed(desk.ledger.view()).get((server, number))
    noticed, standing = read(cursor.noticed)
    return ProjectStatus(
        server=server, project=number, title=followed.title, item_key=followed.item_key,
        release=pushed[1].release if pushed else "", since=followed.since, tasks=tasks, annotations=answers,
        skipped=skipped, read_to=cursor.backfilled_to, complete=cursor.backfilled_at is not None,
        watermark=_time(cursor.watermark), passed_at=_time(cursor.passed_at), swept_at=_time(cursor.swept_at),
        error=read_message(cursor.error), failed_at=_time(cursor.failed_at), hook=hooked is not None, told=told, missed=missed,
        unseen=desk.intake.synced.unseen(server, number), last_event=last.get(number),
        findings=tuple(each for each in noticed if hooked is None or each.code != NO_HOOK), refused=standing.refused,
        partly=standing.partly, unread=len(standing.unread), refusals=tuple(reversed(standing.last[-_REFUSALS:])),
    )  # fmt: skip


def _time(moment: int | None) -> datetime | None:
    return None if moment is None else _EPOCH + timedelta(microseconds=moment)
