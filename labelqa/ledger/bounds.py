"""How far a view of the ledger reaches: up to a moment, as known by a moment, below a number. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement

from labelqa.records.clock import moment_text
from labelqa.records.facts import Fact

Moment = TypeVar("Moment", datetime, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far a view reaches; None: no bound."""

    at: datetime | None = None
    known: datetime | None = None
    before: int | None = None

    def within(self, other: Bounds) -> Bounds:
        """Both bounds at once."""
        return Bounds(
            at=_earlier(self.at, other.at), known=_earlier(self.known, other.known),
            before=_earlier(self.before, other.before),
        )  # fmt: skip

    @property
    def timed(self) -> bool:
        """Whether superseded facts are left out."""
        return self.at is not None or self.known is not None

    def hold(self, fact: Fact) -> bool:
        """Whether a fact lies within."""
        return (
            (self.known is None or fact.recorded_at <= self.known)
            and (self.at is None or fact.effective_at <= self.at)
            and (self.before is None or fact.seq < self.before)
        )

    def narrowed(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """The facts within, less those that one of them supersedes where a time is given."""
        inside = tuple(fact for fact in facts if self.hold(fact))
        if not self.timed:
            return inside
        replaced = {fact.supersedes for fact in inside if fact.supersedes is not None}
        return tuple(fact for fact in inside if fact.seq not in replaced)

    def rows(self, columns: Any) -> list[ColumnElement[bool]]:
        """The bounds of time as conditions on rows of facts."""
        wanted: list[ColumnElement[bool]] = []
        if self.known is not None:
            wanted.append(columns.recorded_at <= moment_text(self.known))
        if self.at is not None:
            wanted.append(columns.effective_at <= moment_text(self.at))
        return wanted


UNBOUNDED: Final = Bounds()


def _earlier(one: Moment | None, other: Moment | None) -> Moment | None:
    return other if one is None else one if other is None else min(one, other)
