"""Ways to bend the records of a batch, each tried: what was seen stays seen, and nobody picks what suits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from labelqa.batches.where import parse_condition
from labelqa.errors import Refused
from labelqa.records.batch import Conclusion, Kind
from labelqa.records.designs import Design
from labelqa.records.people import Duty
from labelqa.records.review import SeedStanding, Verdict
from labelqa.workflows.batches import batch_line, declare_batch, freeze_batch
from labelqa.workflows.certifying.settle import accuracy_report, settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items, verify_sample
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.people import add_person, record_exam, record_training
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from tests.building import (
    EXECUTORS,
    MONDAY,
    RELEASE,
    SAFETY,
    Answer,
    account,
    agreeing,
    drawn_batch,
    frozen_batch,
    take_in,
)


def judge(desk: Desk, sample: str, verdicts: dict[str, str] | None = None, **more: str) -> None:
    """The drawn verifiers say *correct*, but where ``verdicts`` says otherwise."""
    for each in drawn_items(desk, sample):
        said = (verdicts or {}).get(each.item_id, "correct")
        told = more if said != "correct" else {}
        defect = "" if said == "correct" else "R1"
        record_review(desk, sample, each.item_id, verdict=Verdict(said), by=each.verifier, defect=defect, **told)


def test_a_hit_stays_a_hit_when_the_verdict_is_changed(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(40)).sample
    first = drawn_items(desk, sample)[0]
    judge(desk, sample, {first.item_id: "incorrect"}, unsafe="A.1")
    record_review(desk, sample, first.item_id, verdict=Verdict.CORRECT, by=first.verifier)
    assert any("changed after they were given" in str(each) for each in accuracy_report(desk, "b1").notes)
    with pytest.raises(Refused, match="1 suspected illegal or harmful hit"):
        settle_batch(desk, "b1")


def test_the_first_safety_verdict_decides_whether_five_percent_failed(place: Callable[..., object]) -> None:
    desk: Desk = place(SAFETY).desk  # type: ignore[attr-defined]
    sample = drawn_batch(desk, answers=agreeing(20, label="safe"), kind=Kind.SAFETY, release=SAFETY).sample
    failing = [each.item_id for each in drawn_items(desk, sample)[:3]]
    judge(desk, sample, dict.fromkeys(failing, "incorrect"))
    judge(desk, sample)
    assert settle_batch(desk, "b1").conclusion is Conclusion.VOID


def test_a_verdict_comes_from_the_verifier_who_was_drawn_and_from_after_the_draw(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(40))
    first = drawn_items(desk, sample.sample)[0]
    other = next(each for each in sample.verifiers if each != first.verifier)
    with pytest.raises(Refused, match="drawn for another verifier"):
        record_review(desk, sample.sample, first.item_id, verdict=Verdict.CORRECT, by=other)


def test_the_pool_of_verifiers_is_everybody_who_may_verify(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(40))
    assert len(sample.pool) == 3
    assert verify_sample(desk, sample.sample) == []


def test_whoever_had_a_hand_in_work_that_was_left_out_does_not_verify(desk: Desk) -> None:
    left = [Answer("q-000", account("Rex One"), "accept", skipped=True)]
    edited = [Answer(f"q-{n:03}", account(EXECUTORS[0]), "accept", edited=account("Rex Two")) for n in range(40)]
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", design=Design.TWO_POINT)
    take_in(desk, [*agreeing(40)[1::3], *agreeing(40)[2::3], *edited, *left])
    freeze_batch(desk, "b1")
    with pytest.raises(Refused, match="2 verifiers were to be drawn, but only 1"):
        draw_sample(desk, "b1")


def test_a_later_plan_does_not_take_the_place_of_the_first(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(60))
    declare_plan(desk, "b1", design=Design.TWO_POINT, accuracy=0.5, risk=0.3)
    assert draw_sample(desk, "b1").plan == 1


def test_a_plan_may_be_thought_over_while_nothing_is_imported(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", design=Design.TWO_POINT, seed="one")
    declare_plan(desk, "b1", design=Design.TWO_POINT, seed="two")
    take_in(desk, agreeing(60))
    freeze_batch(desk, "b1")
    sample = draw_sample(desk, "b1", seed="two")
    assert (sample.plan, sample.standing) == (2, SeedStanding.COMMITTED)


@pytest.mark.parametrize(("seed", "standing"), [("mine", SeedStanding.UNPROVEN), ("", SeedStanding.COMMITTED)])
def test_a_seed_chosen_when_labels_are_there_proves_nothing(desk: Desk, seed: str, standing: SeedStanding) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    take_in(desk, agreeing(60))
    declare_plan(desk, "b1", design=Design.TWO_POINT, seed=seed)
    freeze_batch(desk, "b1")
    assert draw_sample(desk, "b1", seed=seed).standing is standing


def test_more_items_do_not_buy_more_defects(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", design=Design.ZERO_ACCEPTANCE)
    take_in(desk, agreeing(100))
    freeze_batch(desk, "b1")
    sample = draw_sample(desk, "b1", n=90)
    assert (sample.resolved.n, sample.resolved.c) == (90, 0)
    assert verify_sample(desk, sample.sample) == []


def test_labels_without_a_time_are_nobodys_qualified_work(desk: Desk) -> None:
    answers = [Answer(each.item, each.account, each.label, at=None) for each in agreeing(10)]
    frozen_batch(desk, answers=answers)
    assert batch_line(desk, "b1").unqualified == 30


def test_records_that_came_after_the_labels_are_counted(desk: Desk) -> None:
    new = add_person(desk, "New One", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "new@example.com"})
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    take_in(desk, [*agreeing(10), *(Answer(f"q-{n:03}", "new@example.com", "accept") for n in range(10))])
    before = MONDAY - timedelta(days=1)
    record_training(desk, new.person, RELEASE, at=before, organizer="Org")
    record_exam(desk, new.person, RELEASE, at=before, score=1.0, pass_mark=0.8)
    freeze_batch(desk, "b1")
    line = batch_line(desk, "b1")
    assert (line.unqualified, line.records_after) == (0, 10)


def test_a_safety_batch_with_an_item_left_out_is_not_accepted(place: Callable[..., object]) -> None:
    desk: Desk = place(SAFETY).desk  # type: ignore[attr-defined]
    out = [Answer("q-999", account(who), "no such label") for who in EXECUTORS]
    answers = [*agreeing(20, label="safe"), *out]
    sample = drawn_batch(desk, answers=answers, kind=Kind.SAFETY, release=SAFETY).sample
    assert batch_line(desk, "b1").items_left_out == 1
    judge(desk, sample)
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL


def test_names_stay_out_of_the_facts(desk: Desk) -> None:
    where = [parse_condition("annotator != Ann Lee")]
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org", where=where)
    take_in(desk, agreeing(3), name="Ann Lee 13800001111.csv")
    told = json.dumps([str(fact.body) for fact in desk.ledger.facts()])
    assert "Ann Lee" not in told
    assert "13800001111" not in told


def test_forged_content_in_the_intake_is_found(desk: Desk) -> None:
    take_in(desk, agreeing(3), data={"q-000": {"text": "as it was"}})
    assert not verify_ledger(desk).findings
    with sqlite3.connect(Path(desk.settings.workspace) / "intake.sqlite3") as raw:
        raw.execute("update item_revisions set data = replace(data, 'as it was', 'FORGED')")
    raw.close()
    assert [each.code for each in verify_ledger(desk).findings] == ["LG107"]
