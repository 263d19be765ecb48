"""Retention: which classes there are, how long each keeps, since when and why, and what may go now."""

from __future__ import annotations

from datetime import datetime

from labelqa.people.retention import FLOORS, LOG_ONLY, POLICY_OF, UNITS, after, months_kept
from labelqa.records.personal import RetentionLine
from labelqa.records.policy import Retention
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.erasing import due_people
from labelqa.workflows.policies import policies_at
from labelqa.workflows.state import shown_names


def retention_lines(desk: Desk) -> tuple[RetentionLine, ...]:
    """Every class: floor, value in force and its reason, the oldest record, how many, what is due.

    Facts are never deleted, so what is due is what names people: closed sessions of the log, and people.
    """
    view, now = desk.ledger.view(), desk.clock()
    policies, names = policies_at(desk, view), shown_names(desk)
    due = sum(each.due for each in due_people(desk))
    log = desk.ledger.logins.ended_before(after(now, months=-months_kept(policies, Retention.LOG)))
    lines = []
    for retention in Retention:
        policy = POLICY_OF[retention]
        last, told = policies.last(policy), policies.declared.get(policy, ())
        months = months_kept(policies, retention)
        oldest, count = _oldest(desk, retention)
        lines.append(RetentionLine(
            retention=retention, floor=FLOORS[retention], value=int(policies.value(policy) or 0), unit=UNITS[retention],
            applies=bool(months), reason=last.reason if last else "",
            by=names.get(last.by, last.by) if last else "", oldest=oldest if months else None,
            records=count if months else 0, due=log if retention is Retention.LOG else due if months else 0,
            shortened=tuple((each.at, each.value, each.reason) for each in told if each.shortens),
        ))  # fmt: skip
    return tuple(lines)


def _oldest(desk: Desk, retention: Retention) -> tuple[datetime | None, int]:
    """The oldest record of a class and how many there are; logs are every fact."""
    return desk.ledger.personal.oldest(but=() if retention is Retention.LOG else LOG_ONLY)
