"""The coverage matrix: which training covers a topic, until when, and what each text still misses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.people.coverage import FOUR, SIX, Validity, coverage, unknown_topics
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Person, Training
from labelqa.records.personnel import Topic
from labelqa.records.training import CoverageLine, Demand

MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)
ANN, BOB, LINE = PersonId("p-ann"), PersonId("p-bob"), "safety@1"


def person(name: PersonId = ANN, *, model: str = "") -> Person:
    return Person(person=name, organizer="Org", duties=frozenset({Duty.EXECUTOR}), since=MONDAY, model=model)


def taught(
    *topics: str, at: datetime = MONDAY, release: str = "safety@1.0.0", fact: int = 1, **more: object
) -> Training:
    return Training(person=ANN, release=ReleaseName(release), at=at, organizer="Org", topics=topics, fact=fact, **more)  # type: ignore[arg-type]


def line(*trainings: Training, at: datetime = MONDAY, days: int | None = 100, **ends: datetime) -> CoverageLine:
    (found,) = coverage([person()], {ANN: trainings}, [LINE], at=at, validity=Validity(days=days, ends=ends))
    return found


def test_a_topic_is_covered_by_its_session_until_it_lapses():
    found = line(taught("platform", session="t-1"))
    one = found.covered[Topic.PLATFORM]
    assert (one.session, one.until, one.lapsed) == ("t-1", MONDAY + timedelta(days=100), False)
    assert (
        not line(taught("platform"), at=MONDAY + timedelta(days=100) - timedelta(seconds=1))
        .covered[Topic.PLATFORM]
        .lapsed
    )
    late = line(taught("platform"), at=MONDAY + timedelta(days=100))
    assert late.covered[Topic.PLATFORM].lapsed
    assert Topic.PLATFORM in late.gaps[Demand.GB_45674]


def test_a_training_counts_no_longer_than_its_line():
    ended = {LINE: MONDAY + timedelta(days=7)}
    assert line(taught("platform"), **ended).covered[Topic.PLATFORM].until == ended[LINE]
    assert line(taught("platform"), days=None).covered[Topic.PLATFORM].until is None
    assert line(taught("platform"), days=3, **ended).covered[Topic.PLATFORM].until == MONDAY + timedelta(days=3)


def test_six_topics_are_asked_of_everybody_and_four_of_the_provider():
    everything = [topic.value for topic in Topic]
    elsewhere = line(taught(*everything))
    assert elsewhere.gaps == {Demand.GB_45674: (), Demand.TC260_003: FOUR}
    own = line(taught(*everything, provider=True))
    assert own.complete
    assert not line().complete
    assert line().gaps == {Demand.GB_45674: SIX, Demand.TC260_003: FOUR}


def test_a_later_training_elsewhere_leaves_the_provider_s_own_standing():
    found = line(
        taught("data-security", provider=True), taught("data-security", at=MONDAY + timedelta(days=1), fact=2),
        at=MONDAY + timedelta(days=2),
    )  # fmt: skip
    assert found.covered[Topic.DATA_SECURITY].fact == 2
    assert found.by_provider[Topic.DATA_SECURITY].fact == 1
    assert Topic.DATA_SECURITY not in found.gaps[Demand.TC260_003]


def test_other_lines_later_trainings_and_strange_topics_do_not_count():
    found = line(
        taught("platform", release="safety@2.0.0"),
        taught("law-awareness", at=MONDAY + timedelta(days=1)),
        taught("yoga"),
    )
    assert (dict(found.covered), found.other) == ({}, ("yoga",))


def test_models_are_not_taught():
    assert coverage([person(model="judge@1")], {}, [LINE], at=MONDAY, validity=Validity(days=1)) == ()


@pytest.mark.parametrize("words", [["platform"], ["platform", "yoga", "yoga", "tea"]])
def test_unknown_topics_are_named_once(words):
    assert unknown_topics(words) == tuple(word for word in dict.fromkeys(words) if word != "platform")


TRAININGS = st.lists(
    st.builds(
        lambda topics, day, provider: (topics, MONDAY + timedelta(days=day), provider),
        st.lists(st.sampled_from(list(Topic)), max_size=4), st.integers(-300, 20), st.booleans(),
    ),
    max_size=8,
)  # fmt: skip


@given(TRAININGS, st.integers(1, 400))
def test_it_agrees_with_the_plain_definition(drawn, days):
    """A topic is missing unless some training on it, by now, is younger than it counts."""
    trainings = [taught(*topics, at=at, provider=own, fact=n) for n, (topics, at, own) in enumerate(drawn, start=1)]
    found = line(*trainings, days=days)
    fresh = [each for each in trainings if each.at <= MONDAY < each.at + timedelta(days=days)]
    for demand, wanted, counting in (
        (Demand.GB_45674, SIX, fresh),
        (Demand.TC260_003, FOUR, [each for each in fresh if each.provider]),
    ):
        assert found.gaps[demand] == tuple(t for t in wanted if not any(t in each.topics for each in counting))
