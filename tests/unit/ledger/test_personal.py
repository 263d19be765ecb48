"""What the ledger holds of one person, on either database, and that it can be taken away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from labelqa.errors import Refused
from labelqa.ledger import Ledger, open_ledger
from labelqa.ledger.ledger import salted
from labelqa.ledger.verify import verify
from labelqa.records.facts import Draft, GuidanceGiven, PersonAdded, PersonErased, SampleDrawn

NOW = datetime(2026, 11, 16, tzinfo=UTC)
DAY = timedelta(days=1)
SALT = "00" * 16


def added(person: str, *, by: str = "lead") -> Draft:
    body = PersonAdded(person=person, organizer="Org", duties=["executor"], servers=["ls"])
    return Draft(body=body, subjects=(f"person:{person}",), actor=by)


def drawn(*verifiers: str) -> Draft:
    body = SampleDrawn(
        sample="b/1", batch="b", plan=1, kind="verification", population=9, n=3, c=0, risk=0.05, power=0.8, seed="s",
        standing="committed", frame="f", digest="d", verifiers=list(verifiers), pool=[],
    )  # fmt: skip
    return Draft(body=body, subjects=("batch:b", "sample:b/1"), actor="lead")


@pytest.fixture
def ledger(place) -> Iterator[Ledger]:
    """Two people, one of whose pseudonyms begins like the other's; a drawn sample; guidance with a text."""
    made = place.open(busy_seconds=30, create=True)
    text = salted("as 林一 asked", SALT)
    guidance = GuidanceGiven(guidance="g1", person="p-1", by="p-12", text=text[0])
    drafts = [added("p-1"), added("p-12"), drawn("p-12"), drawn("p-1")]
    made.append(drafts, now=NOW, beside=made.identities.register("p-1", "林一", {"ls": "lin@example.com"}))
    made.append([Draft(body=guidance, subjects=("person:p-1",), actor="lead")], now=NOW + DAY, erasable=[text])
    made.append([added("p-3", by="p-1")], now=NOW + 2 * DAY)
    yield made
    made.close()


def test_facts_name_somebody_as_subject_author_or_in_the_body(ledger):
    assert [fact.seq for fact in ledger.personal.facts_naming("p-1")] == [1, 4, 5, 6]
    assert [fact.seq for fact in ledger.personal.facts_naming("p-12")] == [2, 3, 5]
    assert ledger.personal.facts_naming("p-99") == ()


def test_when_something_was_last_recorded(ledger):
    assert ledger.personal.last_about() == {"p-1": NOW + DAY, "p-12": NOW, "p-3": NOW + 2 * DAY}
    assert ledger.personal.last_about(but=[PersonAdded]) == {"p-1": NOW + DAY}
    assert ledger.personal.oldest() == (NOW, 6)
    assert ledger.personal.oldest(but=[PersonAdded, SampleDrawn]) == (NOW + DAY, 1)


def test_texts_by_digest_and_by_word(ledger):
    digest = salted("as 林一 asked", SALT)[0]
    assert ledger.personal.texts([digest, "0" * 64]) == {digest: "as 林一 asked"}
    assert ledger.personal.texts_with(["林一"]) == (digest,)
    assert ledger.personal.texts_with(["100%", "_"]) == ()
    assert ledger.personal.last_holding([digest, "0" * 64]) == {digest: NOW + DAY}


def erase(ledger: Ledger, upto: int) -> dict[str, int]:
    def late() -> None:
        raise Refused("too late")

    counts: dict[str, int] = {}
    digest = salted("as 林一 asked", SALT)[0]
    beside = ledger.personal.erased("p-1", [digest], upto=upto, late=late, counts=counts)
    body = PersonErased(person="p-1", reason="request", by="p-12")
    ledger.append([Draft(body=body, subjects=("person:p-1",), actor="lead")], now=NOW, beside=beside)
    return counts


def test_everything_is_taken_away_but_the_facts(ledger):
    assert erase(ledger, 6) == {"names": 1, "accounts": 1, "logins": 0, "sessions": 0, "texts": 1}
    assert ledger.identities.names() == ledger.identities.accounts() == {}
    assert ledger.text_of(salted("as 林一 asked", SALT)[0]) == ""
    assert ledger.personal.shred()
    assert (ledger.head()[0], verify(ledger)[2]) == (7, [])


def test_nothing_is_taken_away_when_a_fact_came_meanwhile(ledger):
    with pytest.raises(Refused, match="too late"):
        erase(ledger, 5)
    assert ledger.identities.names() == {"p-1": "林一"}
    assert ledger.head()[0] == 6


def test_free_space_holds_nothing_that_was_deleted(tmp_path):
    """SQLite may be built so that what is deleted stays in the file until it is written over."""
    path = tmp_path / "l.sqlite3"
    made = open_ledger(path, busy_seconds=0.2, create=True)
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA secure_delete=OFF")
        base.execute("INSERT INTO names VALUES ('p-1', '林一不该留下')")
        base.commit()
        base.execute("DELETE FROM names")
        base.commit()
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "林一不该留下".encode() in path.read_bytes()
    assert made.personal.shred()
    assert "林一不该留下".encode() not in path.read_bytes()
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM names").fetchall()
        made.identities.name("p-2", "somebody")
        assert not made.personal.shred()  # somebody reads: it says so
    made.close()
