"""Wrong tries and sessions as they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from labelqa.ledger import Ledger
from labelqa.people.logins import delay
from labelqa.records.facts import Draft, LoginChanged
from labelqa.records.logins import Ending, StoredSession
from labelqa.records.names import PersonId

NOW = datetime(2026, 11, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ledger(place) -> Iterator[Ledger]:
    """A ledger with one login, on either database."""
    made = place.open(busy_seconds=30, create=True)
    keep(made, "hash one")
    yield made
    made.close()


def keep(ledger: Ledger, hashed: str, **told) -> None:
    draft = Draft(body=LoginChanged(person="p-1", roles=["lead"], by="p-1"), subjects=("person:p-1",), actor="lead")
    ledger.append([draft], now=NOW, beside=ledger.logins.kept("p-1", hashed, now=NOW, **told))


def begin(ledger: Ledger, token: str, *, person: str = "p-1", forget: datetime = NOW) -> None:
    session = StoredSession(token=token, person=PersonId(person), made=NOW, seen=NOW, ends=NOW + 10 * SECOND)
    ledger.logins.begin(session, forget=forget)


def test_tries_are_counted_until_one_is_right(ledger):
    keys = {"person:p-1": delay, "address:10.0.0.7": partial(delay, free=10)}
    waits = [ledger.logins.attempt(keys, now=NOW) for _ in range(4)]
    assert waits == [None, None, None, NOW + 2 * SECOND]
    assert ledger.logins.of("p-1").failures == 3  # what had to wait was not counted
    assert ledger.logins.attempt({"address:10.0.0.7": partial(delay, free=10)}, now=NOW) is None
    assert ledger.logins.attempt(keys, now=NOW + 3 * SECOND) is None
    assert ledger.logins.of("p-1").failures == 4
    ledger.logins.forgive(*keys, now=NOW)
    assert ledger.logins.of("p-1").failures == 0
    assert ledger.logins.attempt(keys, now=NOW) is None


def test_many_tries_at_once_are_counted_one_by_one(ledger):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ledger.logins.attempt({"person:p-1": delay}, now=NOW), range(24)))
    assert found.count(None) == 3


def test_an_unknown_name_and_an_address_are_forgotten_after_a_day(ledger):
    for _ in range(3):
        ledger.logins.attempt({"unknown:ab12": delay}, now=NOW)
    assert ledger.logins.attempt({"unknown:ab12": delay}, now=NOW) is not None
    ledger.logins.attempt({"unknown:ffff": delay}, now=NOW + timedelta(days=2))
    waits = [ledger.logins.attempt({"unknown:ab12": delay}, now=NOW + timedelta(days=2)) for _ in range(4)]
    assert waits[:3] == [None] * 3


def test_a_new_password_ends_every_session_but_the_spared_one(ledger):
    for token, person in (("a", "p-1"), ("b", "p-1"), ("c", "p-2")):
        begin(ledger, token, person=person)
    keep(ledger, "hash two", spare="b")
    told = {each.token: each.ending for each in ledger.logins.sessions()}
    assert told == {"a": Ending.PASSWORD, "b": None, "c": None}
    ledger.logins.end("a", Ending.SIGNED_OUT, now=NOW + SECOND)
    assert ledger.logins.session("a").ending is Ending.PASSWORD  # the first ending stays
    assert ledger.logins.of("p-1").hash == "hash two"


def test_old_sessions_go_when_a_new_one_begins(ledger):
    begin(ledger, "old")
    ledger.logins.end("old", Ending.IDLE, now=NOW)
    begin(ledger, "next", forget=NOW)
    assert ledger.logins.session("old") is not None
    begin(ledger, "last", forget=NOW + SECOND)
    assert ledger.logins.session("old") is None
    assert ledger.logins.session("next") is not None  # not over


def test_a_login_that_is_taken_away_takes_the_sessions_with_it(ledger):
    begin(ledger, "a")
    draft = Draft(body=LoginChanged(person="p-1", roles=[], by="p-1"), subjects=("person:p-1",), actor="lead")
    ledger.append([draft], now=NOW, beside=ledger.logins.dropped("p-1", now=NOW))
    assert not ledger.logins.any()
    assert ledger.logins.session("a").ending is Ending.REMOVED


def test_a_hash_is_not_replaced_when_the_password_was_changed_meanwhile(ledger):
    ledger.logins.rehash("p-1", "another hash", "stronger")
    assert ledger.logins.of("p-1").hash == "hash one"
    ledger.logins.rehash("p-1", "hash one", "stronger")
    assert ledger.logins.of("p-1").hash == "stronger"


def test_nothing_that_is_shown_holds_a_hash_or_a_token(ledger):
    begin(ledger, "secret-token")
    assert "hash one" not in repr(ledger.logins.of("p-1"))
    assert "secret-token" not in repr(ledger.logins.sessions())
