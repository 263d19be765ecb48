"""The whole life of an item in one answer, and items picked at random with their metadata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labelqa.adapters.cli.output import worded
from labelqa.errors import BadInput, WrongUsage
from labelqa.i18n import Speaker
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    BatchReturned,
    BatchSettled,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Draft,
    Fact,
    HitRuled,
    ImportCounted,
    LabelsExported,
    ReviewRecorded,
    SampleDrawn,
    SupervisionChecked,
)
from labelqa.records.history import Happened, HistoryLine
from labelqa.records.review import Identity
from labelqa.reduce.lookup import close_ids, files_with, smallest
from labelqa.sampling import draw
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.drawn import drawn_items
from labelqa.workflows.history.item import item_history
from labelqa.workflows.history.pick import pick_items
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, MONDAY, Answer, account, agreeing, drawn_batch, frozen_batch, take_in

ITEM = "q-000"


def say(desk: Desk, body: Any, *subjects: str, **told: Any) -> int:
    (fact,) = desk.ledger.append([Draft(body=body, subjects=subjects, actor="t", **told)], now=desk.clock())
    return fact.seq


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """An item to which everything happened."""
    edited = Answer(ITEM, account(EXECUTORS[0]), "accept", at=MONDAY, origin="prelabelled-edited")
    answers = [each for each in agreeing(30) if (each.item, each.account) != (ITEM, edited.account)]
    drawn_batch(desk, answers=[*answers, edited])
    about = ("batch:b1", f"item:{ITEM}")
    review = {
        "sample": "b1/1", "batch": "b1", "item": ITEM, "kind": "verification", "reviewer": "p-r", "rule": "1.1",
        "defect": "", "severity": "", "comment": "", "label": "accept",
    }  # fmt: skip
    first = say(desk, ReviewRecorded(verdict="correct", correct_label="", unsafe="", **review), *about)
    bad = ReviewRecorded(verdict="incorrect", correct_label="off_topic", unsafe="A.1", **review)
    problem = say(desk, bad, *about, supersedes=first)
    say(desk, HitRuled(batch="b1", item=ITEM, reviews=[problem], confirmed=False, by="p-x", reason=""), *about)
    appeal = say(desk, AppealFiled(appeal="ap-1", person="p-a", against=problem, batch="b1", item=ITEM), *about)
    say(desk, AppealRuled(appeal="ap-1", ruling="rejected", by="p-x", reason=""), *about)
    when = "2026-11-16T02:00:00.000000Z"
    fixed = CorrectionRecorded(
        batch="b1", item=ITEM, annotator="p-a", corrector="p-b", before="accept", after="off_topic", made_at=when,
        corrected_at=when, problems=[problem],
    )  # fmt: skip
    seq = say(desk, fixed, *about)
    say(desk, CorrectionReviewed(batch="b1", item=ITEM, correction=seq, verdict="correct", reviewer="p-r"), *about)
    checked = {"supervision": "b1/s1", "batch": "b1", "verdict": "correct", "supervisor": "p-s", "note": ""}
    say(desk, SupervisionChecked(work=f"annotation:{ITEM}:p-a", **checked), "batch:b1")
    say(desk, SupervisionChecked(work=f"review:{problem}", **checked), "batch:b1")
    say(desk, SupervisionChecked(work="annotation:q-001:p-a", **checked), "batch:b1")
    back = {"batch": "b1", "child": "b1-r1", "round": 1, "scope": "found", "reason": "", "by": "p-x"}
    say(desk, BatchReturned(items=[ITEM], **back), "batch:b1")
    say(desk, BatchReturned(items=["q-002"], **(back | {"child": "b1-r2"})), "batch:b1")
    settled = BatchSettled(
        batch="b1", conclusion="accept", reason="proven", drawn=0, reviewed=0, defects=0, critical=0, allowed=0,
        accuracy=[], method="",
    )  # fmt: skip
    say(desk, settled, "batch:b1")
    out = LabelsExported(
        export="export-1", batches=["b1"], items=30, files={}, recipient="R", forced=[], reason="", by="p-x"
    )
    say(desk, out, "batch:b1")
    assert appeal
    return desk


def of(lines: tuple[HistoryLine, ...], happened: Happened) -> list[HistoryLine]:
    return [each for each in lines if each.happened is happened]


def test_everything_that_happened_is_told_in_order(lived: Desk) -> None:
    told = item_history(lived, ITEM)
    drawn = ITEM in {each.item_id for each in drawn_items(lived, "b1/1")}
    kinds = [each.happened for each in told.lines if each.happened is not Happened.DRAWN]
    labelled = [Happened.LABELLED] * 3
    assert sorted(kinds[:5]) == sorted([*labelled, Happened.DECLARED, Happened.CARD])
    assert kinds[5:] == [
        Happened.FROZEN, Happened.VERDICT, Happened.VERDICT, Happened.HIT, Happened.APPEALED, Happened.APPEALED,
        Happened.CORRECTED, Happened.RE_REVIEWED, Happened.SUPERVISED, Happened.SUPERVISED, Happened.RETURNED,
        Happened.SETTLED, Happened.EXPORTED,
    ]  # fmt: skip
    assert len(of(told.lines, Happened.DRAWN)) == int(drawn)
    assert (told.batches, told.releases, told.label) == (("b1",), ("genai-sft@1.0.0",), "off_topic")
    first, second = of(told.lines, Happened.VERDICT)
    assert (first.superseded, second.superseded) == (True, False)
    assert str(second.message).startswith("verdict changed, judged accept: incorrect; sample b1/1; rule 1.1")
    zone = lived.settings.zone
    told_in = {lang: Speaker(lang)(worded(second.message, Speaker(lang), zone)) for lang in ("en", "zh")}
    assert "suspected harm A.1 Content violating" in told_in["en"]
    assert "A.1 包含违反社会主义核心价值观的内容" in told_in["zh"]
    (settled,) = of(told.lines, Happened.SETTLED)
    assert str(settled.message) == "batch accepted (the accuracy is proven at the plan's risk)"
    (corrected,) = of(told.lines, Happened.CORRECTED)
    assert "（2026-11-16 10:00）" in Speaker("zh")(worded(corrected.message, Speaker("zh"), zone))
    assert str(of(told.lines, Happened.SUPERVISED)[0].message) == "supervisor on the annotation by p-a: correct"
    assert first.identity is not None
    assert all(each.fact for each in told.lines)


def test_work_on_an_item_whose_id_goes_on_after_a_colon_is_another_items(lived: Desk) -> None:
    before = len(of(item_history(lived, ITEM).lines, Happened.SUPERVISED))
    checked = {"supervision": "b1/s1", "batch": "b1", "verdict": "correct", "supervisor": "p-s", "note": ""}
    say(lived, SupervisionChecked(work=f"annotation:{ITEM}:part-2:p-a", **checked), "batch:b1")
    assert len(of(item_history(lived, ITEM).lines, Happened.SUPERVISED)) == before


def test_answers_say_who_made_them_and_how(lived: Desk) -> None:
    lines = of(item_history(lived, ITEM).lines, Happened.LABELLED)
    assert {each.name for each in lines} == set(EXECUTORS)
    assert {each.at for each in lines} == {MONDAY}
    brought = {fact.seq for fact in lived.ledger.view().of(ImportCounted)}
    assert len(lines) == 3
    assert {each.fact for each in lines} <= brought
    assert {each.identity for each in lines} == {Identity.IMPORTED}
    assert [str(each.message).partition(";")[0] for each in lines if each.name == EXECUTORS[0]] == [
        "labelled accept: a pre-label, edited"
    ]


def test_a_drawn_item_says_in_which_sample_and_for_whom(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(30))
    first = drawn_items(desk, sample.sample)[0]
    (line,) = of(item_history(desk, first.item_id).lines, Happened.DRAWN)
    assert str(line.message).startswith(f"drawn as number 1 of {sample.resolved.n} in sample b1/1, for Rex")
    fact: Fact = desk.ledger.view().of(SampleDrawn)[0]
    assert line.fact == fact.seq
    not_drawn = {f"q-{n:03}" for n in range(30)} - {each.item_id for each in drawn_items(desk, sample.sample)}
    for item in sorted(not_drawn)[:2]:
        assert of(item_history(desk, item).lines, Happened.DRAWN) == []


def test_an_item_of_an_open_batch_is_told_from_the_intake(desk: Desk) -> None:
    take_in(desk, [Answer("open-1", account(EXECUTORS[1]), "accept")], data={"open-1": {"text": "question"}})
    told = item_history(desk, "open-1")
    assert [(each.name, str(each.message), each.at) for each in told.lines] == [
        (EXECUTORS[1], "labelled accept", MONDAY)
    ]
    assert (told.batches, told.content, told.label) == ((), {"text": "question"}, "")
    assert [each.fact for each in told.lines] == [fact.seq for fact in desk.ledger.view().of(ImportCounted)]


def test_an_unknown_item_is_said_with_what_was_meant(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(3), plan=False)
    with pytest.raises(BadInput, match=r"no(thing|body).*q-0000.*did you mean q-000"):
        item_history(desk, "q-0000")
    with pytest.raises(BadInput, match="give the id as it was imported"):
        item_history(desk, "zzz")


def test_a_discarded_item_has_no_label(desk: Desk) -> None:
    frozen_batch(desk, answers=[*agreeing(3), Answer("d", account(EXECUTORS[0]), "accept"),
                                Answer("d", account(EXECUTORS[1]), "off_topic")], plan=False)  # fmt: skip
    ruling = DisputeRuled(batch="b1", item="d", label="", arbitrator="p-z", reason="", outcome="rejected")
    say(desk, ruling, "batch:b1", "item:d")
    told = item_history(desk, "d")
    assert told.label == ""
    assert [str(each.message) for each in of(told.lines, Happened.RULED)] == ["the arbitrator discarded the item"]


def test_a_pick_is_the_plain_draw_over_all_frozen_items(desk: Desk) -> None:
    for name in ("b1", "b2", "b3"):
        frozen_batch(desk, name, answers=agreeing(20, prefix=name), plan=False)
    every = [f"{name}-{n:03}" for name in ("b1", "b2", "b3") for n in range(20)]
    found = pick_items(desk, 10, seed="any")
    assert [(each.ticket, each.item_id) for each in found.items] == draw("any", every, 10)
    assert (found.population, found.batches) == (60, 3)
    assert all(each.item_id.startswith(each.batch) for each in found.items)
    one = pick_items(desk, 5, batch="b2", seed="any")
    assert [each.item_id for each in one.items] == [item for _, item in draw("any", every[20:40], 5)]
    assert pick_items(desk, 5).seed != pick_items(desk, 5).seed


def test_a_picked_item_has_its_whole_metadata_or_says_what_is_missing(desk: Desk) -> None:
    frozen_batch(desk, answers=[replace(each, release="genai-sft@1.0.0") for each in agreeing(3)], plan=False)
    frozen_batch(desk, "b2", answers=agreeing(3, prefix="z"), plan=False, card=False)
    told = {each.item_id: each for each in pick_items(desk, 6).items}
    whole = told["q-000"]
    assert (whole.missing, whole.licence, whole.label, len(whole.annotators)) == ((), "contract 1", "accept", 3)
    assert len(whole.labelled) == 3
    assert "card" in told["z-000"].missing


def test_an_item_of_an_early_answer_misses_the_release_it_was_made_under(desk: Desk) -> None:
    early = [replace(each, at=MONDAY - timedelta(days=30)) for each in agreeing(3)]
    frozen_batch(desk, answers=early, plan=False)
    assert {each.missing for each in pick_items(desk, 3).items} == {("release",)}


def test_wrong_picks_are_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="no batch is frozen"):
        pick_items(desk, 1)
    frozen_batch(desk, answers=agreeing(3), plan=False)
    with pytest.raises(BadInput, match="4 items were asked for, and 3 are frozen"):
        pick_items(desk, 4)
    with pytest.raises(WrongUsage, match="seed"):
        pick_items(desk, 1, seed="a\tb")


def test_looking_up_in_no_files_finds_nothing(tmp_path: Path) -> None:
    assert (files_with([], "x"), close_ids([], "x"), smallest([], "s", 1)) == ([], [], (0, []))


def test_the_history_reads_only_facts_of_the_item_and_its_batch(lived: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million facts on other things must not cost anything: no use of the view goes through all of them."""
    from labelqa.ledger.view import Stored

    def refuse(_self: Any) -> Any:
        raise AssertionError("every fact was read")

    monkeypatch.setattr(Stored, "__iter__", refuse)
    read: Callable[[Desk], Any] = read_state
    lived.memo.clear()
    assert read(lived)
    assert item_history(lived, ITEM).lines


def test_a_pick_hears_the_rulings_of_the_picked_items_own_batch(desk: Desk) -> None:
    """Discarded in one batch and sent back in a later one: its label is missing there, and nobody discarded it."""
    frozen_batch(desk, answers=agreeing(1), plan=False)

    def ruled(batch: str, outcome: str) -> None:
        body = DisputeRuled(batch=batch, item=ITEM, label="", arbitrator="p-x", reason="", outcome=outcome)
        say(desk, body, f"batch:{batch}", f"item:{ITEM}")

    ruled("b0", "rejected")
    ruled("b1", "sent-back")
    (picked,) = pick_items(desk, 1, seed="s").items
    assert (picked.label, "label" in picked.missing) == ("", True)
    ruled("b1", "rejected")
    (picked,) = pick_items(desk, 1, seed="s").items
    assert "label" not in picked.missing
