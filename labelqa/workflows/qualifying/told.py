"""The facts behind a qualification, one sentence each, in the order in which they were so. They are not judged here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.duties import NAMES
from labelqa.people.qualification.decisions import REASONS
from labelqa.records.duties import LEFT_FOR, LeaveReason
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    ExamRecorded,
    Fact,
    PaperRegistered,
    PersonAdded,
    PersonLeft,
    PolicyDeclared,
    QualificationDecided,
    TrainingHeld,
    TrainingRecorded,
)
from labelqa.records.governance import RulebookReleased
from labelqa.records.names import ReleaseName
from labelqa.records.people import Decision, Duty, Qualification, Standing
from labelqa.records.personnel import AppealRuling, QualificationAction
from labelqa.records.policy import Policy
from labelqa.records.why import WhyFact
from labelqa.rulebook.force import ends
from labelqa.workflows.qualifying.case import Case

_ACTIONS: Final = {
    QualificationAction.SUSPEND: N_("suspended for {scope} by {by}: {reason}"),
    QualificationAction.LIFT: N_("suspension for {scope} lifted by {by}: {reason}"),
    QualificationAction.CANCEL: N_("cancelled for {scope} by {by}: {reason}"),
}


def facts_told(case: Case, found: Qualification) -> tuple[WhyFact, ...]:
    """Registration, training with its session, exam with its paper, releases, policy, decisions, appeals, departure.

    What was so only after the asked time is left out, but for releases and for appeals against decisions before it.
    """
    facts: dict[int, Fact] = {each.seq: each for each in _bearing(case, found) if _by_then(case, each)}
    gone = {each.fact for each in decisions_on(case) if not each.holds(case.at)}
    if found.standing is Standing.CANCELLED:
        gone |= set(case.undecided().facts) - set(found.facts)
    order = sorted(facts.values(), key=_when)
    return tuple(_told(case, each, counts=each.seq not in gone) for each in order)


def _by_then(case: Case, fact: Fact) -> bool:
    always = isinstance(fact.body, RulebookReleased | AppealFiled | AppealRuled)
    return always or fact.effective_at <= case.at


def _when(fact: Fact) -> tuple[datetime, int]:
    """Where a fact stands in the story; a ruling has its decision's effective time, and is told when it came."""
    return (fact.recorded_at if isinstance(fact.body, AppealRuled) else fact.effective_at, fact.seq)


def decisions_on(case: Case) -> tuple[Decision, ...]:
    """The decisions by then that concern the line and the duty asked for, those that an appeal took back included."""
    return tuple(
        each
        for each in case.state.decisions.get(case.person, ())
        if each.at <= case.at and each.line in {"", case.line} and each.duty in {None, case.duty}
    )


def _bearing(case: Case, found: Qualification) -> Iterator[Fact]:
    facts = case.state.facts
    for kind in (PersonAdded, PersonLeft):  # the last one by then: who came back has several
        yield from [each for each in case.own(kind) if each.effective_at <= case.at][-1:]
    before = case.undecided().facts if found.standing is Standing.CANCELLED else ()
    for seq in (*found.facts, *before):
        fact = case.fact(seq)
        yield fact
        yield from _beside(case, fact)
    yield from _releases(case, found)
    declared = case.state.policies_at(case.at).last(Policy.QUALIFICATION_DAYS)
    if declared is not None:
        yield case.fact(declared.fact)
    decided = {each.fact for each in decisions_on(case)}
    yield from (case.fact(seq) for seq in decided)
    filed = {fact.body.appeal for fact in facts.of(AppealFiled) if fact.body.against in decided}
    yield from (fact for fact in facts.of(AppealFiled, AppealRuled) if fact.body.appeal in filed)


def _beside(case: Case, fact: Fact) -> Iterator[Fact]:
    """The session of a training, the paper of an exam, where they are on record."""
    body = fact.body
    if isinstance(body, TrainingRecorded) and body.session:
        yield from (each for each in case.view.of(TrainingHeld) if each.body.session == body.session)
    if isinstance(body, ExamRecorded) and body.paper:
        yield from (each for each in case.view.of(PaperRegistered) if each.body.paper == body.paper)


def _releases(case: Case, found: Qualification) -> Iterator[Fact]:
    """The release asked for; and the one that ends its line, where that is what ends the qualification."""
    if not case.on_record:
        return
    yield case.state.releases[case.release][0]
    service = case.service()
    later = [each for each in case.state.releases_of(case.release) if each.fact > service.release.fact]
    ending = [each for each in later if each.previous_until is not None]
    if found.replaced or service.ended(case.at):
        yield from (case.fact(each.fact) for each in ending[:1] or later[:1])


def _told(case: Case, fact: Fact, *, counts: bool) -> WhyFact:
    body = fact.body
    return WhyFact(
        fact=fact.seq, kind=fact.kind, message=sentence(case, fact), at=fact.effective_at, recorded_at=fact.recorded_at,
        actor=fact.actor, identity=fact.identity, counts=counts,
        topics=tuple(body.topics) if isinstance(body, TrainingRecorded | TrainingHeld) else (),
        abilities=tuple(body.abilities.items()) if isinstance(body, ExamRecorded) else (),
    )  # fmt: skip


def sentence(case: Case, fact: Fact) -> Message:
    """What a fact says."""
    return _SAID[type(fact.body)](case, fact.body)


def _added(_case: Case, body: PersonAdded) -> Message:
    values = {"organizer": body.organizer, "duties": duties_told(body.duties)}
    return Message("registered for {organizer} as {duties}", values)


def _left(case: Case, body: PersonLeft) -> Message:
    values = {"reason": Message(LEFT_FOR[LeaveReason(body.reason)]), "by": case.shown(body.by)}
    return Message("left ({reason}), recorded by {by}", values)


def _trained(_case: Case, body: TrainingRecorded) -> Message:
    provider = Message("the provider itself") if body.provider else Message("not the provider")
    values = {
        "release": body.release,
        "organizer": body.organizer,
        "provider": provider,
        "session": body.session or "–",
    }
    return Message("taught {release} by {organizer} ({provider}); session {session}", values)


def _held(case: Case, body: TrainingHeld) -> Message:
    starts, ends = (case.day(datetime.fromisoformat(each)) for each in (body.starts, body.ends))
    values = {
        "session": body.session, "title": body.title, "trainer": body.trainer or "–", "starts": starts, "ends": ends,
        "place": body.place or "–",
    }  # fmt: skip
    return Message("session {session}, {title}: {starts} to {ends}, trainer {trainer}, place {place}", values)


def _examined(case: Case, body: ExamRecorded) -> Message:
    values = {
        "release": body.release, "score": f"{body.score:.2f}", "mark": f"{body.pass_mark:.2f}",
        "reason": body.reason or Message("no reason on record"), "paper": body.paper or "–", "attempt": body.attempt,
        "proctor": case.shown(body.proctor) if body.proctor else "–",
    }  # fmt: skip
    text = N_(
        "examined on {release}: score {score}, pass mark {mark} ({reason}); paper {paper}, attempt {attempt}, "
        "proctor {proctor}"
    )
    return Message(text, values)


def _paper(_case: Case, body: PaperRegistered) -> Message:
    values = {
        "title": body.title, "version": body.version, "questions": body.questions, "mark": f"{body.pass_mark:.2f}",
        "reason": body.reason,
    }  # fmt: skip
    return Message(
        "paper {title} {version}: {questions} {questions:question|questions}, pass mark {mark} ({reason})", values
    )


def _released(case: Case, body: RulebookReleased) -> Message:
    service = ends(case.state.releases_of(body.name)).get(ReleaseName(f"{body.name}@{body.version}"))
    start = None if service is None else service.release.effective_from
    end = None if service is None else service.open_work
    values = {
        "release": f"{body.name}@{body.version}", "start": "–" if start is None else case.day(start),
        "end": "–" if end is None else case.day(end),
    }  # fmt: skip
    if end is None:
        return Message("{release} released, counting from {start}; open work under it has no end", values)
    return Message("{release} released, counting from {start}; open work under it ends {end}", values)


def _policy(case: Case, body: PolicyDeclared) -> Message:
    values = {"days": body.value, "by": case.shown(body.by), "reason": body.reason}
    return Message("a passed exam is good for {days} {days:day|days}, declared by {by}: {reason}", values)


def _decided(case: Case, body: QualificationDecided) -> Message:
    text = _ACTIONS[QualificationAction(body.action)]
    values = {"scope": scope(body.line, body.duty), "by": case.shown(body.by), "reason": reason_told(body.reason)}
    return _with(Message(text, values), case.text(body.note) if body.note else "")


def _filed(case: Case, body: AppealFiled) -> Message:
    values = {"appeal": body.appeal, "fact": body.against, "person": case.shown(body.person)}
    return _with(Message("appeal {appeal} against fact {fact} by {person}", values), case.text(body.reason))


def _ruled(case: Case, body: AppealRuled) -> Message:
    upheld, rejected = N_("appeal {appeal} upheld by {by}"), N_("appeal {appeal} rejected by {by}")
    values = {"appeal": body.appeal, "by": case.shown(body.by)}
    told = Message(upheld if body.ruling == AppealRuling.UPHELD else rejected, values)
    return _with(told, case.text(body.reason))


def _with(told: Message, text: str) -> Message:
    """A sentence with the text that was written to it; without, where there is none or it was erased."""
    return Message("{told} (“{text}”)", {"told": told, "text": text}) if text else told


_SAID: Final[Mapping[type, Callable[[Case, Any], Message]]] = {
    PersonAdded: _added,
    PersonLeft: _left,
    TrainingRecorded: _trained,
    TrainingHeld: _held,
    ExamRecorded: _examined,
    PaperRegistered: _paper,
    RulebookReleased: _released,
    PolicyDeclared: _policy,
    QualificationDecided: _decided,
    AppealFiled: _filed,
    AppealRuled: _ruled,
}


def reason_told(code: str) -> Message:
    """The reason of a decision in words; the code itself where it is not known here."""
    return Message(REASONS[code]) if code in REASONS else Message("{text}", {"text": code})


def scope(line: str, duty: str) -> Message:
    """What a decision is about.

    >>> str(scope("genai-safety@1", "")), str(scope("", "reviewer"))
    ('genai-safety@1', 'every rulebook, as reviewer')
    """
    where = Message("{text}", {"text": line}) if line else Message("every rulebook")
    return Message("{line}, as {duty}", {"line": where, "duty": Message(NAMES[Duty(duty)])}) if duty else where


def duties_told(duties: Iterable[str]) -> Message:
    """Duties in one text; a dash for none."""
    names = [Message(NAMES[Duty(each)]) for each in duties]
    if not names:
        return Message("–")
    return reduce(lambda some, name: Message("{some}, {one}", {"some": some, "one": name}), names)
