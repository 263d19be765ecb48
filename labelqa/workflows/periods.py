"""Periods: ISO weeks and ranges of days, cut in the workspace's time zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from labelqa.errors import WrongUsage
from labelqa.records.summary import Period
from labelqa.workflows.freeze import week_name

_WEEK = re.compile(r"(\d{4})-?W(\d{2})")


def week_of(moment: datetime, timezone: str) -> str:
    """The name of the ISO week that a moment falls into."""
    return week_name(moment, ZoneInfo(timezone))


def week_period(name: str, timezone: str) -> Period:
    """The period of a week such as 2026-W47.

    >>> week_period("2026-W47", "Asia/Shanghai").first_day
    datetime.date(2026, 11, 16)
    """
    matched = _WEEK.fullmatch(name)
    try:
        first = date.fromisocalendar(int(matched[1]), int(matched[2]), 1) if matched else None
    except ValueError:
        first = None
    if first is None:
        raise WrongUsage("{name!r} is no week: write it as 2026-W47", name=name)
    year, week, _ = first.isocalendar()
    return _period(f"{year}-W{week:02d}", first, first + timedelta(days=6), timezone)


def range_period(first: date, last: date, timezone: str) -> Period:
    """The period from one day to another, both included."""
    if last < first:
        raise WrongUsage(
            "the period ends ({last}) before it begins ({first})", first=first.isoformat(), last=last.isoformat()
        )
    return _period(f"{first.isoformat()}..{last.isoformat()}", first, last, timezone)


def before(period: Period) -> Period:
    """The period of the same length just before."""
    length = period.last_day - period.first_day + timedelta(days=1)
    if _WEEK.fullmatch(period.name):
        return week_period(_iso(period.first_day - length), period.timezone)
    return range_period(period.first_day - length, period.first_day - timedelta(days=1), period.timezone)


def weeks_in(period: Period) -> tuple[str, ...]:
    """The ISO weeks that the period touches, in order."""
    monday = period.first_day - timedelta(days=period.first_day.weekday())
    count = (period.last_day - monday).days // 7 + 1
    return tuple(_iso(monday + timedelta(weeks=each)) for each in range(count))


def weeks_up_to(period: Period, count: int) -> tuple[str, ...]:
    """The last ``count`` weeks that end with the period's last one."""
    monday = period.last_day - timedelta(days=period.last_day.weekday())
    return tuple(_iso(monday - timedelta(weeks=each)) for each in reversed(range(count)))


def _iso(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _period(name: str, first: date, last: date, timezone: str) -> Period:
    zone = ZoneInfo(timezone)
    return Period(
        name=name,
        start=datetime.combine(first, time(), zone),
        end=datetime.combine(last + timedelta(days=1), time(), zone),
        first_day=first,
        last_day=last,
        timezone=timezone,
    )
