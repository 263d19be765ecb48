"""Accepted counts for payment: what was delivered, accepted, sent back and voided, by organizer and batch.

An item is paid for once, in the round in which it was accepted. Nothing here knows a price.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from labelqa.batches.rounds import accepted_once
from labelqa.errors import BadInput
from labelqa.records.acceptance import AcceptedCounts, CountLine
from labelqa.records.batch import Batch, Conclusion
from labelqa.records.corrections import LabelSource, RecordLabel
from labelqa.records.names import BatchName, ItemId
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import labels_of_record
from labelqa.workflows.rounds.ancestry import rounds_of
from labelqa.workflows.rounds.returned import gone_back
from labelqa.workflows.state import State, read_state


def accepted_counts(
    desk: Desk, *, start: datetime | None = None, end: datetime | None = None, organizer: str = ""
) -> AcceptedCounts:
    """The frozen batches that were settled from ``start`` to before ``end``, by organizer, then by first batch and round.

    Batches in which labels are looked at again are left out: nothing was labelled in them. BadInput for an organizer of
    no batch.
    """
    state = read_state(desk)
    batches = [each for each in state.labelled() if each.freeze is not None]
    if organizer and organizer not in {each.organizer for each in batches}:
        raise BadInput("no frozen batch is of the organizer {organizer}", organizer=organizer)
    firsts = {rounds_of(state, each)[0].name for each in batches if organizer in {"", each.organizer}}
    lines = [line for name in firsts for line in _lines(desk, state, state.batch(name))]
    inside = [
        each for each in lines
        if (start is None or (each.settled_at is not None and each.settled_at >= start))
        and (end is None or (each.settled_at is not None and each.settled_at < end))
    ]  # fmt: skip
    totals: Counter[str] = Counter()
    for each in inside:
        totals[each.organizer] += each.accepted
    return AcceptedCounts(
        lines=tuple(sorted(inside, key=lambda each: (each.organizer, each.first, each.round, each.batch))),
        totals=dict(sorted(totals.items())), start=start, end=end,
    )  # fmt: skip


def accepted_in(
    rounds: Sequence[Batch], labels: Mapping[BatchName, Mapping[ItemId, RecordLabel]]
) -> dict[BatchName, int]:
    """How many items each of these rounds is accepted with: those with a label of record, each in one round alone.

    What an arbitrator discarded, or sent back, has none. ``labels`` are those of record by batch; a round without any
    (not frozen yet) has no accepted items.
    """
    return accepted_once((each.name, each.conclusion, labels.get(each.name, {}).keys()) for each in rounds)


def labels_in(desk: Desk, state: State, rounds: Sequence[Batch]) -> dict[BatchName, dict[ItemId, RecordLabel]]:
    """The labels of record of the frozen ones of these rounds."""
    return {each.name: labels_of_record(desk, state, each) for each in rounds if each.freeze is not None}


def _lines(desk: Desk, state: State, first: Batch) -> list[CountLine]:
    rounds = [each for each in rounds_of(state, first) if each.freeze is not None]
    labels = labels_in(desk, state, rounds)
    paid = accepted_in(rounds, labels)
    return [
        _line(desk, state, first.name, each, paid[each.name], sum(
            label.source is LabelSource.CORRECTED for label in labels[each.name].values()
        ))
        for each in rounds
    ]  # fmt: skip


def _line(desk: Desk, state: State, first: BatchName, batch: Batch, accepted: int, corrected: int) -> CountLine:
    delivered = batch.freeze.n_items if batch.freeze else 0
    returned = len(gone_back(desk, state, batch))
    voided = delivered if batch.conclusion is Conclusion.VOID else 0
    taken = batch.conclusion is Conclusion.ACCEPT
    return CountLine(
        organizer=batch.organizer, requester=batch.requester, first=first, batch=batch.name, round=batch.round,
        conclusion=batch.conclusion, settled_at=batch.settled_at, delivered=delivered, accepted=accepted,
        returned=returned, voided=voided, waiting=max(0, delivered - accepted - returned - voided),
        corrected=corrected if taken else 0,
    )  # fmt: skip
