"""A number with how sure it is, or the reason why it is unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from labelqa.errors import InsufficientData, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number, its interval, and how both were made; shares are 0–1, never percent."""

    point: float
    low: float
    high: float
    confidence: float
    method: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A number that cannot be known, the stable code of the reason, the sentence, and how many cases there were."""

    reason: str
    message: Message = field(default_factory=lambda: Message(""))
    n: int = 0


Figure: TypeAlias = Estimate | Unknown


def unknown(error: InsufficientData, *, n: int = 0) -> Unknown:
    """The row that an unknowable number leaves in a table."""
    return Unknown(reason=error.reason, message=error.message, n=n)
