"""Suspected illegal or harmful content: who reported it, and what a second qualified person made of it.

A functional batch waits from the first report on (GB/T 45674—2025, 8.2 g): once a hit is confirmed it is void for good,
once overturned the hit stays on record and blocks nothing. In safety labeling such content is the subject matter, so
there a report blocks nothing. A report is never taken back: a verdict changed later has reported it all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.batches.counting import illegal_code
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Kind
from labelqa.records.facts import CorrectionReviewed, Fact, HitRuled
from labelqa.records.life import Hit, HitReport, HitState
from labelqa.records.names import BatchName, Digest, ItemId, PersonId
from labelqa.records.people import Duty, Qualification, Standing
from labelqa.records.review import Review

RULERS = frozenset({Duty.REVIEWER, Duty.ARBITRATOR})  # who may be the second person


def fold_hits(batch: BatchName, reviews: Iterable[Review], facts: Iterable[Fact]) -> tuple[Hit, ...]:
    """The hits of a batch in the order in which they were first reported.

    ``reviews`` are all verdicts ever given in it, changed ones too; ``facts`` those about it, of which re-reviews of
    corrections and rulings on hits are read.
    """
    told = [fact for fact in facts if getattr(fact.body, "batch", None) == batch]
    reports: dict[ItemId, list[HitReport]] = {}
    for each in sorted([*_of_reviews(reviews), *_of_corrections(told)], key=lambda report: report.fact):
        reports.setdefault(each.item_id, []).append(each)
    rulings: dict[str, list[tuple[Fact, HitRuled]]] = {}
    for fact, body in in_force(told, HitRuled):
        rulings.setdefault(body.item, []).append((fact, body))
    return tuple(_hit(batch, item, tuple(found), rulings.get(item, ())) for item, found in reports.items())


def _of_reviews(reviews: Iterable[Review]) -> Iterator[HitReport]:
    for each in reviews:
        if illegal_code(each.unsafe, each.safety):
            yield HitReport(item_id=each.item_id, by=each.reviewer, code=each.unsafe, at=each.at, fact=each.fact)


def _of_corrections(facts: Iterable[Fact]) -> Iterator[HitReport]:
    for fact in facts:
        body = fact.body
        if isinstance(body, CorrectionReviewed) and illegal_code(body.unsafe):
            yield HitReport(
                item_id=ItemId(body.item), by=PersonId(body.reviewer), code=body.unsafe, at=fact.effective_at,
                fact=fact.seq,
            )  # fmt: skip


def _hit(
    batch: BatchName, item: ItemId, reports: tuple[HitReport, ...], rulings: Collection[tuple[Fact, HitRuled]]
) -> Hit:
    """Confirmed once and for all; pending while a report was not looked at; else overturned."""
    ruled = {seq for _, body in rulings for seq in body.reviews}
    if any(body.confirmed for _, body in rulings):
        state = HitState.CONFIRMED
    elif any(each.fact not in ruled for each in reports):
        state = HitState.PENDING
    else:
        state = HitState.OVERTURNED
    last = max(rulings, key=lambda each: each[0].seq, default=None)
    if last is None:
        return Hit(batch=batch, item_id=item, reports=reports, state=state)
    fact, body = last
    return Hit(
        batch=batch, item_id=item, reports=reports, state=state, ruled_by=PersonId(body.by), ruled_at=fact.effective_at,
        ruling=fact.seq, reason=Digest(body.reason) if body.reason else None,
    )  # fmt: skip


def in_state(batch: Batch, hits: Iterable[Hit], state: HitState) -> tuple[Hit, ...]:
    """The hits of a functional batch that are in a state; () for safety labeling, where a report blocks nothing."""
    return () if batch.kind is Kind.SAFETY else tuple(each for each in hits if each.state is state)


def waiting(batch: Batch, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The hits that block a batch."""
    return in_state(batch, hits, HitState.PENDING)


def confirmed(batch: Batch, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The hits that make a batch void."""
    return in_state(batch, hits, HitState.CONFIRMED)


def why_blocked(batch: Batch, hits: Iterable[Hit]) -> list[Message]:
    """Why a batch may not be settled before somebody has looked; empty where nothing is pending."""
    found = waiting(batch, hits)
    if not found or batch.conclusion is not None:
        return []
    values = {"n": len(found), "batch": batch.name}
    return [
        Message(
            "{n} suspected illegal or harmful {n:hit|hits} in batch {batch} {n:waits|wait} for a second qualified reviewer or arbitrator, neither who reported one nor who labelled in the batch: labelqa hit list {batch} shows them",
            values,
        )
    ]


def why_not_rule_hit(
    hit: Hit | None,
    item: str,
    *,
    batch: Batch,
    by: PersonId,
    labelled: Collection[PersonId],
    duties: Collection[Duty],
    qualification: Qualification | None,
    at: datetime,
) -> list[Message]:
    """A hit is confirmed or overturned by a second qualified person: not who reported it, nobody who labelled.

    ``labelled`` are those who had a hand in the batch's labels; ``duties`` and ``qualification`` are those of ``by``,
    the latter under the batch's release at ``at``.
    """
    who = {"person": by, "item": item, "batch": batch.name}
    if batch.kind is Kind.SAFETY:
        text = N_(
            "batch {batch} is safety labeling, where harmful content is what is labelled: a report blocks nothing and is not ruled on"
        )
        return [Message(text, who)]
    if hit is None:
        return [Message("nobody reported illegal or harmful content in item {item} of batch {batch}", who)]
    reasons = _over(batch, hit, who)
    if by in hit.reporters:
        reasons.append(Message("{person} reported item {item}: a second person has to look", who))
    if by in labelled:
        reasons.append(
            Message("{person} had a hand in the labels of batch {batch} and may not rule on a hit in it", who)
        )
    if not RULERS & set(duties):
        reasons.append(Message("{person} is registered neither as a reviewer nor as an arbitrator", who))
    if qualification is None or qualification.standing is not Standing.QUALIFIED or _outside(qualification, at):
        reasons.append(Message("{person} is not qualified under the release of batch {batch}", who))
    return reasons


def _over(batch: Batch, hit: Hit, who: dict[str, str]) -> list[Message]:
    if batch.conclusion is not None:
        return [Message("batch {batch} is settled: declare a new batch for further work", who)]
    if hit.state is HitState.CONFIRMED:
        return [Message("the hit in item {item} is confirmed, which is final: settle batch {batch}", who)]
    if hit.state is HitState.OVERTURNED:
        return [
            Message("the hit in item {item} was overturned: it is looked at again once somebody reports it anew", who)
        ]
    return []


def _outside(qualification: Qualification, at: datetime) -> bool:
    since, until = qualification.since, qualification.until
    return (since is not None and at < since) or (until is not None and at >= until)
