"""Duties over random small histories: folds and the check against plain computations over all facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.ledger import open_ledger
from labelqa.ledger.verify import verify
from labelqa.people.assignments import fold_assignments
from labelqa.people.tasks import Tasks
from labelqa.records.facts import (
    KINDS,
    BatchDeclared,
    BatchFrozen,
    DisputeRuled,
    Draft,
    DutyAssigned,
    DutyEnded,
    Fact,
    PersonLeft,
    ReviewRecorded,
)
from labelqa.records.hands import hands_of
from labelqa.records.people import Duty
from labelqa.records.review import Identity

START = datetime(2026, 11, 16, tzinfo=UTC)
PEOPLE, BATCHES = ("p-1", "p-2"), ("a", "b", "c")  # few, so that histories meet
PERSON, BATCH, DUTY, HOUR = (
    st.sampled_from(PEOPLE),
    st.sampled_from(BATCHES),
    st.sampled_from([Duty.EXECUTOR, Duty.REVIEWER]),
    st.integers(0, 2),
)


def review(batch: str, person: str) -> ReviewRecorded:
    return ReviewRecorded(
        sample="s", batch=batch, item="i", verdict="correct", kind="review", reviewer=person, rule="", defect="",
        severity="", correct_label="", unsafe="", comment="",
    )  # fmt: skip


def freeze(batch: str, people: list[str]) -> BatchFrozen:
    return BatchFrozen(
        batch=batch, annotations="", items="", frame="", n_annotations=1, n_items=1, n_disputed=0, exclusions=[],
        repeats="refuse", participants=people,
    )  # fmt: skip


def declared(batch: str, parent: str, sources: list[str]) -> BatchDeclared:
    return BatchDeclared(
        batch=batch, kind="functional", release="", control="", labels=[], organizer="", requester="", where=[],
        record_rule="single", late=False, parent=parent, sources=sources,
    )  # fmt: skip


BODIES = st.one_of(
    st.builds(review, BATCH, PERSON),
    st.builds(freeze, BATCH, st.lists(PERSON, max_size=2)),
    st.builds(lambda b, p: DisputeRuled(batch=b, item="i", label="x", arbitrator=p, reason=""), BATCH, PERSON),
    st.builds(lambda p, d, b: DutyAssigned(person=p, duty=d, batch=b, by="p-9"), PERSON, DUTY, BATCH),
    st.builds(lambda p, d, b: DutyEnded(person=p, duty=d, batch=b, by="p-9"), PERSON, DUTY, BATCH),
    st.builds(lambda p: PersonLeft(person=p, reason="left", revoked=[], by="p-9"), PERSON),
)
SPELLS = st.one_of(
    st.builds(lambda p, b: DutyAssigned(person=p, duty=Duty.EXECUTOR, batch=b, by="p-9"), PERSON, BATCH),
    st.builds(lambda p, b: DutyEnded(person=p, duty=Duty.EXECUTOR, batch=b, by="p-9"), PERSON, BATCH),
    st.builds(lambda p: PersonLeft(person=p, reason="left", revoked=[], by="p-9"), PERSON),
    BODIES,
)
HISTORY = st.lists(st.tuples(SPELLS, HOUR), max_size=14)


def facts(history: list[tuple[Any, int]]) -> list[Fact]:
    return [
        Fact(
            seq=seq, kind=KINDS[type(body)], format=1, actor="x", identity=Identity.ASSERTED, recorded_at=START,
            effective_at=START + timedelta(hours=hour), subjects=(), supersedes=None, body=body, hash="",
        )
        for seq, (body, hour) in enumerate(history, start=1)
    ]  # fmt: skip


@given(HISTORY, st.integers(0, 3))
def test_an_assignment_holds_exactly_until_the_first_end_after_it(history: list[tuple[Any, int]], hour: int):
    """Replayed hour by hour, as somebody with a list on paper would."""
    told, at = facts(history), START + timedelta(hours=hour)
    open_ones: set[int] = set()
    for fact in sorted(told, key=lambda each: (each.effective_at, each.seq)):
        if fact.effective_at > at:
            break
        body = fact.body
        if isinstance(body, DutyAssigned):
            open_ones.add(fact.seq)
        elif isinstance(body, DutyEnded | PersonLeft):
            open_ones -= {
                seq for seq in open_ones
                if told[seq - 1].body.person == body.person
                and (isinstance(body, PersonLeft) or (told[seq - 1].body.duty, told[seq - 1].body.batch) == (body.duty, body.batch))
            }  # fmt: skip
    found = fold_assignments(told)
    assert {each.facts[0] for each in found if each.holds(at)} == open_ones
    assert len(found) == sum(isinstance(fact.body, DutyAssigned) for fact in told)


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[Any, int]]:
    """Declared batches: each may be a round of an earlier one, or recheck some."""
    found = []
    for at, batch in enumerate(BATCHES):
        parent = draw(st.sampled_from(("", *BATCHES[:at])))
        sources = draw(st.lists(st.sampled_from(BATCHES[:at]), max_size=2, unique=True)) if at and not parent else []
        found.append((declared(batch, parent, sources), 0))
    return found


def first(parents: dict[str, str], batch: str) -> str:
    return first(parents, parents[batch]) if parents[batch] else batch


@given(trees(), st.lists(st.tuples(BODIES, HOUR), max_size=10))
def test_doubles_are_those_of_a_plain_look_at_every_pair_of_deeds(
    tree: list[tuple[Any, int]], history: list[tuple[Any, int]]
):
    told = facts([*tree, *history])
    hands = [hand for fact in told for hand in hands_of(fact.body, fact.subjects)]
    parents = {body.batch: body.parent for body, _ in tree}
    linked = {(first(parents, body.batch), first(parents, each)) for body, _ in tree for each in body.sources}

    def together(one: str, other: str) -> bool:
        ends = first(parents, one), first(parents, other)
        return ends[0] == ends[1] or ends in linked or ends[::-1] in linked

    wanted = {
        one.person for one, other in combinations(hands, 2)
        if one.person == other.person and one.duty is not other.duty and together(one.batch, other.batch)
    }  # fmt: skip
    found = Tasks(told).doubles(hands)
    assert {each.person for each in found} == wanted
    for each in found:
        held = {hand.duty for hand in hands if hand.person == each.person and hand.batch in each.batches}
        assert held == set(each.duties)
        assert len(held) > 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(BODIES, min_size=1, max_size=6), max_size=5))
def test_the_index_holds_the_first_fact_of_each_hand_however_facts_were_appended(parts: list[list[Any]]):
    with TemporaryDirectory() as folder:
        ledger = open_ledger(Path(folder) / "l.sqlite3", create=True)
        for part in parts:
            ledger.append([Draft(body=body, subjects=(), actor="x") for body in part], now=START)
        wanted: dict[Any, int] = {}
        for fact in ledger.facts():
            for hand in hands_of(fact.body, fact.subjects):
                wanted.setdefault(hand, fact.seq)
        assert dict(ledger.hands()) == wanted
        several = {who for who in PEOPLE if len({hand.duty for hand in wanted if hand.person == who}) > 1}
        assert dict(ledger.hands(several=True)) == {hand: seq for hand, seq in wanted.items() if hand.person in several}
        assert dict(ledger.hands("a", "b")) == {hand: seq for hand, seq in wanted.items() if hand.batch in {"a", "b"}}
        assert verify(ledger)[2] == []
        ledger.close()
