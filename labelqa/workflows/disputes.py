"""Disputes: items on which the annotators' answers settle nothing or that somebody disputes, and the rulings on them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from labelqa.batches.checks import Ruling, in_force
from labelqa.batches.disputing import why_not_raise
from labelqa.errors import BadInput, LabelqaError, Message
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.facts import DisputeRaised, Draft, Fact
from labelqa.records.finding import Finding, finding
from labelqa.records.names import Digest, ItemId
from labelqa.records.results import Dispute
from labelqa.workflows.annotated import book_of, labels_by_rule
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.population import frozen_of, population
from labelqa.workflows.refusals import refuse, refuse_changed, refuse_settled
from labelqa.workflows.ruling import Bench, RulingRow
from labelqa.workflows.state import State, read_state

__all__ = ["RulingRow", "RulingsImported", "disputes", "disputes_of", "import_rulings", "raise_dispute", "rule_dispute"]


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
    items, freeze, now = population(desk, state, batch), frozen_of(batch), desk.clock()
    rulings, raised = state.rulings.get(batch.name, {}), _raised(state, batch)
    wanted = [item for item in items.ids if item in items.disputed]
    votes, shown = _votes(desk, batch, set(wanted)), contents(desk, batch, wanted)
    given = labels_by_rule(book_of(desk, batch)[0], batch.labels)
    return tuple(
        _dispute(
            desk, batch, item, votes[item], shown[item], given, raised.get(item), freeze.at, now,
            None if item in items.open_disputes else rulings.get(item),
        )
        for item in wanted
    )  # fmt: skip


def _dispute(
    desk: Desk,
    batch: Batch,
    item: ItemId,
    votes: Counter[str],
    shown: Mapping[str, str],
    given: Mapping[str, Sequence[str]],
    raised: Fact | None,
    frozen: datetime,
    now: datetime,
    ruling: Ruling | None,
) -> Dispute:
    since = raised.effective_at if raised is not None else frozen
    return Dispute(
        batch=batch.name, item_id=item, votes=tuple(votes.most_common()), content=shown,
        ruling=ruling.label if ruling else "", outcome=str(ruling.outcome) if ruling else "",
        rule=ruling.rule if ruling else "", unclear=ruling.unclear if ruling else False,
        candidates=tuple(rule for rule, labels in given.items() if not votes.keys().isdisjoint(labels)), since=since,
        days=max(0, ((ruling.at if ruling else now) - since).days), raised_by=raised.body.by if raised else "",
        why=(desk.ledger.text_of(raised.body.reason) or "") if raised else "",
        identity=str(ruling.identity) if ruling else "",
    )  # fmt: skip


def _raised(state: State, batch: Batch) -> dict[ItemId, Fact]:
    """The last time that somebody disputed each item."""
    told = state.facts.about(f"batch:{batch.name}", DisputeRaised)
    return {ItemId(body.item): fact for fact, body in in_force(told, DisputeRaised)}


def _votes(desk: Desk, batch: Batch, items: set[ItemId]) -> dict[ItemId, Counter[str]]:
    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "label"])
    votes: dict[ItemId, Counter[str]] = {item: Counter() for item in items}
    for item, label in zip(table.column("item_id").to_pylist(), table.column("label").to_pylist(), strict=True):
        if item in votes:
            votes[item][label] += 1
    return votes


def raise_dispute(desk: Desk, batch: str, item: str, *, by: str, reason: str) -> Dispute:
    """Dispute an item that the declared rule settles: no acceptance until an arbitrator has ruled on it."""
    if not reason.strip():
        raise BadInput("a dispute needs its reason: say what speaks against the label")
    state = read_state(desk)
    found, person = state.batch(batch), find_person(desk, by)
    items = population(desk, state, found) if found.freeze else None
    refuse(
        why_not_raise(
            ItemId(item), person, batch=found, known=state.people.get(person), inside=items is not None and item in items.ids,
            waits=items is not None and item in items.open_disputes,
        )
    )  # fmt: skip
    text = salted(reason, secrets.token_hex(16))
    body = DisputeRaised(batch=batch, item=item, by=person, reason=text[0])
    subjects = (f"batch:{batch}", f"item:{item}", f"person:{person}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)

    def unless(facts: Facts) -> None:
        refuse_settled(facts, batch)
        refuse_changed(facts, f"item:{item}", state.facts.last, DisputeRaised)

    desk.ledger.append([draft], now=desk.clock(), erasable=[text], unless=unless)
    return _one(desk, batch, item)


def rule_dispute(
    desk: Desk,
    batch: str,
    item: str,
    *,
    by: str,
    reason: str,
    label: str = "",
    outcome: str = "",
    rule: str = "",
    unclear: bool = False,
) -> Dispute:
    """Record an arbitrator's ruling: a label stands, the item is rejected, or it is sent back to be corrected.

    A later ruling supersedes it; the very ruling that stands is not recorded again. ``unclear`` opens a proposal on the rulebook that the rule cited belongs to.
    """
    state = read_state(desk)
    bench, now = Bench(desk, state, state.batch(batch)), desk.clock()
    row = RulingRow(item_id=item, label=label, by=by, reason=reason, rule=rule, outcome=outcome, unclear=unclear)
    if bench.stands(row):
        return replace(_one(desk, batch, item), already=True)
    drafts, text = bench.drafts(row, now)
    desk.ledger.append(drafts, now=now, erasable=[text], unless=bench.still_open)
    return _one(desk, batch, item)


def _one(desk: Desk, batch: str, item: str) -> Dispute:
    return next(each for each in disputes(desk, batch) if each.item_id == item)


def import_rulings(desk: Desk, batch: str, rows: Sequence[RulingRow]) -> RulingsImported:
    """Record a list of rulings; each that a rule forbids becomes a finding, the others are recorded together.

    A ruling that stands there already adds nothing; another one on the same item supersedes it. An item named twice
    in one list is refused the second time, as nobody can tell which is meant.
    """
    state = read_state(desk)
    bench, now = Bench(desk, state, state.batch(batch)), desk.clock()
    drafts: list[Draft] = []
    texts: list[tuple[Digest, str, str]] = []
    found: list[Finding] = []
    seen: set[str] = set()
    recorded = unchanged = 0
    for row in rows:
        try:
            if row.item_id in seen:
                raise BadInput("item {item} stands in the list before", item=row.item_id)
            seen.add(row.item_id)
            if bench.stands(row):
                unchanged += 1
                continue
            ruled, text = bench.drafts(row, now)
        except LabelqaError as error:
            found.append(_refused(row, error))
            continue
        recorded += 1
        drafts += ruled
        texts.append(text)
    if drafts:
        desk.ledger.append(drafts, now=now, erasable=texts, unless=bench.still_open)
    return RulingsImported(recorded=recorded, unchanged=unchanged, findings=tuple(found))


def _refused(row: RulingRow, error: LabelqaError) -> Finding:
    return finding(
        "ruling-refused",
        "the ruling on item {item} was not taken: {why}",
        mend=Message("correct the row and import the list again; rulings that were taken are not doubled"),
        place=row.place,
        item=row.item_id,
        why=error.message,
    )
