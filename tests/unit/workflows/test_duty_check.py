"""Duties: assignments and their refusals, the check, leaving and coming back, the staffing plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.people.absence import Absence
from labelqa.records.batch import Kind
from labelqa.records.duties import Act, AssignmentRow, LeaveReason
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.facts import (
    BatchDeclared,
    CorrectionReviewed,
    DisputeRuled,
    Draft,
    PersonAdded,
    PersonLeft,
    PolicyDeclared,
    ReviewRecorded,
)
from labelqa.records.people import Duty, Standing
from labelqa.records.review import VerdictKind
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.drawn import verifier_pool
from labelqa.workflows.duties.assign import assign, end_duty, import_assignments, list_assignments
from labelqa.workflows.duties.check import check_duties
from labelqa.workflows.duties.leaving import access_lines, leave
from labelqa.workflows.duties.staffing import StaffingPlan, declare_staffing, staffing_of
from labelqa.workflows.people import add_person
from labelqa.workflows.state import read_state
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    MONDAY,
    RELEASE,
    REVIEWERS,
    Answer,
    Clock,
    account,
    agreeing,
    declare_batch,
    frozen_batch,
    new_desk,
    opened,
    qualified,
    staffed,
    take_in,
)

LEAD = ARBITRATOR
SUE = "Sue Visor"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "w") as made:
        staffed(made)
        sue = add_person(made, SUE, organizer="Org", duties=[Duty.SUPERVISOR], accounts={}).person
        qualified(made, [sue])
    with opened(tmp_path / "w", clock=Clock(MONDAY - timedelta(days=1))) as found:
        yield found


def who(desk: Desk, name: str) -> str:
    return next(person for person, known in desk.ledger.identities.names().items() if known == name)


def fact(desk: Desk, body: object, *more: str, at: datetime | None = None) -> int:
    """A fact put into the ledger past every rule."""
    batch, people = getattr(body, "batch", ""), more
    subjects = (*((f"batch:{batch}",) if batch else ()), *(f"person:{each}" for each in people))
    (written,) = desk.ledger.append(
        [Draft(body=body, subjects=subjects, actor="x", effective_at=at)], now=desk.clock()
    )  # fmt: skip
    return written.seq


def review(desk: Desk, person: str, item: str = "q-001", batch: str = "b1", at: datetime | None = None) -> int:
    body = ReviewRecorded(
        sample=f"{batch}/1", batch=batch, item=item, verdict="correct", kind=str(VerdictKind.REVIEW), reviewer=person,
        rule="", defect="", severity="", correct_label="", unsafe="", comment="",
    )  # fmt: skip
    return fact(desk, body, person, at=at)


def ruling(desk: Desk, person: str, item: str = "q-001", batch: str = "b1") -> int:
    return fact(desk, DisputeRuled(batch=batch, item=item, label="accept", arbitrator=person, reason=""), person)


def frozen(desk: Desk, name: str = "b1", **said: object) -> None:
    frozen_batch(desk, name, answers=agreeing(6), plan=False, card=False, **said)  # type: ignore[arg-type]


def codes(desk: Desk, **said: object) -> list[str]:
    return [each.code for each in check_duties(desk, **said).findings]  # type: ignore[arg-type]


def test_separate_duties_give_nothing(desk: Desk):
    frozen(desk)
    review(desk, who(desk, REVIEWERS[0]))
    ruling(desk, who(desk, ARBITRATOR))
    found = check_duties(desk)
    assert (found.findings, found.batches, found.per) == ((), 1, "batch")


def test_who_labelled_and_reviewed_is_named_with_facts_and_items(desk: Desk):
    frozen(desk)
    before = desk.clock()
    ann = who(desk, EXECUTORS[0])
    seq = review(desk, ann, "q-003")
    (double,) = check_duties(desk).doubles
    assert (double.name, double.duties, double.batches) == (EXECUTORS[0], (Duty.EXECUTOR, Duty.REVIEWER), ("b1",))
    assert seq in double.facts
    assert len(double.facts) == 2
    assert double.items == ("q-003",)
    assert codes(desk) == codes(desk, batch="b1") == ["two-duties"]
    assert codes(desk, known=before) == codes(desk, at=before) == []


def test_a_verdict_that_became_known_later_does_not_change_an_earlier_answer(desk: Desk):
    frozen(desk)
    made, known = desk.clock(), desk.clock()
    review(desk, who(desk, EXECUTORS[0]), at=made)
    assert codes(desk, at=known) == ["two-duties"]
    assert codes(desk, at=known, known=known) == []


def test_a_relaxed_task_is_the_item(desk: Desk):
    frozen(desk)
    rex, body = who(desk, REVIEWERS[0]), PolicyDeclared(name="duties-per", value="item", reason="small team", by="p-x")
    review(desk, rex, "q-001")
    ruling(desk, rex, "q-002")
    assert codes(desk) == ["two-duties"]
    fact(desk, body)
    assert codes(desk) == []
    ruling(desk, rex, "q-001")
    (double,) = check_duties(desk).doubles
    assert (double.items, double.duties) == (("q-001",), (Duty.REVIEWER, Duty.ARBITRATOR))
    review(desk, who(desk, EXECUTORS[0]), "not-in-the-batch")
    assert len(check_duties(desk).doubles) == 1
    review(desk, who(desk, EXECUTORS[0]), "q-004")  # the frozen answers say that she labelled it
    assert [each.items for each in check_duties(desk).doubles if each.name == EXECUTORS[0]] == [("q-004",)]


def declared(desk: Desk, name: str, **said: object) -> None:
    body = BatchDeclared(
        batch=name, kind="functional", release=RELEASE, control="label", labels=["accept", "off_topic"],
        organizer="Org", requester="", where=[], record_rule="majority", late=False, **said,  # type: ignore[arg-type]
    )  # fmt: skip
    fact(desk, body)


def test_a_rework_round_is_one_task_with_its_parent_and_a_recheck_with_each_source(desk: Desk):
    frozen(desk)
    declared(desk, "b1-r1", parent="b1", round=1)
    declared(desk, "b2")
    declared(desk, "again", recheck=RELEASE, sources=["b1", "b2"])
    ann, rex, art = who(desk, EXECUTORS[0]), who(desk, REVIEWERS[0]), who(desk, ARBITRATOR)
    review(desk, rex, batch="b1")
    review(desk, rex, batch="b1-r1")
    review(desk, rex, batch="again")
    ruling(desk, art, batch="b1")
    review(desk, art, batch="b2")  # two sources are no task
    assert codes(desk) == []
    review(desk, ann, batch="b1-r1")
    assert [each.batches for each in check_duties(desk).doubles] == [("b1", "b1-r1")]
    assert [each.batches for each in check_duties(desk, batch="b1-r1").doubles] == [("b1", "b1-r1")]
    assert codes(desk, batch="b2") == []
    review(desk, art, batch="again")  # reviews again what is one task with where he ruled
    assert ("again", "b1") in {each.batches for each in check_duties(desk).doubles if each.name == ARBITRATOR}
    ruling(desk, rex, batch="again")
    assert {each.name for each in check_duties(desk).doubles} == {EXECUTORS[0], REVIEWERS[0], ARBITRATOR}


def test_an_assignment_is_refused_with_every_reason(desk: Desk):
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    new = add_person(desk, "New Comer", organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    robot = add_person(desk, "Robot", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="m@1").person
    assign(desk, [EXECUTORS[0]], duty=Duty.EXECUTOR, batch="b1", by=LEAD)
    with pytest.raises(Refused) as error:
        assign(desk, [new, EXECUTORS[0]], duty=Duty.REVIEWER, batch="b1", by=LEAD)
    said = str(error.value)
    assert "New Comer is not registered as reviewer" in said
    assert "New Comer is not qualified" in said
    assert "Ann Lee is annotator in the labeling task" in said
    with pytest.raises(Refused, match="is a model: it may label"):
        assign(desk, [robot], duty=Duty.REVIEWER, batch="b1", by=LEAD)
    (line,) = assign(desk, [robot], duty=Duty.EXECUTOR, batch="b1", by=LEAD, reason="pre-labels")
    assert (line.name, line.holds, line.until, line.reason) == ("Robot", True, None, "pre-labels")
    with pytest.raises(Refused, match="assigned to that already"):
        assign(desk, [robot], duty=Duty.EXECUTOR, batch="b1", by=LEAD)
    with pytest.raises(BadInput, match="lies in the future"):
        assign(desk, [EXECUTORS[1]], duty=Duty.EXECUTOR, batch="b1", by=LEAD, at=MONDAY + timedelta(days=300))
    with pytest.raises(BadInput, match="no registered person"):
        assign(desk, [EXECUTORS[1]], duty=Duty.EXECUTOR, batch="b1", by=robot)
    assert len(list_assignments(desk, batch="b1")) == 2


def test_work_shows_a_duty_to_assignments_also_in_a_rework_round(desk: Desk):
    frozen(desk)
    declared(desk, "b1-r1", parent="b1", round=1)
    review(desk, who(desk, REVIEWERS[0]), "q-001")
    rex = add_person_duty(desk, REVIEWERS[0])
    with pytest.raises(Refused, match="Rex One is reviewer in the labeling task"):
        assign(desk, [rex], duty=Duty.EXECUTOR, batch="b1-r1", by=LEAD)


def add_person_duty(desk: Desk, name: str) -> str:
    """The person with every duty on record."""
    person = who(desk, name)
    fact(desk, PersonAdded(person=person, organizer="Org", duties=list(Duty), servers=["file"]), person)
    return person


def test_an_assignment_that_ended_without_work_is_no_duty_held(desk: Desk):
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    rex = add_person_duty(desk, REVIEWERS[0])
    assign(desk, [rex], duty=Duty.EXECUTOR, batch="b1", by=LEAD)
    end_duty(desk, rex, duty=Duty.EXECUTOR, batch="b1", by=LEAD, reason="moved")
    with pytest.raises(Refused, match="no such assignment"):
        end_duty(desk, rex, duty=Duty.EXECUTOR, batch="b1", by=LEAD)
    assign(desk, [rex], duty=Duty.REVIEWER, batch="b1", by=LEAD)
    assert codes(desk) == []
    assert [(each.duty, each.holds) for each in list_assignments(desk, person=rex)] == [
        (Duty.EXECUTOR, False), (Duty.REVIEWER, True),
    ]  # fmt: skip


def test_work_by_somebody_not_assigned_is_found_once_anybody_is(desk: Desk):
    frozen(desk)
    review(desk, who(desk, REVIEWERS[0]), "q-001")
    assert codes(desk) == []
    start = MONDAY - timedelta(days=3)
    assign(desk, EXECUTORS[:2], duty=Duty.EXECUTOR, batch="b1", by=LEAD, at=start)
    found = check_duties(desk).unassigned
    assert {(each.name, each.duty, each.acts) for each in found} == {
        (EXECUTORS[2], Duty.EXECUTOR, 6), (REVIEWERS[0], Duty.REVIEWER, 1),
    }  # fmt: skip
    assign(desk, [EXECUTORS[2]], duty=Duty.EXECUTOR, batch="b1", by=LEAD, items=["q-000", "q-001"], at=start)
    left = next(each for each in check_duties(desk, batch="b1").unassigned if each.name == EXECUTORS[2])
    assert left.items == ("q-002", "q-003", "q-004", "q-005")
    assign(desk, [REVIEWERS[0]], duty=Duty.REVIEWER, batch="b1", by=LEAD)  # only after the verdict
    assert [each.name for each in check_duties(desk).unassigned if each.duty is Duty.REVIEWER] == [REVIEWERS[0]]


def test_a_list_is_taken_row_by_row_and_doubles_nothing(desk: Desk):
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    rows = [
        AssignmentRow(person=EXECUTORS[0], duty="executor", batch="b1", reason="w46"),
        AssignmentRow(person=EXECUTORS[0], duty="reviewer", batch="b1"),
        AssignmentRow(person="nobody", duty="executor", batch="b1"),
        AssignmentRow(person=EXECUTORS[1], duty="juggler", batch="b1"),
    ]
    done = import_assignments(desk, rows, by=LEAD)
    assert (done.added, done.unchanged, len(done.findings)) == (1, 0, 3)
    again = import_assignments(desk, rows, by=LEAD)
    assert (again.added, again.unchanged) == (0, 1)


def test_who_leaves_is_out_of_assignments_and_pools_and_what_follows_is_found(desk: Desk):
    frozen(desk)
    rex, ann = who(desk, REVIEWERS[0]), who(desk, EXECUTORS[0])
    state = read_state(desk)
    assert rex in verifier_pool(desk, state, state.batch("b1"), desk.clock(), VerdictKind.VERIFICATION)
    assign(desk, [REVIEWERS[0]], duty=Duty.REVIEWER, batch="b1", by=LEAD)
    line = leave(desk, REVIEWERS[0], reason=LeaveReason.LEFT, by=LEAD, revoked=["file"])
    assert (line.reason, line.revoked, line.open_servers) == ("left", ("file",), ())
    assert [each.holds for each in list_assignments(desk, person=rex)] == [False]
    state = read_state(desk)
    assert rex not in verifier_pool(desk, state, state.batch("b1"), desk.clock(), VerdictKind.VERIFICATION)
    with pytest.raises(Refused, match="is no longer here"):
        assign(desk, [REVIEWERS[0]], duty=Duty.REVIEWER, batch="b1", by=LEAD)
    with pytest.raises(Refused, match="left before"):
        leave(desk, REVIEWERS[0], reason=LeaveReason.LEFT, by=LEAD)
    with pytest.raises(BadInput, match="no account on moon"):
        leave(desk, EXECUTORS[0], reason=LeaveReason.LEFT, by=LEAD, revoked=["moon"])
    review(desk, rex, "q-005")
    leave(desk, EXECUTORS[0], reason=LeaveReason.CONTRACT_ENDED, by=LEAD)
    desk.clock.now = MONDAY + timedelta(days=2)  # type: ignore[attr-defined]
    take_in(desk, [Answer("late-1", account(EXECUTORS[0]), "accept", at=MONDAY + timedelta(days=1))], name="late.csv")
    found = {(each.person, each.act): each.acts for each in check_duties(desk).after_leaving}
    assert found == {(rex, Act.VERDICT): 1, (ann, Act.ANSWER): 7}
    assert "after-leaving" in codes(desk)


def test_who_comes_back_is_the_same_person_and_keeps_what_was_passed(desk: Desk):
    person = who(desk, EXECUTORS[0])
    before = desk.clock()
    leave(desk, EXECUTORS[0], reason=LeaveReason.LEFT, by=LEAD)
    back = add_person(desk, EXECUTORS[0], organizer="Org", duties=[Duty.EXECUTOR], accounts={})
    assert back.person == person
    told = read_state(desk).facts.about(f"person:{person}", PersonAdded, PersonLeft)
    assert not Absence(told).gone(person, desk.clock())
    assert read_state(desk).qualification(person, RELEASE, desk.clock()).standing is Standing.QUALIFIED
    lines = {line.person: line for line in access_lines(desk)}
    assert lines[person].left is None  # type: ignore[index]
    assert lines[person].since < before  # type: ignore[index]


def test_a_disqualification_cancels_and_only_a_supervisor_decides_it(desk: Desk):
    person = who(desk, EXECUTORS[0])
    with pytest.raises(Refused):
        leave(desk, EXECUTORS[0], reason=LeaveReason.DISQUALIFIED, by=REVIEWERS[0])
    leave(desk, EXECUTORS[0], reason=LeaveReason.DISQUALIFIED, by=SUE)
    add_person(desk, EXECUTORS[0], organizer="Org", duties=[Duty.EXECUTOR], accounts={})
    assert read_state(desk).qualification(person, RELEASE, desk.clock()).standing is Standing.CANCELLED


def test_an_account_of_somebody_else_does_not_come_along(desk: Desk):
    leave(desk, EXECUTORS[0], reason=LeaveReason.LEFT, by=LEAD)
    with pytest.raises(Refused, match="belongs to somebody else"):
        add_person(
            desk, EXECUTORS[0], organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": account(EXECUTORS[1])}
        )


def plan(seconds: float = 60, items: float = 300, people: int = 3) -> StaffingPlan:
    return StaffingPlan(needs={Duty.EXECUTOR: people}, items_a_day=items, seconds=seconds, reason="trial run")


def test_a_staffing_plan_stands_beside_what_is_really_there(desk: Desk):
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    found = declare_staffing(desk, "b1", plan(people=4))
    assert (found.version, found.planned_seconds) == (1, 60)
    assert isinstance(found.seconds, Unknown)
    assert [each.code for each in found.findings] == ["staff-short"]
    assign(desk, EXECUTORS, duty=Duty.EXECUTOR, batch="b1", by=LEAD)
    (staff,) = declare_staffing(desk, "b1", plan()).duties
    assert (staff.planned, staff.assigned, staff.working) == (3, 3, 0)
    assert staffing_of(desk, "b1").version == 2
    for wrong in (plan(seconds=0), plan(items=-1), plan(people=0)):
        with pytest.raises(BadInput):
            declare_staffing(desk, "b1", wrong)


def test_a_plan_that_leaves_too_little_time_is_told(desk: Desk):
    rows = [
        Answer(f"q-{n:03}", account(name), "accept", at=MONDAY, seconds=40.0 + n)
        for n in range(12)
        for name in EXECUTORS
    ]
    frozen_batch(desk, "b1", answers=rows, plan=False, card=False)
    found = declare_staffing(desk, "b1", plan(seconds=20, items=2000))
    assert isinstance(found.seconds, Estimate)
    assert found.seconds.low > 20
    assert {each.code for each in found.findings} == {"plan-too-full", "plan-too-tight"}
    assert declare_staffing(desk, "b1", plan(seconds=60, items=300)).findings == ()
    assert [(each.working, each.assigned) for each in found.duties] == [(3, 0)]


def test_a_re_review_is_a_reviewers_work(desk: Desk):
    frozen(desk)
    body = CorrectionReviewed(
        batch="b1", item="q-001", correction=1, verdict="correct", reviewer=who(desk, EXECUTORS[1])
    )
    fact(desk, body, who(desk, EXECUTORS[1]))
    assert [each.name for each in check_duties(desk).doubles] == [EXECUTORS[1]]


def test_nobody_leaves_before_being_registered(desk: Desk):
    person = who(desk, EXECUTORS[0])
    (came,) = read_state(desk).facts.about(f"person:{person}", PersonAdded)
    early = came.effective_at - timedelta(seconds=1)
    with pytest.raises(Refused, match="nobody leaves before that"):
        leave(desk, EXECUTORS[0], reason=LeaveReason.LEFT, by=LEAD, at=early)
    assert leave(desk, EXECUTORS[0], reason=LeaveReason.LEFT, by=LEAD, at=came.effective_at).left == came.effective_at
