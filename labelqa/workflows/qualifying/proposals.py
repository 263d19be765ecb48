"""Suspensions for quality as the declared rule proposes them now, from the gold items of frozen batches.

Nothing is recorded: a named person decides. Answers on gold that was retired since, and answers given before the last
decision on the person in that line, are not counted: what was decided once is not proposed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from labelqa.people.qualification import release_line
from labelqa.people.suspending import GoldCount, Proposal, propose
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch, Freeze
from labelqa.records.facts import GoldRetired
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Standing
from labelqa.records.policy import Policy
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state

_OUT = frozenset({Standing.SUSPENDED, Standing.CANCELLED})


def suspension_proposals(desk: Desk, state: State | None = None) -> tuple[Proposal, ...]:
    """Everybody whose accuracy on gold lies wholly below policy suspend-below, by person and line.

    Empty while no such policy is declared. Who is suspended or cancelled in that line already is left out.
    """
    now = state or read_state(desk)
    policies = now.policies
    if policies.suspend_below is None:
        return ()
    told = (policies.last(each) for each in (Policy.SUSPEND_BELOW, Policy.SUSPEND_ITEMS))
    rules = tuple(each.fact for each in told if each is not None)
    counts = [count for batch in now.batches.values() for count in _counts(desk, now, batch)]
    found = propose(
        counts, below=policies.suspend_below, least=policies.suspend_items, confidence=desk.settings.confidence,
        rules=rules,
    )  # fmt: skip
    at = desk.clock()
    return tuple(each for each in found if _working(now, each, at))


def _working(state: State, proposal: Proposal, at: datetime) -> bool:
    """Whether somebody is a registered person who is not withheld from labeling in that line already."""
    known = state.people.get(proposal.person)
    if known is None or known.model:
        return False
    return state.qualification(proposal.person, f"{proposal.line}.0.0", at, Duty.EXECUTOR).standing not in _OUT


def _counts(desk: Desk, state: State, batch: Batch) -> Iterator[GoldCount]:
    """Right and checked answers of each person on the gold items of a frozen batch."""
    if batch.freeze is None or not batch.release or batch.recheck:
        return
    line = release_line(ReleaseName(batch.release))
    since = {person: _decided(state, person, line) for person in state.decisions}
    tally: dict[PersonId, list[int]] = {}
    for person, made, right in _answers(desk, state, batch.freeze):
        last = since.get(person)
        if last is None or (made is not None and made > last):
            counted = tally.setdefault(person, [0, 0])
            counted[0] += right
            counted[1] += 1
    for person, (hits, n) in sorted(tally.items()):
        yield GoldCount(
            person=person, line=line, batch=batch.name, frozen=batch.freeze.annotations, fact=batch.freeze.fact,
            right=hits, n=n,
        )  # fmt: skip


def _decided(state: State, person: PersonId, line: str) -> datetime | None:
    """When the last decision on somebody was made that concerns labeling in a line."""
    told = (each for each in state.decisions[person] if each.line in {"", line})
    return max((each.at for each in told if each.duty in {None, Duty.EXECUTOR}), default=None)


def _answers(desk: Desk, state: State, freeze: Freeze) -> Iterator[tuple[PersonId, datetime | None, bool]]:
    """Who answered a gold item when, and whether rightly; models' answers are left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    retired = {fact.body.item for fact in state.facts.of(GoldRetired)}
    items = desk.frozen.read(freeze.items, ["item_id", "gold"], where=pc.field("gold").is_valid())
    gold = dict(zip(items.column("item_id").to_pylist(), items.column("gold").to_pylist(), strict=True))
    wanted = [item for item in gold if item not in retired]
    if not wanted:
        return
    columns = ["item_id", "person", "label", "created_at", "origin"]
    where = pc.field("item_id").isin(pa.array(wanted, pa.string()))
    table = desk.frozen.read(freeze.annotations, columns, where=where)
    for item, person, label, made, origin in zip(*(table.column(each).to_pylist() for each in columns), strict=True):
        if label is not None and origin != Origin.MACHINE:
            yield PersonId(person), made, label == gold[item]
