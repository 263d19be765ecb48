"""The items of a frozen batch with their label of record, rulings included, and who labelled what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from labelqa.errors import Refused
from labelqa.records.batch import Batch, Freeze
from labelqa.records.facts import DisputeRuled
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.supervision import SupervisionChecked
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """A frozen batch's items in the order of the frame."""

    ids: tuple[ItemId, ...]
    labels: Mapping[ItemId, str]  # of record; an item still disputed is not in it
    disputed: frozenset[ItemId]  # by the declared rule, ruled on or not
    open_disputes: frozenset[ItemId]
    gold: Mapping[ItemId, str]


def frozen_of(batch: Batch) -> Freeze:
    """The freeze of a batch; Refused while it is open."""
    if batch.freeze is None:
        raise Refused("batch {batch} is not frozen yet: labelqa batch freeze {batch} locks it first", batch=batch.name)
    return batch.freeze


def population(desk: Desk, state: State, batch: Batch) -> Population:
    """The items of a frozen batch as they stand after the rulings so far."""
    ids, frozen, disputed, gold = _items(desk, frozen_of(batch).items)
    rulings = {item: ruling.label for item, ruling in state.rulings.get(batch.name, {}).items()}
    return Population(
        ids=ids, labels=frozen | rulings, disputed=disputed, open_disputes=disputed - rulings.keys(), gold=gold
    )


def open_disputes(desk: Desk, state: State, batch: Batch) -> frozenset[ItemId]:
    """The items of a frozen batch that still have no label of record; reads little more than these."""
    import pyarrow.compute as pc

    table = desk.frozen.read(frozen_of(batch).items, ["item_id"], where=pc.field("disputed"))
    return frozenset(map(ItemId, table.column("item_id").to_pylist())) - state.rulings.get(batch.name, {}).keys()


def annotators(desk: Desk, batch: Batch, items: Collection[ItemId] | None = None) -> dict[ItemId, set[PersonId]]:
    """Who had a hand in each item of a frozen batch, or in some of them: who labelled it, or changed an answer."""
    import pyarrow as pa
    import pyarrow.compute as pc

    where = None if items is None else pc.field("item_id").isin(pa.array(list(items), pa.string()))
    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "person", "editor"], where=where)
    people: dict[ItemId, set[PersonId]] = {}
    for item, *hands in zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True):
        people.setdefault(ItemId(item), set()).update(PersonId(each) for each in hands if each)
    return people


def participants(desk: Desk, batch: Batch) -> frozenset[PersonId]:
    """Everybody who ever had a hand in a frozen batch: also whose work was left out, edited over or replaced."""
    freeze = frozen_of(batch)
    table = desk.frozen.read(freeze.annotations, ["person", "editor"])
    hands = {person for name in table.column_names for person in table.column(name).unique().to_pylist() if person}
    return frozenset(map(PersonId, hands)) | frozenset(freeze.participants)


def took_part(desk: Desk, state: State, batch: Batch) -> frozenset[PersonId]:
    """The participants, and everybody who ever ruled on one of its disputes or supervised it."""
    others = {PersonId(person) for fact in state.facts if (person := _other_duty(fact.body, batch.name))}
    return participants(desk, batch) | others


def _other_duty(body: object, batch: BatchName) -> str:
    """Who ruled or supervised in the batch by this fact; "" for nobody."""
    if isinstance(body, DisputeRuled) and body.batch == batch:
        return body.arbitrator
    return body.supervisor if isinstance(body, SupervisionChecked) and body.batch == batch else ""


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
