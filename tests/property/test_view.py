"""A view of stored facts answers as a view of the same facts in a list does, however it is narrowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from labelqa.ledger import Ledger, open_ledger
from labelqa.ledger.postgres import postgres_engine
from labelqa.ledger.store import writing
from labelqa.ledger.tables import metadata
from labelqa.ledger.view import Facts, Listed
from labelqa.records.facts import Draft, ExamRecorded, Fact, GoldRegistered, TrainingRecorded
from tests.cluster import Cluster

START = datetime(2026, 11, 16, tzinfo=UTC)
SUBJECTS = ("batch:b1", "person:p-1", "item:x", "item:批")
BODIES: tuple[Any, ...] = (
    GoldRegistered(added=1, digest="d"),
    TrainingRecorded(person="p-1", release="r@1.0.0", organizer="o", topics=["t"], material=""),
    ExamRecorded(person="p-1", release="r@1.0.0", score=0.9, pass_mark=0.8, paper=""),
)
KINDS = tuple(type(body) for body in BODIES)
TIMES = st.integers(0, 9).map(lambda hours: START + timedelta(hours=hours))
BOUNDS = st.fixed_dictionaries({}, optional={"at": TIMES, "known": TIMES, "before": st.integers(0, 14)})
ASKED = st.lists(st.sampled_from(KINDS), unique=True, max_size=3)


@st.composite
def histories(draw: st.DrawFn) -> list[list[tuple[Draft, datetime]]]:
    """Transactions of a few drafts each; some supersede an earlier fact of their kind."""
    told: list[Draft] = []
    steps: list[list[tuple[Draft, datetime]]] = []
    for _ in range(draw(st.integers(0, 4))):
        now, step = draw(TIMES), []
        for _ in range(draw(st.integers(1, 4))):
            body = draw(st.sampled_from(BODIES))
            same = [number for number, other in enumerate(told, 1) if type(other.body) is type(body)]
            made = Draft(
                body=body, subjects=tuple(draw(st.lists(st.sampled_from(SUBJECTS), max_size=3))), actor="lead",
                effective_at=draw(st.none() | TIMES),
                supersedes=draw(st.sampled_from(same)) if same and draw(st.booleans()) else None,
            )  # fmt: skip
            told.append(made)
            step.append((made, now))
        steps.append(step)
    return steps


def empty() -> Ledger:
    """A ledger in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    metadata.create_all(engine)
    return Ledger(engine, writing)


@pytest.fixture(scope="module")
def emptied(postgres: Cluster) -> Iterator[Callable[[], Ledger]]:
    """What gives an empty ledger on PostgreSQL."""
    where = postgres.at("views")
    open_ledger(where, create=True).close()
    engine = postgres_engine(where, busy_seconds=10)

    def again() -> Ledger:
        with writing(engine) as connection:
            connection.exec_driver_sql("DROP FUNCTION IF EXISTS only_appended CASCADE")
            connection.exec_driver_sql("TRUNCATE facts, fact_subjects, hands")
        return Ledger(engine, writing)

    yield again
    engine.dispose()


def same(stored: Facts, listed: Listed, asked: Sequence[type]) -> None:
    """Both views answer every question alike."""
    assert list(stored) == list(listed)
    assert (len(stored), stored.last) == (len(listed), listed.last)
    assert list(stored.of(*asked)) == list(listed.of(*asked))
    for subject in SUBJECTS:
        assert list(stored.about(subject, *asked)) == list(listed.about(subject, *asked))
        assert list(stored.latest(2, subject=subject)) == list(listed.latest(2, subject=subject))
        assert stored.named(subject, KINDS[0], "item:") == listed.named(subject, KINDS[0], "item:")
    for kind in ("", "gold.registered"):
        assert list(stored.latest(3, kind=kind, after=2)) == list(listed.latest(3, kind=kind, after=2))
    there = {fact.seq: fact for fact in listed}
    for seq in range(16):
        assert found(stored.fact, seq) == found(listed.fact, seq) == there.get(seq)


def found(ask: Callable[[int], Fact], seq: int) -> Fact | None:
    """The fact of that number, None where the view has none."""
    try:
        return ask(seq)
    except KeyError:
        return None


@settings(deadline=None, max_examples=40)  # some hundred questions an example
@given(steps=histories(), bounds=BOUNDS, more=BOUNDS, asked=ASKED)
def test_a_stored_view_answers_as_a_list_does(steps: Any, bounds: Any, more: Any, asked: Any) -> None:
    ledger = empty()
    compared(ledger, steps, bounds, more, asked)
    ledger.close()


@settings(deadline=None, max_examples=8)
@given(steps=histories(), bounds=BOUNDS, more=BOUNDS, asked=ASKED)
def test_a_view_on_postgresql_answers_as_a_list_does(
    emptied: Callable[[], Ledger], steps: Any, bounds: Any, more: Any, asked: Any
) -> None:
    compared(emptied(), steps, bounds, more, asked)


def compared(
    ledger: Ledger, steps: list[list[tuple[Draft, datetime]]], bounds: dict[str, Any], more: dict[str, Any], asked: list[type]
) -> None:  # fmt: skip
    """Record some history, and hold every view of it against a list."""
    every: list[Fact] = []
    views: list[tuple[Facts, int]] = [(ledger.view(), 0)]
    for step in steps:
        under: list[Facts] = []
        drafts = [each for each, _ in step]
        every += ledger.append(drafts, now=step[0][1], unless=under.append)
        views.append((ledger.view(), len(every)))
    for view, count in views:  # a view that was taken before later facts came does not see them
        listed = Listed(every[:count])
        same(view, listed, asked)
        same(view.seen(**bounds), listed.seen(**bounds), asked)
        same(view.seen(**bounds).seen(**more), listed.seen(**bounds).seen(**more), asked)
        same(view, listed, asked)


@settings(deadline=None)
@given(histories())
def test_under_the_lock_a_view_ends_with_the_last_fact(steps: list[list[tuple[Draft, datetime]]]) -> None:
    ledger = empty()
    every: list[Fact] = []
    for step in steps:
        before = list(every)

        def unless(facts: Facts, before: list[Fact] = before) -> None:
            same(facts, Listed(before), KINDS)

        every += ledger.append([each for each, _ in step], now=step[0][1], unless=unless)
    assert list(ledger.facts()) == every
    ledger.close()


@settings(deadline=None)
@given(histories(), BOUNDS)
def test_narrowing_leaves_out_what_a_fact_in_the_view_supersedes(
    steps: list[list[tuple[Draft, datetime]]], bounds: dict[str, Any]
) -> None:
    ledger = empty()
    for step in steps:
        ledger.append([each for each, _ in step], now=step[0][1])
    inside = [
        fact
        for fact in ledger.facts()
        if fact.effective_at <= bounds.get("at", fact.effective_at)
        and fact.recorded_at <= bounds.get("known", fact.recorded_at)
        and fact.seq < bounds.get("before", 99)
    ]
    gone = {fact.supersedes for fact in inside} if bounds.keys() & {"at", "known"} else set()
    assert list(ledger.view().seen(**bounds)) == [fact for fact in inside if fact.seq not in gone]
    ledger.close()


@pytest.mark.parametrize(("supersedes", "told"), [(1, "gold.registered"), (9, "not there"), (2, "not there")])
def test_a_correction_is_of_the_same_kind_as_what_it_corrects(supersedes: int, told: str) -> None:
    ledger = empty()
    gold, training, _ = (Draft(body=body, subjects=(), actor="lead") for body in BODIES)
    ledger.append([gold], now=START)
    wrong = Draft(body=training.body, subjects=(), actor="lead", supersedes=supersedes)
    with pytest.raises(ValueError, match=told):
        ledger.append([wrong], now=START)
    assert len(ledger.facts()) == 1
    ledger.close()
