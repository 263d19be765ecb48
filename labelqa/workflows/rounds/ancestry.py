"""Which batches are rework rounds of which others, and who judged the earlier ones; nothing is decided here."""

from __future__ import annotations

from labelqa.records.batch import Batch
from labelqa.records.facts import AppealRuled, CorrectionReviewed, DisputeRuled, HitRuled
from labelqa.records.names import BatchName, PersonId
from labelqa.workflows.state import State


def ancestors(state: State, batch: Batch) -> tuple[Batch, ...]:
    """The batches that a batch is a rework round of, the nearest first; () for a first batch."""
    found: list[Batch] = []
    seen = {str(batch.name)}
    while batch.parent and batch.parent not in seen:
        seen.add(batch.parent)
        batch = state.batch(batch.parent)
        found.append(batch)
    return tuple(found)


def rounds_of(state: State, batch: Batch) -> tuple[Batch, ...]:
    """The first batch and all its rework rounds, at first or later hand, in the order in which they were declared."""
    first = (*ancestors(state, batch)[-1:], batch)[0]
    family = {first.name}
    found = [first]
    for each in state.batches.values():  # a round is declared after its parent
        if BatchName(each.parent) in family:
            family.add(each.name)
            found.append(each)
    return tuple(found)


def judged_by(state: State, batch: Batch) -> frozenset[PersonId]:
    """Everybody who ever judged labels of a batch: verdicts, re-reviews, rulings on disputes, hits and appeals."""
    told = state.facts.about(f"batch:{batch.name}", CorrectionReviewed, DisputeRuled, HitRuled, AppealRuled)
    rulers = {_judge(fact.body) for fact in told}
    return frozenset({each.reviewer for each in state.reviews_of(batch.name)} | rulers)


def _judge(body: CorrectionReviewed | DisputeRuled | HitRuled | AppealRuled) -> PersonId:
    if isinstance(body, CorrectionReviewed):
        return PersonId(body.reviewer)
    return PersonId(body.arbitrator if isinstance(body, DisputeRuled) else body.by)


def judged_before(state: State, batch: Batch) -> frozenset[PersonId]:
    """Everybody who judged an earlier round of a batch; nobody for a first batch."""
    return frozenset[PersonId]().union(*(judged_by(state, each) for each in ancestors(state, batch)))
