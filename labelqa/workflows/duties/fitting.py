"""May somebody still work in a batch: here at the time, and without another duty in its labeling task?

Another duty is one that they are assigned to, or that they did in another round of the batch. Read person by person and
kept, since one list has many pieces of work by few people. Whether somebody is qualified, or did something else in the
batch itself before, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.absence import Absence
from labelqa.people.assignments import Assignment, fold_assignments
from labelqa.people.duties import NAMES
from labelqa.people.tasks import Tasks
from labelqa.records.batch import Batch
from labelqa.records.facts import BatchDeclared, BatchFrozen, DutyAssigned, DutyEnded, PersonAdded, PersonLeft
from labelqa.records.hands import hands_of
from labelqa.records.names import BatchName, PersonId
from labelqa.records.people import Duty
from labelqa.workflows.duties.deeds import WORK
from labelqa.workflows.state import State


class _Told(NamedTuple):
    """What is recorded of one person."""

    absence: Absence
    assignments: tuple[Assignment, ...]


class Fitness:
    """Who may work in one batch, as a state knows them."""

    def __init__(self, state: State, batch: Batch) -> None:
        self._state, self._batch = state, batch
        self._people: dict[PersonId, _Told] = {}

    def reasons(self, person: PersonId, duties: Collection[Duty], at: datetime, item: str = "") -> list[Message]:
        """Why somebody may not do what one of these duties does in the batch; empty when nothing stands against it.

        Where duties are held apart by item, only assignments that name the item count.
        """
        told, who = self._of(person), {"person": person, "batch": self._batch.name}
        reasons: list[Message] = []
        if told.absence.gone(person, at):
            reasons.append(Message(N_("{person} is no longer here: register them again first"), who))
        others = [each for each in Duty if each not in duties]
        for other in (
            each for each in others if self._assigned(told, each, at, item) or self._did(person, each, at, item)
        ):
            text = N_("{person} is {other} in the labeling task of batch {batch}, and nobody holds two duties in one")
            reasons.append(Message(text, who | {"other": Message(NAMES[other])}))
        return reasons

    def _assigned(self, told: _Told, duty: Duty, at: datetime, item: str) -> bool:
        per_item = self._state.policies_at(at).duties_per == "item"
        return any(
            each.duty is duty and each.batch in self._around and each.holds(at) and (not per_item or item in each.items)
            for each in told.assignments
        )

    def _did(self, person: PersonId, duty: Duty, at: datetime, item: str) -> bool:
        """Whether somebody did what a duty does in another round, on the item where duties are held apart by item."""
        done = self._deeds.get((person, duty), frozenset[str]())
        return item in done if done and self._state.policies_at(at).duties_per == "item" else bool(done)

    @cached_property
    def _deeds(self) -> Mapping[tuple[PersonId, Duty], Collection[str]]:
        """The items of what was done in the other rounds; "" for a freeze, which is not about one item."""
        found: dict[tuple[PersonId, Duty], set[str]] = {}
        for name in self._around - {self._batch.name}:
            for fact in self._state.facts.about(f"batch:{name}", BatchFrozen, *WORK):
                for hand in hands_of(fact.body, fact.subjects):
                    found.setdefault((hand.person, hand.duty), set()).add(getattr(fact.body, "item", ""))
        return found

    @cached_property
    def _around(self) -> frozenset[BatchName]:
        return Tasks(self._state.facts.of(BatchDeclared)).around(self._batch.name)

    def _of(self, person: PersonId) -> _Told:
        """The person's own facts: those that somebody signed as the one who decided are not about them."""
        if person not in self._people:
            facts = self._state.facts.about(f"person:{person}", PersonAdded, PersonLeft, DutyAssigned, DutyEnded)
            mine = [each for each in facts if each.body.person == person]
            self._people[person] = _Told(Absence(mine), fold_assignments(mine))
        return self._people[person]
