"""Whether an item went out with its batch when final labels were exported, by the facts on record at that time.

An export names its batches, not its items: what kept an item back is told by the facts before it. Which files went out is
not read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labelqa.batches.checks import fold_rulings, in_force
from labelqa.batches.corrections import SAID_OF_LABELS, record_labels
from labelqa.records.batch import Kind
from labelqa.records.facts import DisputeRaised, Fact, HitRuled
from labelqa.records.handed import LeftOut
from labelqa.records.names import BatchName, ItemId
from labelqa.records.production import DisputeOutcome
from labelqa.workflows.state import State

_OUTCOMES = {DisputeOutcome.REJECTED: LeftOut.DISCARDED, DisputeOutcome.SENT_BACK: LeftOut.SENT_BACK}


def kept_back(
    state: State, fact: Fact, item: ItemId, rows: Mapping[BatchName, Mapping[str, Any] | None], facts: Sequence[Fact]
) -> LeftOut | None:
    """Why the item had no row in the export that ``fact`` records; None where it went out.

    ``rows`` are its frozen rows by batch, with ``label`` and ``disputed``; ``facts`` those about it. Of several rounds
    in one export the last one gives the row.
    """
    named = [state.batch(name) for name in fact.body.batches if rows.get(BatchName(name)) is not None]
    if not named:
        return None
    batch = max(named, key=lambda each: each.round)
    row, before = rows[batch.name] or {}, [each for each in facts if each.seq < fact.seq]
    if batch.kind is not Kind.SAFETY and _confirmed_elsewhere(before, batch.name):
        return LeftOut.HIT
    ruling = fold_rulings(before).get(batch.name, {}).get(item)
    raised = [
        told.seq for told, body in in_force(before, DisputeRaised) if body.batch == batch.name and body.item == item
    ]
    if any(ruling is None or ruling.fact < seq for seq in raised) or (ruling is None and row.get("disputed")):
        return LeftOut.DISPUTED
    changed = record_labels([each for each in before if isinstance(each.body, SAID_OF_LABELS)], batch.name)
    if changed[item] is not None if item in changed else row.get("label") is not None:
        return None
    return _OUTCOMES.get(ruling.outcome, LeftOut.DISPUTED) if ruling else LeftOut.DISPUTED


def _confirmed_elsewhere(facts: Sequence[Fact], batch: BatchName) -> bool:
    """Whether it was confirmed as illegal or harmful in another batch; no batch with a confirmed hit of its own goes out."""
    return any(body.confirmed and body.batch != batch for _, body in in_force(facts, HitRuled))
