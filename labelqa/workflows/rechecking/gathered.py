"""Which items of a frozen batch a changed rulebook can touch, and under which label they would go on.

An item is told by its label of record, rulings included. Where its label may mean something else now, it is looked at
again; where its label is gone, or may have become one of several, no verdict could carry it over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labelqa.records.batch import Batch
from labelqa.records.names import ItemId
from labelqa.records.recheck import RecheckSource
from labelqa.rulebook.diff import touched_labels
from labelqa.rulebook.model import Changes, Rulebook
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import population
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True)
class Gathered:
    """One source: its items to look at again with the labels they carry now, and how all of them are counted."""

    batch: Batch
    carried: Mapping[ItemId, str]
    source: RecheckSource
    touched: frozenset[str]


def carried_to(old: Rulebook, new: Rulebook) -> dict[str, tuple[str, ...]]:
    """Old label → the labels that it may be now: itself, what it was renamed, split or merged into, or nothing.

    Declarations of ``new`` hold against the version that they name; a label that they do not name stays itself.
    """
    known = {label.value for label in new.labels}
    changes = new.changes if new.changes is not None and new.changes.since == old.version else Changes(since="")
    declared = {label: change.after for change in changes.labels for label in change.before}
    return {
        label.value: tuple(each for each in declared.get(label.value, (label.value,)) if each in known)
        for label in old.labels
    }


def gathered(desk: Desk, state: State, batch: Batch, old: Rulebook, new: Rulebook, *, taken: set[ItemId]) -> Gathered:
    """The items of a frozen batch that are looked at again; ``taken`` are those that a later batch speaks for."""
    touched, carried_label = touched_labels(old, new), carried_to(old, new)
    people = population(desk, state, batch)
    ids = [item for item in people.ids if item not in taken]
    carried: dict[ItemId, str] = {}
    relabel = untouched = unsettled = 0
    for item in ids:
        label = people.labels.get(item)
        after = carried_label.get(label, ()) if label is not None else ()
        if label is None:
            unsettled += 1
        elif len(after) != 1:
            relabel += 1
        elif label in touched:
            carried[item] = after[0]
        else:
            untouched += 1
    source = RecheckSource(
        batch=batch.name, release=batch.release, items=len(ids), frame=len(carried), relabel=relabel,
        untouched=untouched, unsettled=unsettled,
    )  # fmt: skip
    return Gathered(batch, carried, source, touched)
