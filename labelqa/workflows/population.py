"""The items of a frozen batch with their label of record, rulings and corrections included, and who labelled what.

Two labels of record are told apart. :func:`population` has them as they were when a sample was drawn: its verdicts,
certificate and accuracy are about those, so nothing that is ruled or corrected later makes a check look better.
:func:`labels_of_record` has them as they stand now: these go out, and the next sample is drawn from them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from labelqa.batches.checks import in_force
from labelqa.batches.corrections import SAID_OF_LABELS, record_labels
from labelqa.errors import Refused
from labelqa.frozen import texts
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch, Freeze
from labelqa.records.corrections import LabelSource, RecordLabel
from labelqa.records.facts import (
    AppealRuled,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRaised,
    DisputeRuled,
    Fact,
)
from labelqa.records.names import ItemId, PersonId
from labelqa.records.production import DisputeOutcome
from labelqa.records.review import Sample
from labelqa.records.supervision import SupervisionChecked
from labelqa.workflows.desk import Desk
from labelqa.workflows.golden.retired import counting
from labelqa.workflows.rounds.ancestry import ancestors
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """A frozen batch's items in the order of the frame."""

    ids: tuple[ItemId, ...]
    labels: Mapping[ItemId, str]  # of record as judged; an item without one (disputed, discarded) is not in it
    disputed: frozenset[ItemId]  # by the declared rule or by somebody, ruled on or not
    open_disputes: frozenset[ItemId]  # those that wait for a ruling
    gold: Mapping[ItemId, str]


def frozen_of(batch: Batch) -> Freeze:
    """The freeze of a batch; Refused while it is open."""
    if batch.freeze is None:
        raise Refused("batch {batch} is not frozen yet: labelqa batch freeze {batch} locks it first", batch=batch.name)
    return batch.freeze


def population(desk: Desk, state: State, batch: Batch, sample: Sample | None = None) -> Population:
    """The items of a frozen batch with their labels of record as they were when a sample was drawn.

    Without a sample it is the first one; while none is drawn, labels are as they stand. What is ruled or corrected after
    the draw changes no label here: what was drawn and judged keeps its meaning.
    """
    ids, frozen, disputed, gold = _items(desk, frozen_of(batch).items)
    raised, waiting = _raised(state, batch), _waiting(state, batch)
    gold = counting(state, gold)
    return Population(
        ids=ids, labels=_with(frozen, record_labels(_until_drawn(state, batch, sample), batch.name)), disputed=disputed | raised,
        open_disputes=frozenset(disputed - _ruled(state, batch) | waiting), gold=gold,
    )  # fmt: skip


def labels_of_record(desk: Desk, state: State, batch: Batch) -> dict[ItemId, RecordLabel]:
    """The label of record of each item of a frozen batch as it stands now, and where it comes from.

    Frozen, ruled, or corrected with a re-review that passed, the last of them. An item that an arbitrator discarded or
    sent back, or on whose label nobody has ruled since the freeze, has none and is not in it; one that somebody disputed
    later keeps its label until the ruling.
    """
    _, frozen, _, _ = _items(desk, frozen_of(batch).items)
    changed = record_labels(state.facts.about(f"batch:{batch.name}", *SAID_OF_LABELS), batch.name)
    labels = {item: RecordLabel(label=label, source=LabelSource.FROZEN) for item, label in frozen.items()}
    labels |= {item: label for item, label in changed.items() if label is not None}
    return {item: label for item, label in labels.items() if item not in changed or changed[item] is not None}


def open_disputes(desk: Desk, state: State, batch: Batch) -> frozenset[ItemId]:
    """The items of a frozen batch that wait for a ruling; reads little more than these."""
    table = desk.frozen.read(frozen_of(batch).items, ["item_id", "disputed"])
    some = table.filter(table.column("disputed"))
    disputed = frozenset(map(ItemId, some.column("item_id").to_pylist()))
    return disputed - _ruled(state, batch) | _waiting(state, batch)


def sent_back(state: State, batch: Batch) -> frozenset[ItemId]:
    """The items that an arbitrator sent back and that no correction has given a label of record since."""
    changed = record_labels(state.facts.about(f"batch:{batch.name}", *SAID_OF_LABELS), batch.name)
    rulings = state.rulings.get(batch.name, {})
    return frozenset(
        item for item, label in changed.items() if label is None and rulings[item].outcome is DisputeOutcome.SENT_BACK
    )


def _with(frozen: Mapping[ItemId, str], changed: Mapping[ItemId, RecordLabel | None]) -> dict[ItemId, str]:
    labels = {**frozen, **{item: each.label for item, each in changed.items() if each is not None}}
    return {item: label for item, label in labels.items() if item not in changed or changed[item] is not None}


def judged_labels(desk: Desk, state: State, sample: Sample) -> dict[ItemId, str]:
    """The labels that the verdicts on a sample are about: of record when it was drawn."""
    batch = state.batch(sample.batch)
    _, frozen, _, _ = _items(desk, frozen_of(batch).items)
    return _with(frozen, record_labels(_until_drawn(state, batch, sample), batch.name))


def _until_drawn(state: State, batch: Batch, sample: Sample | None) -> Sequence[Fact]:
    """What was said of labels before a sample was drawn, else before the first one; everything while none is."""
    facts: Facts = state.facts
    drawn = [sample.fact] if sample else [each.fact for each in state.samples.get(batch.name, ())]
    if drawn:
        facts = facts.seen(before=min(drawn))
    return facts.about(f"batch:{batch.name}", *SAID_OF_LABELS)


def _ruled(state: State, batch: Batch) -> frozenset[ItemId]:
    return frozenset(state.rulings.get(batch.name, {}))


def _raised(state: State, batch: Batch) -> frozenset[ItemId]:
    """Items that somebody disputed."""
    told = state.facts.about(f"batch:{batch.name}", DisputeRaised)
    return frozenset(ItemId(body.item) for _, body in in_force(told, DisputeRaised))


def _waiting(state: State, batch: Batch) -> frozenset[ItemId]:
    """Of those, the ones on which nothing was ruled since."""
    rulings = state.rulings.get(batch.name, {})
    told = state.facts.about(f"batch:{batch.name}", DisputeRaised)
    return frozenset(
        ItemId(body.item) for fact, body in in_force(told, DisputeRaised)
        if ItemId(body.item) not in rulings or rulings[ItemId(body.item)].fact < fact.seq
    )  # fmt: skip


def annotators(
    desk: Desk, batch: Batch, items: Collection[ItemId] | None = None, *, among: Collection[PersonId] | None = None
) -> dict[ItemId, set[PersonId]]:
    """Who had a hand in each item of a frozen batch, or in some of them: who labelled it, or changed an answer.

    ``among``: only the items in which one of these people had a hand are told.
    """
    import pyarrow.compute as pc

    wanted, hands = (None if each is None else texts(each) for each in (items, among))
    people: dict[ItemId, set[PersonId]] = {}
    for rows in desk.frozen.stream(frozen_of(batch).annotations, ["item_id", "person", "editor"]):
        some = rows if wanted is None else rows.filter(pc.is_in(rows.column("item_id"), value_set=wanted))
        if hands is not None:
            theirs = (pc.is_in(some.column(name), value_set=hands) for name in ("person", "editor"))
            some = some.filter(pc.or_(*theirs))
        for item, *had in zip(*(some.column(name).to_pylist() for name in some.schema.names), strict=True):
            people.setdefault(ItemId(item), set()).update(PersonId(each) for each in had if each)
    return people


def participants(desk: Desk, batch: Batch) -> frozenset[PersonId]:
    """Everybody who ever had a hand in a frozen batch: also whose work was left out, edited over or replaced."""
    freeze = frozen_of(batch)
    table = desk.frozen.read(freeze.annotations, ["person", "editor"])
    hands = {person for name in table.column_names for person in table.column(name).unique().to_pylist() if person}
    return frozenset(map(PersonId, hands)) | frozenset(freeze.participants)


def took_part(desk: Desk, state: State, batch: Batch) -> frozenset[PersonId]:
    """The participants, and everybody who ever ruled on a dispute or an appeal in it, supervised it or corrected its labels.

    A rework round has those of the earlier rounds as well.
    """
    rounds = (batch, *ancestors(state, batch))
    return frozenset[PersonId]().union(*(participants(desk, each) | hands_after(state, each) for each in rounds))


def hands_after(state: State, batch: Batch) -> frozenset[PersonId]:
    """Who held a duty in a batch after its freeze, beside those who judge: arbitrators, supervisors, correctors."""
    told = state.facts.about(f"batch:{batch.name}", DisputeRuled, AppealRuled, SupervisionChecked, CorrectionRecorded)
    return frozenset(PersonId(_hand(fact.body)) for fact in told)


def _hand(body: DisputeRuled | AppealRuled | SupervisionChecked | CorrectionRecorded) -> str:
    if isinstance(body, AppealRuled):
        return body.by
    if isinstance(body, DisputeRuled):
        return body.arbitrator
    return body.supervisor if isinstance(body, SupervisionChecked) else body.corrector


def re_reviewers(state: State, batch: Batch) -> frozenset[PersonId]:
    """Who looked at corrected labels of a batch."""
    told = state.facts.about(f"batch:{batch.name}", CorrectionReviewed)
    return frozenset(PersonId(fact.body.reviewer) for fact in told)


def _items(
    desk: Desk, digest: str
) -> tuple[tuple[ItemId, ...], dict[ItemId, str], frozenset[ItemId], dict[ItemId, str]]:
    table = desk.frozen.read(digest, ["item_id", "label", "disputed", "gold"])
    ids = tuple(map(ItemId, table.column("item_id").to_pylist()))
    labels = table.column("label").to_pylist()
    disputed = table.column("disputed").to_pylist()
    gold = table.column("gold").to_pylist()
    return (
        ids,
        {item: label for item, label in zip(ids, labels, strict=True) if label is not None},
        frozenset(item for item, open_ in zip(ids, disputed, strict=True) if open_),
        {item: answer for item, answer in zip(ids, gold, strict=True) if answer is not None},
    )
