"""What happened in a batch beside its checks, read from the ledger: card, hits, problems and what answered them, appeals.

What that means for the batch is decided in :mod:`labelqa.batches.life`; nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from labelqa.batches.card import card_state, fold_cards
from labelqa.batches.checks import in_force
from labelqa.batches.conclusion import Evidence
from labelqa.batches.hits import fold_hits, waiting
from labelqa.batches.life import SAID_OF_LIFE, Life, first_review, fold_life
from labelqa.batches.settled import why_not_settle
from labelqa.people.qualification import release_line
from labelqa.records.batch import Batch, Kind
from labelqa.records.designs import Certificate
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    BatchDeclared,
    BatchFrozen,
    CardRecorded,
    CorrectionReviewed,
    HitRuled,
)
from labelqa.records.life import BatchLife, Card, FirstReview, Hit, Share
from labelqa.records.names import BatchName, ReleaseName, SampleId
from labelqa.records.review import Sample, VerdictKind
from labelqa.workflows.state import State


def card_of(state: State, batch: Batch) -> Card | None:
    """The card of a batch that is in force; None where there is none."""
    return fold_cards(state.facts.about(f"batch:{batch.name}", CardRecorded, BatchFrozen)).get(batch.name)


def hits_of(state: State, batch: Batch) -> tuple[Hit, ...]:
    """The suspected hits of a batch, in the order in which they were reported."""
    told = state.facts.about(f"batch:{batch.name}", HitRuled, CorrectionReviewed)
    return fold_hits(batch.name, state.reviews_of(batch.name), told)


def life_of(
    state: State, batch: Batch, *, certificates: Mapping[SampleId, Certificate], further: Iterable[Sample]
) -> Life:
    """What happened in a batch beside its checks, but for the other batches of its rulebook's line."""
    told = list(state.facts.about(f"batch:{batch.name}", *SAID_OF_LIFE))
    if any(isinstance(fact.body, AppealFiled) for fact in told):
        known = {fact.seq for fact in told}
        told += [fact for fact in state.facts.of(AppealRuled) if fact.seq not in known]
    return fold_life(
        batch, told, state.reviews_of(batch.name),
        verifications=(certificates[each.sample] for each in further if each.kind is VerdictKind.VERIFICATION),
    )  # fmt: skip


def safety_set(state: State, batch: Batch) -> tuple[BatchName, ...]:
    """The safety batches under the same line of the rulebook that were settled before this one, or by now.

    Their first review has ended, and what it came to is on record. Labels looked at again count once.
    """
    line, ends = release_line(batch.release), state.settlements
    mine = ends.get(batch.name)
    before = {name for name, (fact, _) in ends.items() if mine is None or fact.seq < mine[0].seq}
    return tuple(
        BatchName(body.batch)
        for _, body in in_force(state.facts.of(BatchDeclared), BatchDeclared)
        if body.batch in before and body.kind == Kind.SAFETY and not body.recheck
        and release_line(ReleaseName(body.release)) == line
    )  # fmt: skip


def recorded_review(state: State, name: BatchName) -> FirstReview | None:
    """What was recorded of the first review when a batch was settled; None while it is not, or where nothing was."""
    told = state.settlements.get(name)
    if told is None or not told[1].first_review:
        return None
    return FirstReview(**{key: Share(*pair) for key, pair in told[1].first_review.items()})


def shown_life(state: State, batch: Batch, evidence: Evidence) -> BatchLife:
    """What a lead sees of it on the batch's line."""
    life = evidence.life
    review = first_review(batch, evidence)
    if batch.conclusion is not None:
        review = recorded_review(state, batch.name) or review
    return BatchLife(
        blocked=batch.conclusion is None and bool(waiting(batch, life.hits)),
        hits=len(life.hits),
        card=card_state(life.card),
        problems=life.problems,
        problems_open=life.open,
        appeals=life.appeals,
        first_review=review,
        unreviewed=batch.freeze.n_items - len(evidence.current) if batch.freeze and review else 0,
        missing=tuple(why_not_settle(batch, evidence)) if batch.freeze and batch.conclusion is None else (),
        scope=state.settlements[batch.name][1].scope if batch.conclusion is not None else "",
    )
