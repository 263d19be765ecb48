"""People, trainings and exams out of facts: superseded ones are not heard, later ones replace duties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from labelqa.people.fold import fold_exams, fold_people, fold_trainings
from labelqa.records.facts import KINDS, ExamRecorded, Fact, PersonAdded, TrainingRecorded
from labelqa.records.people import Duty
from labelqa.records.review import Identity

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)


def fact(seq: int, body: Any, *, supersedes: int | None = None, days_before: int = 0) -> Fact:
    return Fact(
        seq=seq, kind=KINDS[type(body)], format=1, actor="lead", identity=Identity.ASSERTED, recorded_at=NOON,
        effective_at=NOON - timedelta(days=days_before), subjects=(), supersedes=supersedes, body=body, hash="",
    )  # fmt: skip


def added(person: str, *duties: str, organizer: str = "us") -> PersonAdded:
    return PersonAdded(person=person, organizer=organizer, duties=list(duties), servers=[])


def exam(score: float) -> ExamRecorded:
    return ExamRecorded(person="p-1", release="a@1.0", score=score, pass_mark=0.8, paper="x")


def test_a_later_fact_replaces_duties_and_keeps_the_first_day() -> None:
    facts = [fact(4, added("p-1", "reviewer")), fact(1, added("p-1", "executor"), days_before=3)]
    (person,) = fold_people(facts).values()
    assert person.duties == {Duty.REVIEWER}
    assert person.since == NOON - timedelta(days=3)


def test_a_superseded_fact_is_not_heard_even_if_its_successor_is_superseded_too() -> None:
    facts = [fact(1, exam(0.1)), fact(2, exam(0.5), supersedes=1), fact(3, exam(0.9), supersedes=2)]
    assert [(each.fact, each.score, each.passed) for each in fold_exams(facts)["p-1"]] == [(3, 0.9, True)]


def test_trainings_and_exams_carry_the_effective_time_and_their_fact() -> None:
    body = TrainingRecorded(person="p-1", release="a@1.0", organizer="us", topics=["rules", "tools"], material="")
    facts = [fact(7, body, days_before=2), fact(8, exam(0.8), days_before=1)]
    (training,) = fold_trainings(facts)["p-1"]
    assert (training.at, training.fact, training.topics) == (NOON - timedelta(days=2), 7, ("rules", "tools"))
    assert fold_exams(facts)["p-1"][0].at == NOON - timedelta(days=1)
    assert fold_people(facts) == {}
