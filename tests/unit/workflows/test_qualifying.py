"""Decisions, proposals and appeals end to end: who may decide, what a state rests on, and what "why" answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.i18n import Speaker
from labelqa.records.duties import LeaveReason
from labelqa.records.governance import RulebookReleased
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Standing
from labelqa.records.personnel import AppealRuling, QualificationAction
from labelqa.records.why import Why
from labelqa.workflows.appeals import appeal_lines, file_appeal, rule_appeal
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.alerts import duty_alerts
from labelqa.workflows.duties.check import check_duties
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.imports import import_gold
from labelqa.workflows.people import add_person, person_lines, record_exam, record_training
from labelqa.workflows.policies import declare_policy, policy_lines
from labelqa.workflows.qualifying.alerts import qualification_alerts
from labelqa.workflows.qualifying.deciding import Matter, decide
from labelqa.workflows.qualifying.proposals import suspension_proposals
from labelqa.workflows.qualifying.why import why_qualified
from labelqa.workflows.state import read_state, shown_names
from tests.building import ARBITRATOR, EXECUTORS, RELEASE, REVIEWERS, Answer, account, agreeing, frozen_batch, take_in
from tests.unit.workflows.conftest import Place

SUE, ANN, REX = "Sue Pervise", EXECUTORS[0], REVIEWERS[0]
SUSPEND, LIFT, CANCEL = QualificationAction.SUSPEND, QualificationAction.LIFT, QualificationAction.CANCEL
NOTED = Matter(note="seen by the lead")


@pytest.fixture
def here(place: Callable[..., Place]) -> Place:
    found = place()
    add_person(found.desk, SUE, organizer="Org", duties=[Duty.SUPERVISOR], accounts={})
    return found


def standing(here: Place, who: str, duty: Duty | None = None) -> Standing:
    return read_state(here.desk).qualification(here.people[who], RELEASE, here.clock(), duty).standing


def asked(here: Place, who: str, **told: object) -> Why:
    (found,) = why_qualified(here.desk, who, release=RELEASE, **told)  # type: ignore[arg-type]
    return found


def test_a_suspension_of_one_duty_leaves_the_others(here: Place) -> None:
    done = decide(
        here.desk, SUSPEND, REX, Matter(reason="misconduct", duty=Duty.REVIEWER, release="genai-sft@1"), by=SUE
    )
    assert (done.line, done.duty, done.reason) == ("genai-sft@1", Duty.REVIEWER, "misconduct")
    assert standing(here, REX, Duty.REVIEWER) is Standing.SUSPENDED
    assert standing(here, REX, Duty.EXECUTOR) is standing(here, REX) is Standing.QUALIFIED
    line = next(each for each in person_lines(here.desk) if each.person == here.people[REX])
    assert (line.standing, line.withheld) == (Standing.QUALIFIED, ((Duty.REVIEWER, Standing.SUSPENDED),))
    decide(here.desk, LIFT, REX, NOTED, by=SUE)
    assert standing(here, REX, Duty.REVIEWER) is Standing.QUALIFIED


def test_a_cancelled_qualification_is_earned_anew(here: Place) -> None:
    decide(here.desk, CANCEL, ANN, Matter(reason="misconduct"), by=SUE)
    who = here.people[ANN]
    assert standing(here, ANN) is Standing.CANCELLED
    record_exam(here.desk, who, RELEASE, at=here.clock(), score=1.0, pass_mark=0.8)
    assert standing(here, ANN) is Standing.CANCELLED  # an exam without a new training is none
    record_training(here.desk, who, RELEASE, at=here.clock(), organizer="Org")
    record_exam(here.desk, who, RELEASE, at=here.clock(), score=1.0, pass_mark=0.8)
    assert standing(here, ANN) is Standing.QUALIFIED


@pytest.mark.parametrize(
    ("action", "who", "by", "matter", "why"),
    [
        (SUSPEND, ANN, ANN, NOTED, "own qualification"),
        (SUSPEND, ANN, REX, NOTED, "Rex One is not registered as a supervisor"),
        (SUSPEND, "judge", SUE, NOTED, "judge is a model"),
        (SUSPEND, ANN, "judge", NOTED, "decided on by a person"),
        (SUSPEND, ANN, SUE, Matter(), "needs a note"),
        (SUSPEND, ANN, SUE, Matter(reason="whim"), "whim is no reason"),
        (SUSPEND, ANN, SUE, Matter(reason="misconduct", release="other@1"), "other@1 is no line"),
        (SUSPEND, ANN, SUE, Matter(reason="misconduct", grounds=(999,)), "no fact 999"),
        (SUSPEND, ANN, SUE, Matter(proposal="sus-0"), "no proposal sus-0"),
        (LIFT, ANN, SUE, NOTED, "nothing to lift"),
        (CANCEL, ANN, SUE, Matter(reason="failed-retraining"), "passed in every line"),
    ],
)
def test_what_cannot_be_decided_leaves_no_trace(
    here: Place, action: QualificationAction, who: str, by: str, matter: Matter, why: str
) -> None:
    add_person(here.desk, "judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="judge@1")
    before = here.desk.ledger.head()
    with pytest.raises((Refused, BadInput), match=why):
        decide(here.desk, action, who, matter, by=by)
    assert here.desk.ledger.head() == before


def test_a_failed_re_examination_is_the_ground_by_itself(here: Place) -> None:
    record_exam(here.desk, here.people[ANN], RELEASE, at=here.clock(), score=0.1, pass_mark=0.8)
    failed = here.desk.ledger.head()[0]
    assert standing(here, ANN) is Standing.FAILED
    done = decide(here.desk, SUSPEND, ANN, Matter(reason="failed-retraining"), by=SUE)
    assert done.grounds == (failed,)
    with pytest.raises(Refused, match="suspended for that already"):
        decide(here.desk, SUSPEND, ANN, NOTED, by=SUE)


def test_a_failed_re_examination_of_somebody_suspended_is_a_ground_too(here: Place) -> None:
    decide(here.desk, SUSPEND, ANN, Matter(reason="misconduct"), by=SUE)
    record_exam(here.desk, here.people[ANN], RELEASE, at=here.clock(), score=0.4, pass_mark=0.8)
    failed = here.desk.ledger.head()[0]
    with pytest.raises(BadInput, match="is no line"):
        decide(here.desk, CANCEL, ANN, Matter(reason="failed-retraining", release="other@1"), by=SUE)
    assert decide(here.desk, CANCEL, ANN, Matter(reason="failed-retraining"), by=SUE).grounds == (failed,)


def test_an_upheld_appeal_leaves_nothing_of_the_suspension_but_its_record(here: Place) -> None:
    done = decide(here.desk, SUSPEND, ANN, Matter(reason="misconduct"), by=SUE)
    meanwhile = here.clock() + timedelta(hours=1)
    here.clock.now += timedelta(days=1)
    appeal = file_appeal(here.desk, done.fact, person=ANN, reason="it was somebody else")
    before = here.clock()
    with pytest.raises(Refused, match=f"{SUE} decided what is objected to"):
        rule_appeal(here.desk, appeal.appeal, AppealRuling.UPHELD, by=SUE, reason="no")
    assert standing(here, ANN) is Standing.SUSPENDED
    ruled = rule_appeal(here.desk, appeal.appeal, AppealRuling.UPHELD, by=ARBITRATOR, reason="it was")
    assert (ruled.ruling, ruled.by) == (AppealRuling.UPHELD, here.people[ARBITRATOR])
    assert standing(here, ANN) is Standing.QUALIFIED
    assert asked(here, ANN, at=meanwhile).answer  # it never counted …
    known = asked(here, ANN, at=meanwhile, known=before)  # … though by then nobody knew
    assert (known.answer, known.standing) == (False, Standing.SUSPENDED)
    told = {each.fact: each.counts for each in asked(here, ANN).facts}
    assert told[done.fact] is False
    with pytest.raises(Refused, match="ruled on already"):
        rule_appeal(here.desk, appeal.appeal, AppealRuling.REJECTED, by=REX, reason="no")
    (line,) = appeal_lines(here.desk, person=ANN)
    assert (line.text, line.ruled_text, line.matter) == ("it was somebody else", "it was", "qualification.decided")


def test_people_appeal_once_and_in_their_own_matter(here: Place) -> None:
    done = decide(here.desk, SUSPEND, ANN, Matter(reason="misconduct"), by=SUE)
    with pytest.raises(Refused, match=f"is not about {REX}"):
        file_appeal(here.desk, done.fact, person=REX, reason="unfair")
    with pytest.raises(Refused, match="needs its reason"):
        file_appeal(here.desk, done.fact, person=ANN, reason=" ")
    with pytest.raises(Refused, match="neither a verdict nor"):
        file_appeal(here.desk, 1, person=ANN, reason="unfair")
    file_appeal(here.desk, done.fact, person=ANN, reason="unfair")
    with pytest.raises(Refused, match="appealed against fact"):
        file_appeal(here.desk, done.fact, person=ANN, reason="unfair")


def test_only_a_declared_rule_and_a_whole_interval_propose_a_suspension(here: Place) -> None:
    frozen = [
        Answer(each.item, each.account, "off_topic" if each.account == account(ANN) and place // 3 < 20 else "accept")
        for place, each in enumerate(agreeing(40))
    ]
    import_gold(here.desk, [(f"q-{number:03}", "accept") for number in range(40)])
    frozen_batch(here.desk, answers=frozen)
    assert suspension_proposals(here.desk) == ()
    declare_policy(here.desk, "suspend-below", "0.6", reason="r", by=SUE)
    assert suspension_proposals(here.desk) == ()  # 20 of 40 may be as much as 0.65
    rule = declare_policy(here.desk, "suspend-below", "0.7", reason="r", by=SUE)
    (found,) = suspension_proposals(here.desk)
    assert (found.person, found.right, found.n, found.batches) == (here.people[ANN], 20, 40, ("b1",))
    assert rule.fact in found.grounds
    assert suspension_proposals(here.desk) == (found,)  # nothing was recorded, and the id is the same
    alerts = list(qualification_alerts(here.desk, read_state(here.desk), shown_names(here.desk)))
    assert [each.code for each in alerts] == ["suspension-proposed"]
    with pytest.raises(Refused, match="somebody else"):
        decide(here.desk, SUSPEND, EXECUTORS[1], Matter(proposal=found.proposal), by=SUE)
    done = decide(here.desk, SUSPEND, ANN, Matter(proposal=found.proposal), by=SUE)
    assert (done.reason, done.line, done.grounds) == ("low-accuracy", "genai-sft@1", found.grounds)
    assert suspension_proposals(here.desk) == ()
    decide(here.desk, LIFT, ANN, NOTED, by=SUE)
    assert suspension_proposals(here.desk) == ()  # answers before a decision are not held against anybody again


def test_a_decision_on_reviewing_does_not_clear_what_was_labelled(here: Place) -> None:
    declare_policy(here.desk, "suspend-below", "0.8", reason="r", by=ARBITRATOR)
    declare_policy(here.desk, "suspend-items", "20", reason="r", by=ARBITRATOR)
    import_gold(here.desk, ((f"q-{at:03}", "inaccurate") for at in range(30)))
    frozen_batch(here.desk, answers=agreeing(30), plan=False)
    before = {each.person for each in suspension_proposals(here.desk)}
    assert here.people[ANN] in before
    decide(here.desk, SUSPEND, ANN, Matter(reason="misconduct", duty=Duty.REVIEWER), by=SUE)
    assert {each.person for each in suspension_proposals(here.desk)} == before
    decide(here.desk, SUSPEND, ANN, Matter(reason="misconduct", duty=Duty.EXECUTOR), by=SUE)
    assert {each.person for each in suspension_proposals(here.desk)} == before - {here.people[ANN]}


def test_work_while_suspended_is_found_though_it_was_overwritten_and_the_suspension_lifted(here: Place) -> None:
    decide(here.desk, SUSPEND, ANN, Matter(reason="misconduct"), by=SUE)
    here.clock.now += timedelta(hours=1)
    out, hour = here.clock(), timedelta(hours=1)
    done = take_in(here.desk, agreeing(2, at=out), release=RELEASE)
    assert done.unqualified == 2
    here.clock.now += hour
    decide(here.desk, LIFT, ANN, NOTED, by=SUE)
    here.clock.now += hour
    take_in(here.desk, agreeing(2, at=here.clock(), label="inaccurate"), release=RELEASE, name="again.csv")
    (found,) = check_duties(here.desk).while_out
    assert (found.person, found.line, found.duty, found.acts) == (here.people[ANN], "genai-sft@1", Duty.EXECUTOR, 2)
    assert (found.first, found.last) == (out, out)
    assert [each.code for each in check_duties(here.desk).findings] == ["suspended-working"]
    assert [each.code for each in duty_alerts(here.desk)] == ["suspended-working"]


def test_work_in_a_duty_or_line_that_was_not_withheld_is_no_fault(here: Place) -> None:
    decide(here.desk, SUSPEND, ANN, Matter(reason="misconduct", duty=Duty.REVIEWER), by=SUE)
    decide(here.desk, SUSPEND, EXECUTORS[1], Matter(reason="misconduct", release=RELEASE), by=SUE)
    here.clock.now += timedelta(hours=1)
    rows = [Answer("q-1", account(name), "accept", at=here.clock()) for name in EXECUTORS[:2]]
    take_in(here.desk, [replace(each, release="genai-sft@2.0.0") for each in rows])
    assert check_duties(here.desk).while_out == ()
    take_in(here.desk, [replace(each, item="q-2") for each in rows], name="unstamped.csv")
    # every line that the second one learned is withheld
    assert [(each.person, each.line) for each in check_duties(here.desk).while_out] == [(here.people[EXECUTORS[1]], "")]


def test_why_names_the_facts_and_what_is_missing(here: Place) -> None:
    yes = asked(here, ANN)
    assert yes.answer
    assert [each.kind for each in yes.facts] == [
        "person.added",
        "rulebook.released",
        "training.recorded",
        "exam.recorded",
    ]
    assert "may work under genai-sft@1.0.0" in str(yes.sentence)
    assert [each.code for each in asked(here, ANN, duty=Duty.REVIEWER).lacking] == ["no-duty"]
    assert [each.code for each in asked(here, SUE).lacking] == ["not-trained"]
    expired = asked(here, ANN, at=here.clock() + timedelta(days=400))
    assert (expired.standing, [each.code for each in expired.lacking]) == (Standing.EXPIRED, ["expired"])
    decide(here.desk, SUSPEND, ANN, NOTED, by=SUE)
    both = asked(here, ANN, at=here.clock() + timedelta(days=400))
    assert [each.code for each in both.lacking] == ["suspended", "expired"]
    assert any("seen by the lead" in str(each.message) for each in both.facts)


def test_the_validity_asked_for_is_the_one_that_was_declared_then(here: Place) -> None:
    first = asked(here, ANN)
    assert (first.valid_days, first.declared) == (365, None)
    here.clock.now += timedelta(days=100)
    told = declare_policy(here.desk, "qualification-days", "90", reason="rules change often", by=SUE)
    before, after = asked(here, ANN, at=first.at), asked(here, ANN)
    assert (before.answer, before.valid_days) == (True, 365)
    assert (after.standing, after.valid_days, after.declared) == (Standing.EXPIRED, 90, told.fact)
    assert after.since == told.at  # expired on the day on which the shorter validity came


def test_expiring_goes_by_the_declared_days(here: Place) -> None:
    assert not asked(here, ANN).expiring
    declare_policy(here.desk, "expiring-days", "365", reason="r", by=SUE)
    assert asked(here, ANN).expiring
    assert {each.expiring for each in person_lines(here.desk) if each.release} == {True}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("retention-log-months", "5", "6 or more"),
        ("retention-eu-years", "9", "10 or more"),
        ("suspend-below", "80", "between 0 and 1"),
        ("suspend-below", "nan", "between 0 and 1"),
        ("qualification-days", "a year", "whole days"),
        ("duties-per", "week", "batch or item"),
        ("colour", "red", "no policy"),
    ],
)
def test_a_value_that_a_policy_cannot_have_is_refused(desk: Desk, name: str, value: str, why: str) -> None:
    before = desk.ledger.head()
    with pytest.raises(Refused, match=why):
        declare_policy(desk, name, value, reason="r", by=ARBITRATOR)
    assert desk.ledger.head() == before


def test_a_policy_needs_a_reason_and_a_person(desk: Desk) -> None:
    with pytest.raises(Refused, match="needs its reason"):
        declare_policy(desk, "appeal-days", "9", reason=" ", by=ARBITRATOR)
    with pytest.raises(BadInput, match="nobody is known"):
        declare_policy(desk, "appeal-days", "9", reason="r", by="nobody")
    declare_policy(desk, "appeal-days", "09", reason="r", by=ARBITRATOR)
    with pytest.raises(Refused, match="is 9 already"):
        declare_policy(desk, "appeal-days", "9", reason="r", by=ARBITRATOR)


def test_a_shortened_retention_is_seen_for_ever(desk: Desk) -> None:
    for years in ("8", "5", "9"):
        declare_policy(desk, "retention-qa-years", years, reason=f"{years} years", by=ARBITRATOR)
    line = next(each for each in policy_lines(desk) if each.policy == "retention-qa-years")
    assert (line.value, line.source) == (9, "declared")
    assert [(each.value, each.shortens) for each in line.declared] == [("8", False), ("5", True), ("9", False)]


def test_somebody_unknown_or_a_release_that_is_not_there(here: Place) -> None:
    with pytest.raises(BadInput, match="nobody is known as Zed"):
        why_qualified(here.desk, "Zed")
    with pytest.raises(BadInput, match="is not released"):
        why_qualified(here.desk, ANN, release="genai-sft@9.0.0")
    person = PersonId(here.people[ANN])
    assert [each.release for each in why_qualified(here.desk, person)] == [RELEASE]


def test_nobody_works_under_a_rulebook_before_its_first_release_counts(here: Place) -> None:
    (fact,) = read_state(here.desk).facts.of(RulebookReleased)
    counts = fact.effective_at
    record_training(here.desk, here.people[ANN], RELEASE, at=counts - timedelta(days=3), organizer="Org")
    record_exam(here.desk, here.people[ANN], RELEASE, at=counts - timedelta(days=2), score=1.0, pass_mark=0.8)
    before = counts - timedelta(days=1)
    told = asked(here, ANN, at=before)
    assert (told.answer, [each.code for each in told.lacking]) == (False, ["release-coming"])
    assert "no release of this rulebook was in force before" in str(told.lacking[0].mend)
    lines = [each for each in person_lines(here.desk, at=before) if each.person == here.people[ANN]]
    assert all(each.coming for each in lines)
    assert asked(here, ANN).answer
    line = next(each for each in person_lines(here.desk) if each.person == here.people[ANN])
    assert not line.coming


@pytest.mark.parametrize("release", [RELEASE, ""])
def test_known_before_the_release_was_on_record_the_answer_is_no(here: Place, release: str) -> None:
    (fact,) = read_state(here.desk).facts.of(RulebookReleased)
    known = fact.recorded_at - timedelta(minutes=1)
    (told,) = why_qualified(here.desk, ANN, release=release, known=known)
    assert (told.answer, told.release) == (False, RELEASE)
    assert told.lacking[0].code == "release-unknown"
    assert f"{RELEASE} was not on record" in str(told.sentence)


def test_who_recorded_a_departure_did_not_leave(here: Place) -> None:
    leave(here.desk, ANN, reason=LeaveReason.CONTRACT_ENDED, by=REX)
    assert asked(here, REX).answer
    assert "person.left" not in {each.kind for each in asked(here, REX).facts}
    told = asked(here, ANN)
    assert [each.code for each in told.lacking] == ["left"]
    (fact,) = [each for each in told.facts if each.kind == "person.left"]
    assert f"(fact {fact.fact})" in str(told.lacking[0].message)
    assert Speaker("zh")(fact.message) == f"离岗（合同终止），由 {REX} 记录"


def test_the_duties_asked_for_are_those_of_that_time(here: Place) -> None:
    before = here.clock()
    leave(here.desk, ANN, reason=LeaveReason.LEFT, by=REX)
    add_person(here.desk, ANN, organizer="Org", duties=[Duty.REVIEWER], accounts={})
    assert asked(here, ANN, duty=Duty.EXECUTOR, at=before).answer
    assert [each.code for each in asked(here, ANN, duty=Duty.EXECUTOR).lacking] == ["no-duty"]
    assert [each.code for each in asked(here, ANN, duty=Duty.REVIEWER, at=before).lacking] == ["no-duty"]


def test_who_left_decides_nothing_any_more(here: Place) -> None:
    leave(here.desk, SUE, reason=LeaveReason.LEFT, by=REX)
    before = here.desk.ledger.head()
    with pytest.raises(Refused, match="Sue Pervise is no longer here"):
        decide(here.desk, SUSPEND, ANN, NOTED, by=SUE)
    with pytest.raises(BadInput, match="Sue Pervise is no longer here"):
        declare_policy(here.desk, "appeal-days", "9", reason="r", by=SUE)
    with pytest.raises(BadInput, match="Sue Pervise is no longer here"):
        leave(here.desk, ANN, reason=LeaveReason.LEFT, by=SUE)
    assert here.desk.ledger.head() == before
