"""A settled batch is told as its settlement recorded it: the same as worked out anew, and anew where something bears on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from labelqa.records.batch import Conclusion, Kind
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    Draft,
    PersonLeft,
    ReviewRecorded,
    TrainingRecorded,
)
from labelqa.records.life import CardState, Share
from labelqa.records.names import BatchName
from labelqa.records.review import Verdict
from labelqa.records.summary import BatchLine
from labelqa.workflows.batches import batch_line, batch_lines
from labelqa.workflows.board import board
from labelqa.workflows.certifying import evidence, told
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import drawn_items
from labelqa.workflows.people import find_person
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, RELEASE, SAFETY, agreeing, carded, corrected, drawn_batch, verified


def judged(desk: Desk, sample: str, *, wrong: int = 0) -> None:
    for place, each in enumerate(drawn_items(desk, sample)):
        said = {"verdict": Verdict.INCORRECT, "defect": "R1"} if place < wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, sample, each.item_id, by=each.verifier, **said)


def functional(desk: Desk, name: str = "b1", *, wrong: int = 0) -> None:
    drawn_batch(desk, name, answers=agreeing(60, prefix=f"{name}-"))
    judged(desk, f"{name}/1", wrong=wrong)


def safety(desk: Desk, name: str = "b1", *, wrong: int = 2) -> None:
    drawn_batch(desk, name, answers=agreeing(40, label="safe", prefix=f"{name}-"), kind=Kind.SAFETY, release=SAFETY)
    judged(desk, f"{name}/1", wrong=wrong)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The batches whose evidence is worked out."""
    asked: list[str] = []
    true = evidence._alone

    def noted(desk: Desk, state: Any, batch: Any) -> Any:
        asked.append(batch.name)
        return true(desk, state, batch)

    monkeypatch.setattr(evidence, "_alone", noted)
    return asked


def anew(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> BatchLine:
    """The line worked out from all that is known, whatever the settlement recorded."""
    with monkeypatch.context() as patch:
        patch.setattr(told, "recorded", lambda *_: None)
        patch.setattr("labelqa.workflows.certifying.life.recorded_review", lambda *_: None)
        return batch_line(desk, name)


def same(one: BatchLine, other: BatchLine) -> None:
    """Field by field, so that a difference is named."""
    for each in fields(BatchLine):
        assert getattr(one, each.name) == getattr(other, each.name), each.name


@pytest.mark.parametrize("wrong", [0, 5])
def test_a_functional_batch_is_told_as_recorded_as_it_would_be_worked_out(
    desk: Desk, counted: list[str], monkeypatch: pytest.MonkeyPatch, wrong: int
) -> None:
    functional(desk, wrong=wrong)
    line = settle_batch(desk, "b1", relabel=bool(wrong))
    assert line.conclusion is (Conclusion.RELABEL if wrong else Conclusion.ACCEPT)
    assert isinstance(line.accuracy, Estimate)
    counted.clear()
    assert batch_line(desk, "b1") == line
    assert not counted
    same(line, anew(desk, "b1", monkeypatch))
    assert counted


def test_a_safety_batch_is_told_as_recorded_with_the_set_settled_before_it(
    place: Callable[..., Any], counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = place(SAFETY).desk
    safety(desk, "b0", wrong=4)
    settle_batch(desk, "b0")  # void: 4 of 40
    safety(desk, "b1")
    corrected(desk)
    verified(desk)
    line = settle_batch(desk, "b1")
    safety(desk, "b2", wrong=3)
    settle_batch(desk, "b2")
    counted.clear()
    assert batch_line(desk, "b1") == line
    assert not counted
    review = line.life.first_review
    assert review is not None
    assert (review.whole, review.whole_after) == (Share(6, 80), Share(4, 80))  # b2 was settled after it
    same(line, anew(desk, "b1", monkeypatch))


def test_only_open_batches_are_worked_out_and_settled_ones_count_by_their_record(
    place: Callable[..., Any], counted: list[str]
) -> None:
    desk = place(SAFETY).desk
    for name, wrong in (("b1", 4), ("b2", 3)):
        safety(desk, name, wrong=wrong)
        settle_batch(desk, name)
    safety(desk, "b3", wrong=1)
    safety(desk, "b4", wrong=2)
    counted.clear()
    shown = {each.name: each for each in batch_lines(desk)}
    assert sorted(counted) == ["b3", "b4"]
    review = shown["b3"].life.first_review
    assert review is not None
    assert (review.batch, review.whole) == (Share(1, 40), Share(8, 120))  # b4 has not come to an end
    counted.clear()
    assert {each.name: each.life for each in board(desk)} == {name: each.life for name, each in shown.items()}
    assert sorted(counted) == ["b3", "b4"]
    counted.clear()
    board(desk)
    assert not counted  # nothing was recorded since
    (item, *_) = drawn_items(desk, "b3/1")
    record_review(desk, "b3/1", item.item_id, by=item.verifier, verdict=Verdict.CORRECT)
    board(desk)
    assert counted == ["b3"]
    settle_batch(desk, "b3", relabel=True)
    counted.clear()
    (card,) = [each for each in board(desk) if each.name == "b4"]
    assert card.life.first_review is not None
    assert card.life.first_review.whole == Share(10, 160)  # that another one was settled changes the whole set


def test_an_unknown_figure_is_recorded_with_its_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    functional(desk)
    line = settle_batch(desk, "b1")
    (_, body) = read_state(desk).settlements[BatchName("b1")]
    assert set(body.figures) == {"accuracy", "alpha"}
    assert isinstance(line.alpha, (Estimate, Unknown))
    assert batch_line(desk, "b1").alpha == anew(desk, "b1", monkeypatch).alpha
    json.dumps(body.figures)


def test_a_settlement_that_does_not_say_enough_is_worked_out(desk: Desk, counted: list[str]) -> None:
    functional(desk)
    line = settle_batch(desk, "b1")
    fact, body = read_state(desk).settlements[BatchName("b1")]
    older = replace(body, figures={}, counts={})
    draft = Draft(body=older, subjects=fact.subjects, actor="lead", supersedes=fact.seq, effective_at=fact.effective_at)
    desk.ledger.append([draft], now=desk.clock())
    counted.clear()
    same(batch_line(desk, "b1"), line)
    assert counted == ["b1"]


def test_a_ruling_that_is_recorded_later_all_the_same_is_shown(
    desk: Desk, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    functional(desk, wrong=5)
    line = settle_batch(desk, "b1", relabel=True)
    facts = read_state(desk).facts.of(ReviewRecorded)
    verdict = next(each for each in facts if each.body.verdict == "incorrect")
    about = ("batch:b1", "appeal:a-1", f"fact:{verdict.seq}")
    drafts = [
        Draft(body=AppealFiled(appeal="a-1", person="p-1", against=verdict.seq, batch="b1"), subjects=about, actor="x"),
        Draft(
            body=AppealRuled(appeal="a-1", ruling="upheld", by="p-2", reason="", against=verdict.seq),
            subjects=about, actor="x",
        ),
    ]  # fmt: skip
    desk.ledger.append(drafts, now=desk.clock())
    counted.clear()
    after = batch_line(desk, "b1")
    assert counted == ["b1"]
    assert isinstance(after.accuracy, Estimate)
    assert isinstance(line.accuracy, Estimate)
    assert after.accuracy.point > line.accuracy.point
    same(after, anew(desk, "b1", monkeypatch))


def test_what_came_to_be_known_later_of_the_time_before_counts_and_the_time_after_does_not(
    desk: Desk, counted: list[str]
) -> None:
    functional(desk)
    before = settle_batch(desk, "b1")
    who = find_person(desk, EXECUTORS[0])
    left = PersonLeft(person=who, reason="", revoked=[], by="lead")
    trained = TrainingRecorded(person=who, release=RELEASE, organizer="x", topics=[], material="")
    about = (f"person:{who}",)
    desk.ledger.append([Draft(body=trained, subjects=about, actor="x")], now=desk.clock())
    desk.ledger.append([Draft(body=left, subjects=about, actor="x")], now=desk.clock())
    counted.clear()
    assert batch_line(desk, "b1") == before
    assert not counted
    freeze = read_state(desk).batch("b1").freeze
    assert freeze is not None
    first = min(desk.frozen.read(freeze.annotations, ["created_at"])["created_at"].to_pylist())
    desk.ledger.append([Draft(body=left, subjects=about, actor="x", effective_at=first)], now=desk.clock())
    assert batch_line(desk, "b1").unqualified > 0
    assert counted == ["b1"]


def test_people_who_had_no_hand_in_a_batch_do_not_bear_on_it(desk: Desk, counted: list[str]) -> None:
    functional(desk)
    settle_batch(desk, "b1")
    left = PersonLeft(person="p-elsewhere", reason="", revoked=[], by="lead")
    early = desk.clock() - timedelta(days=900)
    desk.ledger.append(
        [Draft(body=left, subjects=("person:p-elsewhere",), actor="x", effective_at=early)], now=desk.clock()
    )
    counted.clear()
    batch_line(desk, "b1")
    assert not counted


def test_the_card_of_a_settled_batch_is_read_anew(desk: Desk, counted: list[str]) -> None:
    functional(desk)
    assert settle_batch(desk, "b1").life.card is CardState.RECORDED
    carded(desk, licence="contract 2")
    counted.clear()
    assert batch_line(desk, "b1").life.card is CardState.AMENDED
    assert not counted
