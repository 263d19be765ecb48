"""Final labels as they go out: one row an item, and what is said of each batch beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from labelqa.errors import Message
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Conclusion, Kind
from labelqa.records.life import Card
from labelqa.records.names import BatchName, Digest, ReleaseName


class FinalSource(StrEnum):
    """What an item's final label rests on: the last thing that happened to it."""

    SINGLE = "single"  # one annotator's answer
    UNANIMOUS = "unanimous"  # two annotators or more, all of them
    CONSENSUS = "consensus"  # the declared rule settled answers that differ
    REVIEWED = "reviewed"  # one of these three, and a reviewer called it correct
    ARBITRATED = "arbitrated"
    CORRECTED = "corrected"  # and a re-review called it correct


class LeftOut(StrEnum):
    """Why an item has no row."""

    DISCARDED = "discarded"  # an arbitrator let no label stand
    SENT_BACK = "sent-back"  # it is to be labelled again
    DISPUTED = "disputed"  # it waits for the arbitrator
    LATER_ROUND = "later-round"  # a later rework round in the same export has it
    HIT = "hit"  # confirmed as illegal or harmful in functional labeling, in whichever batch


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalLabel:
    """One item on its way out. ``data`` and ``meta`` are the canonical JSON of what it showed, where a writer asks."""

    item_id: str
    label: str  # as stored: the label itself, or the canonical JSON of an answer that is no single label
    kind: ControlKind
    control: str
    source: FinalSource
    posterior: float | None  # probability of this label by the model of the annotators; None: not known
    annotations: int
    batch: BatchName
    round: int
    release: ReleaseName
    organizer: str
    model_assisted: bool
    models: tuple[str, ...]  # entries of the register, "?NAME" for one that is not entered
    card: int  # the fact
    forced: bool
    conclusion: str = ""  # on the batch: accept, relabel, void; "" while it is not settled
    data: str = ""
    meta: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedModel:
    """A model that suggested or answered, by its register entry; ``entry`` "" where it is not entered."""

    entry: str
    name: str
    version: str
    provider: str
    filing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBatch:
    """What goes out of one batch, and by what right."""

    batch: BatchName
    kind: Kind
    release: ReleaseName
    release_digest: Digest
    organizer: str
    requester: str
    round: int
    parent: str
    conclusion: Conclusion | None
    settled_at: datetime | None
    forced: bool
    labels: tuple[str, ...]
    record_rule: str
    items: int
    annotations: int
    annotators: int
    frozen_at: datetime
    frozen: tuple[Digest, Digest]  # annotations, items
    card: Card
    models: tuple[HandedModel, ...]
    posterior: str  # the model that the posteriors come from; "" where there are none
    why_no_posterior: Message | None = None
    exported: int = 0
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    sources: Mapping[FinalSource, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An export as it was made: files with their digests, and batch by batch what went out."""

    export: str
    items: int
    files: Mapping[str, Digest]
    batches: tuple[HandedBatch, ...]
    forced: tuple[BatchName, ...]
    reason: str
    recipient: str
    fact: int
