"""Suspected hits: a report stays a report, a second person's word ends it, and only there where it must."""

from __future__ import annotations

from typing import Any

import pytest

from labelqa.batches.card import card_state, fold_cards, lacking, why_not_out
from labelqa.batches.hits import fold_hits, waiting, why_blocked, why_not_rule_hit
from labelqa.errors import Message
from labelqa.records.batch import Conclusion, Kind, Stage
from labelqa.records.facts import KINDS, BatchFrozen, CardRecorded, CorrectionReviewed, Fact, HitRuled
from labelqa.records.life import CardState, HitState
from labelqa.records.people import Duty
from labelqa.records.review import Identity
from tests.unit.batches.making import ANN, BOB, CAT, NAME, NOON, OK, batch, card, hit, review, said


def fact(seq: int, body: Any, *, supersedes: int | None = None) -> Fact:
    return Fact(
        seq=seq, kind=KINDS[type(body)], format=1, actor="lead", identity=Identity.ASSERTED, recorded_at=NOON,
        effective_at=NOON, subjects=(), supersedes=supersedes, body=body, hash="",
    )  # fmt: skip


def ruled(seq: int, *reviews: int, item: str = "1", confirmed: bool = False, **more: Any) -> Fact:
    body = HitRuled(
        batch=more.pop("batch", NAME), item=item, reviews=list(reviews), confirmed=confirmed, by=CAT, reason=""
    )
    return fact(seq, body)


def again(seq: int, unsafe: str) -> Fact:
    body = CorrectionReviewed(batch=NAME, item="1", correction=50, verdict="incorrect", reviewer=CAT, unsafe=unsafe)
    return fact(seq, body)


def states(reviews: list[Any], facts: list[Fact]) -> list[HitState]:
    found = fold_hits(NAME, reviews, facts)
    assert found == fold_hits(NAME, reviews[::-1], facts[::-1])
    return [each.state for each in found]


def test_a_report_waits_until_it_is_looked_at_and_a_new_one_waits_anew() -> None:
    report = review(1, unsafe="A.1 a", fact=10)
    assert states([report, review(2)], []) == [HitState.PENDING]
    assert states([report, review(1, fact=20)], []) == [HitState.PENDING]  # taken back, and reported all the same
    assert states([report], [ruled(30, 10)]) == [HitState.OVERTURNED]
    assert states([report], [ruled(30, 10), again(40, "A.2")]) == [HitState.PENDING]
    assert states([report], [ruled(30, 10), again(40, "A.2"), ruled(50, 40)]) == [HitState.OVERTURNED]
    assert states([report], [ruled(30, 10), again(40, "A.5")]) == [HitState.OVERTURNED]  # unfit is not harmful
    assert states([report], [ruled(30, 10, batch="b2")]) == [HitState.PENDING]


def test_confirmed_is_final() -> None:
    report = review(1, unsafe="A.1 a", fact=10)
    assert states([report], [ruled(30, 10, confirmed=True)]) == [HitState.CONFIRMED]
    assert states([report], [ruled(30, 10, confirmed=True), again(40, "A.2"), ruled(50, 40)]) == [HitState.CONFIRMED]


def test_only_a_functional_batch_that_is_not_settled_waits() -> None:
    pending = [hit(1), hit(2, HitState.OVERTURNED)]
    assert len(waiting(batch(), pending)) == 1
    assert "1 suspected" in said(why_blocked(batch(), pending))
    assert why_blocked(batch(kind=Kind.SAFETY), pending) == []
    assert why_blocked(batch(Stage.SETTLED, conclusion=Conclusion.VOID), pending) == []
    assert why_blocked(batch(), [hit(2, HitState.CONFIRMED)]) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, ""),
        ({"by": BOB}, "a second person has to look"),
        ({"by": ANN}, "had a hand in the labels"),
        ({"duties": {Duty.EXECUTOR, Duty.SUPERVISOR}}, "neither as a reviewer nor as an arbitrator"),
        ({"duties": {Duty.ARBITRATOR}}, ""),
        ({"qualification": None}, "is not qualified"),
        ({"hit": None}, "nobody reported"),
        ({"hit": hit(3, HitState.CONFIRMED)}, "which is final"),
        ({"hit": hit(3, HitState.OVERTURNED)}, "was overturned"),
        ({"batch": batch(Stage.SETTLED, conclusion=Conclusion.ACCEPT)}, "is settled"),
        ({"batch": batch(kind=Kind.SAFETY)}, "is safety labeling"),
    ],
)
def test_who_may_rule_on_a_hit(more: dict[str, Any], reason: str) -> None:
    told: dict[str, Any] = {
        "hit": hit(3), "batch": batch(), "by": CAT, "labelled": {ANN}, "duties": {Duty.REVIEWER}, "qualification": OK,
        "at": NOON,
    } | more  # fmt: skip
    found: list[Message] = why_not_rule_hit(told.pop("hit"), "3", **told)
    assert (reason in said(found)) if reason else found == []


# Cards


def body(**more: Any) -> CardRecorded:
    told: dict[str, Any] = {
        "batch": NAME, "source": "commercial", "licence": "c", "ip_check": "cleared", "personal": False, "basis": "",
        "modalities": ["text"], "languages": ["zh-CN"], "scale": 1,
    }  # fmt: skip
    return CardRecorded(**(told | more))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, ""),
        ({"source": "somewhere"}, "is none of"),
        ({"licence": " "}, "need a licence"),
        ({"source": "user-provided", "licence": ""}, "need a licence"),
        ({"source": "generated", "licence": ""}, "name their generator"),
        ({"source": "generated", "licence": "", "generator": "m 1"}, ""),
        ({"source": "self-collected", "licence": ""}, "the record of their collection"),
        ({"source": "self-collected", "licence": "", "description": "asked people"}, ""),
        ({"source": "self-collected", "licence": "", "attachments": [["log", "d"]]}, ""),
        ({"ip_check": ""}, "intellectual property"),
        ({"ip_check": "found:"}, "intellectual property"),
        ({"ip_check": "found: three songs, taken out"}, ""),
        ({"personal": True}, "legal basis"),
        ({"personal": True, "basis": "consent"}, ""),
        ({"modalities": []}, "modalities"),
        ({"modalities": ["text", "smell"]}, "smell"),
        ({"languages": ["Chinese!"]}, "Chinese!"),
        ({"scale": 0}, "1 or more"),
        ({"acquired": "last week"}, "is no day"),
        ({"acquired": "2026-11-01"}, ""),
    ],
)
def test_what_a_card_has_to_say(more: dict[str, Any], reason: str) -> None:
    found = lacking(body(**more))
    assert (reason in said(found)) if reason else found == []


def test_a_card_is_late_when_the_batch_was_frozen_without_one() -> None:
    frozen = fact(
        5, BatchFrozen(batch=NAME, annotations="", items="", frame="", n_annotations=1, n_items=1, n_disputed=0,
                       exclusions=[], repeats="last"),
    )  # fmt: skip
    early, late = fact(3, body()), fact(7, body(licence="d"), supersedes=3)
    assert card_state(fold_cards([frozen, early])[NAME]) is CardState.RECORDED
    assert card_state(fold_cards([late, frozen, early])[NAME]) is CardState.AMENDED
    assert card_state(fold_cards([frozen, fact(7, body())])[NAME]) is CardState.LATE
    assert card_state(fold_cards([fact(7, body())])[NAME]) is CardState.RECORDED  # open still
    assert card_state(None) is CardState.NONE
    assert card_state(card(licence="", late=True)) is CardState.INCOMPLETE
    assert why_not_out(batch(), card(late=True)) == []
    assert "no card" in said(why_not_out(batch(), None))
