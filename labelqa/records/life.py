"""What a lead sees of a batch's life beside its checks: its card, hits, how much failed, and what is still open.

Values only; what they mean for the batch is decided in :mod:`labelqa.batches`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from labelqa.errors import Message
from labelqa.records.names import BatchName, Digest, ItemId, PersonId


class Source(StrEnum):
    """Where the items of a batch come from (TC260-003, 5.1 and 5.2)."""

    OPEN_LICENCE = "open-licence"
    SELF_COLLECTED = "self-collected"
    COMMERCIAL = "commercial"
    USER_PROVIDED = "user-provided"
    GENERATED = "generated"


class Modality(StrEnum):
    """What kind of content the items hold."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    CODE = "code"
    TABLE = "table"
    OTHER = "other"


class HitState(StrEnum):
    """What became of a suspected illegal or harmful hit."""

    PENDING = "pending"  # a second qualified person has to look
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"  # it stays on record and blocks nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The provenance card of a batch that is in force."""

    batch: BatchName
    source: str
    licence: str
    ip_check: str
    personal: bool
    basis: str
    modalities: tuple[str, ...]
    languages: tuple[str, ...]
    scale: int
    description: str
    generator: str
    acquired: str
    attachments: tuple[tuple[str, str], ...]  # (title, digest)
    at: datetime
    fact: int
    late: bool  # the batch had no card when it was frozen
    amended: bool  # it had one, and this one replaced it after the freeze
    copied: str = ""  # the batch it was taken over from when that went back; "" where somebody recorded it for this one


@dataclass(frozen=True, slots=True, kw_only=True)
class HitReport:
    """Somebody reported suspected illegal or harmful content: in a verdict, or in the re-review of a correction."""

    item_id: ItemId
    by: PersonId
    code: str  # the risk as it was written; "" where it was only called unsafe
    at: datetime
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A suspected hit on an item: every report of it, and what a second person made of it."""

    batch: BatchName
    item_id: ItemId
    reports: tuple[HitReport, ...]
    state: HitState
    ruled_by: PersonId | None = None  # of the last ruling
    ruled_at: datetime | None = None
    ruling: int | None = None  # its fact
    reason: Digest | None = None  # salted digest of the erasable text

    @property
    def reporters(self) -> frozenset[PersonId]:
        """Who reported it."""
        return frozenset(each.by for each in self.reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class HitLine:
    """A hit as it is listed: with the item as it was shown, and the people by name."""

    batch: str
    item_id: str
    state: HitState
    codes: tuple[str, ...]
    reported_by: tuple[str, ...]
    reported_at: datetime
    ruled_by: str
    ruled_at: datetime | None
    reason: str
    content: Mapping[str, str] = field(default_factory=dict)
    blocks: bool = False  # the batch waits for it
    facts: tuple[int, ...] = ()  # the reports, then the ruling


class Share(NamedTuple):
    """So many items of so many, told exactly."""

    failing: int
    items: int

    @property
    def exact(self) -> Fraction | None:
        """The share; None where there is no item.

        >>> Share(3, 60).exact, Share(0, 0).exact
        (Fraction(1, 20), None)
        """
        return Fraction(self.failing, self.items) if self.items else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstReview:
    """How many items failed the safety review (GB/T 45674—2025, 8.3 c), by both readings of "all safety items".

    The batch's own share decides; the whole set is its items and those of the safety batches of the same line of the
    rulebook that were settled before: their first review has ended.
    """

    batch: Share  # failed their first review
    whole: Share
    batch_after: Share  # still failing after correction and re-review
    whole_after: Share


class CardState(StrEnum):
    """Whether a batch has the card that it needs."""

    NONE = "none"
    INCOMPLETE = "incomplete"
    LATE = "late"  # recorded after the freeze
    AMENDED = "amended"  # replaced after the freeze
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLife:
    """What a lead sees of a batch beside its checks."""

    blocked: bool = False  # a suspected illegal or harmful hit waits for a second person
    hits: int = 0  # items in which one was ever reported
    card: CardState = CardState.NONE
    problems: int = 0  # items that were found wrong at any time
    problems_open: int = 0  # of them, those that wait for a correction or its re-review
    appeals: int = 0  # that nobody has ruled on
    first_review: FirstReview | None = None  # of a frozen safety batch
    unreviewed: int = 0  # items of a frozen safety batch without a first review: the shares above are of what was found
    missing: tuple[Message, ...] = ()  # what stands against settling it now
    scope: str = ""  # what is to be labelled again: found or whole; "" where nothing is
