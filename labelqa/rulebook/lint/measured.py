"""How long people take, as batches labelled under a release have shown: what a time budget is held against.

Nothing is measured here; the figures come from whoever counted them, each with its interval and n.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """The median of the time that an item took, in seconds, with the ends of its interval and the items counted."""

    median: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Time per item: of all items, and of those that a rule decided, by rule id. What is unknown is left out."""

    item: Seconds | None = None
    rules: Mapping[str, Seconds] = field(default_factory=dict, hash=False)

    def __bool__(self) -> bool:
        return self.item is not None or bool(self.rules)


UNMEASURED: Final = Measured()
