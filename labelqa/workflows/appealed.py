"""Which verdicts of a batch an appeal overturned, read from the ledger; nothing is decided here."""

from __future__ import annotations

from labelqa.batches.appealing import upheld
from labelqa.records.batch import Batch
from labelqa.records.facts import AppealFiled, AppealRuled
from labelqa.workflows.state import State


def upheld_in(state: State, batch: Batch) -> dict[int, int]:
    """The verdicts of a batch that an upheld appeal overturned: the verdict's fact → the ruling's."""
    return upheld(state.facts.about(f"batch:{batch.name}", AppealFiled, AppealRuled))
