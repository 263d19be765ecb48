"""Appending under a lock, reading as of a time, and who is behind a pseudonym."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.errors import Busy, NoWorkspace, Refused
from labelqa.ledger import Ledger, open_ledger
from labelqa.ledger.ledger import salted
from labelqa.ledger.store import writing
from labelqa.ledger.view import Facts, Listed
from labelqa.records.facts import Draft, Fact, GoldRegistered
from labelqa.records.names import PersonId
from labelqa.records.review import Identity

Place = Any  # of conftest.py
NOW = datetime(2026, 11, 17, tzinfo=UTC)
GOLD = Draft(body=GoldRegistered(added=1, digest="d"), subjects=("gold",), actor="lead")


def effective(facts: Iterable[Fact], *, at: datetime | None = None, known_at: datetime | None = None) -> list[Fact]:
    """The facts that held at a time as far as was known at another."""
    return list(Listed(facts).seen(at=at, known=known_at))


def test_facts_are_numbered_from_one_and_read_in_order(ledger: Ledger) -> None:
    assert [fact.seq for fact in ledger.facts()] == [1, 2, 3, 4, 5, 6]
    assert ledger.head() == (6, ledger.facts()[-1].hash)


def test_several_drafts_are_one_transaction(ledger: Ledger) -> None:
    facts = ledger.append([GOLD, GOLD], now=NOW)
    assert [fact.seq for fact in facts] == [7, 8]
    assert facts == tuple(ledger.facts()[-2:])


def test_what_a_rule_forbids_changes_nothing(ledger: Ledger) -> None:
    seen: list[int] = []

    def never(facts: Facts) -> None:
        seen.append(len(facts))
        raise Refused("no")

    with pytest.raises(Refused):
        ledger.append([GOLD], now=NOW, erasable=[salted("t", "s")], unless=never)
    assert (seen, ledger.head()[0], ledger.text_of(salted("t", "s")[0])) == ([6], 6, "")


def test_a_failure_beside_the_facts_takes_them_back(ledger: Ledger) -> None:
    before = ledger.head()

    def fails(_connection: object) -> None:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        ledger.append([GOLD], now=NOW, beside=fails)
    assert (ledger.head(), len(ledger.facts())) == (before, 6)


def test_another_writer_is_waited_for_and_then_named(ledger: Ledger, place: Place) -> None:
    other = place.open(busy_seconds=0.1)
    with writing(ledger._engine), pytest.raises(Busy):
        other.append([GOLD], now=NOW)
    assert other.append([GOLD], now=NOW)[0].seq == 7
    assert len(ledger.facts()) == 7  # what another process appended is seen
    other.close()


def test_reading_does_not_wait_for_a_writer(ledger: Ledger, place: Place) -> None:
    other = place.open(busy_seconds=0.1)
    with writing(ledger._engine):
        assert len(other.facts()) == 6
    other.close()


@pytest.mark.parametrize("back", [timedelta(0), timedelta(microseconds=1), timedelta(hours=1), timedelta(days=2_000)])
def test_a_clock_set_back_does_not_change_what_was_known(ledger: Ledger, back: timedelta) -> None:
    known = ledger.facts()[-1].recorded_at
    before = [list(ledger.view().seen(known=each)) for each in (known, known - timedelta(minutes=1))]
    assert len(before[0]) == 5  # the sixth supersedes the first
    first, second = (*ledger.append([GOLD], now=known - back), *ledger.append([GOLD], now=known - back))
    assert [list(ledger.view().seen(known=each)) for each in (known, known - timedelta(minutes=1))] == before
    assert known < first.recorded_at < second.recorded_at
    assert first.effective_at == second.effective_at == known - back


def test_what_is_recorded_together_is_known_together(ledger: Ledger) -> None:
    one, other = ledger.append([GOLD, GOLD], now=NOW)
    assert one.recorded_at == other.recorded_at == NOW
    assert len(ledger.view().seen(known=NOW - timedelta(microseconds=1))) == 5
    assert len(ledger.view().seen(known=NOW)) == 7


def test_whoever_waited_for_the_lock_records_when_it_came(place: Place) -> None:
    made = open_ledger(place.where, create=True, clock=lambda: NOW + timedelta(minutes=1))
    (late,) = made.append([GOLD], now=NOW)
    assert (late.recorded_at, late.effective_at) == (NOW + timedelta(minutes=1),) * 2
    (ahead,) = made.append([GOLD], now=NOW + timedelta(minutes=2))
    assert ahead.recorded_at == NOW + timedelta(minutes=2)
    made.close()


def fact(seq: int, effective_at: int, supersedes: int | None) -> Fact:
    """A fact recorded at minute ``seq`` and effective at another one."""
    return Fact(
        seq=seq, kind="gold.registered", format=1, actor="lead", identity=Identity.ASSERTED,
        recorded_at=NOW + timedelta(minutes=seq), effective_at=NOW + timedelta(minutes=effective_at), subjects=(),
        supersedes=supersedes, body=GoldRegistered(added=1, digest="d"), hash="",
    )  # fmt: skip


CHAINS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=12).map(
    lambda pairs: [fact(seq, at, old if 0 < old < seq else None) for seq, (at, old) in enumerate(pairs, 1)]
)


@given(CHAINS, st.integers(0, 13), st.integers(0, 13), st.integers(0, 12))
def test_an_answer_at_a_fixed_known_never_changes(facts: list[Fact], at: int, known: int, cut: int) -> None:
    asked = {"at": NOW + timedelta(minutes=at), "known_at": NOW + timedelta(minutes=known)}
    if cut >= known:
        assert effective(facts[:cut], **asked) == effective(facts, **asked)


@given(CHAINS, st.integers(0, 13), st.integers(0, 13))
def test_as_of_a_time_is_a_plain_filter_and_then_the_superseded_go(facts: list[Fact], at: int, known: int) -> None:
    seen = [each for each in facts if each.seq <= known and each.effective_at <= NOW + timedelta(minutes=at)]
    gone = {each.supersedes for each in seen}
    told = effective(facts, at=NOW + timedelta(minutes=at), known_at=NOW + timedelta(minutes=known))
    assert told == [each for each in seen if each.seq not in gone]


def test_a_correction_is_heard_from_when_it_was_recorded() -> None:
    facts = [fact(1, 1, None), fact(5, 1, 1)]
    assert effective(facts, known_at=NOW + timedelta(minutes=4)) == facts[:1]
    assert effective(facts, known_at=NOW + timedelta(minutes=5)) == facts[1:]
    assert effective(facts, at=NOW) == []


def test_a_salted_digest_can_be_worked_out_again_and_guesses_cannot(ledger: Ledger) -> None:
    digest, salt, text = salted("理由", "abcd")
    assert digest == hashlib.sha256("abcd\x1f理由".encode()).hexdigest()
    assert salted("理由", "abce")[0] != digest
    ledger.append([GOLD], now=NOW, erasable=[(digest, salt, text)])
    assert ledger.text_of(digest) == "理由"


def test_accounts_get_one_pseudonym_each(ledger: Ledger) -> None:
    minted = iter(f"p-{number}" for number in range(9))
    people = ledger.identities.persons("file", ["x", "y", "x"], mint=lambda: next(minted))
    assert people == {"x": "p-0", "y": "p-1"}
    assert ledger.identities.persons("file", ["y"], mint=lambda: "never") == people
    assert ledger.identities.persons("other", ["y"], mint=lambda: next(minted)) == {"y": "p-2"}
    ledger.identities.attach("other", {"y": PersonId("p-1")})
    assert ledger.identities.accounts() == {("file", "x"): "p-0", ("file", "y"): "p-1", ("other", "y"): "p-1"}
    ledger.identities.name(PersonId("p-1"), "Bo")
    ledger.identities.name(PersonId("p-1"), "Bob")
    assert ledger.identities.names() == {"p-1": "Bob"}


def test_a_missing_or_foreign_ledger_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspace, match="missing"):
        open_ledger(tmp_path / "none.sqlite3")
    (tmp_path / "text.sqlite3").write_text("not a database, but long enough to be looked at " * 40)
    with pytest.raises(NoWorkspace, match="not a ledger"):
        open_ledger(tmp_path / "text.sqlite3")
