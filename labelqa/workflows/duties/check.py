"""Drill: who held two duties in one labeling task, or worked unassigned, while suspended, or after leaving?

The index of duties names whom to look at; only their facts are read. The right answer is that nobody is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from labelqa.people.assignments import Assignment, fold_assignments
from labelqa.people.tasks import Double, Tasks, ordered
from labelqa.records.batch import Stage
from labelqa.records.duties import Deed, DutyCheck, DutyDouble, Unassigned
from labelqa.records.facts import BatchDeclared, DutyAssigned, DutyEnded, PersonLeft
from labelqa.records.hands import Hand
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.workflows.counted import counted_by
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.after import after_leaving
from labelqa.workflows.duties.deeds import answers_of, deeds_of, outside, spans
from labelqa.workflows.duties.early import Beginnings
from labelqa.workflows.duties.suspended import while_out
from labelqa.workflows.duties.told import told_after, told_double, told_out, told_unassigned
from labelqa.workflows.state import State, read_state, shown_names


def check_duties(
    desk: Desk, *, batch: str = "", at: datetime | None = None, known: datetime | None = None
) -> DutyCheck:
    """Everything that stands against the separation of duties, as of a time; with ``batch`` in its labeling task alone.

    The time of every piece of work is held against its assignment in a named batch and in batches that are not settled;
    elsewhere that is done where an assignment ended, covers single items, or began after the work came on record.
    """
    state, moment = read_state(desk, at=at, known=known), at or desk.clock()
    looking = _Looking(desk, state, moment, state.batch(batch).name if batch else None)
    doubles, unassigned = tuple(looking.doubles()), tuple(looking.unassigned())
    imports = counted_by(desk, known) if known else None  # what arrived later was not known then
    after = after_leaving(desk, state, moment, looking.names, imports=imports) if not batch else ()
    out = while_out(desk, state, moment, looking.names, imports=imports) if not batch else ()
    findings = (
        *(told_double(each) for each in doubles), *(told_unassigned(each) for each in unassigned),
        *(told_after(each, desk.settings.zone) for each in after), *(told_out(each, desk.settings.zone) for each in out),
    )  # fmt: skip
    return DutyCheck(
        at=moment, per=looking.per, batches=len(looking.around or state.batches), doubles=doubles,
        unassigned=unassigned, after_leaving=after, while_out=out, findings=findings,
    )  # fmt: skip


def assignments_of(state: State, *, upto: datetime | None = None) -> tuple[Assignment, ...]:
    """Every assignment that a state knows; ``upto`` leaves out those that had not begun by then."""
    found = fold_assignments(state.facts.of(DutyAssigned, DutyEnded, PersonLeft))
    return tuple(each for each in found if upto is None or each.since <= upto)


class _Looking:
    """The parts of a check that share what was read."""

    def __init__(self, desk: Desk, state: State, at: datetime, batch: BatchName | None) -> None:
        self.desk, self.state, self.at, self.batch = desk, state, at, batch
        self.names = shown_names(desk)
        self.per = state.policies_at(at).duties_per
        self.tasks = Tasks(state.facts.of(BatchDeclared))
        self.around: frozenset[BatchName] = self.tasks.around(batch) if batch else frozenset()
        self.assignments = assignments_of(state, upto=at)
        self._held: dict[tuple[PersonId, Duty, BatchName], list[Assignment]] = {}
        for each in self.assignments:
            self._held.setdefault((each.person, each.duty, each.batch), []).append(each)

    def doubles(self) -> Iterator[DutyDouble]:
        """Those whose facts, read anew, show several duties in one task."""
        hands = self.desk.ledger.hands(*self.around, several=not self.around)
        suspects = self.tasks.doubles(hand for hand, _ in hands)
        for person in sorted({each.person for each in suspects}):
            batches = {batch for each in suspects if each.person == person for batch in each.batches}
            yield from self._of(person, batches)

    def _of(self, person: PersonId, batches: Collection[BatchName]) -> Iterator[DutyDouble]:
        deeds = deeds_of(self.state, person, batches)
        mine = [each for each in self.assignments if each.person == person and each.batch in batches]
        standing = [each for each in mine if each.holds(self.at)]  # one that ended before any work was no duty held
        hands = [Hand(batch=each.batch, person=person, duty=each.duty) for each in deeds]
        hands += [Hand(batch=each.batch, person=person, duty=each.duty) for each in standing]
        for double in self.tasks.doubles(hands):
            found = self._double(double, deeds, standing)
            if found is not None and (self.batch is None or self.around & set(found.batches)):
                yield found

    def _double(self, double: Double, deeds: Sequence[Deed], standing: Sequence[Assignment]) -> DutyDouble | None:
        """The double as it is told; None where the duties were held on different items and that is allowed."""
        facts = {each.fact for each in deeds if each.batch in double.batches}
        facts |= {each.facts[0] for each in standing if each.batch in double.batches}
        duties, items = double.duties, tuple[ItemId, ...]()
        if self.per == "item":
            by_item = self._by_item(double, deeds, standing)
            both = {item: held for item, held in by_item.items() if len(held) > 1}
            if not both:
                return None
            items, duties = tuple(sorted(both)), ordered(duty for held in both.values() for duty in held)
            whole = {each.fact for each in deeds if not each.item or each.item in both}
            facts &= whole | {each.facts[0] for each in standing}
        else:
            items = tuple(sorted({each.item for each in deeds if each.item and each.batch in double.batches}))
        return DutyDouble(
            person=double.person, name=self.names.get(double.person, double.person), duties=duties,
            batches=double.batches, facts=tuple(sorted(facts)), items=items,
        )  # fmt: skip

    def _by_item(
        self, double: Double, deeds: Sequence[Deed], standing: Sequence[Assignment]
    ) -> dict[ItemId, set[Duty]]:
        """Which duties somebody held on which item, answers of the frozen batches included."""
        known = self.state.batches
        answered = [
            answer
            for name in double.batches
            if name in known and any(each.batch == name and each.duty is Duty.EXECUTOR for each in deeds)
            for answer in answers_of(self.desk, known[name], {double.person})
        ]
        held: dict[ItemId, set[Duty]] = {}
        for each in (*deeds, *answered):
            if each.item and each.batch in double.batches:
                held.setdefault(each.item, set()).add(each.duty)
        for one in standing:
            for item in one.items if one.batch in double.batches else ():
                held.setdefault(item, set()).add(one.duty)
        return held

    def unassigned(self) -> Iterator[Unassigned]:
        """Work in batches with assignments that no assignment covers, by batch, person and duty."""
        wanted = {each.batch for each in self.assignments}
        wanted &= {self.batch} if self.batch else wanted
        if not wanted:
            return
        for hand, seq in self.desk.ledger.hands(*wanted):
            if self._odd(hand, seq):
                yield from self._unassigned(hand)

    def _odd(self, hand: Hand, seq: int) -> bool:
        """Whether somebody's work in a duty has to be looked at piece by piece."""
        mine = self._held.get((hand.person, hand.duty, hand.batch), [])
        known = self.state.batches.get(hand.batch)
        if known is None:
            return False
        whole = [each for each in mine if each.until is None and not each.items]
        if not whole or (not self.batch and known.stage is Stage.SETTLED):
            return not whole or min(each.facts[0] for each in whole) > seq
        return self._beginnings.before(hand, min(each.since for each in whole))

    @cached_property
    def _beginnings(self) -> Beginnings:
        known = [
            self.state.batches[name] for name in {each.batch for each in self.assignments} & set(self.state.batches)
        ]
        return Beginnings(
            self.desk, [each for each in known if each.name == self.batch or each.stage is not Stage.SETTLED]
        )

    def _unassigned(self, hand: Hand) -> Iterator[Unassigned]:
        deeds = [each for each in deeds_of(self.state, hand.person, {hand.batch}) if each.duty is hand.duty]
        if hand.duty is Duty.EXECUTOR:
            answers = answers_of(self.desk, self.state.batches[hand.batch], {hand.person})
            frozen = [each for each in deeds if each.act == "answer" and not each.item]
            deeds = [each for each in deeds if each not in frozen] + (answers or frozen if frozen else [])
        found = outside(deeds, self.assignments)
        if found:
            first, last = spans(found)
            yield Unassigned(
                person=hand.person, name=self.names.get(hand.person, hand.person), batch=hand.batch, duty=hand.duty,
                acts=len(found), first=first, last=last,
                facts=tuple(sorted({each.fact for each in found if each.fact})),
                items=tuple(sorted({each.item for each in found if each.item})),
            )  # fmt: skip
