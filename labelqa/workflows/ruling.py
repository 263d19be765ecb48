"""A ruling on its way into the record: who may rule, what it must say, and what it opens beside it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from labelqa.batches.disputing import Disputed
from labelqa.batches.preconditions import why_not_rule
from labelqa.errors import BadInput, Message
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.people.duties import why_not_verifier
from labelqa.records.batch import Batch
from labelqa.records.facts import CorrectionRecorded, DisputeRaised, DisputeRuled, Draft, ProposalOpened, SampleDrawn
from labelqa.records.finding import Place
from labelqa.records.names import Digest, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.production import DisputeOutcome
from labelqa.records.supervision import SupervisionChecked
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.people import find_person
from labelqa.workflows.population import judged_labels, labels_of_record, participants, population, re_reviewers
from labelqa.workflows.refusals import refuse, refuse_changed, refuse_settled
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import State

Text = tuple[Digest, str, str]  # digest, salt and text that is kept erasably
Ruled = tuple[list[Draft], Text]  # the facts of a ruling and its reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingRow:
    """One ruling as it stands in a list: ``by`` is a pseudonym, a name or SERVER=ACCOUNT."""

    item_id: str
    label: str
    by: str
    reason: str
    rule: str = ""
    outcome: str = ""  # a DisputeOutcome; "" for upheld
    unclear: bool = False
    place: Place = field(default_factory=Place)

    @property
    def decision(self) -> str:
        """The outcome in its stored spelling."""
        return self.outcome or DisputeOutcome.UPHELD.value


class Bench:
    """What the checks on a batch's rulings need, read once."""

    def __init__(self, desk: Desk, state: State, batch: Batch) -> None:
        self._desk, self._state, self._batch = desk, state, batch
        self._samples = state.samples.get(batch.name, ())
        self._items = population(desk, state, batch) if batch.freeze else None
        self._before = state.rulings.get(batch.name, {})

    @cached_property
    def _participants(self) -> frozenset[PersonId]:
        """Everybody with another duty in the batch: who labelled, corrected, verified, judged or supervised in it."""
        told = self._state.facts.about(f"batch:{self._batch.name}", CorrectionRecorded, SupervisionChecked)
        bodies = [fact.body for fact in told]
        others = {each.corrector if isinstance(each, CorrectionRecorded) else each.supervisor for each in bodies}
        judges = {each.reviewer for each in self._state.reviews_of(self._batch.name)}
        judges |= {each for sample in self._samples for each in sample.verifiers}
        labelled = participants(self._desk, self._batch) if self._batch.freeze else frozenset()
        return labelled | frozenset(map(PersonId, others)) | judges | re_reviewers(self._state, self._batch)

    @cached_property
    def _rules(self) -> frozenset[str] | None:
        if not self._batch.release:
            return None
        return frozenset(each.id for each in released_book(self._desk, self._batch.release).rules)

    def held_another_duty(self, person: PersonId) -> bool:
        """Whether somebody labelled, corrected, verified, judged or supervised in the batch, and may not rule in it."""
        return person in self._participants

    def stands(self, row: RulingRow) -> bool:
        """Whether this very ruling is in force already."""
        before = self._before.get(ItemId(row.item_id))
        if before is None or self._waits(row.item_id) or before.arbitrator != find_person(self._desk, row.by):
            return False
        said: DisputeRuled = self._state.facts.fact(before.fact).body
        mine = (row.label, row.decision, row.rule, row.unclear)
        return (
            mine == (before.label, before.outcome, before.rule, before.unclear)
            and self._desk.ledger.text_of(said.reason) == row.reason
        )

    def drafts(self, row: RulingRow, now: datetime) -> Ruled:
        """The facts of a ruling and its erasable reason; raises BadInput or Refused.

        Where the rule is unclear, a proposal on its rulebook is opened in the same breath.
        """
        if not row.reason.strip():
            raise BadInput("a ruling needs its reason: say which rule decides and why")
        arbitrator = find_person(self._desk, row.by)
        text = salted(row.reason, secrets.token_hex(16))
        body = DisputeRuled(
            batch=self._batch.name, item=row.item_id, label=row.label, arbitrator=arbitrator, reason=text[0],
            rule=row.rule, outcome=row.outcome, unclear=row.unclear,
        )  # fmt: skip
        refuse(self._reasons(body, now))
        before = self._before.get(ItemId(row.item_id))
        subjects = (f"batch:{body.batch}", f"item:{body.item}", f"person:{arbitrator}")
        drafts = [self._draft(body, subjects, before.fact if before else None)]
        if row.unclear and not (before and before.unclear and before.rule == row.rule):
            drafts.append(self._proposal(body, subjects))
        return drafts, text

    def _proposal(self, body: DisputeRuled, subjects: tuple[str, ...]) -> Draft:
        rulebook, name = self._batch.release.partition("@")[0], self._desk.new_id("proposal")
        opened = ProposalOpened(
            proposal=name, rulebook=rulebook, rule=body.rule, batch=body.batch, item=body.item, by=body.arbitrator,
            text=body.reason,
        )  # fmt: skip
        return self._draft(opened, (f"proposal:{name}", f"rulebook:{rulebook}", *subjects), None)

    def _draft(self, body: object, subjects: tuple[str, ...], supersedes: int | None) -> Draft:
        return Draft(
            body=body, subjects=subjects, actor=self._desk.actor, identity=self._desk.identity, supersedes=supersedes
        )

    def _waits(self, item: str) -> bool:
        return self._items is not None and item in self._items.open_disputes

    def _reasons(self, body: DisputeRuled, now: datetime) -> list[Message]:
        person, item = PersonId(body.arbitrator), ItemId(body.item)
        qualified = self._state.qualification(person, self._batch.release, now, Duty.ARBITRATOR)
        standing = Disputed(waits=self._waits(item), labels=self._labels(item), before=self._before.get(item))
        reasons = why_not_rule(
            body, batch=self._batch, disputed=self._items.disputed if self._items else (), drawn=bool(self._samples),
            participants=self._participants, qualification=qualified, standing=standing,
            rules=self._rules if body.rule else None,
        )  # fmt: skip
        reasons += Fitness(self._state, self._batch).reasons(person, {Duty.ARBITRATOR}, now, item)
        if reasons or person not in self._state.people:
            return reasons
        known = self._state.people[person]
        return why_not_verifier(known, qualified, self._participants, now, duties=frozenset({Duty.ARBITRATOR}))

    def _labels(self, item: ItemId) -> tuple[str, ...]:
        """The label of record of an item as it was judged in each sample, and as it stands now."""
        if self._items is None or not self._samples:
            return ()
        judged = [judged_labels(self._desk, self._state, each).get(item, "") for each in self._samples]
        now = labels_of_record(self._desk, self._state, self._batch).get(item)
        return tuple(dict.fromkeys(label for label in (*judged, now.label if now else "") if label))

    def still_open(self, facts: Facts) -> None:
        """Refuses when the batch was settled, drawn, ruled or corrected in since it was read."""
        refuse_settled(facts, self._batch.name)
        changes = (SampleDrawn, DisputeRuled, DisputeRaised, CorrectionRecorded)
        refuse_changed(facts, f"batch:{self._batch.name}", self._state.facts.last, *changes)
