"""What a rework round holds: the items that went back, with the work done on them since; and items that never come back.

An annotation belongs to a round when it was made, or changed, at or after the return. What was there before never counts
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.intake import AnnotationRow
from labelqa.records.batch import Batch, Conclusion
from labelqa.records.clock import micros
from labelqa.records.facts import BatchReturned
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.matching import Matching
from labelqa.workflows.rounds.ancestry import judged_before
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The items of a rework round, since when work on them belongs to it, and who may not do that work."""

    items: frozenset[ItemId]
    since: datetime
    judges: frozenset[PersonId] = frozenset()  # they judged an earlier round

    def why_out(self, row: AnnotationRow) -> str:
        """The reason for which an annotation of one of the items stays out; "" when it belongs to the round."""
        made = made_at(row)
        if made is None or made < micros(self.since):
            return "before-return"
        return "judged-before" if {row.person, row.editor} & self.judges else ""


def made_at(row: AnnotationRow) -> int | None:
    """When an answer was made as it stands: when it was changed last, where it ever was; None where nobody knows.

    >>> row = AnnotationRow(1, 1, 1, PersonId("p"), "", 50, None, False, False, "", "", 1, None, "", 90)
    >>> made_at(row), made_at(row._replace(rev=2)), made_at(row._replace(created_at=None))
    (50, 90, None)
    """
    if row.rev == row.annotation:
        return row.created_at
    return max((each for each in (row.created_at, row.updated_at) if each is not None), default=None)


def returned_of(desk: Desk, state: State, batch: Batch) -> Returned | None:
    """What a rework round holds; None for a batch that is none."""
    if not batch.parent:
        return None
    told = in_force(state.facts.about(f"batch:{batch.name}", BatchReturned), BatchReturned)
    fact, body = next((fact, body) for fact, body in told if body.child == batch.name)
    items = frozenset(map(ItemId, body.items)) or frozen_items(desk, state.batch(batch.parent))
    return Returned(items=items, since=fact.effective_at, judges=judged_before(state, batch))


def frozen_items(desk: Desk, batch: Batch) -> frozenset[ItemId]:
    """The items of a frozen batch; none while it is open."""
    if batch.freeze is None:
        return frozenset()
    table = desk.frozen.read(batch.freeze.items, ["item_id"])
    return frozenset(map(ItemId, table.column("item_id").to_pylist()))


def gone_back(desk: Desk, state: State, batch: Batch) -> frozenset[ItemId]:
    """The items of a batch that a rework round waits for or has frozen; what a frozen round left out may go back again."""
    found: set[ItemId] = set()
    for each in state.batches.values():
        if each.parent == batch.name:
            known = returned_of(desk, state, each)
            found |= frozen_items(desk, each) if each.freeze or known is None else known.items
    return frozenset(found)


def voided_items(desk: Desk, state: State) -> frozenset[ItemId]:
    """The items of void batches: they are never batched again (GB/T 45674—2025, 8.2 g) and 8.3 c))."""
    return frozenset[ItemId]().union(
        *(frozen_items(desk, each) for each in state.batches.values() if each.conclusion is Conclusion.VOID)
    )


def open_rounds(desk: Desk, state: State, *, but: BatchName) -> dict[ItemId, Returned]:
    """By item the rework round that waits for it, other than one."""
    found: dict[ItemId, Returned] = {}
    for each in state.batches.values():
        if each.parent and each.freeze is None and each.name != but:
            known = returned_of(desk, state, each)
            if known is not None:
                found |= dict.fromkeys(known.items, known)
    return found


def claim_of(desk: Desk, state: State, batch: Batch) -> Callable[[ItemId, AnnotationRow], bool]:
    """Whether an annotation of an item is one that a batch's round may hold; a first batch asks for nothing more."""
    known = returned_of(desk, state, batch)
    if known is None:
        return lambda _item, _row: True
    return lambda item, row: item in known.items and not known.why_out(row)


def begun_items(desk: Desk, state: State, batch: Batch) -> Iterator[int]:
    """The numbers of the items of which a batch, or a rework round, holds work already; some come several times."""
    claims, matching = claim_of(desk, state, batch), Matching(desk, batch.where)
    known = returned_of(desk, state, batch)
    items = matching.items(each for each in desk.intake.items() if known is None or each.item_id in known.items)
    for row in desk.intake.annotations():
        item = items.get(row.item_no)
        if item is not None and matching.holds(row) and claims(item.item_id, row):
            yield row.item_no
