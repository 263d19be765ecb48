"""Worked timelines with decisions: suspended, lifted, cancelled, earned anew, taken back by an appeal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from labelqa.people.qualification import qualification, timeline
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Decision, Duty, Exam, Standing, Training
from labelqa.records.personnel import QualificationAction

ANN, RELEASE = PersonId("p-ann"), ReleaseName("safety@1.2.0")
START, DAY = datetime(2026, 11, 1, tzinfo=UTC), timedelta(days=1)
Q, S, C = Standing.QUALIFIED, Standing.SUSPENDED, Standing.CANCELLED


def day(number: float) -> datetime:
    return START + number * DAY


def trained(number: float, fact: int) -> Training:
    return Training(person=ANN, release=RELEASE, at=day(number), organizer="us", topics=(), fact=fact)


def examined(number: float, fact: int, score: float = 0.9) -> Exam:
    return Exam(person=ANN, release=RELEASE, at=day(number), score=score, pass_mark=0.8, fact=fact)


def decided(
    number: float, action: str, fact: int, *, line: str = "", duty: Duty | None = None, annulled: float | None = None
) -> Decision:
    return Decision(
        person=ANN, line=line, duty=duty, action=QualificationAction(action), reason="other", grounds=(),
        by=PersonId("p-sue"), at=day(number), fact=fact, annulled=None if annulled is None else day(annulled),
    )  # fmt: skip


def told(
    *decisions: Decision, more: tuple[tuple[float, float], ...] = (), duty: Duty | None = None
) -> list[tuple[Standing, float]]:
    """The timeline from the first exam on as (standing, day on which it begins); ``more`` trainings and exams."""
    trainings = [trained(0, 1), *(trained(taught, 90 + place) for place, (taught, _) in enumerate(more))]
    exams = [examined(1, 2), *(examined(passed, 95 + place) for place, (_, passed) in enumerate(more))]
    stretches = timeline(ANN, RELEASE, trainings, exams, decisions, valid_days=30, duty=duty)
    return [(each.standing, (each.start - START) / DAY) for each in stretches[2:]]


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([], [(Q, 1), (Standing.EXPIRED, 31)]),
        ([decided(5, "suspend", 3)], [(Q, 1), (S, 5)]),
        ([decided(5, "suspend", 3), decided(9, "lift", 4)], [(Q, 1), (S, 5), (Q, 9), (Standing.EXPIRED, 31)]),
        ([decided(5, "suspend", 3, annulled=5)], [(Q, 1), (Standing.EXPIRED, 31)]),  # upheld: it never counted
        ([decided(5, "suspend", 3, annulled=8)], [(Q, 1), (S, 5), (Q, 8), (Standing.EXPIRED, 31)]),
        ([decided(5, "suspend", 3, line="safety@2")], [(Q, 1), (Standing.EXPIRED, 31)]),
        ([decided(5, "suspend", 3, duty=Duty.REVIEWER)], [(Q, 1), (Standing.EXPIRED, 31)]),  # asked for any duty
        ([decided(5, "cancel", 3)], [(Q, 1), (C, 5)]),
        ([decided(5, "cancel", 3, annulled=8)], [(Q, 1), (C, 5), (Q, 8), (Standing.EXPIRED, 31)]),
    ],
)
def test_timelines(decisions: list[Decision], expected: list[tuple[Standing, float]]) -> None:
    assert told(*decisions) == expected


def test_a_new_training_and_a_new_exam_end_a_cancellation_and_no_suspension() -> None:
    found = told(decided(5, "cancel", 3), more=((7, 8),))
    assert found == [(Q, 1), (C, 5), (C, 7), (Q, 8), (Standing.EXPIRED, 38)]  # cancelled still, with other facts
    assert told(decided(4, "suspend", 3), decided(5, "cancel", 4), more=((7, 8),))[-1] == (S, 8)


def test_a_training_at_the_moment_of_the_cancellation_does_not_count() -> None:
    assert told(decided(5, "cancel", 3), more=((5, 8),))[-1] == (C, 5)


def test_only_the_duty_that_was_named_is_suspended() -> None:
    decision = decided(5, "suspend", 3, duty=Duty.REVIEWER)
    assert told(decision, duty=Duty.REVIEWER) == [(Q, 1), (S, 5)]
    assert told(decision, duty=Duty.EXECUTOR) == [(Q, 1), (Standing.EXPIRED, 31)]


def test_the_facts_name_training_exam_suspension_and_lift() -> None:
    decisions = [decided(5, "suspend", 3), decided(9, "lift", 4)]
    asked = [
        qualification(ANN, RELEASE, [trained(0, 1)], [examined(1, 2)], decisions, at=day(at), valid_days=30)
        for at in (2, 6, 10)
    ]
    assert [(each.standing, each.facts) for each in asked] == [(Q, (1, 2)), (S, (1, 2, 3)), (Q, (1, 2, 3, 4))]
    assert asked[1].since == day(5)


@pytest.mark.parametrize(("at", "expiring"), [(3.9, False), (4, True), (30.9, True), (31, False)])
def test_expiring_begins_so_many_days_before_the_end(at: float, expiring: bool) -> None:
    found = qualification(ANN, RELEASE, [trained(0, 1)], [examined(1, 2)], at=day(at), valid_days=30, expiring_days=27)
    assert found.expiring is expiring


def test_a_shorter_validity_counts_from_its_declaration_on() -> None:
    def asked(at: float) -> tuple[Standing, datetime | None]:
        found = qualification(
            ANN, RELEASE, [trained(0, 1)], [examined(1, 2)], at=day(at), valid_days=30, declared=[(day(20), 10)]
        )
        return found.standing, found.since

    assert asked(19) == (Q, day(1))
    assert asked(20) == (Standing.EXPIRED, day(20))  # not on day 11: until day 20 thirty days held
