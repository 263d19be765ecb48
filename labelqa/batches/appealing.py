"""Appeals against verdicts (申诉): who may object until when, who may rule, and what an upheld appeal makes of a verdict.

The verdict stays on record as it was given; an upheld appeal marks it, and a marked verdict counts for the label. The
sample stays the one that was drawn: only how one item counts is changed, and both figures are told. Appeals can only take
defects away, so the figure after them leans upwards; nothing here corrects for that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from labelqa.batches.checks import in_force
from labelqa.batches.counting import defective
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Kind
from labelqa.records.facts import AppealFiled, AppealRuled, Fact
from labelqa.records.life import Hit, HitState
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Person, Standing
from labelqa.records.personnel import AppealRuling
from labelqa.records.review import Review


def upheld(facts: Iterable[Fact]) -> dict[int, int]:
    """The verdicts and decisions that an upheld appeal overturned: fact → the ruling."""
    known = list(facts)
    against = {body.appeal: body.against for _, body in in_force(known, AppealFiled)}
    return {
        against[body.appeal]: fact.seq
        for fact, body in in_force(known, AppealRuled)
        if body.ruling == AppealRuling.UPHELD and body.appeal in against
    }


def overturn(reviews: Iterable[Review], overturned: Mapping[int, int]) -> tuple[Review, ...]:
    """The same verdicts, those that were overturned marked with the ruling."""
    return tuple(
        replace(each, overturned=overturned[each.fact]) if each.fact in overturned else each for each in reviews
    )


def as_given(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The verdicts as they were given, as if nobody had appealed."""
    return tuple(replace(each, overturned=0) if each.overturned else each for each in reviews)


def why_not_appeal_verdict(
    review: Review, *, batch: Batch, recorded_at: datetime, at: datetime, days: int, appealed: Collection[int]
) -> list[Message]:
    """Why nobody can appeal against a verdict; ``days`` are the policy's, ``appealed`` the verdicts appealed against.

    The time runs from when the verdict was put on record, since nobody can object to what is not known.
    """
    until = recorded_at + timedelta(days=days)
    who = {"fact": review.fact, "item": review.item_id, "batch": batch.name, "days": days, "until": until}
    reasons: list[Message] = []
    if not defective(review):
        reasons.append(
            Message("the verdict {fact} on item {item} speaks for the label: there is nothing to object to", who)
        )
    if batch.conclusion is not None:
        reasons.append(Message("batch {batch} is settled: verdicts in it can be appealed against no longer", who))
    if at >= until:
        text = N_(
            "verdicts may be appealed against within {days} days, by policy appeal-days, and for fact {fact} these ended at {until:%Y-%m-%d %H:%M} UTC"
        )
        reasons.append(Message(text, who))
    if review.fact in appealed:
        reasons.append(
            Message("somebody appealed against fact {fact} already: a verdict is appealed against once", who)
        )
    return reasons


def why_not_rule_verdict(
    review: Review,
    *,
    batch: Batch,
    by: Person,
    labelled: Collection[PersonId],
    judged: Collection[PersonId],
    standing: Standing,
    hit: Hit | None,
    ruling: AppealRuling,
) -> list[Message]:
    """Why somebody cannot rule on an appeal against a verdict, beside what holds for every appeal.

    ``labelled`` had a hand in labels of the batch, ``judged`` gave verdicts in it; ``hit`` is the suspected hit of the
    item. Whoever rules has no other duty in the batch (GB/T 45674—2025, 7.3 c) and e)).
    """
    who = {"person": by.person, "item": review.item_id, "batch": batch.name}
    reasons: list[Message] = []
    if batch.conclusion is not None:
        reasons.append(Message("batch {batch} is settled: its appeals lapsed", who))
    if by.person in labelled:
        reasons.append(
            Message("{person} had a hand in the labels of batch {batch} and may not rule on a verdict in it", who)
        )
    if by.person in judged:
        reasons.append(Message("{person} gave verdicts in batch {batch} and may not rule on one in it", who))
    if Duty.ARBITRATOR in by.duties and standing is not Standing.QUALIFIED:
        reasons.append(Message("{person} is not qualified under the release of batch {batch}", who))
    blocked = batch.kind is Kind.FUNCTIONAL and hit is not None and hit.state is not HitState.OVERTURNED
    if ruling is AppealRuling.UPHELD and blocked:
        text = N_(
            "illegal or harmful content is reported in item {item}: labelqa hit rule comes first, and only what it overturns can be upheld here"
        )
        reasons.append(Message(text, who))
    return reasons
