"""Disputes: items on which the annotators' answers settle nothing, and the arbitrator's rulings on them."""

from __future__ import annotations

import secrets
from collections import Counter

from labelqa.batches.preconditions import why_not_rule
from labelqa.errors import BadInput
from labelqa.ledger.ledger import salted
from labelqa.people.duties import why_not_verifier
from labelqa.records.batch import Batch
from labelqa.records.facts import DisputeRuled, Draft
from labelqa.records.names import ItemId
from labelqa.records.people import Duty
from labelqa.records.results import Dispute
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.population import frozen_of, participants, population
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import State, read_state


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
    if not reason.strip():
        raise BadInput("a ruling needs its reason: say which rule decides and why")
    state = read_state(desk)
    found = state.batch(batch)
    arbitrator, now = find_person(desk, by), desk.clock()
    digest, salt, text = salted(reason, secrets.token_hex(16))
    body = DisputeRuled(batch=found.name, item=item, label=label, arbitrator=arbitrator, reason=digest)
    took_part = participants(desk, found) if found.freeze else frozenset()
    qualification = state.qualification(arbitrator, found.release, now)
    disputed = population(desk, state, found).disputed if found.freeze else frozenset()
    reasons = why_not_rule(body, batch=found, disputed=disputed, participants=took_part, qualification=qualification)
    if arbitrator in state.people:
        about = why_not_verifier(
            state.people[arbitrator], qualification, took_part, now, duties=frozenset({Duty.ARBITRATOR})
        )
        reasons += [] if reasons else about
    refuse(reasons)
    before = state.rulings.get(found.name, {}).get(ItemId(item))
    subjects = (f"batch:{found.name}", f"item:{item}", f"person:{arbitrator}")
    draft = Draft(
        body=body,
        subjects=subjects,
        actor=desk.actor,
        identity=desk.identity,
        supersedes=before.fact if before else None,
    )
    desk.ledger.append([draft], now=now, erasable=[(digest, salt, text)])
    return next(each for each in disputes(desk, batch) if each.item_id == item)
