"""Who labels in a batch and holds another duty in the same labeling task; told by the index of duties and the person's facts."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.people.assignments import Assignment
from labelqa.people.tasks import Tasks, ordered
from labelqa.records.batch import Batch
from labelqa.records.duties import Deed
from labelqa.records.facts import BatchDeclared
from labelqa.records.hands import Hand
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.check import assignments_of
from labelqa.workflows.duties.deeds import deeds_of
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True)
class _Held:
    """Other duties that somebody holds in a labeling task: everywhere, and on single items."""

    duties: tuple[Duty, ...] = ()
    by_item: dict[ItemId, tuple[Duty, ...]] | None = None  # None: the item does not matter


class Doubles:
    """Other duties of people who label; each person is looked at once a batch."""

    def __init__(self, desk: Desk, state: State) -> None:
        self._desk, self._state, self._now = desk, state, desk.clock()
        self._per = state.policies_at(self._now).duties_per
        self._tasks = Tasks(state.facts.of(BatchDeclared))
        self._hands: dict[BatchName, tuple[Hand, ...]] = {}
        self._found: dict[tuple[BatchName, PersonId], _Held] = {}

    def beside(self, batch: Batch, person: PersonId, item: ItemId) -> tuple[Duty, ...]:
        """The other duties of somebody who labels an item of a batch; () where there are none that count."""
        key = batch.name, person
        if key not in self._found:
            self._found[key] = self._held(batch, person)
        found = self._found[key]
        return found.duties if found.by_item is None else found.by_item.get(item, ())

    def _held(self, batch: Batch, person: PersonId) -> _Held:
        if not self._others(batch, person, self._in_task(batch)):
            return _Held()
        around = self._tasks.around(batch.name)
        deeds = [each for each in deeds_of(self._state, person, around) if each.duty is not Duty.EXECUTOR]
        told = [each for each in assignments_of(self._state, upto=self._now) if each.person == person]
        standing = [
            each for each in told if each.batch in around and each.duty is not Duty.EXECUTOR and each.holds(self._now)
        ]
        if self._per != "item":
            held_now: tuple[Deed | Assignment, ...] = (*deeds, *standing)
            hands = [Hand(batch=each.batch, person=person, duty=each.duty) for each in held_now]
            return _Held(self._others(batch, person, hands))
        held: dict[ItemId, set[Duty]] = {}
        for each in deeds:
            if each.item:
                held.setdefault(each.item, set()).add(each.duty)
        for one in standing:
            for item in one.items:
                held.setdefault(item, set()).add(one.duty)
        return _Held(by_item={item: ordered(duties) for item, duties in held.items()})

    def _in_task(self, batch: Batch) -> tuple[Hand, ...]:
        if batch.name not in self._hands:
            around = self._tasks.around(batch.name)
            self._hands[batch.name] = tuple(hand for hand, _ in self._desk.ledger.hands(*around))
        return self._hands[batch.name]

    def _others(self, batch: Batch, person: PersonId, hands: list[Hand] | tuple[Hand, ...]) -> tuple[Duty, ...]:
        """The duties that make a double of labeling in a batch."""
        mine = [each for each in hands if each.person == person]
        label = Hand(batch=batch.name, person=person, duty=Duty.EXECUTOR)
        found = self._tasks.doubles([label, *mine])
        both = [each for each in found if batch.name in each.batches and Duty.EXECUTOR in each.duties]
        return ordered(duty for each in both for duty in each.duties if duty is not Duty.EXECUTOR)
