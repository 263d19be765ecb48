"""What the rules on corrections need to know of a batch, read once: problems, labels, and who did what in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cached_property
from typing import Final

from labelqa.batches.correcting import Actor
from labelqa.errors import Message
from labelqa.ledger.view import Facts
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch
from labelqa.records.corrections import Completeness, Correction, ItemProblems, LabelSource, RecordLabel
from labelqa.records.facts import (
    AppealRuled,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRaised,
    DisputeRuled,
    HitRuled,
    ProblemClosed,
    ReviewRecorded,
    SupervisionChecked,
)
from labelqa.records.names import ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.workflows.correcting.originals import Answer, Original, answers, original_of
from labelqa.workflows.correcting.problems import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.population import annotators, labels_of_record, participants
from labelqa.workflows.refusals import refuse_changed, refuse_settled
from labelqa.workflows.reviewing.verdicts import is_label, known_kind
from labelqa.workflows.state import State

_OF_ITEMS: Final = (CorrectionRecorded, CorrectionReviewed, ProblemClosed, DisputeRuled, DisputeRaised, HitRuled)
_OF_PEOPLE: Final = (
    ReviewRecorded, DisputeRuled, AppealRuled, CorrectionRecorded, CorrectionReviewed, SupervisionChecked,
)  # fmt: skip
_DUTIES: Final = {  # what a fact shows somebody doing
    ReviewRecorded: ("reviewer", Duty.REVIEWER),
    CorrectionReviewed: ("reviewer", Duty.REVIEWER),
    DisputeRuled: ("arbitrator", Duty.ARBITRATOR),
    AppealRuled: ("by", Duty.ARBITRATOR),
    SupervisionChecked: ("supervisor", Duty.SUPERVISOR),
    CorrectionRecorded: ("corrector", Duty.EXECUTOR),
}


class CorrectionBench:
    """The problems of one batch and everything that decides who may answer them."""

    def __init__(self, desk: Desk, state: State, batch: Batch) -> None:
        self.desk, self.state, self.batch = desk, state, batch
        self.completeness: Completeness = completeness_of(desk, state, batch)
        self.items: dict[ItemId, ItemProblems] = {each.item_id: each for each in self.completeness.items}
        self._answers: dict[ItemId, tuple[Answer, ...]] = {}

    @cached_property
    def labels(self) -> dict[ItemId, RecordLabel]:
        """Labels of record as they stand now."""
        return labels_of_record(self.desk, self.state, self.batch)

    @cached_property
    def kind(self) -> ControlKind | None:
        """Of which kind the answers are."""
        return known_kind(self.desk, self.batch)

    @cached_property
    def _hands(self) -> frozenset[PersonId]:
        return participants(self.desk, self.batch)

    @cached_property
    def _did(self) -> tuple[tuple[PersonId, Duty, str], ...]:
        """Who did what after the freeze: person, duty, item ("" where it is no one item's)."""
        told = self.state.facts.about(f"batch:{self.batch.name}", *_OF_PEOPLE)
        drawn = {each for sample in self.state.samples.get(self.batch.name, ()) for each in sample.verifiers}
        found = [(person, Duty.REVIEWER, "") for person in sorted(drawn)]
        for fact in told:
            name, duty = _DUTIES[type(fact.body)]
            found.append((PersonId(getattr(fact.body, name)), duty, getattr(fact.body, "item", "")))
        return tuple(found)

    def is_label(self, label: str) -> bool:
        """Whether a label may be given in the batch."""
        return is_label(self.batch, self.kind, label)

    def read(self, items: Collection[ItemId]) -> None:
        """Read the frozen answers on these items, once for all of them."""
        wanted = [item for item in items if item in self.items and item not in self._answers]
        if wanted:
            self._answers |= answers(self.desk, self.batch, wanted)

    def original(self, item: ItemId) -> Original:
        """The label that a correction of the item replaces, whose it is and when it was made."""
        self.read([item])
        now = self.labels.get(item)
        corrected = None
        if now is not None and now.source is LabelSource.CORRECTED:
            corrected = next(each for each in self.items[item].corrections if each.fact == now.fact)
        ruling = self.state.rulings.get(self.batch.name, {}).get(item)
        return original_of(
            self._answers.get(item, ()), None if now is None else now.label,
            ruling=ruling if ruling is not None and ruling.stands else None, corrected=corrected,
        )  # fmt: skip

    def tried(self, item: ItemId) -> Correction | None:
        """The correction in force that has not passed a re-review, if there is one."""
        known = self.items.get(item)
        return (
            next((each for each in known.corrections if not each.replaced_by and not each.stands), None)
            if known
            else None
        )

    def waiting(self, item: ItemId) -> Correction | None:
        """The correction that waits for a re-review, if there is one."""
        tried = self.tried(item)
        return tried if tried is not None and tried.review is None else None

    def actor(self, person: PersonId, item: ItemId, duties: Collection[Duty], at: datetime) -> Actor:
        """Somebody as the rules look at them, for one of these duties on an item at a time."""
        known = self.state.people.get(person)
        mine = [duty for duty in Duty if duty in duties and known is not None and duty in known.duties]
        judging = Duty.EXECUTOR not in duties
        return Actor(
            person=person, known=known,
            qualification=self.state.qualification(person, self.batch.release, at, mine[0] if mine else None),
            other_duty=bool(self._other_duties(person, item) - frozenset(duties)),
            own=judging and self._had_a_hand(person, item),
        )  # fmt: skip

    def unfit(self, person: PersonId, item: ItemId, duties: Collection[Duty], at: datetime) -> list[Message]:
        """Why somebody may not do it at all: gone, or assigned to another duty."""
        return self._fitness.reasons(person, duties, at, item)

    @cached_property
    def _fitness(self) -> Fitness:
        return Fitness(self.state, self.batch)

    def _had_a_hand(self, person: PersonId, item: ItemId) -> bool:
        known = self.items.get(item)
        corrected = {each.corrector for each in known.corrections} if known else set()
        return person in corrected or person in annotators(self.desk, self.batch, [item]).get(item, set())

    def _other_duties(self, person: PersonId, item: ItemId) -> frozenset[Duty]:
        """The duties that somebody held in the batch; on the item alone where that is declared."""
        per_item = self.state.policies.duties_per == "item"
        if per_item:
            labelled = person in annotators(self.desk, self.batch, [item]).get(item, set())
        else:
            labelled = person in self._hands
        held = {duty for who, duty, on in self._did if who == person and (not per_item or on in ("", item))}
        return frozenset(held | ({Duty.EXECUTOR} if labelled else set()))

    def unchanged(self, items: Collection[ItemId], people: Collection[PersonId], duties: Collection[Duty]) -> _Check:
        """The check under the ledger's lock: what the rules looked at is still so."""
        return _Check(self.batch, self.state.facts.last, items, people, duties)


class _Check:
    """Refuses when the batch was settled, or its items or these people were acted on, since the bench was read."""

    def __init__(
        self, batch: Batch, last: int, items: Collection[ItemId], people: Collection[PersonId], duties: Collection[Duty]
    ) -> None:
        self._batch, self._last, self._items, self._people = batch, last, items, people
        self._others = tuple(body for body, (_, duty) in _DUTIES.items() if duty not in duties)

    def __call__(self, facts: Facts) -> None:
        if facts.last == self._last:
            return
        refuse_settled(facts, self._batch.name)
        for subject in self._subjects():
            refuse_changed(facts, subject, self._last, *_OF_ITEMS)
        for person in self._people:
            refuse_changed(facts, f"person:{person}", self._last, *self._others)

    def _subjects(self) -> Iterator[str]:
        """Item by item; where they are many the whole batch, which costs one question."""
        if len(self._items) > 100:
            yield f"batch:{self._batch.name}"
        else:
            yield from (f"item:{item}" for item in self._items)
