"""Appeals as their facts tell them, and what stands against filing one or ruling on it.

What an upheld appeal changes is told where the matter is: a qualification by its decisions, a verdict by its batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.fold import in_force
from labelqa.records.facts import AppealFiled, AppealRuled, Fact, QualificationDecided, ReviewRecorded
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty, Person
from labelqa.records.personnel import AppealRuling, QualificationAction
from labelqa.records.review import Identity

RULES: Final = frozenset({Duty.ARBITRATOR, Duty.SUPERVISOR})  # the duties of those who rule on a decision
RULES_VERDICTS: Final = frozenset({Duty.ARBITRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An objection to a fact, and the ruling on it once there is one; the reasons are salted digests."""

    appeal: str
    person: PersonId
    against: int
    batch: BatchName
    item: ItemId
    reason: str
    at: datetime
    identity: Identity
    fact: int
    ruling: AppealRuling | None = None
    by: PersonId | None = None
    ruled_at: datetime | None = None
    ruled_reason: str = ""
    rule: str = ""
    ruled_identity: Identity | None = None
    ruled_fact: int | None = None


def fold_appeals(facts: Iterable[Fact]) -> dict[str, Appeal]:
    """Every appeal by its id, in the order of filing. ``ruled_at`` is when the ruling was recorded."""
    known = list(facts)
    rulings = {body.appeal: (fact, body) for fact, body in in_force(known, AppealRuled)}
    found: dict[str, Appeal] = {}
    for fact, body in in_force(known, AppealFiled):
        told = rulings.get(body.appeal)
        ruled = {} if told is None else _ruling(*told)
        found[body.appeal] = Appeal(
            appeal=body.appeal, person=PersonId(body.person), against=body.against, batch=BatchName(body.batch),
            item=ItemId(body.item), reason=body.reason, at=fact.effective_at, identity=fact.identity, fact=fact.seq,
            **ruled,
        )  # fmt: skip
    return found


def _ruling(fact: Fact, body: AppealRuled) -> dict[str, Any]:
    return {
        "ruling": AppealRuling(body.ruling), "by": PersonId(body.by), "ruled_at": fact.recorded_at,
        "ruled_reason": body.reason, "rule": body.rule, "ruled_identity": fact.identity, "ruled_fact": fact.seq,
    }  # fmt: skip


def decider(fact: Fact) -> PersonId:
    """Who decided what is objected to: nobody else may be kept from ruling on it for that."""
    body = fact.body
    return PersonId(body.by if isinstance(body, QualificationDecided) else body.reviewer)


def may_be_appealed(fact: Fact) -> bool:
    """Whether a fact is of a kind that people may object to: a suspension or cancellation, or a verdict."""
    body = fact.body
    if isinstance(body, QualificationDecided):
        return body.action in {QualificationAction.SUSPEND, QualificationAction.CANCEL}
    return isinstance(body, ReviewRecorded)


def why_not_appeal(
    fact: Fact, person: PersonId, reason: str, *, concerned: Collection[PersonId], appeals: Iterable[Appeal]
) -> list[Message]:
    """Why somebody cannot appeal against a fact; ``concerned`` are the people whose work or qualification it is about."""
    who = {"person": person, "fact": fact.seq}
    if not may_be_appealed(fact):
        text = N_("fact {fact} is neither a verdict nor a suspension or cancellation: nobody can appeal against it")
        return [Message(text, who)]
    reasons: list[Message] = []
    if person not in concerned:
        reasons.append(Message("fact {fact} is not about {person}: people appeal in their own matter", who))
    if not reason.strip():
        reasons.append(Message("an appeal needs its reason: say what is wrong, and why"))
    for each in appeals:
        if each.against == fact.seq and each.person == person:
            values = {**who, "appeal": each.appeal}
            reasons.append(Message("{person} appealed against fact {fact} already: {appeal}", values))
    return reasons


def why_not_rule_appeal(appeal: Appeal, fact: Fact, by: Person | None, name: str, reason: str) -> list[Message]:
    """Why somebody cannot rule on an appeal; ``by`` is None for somebody who is not registered, called ``name``."""
    who = {"person": name, "appeal": appeal.appeal, "fact": fact.seq}
    reasons: list[Message] = []
    if appeal.ruling is not None:
        reasons.append(Message("appeal {appeal} was ruled on already: a ruling is final", who))
    if not reason.strip():
        reasons.append(Message("a ruling needs its reason: say which rule decides and why"))
    if by is None:
        return [*reasons, Message("{person} is not registered and cannot rule", who)]
    if by.model:
        reasons.append(Message("{person} is a model: an appeal is ruled on by a person", who))
    verdict = isinstance(fact.body, ReviewRecorded)
    if not by.duties & (RULES_VERDICTS if verdict else RULES):
        text = N_("{person} is not registered as an arbitrator and cannot rule on a verdict")
        other = N_("{person} is not registered as an arbitrator or supervisor and cannot rule on a decision")
        reasons.append(Message(text if verdict else other, who))
    if by.person == decider(fact):
        reasons.append(Message("{person} decided what is objected to: somebody else has to rule on it", who))
    if by.person == appeal.person:
        reasons.append(Message("{person} filed the appeal: somebody else has to rule on it", who))
    return reasons
