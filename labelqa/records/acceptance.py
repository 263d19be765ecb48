"""What is handed over and paid for: the acceptance of a batch as a requester signs it, and the accepted counts.

Values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from labelqa.errors import Message
from labelqa.records.batch import Batch, Conclusion
from labelqa.records.estimate import Figure
from labelqa.records.governance import Signature
from labelqa.records.life import Card, FirstReview
from labelqa.records.names import BatchName
from labelqa.records.review import VerdictKind
from labelqa.records.rounds import RoundChain


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCheck:
    """One sample of the batch: by which plan, who verified it, and what it showed, in the words of its certificate."""

    sample: str
    kind: VerdictKind
    design: str
    decides: bool  # the conclusion rests on it
    drawn: int
    reviewed: int
    target: float
    risk: float
    verifiers: tuple[str, ...]
    statement: Message
    explained: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizerShare:
    """The part of one organizer in a batch: items that its people labelled, and what the spot check says of them.

    ``organizer`` names several where people of several labelled the items.
    """

    organizer: str
    items: int
    drawn: int
    accuracy: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceSheet:
    """Everything that an acceptance sheet says; ``counts`` are of problems, disputes, appeals and hits by their fate."""

    batch: Batch
    reason: Message
    release_digest: str
    card: Card | None
    chain: RoundChain
    checks: tuple[SheetCheck, ...]
    accuracy: Figure
    before_appeals: Figure | None  # None where no appeal changed anything
    first_review: FirstReview | None
    problems: Mapping[str, int]
    disputes: Mapping[str, int]
    appeals: Mapping[str, int]
    hits: Mapping[str, int]
    organizers: tuple[OrganizerShare, ...]  # () where all labels are of one
    accepted: int  # items with a label of record that are accepted
    head: str
    made_at: datetime
    zone: str
    signatures: tuple[tuple[str, Signature], ...] = ()  # (name, signature) of sheets signed before
    discarded: int = 0  # items that an arbitrator discarded: delivered and not accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """One batch or round as it is paid for. ``accepted`` counts no item that another round counts."""

    organizer: str
    requester: str
    first: BatchName  # the first batch of its rounds
    batch: BatchName
    round: int
    conclusion: Conclusion | None
    settled_at: datetime | None
    delivered: int
    accepted: int
    returned: int  # items that went back into a later round
    voided: int
    waiting: int  # neither accepted nor gone back nor void
    corrected: int  # of the accepted, items with a label that was corrected


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCounts:
    """Accepted counts of a time, by organizer and batch; ``totals`` are by organizer."""

    lines: tuple[CountLine, ...]
    totals: Mapping[str, int] = field(default_factory=dict)  # organizer -> accepted items
    start: datetime | None = None
    end: datetime | None = None
