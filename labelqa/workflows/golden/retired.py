"""Which gold answers count as of a moment: a retired one counts no longer, in frozen batches neither.

The frozen files stay as they are; whoever reads gold asks here what of it still counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from labelqa.batches.checks import in_force
from labelqa.records.facts import GoldRetired
from labelqa.records.gold import Retired
from labelqa.records.names import ItemId, PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


def retired_gold(state: State) -> dict[ItemId, Retired]:
    """The gold items that were retired, as the state knows it."""
    return {
        ItemId(body.item): Retired(
            item_id=ItemId(body.item), label=body.label, reason=body.reason, by=PersonId(body.by), at=fact.effective_at,
            fact=fact.seq,
        )
        for fact, body in in_force(state.facts.of(GoldRetired), GoldRetired)
    }  # fmt: skip


def counting(state: State, gold: Mapping[ItemId, str]) -> dict[ItemId, str]:
    """Of some gold answers those that count."""
    gone = retired_gold(state)
    return {item: label for item, label in gold.items() if item not in gone}


def gold_in_use(desk: Desk, state: State) -> dict[ItemId, str]:
    """labelqa's own register less what was retired; the gold flags of other programs never count."""
    return counting(state, desk.intake.gold())
