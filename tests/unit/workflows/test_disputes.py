"""Disputes beyond the vote: declared rules, disputes that somebody raises, outcomes, rules cited, proposals."""

from __future__ import annotations

from typing import Any

import pytest

from labelqa.errors import BadInput, LabelqaError, Refused
from labelqa.records.batch import Conclusion
from labelqa.records.corrections import LabelSource, ProblemStatus
from labelqa.records.facts import Draft, PolicyDeclared, ProposalOpened
from labelqa.records.people import Duty
from labelqa.records.production import DisputeOutcome, ProposalOutcome
from labelqa.records.review import Verdict
from labelqa.workflows.accuracy import accuracy_report
from labelqa.workflows.certifying.evidence import evidence_of
from labelqa.workflows.correcting import completeness_of, record_correction
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import RulingRow, disputes, import_rulings, raise_dispute, rule_dispute
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.people import add_person
from labelqa.workflows.population import labels_of_record, open_disputes, population, sent_back
from labelqa.workflows.proposals import close_proposal, proposals
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import ARBITRATOR, EXECUTORS, REVIEWERS, Answer, account, agreeing, frozen_batch, qualified
from tests.unit.workflows.correcting import CORRECTOR, checked, corrected, later, passed

ANN, BOB, CAI = map(account, EXECUTORS)
SPLIT = [Answer("z", ANN, "accept"), Answer("z", BOB, "off_topic"), Answer("z", CAI, "incomplete")]
LEANING = [Answer("m", ANN, "accept"), Answer("m", BOB, "accept"), Answer("m", CAI, "incomplete")]


def ruled(desk: Desk, item: str = "z", **said: Any) -> Any:
    return rule_dispute(desk, "b1", item, **{"by": ARBITRATOR, "reason": "clear", **said})


def declared(desk: Desk, value: str) -> None:
    body = PolicyDeclared(name="dispute-rule", value=value, reason="r", by="p-1")
    desk.ledger.append([Draft(body=body, subjects=(), actor="lead")], now=desk.clock())


@pytest.fixture
def split(desk: Desk) -> Desk:
    frozen_batch(desk, answers=[*agreeing(10), *SPLIT, *LEANING])
    return desk


def names(desk: Desk) -> set[str]:
    return {each.item_id for each in disputes(desk, "b1")}


def test_any_difference_is_a_dispute_where_that_is_declared(desk: Desk) -> None:
    declared(desk, "any-difference")
    batch = frozen_batch(desk, answers=[*agreeing(10), *SPLIT, *LEANING])
    assert names(desk) == {"m", "z"}
    assert batch.freeze is not None
    assert batch.freeze.n_disputed == 2
    state = read_state(desk)
    assert "m" not in population(desk, state, batch).labels


def test_without_it_the_declared_rule_decides(split: Desk) -> None:
    assert names(split) == {"z"}


def test_the_queue_shows_candidates_and_how_long_it_waits(split: Desk) -> None:
    later(split, days=9)
    (waiting,) = disputes(split, "b1")
    assert (waiting.days, waiting.outcome, waiting.raised_by) == (9, "", "")
    assert waiting.candidates == ("Q-01", "Q-02", "Q-04", "Q-06")
    state = read_state(split)
    assert open_disputes(split, state, state.batch("b1")) == {"z"}


def test_somebody_disputes_an_item_that_was_settled(split: Desk, here: Any) -> None:
    raised = raise_dispute(split, "b1", "q-001", by=EXECUTORS[0], reason="规则没说清楚")
    assert (raised.raised_by, raised.why) == (here.people[EXECUTORS[0]], "规则没说清楚")
    assert names(split) == {"q-001", "z"}
    ruled(split, label="accept")
    with pytest.raises(Refused, match="1 item of batch b1 has no label of record"):
        draw_sample(split, "b1")
    assert ruled(split, "q-001", label="off_topic", rule="Q-03").ruling == "off_topic"
    draw_sample(split, "b1")
    state = read_state(split)
    assert population(split, state, state.batch("b1")).labels["q-001"] == "off_topic"


@pytest.mark.parametrize(
    ("item", "said", "why"),
    [
        ("z", {}, "waits for a ruling already"),
        ("nowhere", {}, "is not in batch"),
        ("q-001", {"reason": " "}, "needs its reason"),
        ("q-001", {"by": "Nobody"}, "nobody is known"),
    ],
)
def test_what_nobody_may_dispute(split: Desk, item: str, said: dict[str, str], why: str) -> None:
    before = split.ledger.head()
    with pytest.raises(LabelqaError, match=why):
        raise_dispute(split, "b1", item, **{"by": EXECUTORS[0], "reason": "r", **said})
    assert split.ledger.head() == before


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"label": "accept", "outcome": "rejected"}, "either names the label"),
        ({"outcome": "sent-back", "label": "accept"}, "either names the label"),
        ({}, "either names the label"),
        ({"outcome": "perhaps"}, "perhaps is none of"),
        ({"label": "accept", "rule": "Z-99"}, "Z-99 is not a rule"),
        ({"label": "accept", "unclear": True}, "name the rule that is unclear"),
    ],
)
def test_rulings_that_say_nothing_that_can_be_recorded(split: Desk, said: dict[str, Any], why: str) -> None:
    before = split.ledger.head()
    with pytest.raises((Refused, BadInput), match=why):
        ruled(split, **said)
    assert split.ledger.head() == before


def test_a_sent_back_item_is_corrected_before_the_draw(split: Desk) -> None:
    back = ruled(split, outcome="sent-back", rule="Q-03")
    assert (back.outcome, back.ruling, back.rule) == (DisputeOutcome.SENT_BACK, "", "Q-03")
    state = read_state(split)
    assert sent_back(state, state.batch("b1")) == {"z"}
    with pytest.raises(Refused, match="sent back by the arbitrator"):
        draw_sample(split, "b1")
    person = add_person(split, CORRECTOR, organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    qualified(split, [person])
    made = corrected(split, "z", label="accept")  # one that somebody gave: the item had no label of record
    assert made.before == "accept / incomplete / off_topic"
    with pytest.raises(Refused, match="sent back by the arbitrator"):
        draw_sample(split, "b1")
    assert passed(split, "z", REVIEWERS[0]).status is ProblemStatus.CORRECTED
    draw_sample(split, "b1", verifiers=1)
    state = read_state(split)
    assert population(split, state, state.batch("b1")).labels["z"] == "accept"
    assert labels_of_record(split, state, state.batch("b1"))["z"].source is LabelSource.CORRECTED


def test_a_correction_waits_no_longer_once_a_later_ruling_gives_a_label(split: Desk) -> None:
    ruled(split, outcome="sent-back", rule="Q-03")
    person = add_person(split, CORRECTOR, organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    qualified(split, [person])
    corrected(split, "z", label="off_topic")
    ruled(split, outcome="upheld", label="accept")
    with pytest.raises(Refused, match="no correction that waits"):
        passed(split, "z", REVIEWERS[0])
    state = read_state(split)
    assert labels_of_record(split, state, state.batch("b1"))["z"].label == "accept"
    assert completeness_of(split, state, state.batch("b1")).items == ()


def test_a_rejected_item_has_no_label_and_counts_against_the_accuracy(split: Desk) -> None:
    assert ruled(split, outcome="rejected").outcome == DisputeOutcome.REJECTED
    sample = draw_sample(split, "b1", verifiers=1)
    state = read_state(split)
    assert "z" not in labels_of_record(split, state, state.batch("b1"))
    told = completeness_of(split, state, state.batch("b1"))
    assert (told.problems, told.closed, told.open, told.discarded) == (1, 1, 0, ("z",))
    drawn = drawn_items(split, sample.sample)
    assert "z" in {each.item_id for each in drawn}
    with pytest.raises(Refused, match="z has no label of record"):
        record_review(split, sample.sample, "z", by=sample.verifiers[0], verdict=Verdict.CORRECT)
    for each in drawn:
        said = {"verdict": Verdict.UNDECIDABLE} if each.item_id == "z" else {"verdict": Verdict.CORRECT}
        record_review(split, sample.sample, each.item_id, by=each.verifier, **said)
    report = accuracy_report(split, "b1")
    assert report.incorrect + report.undecidable == 1
    assert any("no label of record" in each.text for each in report.notes)


def test_after_the_draw_a_ruling_changes_no_label(desk: Desk) -> None:
    found = checked(desk)
    item, other = found.right[0], found.wrong[0]
    with pytest.raises(Refused, match="not disputed"):
        ruled(desk, item, label="accept")
    for each in (item, other):
        raise_dispute(desk, "b1", each, by=EXECUTORS[1], reason="look again")
    state = read_state(desk)
    assert evidence_of(desk, state, state.batch("b1")).disputes_open == 2
    with pytest.raises(Refused, match="send item"):
        ruled(desk, item, label="off_topic")
    ruled(desk, item, outcome="sent-back")
    ruled(desk, other, label="accept", rule="Q-01")
    state = read_state(desk)
    told = {each.item_id: each for each in completeness_of(desk, state, state.batch("b1")).items}
    assert told[item].status is ProblemStatus.OPEN
    assert told[other].status is ProblemStatus.CLOSED  # the arbitrator's final word: the label that was judged stands
    labels = population(desk, state, state.batch("b1")).labels
    assert (labels[item], labels[other]) == ("accept", "accept")
    evidence = evidence_of(desk, state, state.batch("b1"))
    assert evidence.disputes_open == 0
    assert accuracy_report(desk, "b1").incorrect == len(found.wrong)
    record_correction(desk, "b1", item, label="off_topic", by=CORRECTOR)
    passed(desk, item, found.reviewer)
    assert accuracy_report(desk, "b1").incorrect == len(found.wrong)
    assert state.batch("b1").conclusion is not Conclusion.ACCEPT


def test_somebody_who_corrected_or_re_reviewed_does_not_rule(desk: Desk) -> None:
    found = checked(desk)
    both = add_person(desk, "Both Hats", organizer="Org", duties=[Duty.ARBITRATOR, Duty.REVIEWER], accounts={}).person
    qualified(desk, [both])
    corrected(desk, found.wrong[0])
    passed(desk, found.wrong[0], both)
    raise_dispute(desk, "b1", found.right[0], by=EXECUTORS[1], reason="look again")
    with pytest.raises(Refused, match="another duty"):
        ruled(desk, found.right[0], by=both, outcome="sent-back")


def test_an_unclear_rule_opens_a_proposal_in_the_same_breath(split: Desk, here: Any) -> None:
    ruled(split, label="accept", rule="Q-03", unclear=True, reason="问答不一致的界线不清")
    (opened,) = proposals(split)
    told = (opened.rulebook, opened.rule, opened.batch, opened.item_id, opened.text, opened.outcome)
    assert told == ("genai-sft", "Q-03", "b1", "z", "问答不一致的界线不清", None)
    assert opened.by == here.people[ARBITRATOR]
    ruled(split, label="off_topic", rule="Q-03", unclear=True, reason="seen again")
    assert len([each for each in split.ledger.facts() if isinstance(each.body, ProposalOpened)]) == 1
    assert proposals(split, rulebook="other") == ()


def test_a_proposal_is_closed_with_what_became_of_it(split: Desk) -> None:
    ruled(split, label="accept", rule="Q-03", unclear=True)
    (opened,) = proposals(split)
    name = opened.proposal
    for said, why in (
        ({"outcome": ProposalOutcome.TAKEN, "reference": "9.9.9"}, "9.9.9 is no released version"),
        ({"outcome": ProposalOutcome.CLARIFIED, "reference": "4"}, "4 is no clarification"),
        ({"outcome": ProposalOutcome.DECLINED, "reason": ""}, "needs its reason"),
    ):
        with pytest.raises(LabelqaError, match=why):
            close_proposal(split, name, **{"by": ARBITRATOR, "reason": "r", **said})
    with pytest.raises(BadInput, match="no proposal is called x"):
        close_proposal(split, "x", outcome=ProposalOutcome.DECLINED, by=ARBITRATOR, reason="r")
    later(split, days=3)
    done = close_proposal(
        split, name, outcome=ProposalOutcome.TAKEN, reference="1.0.0", by=ARBITRATOR, reason="it says so"
    )
    assert (done.outcome, done.reference, done.why, done.days) == (ProposalOutcome.TAKEN, "1.0.0", "it says so", 3)
    with pytest.raises(Refused, match="closed already"):
        close_proposal(split, name, outcome=ProposalOutcome.DECLINED, by=ARBITRATOR, reason="r")


def test_a_list_of_rulings_takes_outcomes_and_rules(split: Desk) -> None:
    row = RulingRow(item_id="z", label="", by=ARBITRATOR, reason="cut off", outcome="sent-back", rule="Q-03")
    assert import_rulings(split, "b1", [row]).recorded == 1
    assert import_rulings(split, "b1", [row]).unchanged == 1
    (told,) = disputes(split, "b1")
    assert (told.outcome, told.rule) == (DisputeOutcome.SENT_BACK, "Q-03")


def test_a_ruling_on_a_batch_drawn_meanwhile_is_refused(split: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import labelqa.workflows.disputes as module

    ruled(split, label="accept")
    stale = read_state(split)
    draw_sample(split, "b1")
    monkeypatch.setattr(module, "read_state", lambda _desk: stale)
    before = split.ledger.head()
    with pytest.raises(Refused, match="changed meanwhile"):
        ruled(split, label="off_topic")
    assert split.ledger.head() == before


def test_the_very_same_ruling_is_not_recorded_twice(split: Desk) -> None:
    assert not ruled(split, label="accept").already
    head = split.ledger.head()
    assert ruled(split, label="accept").already
    assert split.ledger.head() == head
    assert not ruled(split, label="accept", reason="on second thought").already
