"""Which imports the ledger tells of: what is staged counts only by its fact, and indexes answer however many there are.

It reads facts alone and never the intake.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from labelqa.intake import Among
from labelqa.records.facts import KINDS, ImportCounted
from labelqa.workflows.desk import Desk


def told_of(desk: Desk) -> Among:
    """Asked about some imports, it gives those that the ledger has a fact about."""

    def among(numbers: Collection[int]) -> set[int]:
        view = desk.ledger.view()
        return {each for each in numbers if view.said_after(0, f"import:{each}", ImportCounted)}

    return among


def last_import(desk: Desk) -> int:
    """The number of the last import that the ledger has a fact about; 0 for none. They are counted in their order."""
    return next((fact.body.import_no for fact in desk.ledger.view().latest(1, kind=KINDS[ImportCounted])), 0)


def counted_by(desk: Desk, known: datetime) -> set[int]:
    """The numbers of the imports that the ledger had a fact about by a time."""
    return {fact.body.import_no for fact in desk.ledger.view().seen(known=known).of(ImportCounted)}
