"""Following the ledger: every fact once, in order, however many come between two looks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from labelqa.ledger import open_ledger
from labelqa.records.facts import Draft, GoldRegistered
from labelqa.workflows import tail
from tests.building import MONDAY


@pytest.mark.parametrize("subject", ["", "gold", "odd"])
def test_every_fact_is_seen_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: str) -> None:
    monkeypatch.setattr(tail, "MOST", 4)
    ledger = open_ledger(tmp_path / "l.sqlite3", create=True)

    def add(n: int) -> None:
        start = ledger.head()[0]
        ledger.append(
            [
                Draft(
                    body=GoldRegistered(added=start + at + 1, digest="d"),
                    subjects=("gold", "odd") if (start + at) % 2 == 0 else ("gold",),
                    actor="a",
                )
                for at in range(n)
            ],
            now=MONDAY,
        )

    add(3)
    found, after = tail.last_facts(ledger, subject=subject, last=2)
    assert [fact.seq for fact in found] == {"": [2, 3], "gold": [2, 3], "odd": [1, 3]}[subject]
    coming = iter([0, 1, 9, 0, 4, 30, 2])
    waited = []

    class Enough(Exception):
        pass

    def wait() -> None:
        waited.append(1)
        more = next(coming, None)
        if more is None:
            raise Enough
        if more:
            add(more)

    seen: list[int] = []
    with suppress(Enough):
        for facts in tail.follow(ledger, after, subject=subject, wait=wait):
            seen += [fact.seq for fact in facts]
    wanted = range(4, ledger.head()[0] + 1)
    assert seen == [seq for seq in wanted if subject != "odd" or seq % 2 == 1]
    assert len(waited) == 8
    assert tail.last_facts(ledger, last=0) == ((), 49)
    ledger.close()
