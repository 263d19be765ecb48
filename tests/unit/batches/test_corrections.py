"""Completeness: every recorded problem is answered by a correction that passed its re-review, or by a reason."""

from __future__ import annotations

from typing import Any

import pytest

from labelqa.batches.corrections import completeness, fold_corrections, record_labels
from labelqa.records.corrections import Closing, LabelSource, ProblemStatus
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.facts import AppealFiled, AppealRuled, Fact, HitRuled
from labelqa.records.names import BatchName
from labelqa.records.people import Duty
from tests.unit.batches.making import NAME
from tests.unit.batches.problems import closure, correction, fact, re_review, ruling, verdict

OPEN, WAITING, FAILED = ProblemStatus.OPEN, ProblemStatus.WAITING, ProblemStatus.FAILED
CORRECTED, CLOSED = ProblemStatus.CORRECTED, ProblemStatus.CLOSED
FOUND = verdict(1, "x", rule="Q-01", defect="R1", correct_label="b")


def status(*facts: Fact) -> ProblemStatus:
    (item,) = completeness(facts, NAME).items
    return item.status


def test_an_item_goes_from_open_to_corrected():
    fixed, seen = correction(2, "x", 1), re_review(3, "x", 2)
    assert [status(FOUND), status(FOUND, fixed), status(FOUND, fixed, seen)] == [OPEN, WAITING, CORRECTED]
    acts = [completeness(facts, NAME).items[0].acts for facts in ([FOUND], [FOUND, fixed], [FOUND, fixed, seen])]
    assert acts == [Duty.EXECUTOR, Duty.REVIEWER, None]


def test_a_corrected_label_that_fails_is_open_again_until_the_next_one_passes():
    first, failed = correction(2, "x", 1), re_review(3, "x", 2, "incorrect")
    second = correction(4, "x", 1, after="c", supersedes=2)
    assert status(FOUND, first, failed) is FAILED
    assert completeness([FOUND, first, failed], NAME).open_items == ("x",)
    assert status(FOUND, first, failed, second) is WAITING
    assert status(FOUND, first, failed, second, re_review(5, "x", 4)) is CORRECTED
    assert status(FOUND, first, failed, second, re_review(5, "x", 4, "undecidable")) is FAILED


def test_a_re_review_that_leaves_a_risk_does_not_pass_until_the_risk_is_overturned():
    fixed, harmful = correction(2, "x", 1), re_review(3, "x", 2, unsafe="A1a")
    assert status(FOUND, fixed, harmful) is FAILED
    assert status(FOUND, fixed, re_review(3, "x", 2, unsafe="A5a")) is FAILED
    assert record_labels([FOUND, fixed, harmful], NAME) == {}
    ruled = {"batch": NAME, "item": "x", "reviews": [3], "by": "p-art", "reason": "d"}
    assert status(FOUND, fixed, harmful, fact(4, HitRuled(confirmed=True, **ruled))) is FAILED
    overturned = fact(4, HitRuled(confirmed=False, **ruled))
    assert status(FOUND, fixed, harmful, overturned) is CORRECTED
    label = record_labels([FOUND, fixed, harmful, overturned], NAME)["x"]
    assert label is not None
    assert label.label == "b"


def test_a_re_review_of_a_correction_that_was_replaced_answers_nothing():
    facts = [FOUND, correction(2, "x", 1), re_review(3, "x", 2), correction(4, "x", 1, after="c", supersedes=2)]
    assert status(*facts) is WAITING
    (first, second) = fold_corrections(facts, NAME)["x"]
    assert (first.replaced_by, first.stands, second.replaced_by) == (4, False, 0)


def test_what_was_found_is_told_with_who_found_it():
    (item,) = completeness([FOUND], NAME).items
    (problem,) = item.problems
    told = (problem.fact, problem.by, problem.rule, problem.defect, problem.correct_label, problem.label)
    assert told == (1, "p-rex", "Q-01", "R1", "b", "a")
    assert item.since == FOUND.effective_at


@pytest.mark.parametrize("said", [{"said": "undecidable"}, {"said": "correct", "unsafe": "A1a"}, {"second": True}])
def test_everything_that_counts_against_a_label_is_a_problem(said: dict[str, Any]):
    assert status(verdict(1, "x", **said)) is OPEN


def test_a_verdict_for_the_label_is_none_and_the_rate_is_unknown_then():
    found = completeness([verdict(1, "x", "correct")], NAME)
    assert (found.problems, found.open) == (0, 0)
    assert isinstance(found.rate, Unknown)
    assert found.rate.reason == "no-problems"


def test_a_verdict_changed_to_correct_stays_a_problem_until_somebody_says_why():
    changed = verdict(2, "x", "correct", supersedes=1)
    (item,) = completeness([FOUND, changed], NAME).items
    assert (item.status, item.acts, item.problems[0].changed) == (OPEN, Duty.REVIEWER, True)
    assert status(FOUND, changed, closure(3, "x", 1)) is CLOSED


def test_a_closure_answers_what_it_names_and_nothing_else():
    other = verdict(2, "x", by="p-rob", sample="b1/2")
    (item,) = completeness([FOUND, other, closure(3, "x", 1)], NAME).items
    assert (item.status, [each.closed for each in item.problems]) == (OPEN, [Closing.CLOSURE, None])
    assert item.since == other.effective_at
    assert completeness([FOUND, closure(3, "x", 1)], BatchName("b2")).problems == 0


def test_a_later_verdict_on_the_replaced_label_is_answered_by_the_correction():
    done = [FOUND, correction(2, "x", 1), re_review(3, "x", 2)]
    assert status(*done, verdict(4, "x", sample="b1/2")) is CORRECTED
    assert status(*done, verdict(4, "x", sample="b1/2", correct_label="b")) is CORRECTED
    assert status(*done, verdict(4, "x", sample="b1/2", correct_label="c")) is OPEN
    assert status(*done, verdict(4, "x", sample="b1/2", label="b")) is OPEN


def test_rulings_send_back_discard_or_uphold():
    assert status(ruling(2, "x", "sent-back")) is OPEN
    assert status(ruling(2, "x", "sent-back"), correction(3, "x", 2), re_review(4, "x", 3)) is CORRECTED
    found = completeness([FOUND, ruling(2, "x", "rejected")], NAME)
    assert (found.closed, found.discarded, found.items[0].status) == (1, ("x",), CLOSED)
    assert {each.closed for each in found.items[0].problems} == {Closing.DISCARDED}
    assert completeness([ruling(2, "x", "", "a")], NAME).problems == 0
    assert status(FOUND, ruling(2, "x", "upheld", "a")) is CLOSED
    assert status(FOUND, ruling(2, "x", "upheld", "b")) is OPEN  # another label than the one that was judged
    assert status(ruling(1, "x", "upheld", "a"), verdict(2, "x")) is OPEN  # ruled before it was found wrong
    assert completeness([ruling(1, "x", "sent-back"), ruling(2, "x", "", "a", supersedes=1)], NAME).problems == 0


def test_an_upheld_appeal_closes_the_verdict_and_a_rejected_one_does_not():
    filed = fact(2, AppealFiled(appeal="a-1", person="p-ann", against=1, batch=NAME, item="x"))
    for ruled, expected in (("upheld", CLOSED), ("rejected", OPEN)):
        end = fact(3, AppealRuled(appeal="a-1", ruling=ruled, by="p-art", reason="d"))
        assert status(FOUND, filed, end) is expected


def test_an_overturned_hit_closes_what_was_a_suspicion_alone():
    overturned = fact(
        2, HitRuled(batch=NAME, item="x", reviews=[1], confirmed=False, by="p-rob", reason="d")
    )  # fmt: skip
    assert status(verdict(1, "x", "correct", unsafe="A1a"), overturned) is CLOSED
    assert status(verdict(1, "x", "incorrect", unsafe="A1a"), overturned) is OPEN


def test_counts_are_of_items_and_the_rate_says_how_many():
    facts = [verdict(1, "x"), verdict(2, "x", sample="b1/2"), verdict(3, "y"), verdict(4, "z"), verdict(5, "w")]
    facts += [correction(6, "x", 1, 2), re_review(7, "x", 6), closure(8, "y", 3), correction(9, "z", 4)]
    found = completeness(facts, NAME)
    assert (found.problems, found.corrected, found.closed, found.waiting, found.open) == (4, 1, 1, 1, 2)
    assert found.open_items == ("w", "z")
    assert isinstance(found.rate, Estimate)
    assert (found.rate.point, found.rate.n, found.rate.method) == (0.5, 4, "census")


def test_labels_of_record_follow_the_last_word():
    fixed, seen = correction(2, "x", 1), re_review(3, "x", 2)
    assert record_labels([FOUND, fixed], NAME) == {}
    told = record_labels([FOUND, fixed, seen], NAME)["x"]
    assert told is not None
    assert (told.label, told.source, told.fact) == ("b", LabelSource.CORRECTED, 2)
    assert record_labels([fixed, seen, ruling(4, "x", "sent-back")], NAME) == {"x": None}
    again = [ruling(4, "x", "sent-back"), correction(5, "x", 4, before="b", after="c"), re_review(6, "x", 5)]
    last = record_labels([fixed, seen, *again], NAME)["x"]
    assert last is not None
    assert last.label == "c"
    assert record_labels([fixed, re_review(3, "x", 2, "incorrect")], NAME) == {}
