"""Batches: declared once, frozen once, exclusive; what stays out and why; what an item's label of record is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.frozen import ANNOTATIONS
from labelqa.records.batch import Batch, Conclusion, Kind, RecordRule, Repeats, Stage
from labelqa.records.facts import BatchSettled, Draft
from labelqa.records.people import Duty, Standing
from labelqa.workflows.batches import batch_line, batch_lines, declare_batch, freeze_batch, unbatched
from labelqa.workflows.conditions import read_condition
from labelqa.workflows.desk import Desk
from labelqa.workflows.freeze import label_of_record, week_name
from labelqa.workflows.people import add_person, record_exam, record_training
from tests.building import EXECUTORS, MONDAY, RELEASE, SAFETY, Answer, account, agreeing, frozen_batch, take_in

ANN, BOB, CAI = map(account, EXECUTORS)


def declared(desk: Desk, name: str = "b1", **options: Any) -> Batch:
    where = [read_condition(each) for each in options.pop("where", ())]
    return declare_batch(desk, name, kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org", where=where, **options)


def rows(desk: Desk, batch: Batch) -> list[dict[str, Any]]:
    assert batch.freeze is not None
    return desk.frozen.read(batch.freeze.annotations).to_pylist()


def items(desk: Desk, batch: Batch) -> list[dict[str, Any]]:
    assert batch.freeze is not None
    return desk.frozen.read(batch.freeze.items).to_pylist()


def test_a_batch_takes_its_labels_from_its_release(desk: Desk) -> None:
    batch = declared(desk)
    assert (batch.control, batch.labels[0], batch.stage, batch.late) == ("quality", "accept", Stage.OPEN, False)


def test_declaring_what_does_not_fit_is_refused_and_nothing_is_recorded(desk: Desk) -> None:
    declared(desk)
    before = desk.ledger.head()
    with pytest.raises(Refused, match="declared already"):
        declared(desk)
    with pytest.raises(Refused, match="rulebook of functional labeling"):
        declare_batch(desk, "b2", kind=Kind.SAFETY, release=RELEASE, organizer="Org")
    with pytest.raises(BadInput, match="not released"):
        declare_batch(desk, "b2", kind=Kind.SAFETY, release=SAFETY, organizer="Org")
    for name in ("", "../b", "a b", "-b", "x" * 151):
        with pytest.raises(WrongUsage, match="no batch name"):
            declared(desk, name)
    with pytest.raises(WrongUsage, match="not both"):
        declared(desk, "b2", labels=["a", "b"])
    with pytest.raises(WrongUsage, match="two --labels"):
        declare_batch(desk, "b2", kind=Kind.FUNCTIONAL, organizer="Org", labels=["a", "a"])
    assert desk.ledger.head() == before


def test_a_batch_declared_after_its_labels_came_is_late(desk: Desk) -> None:
    take_in(desk, agreeing(2))
    assert declared(desk).late
    assert not declared(desk, "b2", where=["item_id = nothing-yet"]).late


def test_a_batch_is_late_when_the_freeze_finds_older_work(desk: Desk) -> None:
    declared(desk)
    older = [
        Answer("q-1", ANN, "accept", at=MONDAY - timedelta(days=3)),
        Answer("q-2", ANN, "accept", at=MONDAY.replace(year=2027)),
    ]
    take_in(desk, older)
    batch = freeze_batch(desk, "b1")
    assert batch.freeze is not None
    assert (batch.freeze.before_declared, batch.late) == (1, True)


def test_a_freeze_writes_rows_by_item_and_annotator(desk: Desk) -> None:
    batch = frozen_batch(desk, answers=list(reversed(agreeing(3))), plan=False)
    held = rows(desk, batch)
    assert list(held[0]) == [name for name, _ in ANNOTATIONS]
    assert [(row["item_no"], row["annotator_no"]) for row in held] == [(i, a) for i in range(3) for a in range(3)]
    assert [row["item_id"] for row in items(desk, batch)] == ["q-000", "q-001", "q-002"]
    people = sorted({row["person"] for row in held})
    assert [row["person"] for row in held] == people * 3
    assert {(row["label"], row["label_no"], row["standing"], row["qualified"]) for row in held} == {
        ("accept", 0, Standing.QUALIFIED, True)
    }


def test_a_frozen_batch_stays_as_it_is(desk: Desk) -> None:
    batch = frozen_batch(desk, answers=agreeing(3), plan=False)
    before = desk.ledger.head()
    with pytest.raises(Refused, match="frozen already"):
        freeze_batch(desk, "b1")
    take_in(desk, agreeing(3, label="off_topic"), name="later.csv")
    assert batch_line(desk, "b1").annotations == 9
    assert {row["label"] for row in rows(desk, batch)} == {"accept"}
    assert desk.ledger.head()[0] == before[0] + 1  # the import's fact alone


def test_an_empty_batch_is_refused_with_the_reason(desk: Desk) -> None:
    declared(desk)
    with pytest.raises(Refused, match="is empty"):
        freeze_batch(desk, "b1")
    with pytest.raises(BadInput, match="no batch is called b9"):
        freeze_batch(desk, "b9")
    declared(desk, "b2", where=["data.weak = 46"])
    take_in(desk, agreeing(2), data={"q-000": {"week": 46}})
    with pytest.raises(Refused, match=r"no annotation has the field data\.weak"):
        freeze_batch(desk, "b2")
    freeze_batch(desk, "b1")
    declared(desk, "b3")
    with pytest.raises(Refused, match="other-batch 6"):
        freeze_batch(desk, "b3")
    assert [line.stage for line in batch_lines(desk)] == [Stage.FROZEN, Stage.OPEN, Stage.OPEN]


def test_conditions_choose_and_an_annotation_is_in_one_batch_only(desk: Desk) -> None:
    declared(desk, "odd", where=["data.part = odd"])
    declared(desk, "all")
    shown = {f"q-{number:03}": {"part": "odd" if number % 2 else "even"} for number in range(5)}
    take_in(desk, agreeing(5), data=shown)
    odd, everything = freeze_batch(desk, "odd"), freeze_batch(desk, "all")
    assert [row["item_id"] for row in items(desk, odd)] == ["q-001", "q-003"]
    assert [row["item_id"] for row in items(desk, everything)] == ["q-000", "q-002", "q-004"]
    assert everything.freeze is not None
    assert {each.reason: each.count for each in everything.freeze.exclusions} == {"other-batch": 6}
    both = [{row["annotation"] for row in rows(desk, each)} for each in (odd, everything)]
    assert both[0] & both[1] == set()


def test_what_stays_out_is_counted_by_reason(desk: Desk) -> None:
    declared(desk)
    answers = [
        Answer("q-1", ANN, "accept"),
        Answer("q-1", BOB, "accept", skipped=True),
        Answer("q-2", ANN, "no such label"),
        Answer("q-3", ANN, "accept", release="genai-sft@2.0.0"),
        Answer("q-1", ANN, "off_topic", at=MONDAY + timedelta(hours=1)),
    ]
    take_in(desk, answers)
    freeze = freeze_batch(desk, "b1").freeze
    assert freeze is not None
    assert {each.reason: each.count for each in freeze.exclusions} == {
        "skipped": 1, "not-in-release": 1, "other-release": 1, "repeat": 1,
    }  # fmt: skip
    assert (freeze.n_annotations, freeze.n_items) == (1, 1)


@pytest.mark.parametrize(
    ("policy", "labels"),
    [(Repeats.FIRST, ["accept"]), (Repeats.LAST, ["off_topic"]), (Repeats.ALL, ["accept", "incomplete", "off_topic"])],
)
def test_repeats_are_settled_by_the_declared_policy(desk: Desk, policy: Repeats, labels: list[str]) -> None:
    declared(desk)
    said = ["incomplete", "off_topic", "accept"]
    times = [MONDAY + timedelta(hours=hour) for hour in (1, 2, 0)]
    take_in(desk, [Answer("q-1", ANN, label, at=at) for label, at in zip(said, times, strict=True)])
    batch = freeze_batch(desk, "b1", repeats=policy)
    assert sorted(row["label"] for row in rows(desk, batch)) == labels
    assert batch.freeze is not None
    assert batch.freeze.repeats is policy


def test_repeats_can_be_refused(desk: Desk) -> None:
    declared(desk)
    take_in(desk, [Answer("q-1", ANN, "accept"), Answer("q-1", ANN, "accept"), Answer("q-2", BOB, "accept")])
    with pytest.raises(Refused, match="1 repeated answers"):
        freeze_batch(desk, "b1", repeats=Repeats.REFUSE)
    assert batch_line(desk, "b1").stage is Stage.OPEN


def test_the_same_content_frozen_in_two_workspaces_has_the_same_digests(place: Any) -> None:
    frames = []
    for _ in range(2):
        desk = place().desk
        declared(desk)
        take_in(desk, agreeing(4))
        freeze = freeze_batch(desk, "b1").freeze
        assert freeze is not None
        frames.append((freeze.annotations, freeze.items, freeze.frame))
    assert frames[0] == frames[1]


def test_disputed_items_have_no_label_of_record(desk: Desk) -> None:
    declared(desk)
    split = [Answer("q-1", ANN, "accept"), Answer("q-1", BOB, "off_topic"), Answer("q-2", ANN, "accept")]
    take_in(desk, split)
    batch = freeze_batch(desk, "b1")
    assert [(row["label"], row["label_no"], row["disputed"]) for row in items(desk, batch)] == [
        (None, -1, True), ("accept", 0, False),
    ]  # fmt: skip
    assert batch.freeze is not None
    assert batch.freeze.n_disputed == 1


LABELS = st.lists(st.sampled_from("abc"), min_size=1, max_size=9)


@given(LABELS)
def test_majority_is_more_than_half_and_single_is_unanimous(labels: list[str]) -> None:
    half = [label for label, votes in Counter(labels).items() if votes > len(labels) / 2]
    assert label_of_record(labels, RecordRule.MAJORITY) == (half[0] if half else None)
    assert label_of_record(labels, RecordRule.SINGLE) == (labels[0] if len(set(labels)) == 1 else None)
    assert label_of_record(labels[::-1], RecordRule.MAJORITY) == label_of_record(labels, RecordRule.MAJORITY)


@pytest.mark.parametrize(
    ("moment", "zone", "week"),
    [
        ("2026-11-15T15:59:59.999999+00:00", "Asia/Shanghai", "2026-W46"),
        ("2026-11-15T16:00:00+00:00", "Asia/Shanghai", "2026-W47"),
        ("2026-11-15T16:00:00+00:00", "UTC", "2026-W46"),
        ("2027-01-03T15:59:59+00:00", "Asia/Shanghai", "2026-W53"),
        ("2027-01-03T16:00:00+00:00", "Asia/Shanghai", "2027-W01"),
        ("2026-03-29T00:59:59+00:00", "Europe/Berlin", "2026-W13"),
        ("2026-03-29T22:00:00+00:00", "Europe/Berlin", "2026-W14"),  # after the change to summer time
        ("2026-03-29T21:59:59+00:00", "Europe/Berlin", "2026-W13"),
        ("2026-11-15T18:15:00+00:00", "Asia/Kathmandu", "2026-W47"),
        ("2026-11-15T18:14:59+00:00", "Asia/Kathmandu", "2026-W46"),
    ],
)
def test_weeks_are_cut_at_midnight_of_the_time_zone(moment: str, zone: str, week: str) -> None:
    assert week_name(datetime.fromisoformat(moment), ZoneInfo(zone)) == week


def test_a_freeze_names_the_week_of_each_annotation_to_the_microsecond(desk: Desk) -> None:
    declared(desk)
    edge = datetime(2026, 11, 15, 16, tzinfo=UTC)
    times = [edge - timedelta(microseconds=1), edge, None]
    take_in(desk, [Answer(f"q-{place}", ANN, "accept", at=at) for place, at in enumerate(times)])
    held = rows(desk, freeze_batch(desk, "b1"))
    assert [row["week"] for row in held] == ["2026-W46", "2026-W47", None]
    assert [row["created_at"] for row in held] == times


def test_qualification_counts_from_the_exam_to_the_day_it_ends(desk: Desk) -> None:
    at = MONDAY - timedelta(days=5)
    old = add_person(desk, "Old Hand", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "old"}).person
    record_training(desk, old, RELEASE, at=at - timedelta(hours=1), organizer="Org")
    record_exam(desk, old, RELEASE, at=at, score=0.8, pass_mark=0.8)
    end = at + timedelta(days=desk.settings.qualification_days)
    tick = timedelta(microseconds=1)
    declared(desk)
    times = [at - tick, at, end - tick, end, None]
    answers = [Answer(f"q-{place}", "old", "accept", at=when) for place, when in enumerate(times)]
    take_in(desk, [*answers, Answer("q-5", "stranger", "accept")])
    held = rows(desk, freeze_batch(desk, "b1"))
    assert [row["qualified"] for row in held] == [False, True, True, False, False, False]
    assert [row["standing"] for row in held][2:] == ["qualified", "expired", "time-unknown", "not-registered"]
    assert batch_line(desk, "b1").unqualified == 4


def settled(desk: Desk, name: str, conclusion: Conclusion) -> None:
    body = BatchSettled(
        batch=name, conclusion=str(conclusion), reason="defects-over-plan", drawn=1, reviewed=1, defects=1, critical=0,
        allowed=0, accuracy=[], method="",
    )  # fmt: skip
    desk.ledger.append([Draft(body=body, subjects=(f"batch:{name}",), actor="lead")], now=desk.clock())


def test_answers_changed_after_a_batch_was_sent_back_can_enter_another_one(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(3), plan=False)
    take_in(desk, agreeing(2, label="off_topic"), name="again.csv")
    declared(desk, "b2")
    with pytest.raises(Refused, match="other-batch 9"):
        freeze_batch(desk, "b2")
    settled(desk, "b1", Conclusion.RELABEL)
    assert [each.annotations for each in unbatched(desk)] == []  # b2 waits for them
    freeze = freeze_batch(desk, "b2").freeze
    assert freeze is not None
    assert (freeze.n_annotations, freeze.n_items) == (6, 2)
    assert {each.reason: each.count for each in freeze.exclusions} == {"other-batch": 3}


def test_answers_changed_after_a_batch_was_accepted_stay_with_it(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(3), plan=False)
    settled(desk, "b1", Conclusion.ACCEPT)
    take_in(desk, agreeing(2, label="off_topic"), name="again.csv")
    declared(desk, "b2")
    with pytest.raises(Refused, match="other-batch 9"):
        freeze_batch(desk, "b2")


def test_annotations_that_no_batch_holds_or_waits_for_are_told(desk: Desk) -> None:
    declared(desk, where=["data.week = 46"])
    shown = {"q-000": {"week": 46}, "q-001": {"week": 47}}
    take_in(desk, agreeing(2, at=MONDAY), data=shown)
    (left,) = unbatched(desk)
    assert (left.project, left.annotations, left.items, left.first, left.last) == ("7", 3, 1, MONDAY, MONDAY)


def test_the_wrong_kind_of_rulebook_is_named_in_words(desk: Desk) -> None:
    from labelqa.i18n import Speaker

    with pytest.raises(Refused) as told:
        declare_batch(desk, "s1", kind=Kind.SAFETY, release=RELEASE, organizer="Org")
    assert "is a rulebook of functional labeling, and the batch is to be safety labeling" in str(told.value)
    assert "是功能性标注的标注规则，而批次为安全性标注" in Speaker("zh")(told.value.message)
