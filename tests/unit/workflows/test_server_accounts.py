"""Accounts beside people: who is registered, who is gone, and what an account should not have done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labelqa.people.retention import last_records
from labelqa.records.accounts import AccountsSeen, AccountState, AccountsTold
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.duties import LeaveReason
from labelqa.records.finding import Severity
from labelqa.records.people import Duty
from labelqa.records.servers import ServerAccount, ServerTold
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.identity.pseudonyms import pseudonymous
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.servers.accounts import accounts_told, last_activity, see_accounts
from labelqa.workflows.servers.connecting import Connecting, connect_server
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, SAFETY, Answer, Clock, agreeing, carded, new_desk, staffed, take_in
from tests.building import account as at

START = datetime(2026, 11, 16, 2, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with new_desk(tmp_path / "ws", clock=clock) as made:
        connected(made, "ls", 1)
        yield made


def connected(desk: Desk, name: str, port: int, *, isolated: bool = False) -> None:
    told = ServerTold(version="1.23.2", edition="Community", account="1", projects=1)
    connect_server(desk, Connecting(name=name, url=f"http://127.0.0.1:{port}", isolated=isolated), told)


def account(number: int, *, gone: bool = False, email: str = "") -> ServerAccount:
    return ServerAccount(
        account=str(number), email="" if gone else email or f"u{number}@example.com", name="", gone=gone
    )


def registered(desk: Desk, name: str, *accounts: tuple[str, str]) -> str:
    return add_person(desk, name, organizer="甲", duties=[Duty.EXECUTOR], accounts=dict(accounts)).person


def codes(told: AccountsTold) -> list[str]:
    return [each.code for each in told.findings]


def only(desk: Desk, name: str = "ls") -> AccountsTold:
    (found,) = accounts_told(desk, name)
    return found


def test_an_account_is_known_by_number_and_email_from_then_on(desk: Desk) -> None:
    assert codes(only(desk)) == ["AC001"]
    assert see_accounts(desk, "ls", [account(1), account(7)])
    person = registered(desk, "陈", ("ls", "7"))
    told = only(desk)
    assert [(each.account, each.email, each.registered) for each in told.lines] == [
        ("1", "u1@example.com", False), ("7", "u7@example.com", True),
    ]  # fmt: skip
    assert told.findings == ()  # labelqa's own account needs nobody while it does nothing
    assert told.lines[1].person == person
    see_accounts(desk, "ls", [account(1), account(7, gone=True)])
    told = only(desk)
    assert [(each.email, each.state) for each in told.lines][1] == ("u7@example.com", AccountState.GONE)
    assert codes(told) == ["AC003"]
    see_accounts(desk, "ls", [account(1)])  # deleted altogether: the server does not even list it
    assert only(desk).lines[1].state is AccountState.GONE


def test_who_is_registered_by_email_is_found_when_the_number_comes(desk: Desk) -> None:
    person = registered(desk, "陈", ("ls", "U7@Example.com"))
    see_accounts(desk, "ls", [account(7)])
    (line,) = only(desk).lines
    assert (line.account, line.person, line.registered) == ("7", person, True)


def test_number_and_email_of_two_people_are_one_account_of_two(desk: Desk) -> None:
    one, other = registered(desk, "陈", ("ls", "7")), registered(desk, "王", ("ls", "u7@example.com"))
    see_accounts(desk, "ls", [account(7)])
    told = only(desk)
    (found,) = [each for each in told.findings if each.code == "AC007"]
    assert found.severity is Severity.ERROR
    assert found.message.values == {"server": "ls", "one": "陈", "other": "王"}
    assert {each.person for each in told.lines} == {one, other}  # neither is taken from anybody


def test_the_same_accounts_are_recorded_again_after_a_day_only(desk: Desk, clock: Clock) -> None:
    assert see_accounts(desk, "ls", [account(1)])
    assert not see_accounts(desk, "ls", [account(1)])
    assert see_accounts(desk, "ls", [account(1), account(2)])
    clock.now += timedelta(hours=25)
    assert see_accounts(desk, "ls", [account(1), account(2)])
    facts = desk.ledger.view().about("server:ls", AccountsSeen)
    assert [fact.body.accounts for fact in facts] == [1, 2, 2]
    text = "".join(str(row) for row in desk.ledger.rows())
    assert "example.com" not in text  # facts hold pseudonyms only


def test_being_looked_at_does_not_prolong_how_long_a_record_of_work_is_kept(desk: Desk) -> None:
    see_accounts(desk, "ls", [account(1)])
    log, work = last_records(desk.ledger.view().about("server:ls", AccountsSeen))
    assert log is not None
    assert work is None


def test_accounts_of_different_servers_never_mix(desk: Desk) -> None:
    connected(desk, "other", 2)
    see_accounts(desk, "ls", [account(7)])
    see_accounts(desk, "other", [account(7, email="else@example.com")])
    told = {each.server: each.lines for each in accounts_told(desk)}
    assert told["ls"][0].person != told["other"][0].person
    take_in(desk, [Answer("q-1", "7", "A")], server="other")
    told = {each.server: each.lines for each in accounts_told(desk)}
    assert (told["ls"][0].doing.made, told["other"][0].doing.made) == (0, 1)


def test_answers_of_nobody_registered_are_a_warning_and_idle_accounts_a_note(desk: Desk) -> None:
    see_accounts(desk, "ls", [account(2), account(3)])
    take_in(desk, [Answer("q-1", "2", "A")], server="ls")
    found = [(each.code, each.severity, each.message.values["n"]) for each in only(desk).findings]
    assert found == [("AC002", Severity.WARNING, 1), ("AC002", Severity.NOTE, 0)]


def test_what_was_made_in_another_name_is_told_and_a_later_change_is_not(desk: Desk) -> None:
    answers = [
        Answer("q-1", "2", "A", source="1", edited="1"),  # created so
        Answer("q-2", "2", "A", source="2"),
    ]
    take_in(desk, answers, server="ls")
    take_in(desk, [Answer("q-2", "2", "B", source="2", edited="3")], server="ls", name="later.csv")
    told = only(desk)
    lines = {each.account: each.doing for each in told.lines}
    assert (lines["1"].behalf, lines["2"].behalf, lines["3"].behalf) == (1, 0, 0)
    assert (lines["1"].edited, lines["3"].edited, lines["2"].made) == (0, 1, 2)
    assert [each.message.values["who"] for each in told.findings if each.code == "AC004"] == ["ls=1"]


def test_labelqa_labels_with_nobodys_account(desk: Desk) -> None:
    take_in(desk, [Answer("q-1", "1", "A")], server="ls")
    assert "AC005" in codes(only(desk))


def pairs(n: int, *, seconds: float | None = 5.0, items: Callable[[int, int], str] = lambda n, at: f"q-{n}-{at}") -> list[Answer]:  # fmt: skip
    return [
        Answer(items(each, at), "7", "A", at=START + timedelta(minutes=each, milliseconds=400 * at), seconds=seconds)
        for each in range(n)
        for at in (0, 1)
    ]


@pytest.mark.parametrize(
    ("answers", "suspected"),
    [
        (pairs(5), True),
        (pairs(4), False),  # it happens
        (pairs(5, seconds=0.5), False),  # quick, one after the other
        (pairs(5, seconds=None), False),  # not given in a browser
        ([replace(each, at=START + timedelta(milliseconds=at)) for at, each in enumerate(pairs(9))], False),  # loaded
        ([replace(each, at=START + timedelta(seconds=5 * at)) for at, each in enumerate(pairs(9))], False),
    ],
)
def test_two_items_at_once_again_and_again_are_a_suspicion(desk: Desk, answers: list[Answer], suspected: bool) -> None:
    registered(desk, "陈", ("ls", "7"))
    see_accounts(desk, "ls", [account(7)])
    take_in(desk, answers, server="ls")
    found = [each for each in only(desk).findings if each.code == "AC006"]
    assert bool(found) is suspected
    assert all(each.severity is Severity.WARNING and "suspicion" in each.message.text for each in found)


def test_one_person_may_have_two_accounts(desk: Desk) -> None:
    registered(desk, "陈", ("ls", "7"))
    desk.ledger.identities.attach("ls", {"8": desk.ledger.identities.accounts("ls")["ls", "7"]})
    desk.ledger.identities.attach("ls", {"1": desk.ledger.identities.accounts("ls")["ls", "7"]})
    see_accounts(desk, "ls", [account(1), account(7), account(8)])
    assert codes(only(desk)) == ["AC008"]
    take_in(desk, [Answer("q-1", "8", "A"), Answer("q-2", "2", "A", edited="7")], server="ls")
    found = [each for each in only(desk).findings if each.code != "AC002"]
    assert [each.code for each in found] == ["AC004", "AC008"]  # each once; labelqa's own account need not be the one


@pytest.mark.parametrize("revoked", [(), ("ls",)])
def test_who_left_has_no_account_and_does_nothing(desk: Desk, clock: Clock, revoked: tuple[str, ...]) -> None:
    registered(desk, "陈", ("ls", "7"))
    add_person(desk, "周", organizer="甲", duties=[Duty.SUPERVISOR], accounts={})
    see_accounts(desk, "ls", [account(7)])
    take_in(desk, [Answer("q-1", "7", "A", at=clock.now)], server="ls")
    clock.now += timedelta(hours=1)
    leave(desk, "陈", reason=LeaveReason.LEFT, by="周", revoked=revoked)
    (found,) = only(desk).findings
    assert (found.code, found.severity) == ("AC009", Severity.ERROR)
    assert ("said to be taken away" in found.message.text) is bool(revoked)
    clock.now += timedelta(hours=1)
    take_in(desk, [Answer("q-2", "7", "A", at=clock.now - timedelta(minutes=1))], server="ls", name="later.csv")
    clock.now += timedelta(hours=1)
    told = only(desk)
    assert codes(told) == ["AC009", "AC010"]
    assert told.findings[1].message.values["n"] == 1
    see_accounts(desk, "ls", [account(7, gone=True)])
    assert codes(only(desk)) == ["AC010"]
    assert last_activity(told.lines) == told.lines[0].doing.last


def test_safety_data_that_is_kept_apart_stays_apart(desk: Desk) -> None:
    connected(desk, "apart", 2, isolated=True)
    take_in(desk, [Answer("q-1", "7", "A"), Answer("q-2", "7", "A")], server="apart")
    take_in(desk, [Answer("q-2", "8", "A"), Answer("q-3", "8", "A")], server="ls", name="other.csv")
    (found,) = [each for each in only(desk, "apart").findings if each.code == "AC011"]
    assert found.message.values == {"server": "apart", "other": "ls", "n": 1}
    assert "AC011" not in codes(only(desk))


def test_a_safety_batch_where_it_is_not_kept_apart_is_told(tmp_path: Path) -> None:
    with new_desk(tmp_path / "ws") as desk:
        people = staffed(desk, release=SAFETY)
        desk.ledger.identities.attach("ls", {at(who): people[who] for who in EXECUTORS})
        connected(desk, "ls", 1)
        declare_batch(desk, "b1", kind=Kind.SAFETY, release=SAFETY, organizer="Org", where=())
        carded(desk)
        declare_plan(desk, "b1", design=Design.CENSUS, seed="a seed")
        take_in(desk, agreeing(4, label="safe"), server="ls")
        assert "AC012" not in codes(only(desk))  # an open batch may still change
        freeze_batch(desk, "b1")
        assert "AC012" in codes(only(desk))
        connected(desk, "ls", 1, isolated=True)
        assert "AC012" not in codes(only(desk))


def test_a_desk_of_pseudonyms_shows_neither_numbers_nor_addresses(desk: Desk) -> None:
    person = registered(desk, "陈", ("ls", "17777"))
    see_accounts(desk, "ls", [account(17777), account(2)])
    take_in(desk, [Answer("q-1", "17777", "A"), Answer("q-2", "2", "A", edited="17777")], server="ls")
    told = accounts_told(pseudonymous(desk))
    assert "17777" not in repr(told)
    assert "example.com" not in repr(told)
    assert person in {each.name for each in told[0].lines}
    assert "AC004" in codes(told[0])
    assert read_state(desk).people[person].person == person
