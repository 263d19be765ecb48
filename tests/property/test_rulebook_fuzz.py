"""Damaged rulebooks by the thousand: reading and checking them never raises, always ends, and always says what is wrong.

The same damage is done a hundred thousand times by ``benchmarks/fuzz_rulebooks.py``.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import damaged
from labelqa.records.finding import Severity
from labelqa.rulebook.document import LIMIT, parse
from labelqa.rulebook.lint import catalog, lint
from labelqa.rulebook.problems import DOCUMENT_CODES

ROOT = Path(__file__).resolve().parents[2]
INPUTS, SHARDS = 20_000, 8


def judged(source: bytes) -> str:
    """What became of an input: ``refused`` or ``read``; fails where nothing is said of a file that is no rulebook."""
    document = parse(source, file="draft.yaml")
    assert all(each.code in DOCUMENT_CODES and each.place.line > 0 for each in document.findings)
    if document.rulebook is None:
        assert any(each.severity is Severity.ERROR for each in document.findings)
        return "refused"
    found = lint(document.rulebook, document.positions)
    assert all(each.code in catalog() and each.place.line > 0 for each in found)
    return "read"


@pytest.mark.parametrize("shard", range(SHARDS))
def test_damaged_files_make_findings(shard: int) -> None:
    chance = random.Random(20_261_121 + shard)
    whole = damaged.shipped(ROOT / "rulebooks")
    became = [judged(damaged.damaged(chance, whole)) for _ in range(INPUTS // SHARDS)]
    assert became.count("refused") > len(became) // 10
    assert became.count("read") > len(became) // 10


def test_every_way_of_damage_is_tried() -> None:
    chance = random.Random(1)
    whole = damaged.shipped(ROOT / "rulebooks")
    for way in damaged.WAYS:
        assert {judged(way(chance, whole)) for _ in range(30)} <= {"read", "refused"}


def test_huge_files_are_refused_unread() -> None:
    for name, source in damaged.huge():
        assert len(source) > 6 * LIMIT, name
        assert [each.code for each in parse(source).findings] == ["RB001"]
