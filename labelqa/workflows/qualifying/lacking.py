"""What stands against somebody working under a release at a time, and what to do about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.absence import Absence
from labelqa.people.duties import NAMES
from labelqa.records.facts import PersonAdded, PersonLeft, QualificationDecided
from labelqa.records.people import Exam, Qualification, Standing
from labelqa.records.why import Lacking
from labelqa.rulebook.force import in_force
from labelqa.workflows.qualifying.case import Case
from labelqa.workflows.qualifying.told import reason_told, scope


def lacking(case: Case, found: Qualification) -> tuple[Lacking, ...]:
    """Everything that stands against it; () when the person may work."""
    if case.registered is None or case.registered.model:
        return (*_unknown(case), _NOBODY[found.standing](case))
    told = [*_unknown(case), *_person(case), *_release(case)]
    if found.standing in {Standing.SUSPENDED, Standing.CANCELLED}:
        told.append(_decided(case, found))
        found = case.undecided()
    if found.standing in _STANDINGS:
        told.append(_STANDINGS[found.standing](case, found))
    return tuple(told)


def _unregistered(case: Case) -> Lacking:
    return Lacking(
        code="not-registered",
        message=Message("no registration of {name} is on record", {"name": case.name}),
        mend=Message("register the person: labelqa people add"),
    )


def _model(case: Case) -> Lacking:
    return Lacking(
        code="model",
        message=Message(
            "{name} is a model, not a person: it is validated against people, never qualified", {"name": case.name}
        ),
        mend=Message("have a person do the work"),
    )


_NOBODY: Final[Mapping[Standing, Callable[[Case], Lacking]]] = {
    Standing.NOT_REGISTERED: _unregistered,
    Standing.MODEL: _model,
}


def _person(case: Case) -> Iterator[Lacking]:
    """A person who left, or who is not registered for the duty."""
    gone = Absence(case.own(PersonAdded, PersonLeft)).since(case.person, case.at)
    if gone is not None:
        fact = next(each for each in case.own(PersonLeft) if each.effective_at == gone)
        values = {"name": case.name, "day": case.day(gone), "fact": fact.seq}
        yield Lacking(
            code="left",
            message=Message("{name} left on {day} (fact {fact})", values),
            mend=Message("give the work to somebody else, or register the person anew: labelqa people add"),
        )
    if case.duty is not None and case.registered is not None and case.duty not in case.registered.duties:
        values = {"name": case.name, "duty": Message(NAMES[case.duty])}
        yield Lacking(
            code="no-duty",
            message=Message("{name} is not registered as {duty}", values),
            mend=Message("ask for a duty that the person has, or register it"),
        )


def _unknown(case: Case) -> Iterator[Lacking]:
    """A release that was not on record by the time until which is asked."""
    if not case.on_record:
        values = {"release": case.release, "day": case.day(case.known or case.at)}
        yield Lacking(
            code="release-unknown",
            message=Message("as known on {day}, {release} was not on record", values),
            mend=Message("ask with a later --known, or without it"),
        )


def _release(case: Case) -> Iterator[Lacking]:
    """A release that does not serve yet, or no longer. Nobody works under a rulebook before its first release counts."""
    if not case.on_record:
        return
    service = case.service()
    start = service.release.effective_from
    if case.at < start:
        values = {"release": case.release, "day": case.day(start)}
        before = N_("work under the release in force until then")
        if service.start is None:
            before = N_("no release of this rulebook was in force before that: begin with it")
        yield Lacking(
            code="release-coming", message=Message("{release} counts only from {day} on", values), mend=Message(before)
        )
    if service.open_work is not None and service.ended(case.at) and case.line not in case.state.line_ends:
        values = {"release": case.release, "day": case.day(service.open_work)}
        yield Lacking(
            code="release-ended",
            message=Message("open work under {release} ended on {day}", values),
            mend=Message("work under {release}: the same qualification is good for it", {"release": _current(case)}),
        )


def _current(case: Case) -> str:
    """The release in force then."""
    found = in_force(case.state.releases_of(case.release), case.at)
    return found.release if found else case.release


def _decided(case: Case, found: Qualification) -> Lacking:
    """The suspension or cancellation in force."""
    number = next(each for each in found.facts if isinstance(case.fact(each).body, QualificationDecided))
    if found.standing is Standing.SUSPENDED:
        number = found.facts[-1]
    fact = case.fact(number)
    values = {
        "day": case.day(fact.effective_at), "by": case.shown(fact.body.by), "reason": reason_told(fact.body.reason),
        "scope": scope(fact.body.line, fact.body.duty), "fact": number, "line": case.line,
    }  # fmt: skip
    if found.standing is Standing.SUSPENDED:
        return Lacking(
            code="suspended",
            message=Message("suspended for {scope} on {day} by {by}: {reason} (fact {fact})", values),
            mend=Message(
                "a supervisor lifts it (labelqa qualify lift), or an appeal is upheld (labelqa appeal file {fact})",
                values,
            ),
        )
    return Lacking(
        code="cancelled",
        message=Message("cancelled for {scope} on {day} by {by}: {reason} (fact {fact})", values),
        mend=Message(
            "train and examine the person anew on {line}, or an appeal is upheld (labelqa appeal file {fact})", values
        ),
    )


def _untrained(case: Case, _found: Qualification) -> Lacking:
    return Lacking(
        code="not-trained",
        message=Message("no training on {line} is on record up to then", {"line": case.line}),
        mend=Message("train, then examine: labelqa train record, labelqa exam record"),
    )


def _unexamined(case: Case, found: Qualification) -> Lacking:
    return Lacking(
        code="not-examined",
        message=Message(
            "no exam on {line} after the training (fact {fact}) is on record up to then",
            {"line": case.line, "fact": found.facts[0]},
        ),
        mend=Message("examine the person: labelqa exam record"),
    )


def _exam(case: Case, found: Qualification) -> Exam:
    return next(each for each in case.state.exams[case.person] if each.fact in found.facts)


def _failed(case: Case, found: Qualification) -> Lacking:
    exam = _exam(case, found)
    values = {
        "day": case.day(exam.at),
        "score": f"{exam.score:.2f}",
        "mark": f"{exam.pass_mark:.2f}",
        "fact": exam.fact,
    }
    return Lacking(
        code="failed",
        message=Message("the last exam, on {day}, was not passed: {score}, pass mark {mark} (fact {fact})", values),
        mend=Message("retrain and examine again; every ability has to reach its least share too"),
    )


def _expired(case: Case, found: Qualification) -> Lacking:
    exam = _exam(case, found)
    days = case.state.policies_at(case.at).qualification_days
    values = {"day": case.day(exam.at), "days": days, "end": case.day(found.since or case.at), "fact": exam.fact}
    return Lacking(
        code="expired",
        message=Message(
            "the exam of {day} was good for {days} {days:day|days} and expired on {end} (fact {fact})", values
        ),
        mend=Message("retrain and examine again: labelqa train record, labelqa exam record"),
    )


def _stale(case: Case, found: Qualification) -> Lacking:
    end = case.state.line_ends.get(case.line)
    values = {"line": case.line, "day": case.day(end or found.since or case.at), "release": _current(case)}
    return Lacking(
        code="stale",
        message=Message("a material change ended {line} on {day}: its qualifications are stale since", values),
        mend=Message("train and examine on {release}", values),
    )


def _elsewhere(case: Case, found: Qualification) -> Lacking:
    values = {"line": case.line, "other": _exam(case, found).release}
    return Lacking(
        code="wrong-release",
        message=Message("qualified under {other} only, which does not count for {line}", values),
        mend=Message("train and examine on {line}", values),
    )


_STANDINGS: Final[Mapping[Standing, Callable[[Case, Qualification], Lacking]]] = {
    Standing.NOT_TRAINED: _untrained,
    Standing.NOT_EXAMINED: _unexamined,
    Standing.FAILED: _failed,
    Standing.EXPIRED: _expired,
    Standing.STALE: _stale,
    Standing.WRONG_RELEASE: _elsewhere,
}
