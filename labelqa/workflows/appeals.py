"""Appeals: somebody objects to a verdict on own work or to a decision on own qualification, somebody else rules.

The reasons are kept erasably. An upheld appeal against a decision ends it from its own beginning: the ruling is
recorded with the decision's effective time, so that what was known before the ruling stays what was known. A verdict
stays as it was given; from an upheld appeal on it counts for the label (:mod:`labelqa.batches.appealing`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.appealing import why_not_appeal_verdict, why_not_rule_verdict
from labelqa.batches.checks import fold_reviews
from labelqa.errors import BadInput, Message
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.people.appeals import Appeal, fold_appeals, may_be_appealed, why_not_appeal, why_not_rule_appeal
from labelqa.people.fold import fold_people
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    CorrectionRecorded,
    Draft,
    Fact,
    PersonAdded,
    QualificationDecided,
    ReviewRecorded,
)
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Person
from labelqa.records.personnel import AppealRuling
from labelqa.records.review import Review
from labelqa.workflows.certifying.life import hits_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.people import find_person
from labelqa.workflows.population import annotators, participants, re_reviewers
from labelqa.workflows.refusals import refuse, with_names
from labelqa.workflows.state import State, fold, read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal as it is shown, with names and texts; "" for a text that was erased."""

    appeal: Appeal
    name: str
    matter: str  # kind of the fact objected to
    text: str
    ruled_by: str
    ruled_text: str
    lapsed: bool = False  # its batch was settled before anybody ruled


def file_appeal(desk: Desk, against: int, *, person: str, reason: str) -> Appeal:
    """Object to a fact (a verdict, a suspension or a cancellation) in one's own matter; Refused with every reason why not."""
    state, who = read_state(desk), find_person(desk, person)
    fact = _fact(state, against)
    concerned = _concerned(desk, state, fact)
    text = salted(reason, secrets.token_hex(16))
    batch, item = getattr(fact.body, "batch", ""), getattr(fact.body, "item", "")
    body = AppealFiled(
        appeal=desk.new_id("ap"), person=who, against=against, batch=batch, item=item, reason=text[0]
    )  # fmt: skip

    names = shown_names(desk)

    def unless(facts: Facts) -> None:
        told = tuple(fold_appeals(facts.about(f"fact:{against}", AppealFiled, AppealRuled)).values())
        reasons = why_not_appeal(fact, who, reason, concerned=concerned, appeals=told)
        refuse(with_names([*reasons, *_of_verdict(desk, facts, fact, told, who)], names))

    unless(state.facts)
    draft = Draft(body=body, subjects=_subjects(body, who), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), erasable=[text], unless=unless)
    return _appeal(read_state(desk).facts, body.appeal)


def rule_appeal(
    desk: Desk, appeal: str, ruling: AppealRuling, *, by: str, reason: str, rule: str = ""
) -> Appeal:  # fmt: skip
    """The final word on an appeal, by somebody who neither filed it nor decided what it is about."""
    state, judge = read_state(desk), find_person(desk, by)
    found = _appeal(state.facts, appeal)
    fact = _fact(state, found.against)
    text = salted(reason, secrets.token_hex(16))
    body = AppealRuled(appeal=appeal, ruling=ruling, by=judge, reason=text[0], rule=rule, against=fact.seq)

    names = shown_names(desk)

    def unless(facts: Facts) -> None:
        known = fold_people(facts.about(f"person:{judge}", PersonAdded)).get(judge)
        reasons = why_not_rule_appeal(_appeal(facts, appeal), fact, known, judge, reason)
        refuse(with_names([*reasons, *_of_ruling(desk, facts, fact, known, ruling)], names))

    unless(state.facts)
    ends = isinstance(fact.body, QualificationDecided) and ruling is AppealRuling.UPHELD
    draft = Draft(
        body=body, subjects=(*_subjects(found, found.person), f"person:{judge}"), actor=desk.actor,
        identity=desk.identity, effective_at=fact.effective_at if ends else None,
    )  # fmt: skip
    desk.ledger.append([draft], now=desk.clock(), erasable=[text], unless=unless)
    return _appeal(read_state(desk).facts, appeal)


def appeal_lines(
    desk: Desk, *, person: str = "", batch: str = "", known: datetime | None = None
) -> tuple[AppealLine, ...]:
    """The appeals of a person, about a batch, or all, in the order of filing; rulings beside them."""
    facts = desk.ledger.view().seen(known=known)
    state = fold(facts, desk.settings.qualification_days)
    who = find_person(desk, person) if person else None
    names = shown_names(desk)
    told = [
        each
        for each in fold_appeals(facts.of(AppealFiled, AppealRuled)).values()
        if who in {None, each.person} and batch in {"", each.batch}
    ]
    return tuple(
        AppealLine(
            appeal=each, name=names.get(each.person, each.person), matter=facts.fact(each.against).kind,
            text=desk.ledger.text_of(each.reason), ruled_by=names.get(each.by, each.by) if each.by else "",
            ruled_text=desk.ledger.text_of(each.ruled_reason) if each.ruled_reason else "",
            lapsed=each.ruling is None and _settled(state, each),
        )
        for each in told
    )  # fmt: skip


def _settled(state: State, appeal: Appeal) -> bool:
    batch = state.batches.get(appeal.batch) if appeal.batch else None
    return batch is not None and batch.conclusion is not None


def _fact(state: State, number: int) -> Fact:
    try:
        return state.facts.fact(number)
    except KeyError:
        raise BadInput("there is no fact {fact}: labelqa ledger show lists them", fact=number) from None


def _of_verdict(
    desk: Desk, facts: Facts, fact: Fact, appeals: tuple[Appeal, ...], person: PersonId
) -> list[Message]:  # fmt: skip
    """What stands against an appeal where it is a verdict that is objected to."""
    if not isinstance(fact.body, ReviewRecorded):
        return []
    now = fold(facts, desk.settings.qualification_days)
    return why_not_appeal_verdict(
        _review(fact), batch=now.batch(fact.body.batch), recorded_at=fact.recorded_at, at=desk.clock(),
        days=now.policies_at(fact.recorded_at).appeal_days,
        appealed=[each.against for each in appeals if each.person != person],
    )  # fmt: skip


def _of_ruling(desk: Desk, facts: Facts, fact: Fact, by: Person | None, ruling: AppealRuling) -> list[Message]:
    """What stands against a ruling where it is a verdict that was objected to."""
    if not isinstance(fact.body, ReviewRecorded) or by is None:
        return []
    now = fold(facts, desk.settings.qualification_days)
    batch = now.batch(fact.body.batch)
    standing = now.qualification(by.person, batch.release, desk.clock(), Duty.ARBITRATOR).standing
    corrected = now.facts.about(f"batch:{batch.name}", CorrectionRecorded)
    drawn = (each for sample in now.samples.get(batch.name, ()) for each in sample.verifiers)
    against = why_not_rule_verdict(
        _review(fact), batch=batch, by=by, ruling=ruling, standing=standing,
        labelled=participants(desk, batch) | {PersonId(each.body.corrector) for each in corrected},
        judged=re_reviewers(now, batch).union((each.reviewer for each in now.reviews_of(batch.name)), drawn),
        hit=next((each for each in hits_of(now, batch) if each.item_id == fact.body.item), None),
    )  # fmt: skip
    return against + Fitness(now, batch).reasons(by.person, {Duty.ARBITRATOR}, desk.clock(), fact.body.item)


def _review(fact: Fact) -> Review:
    ((review,),) = fold_reviews([fact]).values()
    return review


def _concerned(desk: Desk, state: State, fact: Fact) -> frozenset[PersonId]:
    """Whose matter it is: the person decided on, or those who labelled the item that was judged."""
    if not may_be_appealed(fact):
        return frozenset()
    if isinstance(fact.body, QualificationDecided):
        return frozenset({PersonId(fact.body.person)})
    batch = state.batch(fact.body.batch)
    return frozenset(annotators(desk, batch, [fact.body.item]).get(fact.body.item, ()))


def _subjects(about: AppealFiled | Appeal, person: PersonId) -> tuple[str, ...]:
    """Everything one may ask for an appeal by."""
    matter = ((f"batch:{about.batch}",) if about.batch else ()) + ((f"item:{about.item}",) if about.item else ())
    return (f"appeal:{about.appeal}", f"person:{person}", f"fact:{about.against}", *matter)


def _appeal(facts: Facts, name: str) -> Appeal:
    found = fold_appeals(facts.about(f"appeal:{name}", AppealFiled, AppealRuled)).get(name)
    if found is None:
        raise BadInput("no appeal is called {appeal}: labelqa appeal list shows them", appeal=name)
    return found
