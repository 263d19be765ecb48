"""A state that is read piece by piece says what a fold over all facts says; and no use case reads all facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from labelqa.batches.checks import fold_plans, fold_reviews, fold_rulings, fold_samples
from labelqa.batches.fold import fold_batches
from labelqa.ledger.view import Listed, Stored
from labelqa.people.fold import fold_people
from labelqa.records.batch import Stage
from labelqa.records.facts import KINDS, BatchDeclared, BatchFrozen, Fact, ReviewRecorded, SampleDrawn
from labelqa.records.review import Identity, Verdict
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.drawing.verified import verify_sample
from labelqa.workflows.lazily import Lazily
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import State, fold, read_state
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    MONDAY,
    RELEASE,
    Answer,
    Clock,
    account,
    agreeing,
    drawn_batch,
    frozen_batch,
    new_desk,
    staffed,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = Clock()
    with new_desk(tmp_path / "ws", clock=clock) as made:
        staffed(made)
        yield made


def lived(desk: Desk) -> None:
    """A settled batch, one in review, one with a ruling and one that is only frozen."""
    first = drawn_batch(desk, "b1", answers=agreeing(30, at=MONDAY))
    for each in drawn_items(desk, first.sample):
        record_review(desk, first.sample, each.item_id, verdict=Verdict.CORRECT, by=each.verifier)
    settle_batch(desk, "b1")
    split = [
        Answer("d-1", account(who), label)
        for who, label in zip(EXECUTORS, ("accept", "inaccurate", "off_topic"), strict=True)
    ]
    frozen_batch(desk, "b2", answers=[*agreeing(30, prefix="r"), *split])
    rule_dispute(desk, "b2", "d-1", label="accept", by=ARBITRATOR, reason="clear")
    second = draw_sample(desk, "b2")
    for each in drawn_items(desk, second.sample)[:3]:
        record_review(desk, second.sample, each.item_id, verdict=Verdict.CORRECT, by=each.verifier)
        record_review(desk, second.sample, each.item_id, verdict=Verdict.UNDECIDABLE, by=each.verifier)
    frozen_batch(desk, "b3", answers=agreeing(10, prefix="s"))


def told(state: State) -> tuple[object, ...]:
    return (
        dict(state.batches), dict(state.reviews), dict(state.rulings), dict(state.samples), dict(state.plans),
        dict(state.people),
    )  # fmt: skip


def test_a_state_says_what_a_fold_over_all_facts_says(desk: Desk) -> None:
    lived(desk)
    facts = desk.ledger.facts()
    state = read_state(desk)
    stages = [each.stage for each in state.batches.values()]
    assert stages == [Stage.SETTLED, Stage.IN_REVIEW, Stage.FROZEN]
    for count in range(len(facts) + 1):
        some, seen = facts[:count], state.facts.seen(before=count + 1)
        whole = (
            fold_batches(some), fold_reviews(some), fold_rulings(some), fold_samples(some), fold_plans(some),
            fold_people(some),
        )  # fmt: skip
        assert told(fold(seen, 365)) == told(fold(some, 365)) == whole
    for fact in facts[-20:]:
        listed = list(Listed(facts).seen(known=fact.recorded_at))
        known = read_state(desk, known=fact.recorded_at)
        assert dict(known.batches) == fold_batches(listed)
        assert dict(known.reviews) == fold_reviews(listed)


def test_a_stage_is_known_without_reading_a_verdict(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(desk)
    desk.memo.clear()
    monkeypatch.setattr("labelqa.batches.checks._review", lambda *_: pytest.fail("read a verdict"))
    assert read_state(desk).batch("b1").stage is Stage.SETTLED
    assert read_state(desk).batch("b2").stage is Stage.IN_REVIEW


def test_no_use_case_reads_every_fact(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(_self: Stored) -> NoReturn:
        pytest.fail("went through every fact")

    monkeypatch.setattr(Stored, "__iter__", everything)
    monkeypatch.setattr(Stored, "__len__", everything)
    lived(desk)
    assert verify_sample(desk, "b1/1") == []
    assert read_state(desk).release(RELEASE).name == "genai-sft"


def test_a_mapping_is_worked_out_key_by_key_and_once() -> None:
    asked: list[str] = []

    def one(key: str) -> int | None:
        asked.append(key)
        return {"a": 1, "b": 2}.get(key)

    made = Lazily(one, lambda: ["b", "a"])
    assert (made["a"], made.get("x"), "a" in made, "x" in made, asked) == (1, None, True, False, ["a", "x"])
    assert (list(made.items()), len(made)) == ([("b", 2), ("a", 1)], 2)
    with pytest.raises(KeyError):
        made["x"]


def test_of_a_mapping_only_the_latest_values_are_kept_where_that_is_wanted() -> None:
    asked: list[str] = []

    def one(key: str) -> str:
        asked.append(key)
        return key.upper()

    made = Lazily(one, lambda: "abc", most=2)
    assert [made[key] for key in "abab"] == ["A", "B", "A", "B"]
    assert [made[key] for key in "cba"] == ["C", "B", "A"]
    assert asked == ["a", "b", "c", "a"]


FROZEN = BatchFrozen(
    batch="b1", annotations="a", items="b", frame="c", n_annotations=6, n_items=2, n_disputed=0, exclusions=[],
    repeats="last",
)  # fmt: skip


@pytest.mark.parametrize("doubles", [0, 2])
@pytest.mark.parametrize("second", [(), (1,), (0, 1)])
def test_second_opinions_do_not_make_a_batch_reviewed(doubles: int, second: tuple[int, ...]) -> None:
    declared = BatchDeclared(
        batch="b1", kind="functional", release="a@1.0.0", control="c", labels=["x", "y"], organizer="us",
        requester="them", where=[], record_rule="majority", late=False,
    )  # fmt: skip
    drawn = SampleDrawn(
        sample="b1/1", batch="b1", plan=1, kind="review", population=2, n=2, c=0, risk=0.01, power=0.8, seed="s",
        standing="committed", frame="c", digest="d", verifiers=["p-2"], pool=["p-2", "p-3"], doubles=doubles,
    )  # fmt: skip
    verdicts = [
        ReviewRecorded(
            sample="b1/1", batch="b1", item=f"i{place}", verdict="correct", kind="review", reviewer="p-2", rule="",
            defect="", severity="", correct_label="", unsafe="", comment="", second=bool(doubles) and place in second,
        )
        for place in range(2)
    ]  # fmt: skip
    facts = [
        Fact(
            seq=seq, kind=KINDS[type(body)], format=1, actor="lead", identity=Identity.IMPORTED, recorded_at=MONDAY,
            effective_at=MONDAY, supersedes=None, body=body, hash="",
            subjects=("batch:b1", *((f"sample:{body.sample}", f"item:{body.item}") if body in verdicts else ())),
        )
        for seq, body in enumerate((declared, FROZEN, drawn, *verdicts), start=1)
    ]  # fmt: skip
    due = Stage.IN_REVIEW if doubles and second else Stage.REVIEWED
    assert fold(facts, 365).batch("b1").stage is fold_batches(facts)["b1"].stage is due
