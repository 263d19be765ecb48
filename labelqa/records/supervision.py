"""Supervision: a sample over the work of people in every duty, reviewers and arbitrators included.

GB/T 45674—2025, 7.3 d). First the bodies of its facts, then what is read from them. A *piece of work* is one answer of
an annotator, one verdict of a reviewer, or one ruling of an arbitrator. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labelqa.errors import Message
from labelqa.records.estimate import Figure
from labelqa.records.finding import Finding
from labelqa.records.names import BatchName, Digest, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Identity, SeedStanding, Verdict


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work: who did it in which duty, on which item, and since which fact it stands."""

    work: str  # annotation:ITEM:PERSON, review:FACT or ruling:FACT
    duty: Duty
    person: PersonId
    item_id: ItemId
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnWork:
    """A drawn piece of work with its ticket; ``order`` counts from 1 over duties, people and tickets."""

    order: int
    ticket: str
    piece: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkStratum:
    """Somebody's work in one duty: how many pieces there are, and how many were drawn."""

    duty: Duty
    person: PersonId
    pieces: int
    drawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDraw:
    """What a seed draws from a frame of work."""

    drawn: tuple[DrawnWork, ...]
    strata: tuple[WorkStratum, ...]
    frame: Digest
    digest: Digest
    since: Mapping[Duty, int]  # the fact with which each duty's work began


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionDraw:
    """A draw as it is recorded."""

    seed: str
    standing: SeedStanding
    upto: int
    frame: Digest
    digest: Digest
    strata: tuple[WorkStratum, ...]
    at: datetime
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """A declared supervision of a batch, drawn or not yet."""

    supervision: str
    batch: BatchName
    each: int
    seed_digest: Digest
    declared_at: datetime
    fact: int
    abandoned: int  # supervisions of the batch declared before it whose seed was never used
    draw: SupervisionDraw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionCheck:
    """A supervisor's word on one piece of work."""

    supervision: str
    work: str
    verdict: Verdict
    supervisor: PersonId
    identity: Identity
    at: datetime
    fact: int
    note: Digest | None = None  # salted digest of the erasable text


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisedWork:
    """A drawn piece of work as a supervisor looks at it."""

    order: int
    work: str
    duty: Duty
    person: PersonId
    name: str  # how the person may be shown to a lead
    item_id: ItemId
    content: Mapping[str, str]  # what the item showed
    answer: Message  # what the person said of it
    verdict: Verdict | None = None  # the supervisor's; None while open
    supervisor: PersonId | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionLine:
    """One duty, or one person in it: what was looked at and how much of it was wrong."""

    duty: Duty
    person: PersonId | None  # None: everybody in the duty
    name: str
    pieces: int
    drawn: int
    checked: int
    incorrect: int
    undecidable: int
    wrong: Figure  # share of all pieces that are incorrect or undecidable; unknown while drawn ones are open


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionReport:
    """How far a supervision is, and what it found, duty by duty and person by person."""

    supervision: str
    batch: BatchName
    each: int
    declared_at: datetime
    drawn_at: datetime | None
    standing: SeedStanding | None  # None before the draw
    proof: Message  # what the order of facts proves
    duties: tuple[SupervisionLine, ...]
    people: tuple[SupervisionLine, ...]
    open: int  # drawn pieces of work without a verdict
    later: int  # verdicts and rulings recorded after the draw, which it could not reach
    changed: int  # verdicts of supervisors changed after they were given


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionImported:
    """A sheet of supervisors' verdicts read in."""

    recorded: int
    unchanged: int
    unfilled: int
    findings: tuple[Finding, ...]
