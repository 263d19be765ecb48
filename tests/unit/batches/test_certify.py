"""What verdicts prove: which are read, what they count as, what is said, and what a changed one takes back."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from labelqa.batches.certify import within
from labelqa.batches.counting import Mark, defective, illegal, mark_of
from labelqa.batches.statements import p_text, pass_rate
from labelqa.i18n import render
from labelqa.records.designs import Certificate, Counts, Decision, Design, Preset, Terms, Undecided
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.names import ItemId
from labelqa.records.review import DefectSeverity, Review, Safety, SeedStanding
from labelqa.stats.acceptance import aql_plan, census, contract, discovery, estimate, fixed_plan, two_point
from labelqa.stats.acceptance.design import Seen, SpotCheck
from labelqa.stats.sequential.check import Sequential
from tests.unit.batches.making import certified, plan, review, sample

CHECK = Sequential(population=100, accuracy=0.95, risk=0.05, n=80, cut=100)
FIRST = CHECK.read(Seen(wrong=np.zeros(80, dtype=bool))).stopped_at
assert FIRST is not None


def right(n: int, *, start: int = 0) -> list[Review]:
    return [review(item) for item in range(start, n)]


def said(found: Certificate) -> str:
    return " ".join(map(str, (found.statement, *found.explained)))


def test_it_is_proven_at_the_review_at_which_the_design_says_so_and_not_one_before() -> None:
    before, after = certified(right(FIRST - 1), CHECK, n=80), certified(right(FIRST), CHECK, n=80)
    assert (before.decision, before.proven, before.fewest_more, before.stopped_at) == (Decision.GO_ON, None, 1, None)
    assert (after.decision, after.proven, after.fewest_more, after.stopped_at) == (Decision.ACCEPT, True, 0, FIRST)
    assert f"after {FIRST} reviews with 0 wrong" in str(after.statement)
    assert isinstance(after.accuracy, Estimate)
    assert after.accuracy.low >= 0.95


def test_only_the_completed_stretch_in_ticket_order_is_read() -> None:
    late = [each for each in right(80) if each.item_id != "3"]  # the fourth drawn item is still out
    found = certified(late, CHECK, n=80)
    assert (found.given, found.read, found.decision) == (79, 3, Decision.GO_ON)
    assert "76 verdicts came back out of turn" in said(found)
    assert (found.fewest_more, found.to_give) == (FIRST - 3, 1)  # all the others of them wait for their turn
    assert f"{1} further" in str(found.statement)
    shuffled = certified(list(reversed(right(80))), CHECK, n=80)
    assert replace(shuffled, accuracy=found.accuracy) == replace(
        certified(right(80), CHECK, n=80), accuracy=found.accuracy
    )


def test_second_opinions_and_items_that_were_not_drawn_count_for_nothing() -> None:
    others = [replace(review(item, "incorrect", fact=500 + item), second=True) for item in range(FIRST)]
    found = certified([*right(FIRST), *others, review(99, "incorrect")], CHECK, n=80)
    assert (found.decision, found.wrong, found.changed) == (Decision.ACCEPT, 0, 0)


def test_reviews_after_the_stop_count_for_the_estimate_and_the_decision_stays() -> None:
    more = [review(item, "incorrect") for item in range(FIRST, FIRST + 6)]
    found = certified([*right(FIRST), *more], CHECK, n=80)
    assert (found.decision, found.stopped_at, found.read, found.wrong) == (Decision.ACCEPT, FIRST, FIRST + 6, 6)
    assert f"after {FIRST} reviews with 0 wrong" in str(found.statement)
    assert "the 6 reviews after it count for the estimate" in said(found)
    assert isinstance(found.accuracy, Estimate)
    assert found.accuracy.point < 1


def test_a_changed_verdict_takes_back_what_was_proven_and_is_named() -> None:
    changed = [review(7, "incorrect", fact=900)]
    found = certified([*right(FIRST), *changed], CHECK, n=80)
    assert (found.decision, found.changed) == (Decision.GO_ON, 1)
    assert f"after {FIRST} reviews it was accepted, until the verdict on item 7" in str(found.retracted)
    mended = certified([*right(FIRST), *changed, review(7, fact=901)], CHECK, n=80)
    assert (mended.decision, mended.changed, mended.retracted) == (Decision.ACCEPT, 2, None)


def test_a_change_before_anything_was_proven_takes_nothing_back() -> None:
    reviews = [*right(10), review(3, "incorrect", fact=900)]
    assert certified(reviews, CHECK, n=80).retracted is None
    out_of_turn = [*right(FIRST), review(78), review(78, "incorrect", fact=900)]  # was never read
    assert certified(out_of_turn, CHECK, n=80).decision is Decision.ACCEPT


def test_a_change_is_judged_by_what_was_given_until_then() -> None:
    """Verdict 0 is changed after ten reviews; accepted only ever without it."""
    early = [replace(review(0, "incorrect"), fact=115)]
    reviews = [replace(each, fact=100 + at) for at, each in enumerate(right(10))] + early
    reviews += [replace(each, fact=200 + at) for at, each in enumerate(right(FIRST, start=10))]
    found = certified(reviews, CHECK, n=80)
    assert (found.decision, found.retracted) == (Decision.GO_ON, None)


def test_undecidable_counts_as_wrong_unless_it_is_left_out_by_declaration() -> None:
    reviews = [*right(8), replace(review(8, "undecidable"), obstacle="skipped"), review(9, "undecidable")]
    check = estimate(100, margin=0.3)
    usual = certified(reviews, check, n=10)
    assert (usual.wrong, usual.undecided, usual.unreviewable) == (2, 2, 1)
    assert "they count as wrong" in said(usual)
    left = plan(design=Design.ESTIMATE, terms=Terms(undecidable=Undecided.LEFT_OUT))
    out = certified(reviews, check, about=left, n=10)
    assert (out.wrong, out.undecided, out.read) == (0, 2, 10)
    assert "they are left out, as declared" in said(out)
    assert isinstance(out.accuracy, Estimate)
    assert (out.accuracy.point, out.accuracy.n) == (1.0, 8)


@pytest.mark.parametrize(
    ("given", "mark"),
    [
        (review(1), Mark.RIGHT),
        (review(1, "incorrect"), Mark.RIGHT),  # a wrong label is no harm
        (review(1, unsafe="A.2"), Mark.WRONG),
        (review(1, unsafe="A.5"), Mark.RIGHT),  # unfit for a service, not illegal
        (replace(review(1), safety=Safety.UNSAFE), Mark.WRONG),
        (review(1, "undecidable"), Mark.WRONG),  # not known to be safe
        (replace(review(1, "undecidable"), safety=Safety.SAFE), Mark.RIGHT),
        (replace(review(1), safety=Safety.UNCLEAR), Mark.WRONG),
    ],
)
def test_a_plan_may_count_illegal_and_harmful_content_alone(given: Review, mark: Mark) -> None:
    assert mark_of(given, Terms(counts=Counts.UNSAFE)) is mark


def test_the_assessment_of_a_corpus_counts_all_31_risks() -> None:
    unfit = review(1, unsafe="A.5")
    assert mark_of(unfit, Terms(counts=Counts.UNSAFE, preset=Preset.TC260_MANUAL)) is Mark.WRONG
    assert mark_of(unfit, Terms(counts=Counts.UNSAFE, preset=Preset.TC260_SOURCE)) is Mark.RIGHT


def test_unsafe_without_a_code_is_a_hit() -> None:
    unsafe = replace(review(1), safety=Safety.UNSAFE)
    assert illegal(unsafe)
    assert defective(unsafe)
    assert mark_of(unsafe, Terms()) is Mark.WRONG
    assert not illegal(replace(unsafe, unsafe="A.5"))


def agreed(pass_rate: float = 0.95, **terms: object) -> tuple[SpotCheck, Terms]:
    told = Terms(n=20, pass_rate=pass_rate, **terms)  # type: ignore[arg-type]
    return contract(100, n=20, pass_rate=pass_rate, one_vote=bool(told.one_vote)), told


def test_rule_and_statistics_stand_side_by_side_and_where_they_differ_it_is_said() -> None:
    check, terms = agreed()
    about = plan(design=Design.CONTRACT, terms=terms)
    found = certified([*right(19), review(19, "incorrect")], check, about=about, n=20)
    assert (found.rule, found.proven, found.decision) == (True, False, Decision.ACCEPT)
    assert "Passed by the contract's rule: 95% of 20 reviews pass" in str(found.statement)
    assert "not proven at risk 5%" in str(found.statement)
    assert "The two verdicts differ" in str(found.statement)
    half = certified(right(5), check, about=about, n=20)
    assert (half.rule, half.proven) == (None, None)


def test_a_one_vote_defect_fails_the_contract() -> None:
    check, terms = agreed(0.5, one_vote=("critical", "R4"))
    about = plan(design=Design.CONTRACT, terms=terms)
    for grave in (
        replace(review(3, "incorrect"), severity=DefectSeverity.CRITICAL),
        replace(review(3, "incorrect"), defect="R4"),
    ):
        found = certified([*right(3), grave], check, about=about, n=20)
        assert (found.decision, found.rule, found.stopped_at) == (Decision.REJECT, False, 4)
        assert "of which one is enough" in str(found.statement)
    light = replace(review(3, "incorrect"), severity=DefectSeverity.MINOR)
    assert certified([*right(3), light], check, about=about, n=20).decision is Decision.GO_ON


def test_items_of_a_unit_fail_together_and_nothing_is_proven_by_that() -> None:
    groups = {ItemId(str(item)): f"dialogue {item // 5}" for item in range(20)}
    check, terms = agreed(0.9, unit="data.dialogue")
    about = plan(design=Design.CONTRACT, terms=terms)
    alone = certified([*right(19), review(19, "incorrect")], check, about=replace(about, terms=replace(terms, unit="item")), n=20)  # fmt: skip
    together = certified([*right(19), review(19, "incorrect")], check, about=about, n=20, groups=groups)
    assert (alone.wrong, alone.rule) == (1, True)
    assert (together.wrong, together.rule, together.proven, together.p_value) == (5, False, None, None)
    assert isinstance(together.accuracy, Unknown)
    assert together.stopped_at == 20  # not at 18: that its group would fail was not known then
    assert "by data.dialogue" in str(together.statement)


ALL = two_point(100, accuracy=0.95, risk=0.05, expected=0.99, power=0.9)
FIXED = fixed_plan(ALL, design=Design.TWO_POINT, accuracy=0.95, risk=0.05)
WHOLE = fixed_plan(census(100, accuracy=0.95), design=Design.CENSUS, accuracy=0.95, risk=0.05)
EARLY = replace(CHECK, n=10, cut=10)


@pytest.mark.parametrize(
    ("check", "terms", "right_ones", "wrong_ones", "decision", "proven", "text"),
    [
        (CHECK, {}, 0, 0, "go-on", None, "Not proven yet: that at most 5% of the 100 labels of record are wrong."),
        (CHECK, {}, 0, 6, "reject", False, "It is not so that at most 5%"),
        (EARLY, {"cut": 10}, 9, 1, "reject", False, "Given up at the cut of 10 reviews, 1 of them wrong"),
        (FIXED, {}, 3, 0, "go-on", None, "Not decided yet: 3 of"),
        (FIXED, {}, 100, 0, "accept", True, "It is proven at risk 5%"),
        (FIXED, {}, 3, 4, "reject", False, "This is no proof of the contrary"),
        (WHOLE, {}, 100, 0, "accept", True, "all were reviewed and 0 are wrong"),
        (WHOLE, {}, 4, 6, "reject", False, "It is not so"),
        (WHOLE, {}, 4, 2, "go-on", None, "with 5 or fewer it is true"),
        (discovery(100, defects=10, risk=0.05), {"defects": 10}, 100, 0, "accept", True, "if 10 or more of the 100 were wrong"),
        (discovery(100, defects=10, risk=0.05), {"defects": 10}, 2, 1, "reject", False, "fewer than 10 of the 100"),
        (discovery(100, defects=10, risk=0.05), {"defects": 10}, 2, 0, "go-on", None, "to be shown: fewer than 10"),
        (estimate(100, margin=0.3), {}, 9, 1, "go-on", None, "90.0% are right by estimate"),
        (estimate(100, margin=0.3), {}, 1, 0, "go-on", None, "An estimate decides nothing."),
        (aql_plan(100, aql="4.0"), {"aql": "4.0"}, 100, 0, "accept", None, "Accepted by AQL 4.0, level II, normal inspection"),
        (aql_plan(100, aql="4.0"), {"aql": "4.0"}, 0, 9, "reject", None, "Not accepted by AQL 4.0"),
        (aql_plan(100, aql="4.0"), {"aql": "4.0"}, 1, 0, "go-on", None, "Not decided yet by AQL 4.0"),
        (agreed()[0], {"n": 20, "pass_rate": 0.95}, 1, 0, "go-on", None, "Not decided yet by the contract"),
        (agreed()[0], {"n": 20, "pass_rate": 0.95}, 0, 2, "reject", None, "Failed by the contract's rule: 0% of 2"),
    ],
)  # fmt: skip
def test_each_design_says_for_each_decision_what_it_shows(
    check: SpotCheck, terms: dict[str, object], right_ones: int, wrong_ones: int, decision: str, proven: bool | None, text: str
) -> None:  # fmt: skip
    wrong = [review(item, "incorrect") for item in range(right_ones, right_ones + wrong_ones)]
    about = plan(design=check.design, terms=Terms(**terms))  # type: ignore[arg-type]
    found = certified([*right(right_ones), *wrong], check, about=about, n=max(check.n, right_ones + wrong_ones))
    assert (found.decision, found.proven) == (Decision(decision), proven)
    assert text in str(found.statement)
    chinese = render(found.statement, "zh")
    assert not re.search(r"\b(the|that|of|wrong|reviews|proven)\b", chinese)
    assert re.search("[一-鿿]", chinese)


def test_what_is_not_covered_is_said() -> None:
    found = certified(right(3), CHECK, n=80)
    assert "Mistakes of the reviewers themselves are not covered" in said(found)
    assert "unproven" not in said(found)
    unproven = replace(sample(80), standing=SeedStanding.UNPROVEN)
    assert "The seed is unproven" in said(certified(right(3), CHECK, n=80, of=unproven))
    declared = plan(design=Design.SEQUENTIAL, terms=Terms(sensitivity=0.9), after_results=True)
    told = said(certified(right(3), replace(CHECK, sensitivity=0.9), about=declared, n=80))
    assert "call 90% of wrong labels wrong and 100% of right labels right" in told
    assert "declared when verdicts on this batch were known" in told


def test_it_says_when_the_drawn_items_will_not_be_enough() -> None:
    found = certified(right(10), CHECK, n=20)
    assert found.fewest_more == FIRST - 10
    assert f"Only 10 drawn items are left: labelqa sample extend b1/1 --n {FIRST}" in said(found)
    assert "drawn items are left" not in said(certified(right(10), CHECK, n=80))


@pytest.mark.parametrize(
    ("p", "risk", "proves"), [(0.05, 0.05, False), (0.0499999999999, 0.05, False), (0.04999, 0.05, True), (0.06, 0.05, False)]
)  # fmt: skip
def test_a_rounding_error_proves_nothing(p: float, risk: float, proves: bool) -> None:
    assert within(p, risk) is proves


def test_p_values_and_pass_rates_are_never_made_better_by_rounding() -> None:
    assert p_text(0.04871) == "= 0.0488"
    assert p_text(1.0) == "= 1"
    assert pass_rate(95994, 100000, 2) == "95.99%"
    assert pass_rate(95995, 100000, 2) == "96.00%"  # half up, as contracts round
    assert pass_rate(9599999, 10000000, None) == "95.9999%"
