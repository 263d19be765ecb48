"""What a batch comes to, and by which verdicts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from labelqa.batches.conclusion import Evidence, countable, deciding, illegal, plan_to_draw, tally
from labelqa.batches.life import Life, first_review
from labelqa.batches.settled import REASONS, conclude, reason_name, why_not_settle
from labelqa.errors import Refused
from labelqa.records.batch import Conclusion, Kind, Stage
from labelqa.records.designs import Design
from labelqa.records.life import HitState, Share
from labelqa.records.names import ItemId
from labelqa.records.review import Review
from labelqa.stats.acceptance import fixed_plan
from tests.unit.batches.making import (
    ANN,
    CAT,
    LIVED,
    batch,
    card,
    certified,
    evidence,
    hit,
    plan,
    review,
    said,
    sample,
    verified,
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
        ([*FINE[:3], review(3, unsafe="A.5 b")], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:2], review(2, "incorrect"), review(3, unsafe="A.5")], (Conclusion.RELABEL, "defects-over-plan")),
        # the later verdict holds, but one that reported a hit is not outvoted, only withdrawn
        ([*FINE, review(3, "incorrect", fact=900), review(2, "incorrect", fact=901)],
         (Conclusion.RELABEL, "defects-over-plan")),
        ([*FINE, review(3, "incorrect", fact=1), review(2, "incorrect", fact=2)], (Conclusion.ACCEPT, "within-plan")),
    ],
)  # fmt: skip
def test_functional_conclusions(reviews: list[Review], expected: tuple[Conclusion, str]) -> None:
    assert concluded(evidence(reviews)) == expected


HARM = replace(LIVED, hits=(hit(3, HitState.CONFIRMED),))


def test_a_confirmed_hit_voids_whatever_else_was_found_and_waits_for_nothing() -> None:
    void = (Conclusion.VOID, "unsafe-content")
    assert concluded(evidence(FINE, life=HARM)) == void
    assert concluded(evidence([review(0)], c=0, life=HARM)) == void  # nothing is decided yet
    bare = replace(HARM, card=None, uncorrected=frozenset({ItemId("1")}), appeals=3)
    assert concluded(evidence(FINE, disputes=2, unqualified=7, life=bare)) == void
    both = replace(HARM, hits=(*HARM.hits, hit(2)))  # a second one still waits
    assert concluded(evidence(FINE, life=both)) == void


def test_a_suspected_hit_blocks_either_conclusion_and_an_overturned_one_blocks_nothing() -> None:
    pending = replace(LIVED, hits=(hit(3),))
    wrong = [review(0, "incorrect"), review(1, "incorrect"), *FINE[2:]]
    for reviews in (FINE, wrong):
        with pytest.raises(Refused, match="1 suspected illegal or harmful hit in batch b1 waits for a second"):
            concluded(evidence(reviews, life=pending))
    with pytest.raises(Refused, match="suspected"):
        conclude(batch(Stage.REVIEWED), evidence(FINE, life=pending), relabel=True)
    over = replace(LIVED, hits=(hit(3, HitState.OVERTURNED),))
    assert concluded(evidence(FINE, life=over)) == (Conclusion.ACCEPT, "within-plan")
    assert concluded(evidence(wrong, life=over)) == (Conclusion.RELABEL, "defects-over-plan")


def test_unqualified_work_is_never_accepted_but_void_goes_first() -> None:
    found = conclude(batch(Stage.REVIEWED), evidence(FINE, unqualified=7))
    assert (found.conclusion, found.reason) == (Conclusion.RELABEL, "unqualified-work")
    assert "7 labels" in str(found.message)
    assert concluded(evidence(FINE, unqualified=7, life=HARM))[0] is Conclusion.VOID


def test_open_disputes_wait_for_the_arbitrator_unless_the_batch_is_void() -> None:
    with pytest.raises(Refused, match="2 disputed items"):
        concluded(evidence(FINE, disputes=2))
    with pytest.raises(Refused, match="2 disputed items"):
        concluded(evidence(FINE, disputes=2, unqualified=1))
    assert concluded(evidence(FINE, disputes=2, life=HARM))[0] is Conclusion.VOID


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


def test_without_freeze_sample_or_after_the_end_there_is_nothing_to_settle() -> None:
    assert "not frozen" in said(why_not_settle(batch(Stage.OPEN), evidence(FINE)))
    assert "no sample" in said(why_not_settle(batch(), replace(evidence([]), sample=None)))
    assert "settled already" in said(why_not_settle(batch(conclusion=Conclusion.ACCEPT), evidence(FINE)))


OUTSIDE = replace(LIVED, verifications=(verified(),))  # people outside the batch have looked as well


def safety(failing: int, *, total: int = 100, relabel: bool = False, **more: Any) -> tuple[Conclusion, str]:
    reviews = [review(item, "incorrect" if item < failing else "correct") for item in range(total)]
    found = evidence(reviews, n=total, c=0, **{"life": OUTSIDE, **more})
    outcome = conclude(batch(Stage.REVIEWED, kind=Kind.SAFETY, n=total), found, relabel=relabel)
    return outcome.conclusion, outcome.reason


def fixed(*items: int) -> Life:
    """These items were corrected and passed their re-review."""
    return replace(OUTSIDE, problems=len(items), approved=frozenset(ItemId(str(item)) for item in items))


def test_safety_accepts_only_what_is_approved_item_by_item_and_is_void_past_five_percent() -> None:
    assert safety(0) == (Conclusion.ACCEPT, "all-approved")
    with pytest.raises(Refused, match="1 item of batch b1 failed the safety review and no reviewer has approved"):
        safety(1)
    assert safety(1, life=fixed(0)) == (Conclusion.ACCEPT, "all-approved")
    assert safety(5, life=fixed(0, 1, 2, 3, 4)) == (Conclusion.ACCEPT, "all-approved")  # 5 % does not exceed 5 %
    with pytest.raises(Refused, match="1 item of batch b1 failed"):
        safety(5, life=fixed(0, 1, 2, 3))
    assert safety(6) == (Conclusion.VOID, "failing-over-limit")
    assert safety(6, life=fixed(*range(6))) == (Conclusion.VOID, "failing-over-limit")  # correcting comes too late
    assert safety(1, total=20, life=fixed(0)) == (Conclusion.ACCEPT, "all-approved")
    assert safety(1, total=19, life=fixed(0)) == (Conclusion.VOID, "failing-over-limit")
    assert safety(0, unqualified=1) == (Conclusion.RELABEL, "unqualified-work")
    assert safety(6, unqualified=1, disputes=1) == (Conclusion.VOID, "failing-over-limit")


def test_safety_is_labelled_again_only_by_choice_and_only_where_something_failed() -> None:
    assert safety(2, relabel=True) == (Conclusion.RELABEL, "failed-items")
    assert safety(2, relabel=True, life=LIVED) == (Conclusion.RELABEL, "failed-items")  # it needs no verification
    with pytest.raises(Refused, match="nothing that was found wrong in batch b1 is open"):
        safety(0, relabel=True)
    with pytest.raises(Refused, match="nothing that was found wrong"):
        safety(1, relabel=True, life=fixed(0))
    assert safety(6, relabel=True) == (Conclusion.VOID, "failing-over-limit")


def test_safety_needs_a_decided_verification_from_outside() -> None:
    with pytest.raises(Refused, match="no decided verification by people outside it"):
        safety(0, life=LIVED)
    check = fixed_plan(sample(4, 0).resolved, design=Design.TWO_POINT, accuracy=0.95, risk=0.05)
    undecided = certified([review(0)], check, of=sample(4, 0))
    with pytest.raises(Refused, match="no decided verification"):
        safety(0, life=replace(LIVED, verifications=(undecided,)))
    against = verified(0, 1)
    found = evidence([review(item) for item in range(100)], n=100, life=replace(LIVED, verifications=(against,)))
    found = replace(found, further=(against,))
    assert concluded(found, Kind.SAFETY) == (Conclusion.RELABEL, "further-sample")


def test_safety_counts_the_first_review_for_the_limit_and_the_current_one_for_acceptance() -> None:
    first_failed = [review(item, "incorrect", fact=1 + item) for item in range(6)]
    later_fine = [review(item) for item in range(100)]
    found = evidence([*later_fine, *first_failed], n=100, life=OUTSIDE)
    assert concluded(found, Kind.SAFETY) == (Conclusion.VOID, "failing-over-limit")
    later_failed = [review(item, "incorrect", fact=900 + item) for item in range(6)]
    found = evidence([*later_fine, *later_failed], n=100, life=OUTSIDE)
    with pytest.raises(Refused, match="6 items of batch b1 failed"):
        concluded(found, Kind.SAFETY)
    found = evidence([*later_fine[:99], review(99, unsafe="A.1")], n=100, life=replace(OUTSIDE, hits=(hit(99),)))
    with pytest.raises(Refused, match="1 item of batch b1 failed") as told:
        concluded(found, Kind.SAFETY)
    assert "suspected" not in str(told.value)  # such content is what is labelled: it blocks nothing here


def test_both_readings_of_all_safety_items_are_told_exactly() -> None:
    reviews = [review(item, "incorrect" if item < 3 else "correct") for item in range(40)]
    life = replace(fixed(0, 1), others=Share(7, 60), others_after=Share(2, 60))
    told = first_review(batch(Stage.REVIEWED, kind=Kind.SAFETY, n=40), evidence(reviews, n=40, life=life))
    assert told is not None
    assert (told.batch, told.whole) == (Share(3, 40), Share(10, 100))
    assert (told.batch_after, told.whole_after) == (Share(1, 40), Share(3, 100))
    assert (told.batch.exact, told.whole.exact) == (Fraction(3, 40), Fraction(1, 10))
    assert first_review(batch(Stage.REVIEWED), evidence(FINE)) is None


@pytest.mark.parametrize(
    ("life", "said_of_it"),
    [
        (replace(LIVED, card=None), "has no card"),
        (replace(LIVED, card=card(licence="")), "the card of batch b1 lacks something: items from the source commercial"),
        (replace(LIVED, uncorrected=frozenset({ItemId("2")})), "1 item of batch b1 was found wrong"),
        (replace(LIVED, unreviewed=frozenset({ItemId("2")})), "1 correction in batch b1 waits for its re-review"),
        (replace(LIVED, appeals=2), "2 appeals against verdicts of batch b1"),
        (replace(LIVED, hits=(hit(),)), "1 suspected illegal or harmful hit"),
    ],
)  # fmt: skip
def test_nothing_open_is_accepted_and_rejection_waits_for_none_of_it(life: Life, said_of_it: str) -> None:
    (only,) = why_not_settle(batch(Stage.REVIEWED), evidence(FINE, life=life))
    assert said_of_it in str(only)
    wrong = [review(0, "incorrect"), review(1, "incorrect")]
    reasons = why_not_settle(batch(Stage.REVIEWED), evidence(wrong, life=life))
    assert bool(reasons) == bool(life.hits)  # a suspected hit alone blocks that, too


def test_every_reason_is_listed_at_once() -> None:
    life = Life(uncorrected=frozenset({ItemId("1")}), unreviewed=frozenset({ItemId("2")}), appeals=1, hits=(hit(),))
    reasons = why_not_settle(batch(Stage.REVIEWED), evidence(FINE[:2], c=0, disputes=1, life=life))
    assert len(reasons) == 7
    text = said(reasons)
    for part in ("2 of 4 drawn", "disputed", "suspected", "found wrong", "re-review", "appeal", "no card"):
        assert part in text


def test_a_functional_batch_is_labelled_again_by_choice_while_a_problem_is_open() -> None:
    open_ = replace(LIVED, uncorrected=frozenset({ItemId("1")}), unreviewed=frozenset({ItemId("2")}))
    outcome = conclude(batch(Stage.REVIEWED), evidence(FINE, life=open_), relabel=True)
    assert (outcome.conclusion, outcome.reason) == (Conclusion.RELABEL, "not-corrected")
    assert "2 problems" in str(outcome.message)
    with pytest.raises(Refused, match="1 of 4 drawn"):  # but not before the check has decided
        conclude(batch(Stage.REVIEWED), evidence(FINE[:3], c=0, life=open_), relabel=True)


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
