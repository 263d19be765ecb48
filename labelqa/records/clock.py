"""Moments as text: UTC, microseconds, one spelling, so that text sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(4096)
def moment_text(moment: datetime) -> str:
    """A moment in the ledger's spelling.

    >>> moment_text(datetime(2026, 11, 21, 8, 30, tzinfo=UTC))
    '2026-11-21T08:30:00.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone, got {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@lru_cache(4096)
def moment_of(text: str) -> datetime:
    """The moment that :func:`moment_text` wrote; ValueError for any other spelling."""
    moment = datetime.fromisoformat(text)
    if moment_text(moment) != text:
        raise ValueError(f"not a moment in the ledger's spelling: {text!r}")
    return moment


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
