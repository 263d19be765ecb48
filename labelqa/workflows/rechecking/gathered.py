"""Which items of a frozen batch a changed rulebook can touch, and under which label they would go on.

An item is told by its label of record, rulings included. Where its label may mean something else now, it is looked at
again; where its label is gone, or may have become one of several, no verdict could carry it over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from labelqa.records.batch import Batch
from labelqa.records.names import ItemId
from labelqa.records.recheck import RecheckSource
from labelqa.rulebook.diff import touched_labels
from labelqa.rulebook.mapping import mapped, of_book
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import labels_of_record, population
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True)
class Gathered:
    """One source: its items to look at again with the labels they carry now, and how all of them are counted."""

    batch: Batch
    carried: Mapping[ItemId, str]
    source: RecheckSource
    touched: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an old label by now: what it may be called, and whether a change on the way can have touched it."""

    after: tuple[str, ...]
    touched: bool


def fates(chain: Sequence[Rulebook]) -> dict[str, Fate]:
    """Each label of the first version → its fate in the last; the versions between are gone through one by one.

    So a wording that was declared to mean the same stays so, and a split two versions ago is not forgotten. A label of
    whose successor nothing is said keeps its name or, where no version has it any more, has no successor.
    """
    sets = [of_book(book) for book in chain]
    steps = [touched_labels(old, new) for old, new in pairwise(chain)]
    found: dict[str, Fate] = {}
    for label in sets[0].labels:
        names = [mapped(label, sets[: at + 1]).labels for at in range(len(sets))]
        hit = any(set(names[at]) & step for at, step in enumerate(steps))
        found[label] = Fate(names[-1], hit)
    return found


def gathered(desk: Desk, state: State, batch: Batch, chain: Sequence[Rulebook], *, taken: Set[ItemId]) -> Gathered:
    """The items of a frozen batch that are looked at again; ``chain`` begins with the version of its labels.

    ``taken`` are items that another batch speaks for.
    """
    fate = fates(chain)
    touched = frozenset(label for label, each in fate.items() if each.touched)
    now = labels_of_record(desk, state, batch)
    ids = [item for item in population(desk, state, batch).ids if item not in taken]
    carried: dict[ItemId, str] = {}
    relabel = untouched = unsettled = 0
    for item in ids:
        label = now[item].label if item in now else None
        known = fate.get(label) if label is not None else None
        if label is None:
            unsettled += 1
        elif known is None or len(known.after) != 1:
            relabel += 1
        elif known.touched:
            carried[item] = known.after[0]
        else:
            untouched += 1
    source = RecheckSource(
        batch=batch.name, release=batch.release, items=len(ids), frame=len(carried), relabel=relabel,
        untouched=untouched, unsettled=unsettled,
    )  # fmt: skip
    return Gathered(batch, carried, source, touched)
