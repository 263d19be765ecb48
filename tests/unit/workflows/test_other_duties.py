"""Nobody does two duties in one labeling task: a rework round is the task of its first batch, and supervision is a duty too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labelqa.errors import Refused
from labelqa.records.duties import LeaveReason
from labelqa.records.people import Duty
from labelqa.records.production import RoundScope
from labelqa.records.review import Verdict
from labelqa.workflows.batches import freeze_batch
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.correcting import close_problem, re_review, record_correction
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.drawing.draws import drawn_items
from labelqa.workflows.duties.assign import assign
from labelqa.workflows.duties.check import check_duties
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.people import add_person
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.rounds.returning import return_batch
from labelqa.workflows.supervising.supervised import record_supervision
from labelqa.workflows.supervising.supervision import declare_supervision, draw_supervision
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    MONDAY,
    REVIEWERS,
    Answer,
    account,
    agreeing,
    drawn_batch,
    qualified,
    take_in,
)

BOTH = "Both Ways"


def several(desk: Desk, *duties: Duty) -> str:
    """Somebody qualified for several duties."""
    person = add_person(desk, BOTH, organizer="Org", duties=duties, accounts={"file": "both"}).person
    qualified(desk, [person])
    return BOTH


def judged(desk: Desk, sample: str, wrong: int) -> list[str]:
    """Verdicts on every drawn item; those found incorrect."""
    drawn = drawn_items(desk, sample)
    for place, each in enumerate(drawn):
        said = {"verdict": Verdict.INCORRECT, "defect": "R1"} if place < wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, sample, each.item_id, by=each.verifier, **said)
    return [each.item_id for each in drawn[:wrong]]


def test_who_labelled_in_the_first_round_does_not_rule_in_the_second(here) -> None:
    desk = here.desk
    several(desk, Duty.EXECUTOR, Duty.ARBITRATOR)
    mine = Answer("q-000", "both", "accept", at=MONDAY + timedelta(hours=1))
    sample = drawn_batch(desk, answers=[*agreeing(60), mine]).sample
    judged(desk, sample, 3)
    settle_batch(desk, "b1")
    return_batch(desk, "b1", by=ARBITRATOR, reason="again", scope=RoundScope.WHOLE)
    at = desk.clock() + timedelta(hours=1)
    split = [Answer("q-001", account(who), label, at=at) for who, label in zip(EXECUTORS, ("accept", "inaccurate", "off_topic"), strict=True)]  # fmt: skip
    take_in(desk, split, name="again.csv")
    here.clock.now += timedelta(hours=2)
    freeze_batch(desk, "b1-r1")
    with pytest.raises(Refused, match="nobody holds two duties"):
        rule_dispute(desk, "b1-r1", "q-001", label="accept", by=BOTH, reason="rule 1.1 decides")
    assert check_duties(desk).doubles == ()
    rule_dispute(desk, "b1-r1", "q-001", label="accept", by=ARBITRATOR, reason="rule 1.1 decides")


def supervised(desk: Desk) -> list[str]:
    """A batch whose work is drawn for supervision; the items found wrong."""
    sample = drawn_batch(desk, answers=agreeing(60)).sample
    wrong = judged(desk, sample, 1)
    declare_supervision(desk, "b1", each=1)
    draw_supervision(desk, "b1")
    return wrong


def test_who_corrected_a_label_does_not_supervise(desk: Desk) -> None:
    several(desk, Duty.EXECUTOR, Duty.SUPERVISOR)
    (item,) = supervised(desk)
    record_correction(desk, "b1", item, label="inaccurate", by=BOTH)
    with pytest.raises(Refused, match="several duties"):
        record_supervision(desk, "b1", "1", verdict=Verdict.CORRECT, by=BOTH)


def test_who_looked_at_a_corrected_label_does_not_supervise(desk: Desk) -> None:
    several(desk, Duty.REVIEWER, Duty.SUPERVISOR)
    (item,) = supervised(desk)
    record_correction(desk, "b1", item, label="inaccurate", by=EXECUTORS[0])
    re_review(desk, "b1", item, by=BOTH, verdict=Verdict.CORRECT)
    with pytest.raises(Refused, match="several duties"):
        record_supervision(desk, "b1", "1", verdict=Verdict.CORRECT, by=BOTH)


def test_who_left_or_is_assigned_elsewhere_does_not_supervise(desk: Desk) -> None:
    several(desk, Duty.EXECUTOR, Duty.SUPERVISOR)
    (item,) = supervised(desk)
    assign(desk, [BOTH], duty=Duty.EXECUTOR, batch="b1", by=ARBITRATOR)
    with pytest.raises(Refused, match="annotator in the labeling task"):
        record_supervision(desk, "b1", "1", verdict=Verdict.CORRECT, by=BOTH)
    leave(desk, BOTH, reason=LeaveReason.LEFT, by=ARBITRATOR)
    with pytest.raises(Refused, match="no longer here"):
        record_supervision(desk, "b1", "1", verdict=Verdict.CORRECT, by=BOTH)
    close_problem(desk, "b1", item, by=REVIEWERS[0], reason="the label is right")


def test_answers_that_arrive_later_change_nothing_that_was_known(here) -> None:
    desk = here.desk
    several(desk, Duty.EXECUTOR, Duty.SUPERVISOR)
    leave(desk, BOTH, reason=LeaveReason.LEFT, by=ARBITRATOR)
    here.clock.now += timedelta(days=1)
    known, before = desk.clock(), check_duties(desk).after_leaving
    late = [Answer("q-000", "both", "accept", at=known - timedelta(hours=1))]
    take_in(desk, late, name="late.csv")
    assert check_duties(desk, at=known, known=known).after_leaving == before == ()
    assert [each.acts for each in check_duties(desk, at=known).after_leaving] == [1]
