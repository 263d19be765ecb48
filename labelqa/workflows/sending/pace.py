"""How far the projects that labelqa made were read, so that the next look asks only for what came since.

It is kept with the desk, for as long as one process looks again and again, as ``labelqa sync run --follow`` does; a new
process begins anew, and tells anew what is still odd. Nothing goes over the network here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from labelqa.records.finding import Finding
from labelqa.workflows.desk import Desk

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
OVERLAP: Final = timedelta(minutes=2)  # what was being written while we read last
WHOLE: Final = timedelta(hours=1)  # after which a project is read whole again: what a rule forbade may be allowed now


@dataclass(slots=True)
class Told:
    """What was said of a project already."""

    keys: set[tuple[Any, ...]] = field(default_factory=set)

    def first(self, *key: Any) -> bool:
        """Whether this was not said before; from now on it was."""
        new = key not in self.keys
        self.keys.add(key)
        return new

    def fresh(self, findings: Iterable[Finding]) -> list[Finding]:
        """Of some findings those that were not told in these words and at this place."""
        return [each for each in findings if self.first(each.code, str(each.place), str(each.message))]

    def forget(self, *codes: str) -> None:
        """What is over may be told again when it comes back."""
        self.keys = {each for each in self.keys if each[0] not in codes}


@dataclass(slots=True)
class Pace:
    """How far one project was read: the last change in it by the server's clock, everything else by ours."""

    last: datetime = NEVER
    last_new: datetime | None = None  # when that change was seen first
    read_at: datetime | None = None
    whole_at: datetime | None = None
    items: Collection[Any] = frozenset()  # that have a task
    unread: Collection[int] = frozenset()  # tasks that the server could not give
    told: Told = field(default_factory=Told)
    facts: int = -1  # the last fact when this project was looked at
    shown: Any = None  # what the project says of itself since
    result: Any = None  # of that look

    def is_whole_due(self, now: datetime) -> bool:
        """Whether the project is to be read from its beginning."""
        return self.whole_at is None or now - self.whole_at >= WHOLE

    def rests(self, newest: datetime | None, now: datetime) -> bool:
        """Whether nothing can have come since the last look: the newest change is the one known, and its overlap is over."""
        if self.unread or self.is_whole_due(now) or self.read_at is None or self.last_new is None:
            return False
        return (newest or NEVER) == self.last and self.read_at - self.last_new >= OVERLAP

    def since(self, now: datetime) -> datetime:
        """From which time on to ask; NEVER for everything."""
        return NEVER if self.is_whole_due(now) else max(NEVER, self.last - OVERLAP)

    def read(self, newest: datetime | None, at: datetime, *, whole: bool) -> None:
        """Remember a look that began at a time of ours and saw a newest change."""
        if self.last_new is None or (newest or NEVER) != self.last:
            self.last, self.last_new = newest or NEVER, at
        self.read_at = at
        self.whole_at = at if whole else self.whole_at


def pace_of(desk: Desk, server: str, project: int) -> Pace:
    """The pace of a project of a server, as this desk remembers it."""
    kept: dict[tuple[str, int], Pace] = desk.memo.setdefault("projects sent", {})
    return kept.setdefault((server, project), Pace())


@contextmanager
def kept_if_done(paces: Iterable[Pace]) -> Iterator[None]:
    """Where a look fails, what it moved on is put back: what it found was told to nobody, and is to be found again."""
    before = [(each, replace(each, told=Told(set(each.told.keys)))) for each in paces]
    try:
        yield
    except BaseException:
        for pace, then in before:
            for each in fields(pace):
                setattr(pace, each.name, getattr(then, each.name))
        raise
