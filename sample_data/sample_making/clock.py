"""When everybody works: in Shanghai, from nine to half past six with a lunch break, now and then on a Saturday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from sample_making.cast import WEEKS
from sample_making.streams import Stream

SHANGHAI: Final = timezone(timedelta(hours=8))
MORNING, LUNCH, AFTERNOON = 9 * 60, 180, 13 * 60 + 30  # minutes: begin, length of the morning, begin again
WORKDAY: Final = 480  # minutes at work
Done = tuple[datetime, float]  # when it was handed in, seconds it took


def monday(week: str) -> datetime:
    """Midnight in Shanghai at the start of an ISO week such as 2026-W44."""
    return datetime.strptime(f"{week}-1 +0800", "%G-W%V-%u %z")


def stamp(moment: datetime) -> str:
    """A time as the labeling server writes it: UTC with microseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def timetable(week: str, work: list[tuple[str, float, float]], stream: Stream) -> dict[str, Done]:
    """When one person hands in each piece of ``work`` (key, median seconds, spread) of a week.

    The pieces are spread over the days in the order given; each is finished before the next begins.
    """
    saturday = week != WEEKS[-1] and stream.chance(0.15)
    days = 6 if saturday else 5
    done: dict[str, Done] = {}
    for day in range(days):
        todays = work[len(work) * day // days : len(work) * (day + 1) // days]
        for at, (key, median, spread) in enumerate(todays):
            minute = (at + 0.55 + 0.4 * stream.unit()) * WORKDAY / len(todays)
            clock = MORNING + minute if minute < LUNCH else AFTERNOON + minute - LUNCH
            seconds = stream.seconds(median, spread)
            moment = monday(week) + timedelta(days=day, seconds=int(clock * 60), microseconds=stream.below(1_000_000))
            done[key] = (moment, seconds)
    return done
