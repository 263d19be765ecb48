"""What came in is looked at once, at once: the gate, and the alerts that come of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest

from labelqa.errors import BadInput, NoWorkspace
from labelqa.i18n import render
from labelqa.records.alerts import Alert, AlertState, Noticed
from labelqa.records.duties import LeaveReason
from labelqa.records.facts import Draft, ReviewRecorded
from labelqa.records.finding import Severity
from labelqa.records.people import Duty
from labelqa.records.personnel import QualificationAction
from labelqa.records.review import VerdictKind
from labelqa.workflows.batches import declare_batch
from labelqa.workflows.duties.assign import assign, end_duty
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.people import add_person
from labelqa.workflows.policies import declare_policy
from labelqa.workflows.qualifying.deciding import Matter, decide
from labelqa.workflows.watching import alert_lines, see_alert, watch, watch_again
from labelqa.workflows.watching.keeping import FILE, opened
from tests.building import EXECUTORS, MONDAY, RELEASE, REVIEWERS, Answer, account, agreeing, take_in
from tests.unit.workflows.conftest import Place

SUE, ANN, BOB, REX = "Sue Pervise", EXECUTORS[0], EXECUTORS[1], REVIEWERS[0]
HOUR = timedelta(hours=1)


@pytest.fixture
def here(here: Place) -> Place:
    add_person(here.desk, SUE, organizer="Org", duties=[Duty.SUPERVISOR], accounts={})
    return here


def by(name: str, n: int = 1, *, prefix: str = "i", **said: object) -> list[Answer]:
    return [Answer(f"{prefix}-{number:03}", account(name), "accept", **said) for number in range(n)]  # type: ignore[arg-type]


def arrive(here: Place, answers: Sequence[Answer], *, name: str = "x.csv", **said: object) -> list[Alert]:
    return watch(here.desk, take_in(here.desk, answers, name=name, **said).import_no)


def told(alerts: Sequence[Alert]) -> dict[tuple[str, str], int]:
    return {(each.code, each.person): each.count for each in alerts}


def put(here: Place, body: object, *subjects: str) -> None:
    draft = Draft(body=body, subjects=subjects, actor="x")
    here.desk.ledger.append([draft], now=here.clock())


def test_qualified_work_raises_nothing(here: Place) -> None:
    assert arrive(here, agreeing(20), release=RELEASE) == []


def test_somebody_not_qualified_is_one_alert_with_a_count(here: Place) -> None:
    cara = add_person(
        here.desk, "Cara Not", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": account("Cara Not")}
    )
    found = arrive(here, [*by("Cara Not", 7), *by(ANN, 3)], release=RELEASE)
    (one,) = found
    assert (one.code, one.person, one.count, one.item, one.place) == (
        "unqualified", cara.person, 7, "i-000", f"release:{RELEASE}"
    )  # fmt: skip
    assert (one.severity, one.first, one.last, one.state) == (Severity.ERROR, MONDAY, MONDAY, AlertState.OPEN)
    assert one.subject == f"person:{cara.person}"
    assert "without being qualified: not trained" in render(one.message, "en")
    assert cara.person in render(one.message, "en")
    assert render(one.message, "zh") != render(one.message, "en")


def test_a_repeat_raises_the_count(here: Place) -> None:
    add_person(here.desk, "Cara Not", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": account("Cara Not")})
    first = arrive(here, by("Cara Not", 2), release=RELEASE)
    later = arrive(here, by("Cara Not", 3, prefix="j", at=MONDAY + HOUR), name="y.csv", release=RELEASE)
    assert [each.number for each in first] == [each.number for each in later]
    assert (later[0].count, later[0].first, later[0].last) == (5, MONDAY, MONDAY + HOUR)
    assert [each.count for each in alert_lines(here.desk)] == [5]


def test_an_import_is_looked_at_once(here: Place) -> None:
    number = take_in(here.desk, by("stran ger", 2), release=RELEASE).import_no
    assert [each.count for each in watch(here.desk, number)] == [2]
    assert watch(here.desk, number) == []
    assert [each.count for each in alert_lines(here.desk)] == [2]


def test_an_import_that_nobody_looked_at_is_made_up_for(here: Place) -> None:
    arrive(here, by("stran ger", 1), release=RELEASE)
    take_in(here.desk, by("stran ger", 2, prefix="j"), name="missed.csv", release=RELEASE)
    found = arrive(here, by(ANN, 1, prefix="k"), name="z.csv", release=RELEASE)
    assert [each.count for each in found] == [3]


def test_an_account_without_a_person(here: Place) -> None:
    found = arrive(here, by("stran ger", 4), release=RELEASE)
    assert [(each.code, each.count, each.place) for each in found] == [("no-person", 4, "server:file")]


def test_work_while_suspended(here: Place) -> None:
    decide(here.desk, QualificationAction.SUSPEND, ANN, Matter(reason="misconduct", release="genai-sft@1"), by=SUE)
    before, after = by(ANN, 2, prefix="a"), by(ANN, 3, prefix="b", at=here.clock() + HOUR)
    found = arrive(here, [*before, *after], release=RELEASE)
    assert told(found) == {("suspended-working", here.people[ANN]): 3}


def test_work_after_leaving(here: Place) -> None:
    leave(here.desk, ANN, reason=LeaveReason.LEFT, by=SUE)
    found = arrive(here, [*by(ANN, 2), *by(ANN, 3, prefix="b", at=here.clock() + HOUR)], release=RELEASE)
    assert told(found) == {("after-leaving", here.people[ANN]): 3}


def test_a_release_that_nobody_released(here: Place) -> None:
    found = arrive(here, by(ANN, 2, release="genai-sft@9.9.9"))
    assert [(each.code, each.count, each.place) for each in found] == [("unknown-release", 2, "server:file")]


def test_a_stamped_release_that_is_not_the_batchs(here: Place) -> None:
    from tests.building import SAFETY, release

    release(here.desk, SAFETY)
    declare_batch(here.desk, "b1", kind="functional", release=RELEASE, organizer="Org", where=())
    found = arrive(here, by(ANN, 2, release=SAFETY))
    assert told(found)["wrong-release", here.people[ANN]] == 2
    wrong = next(each for each in found if each.code == "wrong-release")
    assert (wrong.place, RELEASE in str(wrong.message), SAFETY in str(wrong.message)) == ("batch:b1", True, True)


def test_an_answer_without_a_stamp_is_bound_by_its_batch(here: Place) -> None:
    declare_batch(here.desk, "b1", kind="functional", release=RELEASE, organizer="Org", where=())
    assert arrive(here, by(ANN, 2)) == []


def test_an_answer_bound_to_no_release_is_told(here: Place) -> None:
    found = arrive(here, by(ANN, 2))
    assert [(each.code, each.severity, each.count, each.person) for each in found] == [
        ("no-release", Severity.NOTE, 2, "")
    ]  # fmt: skip


def test_an_answer_without_a_time(here: Place) -> None:
    assert told(arrive(here, by(ANN, 2, at=None), release=RELEASE)) == {("no-time", here.people[ANN]): 2}


def test_a_change_is_held_against_who_made_it_and_when(here: Place) -> None:
    first = [Answer("i-1", account(ANN), "accept", source="1", at=MONDAY)]
    arrive(here, first, release=RELEASE)
    changed = [Answer("i-1", account(ANN), "inaccurate", source="1", at=MONDAY, edited=account("stran ger"))]
    found = arrive(here, changed, name="y.csv", release=RELEASE)
    stranger = here.desk.ledger.identities.persons("file", [account("stran ger")], mint=lambda: "p-none")
    assert ("no-person", stranger[account("stran ger")]) in told(found)


def test_whose_answer_was_changed_is_not_held_to_the_change(here: Place) -> None:
    arrive(here, [Answer("i-1", account(ANN), "accept", source="1", at=MONDAY)], release=RELEASE)
    leave(here.desk, ANN, reason=LeaveReason.LEFT, by=SUE)
    later = here.clock() + HOUR
    changed = [Answer("i-1", account(ANN), "inaccurate", source="1", at=MONDAY, touched=later, edited=account(BOB))]
    assert told(arrive(here, changed, name="y.csv", release=RELEASE)) == {("edited-by-another", here.people[BOB]): 1}


def test_a_change_by_another_counts_nothing_more_against_the_first(here: Place) -> None:
    first = Answer("i-1", account("stran ger"), "accept", source="1")
    (before,) = arrive(here, [first], release=RELEASE)
    arrive(here, [replace(first, label="inaccurate", edited=account(BOB))], name="y.csv", release=RELEASE)
    assert {each.code: each.count for each in alert_lines(here.desk)} == {before.code: 1, "edited-by-another": 1}


@pytest.mark.parametrize("per", ["batch", "item"])
def test_two_duties_in_one_task(here: Place, per: str) -> None:
    declare_batch(here.desk, "b1", kind="functional", release=RELEASE, organizer="Org", where=())
    if per == "item":
        declare_policy(here.desk, "duties-per", "item", reason="small teams", by=SUE)
    body = ReviewRecorded(
        sample="b1/1", batch="b1", item="i-001", verdict="correct", kind=str(VerdictKind.REVIEW), reviewer=here.people[ANN],
        rule="", defect="", severity="", correct_label="", unsafe="", comment="",
    )  # fmt: skip
    put(here, body, "batch:b1", "item:i-001", f"person:{here.people[ANN]}")
    found = arrive(here, [*by(ANN, 3), *by(BOB, 3)])
    assert told(found) == {("two-duties", here.people[ANN]): 3 if per == "batch" else 1}
    assert "reviewer" in render(found[0].message, "en")
    assert found[0].place == "batch:b1"


def test_an_assignment_to_another_duty_counts_while_it_holds(here: Place) -> None:
    declare_batch(here.desk, "b1", kind="functional", release=RELEASE, organizer="Org", where=())
    assign(here.desk, [REX], duty=Duty.REVIEWER, batch="b1", by=SUE)
    assert told(arrive(here, by(REX, 2))) == {("two-duties", here.people[REX]): 2}
    end_duty(here.desk, REX, duty=Duty.REVIEWER, batch="b1", by=SUE, reason="moved")
    assert arrive(here, by(REX, 2, prefix="j"), name="y.csv") == []


def test_a_model_is_nobody(here: Place) -> None:
    add_person(here.desk, "gpt", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "gpt"}, model="gpt 5")
    assert arrive(here, [Answer("i-1", "gpt", "accept")], release=RELEASE) == []


def test_seen_by_a_named_person_and_open_again_when_it_grows(here: Place) -> None:
    arrive(here, by("stran ger", 2), release=RELEASE)
    (one,) = alert_lines(here.desk)
    assert see_alert(here.desk, one.number, by=SUE).state is AlertState.SEEN
    assert alert_lines(here.desk) == []
    assert [(each.state, each.seen_by) for each in alert_lines(here.desk, seen=True)] == [(AlertState.SEEN, SUE)]
    arrive(here, by("stran ger", 3, prefix="j"), name="y.csv", release=RELEASE)
    assert alert_lines(here.desk) == []
    arrive(here, by("stran ger", 15, prefix="k"), name="z.csv", release=RELEASE)
    assert [each.count for each in alert_lines(here.desk)] == [20]


def test_seen_and_open_again_when_it_comes_back_days_later(here: Place) -> None:
    arrive(here, by("stran ger", 2), release=RELEASE)
    see_alert(here.desk, alert_lines(here.desk)[0].number, by=SUE)
    later = here.clock() + timedelta(days=2)
    arrive(here, by("stran ger", 1, prefix="j", at=later), name="y.csv", release=RELEASE)
    assert [each.count for each in alert_lines(here.desk)] == [3]


def test_an_unknown_number_is_said(here: Place) -> None:
    with pytest.raises(BadInput, match="there is no alert 7"):
        see_alert(here.desk, 7, by=SUE)


def test_lost_alerts_are_made_anew(here: Place) -> None:
    arrive(here, by("stran ger", 2), release=RELEASE)
    arrive(here, by("stran ger", 3, prefix="j"), name="y.csv", release=RELEASE)
    for each in here.desk.settings.workspace.glob("alerts.*"):
        each.unlink()
    assert alert_lines(here.desk) == []
    assert [each.count for each in watch_again(here.desk)] == [5]
    assert [each.count for each in watch_again(here.desk)] == [5]


def test_a_damaged_file_is_said_with_what_to_do(here: Place) -> None:
    (here.desk.settings.workspace / FILE).write_bytes(b"no database at all, nothing like it" * 400)
    with pytest.raises(NoWorkspace, match="labelqa alerts rebuild"):
        alert_lines(here.desk)


def test_the_file_is_for_its_owner_alone(here: Place) -> None:
    arrive(here, by("stran ger", 1), release=RELEASE)
    assert (here.desk.settings.workspace / FILE).stat().st_mode & 0o077 == 0


def test_a_thousand_invented_releases_are_one_alert(here: Place) -> None:
    answers = [Answer(f"i-{n}", account(ANN), "accept", release=f"{'x' * 5000}{n}") for n in range(300)]
    found = [each for each in arrive(here, answers) if each.code == "unknown-release"]
    assert [(each.count, len(each.message.values["release"])) for each in found] == [(300, 100)]


def test_a_file_of_another_version_is_said_with_what_to_do(here: Place) -> None:
    arrive(here, by("stran ger", 1), release=RELEASE)
    with closing(sqlite3.connect(here.desk.settings.workspace / FILE)) as raw, raw:
        raw.execute("UPDATE alerts_format SET format = 99")
    with pytest.raises(NoWorkspace, match="another labelqa"):
        alert_lines(here.desk)


def test_a_copy_that_is_only_for_reading_is_read(here: Place) -> None:
    arrive(here, by("stran ger", 2), release=RELEASE)
    path = here.desk.settings.workspace / FILE
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    path.chmod(0o400)
    with patched_writing():
        assert [each.count for each in alert_lines(here.desk)] == [2]


def patched_writing() -> AbstractContextManager[object]:
    """Whoever runs the tests may write everything: here every write is a mistake."""
    return patch("labelqa.workflows.watching.keeping.writing", side_effect=AssertionError)


def test_two_who_look_at_one_import_count_it_once(here: Place) -> None:
    number = take_in(here.desk, by("stran ger", 2), release=RELEASE).import_no
    with opened(here.desk) as store:
        assert store.keep([Noticed(code="no-person", person="p-1")], import_no=number)
        assert not store.keep([Noticed(code="no-person", person="p-1")], import_no=number)
        assert [each.noticed.count for each in store.kept()] == [1]
