"""Trained first, then examined, in the right line, and not expired: what makes a qualification."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.people.qualification import (
    line_ends,
    qualification,
    release_line,
    stretch_at,
    stretches_at,
    timeline,
)
from labelqa.records.governance import Release
from labelqa.records.names import Digest, PersonId, ReleaseName
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


def released(version: str, start: float, until: float | None = None, *, fact: int) -> Release:
    return Release(
        release=ReleaseName(f"safety@{version}"), name="safety", version=version, digest=Digest("0" * 64),
        material=True, previous="", effective_from=day(start), previous_until=None if until is None else day(until),
        signatures=(), fact=fact,
    )  # fmt: skip


def test_a_line_serves_as_long_as_any_of_its_releases():
    chain = [
        released("1.0.0", 0, fact=1),
        released("1.1.0", 5, until=6, fact=2),  # 1.0.0 ends on day 6, its line goes on
        released("2.0.0", 20, until=30, fact=3),
    ]
    assert line_ends(chain[:2]) == {}
    assert line_ends(chain) == {"safety@1": day(30)}
    assert line_ends([*chain, released("3.0.0", 40, fact=4)]) == {"safety@1": day(30)}
    assert line_ends([*chain, released("3.0.0", 40, until=50, fact=4)]) == {"safety@1": day(30), "safety@2": day(50)}


def ended(at: float, end: float = 5, *, valid_days: int | None = 10, score: float = 0.9) -> Qualification:
    return qualification(
        ANN, SAFETY, [trained(0)], [examined(1, score)], at=day(at), valid_days=valid_days, ends={"safety@1": day(end)}
    )


@pytest.mark.parametrize("valid_days", [10, None])
def test_the_end_of_the_line_is_seen_coming_and_makes_stale_only_then(valid_days: int | None):
    before, after = ended(5 - 1e-9, valid_days=valid_days), ended(5, valid_days=valid_days)
    assert (before.standing, before.since, before.until, before.replaced) == (Standing.QUALIFIED, day(1), day(5), True)
    assert (after.standing, after.since, after.until, after.replaced) == (Standing.STALE, day(5), None, True)
    assert after.facts == (1, 2)
    assert ended(99, valid_days=valid_days).standing is Standing.STALE  # also when it would have expired since


def test_what_expires_before_the_line_ends_is_expired():
    found = ended(12, end=20)
    assert (found.standing, found.since, found.replaced) == (Standing.EXPIRED, day(11), False)
    assert ended(30, end=20).standing is Standing.EXPIRED
    assert (ended(2, end=11).until, ended(2, end=11).replaced) == (day(11), False)  # both at once: it expires


def test_a_timeline_shows_the_end_of_the_line() -> None:
    ends = {"safety@1": day(5), "quality@1": day(3)}
    stretches = timeline(ANN, SAFETY, [trained(0)], [examined(1)], valid_days=10, ends=ends)
    told = [(each.standing, each.start) for each in stretches[1:]]
    assert told == [(Standing.NOT_EXAMINED, day(0)), (Standing.QUALIFIED, day(1)), (Standing.STALE, day(5))]


def test_who_never_passed_is_not_stale():
    assert ended(9, score=0.1).standing is Standing.FAILED


def test_an_exam_passed_after_the_line_ended_is_stale_from_the_start():
    found = ended(3, end=0.5)
    assert (found.standing, found.since) == (Standing.STALE, day(1))


def test_another_line_whose_end_has_come_qualifies_for_nothing():
    def under_two(at: float) -> Standing:
        ends = {"safety@1": day(5)}
        release = ReleaseName("safety@2.0.0")
        return qualification(ANN, release, [trained(0)], [examined(1)], at=day(at), valid_days=None, ends=ends).standing

    assert (under_two(4), under_two(5)) == (Standing.WRONG_RELEASE, Standing.NOT_TRAINED)


RELEASES = st.sampled_from(["safety@1.0.0", "safety@1.5.0", "safety@2.0.0", "quality@1.0.0"])
HISTORY = st.lists(st.tuples(st.integers(0, 30), st.booleans(), RELEASES, st.sampled_from([0.5, 0.9])), max_size=8)


ENDS = st.dictionaries(st.sampled_from(["safety@1", "safety@2", "quality@1"]), st.integers(0, 40).map(day))


@given(HISTORY, st.sampled_from([1, 7, None]), st.lists(st.integers(-10, 500), min_size=1), ENDS)
def test_a_timeline_says_at_every_time_what_the_qualification_says(
    history: list[tuple[int, bool, str, float]],
    valid_days: int | None,
    tenths: list[int],
    ends: dict[str, datetime],
) -> None:
    trainings = [trained(at, name, fact=seq) for seq, (at, exam, name, _) in enumerate(history) if not exam]
    exams = [examined(at, score, name, fact=seq) for seq, (at, exam, name, score) in enumerate(history) if exam]
    stretches = timeline(ANN, SAFETY, trainings, exams, valid_days=valid_days, ends=ends)
    times = [day(tenth / 10) for tenth in tenths]
    places = stretches_at(stretches, np.array([at.replace(tzinfo=None) for at in times], "datetime64[us]"))
    for at, place in zip(times, places, strict=True):
        expected = qualification(ANN, SAFETY, trainings, exams, at=at, valid_days=valid_days, ends=ends)
        stretch = stretch_at(stretches, at)
        assert (stretch.standing, stretch.facts) == (expected.standing, expected.facts)
        assert stretches[place] == stretch
        assert stretch.start <= at
        assert stretch.until is None or at < stretch.until


@given(HISTORY, st.sampled_from([1, 7, None]), st.integers(-10, 500), ENDS)
def test_an_end_takes_qualifications_away_from_then_on_and_gives_none(
    history: list[tuple[int, bool, str, float]], valid_days: int | None, tenth: int, ends: dict[str, datetime]
) -> None:
    trainings = [trained(at, name, fact=seq) for seq, (at, exam, name, _) in enumerate(history) if not exam]
    exams = [examined(at, score, name, fact=seq) for seq, (at, exam, name, score) in enumerate(history) if exam]
    at = day(tenth / 10)
    without = qualification(ANN, SAFETY, trainings, exams, at=at, valid_days=valid_days)
    found = qualification(ANN, SAFETY, trainings, exams, at=at, valid_days=valid_days, ends=ends)
    end = ends.get("safety@1")
    over = end is not None and end <= at
    if without.standing is Standing.QUALIFIED:
        assert found.standing is (Standing.STALE if over else Standing.QUALIFIED)
        assert found.facts == without.facts
        if not over:
            told = [each for each in (without.until, end) if each is not None]
            assert found.until == min(told, default=None)
            assert found.replaced == (end is not None and (without.until is None or end < without.until))
    elif found.standing is not without.standing:
        passed = without.standing is Standing.EXPIRED and found.standing is Standing.STALE and over
        elsewhere = (without.standing, found.standing) == (Standing.WRONG_RELEASE, Standing.NOT_TRAINED)
        assert passed or elsewhere


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
