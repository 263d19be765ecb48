"""Supervision: a sample over the work of people in every duty, reviewers and arbitrators included.

GB/T 45674—2025, 7.3 d). These are the bodies of its facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionDeclared:
    """How many pieces of work of everybody will be looked at, and the digest of the seed that picks them."""

    supervision: str  # BATCH/s1
    batch: str
    each: int  # pieces of work of every person in every duty
    seed_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionDrawn:
    """The pieces of work that were drawn."""

    supervision: str
    batch: str
    seed: str
    standing: str
    upto: int  # the last fact that the frame looked at
    frame: str  # digest of the pieces of work that could be drawn
    digest: str  # of those drawn
    drawn: list[list[Any]]  # [duty, person, pieces of work, drawn]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionChecked:
    """What a supervisor says of one piece of work."""

    supervision: str
    batch: str
    work: str  # the piece of work, as the draw names it
    verdict: str
    supervisor: str
    note: str  # salted digest of the erasable text, "" for none
