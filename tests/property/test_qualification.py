"""Qualification against a plain walk through the events, its timeline against itself, and answers that never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelqa.ledger.view import Listed
from labelqa.people.fold import fold_exams, fold_trainings
from labelqa.people.policy import fold_policies
from labelqa.people.qualification import fold_decisions, qualification, stretch_at, stretches_at, timeline, withheld
from labelqa.records.facts import (
    KINDS,
    AppealFiled,
    AppealRuled,
    ExamRecorded,
    Fact,
    PolicyDeclared,
    QualificationDecided,
    TrainingRecorded,
)
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Qualification, Standing
from labelqa.records.review import Identity

ANN, LINE, RELEASE = PersonId("p-ann"), "a@1", ReleaseName("a@1.1")
START, DAY = datetime(2026, 11, 1, tzinfo=UTC), timedelta(days=1)
DEFAULT_DAYS = 9


def day(number: float) -> datetime:
    return START + number * DAY


@dataclass(frozen=True)
class Event:
    """Something that happened on a day and was recorded some days after it."""

    day: int
    late: int
    body: Any
    against: int = -1  # place of the event objected to


def trained(release: str) -> TrainingRecorded:
    return TrainingRecorded(person=ANN, release=release, organizer="us", topics=[], material="")


def examined(release: str, passed: bool) -> ExamRecorded:
    return ExamRecorded(person=ANN, release=release, score=0.9 if passed else 0.1, pass_mark=0.8, paper="")


def decided(action: str, line: str, duty: str) -> QualificationDecided:
    return QualificationDecided(
        person=ANN, line=line, duty=duty, action=action, reason="other", grounds=[], by="p-sue"
    )  # fmt: skip


RELEASES = st.sampled_from(["a@1.0", "a@1.0", "a@1.1", "a@2.0", "b@1.0"])
DECISIONS = st.builds(
    decided, st.sampled_from(["suspend", "suspend", "lift", "cancel"]), st.sampled_from(["", LINE, LINE, "a@2"]),
    st.sampled_from(["", "", "executor", "reviewer"]),
)  # fmt: skip
RULINGS = st.sampled_from(["upheld", "rejected"]).map(
    lambda ruling: AppealRuled(appeal="", ruling=ruling, by="p-lee", reason="")
)
OTHERS = st.one_of(
    st.builds(trained, RELEASES),
    st.builds(examined, RELEASES, st.sampled_from([True, True, False])),
    st.builds(
        lambda days: PolicyDeclared(name="qualification-days", value=str(days), reason="r", by="p"),
        st.sampled_from([3, 6, 20]),
    ),
)
BEGUN = (
    Event(0, 0, trained("a@1.0")),
    Event(1, 0, examined("a@1.0", passed=True)),
    Event(1, 0, PolicyDeclared(name="qualification-days", value="20", reason="r", by="p")),
)


def some(bodies: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Event]]:
    """Up to so many events of these kinds."""
    event = st.builds(Event, st.integers(0, 15), st.integers(0, 20), bodies, st.integers(0, 11))
    return st.lists(event, max_size=most)


EVENTS = st.builds(
    lambda begun, decisions, rulings, others: [*BEGUN[:begun], *decisions, *rulings, *others],
    st.sampled_from([0, 2, 3, 3]), some(DECISIONS, 5), some(RULINGS, 3), some(OTHERS, 6),
)  # fmt: skip
TIMES = st.lists(st.integers(-10, 300).map(lambda tenth: day(tenth / 10)), min_size=1, max_size=12)
DUTIES = st.sampled_from([None, Duty.EXECUTOR, Duty.REVIEWER])


def ledger(events: Sequence[Event], *, since: datetime = START) -> list[Fact]:
    """The events as facts, in the order in which they were recorded; no number is taken twice."""
    placed = sorted(enumerate(events), key=lambda pair: (pair[1].day + pair[1].late, pair[0]))
    numbers = {place: seq for seq, (place, _) in enumerate(placed, start=1)}
    facts: list[Fact] = []
    for place, event in placed:
        body, at = event.body, since + event.day * DAY
        if isinstance(body, AppealRuled):
            matters = [each for each, one in enumerate(events) if isinstance(one.body, QualificationDecided)]
            if not matters or numbers[place] < numbers[matters[event.against % len(matters)]]:
                continue
            about = matters[event.against % len(matters)]
            of = events[about]
            body = AppealRuled(
                appeal=f"ap-{place}", ruling=body.ruling, by=body.by, reason="", against=numbers[about]
            )  # fmt: skip
            at = since + (of.day + event.late % 3) * DAY  # some reach back to the decision, some do not
        recorded = since + (event.day + event.late) * DAY
        facts.append(fact(numbers[place], body, at, recorded))
    return facts


def fact(seq: int, body: Any, at: datetime, recorded: datetime) -> Fact:
    return Fact(
        seq=seq, kind=KINDS[type(body)], format=1, actor="lead", identity=Identity.ASSERTED, recorded_at=recorded,
        effective_at=at, subjects=(f"person:{ANN}",), supersedes=None, body=body, hash="",
    )  # fmt: skip


def told(facts: Sequence[Fact], at: datetime, duty: Duty | None) -> Qualification:
    """What the rules make of the facts."""
    return qualification(ANN, RELEASE, *records(facts), at=at, duty=duty, **validity(facts))


def records(facts: Sequence[Fact]) -> tuple[Any, Any, Any]:
    return fold_trainings(facts).get(ANN, ()), fold_exams(facts).get(ANN, ()), fold_decisions(facts).get(ANN, ())


def validity(facts: Sequence[Fact]) -> dict[str, Any]:
    return {"valid_days": DEFAULT_DAYS, "declared": fold_policies(facts).validities}


@dataclass
class Walk:
    """Where somebody stands while the events go by."""

    taught: bool = False
    passed: bool = False
    suspended: bool = False
    cancelled: bool = False
    last: Fact | None = None

    def decide(self, action: str) -> None:
        if action == "cancel":
            self.taught, self.last, self.cancelled = False, None, True
        else:
            self.suspended = action == "suspend"

    def examine(self, exam: Fact) -> None:
        if self.taught:
            self.last, self.passed = exam, exam.body.score >= exam.body.pass_mark
            self.cancelled = self.cancelled and not self.passed


def walked(facts: Sequence[Fact], at: datetime, duty: Duty | None) -> Standing:
    """Slow and obvious: everything that happened up to a time in its order, one flag a matter."""
    walk, rank = Walk(), {TrainingRecorded: 0, ExamRecorded: 1, QualificationDecided: 2}
    known = [each for each in facts if each.effective_at <= at]
    rulings = [each.body for each in known if isinstance(each.body, AppealRuled)]
    gone = {each.against for each in rulings if each.ruling == "upheld"}
    happened = [each for each in known if type(each.body) in rank and each.seq not in gone]
    for each in sorted(happened, key=lambda one: (one.effective_at, rank[type(one.body)], one.seq)):
        body = each.body
        if isinstance(body, QualificationDecided):
            if body.line in ("", LINE) and body.duty in ("", duty or ""):
                walk.decide(body.action)
        elif body.release.startswith("a@1."):
            if isinstance(body, TrainingRecorded):
                walk.taught = True
            else:
                walk.examine(each)
    if walk.cancelled or not walk.taught:
        return Standing.CANCELLED if walk.cancelled else Standing.NOT_TRAINED
    if walk.last is None or walk.suspended:
        return Standing.NOT_EXAMINED if walk.last is None else Standing.SUSPENDED
    return good(facts, walk.last, at) if walk.passed else Standing.FAILED


def good(facts: Sequence[Fact], exam: Fact, at: datetime) -> Standing:
    days = DEFAULT_DAYS
    for each in sorted(facts, key=lambda one: (one.effective_at, one.seq)):
        if isinstance(each.body, PolicyDeclared) and each.effective_at <= at:
            days = int(each.body.value)
    return Standing.QUALIFIED if at < exam.effective_at + days * DAY else Standing.EXPIRED


@given(EVENTS, TIMES, DUTIES)
def test_a_qualification_is_what_a_walk_through_the_events_gives(
    events: list[Event], times: list[datetime], duty: Duty | None
) -> None:
    facts = ledger(events)
    for at in (*times, *(each.effective_at for each in facts)):
        found, expected = told(facts, at, duty).standing, walked(facts, at, duty)
        assert found is expected or (found, expected) == (Standing.WRONG_RELEASE, Standing.NOT_TRAINED)


@given(EVENTS, TIMES, DUTIES)
def test_the_timeline_says_at_every_time_what_the_qualification_says(
    events: list[Event], times: list[datetime], duty: Duty | None
) -> None:
    facts = ledger(events)
    stretches = timeline(ANN, RELEASE, *records(facts), duty=duty, **validity(facts))
    moments = [*times, *(each.effective_at for each in facts), *(each.start for each in stretches[1:])]
    places = stretches_at(stretches, np.array([at.replace(tzinfo=None) for at in moments], "datetime64[us]"))
    for at, place in zip(moments, places, strict=True):
        expected, stretch = told(facts, at, duty), stretch_at(stretches, at)
        assert (stretch.standing, stretch.facts) == (expected.standing, expected.facts)
        assert stretches[place] == stretch


@given(EVENTS, EVENTS, st.integers(0, 45), TIMES, DUTIES)
def test_an_answer_at_a_fixed_known_never_changes(
    events: list[Event], later: list[Event], known: int, times: list[datetime], duty: Duty | None
) -> None:
    before = [each for each in ledger(events) if each.recorded_at <= day(known)]
    added = [
        fact(1_000 + each.seq, each.body, each.effective_at, max(each.recorded_at, day(known)) + timedelta(seconds=1))
        for each in ledger(later)
    ]  # recorded after that, many of them about a time before it
    for at in times:
        first = told(tuple(Listed(before).seen(known=day(known))), at, duty)
        assert told(tuple(Listed([*before, *added]).seen(known=day(known))), at, duty) == first


@given(EVENTS, TIMES, DUTIES)
def test_only_who_is_qualified_can_be_expiring_and_the_facts_are_there(
    events: list[Event], times: list[datetime], duty: Duty | None
) -> None:
    facts = ledger(events)
    for at in times:
        found = told(facts, at, duty)
        assert set(found.facts) <= {each.seq for each in facts if each.effective_at <= at}
        assert found.since is None or found.since <= at
        assert not found.expiring or found.standing is Standing.QUALIFIED
        if found.standing is Standing.QUALIFIED and found.until is not None:
            assert found.expiring == (found.until - at <= 30 * DAY)


@given(EVENTS, TIMES, DUTIES)
def test_nobody_is_suspended_or_cancelled_outside_the_time_in_which_something_is_withheld(
    events: list[Event], times: list[datetime], duty: Duty | None
) -> None:
    facts = ledger(events)
    spans = withheld(fold_decisions(facts).get(ANN, ()))
    for at in (*times, *(each.effective_at for each in facts)):
        if told(facts, at, duty).standing in {Standing.SUSPENDED, Standing.CANCELLED}:
            assert any(start <= at and (end is None or at < end) for start, end in spans)


@given(EVENTS, st.integers(0, 40))
def test_an_appeal_upheld_from_the_start_leaves_nothing_of_the_decision(events: list[Event], hour: int) -> None:
    facts = [each for each in ledger(events) if not isinstance(each.body, AppealRuled | AppealFiled)]
    at = day(hour)
    last = max((each.seq for each in facts), default=0)
    decision = fact(last + 1, decided("suspend", "", ""), day(3), day(26))
    ruling = AppealRuled(appeal="ap", ruling="upheld", by="p-lee", reason="", against=last + 1)
    after = [*facts, decision, fact(last + 2, ruling, day(3), day(27))]
    for duty in (None, *Duty):
        assert told(after, at, duty).standing is told(facts, at, duty).standing
