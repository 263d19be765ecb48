"""The projects of returned work with what is still open in each, as the ledger alone tells; no server is asked."""

from __future__ import annotations

from collections.abc import Collection

from labelqa.records.names import BatchName, ItemId
from labelqa.workflows.correcting import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.rework_rounds import still_waiting
from labelqa.workflows.sending.rework_sent import ReworkProject, rework_projects
from labelqa.workflows.state import State, read_state


def rework_lines(desk: Desk, batch: str = "") -> list[tuple[ReworkProject, int]]:
    """Every project (of a batch, or of all), ended ones too, with how many of its items are open."""
    state = read_state(desk)
    if batch:
        state.batch(batch)
    projects = rework_projects(state.facts, batch=batch)
    open_ = {name: frozenset(open_items(desk, state, name)) for name in dict.fromkeys(each.batch for each in projects)}
    return [(each, 0 if each.ended else len(each.items & open_[each.batch])) for each in projects]


def open_items(desk: Desk, state: State, name: BatchName) -> Collection[ItemId]:
    """The items of a batch that are not answered for good: with an open problem, or waited for by an open round."""
    batch = state.batch(name)
    if batch.conclusion is not None:
        return ()
    if batch.freeze is None:
        return still_waiting(desk, state, batch)
    return completeness_of(desk, state, batch).open_items
