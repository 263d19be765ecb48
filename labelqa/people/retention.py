"""How long what is known of a person stays: three classes, each counted from the last record of its kind.

Logs at least six months (Cybersecurity Law), records of quality work at least three years (PIPL Art. 56 sets it for
processing records), EU technical documentation ten years (AI Act Art. 18) where a team declares that it applies. A
person's data goes when the last class that concerns the person has run out, never before.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from labelqa.people.policy import Policies
from labelqa.records.facts import AccountsSeen, Fact, LoginChanged, PersonAdded, PersonErased, PersonRenamed
from labelqa.records.personal import Keeping
from labelqa.records.policy import Policy, Retention

LOG_ONLY: Final = (
    PersonAdded,
    PersonRenamed,
    PersonErased,
    LoginChanged,
    AccountsSeen,
)  # say nothing of work or its quality
FLOORS: Final = {Retention.LOG: 6, Retention.QA: 3, Retention.EU: 10}
UNITS: Final = {Retention.LOG: "months", Retention.QA: "years", Retention.EU: "years"}
POLICY_OF: Final = {
    Retention.LOG: Policy.RETENTION_LOG_MONTHS,
    Retention.QA: Policy.RETENTION_QA_YEARS,
    Retention.EU: Policy.RETENTION_EU_YEARS,
}


def after(moment: datetime, *, months: int) -> datetime:
    """The same day and time so many months later; the last day of a shorter month.

    >>> from datetime import UTC
    >>> after(datetime(2026, 8, 31, tzinfo=UTC), months=6).date().isoformat()
    '2027-02-28'
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def months_kept(policies: Policies, retention: Retention) -> int:
    """For how many months a class keeps its records; 0 where it does not apply."""
    value = policies.value(POLICY_OF[retention])
    return int(value or 0) * (1 if retention is Retention.LOG else 12)


def last_records(facts: Iterable[Fact]) -> tuple[datetime | None, datetime | None]:
    """When the last fact that names somebody was recorded or in effect, and the last one about work or its quality."""
    log: datetime | None = None
    work: datetime | None = None
    for fact in facts:
        if isinstance(fact.body, PersonErased):
            continue  # an erasure is no reason to keep what it left
        moment = max(fact.recorded_at, fact.effective_at)
        log = max(filter(None, (log, moment)))
        if not isinstance(fact.body, LOG_ONLY):
            work = max(filter(None, (work, moment)))
    return log, work


def keepings(policies: Policies, *, log: datetime | None, work: datetime | None) -> tuple[Keeping, ...]:
    """The classes that keep what is known of somebody, with the moment until which each does.

    ``log`` is the last trace at all, ``work`` the last record of work or its quality; None where there is none.
    """
    lasts = {Retention.LOG: log, Retention.QA: work, Retention.EU: work}
    return tuple(
        Keeping(retention=retention, last=last, until=after(last, months=months))
        for retention, last in lasts.items()
        if last is not None and (months := months_kept(policies, retention))
    )
