"""Batches: the population that a statement is about, declared before it is labelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from labelqa.records.names import BatchName, Digest, PersonId, ReleaseName


class Kind(StrEnum):
    """The two families of labeling, with opposite quality rules."""

    FUNCTIONAL = "functional"
    SAFETY = "safety"


class Stage(StrEnum):
    """Where a batch is in its life; the facts of a batch alone tell those that are not marked."""

    OPEN = "open"
    FROZEN = "frozen"
    DISPUTED = "disputed"  # shown: frozen or reviewed, and items wait for the arbitrator
    IN_REVIEW = "in-review"
    CORRECTING = "correcting"  # shown: the check has decided, and problems found wait for correction or re-review
    REVIEWED = "reviewed"
    BLOCKED = "blocked"  # shown: a suspected illegal or harmful hit waits for a second person
    SETTLED = "settled"


class Conclusion(StrEnum):
    """What becomes of a batch."""

    ACCEPT = "accept"
    RELABEL = "relabel"
    VOID = "void"


class Operator(StrEnum):
    """How ``--where FIELD OPERATOR VALUE`` compares; text that reads as a number compares as a number."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"
    IN = "in"  # values separated by commas


class Repeats(StrEnum):
    """What the freeze does with several answers of one annotator for one item."""

    FIRST = "first"
    LAST = "last"
    REFUSE = "refuse"
    ALL = "all"


class RecordRule(StrEnum):
    """How an item's label of record is found."""

    SINGLE = "single"  # the only annotation; several that differ are a dispute
    MAJORITY = "majority"  # more than half say it; else a dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One ``--where``: ``data.week = 46``, ``project = 3``, ``created_at >= 2026-11-09``."""

    field: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Why annotations stayed out of a frozen batch, and how many."""

    reason: str  # repeat, skipped, other-batch, no-label, not-in-release, machine-only, voided, before-return, judged-before, or of another release's work
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """What was locked: two files named by their digests, and the frame of items that may be drawn."""

    annotations: Digest
    items: Digest
    frame: Digest
    n_annotations: int
    n_items: int  # items in the frame
    n_disputed: int
    exclusions: tuple[Exclusion, ...]
    repeats: Repeats
    at: datetime
    fact: int
    before_declared: int = 0  # annotations made before the batch was declared
    participants: tuple[PersonId, ...] = ()  # everybody who ever had a hand in it
    items_left_out: int = 0  # items that meet the conditions and have no answer in the frame
    records_after: int = 0  # annotations covered by records that were entered only afterwards
    origins: Mapping[str, int] = field(default_factory=dict)  # annotations by Origin
    items_prelabelled: int = 0  # items that somebody began from a pre-label


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as its facts tell it."""

    name: BatchName
    kind: Kind
    release: ReleaseName
    control: str
    labels: tuple[str, ...]
    organizer: str
    requester: str
    where: tuple[Condition, ...]
    record_rule: RecordRule
    late: bool  # declared after its labeling had begun
    declared_at: datetime
    stage: Stage
    freeze: Freeze | None = None
    conclusion: Conclusion | None = None
    reason: str = ""
    settled_at: datetime | None = None
    facts: tuple[int, ...] = field(default=())
    answers: str = ""  # a ControlKind, as declared; "" where nobody said
    recheck: str = ""  # release under which the labels were made, where they are looked at again
    sources: tuple[BatchName, ...] = ()  # the batches from which they come
    parent: str = ""  # the batch of which it is a rework round
    round: int = 0  # 1 for the first rework of the first batch
