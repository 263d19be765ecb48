"""Roles, who is gone, and how long somebody waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labelqa.people.absence import Absence
from labelqa.people.logins import LOCKED, delay, fold_logins, roles_held, why_not_login
from labelqa.records.facts import KINDS, Fact, LoginChanged, PersonAdded, PersonLeft
from labelqa.records.logins import Role
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Person
from labelqa.records.review import Identity

NOW = datetime(2026, 11, 16, tzinfo=UTC)
ANN = Person(person=PersonId("p-1"), organizer="Org", duties=frozenset({Duty.REVIEWER}), since=NOW)
MODEL = Person(person=PersonId("p-2"), organizer="Org", duties=frozenset({Duty.EXECUTOR}), since=NOW, model="m@1")


def fact(seq: int, body: object, *, at: datetime = NOW, supersedes: int | None = None) -> Fact:
    return Fact(
        seq=seq, kind=KINDS[type(body)], format=1, actor="lead", identity=Identity.ASSERTED, recorded_at=at,
        effective_at=at, subjects=(), supersedes=supersedes, body=body, hash="",
    )  # fmt: skip


def added() -> PersonAdded:
    return PersonAdded(person="p-1", organizer="Org", duties=["reviewer"], servers=[])


def left() -> PersonLeft:
    return PersonLeft(person="p-1", reason="left", revoked=[], by="p-9")


def test_the_last_word_on_a_login_counts():
    told = [
        fact(1, LoginChanged(person="p-1", roles=["lead"], by="p-9")),
        fact(2, LoginChanged(person="p-2", roles=["author"], by="p-9")),
        fact(3, LoginChanged(person="p-1", roles=["reviewer", "author"], by="p-9")),
        fact(4, LoginChanged(person="p-2", roles=[], by="p-9")),
    ]
    assert fold_logins(told) == {"p-1": frozenset({Role.REVIEWER, Role.AUTHOR})}
    assert fold_logins(told[:2]) == {"p-1": frozenset({Role.LEAD}), "p-2": frozenset({Role.AUTHOR})}


def test_a_role_that_is_a_duty_needs_the_duty():
    assert roles_held({Role.LEAD, Role.REVIEWER, Role.ARBITRATOR}, ANN) == {Role.LEAD, Role.REVIEWER}
    assert roles_held({Role.EXECUTOR, Role.LEAD}, MODEL) == frozenset()
    assert roles_held({Role.LEAD}, None) == frozenset()


def test_who_has_left_is_gone_until_registered_again():
    day = timedelta(days=1)
    gone = [fact(1, added()), fact(2, left(), at=NOW + day)]
    assert not Absence(gone).gone(PersonId("p-1"), NOW)
    assert Absence(gone).gone(PersonId("p-1"), NOW + day)
    assert not Absence([*gone, fact(3, added(), at=NOW + 2 * day)]).gone(PersonId("p-1"), NOW + 2 * day)
    assert not Absence([*gone, fact(3, left(), at=NOW + 9 * day, supersedes=2)]).gone(PersonId("p-1"), NOW + 2 * day)
    assert not Absence([]).gone(PersonId("p-1"), NOW)


def test_why_somebody_gets_no_login():
    def said(person: Person | None, *roles: Role, left: bool = False) -> str:
        return " ".join(map(str, why_not_login("N", person, roles, left=left)))

    assert said(ANN, Role.REVIEWER, Role.LEAD) == ""
    assert "not registered" in said(None, Role.LEAD)
    assert "is a model" in said(MODEL, Role.EXECUTOR)
    assert "no longer here" in said(ANN, Role.LEAD, left=True)
    assert "needs a role" in said(ANN)
    assert "the duty arbitrator" in said(ANN, Role.ARBITRATOR)


def test_waiting_grows_and_has_an_end():
    waits = [delay(n) for n in range(1, 400)]
    assert waits == sorted(waits)
    assert waits[1] == timedelta(0) < waits[2]
    assert waits[-1] == LOCKED
    assert sum(waits[:8], timedelta(0)) > timedelta(minutes=2)
