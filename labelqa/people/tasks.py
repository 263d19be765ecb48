"""Labeling tasks, and who held two duties in one: by default a batch with its rework rounds and rechecks.

A rework round belongs to the task of its parent, and so on up to the first batch. A recheck looks at labels of its
sources again, so it is one task with each of them, but two sources do not become one task by it. Pure rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labelqa.people.fold import in_force
from labelqa.records.facts import BatchDeclared, Fact
from labelqa.records.hands import Hand
from labelqa.records.names import BatchName, PersonId
from labelqa.records.people import Duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """Somebody who held several duties in one task, and in which of its batches each."""

    person: PersonId
    duties: tuple[Duty, ...]
    batches: tuple[BatchName, ...]


class Tasks:
    """Which batches are one labeling task with which others.

    >>> Tasks([]).of("b1")
    (frozenset({'b1'}),)
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        told = [body for _, body in in_force(facts, BatchDeclared)]
        self._parents = {BatchName(body.batch): BatchName(body.parent) for body in told if body.parent}
        self._families: dict[BatchName, set[BatchName]] = {}
        for body in told:
            self._families.setdefault(self._first(BatchName(body.batch)), set()).add(BatchName(body.batch))
        self._links = [(BatchName(body.batch), BatchName(each)) for body in told for each in body.sources]
        self._linked: dict[BatchName, set[BatchName]] = {}
        for one, other in self._links:
            first, second = self._first(one), self._first(other)
            self._linked.setdefault(first, set()).add(second)
            self._linked.setdefault(second, set()).add(first)

    def _first(self, batch: BatchName) -> BatchName:
        seen = {batch}
        while (parent := self._parents.get(batch)) is not None and parent not in seen:
            seen.add(parent)
            batch = parent
        return batch

    def family(self, batch: str) -> frozenset[BatchName]:
        """A batch with its rework rounds and what it is one of."""
        first = self._first(BatchName(batch))
        return frozenset(self._families.get(first, {first})) | {first}

    def of(self, batch: str) -> tuple[frozenset[BatchName], ...]:
        """The tasks that a batch belongs to: its family, and that with each family linked by a recheck."""
        own = self.family(batch)
        linked = sorted(self._linked.get(self._first(BatchName(batch)), ()))
        return (own, *(own | self.family(each) for each in linked))

    def around(self, batch: str) -> frozenset[BatchName]:
        """Every batch that is one task with a batch."""
        return frozenset[BatchName]().union(*self.of(batch))

    def doubles(self, hands: Iterable[Hand]) -> tuple[Double, ...]:
        """Everybody with several duties in one task, by person; each set of batches once, the smallest that shows it."""
        held: dict[PersonId, dict[BatchName, set[Duty]]] = {}
        for each in hands:
            held.setdefault(each.person, {}).setdefault(each.batch, set()).add(each.duty)
        found = [double for person in sorted(held) for double in self._of(person, held[person])]
        return tuple(found)

    def _of(self, person: PersonId, held: Mapping[BatchName, set[Duty]]) -> Iterable[Double]:
        if len(set[Duty]().union(*held.values())) < 2:
            return
        firsts = sorted({self._first(batch) for batch in held})
        alone: dict[BatchName, set[Duty]] = {}
        for first in firsts:
            duties = alone[first] = _duties(held, self.family(first))
            if len(duties) > 1:
                yield _double(person, held, self.family(first), duties)
        for first in firsts:
            for other in sorted(each for each in self._linked.get(first, ()) if each in alone and each > first):
                both = alone[first] | alone[other]
                if len(both) > max(len(alone[first]), len(alone[other])):
                    yield _double(person, held, self.family(first) | self.family(other), both)


def _duties(held: Mapping[BatchName, set[Duty]], batches: Iterable[BatchName]) -> set[Duty]:
    return set[Duty]().union(*(held.get(batch, set()) for batch in batches))


def _double(
    person: PersonId, held: Mapping[BatchName, set[Duty]], batches: Iterable[BatchName], duties: Iterable[Duty]
) -> Double:
    return Double(
        person=person, duties=ordered(duties), batches=tuple(sorted(each for each in batches if each in held))
    )


def ordered(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Duties in their usual order, each once."""
    told = set(duties)
    return tuple(duty for duty in Duty if duty in told)


def held_in(hands: Sequence[Hand], person: PersonId, batches: Iterable[BatchName]) -> frozenset[Duty]:
    """The duties that somebody held in some batches."""
    wanted = frozenset(batches)
    return frozenset(each.duty for each in hands if each.person == person and each.batch in wanted)
