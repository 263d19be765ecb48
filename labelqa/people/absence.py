"""When somebody was gone: from the day of leaving until registered anew. Work in between is by nobody who may work here.

Nothing here says whether access was really taken away, nor what becomes of such work.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from labelqa.people.fold import in_force
from labelqa.records.facts import Fact, PersonAdded, PersonLeft
from labelqa.records.names import PersonId


class Absence:
    """The times at which people were gone, read from facts on who came and who left.

    >>> Absence([]).gone(PersonId("p-1"), None)
    False
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        known = list(facts)
        came, left = in_force(known, PersonAdded), in_force(known, PersonLeft)
        events = [(fact.effective_at, fact.seq, PersonId(body.person), False) for fact, body in came]
        events += [(fact.effective_at, fact.seq, PersonId(body.person), True) for fact, body in left]
        self._events: dict[PersonId, list[tuple[datetime, bool]]] = {}
        for at, _, person, gone in sorted(events):
            self._events.setdefault(person, []).append((at, gone))
        self._leavers = {person for person, told in self._events.items() if any(gone for _, gone in told)}

    @property
    def leavers(self) -> frozenset[PersonId]:
        """Everybody who ever left."""
        return frozenset(self._leavers)

    def stretches(self, person: PersonId) -> tuple[tuple[datetime, datetime | None], ...]:
        """When somebody was gone, each as (left, back); None: not back."""
        found: list[tuple[datetime, datetime | None]] = []
        for at, gone in self._events.get(person, ()):
            if gone and (not found or found[-1][1] is not None):
                found.append((at, None))
            elif not gone and found and found[-1][1] is None:
                found[-1] = (found[-1][0], at)
        return tuple(found)

    def since(self, person: PersonId, at: datetime) -> datetime | None:
        """Since when somebody is gone at a moment; None for somebody who is here."""
        return next(
            (left for left, back in reversed(self.stretches(person)) if left <= at and (back is None or at < back)),
            None,
        )

    def gone(self, person: PersonId, at: datetime | None) -> bool:
        """Whether somebody had left by a moment and was not back; False where no moment is known."""
        if at is None or person not in self._leavers:
            return False
        before = [gone for since, gone in self._events[person] if since <= at]
        return bool(before) and before[-1]
