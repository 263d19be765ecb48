"""Alerts for what has been waiting for more than a week."""

from __future__ import annotations

from collections import Counter

from labelqa.records.people import Duty
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import raise_dispute, rule_dispute
from labelqa.workflows.lines import line_of
from labelqa.workflows.state import read_state
from labelqa.workflows.waiting import waiting_alerts
from tests.building import ARBITRATOR, EXECUTORS
from tests.unit.workflows.correcting import checked, corrected, later, passed


def codes(desk: Desk) -> Counter[str]:
    state = read_state(desk)
    return Counter(each.code for each in waiting_alerts(state, [line_of(desk, state, state.batch("b1"))], desk.clock()))


def test_problems_and_proposals_that_nobody_answers_are_told_after_a_week(desk: Desk) -> None:
    found = checked(desk)
    raise_dispute(desk, "b1", found.right[0], by=EXECUTORS[0], reason="unclear")
    said = {"by": ARBITRATOR, "reason": "unclear", "label": "accept"}
    rule_dispute(desk, "b1", found.right[0], rule="Q-03", unclear=True, **said)
    assert codes(desk) == {}
    later(desk, days=8)
    assert codes(desk) == {"problems-open": 1, "proposals-open": 1}
    state = read_state(desk)
    told = list(waiting_alerts(state, [line_of(desk, state, state.batch("b1"))], desk.clock()))
    assert (told[0].duty, told[0].command) == (Duty.EXECUTOR, "labelqa correct list b1")
    assert (told[0].message.values["n"], told[0].message.values["days"]) == (3, 8)
    for item in found.wrong:
        corrected(desk, item)
    state = read_state(desk)
    told = list(waiting_alerts(state, [line_of(desk, state, state.batch("b1"))], desk.clock()))
    assert told[0].duty is Duty.REVIEWER
    for item in found.wrong:
        passed(desk, item, found.reviewer)
    assert codes(desk) == {"proposals-open": 1}


def test_a_ruling_that_cites_no_rule_is_told(desk: Desk) -> None:
    found = checked(desk)
    raise_dispute(desk, "b1", found.right[0], by=EXECUTORS[0], reason="unclear")
    rule_dispute(desk, "b1", found.right[0], label="accept", by=ARBITRATOR, reason="clear")
    assert codes(desk) == {"rulings-without-rule": 1}
