"""The rows of an export: each item's label of record as it stands, and what it rests on.

Rows come batch by batch in the order asked for, in a batch by item id. Nothing is recorded here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from labelqa.batches.checks import current_reviews
from labelqa.errors import BadInput, InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch, Kind
from labelqa.records.corrections import LabelSource, RecordLabel
from labelqa.records.handed import FinalLabel, FinalSource, HandedBatch, LeftOut
from labelqa.records.names import BatchName, Digest, ItemId
from labelqa.records.production import DisputeOutcome
from labelqa.records.review import Review, Verdict
from labelqa.workflows.exporting.allowed import Leaving, confirmed_anywhere
from labelqa.workflows.exporting.told import Models, Posterior, Told
from labelqa.workflows.population import frozen_of, labels_of_record, open_disputes
from labelqa.workflows.subject import kind_of_batch

Named = TypeVar("Named", bound=StrEnum)
_BY_SOURCE = {LabelSource.ARBITRATED: FinalSource.ARBITRATED, LabelSource.CORRECTED: FinalSource.CORRECTED}


@dataclass(slots=True)
class Counted:
    """What was seen on the way: rows, items left out and why, sources; filled while the rows are taken."""

    rows: Counter[BatchName] = field(default_factory=Counter)
    left_out: dict[BatchName, Counter[LeftOut]] = field(default_factory=dict)
    sources: dict[BatchName, Counter[FinalSource]] = field(default_factory=dict)


class Rows:
    """The rows of the batches that leave; iterate once, then ask what was counted."""

    def __init__(self, leaving: Leaving, *, content: bool) -> None:
        self._leaving, self._content = leaving, content
        self._later = _later_rounds(leaving)
        self._parts = {batch.name: _Part.of(leaving, batch) for batch in leaving.batches}
        self._counted = Counted()

    def __iter__(self) -> Iterator[FinalLabel]:
        self._counted = Counted()
        for batch in self._leaving.batches:
            yield from self._of(batch)

    def _of(self, batch: Batch) -> Iterator[FinalLabel]:
        part, counted = self._parts[batch.name], self._counted
        left = counted.left_out[batch.name] = Counter()
        sources = counted.sources[batch.name] = Counter()
        columns = ["item_no", "item_id", "annotations", *(["data", "meta"] if self._content else [])]
        later = self._later.get(batch.name, frozenset())
        for stretch in self._leaving.desk.frozen.stream(frozen_of(batch).items, columns):
            for row in zip(*(column.to_pylist() for column in stretch.columns), strict=True):
                why = LeftOut.LATER_ROUND if row[1] in later else part.why_left_out(ItemId(row[1]))
                if why is not None:
                    left[why] += 1
                    continue
                made = part.row(*row)
                counted.rows[batch.name] += 1
                sources[made.source] += 1
                yield made

    def handed(self) -> tuple[HandedBatch, ...]:
        """What went out of each batch; asked after the rows were taken."""
        return tuple(self._handed(batch) for batch in self._leaving.batches)

    def _handed(self, batch: Batch) -> HandedBatch:
        leaving, part, counted, name = self._leaving, self._parts[batch.name], self._counted, batch.name
        freeze = frozen_of(batch)
        everybody = {person for people in part.told.answered.values() for person in people}
        known = leaving.state.releases.get(batch.release)
        return HandedBatch(
            batch=name, kind=batch.kind, release=batch.release, organizer=batch.organizer, requester=batch.requester,
            release_digest=Digest(known[1].digest if known else ""), round=batch.round, parent=str(batch.parent),
            conclusion=batch.conclusion, settled_at=batch.settled_at, forced=name in leaving.forced,
            labels=batch.labels, record_rule=str(batch.record_rule), items=freeze.n_items,
            annotations=freeze.n_annotations, annotators=part.told.annotators, frozen_at=freeze.at,
            frozen=(freeze.annotations, freeze.items), card=leaving.cards[name],
            models=part.models.handed(everybody) if everybody or freeze.items_prelabelled else (),
            posterior=part.posterior.model, why_no_posterior=part.posterior.why_not, exported=counted.rows[name],
            left_out=_in_order(counted.left_out[name], LeftOut),
            sources=_in_order(counted.sources[name], FinalSource),
        )  # fmt: skip


def _in_order(counts: Mapping[Named, int], kind: type[Named]) -> dict[Named, int]:
    return {each: counts[each] for each in kind if counts.get(each)}


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What is known of one batch's items, read once."""

    batch: Batch
    kind: ControlKind
    labels: Mapping[ItemId, RecordLabel]
    waiting: Collection[ItemId]  # for an arbitrator
    hits: Collection[ItemId]  # confirmed as illegal or harmful, in whichever batch
    reviews: Mapping[ItemId, Review]
    outcomes: Mapping[ItemId, DisputeOutcome]
    told: Told
    posterior: Posterior
    models: Models
    card: int
    forced: bool

    @classmethod
    def of(cls, leaving: Leaving, batch: Batch) -> _Part:
        desk, state = leaving.desk, leaving.state
        waiting = open_disputes(desk, state, batch)  # what somebody disputed goes out by no force
        hits = frozenset() if batch.kind is Kind.SAFETY else confirmed_anywhere(state)
        stays = waiting | hits
        labels = {item: each for item, each in labels_of_record(desk, state, batch).items() if item not in stays}
        return cls(
            batch, _kind(leaving, batch), labels, waiting, hits,
            current_reviews(state.reviews_of(batch.name)),
            {item: each.outcome for item, each in state.rulings.get(batch.name, {}).items()},
            Told.of(leaving, batch), Posterior.of(leaving, batch), Models.of(leaving, batch),
            leaving.cards[batch.name].fact, batch.name in leaving.forced,
        )  # fmt: skip

    def why_left_out(self, item: ItemId) -> LeftOut | None:
        if item in self.labels:
            return None
        if item in self.hits:
            return LeftOut.HIT
        outcome = None if item in self.waiting else self.outcomes.get(item)
        told = {DisputeOutcome.REJECTED: LeftOut.DISCARDED, DisputeOutcome.SENT_BACK: LeftOut.SENT_BACK}
        return LeftOut.DISPUTED if outcome is None else told.get(outcome, LeftOut.DISPUTED)

    def row(self, number: int, item: str, annotations: int, data: str = "", meta: str = "") -> FinalLabel:
        record, batch = self.labels[ItemId(item)], self.batch
        began, answered = bool(self.told.prelabelled[number]), self.told.answered.get(number, set())
        return FinalLabel(
            item_id=item, label=record.label, kind=self.kind, control=batch.control,
            source=self.source(number, ItemId(item), record),
            posterior=self.posterior(number, record.label), annotations=annotations, batch=batch.name,
            round=batch.round, release=batch.release, organizer=batch.organizer,
            model_assisted=began or bool(answered), models=self.models.names(prelabelled=began, answered=answered),
            card=self.card, forced=self.forced,
            conclusion=str(batch.conclusion or ""), data=data, meta=meta,
        )  # fmt: skip

    def source(self, number: int, item: ItemId, record: RecordLabel) -> FinalSource:
        """The last thing that the label rests on; one person's repeated answers are no unanimity."""
        if record.source in _BY_SOURCE:
            return _BY_SOURCE[record.source]
        review = self.reviews.get(item)
        if review is not None and review.verdict is Verdict.CORRECT and review.label in ("", record.label):
            return FinalSource.REVIEWED
        if bool(self.told.differs[number]):
            return FinalSource.CONSENSUS
        return FinalSource.UNANIMOUS if int(self.told.people[number]) > 1 else FinalSource.SINGLE


def _kind(leaving: Leaving, batch: Batch) -> ControlKind:
    try:
        return kind_of_batch(leaving.desk, batch)
    except InsufficientData as error:
        raise BadInput("{why}", why=error.message) from None


def _later_rounds(leaving: Leaving) -> dict[BatchName, frozenset[str]]:
    """By batch the items that a later rework round in the same export has; BadInput for items that two others share."""
    if len(leaving.batches) < 2:
        return {}
    names = {batch.name: batch for batch in leaving.batches}
    owner: dict[str, BatchName] = {}
    skipped: dict[BatchName, set[str]] = {}
    for batch in sorted(leaving.batches, key=lambda each: -each.round):
        for stretch in leaving.desk.frozen.stream(frozen_of(batch).items, ["item_id"]):
            for item in stretch.column(0).to_pylist():
                first = owner.setdefault(item, batch.name)
                if first == batch.name:
                    continue
                if not _descends(leaving, names[first], batch.name):
                    raise BadInput(
                        "item {item} is in batch {one} and in batch {other}: export them apart, so that each item has "
                        "one label", item=item, one=batch.name, other=first,
                    )  # fmt: skip
                skipped.setdefault(batch.name, set()).add(item)
    return {name: frozenset(items) for name, items in skipped.items()}


def _descends(leaving: Leaving, batch: Batch, ancestor: BatchName) -> bool:
    """Whether a batch is a rework round of another one, at first or later hand."""
    seen: set[str] = set()
    while batch.parent and batch.parent not in seen:
        if batch.parent == ancestor:
            return True
        seen.add(batch.parent)
        batch = leaving.state.batch(batch.parent)
    return False
