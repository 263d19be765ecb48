"""What a process keeps of the facts that it has read."""

from __future__ import annotations

import pytest

from labelqa.ledger import Ledger, shelf
from labelqa.ledger.view import Stored
from labelqa.records.facts import Draft, GoldRegistered, TrainingRecorded
from tests.unit.ledger.conftest import START, draft


def test_the_oldest_facts_are_let_go_and_read_again(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "KEPT", 4)
    kept = shelf.Shelf()
    view = ledger.view()
    facts = ledger.facts()
    assert isinstance(view, Stored)
    for fact in facts:
        kept.keep([fact])
    assert [seq for seq in range(1, 7) if kept.kept(seq)] == [4, 5, 6]
    again = Stored(kept, view._connect, view.last)
    assert tuple(again.of(TrainingRecorded)) == facts
    assert [again.fact(seq) for seq in range(1, 7)] == list(facts)


def test_kinds_asked_for_long_ago_are_let_go_and_read_again(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "KEPT", 7)
    golds = [Draft(body=GoldRegistered(added=1, digest="d"), subjects=(), actor="lead")]
    ledger.append(golds, now=START)
    view = ledger.view()
    assert isinstance(view, Stored)
    kept = shelf.Shelf()
    again = Stored(kept, view._connect, view.last)
    for body, count in ((TrainingRecorded, 6), (GoldRegistered, 1), (TrainingRecorded, 6)):
        assert len(again.of(body)) == count
    assert list(kept._kinds) == ["gold.registered", "training.recorded"]
    ledger.append(golds, now=START)
    later = Stored(kept, view._connect, view.last + 1)
    assert [len(later.of(body)) for body in (GoldRegistered, TrainingRecorded, GoldRegistered)] == [2, 6, 2]
    assert list(kept._kinds) == ["gold.registered"]
    monkeypatch.setattr(shelf, "KEPT", 1)
    assert len(later.of(GoldRegistered)) == 2  # too many to be kept
    assert list(kept._kinds) == []


def test_a_fact_is_decoded_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ledger.view().about("person:p-2")
    assert [fact.seq for fact in first] == [2]
    monkeypatch.setattr("labelqa.ledger.chain.read", lambda *_: pytest.fail("decoded again"))
    assert ledger.view().about("person:p-2")[0] is first[0]
    assert ledger.view().fact(2) is first[0]


def test_what_a_failed_transaction_wrote_is_never_kept(ledger: Ledger) -> None:
    def fails(_connection: object) -> None:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        ledger.append([draft(7)], now=START, beside=fails)
    with pytest.raises(KeyError):
        ledger.view().fact(7)
    (written,) = ledger.append([draft(8)], now=START)
    assert ledger.view().fact(7) == written
    assert ledger.view().of(TrainingRecorded)[-1].body.person == "p-8"
