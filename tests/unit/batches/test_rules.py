"""What stands against each step, and what the board says next."""

from __future__ import annotations

from dataclasses import replace

from labelqa.batches.preconditions import (
    why_not_declare,
    why_not_draw,
    why_not_freeze,
    why_not_plan,
    why_not_review,
    why_not_rule,
    why_not_verdict,
)
from labelqa.records.batch import Batch, Conclusion, Kind, Stage
from labelqa.records.designs import Design
from labelqa.records.facts import DisputeRuled, ReviewRecorded
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Standing
from labelqa.records.review import Drawn
from tests.unit.batches.making import (
    ANN,
    BOB,
    CAT,
    NAME,
    OK,
    OTHER,
    SEED,
    batch,
    plan,
    said,
    sample,
)


def test_a_name_is_declared_once() -> None:
    assert why_not_declare(NAME, {}) == []
    assert "declared already" in said(why_not_declare(NAME, {NAME: batch()}))


def test_freezing_needs_an_open_batch_with_items() -> None:
    assert why_not_freeze(batch(Stage.OPEN), 1) == []
    assert "empty" in said(why_not_freeze(batch(Stage.OPEN), 0))
    assert "frozen already" in said(why_not_freeze(batch(), 1))
    assert "settled" in said(why_not_freeze(batch(Stage.SETTLED, conclusion=Conclusion.ACCEPT), 1))


def test_safety_labeling_is_planned_as_a_census() -> None:
    assert why_not_plan(batch(Stage.OPEN), Design.TWO_POINT) == []
    assert why_not_plan(batch(kind=Kind.SAFETY), Design.CENSUS) == []
    assert "census" in said(why_not_plan(batch(kind=Kind.SAFETY), Design.ZERO_ACCEPTANCE))


def test_drawing_needs_a_frame_a_plan_its_seed_and_enough_items() -> None:
    assert why_not_draw(batch(), plan(), 100, seed_digest=SEED, samples=[]) == []
    assert "only 100" in said(why_not_draw(batch(), plan(), 101, seed_digest=SEED, samples=[]))
    assert "at least one" in said(why_not_draw(batch(), plan(), 0, seed_digest=SEED, samples=[]))
    assert "not frozen" in said(why_not_draw(batch(Stage.OPEN), plan(), 4, seed_digest=SEED, samples=[]))
    assert "no such plan" in said(why_not_draw(batch(), None, 4, seed_digest=SEED, samples=[]))
    other = replace(plan(), batch=BatchName("b2"))
    assert "no such plan" in said(why_not_draw(batch(), other, 4, seed_digest=SEED, samples=[]))
    assert "not the seed" in said(why_not_draw(batch(), plan(), 4, seed_digest=OTHER, samples=[]))
    assert "drawn already as sample b1/1" in said(
        why_not_draw(batch(), plan(), 4, seed_digest=SEED, samples=[sample()])
    )


def body(item: str = "1", reviewer: str = BOB, verdict: str = "correct", **more: str) -> ReviewRecorded:
    fields = {"rule": "", "defect": "", "severity": "", "correct_label": "", "unsafe": "", "comment": ""} | more
    fields.setdefault("kind", "verification")
    return ReviewRecorded(sample="b1/1", batch=NAME, item=item, verdict=verdict, reviewer=reviewer, **fields)


DRAWN = {ItemId("1"): Drawn(order=1, item_id=ItemId("1"), ticket="t", verifier=BOB)}


def reasons_against(
    draft: ReviewRecorded,
    *,
    executors: tuple[PersonId, ...] = (ANN,),
    participants: tuple[PersonId, ...] = (ANN,),
    standing: Standing = Standing.QUALIFIED,
    about: Batch | None = None,
) -> str:
    return said(
        why_not_review(
            draft, DRAWN, batch=about or batch(Stage.IN_REVIEW), executors_of_item=executors,
            participants=participants, qualification=replace(OK, standing=standing),
        )
    )  # fmt: skip


def test_a_verdict_needs_a_drawn_item_and_somebody_without_a_part() -> None:
    assert reasons_against(body()) == ""
    assert reasons_against(body("2")) == "item 2 was not drawn in sample b1/1"
    assert "labelled item 1 and may not review own work" in reasons_against(body(), executors=(BOB,))
    assert "held another duty" in reasons_against(body(), participants=(BOB,))
    assert reasons_against(body(reviewer=CAT)) == "item 1 of sample b1/1 was drawn for another verifier than p-cat"
    assert reasons_against(body(reviewer=CAT, kind="review")) == ""
    assert "not qualified" in reasons_against(body(), standing=Standing.EXPIRED)
    assert "settled" in reasons_against(body(), about=batch(Stage.SETTLED, conclusion=Conclusion.VOID))


def test_somebody_unknown_cannot_review() -> None:
    found = why_not_review(
        body(), DRAWN, batch=batch(), executors_of_item=(), participants=(), qualification=None
    )  # fmt: skip
    assert "not qualified" in said(found)


def test_a_verdict_says_what_it_found() -> None:
    assert "names no rule" in said(why_not_verdict(body(verdict="incorrect")))
    assert why_not_verdict(body(verdict="incorrect", rule="R1")) == []
    assert why_not_verdict(body(verdict="incorrect", defect="P2")) == []
    assert "and yet" in said(why_not_verdict(body(correct_label="x")))
    assert why_not_verdict(body(verdict="undecidable")) == []


def ruled(
    item: str = "1", *, label: str = "x", participants: tuple[PersonId, ...] = (), about: Batch | None = None
) -> str:
    draft = DisputeRuled(batch=NAME, item=item, label=label, arbitrator=CAT, reason="")
    return said(
        why_not_rule(draft, batch=about or batch(), disputed={ItemId("1")}, participants=participants, qualification=OK)
    )


def test_rulings_need_a_dispute_a_label_of_the_batch_and_somebody_without_a_part() -> None:
    assert ruled() == ""
    assert "not disputed" in ruled("2")
    assert "not a label" in ruled(label="z")
    assert "may not rule" in ruled(participants=(CAT,))
    assert "not frozen" in ruled(about=batch(Stage.OPEN))
