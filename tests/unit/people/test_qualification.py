"""Trained first, then examined, in the right line, and not expired: what makes a qualification."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.people.qualification import qualification, release_line, stretch_at, stretches_at, timeline
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Exam, Qualification, Standing, Training

ANN = PersonId("p-ann")
SAFETY = ReleaseName("safety@1.2.0")
DAY = timedelta(days=1)
START = datetime(2026, 11, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + number * DAY


def trained(number: float, release: str = "safety@1.0.0", *, fact: int = 1, person: PersonId = ANN) -> Training:
    return Training(
        person=person, release=ReleaseName(release), at=day(number), organizer="us", topics=("rules",), fact=fact
    )


def examined(
    number: float, score: float = 0.9, release: str = "safety@1.0.0", *, fact: int = 2, person: PersonId = ANN
) -> Exam:
    return Exam(
        person=person, release=ReleaseName(release), at=day(number), score=score, pass_mark=0.8, fact=fact
    )  # fmt: skip


def judged(
    trainings: list[Training], exams: list[Exam], at: float, release: str = SAFETY, valid_days: int | None = 10
) -> Qualification:
    return qualification(ANN, ReleaseName(release), trainings, exams, at=day(at), valid_days=valid_days)


def test_training_then_a_passed_exam_qualifies_with_both_facts() -> None:
    found = judged([trained(0)], [examined(1)], 2)
    assert (found.standing, found.since, found.until) == (Standing.QUALIFIED, day(1), day(11))
    assert found.facts == (1, 2)
    assert (found.person, found.release) == (ANN, SAFETY)


def test_without_an_end_it_never_expires() -> None:
    found = judged([trained(0)], [examined(1)], 9_999, valid_days=None)
    assert (found.standing, found.until) == (Standing.QUALIFIED, None)


@pytest.mark.parametrize(
    ("trainings", "exams", "at", "standing", "facts"),
    [
        ([], [], 5, Standing.NOT_TRAINED, ()),
        ([], [examined(1)], 5, Standing.NOT_TRAINED, ()),
        ([trained(6)], [examined(7)], 5, Standing.NOT_TRAINED, ()),
        ([trained(0)], [], 5, Standing.NOT_EXAMINED, (1,)),
        ([trained(2)], [examined(1)], 5, Standing.NOT_EXAMINED, (1,)),  # examined before being trained
        ([trained(0)], [examined(6)], 5, Standing.NOT_EXAMINED, (1,)),
        ([trained(0)], [examined(1, 0.79)], 5, Standing.FAILED, (1, 2)),
        ([trained(0)], [examined(1), examined(2, 0.1, fact=3)], 5, Standing.FAILED, (1, 3)),
        ([trained(0)], [examined(2, 0.1, fact=3), examined(1)], 5, Standing.FAILED, (1, 3)),  # order given is no matter
        ([trained(0)], [examined(1, 0.1), examined(2, fact=3)], 5, Standing.QUALIFIED, (1, 3)),
        ([trained(0)], [examined(1, 0.8)], 5, Standing.QUALIFIED, (1, 2)),  # the pass mark itself
        ([trained(0), trained(3, fact=9)], [examined(4)], 5, Standing.QUALIFIED, (9, 2)),
        ([trained(0), trained(4, fact=9)], [examined(3)], 5, Standing.QUALIFIED, (1, 2)),
        ([trained(0)], [examined(1)], 1, Standing.QUALIFIED, (1, 2)),  # from the exam on
        ([trained(1)], [examined(1)], 1, Standing.QUALIFIED, (1, 2)),  # lists that know only days
        ([trained(0)], [examined(1)], 11, Standing.EXPIRED, (1, 2)),  # the end is exclusive
        ([trained(0, person=PersonId("p-bob"))], [examined(1)], 5, Standing.NOT_TRAINED, ()),
        ([trained(0)], [examined(1, person=PersonId("p-bob"))], 5, Standing.NOT_EXAMINED, (1,)),
    ],
)
def test_standings(
    trainings: list[Training], exams: list[Exam], at: float, standing: Standing, facts: tuple[int, ...]
) -> None:
    found = judged(trainings, exams, at)
    assert (found.standing, found.facts) == (standing, facts)


def test_just_before_the_end_it_still_holds() -> None:
    assert judged([trained(0)], [examined(1)], 11 - 1e-9).standing is Standing.QUALIFIED


def test_another_major_version_is_another_line() -> None:
    trainings, exams = [trained(0)], [examined(1)]
    other = judged(trainings, exams, 2, release="safety@2.0.0")
    assert (other.standing, other.facts) == (Standing.WRONG_RELEASE, (1, 2))
    assert judged(trainings, exams, 12, release="safety@2.0.0").standing is Standing.NOT_TRAINED
    assert judged(trainings, exams, 2, release="quality@1.0.0").standing is Standing.NOT_TRAINED


def test_trained_in_the_line_but_examined_in_another_is_not_examined() -> None:
    found = judged([trained(0, "safety@1.0.0"), trained(0, "safety@2.0.0", fact=5)], [examined(1)], 2, "safety@2.1.0")
    assert (found.standing, found.facts) == (Standing.NOT_EXAMINED, (5,))


def test_training_in_one_line_and_exam_in_another_do_not_add_up() -> None:
    assert judged([trained(0, "safety@2.0.0")], [examined(1)], 2).standing is Standing.NOT_TRAINED


def test_lines_may_be_drawn_otherwise() -> None:
    found = qualification(
        ANN, SAFETY, [trained(0)], [examined(1)], at=day(2), valid_days=None, line_of=lambda release: release
    )
    assert found.standing is Standing.WRONG_RELEASE


@pytest.mark.parametrize(
    ("release", "line"), [("a@1.2.3", "a@1"), ("a@10", "a@10"), ("a@b@2.0", "a@b@2"), ("plain", "plain")]
)
def test_release_line(release: str, line: str) -> None:
    assert release_line(ReleaseName(release)) == line


def test_no_days_at_all_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="0 days"):
        judged([], [], 0, valid_days=0)


RELEASES = st.sampled_from(["safety@1.0.0", "safety@1.5.0", "safety@2.0.0", "quality@1.0.0"])
HISTORY = st.lists(st.tuples(st.integers(0, 30), st.booleans(), RELEASES, st.sampled_from([0.5, 0.9])), max_size=8)


@given(HISTORY, st.sampled_from([1, 7, None]), st.lists(st.integers(-10, 500), min_size=1))
def test_a_timeline_says_at_every_time_what_the_qualification_says(
    history: list[tuple[int, bool, str, float]], valid_days: int | None, tenths: list[int]
) -> None:
    trainings = [trained(at, name, fact=seq) for seq, (at, exam, name, _) in enumerate(history) if not exam]
    exams = [examined(at, score, name, fact=seq) for seq, (at, exam, name, score) in enumerate(history) if exam]
    stretches = timeline(ANN, SAFETY, trainings, exams, valid_days=valid_days)
    times = [day(tenth / 10) for tenth in tenths]
    places = stretches_at(stretches, np.array([at.replace(tzinfo=None) for at in times], "datetime64[us]"))
    for at, place in zip(times, places, strict=True):
        expected = qualification(ANN, SAFETY, trainings, exams, at=at, valid_days=valid_days)
        stretch = stretch_at(stretches, at)
        assert (stretch.standing, stretch.facts) == (expected.standing, expected.facts)
        assert stretches[place] == stretch
        assert stretch.start <= at
        assert stretch.until is None or at < stretch.until


@given(HISTORY)
def test_stretches_leave_no_gap_and_repeat_nothing(history: list[tuple[int, bool, str, float]]) -> None:
    trainings = [trained(at, name, fact=seq) for seq, (at, exam, name, _) in enumerate(history) if not exam]
    exams = [examined(at, score, name, fact=seq) for seq, (at, exam, name, score) in enumerate(history) if exam]
    stretches = timeline(ANN, SAFETY, trainings, exams, valid_days=5)
    for one, other in pairwise(stretches):
        assert one.until == other.start
        assert (one.standing, one.facts) != (other.standing, other.facts)
    assert stretches[-1].until is None


def test_later_facts_do_not_reach_back() -> None:
    found = judged([trained(0)], [examined(1), examined(3, 0.1, fact=3)], 2)
    assert (found.standing, found.until) == (Standing.QUALIFIED, day(11))
