"""What a batch comes to, and by which verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labelqa.batches.conclusion import Evidence, countable, deciding, illegal, plan_to_draw, tally
from labelqa.batches.settled import REASONS, conclude, reason_name, why_not_settle
from labelqa.errors import Refused
from labelqa.records.batch import Conclusion, Kind, Stage
from labelqa.records.designs import Design
from labelqa.records.names import ItemId
from labelqa.records.review import Review
from tests.unit.batches.making import (
    ANN,
    CAT,
    batch,
    evidence,
    plan,
    review,
    said,
    sample,
)


def concluded(found: Evidence, kind: Kind = Kind.FUNCTIONAL, n: int = 100) -> tuple[Conclusion, str]:
    outcome = conclude(batch(Stage.REVIEWED, kind=kind, n=n), found)
    assert outcome.reason in REASONS
    return outcome.conclusion, outcome.reason


FINE = [review(item) for item in range(4)]


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        (FINE, (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:3], review(3, "incorrect")], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:3], review(3, "undecidable")], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:2], review(2, "incorrect"), review(3, "undecidable")], (Conclusion.RELABEL, "defects-over-plan")),
        ([*FINE[:3], review(3, unsafe="A.1 c")], (Conclusion.VOID, "unsafe-content")),
        ([*FINE[:3], review(3, unsafe="A.5 b")], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:2], review(2, "incorrect"), review(3, unsafe="A.5")], (Conclusion.RELABEL, "defects-over-plan")),
        # the later verdict holds, but one that reported a hit is not outvoted, only withdrawn
        ([*FINE, review(3, "incorrect", fact=900), review(2, "incorrect", fact=901)],
         (Conclusion.RELABEL, "defects-over-plan")),
        ([*FINE, review(3, "incorrect", fact=1), review(2, "incorrect", fact=2)], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE, review(3, unsafe="A4a", fact=1)], (Conclusion.VOID, "unsafe-content")),
    ],
)  # fmt: skip
def test_functional_conclusions(reviews: list[Review], expected: tuple[Conclusion, str]) -> None:
    assert concluded(evidence(reviews)) == expected


def test_a_hit_in_a_further_sample_voids_too() -> None:
    found = replace(evidence(FINE), everything=(*FINE, review(77, unsafe="A.2")))
    assert concluded(found) == (Conclusion.VOID, "unsafe-content")


def test_unqualified_work_is_never_accepted_but_void_goes_first() -> None:
    found = conclude(batch(Stage.REVIEWED), evidence(FINE, unqualified=7))
    assert (found.conclusion, found.reason) == (Conclusion.RELABEL, "unqualified-work")
    assert "7 labels" in str(found.message)
    assert concluded(evidence([*FINE[:3], review(3, unsafe="A.3")], unqualified=7))[0] is Conclusion.VOID


def test_open_disputes_wait_for_the_arbitrator_unless_the_batch_is_void() -> None:
    with pytest.raises(Refused, match="2 disputed items"):
        concluded(evidence(FINE, disputes=2))
    with pytest.raises(Refused, match="2 disputed items"):
        concluded(evidence(FINE, disputes=2, unqualified=1))
    assert concluded(evidence([*FINE[:3], review(3, unsafe="A.3")], disputes=2))[0] is Conclusion.VOID


def test_a_plan_is_decided_when_no_verdict_to_come_can_change_it_and_not_before() -> None:
    assert concluded(evidence(FINE[:3])) == (Conclusion.ACCEPT, "within-plan")  # one more, and one may be wrong
    with pytest.raises(Refused, match="1 of 4 drawn items"):
        concluded(evidence(FINE[:3], c=0))
    with pytest.raises(Refused, match="1 of 4 drawn items"):
        concluded(evidence([*FINE[:3], review(55)], c=0))  # a verdict on an item that was not drawn is none
    wrong = [review(0, "incorrect"), review(1, "incorrect")]
    assert concluded(evidence(wrong)) == (Conclusion.RELABEL, "defects-over-plan")
    with pytest.raises(Refused, match="3 items of a further sample"):
        concluded(replace(evidence(FINE), pending=3))


def test_verdicts_out_of_turn_decide_nothing_yet() -> None:
    late = [review(2, "incorrect"), review(3, "incorrect")]  # the first two drawn items are still out
    with pytest.raises(Refused, match="2 of 4 drawn items"):
        concluded(evidence(late))


def test_a_census_of_a_functional_batch_is_whole_before_it_accepts() -> None:
    with pytest.raises(Refused, match="1 of 4 drawn items"):
        concluded(evidence(FINE[:3], design=Design.CENSUS))


def test_a_hit_voids_at_once() -> None:
    assert concluded(evidence([review(0, unsafe="A.1")], c=0)) == (Conclusion.VOID, "unsafe-content")


def test_without_freeze_sample_or_after_the_end_there_is_nothing_to_settle() -> None:
    assert "not frozen" in said(why_not_settle(batch(Stage.OPEN), evidence(FINE)))
    assert "no sample" in said(why_not_settle(batch(), replace(evidence([]), sample=None)))
    assert "settled already" in said(why_not_settle(batch(conclusion=Conclusion.ACCEPT), evidence(FINE)))


def safety(failing: int, *, total: int = 100, **more: int) -> tuple[Conclusion, str]:
    reviews = [review(item, "incorrect" if item < failing else "correct") for item in range(total)]
    return concluded(evidence(reviews, n=total, c=0, **more), Kind.SAFETY, total)


def test_safety_accepts_only_without_a_failing_item_and_is_void_past_five_percent() -> None:
    assert safety(0) == (Conclusion.ACCEPT, "all-approved")
    assert safety(1) == (Conclusion.RELABEL, "failed-items")
    assert safety(5) == (Conclusion.RELABEL, "failed-items")  # 5 % does not exceed 5 %
    assert safety(6) == (Conclusion.VOID, "failing-over-limit")
    assert safety(1, total=20) == (Conclusion.RELABEL, "failed-items")
    assert safety(1, total=19) == (Conclusion.VOID, "failing-over-limit")
    assert safety(0, unqualified=1) == (Conclusion.RELABEL, "unqualified-work")
    assert safety(6, unqualified=1, disputes=1) == (Conclusion.VOID, "failing-over-limit")


def test_safety_counts_the_first_review_for_the_limit_and_any_failure_against_acceptance() -> None:
    first_failed = [review(item, "incorrect", fact=1 + item) for item in range(6)]
    later_fine = [review(item) for item in range(100)]
    found = evidence([*later_fine, *first_failed], n=100)
    assert concluded(found, Kind.SAFETY) == (Conclusion.VOID, "failing-over-limit")
    later_failed = [review(item, "incorrect", fact=900 + item) for item in range(6)]
    found = evidence([*later_fine, *later_failed], n=100)
    assert concluded(found, Kind.SAFETY) == (Conclusion.RELABEL, "failed-items")
    found = evidence([*later_fine[:99], review(99, unsafe="A.1")], n=100)
    assert concluded(found, Kind.SAFETY) == (Conclusion.RELABEL, "failed-items")


def test_safety_needs_a_verdict_on_every_item_of_the_batch() -> None:
    with pytest.raises(Refused, match="1 of 100 items of batch b1 have no verdict by a qualified reviewer"):
        concluded(evidence([review(item) for item in range(99)], n=100), Kind.SAFETY)
    with pytest.raises(Refused, match="96 of 100"):
        concluded(evidence(FINE), Kind.SAFETY)  # a sample is not a census


def test_only_qualified_outsiders_verdicts_count() -> None:
    reviews = [review(1), review(2, reviewer=ANN), review(3, reviewer=CAT)]
    found = countable(
        reviews,
        executors={ItemId("2"): {ANN}, ItemId("1"): {CAT}},
        qualified=lambda person, _: person != CAT,
        labels={ItemId("1"): "x"},
    )
    assert found == (reviews[0],)


def test_a_verdict_on_another_label_than_that_of_record_does_not_count() -> None:
    given = replace(review(1), label="x")

    def counted(labels: dict[ItemId, str]) -> int:
        return len(countable([given], executors={}, qualified=lambda *_: True, labels=labels))

    assert counted({ItemId("1"): "x"}) == 1
    assert counted({ItemId("1"): "y"}) == 0


@pytest.mark.parametrize(
    ("code", "hit"),
    [("", False), ("A.5", False), ("A5a", False), ("a.5 b", False), ("A.1", True), ("A4g", True), ("yes", True)],
)
def test_hits_are_all_risks_but_unfitness(code: str, hit: bool) -> None:
    assert illegal(review(1, unsafe=code)) is hit


def test_the_tally_is_what_is_recorded() -> None:
    reviews = [*FINE[:2], review(2, "incorrect"), review(3, "undecidable", unsafe="A.1"), review(3, "incorrect")]
    assert tally(evidence(reviews)) == (4, 4, 2, 1, 1)
    assert tally(replace(evidence([]), sample=None)) == (4, 0, 0, 0, 0)


def test_the_first_draw_decides_and_so_does_the_first_plan_made_with_labels_at_hand() -> None:
    assert deciding([sample(number=2), sample(number=1)]) == sample(number=1)
    assert deciding([]) is None
    plans = [plan(1), plan(2), plan(3, after_results=True)]
    assert plan_to_draw(plans) == plan(1)
    assert plan_to_draw(plans[2:]) == plans[2]
    early = [replace(plan(1), before_labels=True), replace(plan(2), before_labels=True), plan(3)]
    assert plan_to_draw(early) == early[1]
    assert plan_to_draw([]) is None


def test_reasons_have_names() -> None:
    assert str(reason_name("unsafe-content")) == "illegal or harmful content found"
    assert str(reason_name("other")) == "other"
