"""People, trainings and exams as their facts tell them; a fact that another one supersedes is not heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from labelqa.records.facts import ExamRecorded, Fact, PersonAdded, TrainingRecorded
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Exam, Person, Training

Body = TypeVar("Body")


def fold_people(facts: Iterable[Fact]) -> dict[PersonId, Person]:
    """Everybody with a duty. A later fact about a person replaces organizer and duties; ``since`` stays the first."""
    people: dict[PersonId, Person] = {}
    for fact, body in in_force(facts, PersonAdded):
        name = PersonId(body.person)
        known = people.get(name)
        people[name] = Person(
            person=name,
            organizer=body.organizer,
            duties=frozenset(Duty(duty) for duty in body.duties),
            model=body.model,
            since=min(fact.effective_at, known.since) if known else fact.effective_at,
        )
    return people


def fold_trainings(facts: Iterable[Fact]) -> dict[PersonId, tuple[Training, ...]]:
    """The trainings of each person, in the order of the ledger."""
    trainings: dict[PersonId, tuple[Training, ...]] = {}
    for fact, body in in_force(facts, TrainingRecorded):
        training = Training(
            person=PersonId(body.person),
            release=ReleaseName(body.release),
            at=fact.effective_at,
            organizer=body.organizer,
            topics=tuple(body.topics),
            fact=fact.seq,
            session=body.session,
            provider=body.provider,
        )
        trainings[training.person] = (*trainings.get(training.person, ()), training)
    return trainings


def fold_exams(facts: Iterable[Fact]) -> dict[PersonId, tuple[Exam, ...]]:
    """The exams of each person, in the order of the ledger."""
    exams: dict[PersonId, tuple[Exam, ...]] = {}
    for fact, body in in_force(facts, ExamRecorded):
        exam = Exam(
            person=PersonId(body.person),
            release=ReleaseName(body.release),
            at=fact.effective_at,
            score=body.score,
            pass_mark=body.pass_mark,
            fact=fact.seq,
            abilities=body.abilities,
            least=body.least,
            paper=body.paper,
            attempt=body.attempt,
            origin=body.origin,
        )
        exams[exam.person] = (*exams.get(exam.person, ()), exam)
    return exams


def in_force(facts: Iterable[Fact], body: type[Body]) -> Iterator[tuple[Fact, Body]]:
    """The facts with a body of this type that no other of the given facts supersedes, in the order of the ledger."""
    known = sorted(facts, key=lambda fact: fact.seq)
    superseded = {fact.supersedes for fact in known}
    for fact in known:
        if fact.seq not in superseded and isinstance(fact.body, body):
            yield fact, fact.body
