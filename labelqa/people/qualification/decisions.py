"""What named people decided about somebody's qualification, and which of it an appeal took back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.fold import in_force
from labelqa.records.facts import AppealFiled, AppealRuled, Fact, QualificationDecided
from labelqa.records.names import PersonId
from labelqa.records.people import Decision, Duty, Person
from labelqa.records.personnel import AppealRuling, QualificationAction

REASONS: Final[Mapping[str, str]] = {
    "low-accuracy": N_("accuracy too low"),
    "failed-retraining": N_("retraining or re-examination not passed"),
    "misconduct": N_("misconduct"),
    "other": N_("another reason"),
}
DECIDES: Final = Duty.SUPERVISOR  # the duty of those who may decide


def fold_decisions(facts: Iterable[Fact]) -> dict[PersonId, tuple[Decision, ...]]:
    """The decisions on each person, in the order of the ledger, with what upheld appeals made of them.

    An upheld appeal ends a decision from the effective time of the ruling on; the ruling is recorded with the
    decision's own effective time, so that nothing of it is left once the ruling is known.
    """
    known = list(facts)
    upheld = _upheld(known)
    found: dict[PersonId, tuple[Decision, ...]] = {}
    for fact, body in in_force(known, QualificationDecided):
        annulled, ruling = upheld.get(fact.seq, (None, None))
        decision = Decision(
            person=PersonId(body.person), line=body.line, duty=Duty(body.duty) if body.duty else None,
            action=QualificationAction(body.action), reason=body.reason, grounds=tuple(body.grounds),
            by=PersonId(body.by), at=fact.effective_at, fact=fact.seq, annulled=annulled, ruling=ruling,
            proposal=body.proposal, note=body.note,
        )  # fmt: skip
        found[decision.person] = (*found.get(decision.person, ()), decision)
    return found


def _upheld(facts: Sequence[Fact]) -> dict[int, tuple[datetime, int]]:
    """Fact objected to → (from when on it does not count, the ruling)."""
    against = {body.appeal: body.against for _, body in in_force(facts, AppealFiled)}
    found: dict[int, tuple[datetime, int]] = {}
    for fact, body in in_force(facts, AppealRuled):
        objected = body.against or against.get(body.appeal, 0)
        if body.ruling == AppealRuling.UPHELD and objected:
            before = found.get(objected)
            found[objected] = min(before or (fact.effective_at, fact.seq), (fact.effective_at, fact.seq))
    return found


def withheld(decisions: Sequence[Decision]) -> tuple[tuple[datetime, datetime | None], ...]:
    """When something may have been withheld from somebody: (from, to before, or None), in the order of the decisions.

    Work outside was done neither suspended nor cancelled; inside, the standing says whether it was.
    """
    found = ((each.at, _until(each, decisions[place + 1 :])) for place, each in enumerate(decisions))
    actions = zip(decisions, found, strict=True)
    return tuple(
        span for each, span in actions
        if each.action is not QualificationAction.LIFT and (span[1] is None or span[0] < span[1])
    )  # fmt: skip


def _until(decision: Decision, later: Sequence[Decision]) -> datetime | None:
    ends = [decision.annulled] if decision.annulled else []
    if decision.action is QualificationAction.SUSPEND:
        ends += [
            each.at for each in later
            if each.action is QualificationAction.LIFT and each.annulled is None and each.at >= decision.at
            and each.line in {"", decision.line} and each.duty in {None, decision.duty}
        ]  # fmt: skip
    return min(ends, default=None)


def why_not_decide(
    body: QualificationDecided, person: Person | None, by: Person | None, decisions: Iterable[Decision], at: datetime
) -> list[Message]:
    """Why a decision on somebody's qualification cannot be recorded; empty when nothing stands against it.

    ``person`` and ``by`` are None where they are not registered; ``decisions`` those on the person so far. Who
    decides is a registered supervisor, no model, and never the person concerned.
    """
    who = {"person": body.person, "by": body.by, "reason": body.reason}
    reasons = _people(person, by, who)
    if body.reason not in REASONS:
        values = {**who, "reasons": ", ".join(REASONS)}
        reasons.append(Message("{reason} is no reason of a decision: there are {reasons}", values))
    action = QualificationAction(body.action)
    told = [each for each in decisions if each.holds(at) and each.action is not QualificationAction.CANCEL]
    if action is QualificationAction.LIFT and not _open(told, body):
        reasons.append(Message("{person} is not suspended for that: there is nothing to lift", who))
    if action is QualificationAction.SUSPEND:
        words = [each for each in told if _covers(each, body)]
        if words and words[-1].action is QualificationAction.SUSPEND:
            text = N_("{person} is suspended for that already (fact {fact})")
            reasons.append(Message(text, {**who, "fact": words[-1].fact}))
    return reasons


def _covers(decision: Decision, body: QualificationDecided) -> bool:
    """Whether a decision is about all that another one is about."""
    return decision.line in {"", body.line} and (decision.duty or "") in {"", body.duty}


def _open(told: Sequence[Decision], lift: QualificationDecided) -> bool:
    """Whether a suspension that is about some of the same has not been lifted since."""
    for place, each in enumerate(told):
        concerned = (
            each.action is QualificationAction.SUSPEND
            and ("" in {each.line, lift.line} or each.line == lift.line)
            and (each.duty is None or lift.duty in {"", each.duty})
        )
        lifted = any(
            later.action is QualificationAction.LIFT
            and later.line in {"", each.line}
            and later.duty in {None, each.duty}
            for later in told[place + 1 :]
        )
        if concerned and not lifted:
            return True
    return False


def _people(person: Person | None, by: Person | None, who: dict[str, str]) -> list[Message]:
    reasons: list[Message] = []
    if person is None:
        reasons.append(Message("{person} is not registered, so there is no qualification to decide on", who))
    elif person.model:
        reasons.append(Message("{person} is a model: it is never qualified, so there is nothing to decide", who))
    if by is None:
        reasons.append(Message("{by} is not registered and cannot decide", who))
    elif by.model:
        reasons.append(Message("{by} is a model: a qualification is decided on by a person", who))
    elif DECIDES not in by.duties:
        reasons.append(Message("{by} is not registered as a supervisor and cannot decide on qualifications", who))
    if who["person"] == who["by"]:
        reasons.append(Message("{by} cannot decide on the own qualification: somebody else has to", who))
    return reasons
