"""The whole life of one item, line by line; and items picked with everything that is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labelqa.errors import Message
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.review import Identity


class Happened(StrEnum):
    """What a line of an item's history tells."""

    DECLARED = "declared"  # a batch that holds it
    CARD = "card"
    LABELLED = "labelled"
    MACHINE = "machine"  # a model's own answer
    FROZEN = "frozen"
    DISPUTED = "disputed"
    RULED = "ruled"
    DRAWN = "drawn"
    VERDICT = "verdict"
    HIT = "hit"
    CORRECTED = "corrected"
    RE_REVIEWED = "re-reviewed"
    CLOSED = "closed"  # a problem, without a correction
    APPEALED = "appealed"
    SUPERVISED = "supervised"
    RETURNED = "returned"  # into a rework round
    SETTLED = "settled"
    EXPORTED = "exported"
    LEFT_OUT = "left-out"  # of an export of its batch
    GOLD = "gold"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One thing that happened: when, told by which fact (0: by the frozen file alone), by whom."""

    at: datetime | None  # None: the source does not say
    happened: Happened
    batch: str
    person: PersonId | None
    name: str  # how the person may be shown to a lead
    identity: Identity | None  # how the author is known; None where no fact tells
    message: Message
    fact: int = 0
    superseded: bool = False  # a later fact took its place


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHistory:
    """An item's whole life, in the order in which it happened."""

    item_id: ItemId
    content: Mapping[str, str]
    batches: tuple[BatchName, ...]
    releases: tuple[str, ...]
    label: str  # of record as it stands in the last batch that holds it; "" for none
    lines: tuple[HistoryLine, ...]
    url: str = ""  # of its task on the server that it came from; "" where that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedItem:
    """A picked item with its metadata; ``missing`` names what is not there."""

    order: int
    ticket: str
    item_id: ItemId
    batch: BatchName
    kind: str
    release: str
    organizer: str
    label: str
    annotators: tuple[PersonId, ...]
    labelled: tuple[str, ...]  # times of the answers, ISO in UTC
    reviewers: tuple[PersonId, ...]
    verdicts: tuple[str, ...]
    conclusion: str
    card: int  # the fact
    source: str
    licence: str
    project: str
    task: str
    facts: int  # that are about the item
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A seeded pick over all frozen items."""

    seed: str
    population: int  # items
    batches: int
    items: tuple[PickedItem, ...]
