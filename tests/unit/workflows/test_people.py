"""People: a name, accounts and a fact together or not at all; records as of a time; who is meant by a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from labelqa.errors import BadInput, Busy, Message, Refused
from labelqa.records.duties import LeaveReason
from labelqa.records.people import Duty, Standing
from labelqa.records.work import PersonRow
from labelqa.workflows.changing import change_person
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.identity.pseudonyms import pseudonymous
from labelqa.workflows.people import (
    add_person,
    find_person,
    import_people,
    person_lines,
    record_exam,
    record_training,
    shown_name,
)
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, RELEASE, REVIEWERS, Answer, account, take_in


def add(desk: Desk, name: str, **accounts: str) -> str:
    return add_person(desk, name, organizer="Org", duties=[Duty.EXECUTOR], accounts=accounts).person


def test_the_ledger_gets_a_pseudonym_and_the_table_the_name(desk: Desk) -> None:
    person = add(desk, " 王小明 ", file="wang@example.com")
    assert shown_name(desk, person) == "王小明"
    assert desk.ledger.identities.accounts()["file", "wang@example.com"] == person
    assert desk.ledger.facts()[-1].body.servers == ["file"]
    assert "wang" not in "".join(row[6] for row in desk.ledger.rows())


def test_an_account_seen_in_labels_keeps_its_pseudonym(desk: Desk) -> None:
    take_in(desk, [Answer("q", "later@example.com", "accept")])
    before = desk.ledger.identities.accounts()["file", "later@example.com"]
    assert add(desk, "Late Comer", file="later@example.com") == before


@pytest.mark.parametrize(
    ("name", "accounts", "why"),
    [
        (EXECUTORS[0], {}, "registered already"),
        ("Somebody", {"file": account(EXECUTORS[0])}, f"belongs to {EXECUTORS[0]}"),
        ("Two Faced", {"file": "seen", "other": "seen"}, "several people"),
        ("  ", {}, "needs a name"),
    ],
)
def test_clashes_are_refused_and_nothing_is_written(desk: Desk, name: str, accounts: dict[str, str], why: str) -> None:
    take_in(desk, [Answer("q", "seen", "accept")])
    take_in(desk, [Answer("q", "seen", "accept")], name="b.csv", server="other")
    before = (desk.ledger.head(), desk.ledger.identities.names(), desk.ledger.identities.accounts())
    with pytest.raises((Refused, BadInput), match=why):
        add(desk, name, **accounts)
    assert (desk.ledger.head(), desk.ledger.identities.names(), desk.ledger.identities.accounts()) == before


def test_a_registration_that_fails_leaves_neither_name_nor_account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (desk.ledger.head(), desk.ledger.identities.names(), desk.ledger.identities.accounts())
    written = desk.ledger.identities.register

    def breaks(*told: Any) -> Callable[..., None]:
        def write(connection: Any) -> None:
            written(*told)(connection)
            raise Busy("killed here")

        return write

    monkeypatch.setattr(desk.ledger.identities, "register", breaks)
    with pytest.raises(Busy):
        add(desk, "Half Done", file="half")
    assert (desk.ledger.head(), desk.ledger.identities.names(), desk.ledger.identities.accounts()) == before
    monkeypatch.undo()
    assert add(desk, "Half Done", file="half")


def test_a_change_counts_from_now_on_and_what_was_stays(desk: Desk) -> None:
    before = desk.clock()
    rex, ann = find_person(desk, REVIEWERS[0]), find_person(desk, EXECUTORS[0])
    since = read_state(desk).people[ann].since
    done = change_person(
        desk, EXECUTORS[0], by=REVIEWERS[0], accounts={"lms": "ann-7"}, duties=[Duty.EXECUTOR, Duty.REVIEWER],
        organizer="Else",
    )  # fmt: skip
    assert (done.person, done.organizer, done.duties) == (ann, "Else", {Duty.EXECUTOR, Duty.REVIEWER})
    assert done.since == since
    assert find_person(desk, "lms=ann-7") == find_person(desk, f"file={account(EXECUTORS[0])}") == ann
    assert read_state(desk, at=before).people[ann].duties == {Duty.EXECUTOR}
    fact = desk.ledger.facts()[-1]
    assert (fact.body.by, fact.supersedes) == (rex, None)
    assert "ann-7" not in "".join(row[6] for row in desk.ledger.rows())
    more = change_person(desk, EXECUTORS[0], by=REVIEWERS[0], accounts={"lms": "ann-8"})
    assert (more.organizer, more.duties) == (done.organizer, done.duties)


@pytest.mark.parametrize(
    ("person", "told", "why"),
    [
        (EXECUTORS[0], {}, "nothing is to change"),
        (EXECUTORS[0], {"duties": [Duty.EXECUTOR]}, "on record like this already"),
        (EXECUTORS[0], {"accounts": {"file": account(EXECUTORS[1])}}, f"belongs to {EXECUTORS[1]} already"),
        (EXECUTORS[0], {"accounts": {"file": "seen"}}, "arrived before it was anybody's"),
        (REVIEWERS[0], {"duties": [Duty.SUPERVISOR]}, "gives oneself a duty"),
        ("Nobody", {"organizer": "x"}, "nobody is known"),
    ],
)
def test_changes_that_cannot_be_are_refused(desk: Desk, person: str, told: dict[str, Any], why: str) -> None:
    take_in(desk, [Answer("q", "seen", "accept")])
    before = (desk.ledger.head(), desk.ledger.identities.accounts())
    with pytest.raises((Refused, BadInput), match=why):
        change_person(desk, person, by=REVIEWERS[0], **told)
    assert (desk.ledger.head(), desk.ledger.identities.accounts()) == before


def test_who_left_is_registered_again_and_not_changed(desk: Desk) -> None:
    leave(desk, EXECUTORS[0], reason=LeaveReason.LEFT, by=REVIEWERS[0])
    with pytest.raises(Refused, match="no longer here"):
        change_person(desk, EXECUTORS[0], by=REVIEWERS[0], organizer="Else")


def test_a_list_adds_who_is_new_and_names_who_clashes(desk: Desk) -> None:
    rows = [
        PersonRow(name="One", organizer="Org", duties=("executor",), accounts={"file": "1"}),
        PersonRow(name="Two", organizer="Org", duties=("reviewer",), accounts={"file": "2"}),
        PersonRow(name="Three", organizer="Org", duties=("executor",), accounts={"file": "1"}),
    ]
    done = import_people(desk, rows)
    assert (done.added, done.unchanged, [each.code for each in done.findings]) == (2, 0, ["people-clash"])
    done = import_people(desk, [PersonRow(name="Two", organizer="Org", duties=("executor",), accounts={})])
    assert "labelqa people change" in str(done.findings[0].mend)
    again = import_people(desk, rows[:2])
    assert (again.added, again.unchanged, again.findings) == (0, 2, ())


def test_people_are_found_by_pseudonym_name_or_account(desk: Desk) -> None:
    one, two = add(desk, "One", file="x", web="same"), add(desk, "Two", file="same")
    assert (
        find_person(desk, one)
        == find_person(desk, "One")
        == find_person(desk, "file=x")
        == find_person(desk, "x")
        == one
    )
    assert find_person(desk, "file=same") == two
    with pytest.raises(BadInput, match="several people"):
        find_person(desk, "same")
    with pytest.raises(BadInput, match="nobody is known"):
        find_person(desk, "web=x")


def test_records_need_a_registered_person_a_release_and_the_past(desk: Desk) -> None:
    person, now = add(desk, "One"), desk.clock()
    before = desk.ledger.head()
    with pytest.raises(BadInput, match="not registered"):
        record_training(desk, "p-nobody", RELEASE, at=now, organizer="Org")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="not released"):
        record_training(desk, person, "x@1.0.0", at=now, organizer="Org")
    with pytest.raises(BadInput, match="future"):
        record_exam(desk, person, RELEASE, at=now + timedelta(days=1), score=1, pass_mark=1)
    for score, mark in ((1.1, 0.8), (80, 60), (-0.1, 0.8), (0.5, 0)):
        with pytest.raises(BadInput, match="shares between 0 and 1"):
            record_exam(desk, person, RELEASE, at=now, score=score, pass_mark=mark)
    assert desk.ledger.head() == before


def test_what_was_known_at_a_time_stays_when_later_facts_arrive(desk: Desk) -> None:
    person = add(desk, "One")
    start = desk.clock()
    record_training(desk, person, RELEASE, at=start, organizer="Org")
    record_exam(desk, person, RELEASE, at=start, score=0.5, pass_mark=0.8)
    known = desk.clock()

    def standing(**asked: Any) -> Standing:
        return next(line.standing for line in person_lines(desk, **asked) if line.person == person)

    before = standing(at=known, known=known)
    assert before is Standing.FAILED
    desk.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    record_exam(desk, person, RELEASE, at=start + timedelta(seconds=1), score=0.9, pass_mark=0.8)  # told late
    assert standing(at=known, known=known) is before
    assert standing(at=known) is Standing.QUALIFIED
    assert standing(at=start) is not Standing.QUALIFIED


@pytest.mark.parametrize("name", ["li wei", "Li\u00a0Wei", "Ｌｉ Ｗｅｉ", "Li  Wei", "Li\u3000WEI", "Li\u200b Wei"])
def test_nobody_is_registered_twice_in_another_spelling(desk: Desk, name: str) -> None:
    add(desk, "Li Wei")
    before = desk.ledger.head()
    with pytest.raises(Refused, match="reads like Li Wei, who is registered already"):
        add(desk, name)
    row = PersonRow(name=name, organizer="Org", duties=(Duty.EXECUTOR,), accounts={}, model="")
    assert [each.code for each in import_people(desk, [row]).findings] == ["people-clash"]
    assert desk.ledger.head() == before
    assert add(desk, "LiWei") != add(desk, "Li Wen")


def test_an_error_that_leaves_the_desk_calls_people_by_name(here) -> None:
    person = here.people[EXECUTORS[0]]
    why = Message("{a}; {b}", {"a": Message("{who} may not", {"who": person}), "b": "p-unknown"})
    with pytest.raises(Refused) as caught, here.desk:
        raise Refused("{why} ({n})", why=why, n=3)
    assert str(caught.value) == str(caught.value.message) == f"{EXECUTORS[0]} may not; p-unknown (3)"


def test_at_a_desk_of_pseudonyms_an_error_calls_nobody_by_name(here) -> None:
    person = here.people[EXECUTORS[0]]
    with pytest.raises(Refused, match=person), pseudonymous(here.desk):
        raise Refused("{who} may not", who=person)
