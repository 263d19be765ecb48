"""Appeals against verdicts: who may object until when, who rules, and what an upheld one changes and leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labelqa.errors import Refused
from labelqa.records.batch import Conclusion
from labelqa.records.corrections import Closing
from labelqa.records.designs import Decision
from labelqa.records.estimate import Estimate
from labelqa.records.facts import BatchSettled, ReviewRecorded
from labelqa.records.people import Duty
from labelqa.records.personnel import AppealRuling
from labelqa.records.review import Verdict
from labelqa.workflows.accuracy import accuracy_report
from labelqa.workflows.appeals import appeal_lines, file_appeal, rule_appeal
from labelqa.workflows.certifying.certificate import certificate_named
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.correcting import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import drawn_items
from labelqa.workflows.people import add_person
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import ARBITRATOR, EXECUTORS, REVIEWERS, agreeing, drawn_batch, qualified


def judged(desk: Desk, wrong: int, **more: str) -> list[int]:
    """Verdicts on all drawn items of b1, the first ones against the label; the facts of these."""
    drawn_batch(desk, answers=agreeing(60))
    for place, each in enumerate(drawn_items(desk, "b1")):
        said = {"verdict": Verdict.INCORRECT, "defect": "R1", **more} if place < wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, "b1", each.item_id, by=each.verifier, **said)
    return [fact.seq for fact in read_state(desk).facts.of(ReviewRecorded)][: wrong + 1]


def test_an_upheld_appeal_counts_for_the_label_and_both_figures_are_told(desk: Desk) -> None:
    first, _, _, fine = judged(desk, 3)
    before = certificate_named(desk, "b1")
    assert (before.wrong, before.decision) == (3, Decision.REJECT)
    appeal = file_appeal(desk, first, person=EXECUTORS[0], reason="rule 2.3 allows it")
    rule_appeal(desk, appeal.appeal, AppealRuling.UPHELD, by=ARBITRATOR, reason="it does", rule="2.3")
    after = certificate_named(desk, "b1")
    assert after.wrong == 2
    assert any("1 verdicts were overturned on appeal" in str(each) and "3 of" in str(each) for each in after.explained)
    report = accuracy_report(desk, "b1")
    assert isinstance(report.accuracy, Estimate)
    assert isinstance(before.accuracy, Estimate)
    assert report.accuracy.point > before.accuracy.point
    assert (report.correct, report.incorrect) == (report.reviewed - 2, 2)
    (note,) = [str(each) for each in report.notes if "overturned on appeal" in str(each)]
    assert f"{before.accuracy.point:.1%}" in note
    assert not any("changed after" in str(each) for each in report.notes)  # nobody changed a verdict of their own
    state = read_state(desk)
    (review,) = [each for each in state.reviews_of("b1") if each.fact == first]
    assert review.verdict is Verdict.INCORRECT  # it stays on record as it was given
    (item,) = [each for each in completeness_of(desk, state, state.batch("b1")).items if each.item_id == review.item_id]
    assert [each.closed for each in item.problems] == [Closing.APPEAL]
    assert fine


def test_the_change_is_counted_when_the_batch_is_settled_and_decides(desk: Desk) -> None:
    facts = judged(desk, 1)
    allowed = read_state(desk).sample("b1").resolved.c
    appeal = file_appeal(desk, facts[0], person=EXECUTORS[1], reason="wrong")
    if allowed == 1:
        with pytest.raises(Refused, match="1 appeal against verdicts"):
            settle_batch(desk, "b1")
    rule_appeal(desk, appeal.appeal, AppealRuling.UPHELD, by=ARBITRATOR, reason="right")
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    body = read_state(desk).facts.of(BatchSettled)[-1].body
    assert (body.defects, body.changed) == (0, 1)


def test_a_rejected_appeal_changes_nothing(desk: Desk) -> None:
    facts = judged(desk, 1)
    appeal = file_appeal(desk, facts[0], person=EXECUTORS[1], reason="wrong")
    rule_appeal(desk, appeal.appeal, AppealRuling.REJECTED, by=ARBITRATOR, reason="no")
    assert certificate_named(desk, "b1").wrong == 1
    assert not any("appeal" in str(each) for each in certificate_named(desk, "b1").explained)
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL


def test_who_may_object_to_what_and_until_when(here) -> None:
    desk = here.desk
    wrong, fine = judged(desk, 1)
    head = desk.ledger.head()
    with pytest.raises(Refused, match="speaks for the label"):
        file_appeal(desk, fine, person=EXECUTORS[0], reason="x")
    with pytest.raises(Refused, match="people appeal in their own matter"):
        file_appeal(desk, wrong, person=REVIEWERS[0], reason="x")
    here.clock.now += timedelta(days=8)
    with pytest.raises(Refused, match="within 7 days, by policy appeal-days"):
        file_appeal(desk, wrong, person=EXECUTORS[0], reason="x")
    assert desk.ledger.head() == head


def test_a_verdict_is_appealed_against_once(desk: Desk) -> None:
    wrong, _ = judged(desk, 1)
    file_appeal(desk, wrong, person=EXECUTORS[0], reason="x")
    with pytest.raises(Refused, match="appealed against once"):
        file_appeal(desk, wrong, person=EXECUTORS[1], reason="y")


def test_nobody_appeals_or_rules_once_the_batch_is_settled(desk: Desk) -> None:
    first, second, *_ = judged(desk, 3)
    open_ = file_appeal(desk, first, person=EXECUTORS[0], reason="x")
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL
    with pytest.raises(Refused, match="appealed against no longer"):
        file_appeal(desk, second, person=EXECUTORS[0], reason="x")
    with pytest.raises(Refused, match="its appeals lapsed"):
        rule_appeal(desk, open_.appeal, AppealRuling.UPHELD, by=ARBITRATOR, reason="x")
    assert [each.lapsed for each in appeal_lines(desk)] == [True]


def test_only_an_arbitrator_without_another_duty_in_the_batch_rules(here) -> None:
    desk = here.desk
    both = add_person(desk, "Two Hats", organizer="Org", duties=[Duty.ARBITRATOR, Duty.REVIEWER], accounts={}).person
    wrong, _ = judged(desk, 1)
    appeal = file_appeal(desk, wrong, person=EXECUTORS[0], reason="x").appeal
    review = next(each for each in read_state(desk).reviews_of("b1") if each.fact == wrong)
    with pytest.raises(Refused, match="not qualified under the release"):
        rule_appeal(desk, appeal, AppealRuling.UPHELD, by=both, reason="x")
    with pytest.raises(Refused, match="is not registered as an arbitrator"):
        rule_appeal(desk, appeal, AppealRuling.UPHELD, by=review.reviewer, reason="x")
    with pytest.raises(Refused, match="had a hand in the labels"):
        rule_appeal(desk, appeal, AppealRuling.UPHELD, by=EXECUTORS[1], reason="x")
    qualified(desk, [both])
    rule_appeal(desk, appeal, AppealRuling.UPHELD, by=both, reason="x")


def test_a_reported_hit_is_ruled_on_before_an_appeal_is_upheld(desk: Desk) -> None:
    wrong, _ = judged(desk, 1, unsafe="A.1")
    appeal = file_appeal(desk, wrong, person=EXECUTORS[0], reason="x").appeal
    with pytest.raises(Refused, match="labelqa hit rule comes first"):
        rule_appeal(desk, appeal, AppealRuling.UPHELD, by=ARBITRATOR, reason="x")
    rule_appeal(desk, appeal, AppealRuling.REJECTED, by=ARBITRATOR, reason="x")
