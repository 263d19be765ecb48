"""The ledger: facts about quality work, appended and chained, never changed."""

from __future__ import annotations

from labelqa.ledger.ledger import Ledger
from labelqa.ledger.store import open_ledger

__all__ = ["Ledger", "open_ledger"]
