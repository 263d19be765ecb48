"""Of the changes that were read since a project's webhook was placed: which ones the webhook told of, and which it missed.

What was read before the last sweep is counted once and kept; only what came after is looked at again, as its event may
still be on the way. The figures say how well the webhook does, and nothing is decided by them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.intake.inbox import Inbox
from labelqa.intake.synced import Cursor
from labelqa.records.clock import micros
from labelqa.records.facts import HookPlaced
from labelqa.workflows.desk import Desk
from labelqa.workflows.sync.projects import Followed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """Revisions up to ``upto`` that were told of and that were missed; ``next`` is the last one there was when it was kept."""

    since: int  # microseconds since 1970, UTC
    upto: int = 0
    next: int = 0
    told: int = 0
    missed: int = 0


def by_hook(desk: Desk, inbox: Inbox, followed: Followed, cursor: Cursor, hooked: datetime) -> tuple[int, int]:
    """How many revisions since a time an event told of, and how many none did."""
    found = _heard(desk, inbox, followed, _kept(cursor, hooked), None)
    return found.told, found.missed


def keep_heard(desk: Desk, inbox: Inbox, followed: Followed, cursor: Cursor) -> None:
    """Count for good what was there at the last sweep already; nothing where the project has no webhook."""
    hooked = hooked_since(desk, followed.server).get(followed.project)
    if hooked is None:
        return
    before = _kept(cursor, hooked)
    found = replace(_heard(desk, inbox, followed, before, before.next), next=desk.intake.synced.last_revision())
    desk.intake.synced.move(followed.server, followed.project, heard=json.dumps(asdict(found)))


def hooked_since(desk: Desk, server: str) -> dict[int, datetime]:
    """When the webhook of each project was first placed."""
    first: dict[int, datetime] = {}
    for fact, body in in_force(desk.ledger.view().of(HookPlaced), HookPlaced):
        if body.server == server:
            first.setdefault(body.project, fact.effective_at)
    return first


def _kept(cursor: Cursor, hooked: datetime) -> _Heard:
    kept = _Heard(**json.loads(cursor.heard)) if cursor.heard else _Heard(since=micros(hooked))
    return kept if kept.since == micros(hooked) else _Heard(since=micros(hooked))


def _heard(desk: Desk, inbox: Inbox, followed: Followed, before: _Heard, upto: int | None) -> _Heard:
    found = before
    parts = desk.intake.synced.revisions(
        followed.server, followed.project, since=before.since, after=before.upto, upto=upto
    )
    for part in parts:
        touched = {(number, at) for _, number, at in part}
        told = len(touched & inbox.seen(followed.server, {number for number, _ in touched}))
        found = replace(found, told=found.told + told, missed=found.missed + len(touched) - told)
    return found if upto is None else replace(found, upto=max(found.upto, upto))
