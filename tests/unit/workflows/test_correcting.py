"""Corrections on a workspace: six fields, two people, nothing that makes a check look better."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from labelqa.errors import BadInput, LabelqaError, Refused
from labelqa.records.corrections import LabelSource, ProblemStatus
from labelqa.records.designs import Design
from labelqa.records.facts import CorrectionRecorded, SampleDrawn
from labelqa.records.people import Duty
from labelqa.records.review import Verdict, VerdictKind
from labelqa.workflows.accuracy import accuracy_report
from labelqa.workflows.certifying.certificate import certificate_named
from labelqa.workflows.certifying.evidence import accuracy_of, evidence_of
from labelqa.workflows.correcting import (
    CorrectionRow,
    close_problem,
    completeness_of,
    import_corrections,
    record_correction,
)
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.drawn import verifier_pool
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.population import labels_of_record, population
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, MONDAY, REVIEWERS, Answer, account, drawn_batch, qualified
from tests.unit.workflows.correcting import CORRECTOR, Checked, checked, corrected, open_now, passed


@pytest.fixture
def found(desk: Desk) -> Checked:
    return checked(desk)


def test_what_was_found_wrong_is_open_with_who_must_act(desk: Desk, found: Checked) -> None:
    assert set(open_now(desk)) == set(found.wrong)
    state = read_state(desk)
    told = completeness_of(desk, state, state.batch("b1")).items[0]
    assert (told.status, told.acts, told.problems[0].rule) == (ProblemStatus.OPEN, Duty.EXECUTOR, "Q-03")


def test_a_correction_has_its_six_fields(desk: Desk, here: Any, found: Checked) -> None:
    item = found.wrong[0]
    made = corrected(desk, item)
    assert (made.before, made.after) == ("accept", "off_topic")
    assert made.annotator in {here.people[name] for name in EXECUTORS}
    assert made.made_at == MONDAY
    assert made.corrected_at > made.made_at
    assert made.problems == (read_state(desk).reviews["b1/1"][0].fact,)
    (fact,) = [each for each in desk.ledger.facts() if isinstance(each.body, CorrectionRecorded)]
    assert all(value != "" and value is not None for name, value in asdict(fact.body).items() if name != "source")
    assert {f"person:{here.people[name]}" for name in EXECUTORS} <= set(fact.subjects)  # all three gave it
    assert open_now(desk) != ()
    assert passed(desk, item, found.reviewer).status is ProblemStatus.CORRECTED
    assert set(open_now(desk)) == set(found.wrong[1:])


def test_the_earliest_of_the_agreeing_annotators_stands_for_the_label(desk: Desk, here: Any) -> None:
    ann, bob, cai = map(account, EXECUTORS)
    times = {ann: MONDAY + timedelta(hours=2), bob: MONDAY, cai: MONDAY - timedelta(hours=5)}
    says = {ann: "accept", bob: "accept", cai: "off_topic"}
    answers = [Answer(f"q-{n}", who, says[who], at=times[who]) for n in range(8) for who in (ann, bob, cai)]
    sample = drawn_batch(desk, answers=answers)
    record_review(desk, "b1", "q-0", by=_verifier(desk, "q-0"), verdict=Verdict.INCORRECT, rule="Q-03")
    _corrector(desk)
    made = corrected(desk, "q-0")
    assert (made.annotator, made.made_at) == (here.people["Bob Wu"], MONDAY)
    assert sample.resolved.population == 8


def _verifier(desk: Desk, item: str) -> str:
    return next(each.verifier for each in drawn_items(desk, "b1/1") if each.item_id == item)


def _corrector(desk: Desk, name: str = CORRECTOR, *duties: Duty, organizer: str = "Org", examined: bool = True) -> str:
    person = add_person(desk, name, organizer=organizer, duties=duties or [Duty.EXECUTOR], accounts={}).person
    if examined:
        qualified(desk, [person])
    return person


def test_a_label_without_a_time_is_corrected_once_somebody_says_when_it_was_made(desk: Desk) -> None:
    answers = [Answer(f"q-{n}", account(who), "accept", at=None) for n in range(8) for who in EXECUTORS]
    drawn_batch(desk, answers=answers)
    record_review(desk, "b1", "q-0", by=_verifier(desk, "q-0"), verdict=Verdict.INCORRECT, rule="Q-03")
    _corrector(desk)
    before = desk.ledger.head()
    with pytest.raises(BadInput, match="nobody knows when the label of item q-0 was made"):
        corrected(desk, "q-0")
    assert desk.ledger.head() == before
    assert corrected(desk, "q-0", made_at=MONDAY).made_at == MONDAY


def test_an_annotator_may_correct_own_work(desk: Desk, found: Checked) -> None:
    made = corrected(desk, found.wrong[0], by=EXECUTORS[0])
    assert passed(desk, found.wrong[0], found.reviewer).corrections == (made,) or made.review is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"item": "right"}, "no problem of item"),
        ({"item": "q-999"}, "no problem of item"),
        ({"label": "accept"}, "has the label accept already"),
        ({"label": "nope"}, "nope is not a label"),
        ({"by": "verifier"}, "another duty"),
        ({"by": "verifier"}, "not registered as an annotator"),
        ({"by": "Nobody"}, "nobody is known as Nobody"),
        ({"by": "Una Trained"}, "not qualified"),
        ({"by": "Else Where"}, "works for Other, and batch b1 is labelled by Org"),
        ({"at": MONDAY - timedelta(days=300)}, "before the batch was frozen"),
        ({"at": MONDAY + timedelta(days=300)}, "in the future"),
    ],
)
def test_corrections_that_a_rule_forbids(desk: Desk, found: Checked, said: dict[str, Any], why: str) -> None:
    _corrector(desk, "Una Trained", examined=False)
    _corrector(desk, "Else Where", organizer="Other")
    item = {"right": found.right[0]}.get(said.pop("item", ""), found.wrong[0])
    if why.startswith("no problem") and item == found.wrong[0]:
        item = "q-999"
    if said.get("by") == "verifier":
        said["by"] = found.reviewer
    before = desk.ledger.head()
    with pytest.raises(LabelqaError, match=why):
        corrected(desk, item, **said)
    assert desk.ledger.head() == before


def test_nobody_re_reviews_own_correction_or_label(desk: Desk, found: Checked) -> None:
    both = _corrector(desk, "Both Hats", Duty.EXECUTOR, Duty.REVIEWER)
    corrected(desk, found.wrong[0], by=both)
    before = desk.ledger.head()
    for by, why in (
        (both, "may not re-review it"),
        (EXECUTORS[0], "not registered as a reviewer"),
        (CORRECTOR, "not registered"),
    ):
        with pytest.raises(Refused, match=why):
            passed(desk, found.wrong[0], by)
    with pytest.raises(Refused, match="no correction that waits"):
        passed(desk, found.wrong[1], found.reviewer)
    assert desk.ledger.head() == before


def test_a_corrector_neither_re_reviews_nor_verifies_in_the_batch(desk: Desk, found: Checked) -> None:
    both = _corrector(desk, "Both Hats", Duty.EXECUTOR, Duty.REVIEWER)
    state = read_state(desk)
    assert both in verifier_pool(desk, state, state.batch("b1"), desk.clock(), VerdictKind.VERIFICATION)
    corrected(desk, found.wrong[0], by=both)
    corrected(desk, found.wrong[1])
    state = read_state(desk)
    assert both not in verifier_pool(desk, state, state.batch("b1"), desk.clock(), VerdictKind.VERIFICATION)
    with pytest.raises(Refused, match="another duty"):
        passed(desk, found.wrong[1], both)
    record_review_by = [each.reviewer for each in state.reviews_of("b1")]
    with pytest.raises(Refused, match="another duty"):
        corrected(desk, found.wrong[2], by=record_review_by[0])


def test_a_failed_re_review_opens_the_problem_again(desk: Desk, found: Checked) -> None:
    item = found.wrong[0]
    first = corrected(desk, item)
    assert passed(desk, item, found.reviewer, Verdict.INCORRECT, comment="not that").status is ProblemStatus.FAILED
    with pytest.raises(Refused, match="off_topic failed its re-review"):
        corrected(desk, item)
    second = corrected(desk, item, label="incomplete")
    assert (second.before, second.after, second.replaced_by) == ("accept", "incomplete", 0)
    fact = desk.ledger.facts()[-1]
    assert fact.supersedes == first.fact
    assert passed(desk, item, found.reviewer).status is ProblemStatus.CORRECTED
    assert "not that" not in "".join(row[6] for row in desk.ledger.rows())


def test_a_correction_that_waits_can_be_replaced(desk: Desk, found: Checked) -> None:
    first = corrected(desk, found.wrong[0], label="incomplete")
    second = corrected(desk, found.wrong[0])
    assert desk.ledger.facts()[-1].supersedes == first.fact
    told = passed(desk, found.wrong[0], found.reviewer)
    assert [(each.fact, each.stands) for each in told.corrections] == [(first.fact, False), (second.fact, True)]


def test_a_closure_needs_a_reason_and_somebody_else(desk: Desk, found: Checked) -> None:
    item = found.wrong[0]
    for said, why in (
        ({"by": found.reviewer, "reason": " "}, "needs its reason"),
        ({"by": EXECUTORS[0], "reason": "fine"}, "registered neither"),
        ({"by": CORRECTOR, "reason": "fine"}, "registered neither"),
    ):
        with pytest.raises(LabelqaError, match=why):
            close_problem(desk, "b1", item, **said)
    closed = close_problem(desk, "b1", item, by=found.reviewer, reason="the text was cut off for 张三")
    assert closed.status is ProblemStatus.CLOSED
    assert "张三" not in "".join(row[6] for row in desk.ledger.rows())
    with pytest.raises(Refused, match="no problem of item"):
        close_problem(desk, "b1", item, by=found.reviewer, reason="again")
    corrected(desk, found.wrong[1])
    with pytest.raises(Refused, match="waits for its re-review"):
        close_problem(desk, "b1", found.wrong[1], by=found.reviewer, reason="fine")


def figures(desk: Desk) -> tuple[Any, ...]:
    """Everything that a check of the batch says: certificate, accuracy, evidence, report."""
    state = read_state(desk)
    batch = state.batch("b1")
    evidence = evidence_of(desk, state, batch)
    told = certificate_named(desk, "b1")
    report = accuracy_report(desk, "b1")
    kept = (evidence.reviews, evidence.drawn, evidence.certificate, evidence.further, evidence.pending)
    return told, accuracy_of(desk, batch, evidence), report, kept


@pytest.mark.parametrize("way", ["corrected", "closed", "replaced"])
def test_what_is_answered_makes_no_check_look_better(desk: Desk, found: Checked, way: str) -> None:
    before, state = figures(desk), read_state(desk)
    judged = population(desk, state, state.batch("b1")).labels
    for item in found.wrong:
        if way == "closed":
            close_problem(desk, "b1", item, by=found.reviewer, reason="a matter of taste")
            continue
        corrected(desk, item, label="incomplete" if way == "replaced" else "off_topic")
        if way == "replaced":
            corrected(desk, item)
        passed(desk, item, found.reviewer)
    assert open_now(desk) == ()
    assert figures(desk) == before
    state = read_state(desk)
    assert population(desk, state, state.batch("b1")).labels == judged
    now = labels_of_record(desk, state, state.batch("b1"))
    changed = {item for item, each in now.items() if each.source is LabelSource.CORRECTED}
    assert changed == (set() if way == "closed" else set(found.wrong))
    assert {now[item].label for item in changed} <= {"off_topic"}
    assert {now[item].label for item in found.right} == {"accept"}


def test_a_later_sample_judges_what_was_corrected_and_the_first_stays_as_it_was(desk: Desk, found: Checked) -> None:
    first = figures(desk)
    for item in found.wrong:
        corrected(desk, item)
        passed(desk, item, found.reviewer)
    declare_plan(desk, "b1", design=Design.CENSUS, seed="another seed")
    second = draw_sample(desk, "b1", verifiers=1)
    record_review(desk, second.sample, found.wrong[0], by=second.verifiers[0], verdict=Verdict.CORRECT)
    state = read_state(desk)
    assert [each.label for each in state.reviews[second.sample]] == ["off_topic"]
    assert certificate_named(desk, second.sample).given == 1
    assert certificate_named(desk, "b1/1") == first[0]
    assert evidence_of(desk, state, state.batch("b1")).reviews == first[3][0]
    assert (found.sample.sample, second.sample) == ("b1/1", "b1/2")


def test_a_label_is_of_record_only_from_its_re_review_on(desk: Desk, found: Checked) -> None:
    item = found.wrong[0]
    corrected(desk, item)
    state = read_state(desk)
    assert labels_of_record(desk, state, state.batch("b1"))[item].label == "accept"
    known = desk.clock()
    passed(desk, item, found.reviewer)
    state = read_state(desk)
    assert labels_of_record(desk, state, state.batch("b1"))[item].label == "off_topic"
    past = read_state(desk, known=known)
    assert labels_of_record(desk, past, past.batch("b1"))[item].label == "accept"


def test_a_list_takes_what_it_can_and_doubles_nothing(desk: Desk, found: Checked) -> None:
    one, two, three = found.wrong
    rows = [
        CorrectionRow(item_id=one, label="off_topic", by=CORRECTOR, at=desk.clock()),
        CorrectionRow(item_id=two, label="nope", by=CORRECTOR),
        CorrectionRow(item_id=three, label="off_topic", by="Nobody"),
        CorrectionRow(item_id=one, label="off_topic", by=CORRECTOR),
        CorrectionRow(item_id=found.right[0], label="off_topic", by=CORRECTOR),
    ]
    done = import_corrections(desk, "b1", rows, source="d" * 64)
    assert (done.recorded, done.unchanged, len(done.findings)) == (1, 0, 4)
    assert {each.code for each in done.findings} == {"correction-refused"}
    fact = desk.ledger.facts()[-1]
    assert (fact.body.source, fact.identity) == ("d" * 64, "imported")
    before = desk.ledger.head()
    again = import_corrections(desk, "b1", rows[:1])
    assert (again.recorded, again.unchanged) == (0, 1)
    assert desk.ledger.head() == before


def test_two_who_correct_at_once_do_not_both_pass(desk: Desk, found: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    import labelqa.workflows.correcting.recording as recording

    stale = read_state(desk)
    corrected(desk, found.wrong[0])
    monkeypatch.setattr(recording, "read_state", lambda _desk: stale)
    before = desk.ledger.head()
    with pytest.raises(Refused, match="changed meanwhile"):
        record_correction(desk, "b1", found.wrong[0], label="incomplete", by=EXECUTORS[0])
    assert desk.ledger.head() == before


def test_a_verdict_that_was_changed_to_correct_is_closed_by_a_reviewer(desk: Desk, found: Checked) -> None:
    item = found.wrong[0]
    record_review(desk, "b1", item, by=_verifier(desk, item), verdict=Verdict.CORRECT)
    state = read_state(desk)
    told = {each.item_id: each for each in completeness_of(desk, state, state.batch("b1")).items}[item]
    assert (told.status, told.acts) == (ProblemStatus.OPEN, Duty.REVIEWER)
    assert close_problem(desk, "b1", item, by=REVIEWERS[2], reason="read it again").status is ProblemStatus.CLOSED


def test_nothing_is_corrected_before_the_freeze(desk: Desk, found: Checked) -> None:
    from labelqa.records.batch import Kind
    from labelqa.workflows.batches import declare_batch
    from tests.building import RELEASE

    declare_batch(desk, "b2", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    with pytest.raises(Refused, match="not frozen yet"):
        record_correction(desk, "b2", found.wrong[0], label="off_topic", by=CORRECTOR)
    assert any(isinstance(each.body, SampleDrawn) for each in desk.ledger.facts())


def test_the_very_same_correction_is_not_recorded_twice(desk: Desk, found: Checked) -> None:
    item = found.wrong[0]
    first = record_correction(desk, "b1", item, label="off_topic", by=CORRECTOR)
    head = desk.ledger.head()
    again = record_correction(desk, "b1", item, label=" off_topic ", by=CORRECTOR)
    assert (again.already, again.fact, desk.ledger.head()) == (True, first.fact, head)
    other = record_correction(desk, "b1", item, label="incomplete", by=CORRECTOR)
    assert (other.already, other.fact > first.fact) == (False, True)
