"""What came in and needs somebody to look: work by people who may not do it, answers below the mark, odd ways of working.

Values only. An alert is worked out from what is on record; it is no fact itself, and losing one loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from labelqa.errors import Message
from labelqa.records.finding import Severity


class AlertState(StrEnum):
    """Whether somebody has to look."""

    OPEN = "open"
    SEEN = "seen"  # a named person has looked; it opens again when it grows or comes back


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something that was noticed once, or so many times: all with one key become one alert.

    ``place`` is where: batch:NAME, release:NAME@VERSION, server:NAME, sample:NAME. ``values`` are plain texts and numbers
    that its sentence names; those of the last one noticed stand. Times are those of the work, None where nobody knows.
    """

    code: str
    person: str = ""
    place: str = ""
    item: str = ""
    count: int = 1
    first: datetime | None = None
    last: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False  # the count is the whole, and takes the place of what was counted before

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two of them one alert."""
        return self.code, self.person, self.place

    def with_more(self, other: Noticed) -> Noticed:
        """This one and a later one of the same key.

        >>> Noticed(code="a").with_more(Noticed(code="a", count=2)).count
        3
        """
        return replace(
            self, item=self.item or other.item, count=other.count if other.whole else self.count + other.count,
            first=_edge(min, self.first, other.first), last=_edge(max, self.last, other.last), values=other.values,
            whole=self.whole or other.whole,
        )  # fmt: skip


def _edge(choose: Any, one: datetime | None, other: datetime | None) -> datetime | None:
    told = [each for each in (one, other) if each is not None]
    return choose(told) if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert: what, how bad, about whom, how often, what to do, and whether somebody has seen it.

    ``number`` names it. ``count`` says how many answers it is about (or signals, or samples, as ``message`` says);
    ``item`` is the first of them. ``first`` and ``last`` are times of the work, None where nobody knows them.
    """

    number: int
    code: str
    severity: Severity
    subject: str  # person:ID, server:NAME, sample:NAME
    message: Message
    mend: Message
    count: int
    person: str = ""
    place: str = ""
    item: str = ""
    first: datetime | None = None
    last: datetime | None = None
    state: AlertState = AlertState.OPEN
    seen_by: str = ""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How a channel of notifications does: when it last went through, what failed since, and how often in a row."""

    channel: str
    sent_at: datetime | None = None
    sent: int = 0  # messages that went through
    failed_at: datetime | None = None
    failures: int = 0  # in a row
    error: Message | None = None
