"""Disputes: items on which the annotators' answers settle nothing, and the arbitrator's rulings on them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from labelqa.batches.preconditions import why_not_rule
from labelqa.errors import BadInput, LabelqaError, Message
from labelqa.ledger.ledger import salted
from labelqa.people.duties import why_not_verifier
from labelqa.records.batch import Batch
from labelqa.records.facts import DisputeRuled, Draft, Fact
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import Digest, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.results import Dispute
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.population import frozen_of, participants, population
from labelqa.workflows.refusals import refuse, refuse_settled
from labelqa.workflows.state import State, read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingRow:
    """One ruling as it stands in a list: ``by`` is a pseudonym, a name or SERVER=ACCOUNT."""

    item_id: str
    label: str
    by: str
    reason: str
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingsImported:
    """A list of rulings read in."""

    recorded: int
    unchanged: int
    findings: tuple[Finding, ...]


def disputes(desk: Desk, batch: str) -> tuple[Dispute, ...]:
    """The disputed items of a frozen batch, ruled on or not, in the order of the frame."""
    state = read_state(desk)
    return disputes_of(desk, state, state.batch(batch))


def disputes_of(desk: Desk, state: State, batch: Batch) -> tuple[Dispute, ...]:
    """The same, in a state already read."""
    items = population(desk, state, batch)
    rulings = state.rulings.get(batch.name, {})
    wanted = [item for item in items.ids if item in items.disputed]
    votes, shown = _votes(desk, batch, set(wanted)), contents(desk, batch, wanted)
    return tuple(
        Dispute(
            batch=batch.name, item_id=item, votes=tuple(votes[item].most_common()), content=shown[item],
            ruling=rulings[item].label if item in rulings else "",
        )
        for item in wanted
    )  # fmt: skip


def _votes(desk: Desk, batch: Batch, items: set[ItemId]) -> dict[ItemId, Counter[str]]:
    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "label"])
    votes: dict[ItemId, Counter[str]] = {item: Counter() for item in items}
    for item, label in zip(table.column("item_id").to_pylist(), table.column("label").to_pylist(), strict=True):
        if item in votes:
            votes[item][label] += 1
    return votes


def rule_dispute(desk: Desk, batch: str, item: str, *, label: str, by: str, reason: str) -> Dispute:
    """Record an arbitrator's ruling: the item's label of record from now on. A later ruling supersedes it."""
    state = read_state(desk)
    bench, now = _Bench(desk, state, state.batch(batch)), desk.clock()
    draft, text = bench.draft(RulingRow(item_id=item, label=label, by=by, reason=reason), now)
    desk.ledger.append([draft], now=now, erasable=[text], unless=bench.still_open)
    return next(each for each in disputes(desk, batch) if each.item_id == item)


def import_rulings(desk: Desk, batch: str, rows: Sequence[RulingRow]) -> RulingsImported:
    """Record a list of rulings; each that a rule forbids becomes a finding, the others are recorded together.

    A ruling that stands there already adds nothing; another one on the same item supersedes it. An item named twice
    in one list is refused the second time, as nobody can tell which is meant.
    """
    state = read_state(desk)
    bench, now = _Bench(desk, state, state.batch(batch)), desk.clock()
    drafts: list[Draft] = []
    texts: list[tuple[Digest, str, str]] = []
    found: list[Finding] = []
    seen: set[str] = set()
    unchanged = 0
    for row in rows:
        try:
            if row.item_id in seen:
                raise BadInput("item {item} stands in the list before", item=row.item_id)
            seen.add(row.item_id)
            if bench.stands(row):
                unchanged += 1
                continue
            draft, text = bench.draft(row, now)
        except LabelqaError as error:
            found.append(_refused(row, error))
            continue
        drafts.append(draft)
        texts.append(text)
    if drafts:
        desk.ledger.append(drafts, now=now, erasable=texts, unless=bench.still_open)
    return RulingsImported(recorded=len(drafts), unchanged=unchanged, findings=tuple(found))


def _refused(row: RulingRow, error: LabelqaError) -> Finding:
    return finding(
        "ruling-refused",
        "the ruling on item {item} was not taken: {why}",
        mend=Message("correct the row and import the list again; rulings that were taken are not doubled"),
        place=row.place,
        item=row.item_id,
        why=error.message,
    )


class _Bench:
    """What the checks on a batch's rulings need, read once."""

    def __init__(self, desk: Desk, state: State, batch: Batch) -> None:
        self._desk, self._state, self._batch = desk, state, batch
        self._samples = state.samples.get(batch.name, ())
        verifiers = {each for sample in self._samples for each in sample.verifiers}
        judges = {each.reviewer for each in state.reviews_of(batch.name)}
        self._participants = (participants(desk, batch) if batch.freeze else frozenset()) | verifiers | judges
        self._disputed = population(desk, state, batch).disputed if batch.freeze else frozenset()
        self._before = state.rulings.get(batch.name, {})

    def stands(self, row: RulingRow) -> bool:
        """Whether this very ruling is in force already."""
        before = self._before.get(ItemId(row.item_id))
        if before is None or before.label != row.label or before.arbitrator != find_person(self._desk, row.by):
            return False
        said: DisputeRuled = next(fact for fact in self._state.facts if fact.seq == before.fact).body
        return self._desk.ledger.text_of(said.reason) == row.reason

    def draft(self, row: RulingRow, now: datetime) -> tuple[Draft, tuple[Digest, str, str]]:
        """The fact of a ruling and its erasable reason; raises BadInput or Refused."""
        if not row.reason.strip():
            raise BadInput("a ruling needs its reason: say which rule decides and why")
        arbitrator = find_person(self._desk, row.by)
        text = salted(row.reason, secrets.token_hex(16))
        batch = self._batch.name
        body = DisputeRuled(batch=batch, item=row.item_id, label=row.label, arbitrator=arbitrator, reason=text[0])
        refuse(self._reasons(body, now))
        before = self._before.get(ItemId(row.item_id))
        draft = Draft(
            body=body,
            subjects=(f"batch:{batch}", f"item:{row.item_id}", f"person:{arbitrator}"),
            actor=self._desk.actor,
            identity=self._desk.identity,
            supersedes=before.fact if before else None,
        )
        return draft, text

    def _reasons(self, body: DisputeRuled, now: datetime) -> list[Message]:
        person, took_part = PersonId(body.arbitrator), self._participants
        standing = self._state.qualification(person, self._batch.release, now)
        reasons = why_not_rule(
            body,
            batch=self._batch,
            disputed=self._disputed,
            participants=took_part,
            qualification=standing,
            drawn=bool(self._samples),
        )
        if reasons or person not in self._state.people:
            return reasons
        return why_not_verifier(
            self._state.people[person], standing, took_part, now, duties=frozenset({Duty.ARBITRATOR})
        )

    def still_open(self, facts: Sequence[Fact]) -> None:
        """Refuses when somebody settled the batch since it was read."""
        refuse_settled(facts, self._batch.name)
