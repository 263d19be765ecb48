"""When somebody's work in a batch began, without reading every piece of it.

Where an assignment stood by then for the whole batch and did not end, no piece of it can be outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from labelqa.records.batch import Batch
from labelqa.records.hands import Hand
from labelqa.records.names import BatchName
from labelqa.records.people import Duty
from labelqa.workflows.desk import Desk


class Beginnings:
    """The first times of people's work in some batches; the files of answers are read at once."""

    def __init__(self, desk: Desk, batches: Iterable[Batch]) -> None:
        from labelqa.reduce.lookup import earliest

        self._desk = desk
        self._files: dict[BatchName, Path] = {
            each.name: desk.frozen.checked(each.freeze.annotations) for each in batches if each.freeze
        }
        self._answered = earliest(sorted(set(self._files.values())))

    def before(self, hand: Hand, since: datetime) -> bool:
        """Whether some of the work in a duty is of a time before ``since``."""
        times = [self._desk.ledger.earliest_work(hand.batch, hand.person)]
        if hand.duty is Duty.EXECUTOR and hand.batch in self._files:
            times.append(self._answered.get((self._files[hand.batch], hand.person)))
        return any(at is not None and at < since for at in times)
