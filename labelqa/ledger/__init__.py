"""The ledger: facts about quality work, appended and chained, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labelqa.ledger.ledger import Ledger
    from labelqa.ledger.store import open_ledger

__all__ = ["Ledger", "open_ledger"]


def __getattr__(name: str) -> Any:
    """The public names, when they are asked for: a quick verification does without the database's toolkit."""
    if name == "Ledger":
        from labelqa.ledger.ledger import Ledger

        return Ledger
    if name == "open_ledger":
        from labelqa.ledger.store import open_ledger

        return open_ledger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
