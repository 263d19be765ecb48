"""A manifest of the ledger: how many facts there were and what they said, small enough to keep in a safe place.

It names no person and holds no fact, only digests. It proves nothing by itself: whoever kept it vouches for its date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labelqa.records.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the ledger was: ``blocks`` are digests over the texts of every ``block`` facts, the last block may be short."""

    format: int
    workspace: str  # its name as the first fact tells it
    facts: int
    head: str
    made_at: str
    block: int
    blocks: list[str]
    digest: str = ""  # over the RFC 8785 text of all the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceState:
    """What ``ledger verify --since`` answers: every one of ``facts`` was hashed again."""

    facts: int
    head: str
    since: str  # when the manifest was made
    known: int  # facts that the manifest knows
    later: int  # facts that came after
    findings: Sequence[Finding]  # of each code the first, and how many more
    found: int  # how many there are, those included that are not listed
    not_checked: Sequence[str]  # what this quick verification leaves to the full one
