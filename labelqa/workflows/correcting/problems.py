"""What was found wrong in a batch and is not answered yet, read from the ledger; nothing is recorded here."""

from __future__ import annotations

from labelqa.batches.corrections import SAID_OF_PROBLEMS, completeness
from labelqa.records.batch import Batch
from labelqa.records.corrections import Completeness
from labelqa.records.facts import AppealRuled
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


def completeness_of(desk: Desk, state: State, batch: Batch) -> Completeness:
    """Every item of a batch with a recorded problem, where it stands, and the closing rate."""
    told = [*state.facts.about(f"batch:{batch.name}", *SAID_OF_PROBLEMS), *state.facts.of(AppealRuled)]
    return completeness(told, batch.name, confidence=desk.settings.confidence)
