"""How times, targets and digests are written in handbooks and forms."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from labelqa.i18n import N_, Speaker


def moment(at: datetime | None, zone: str, say: Speaker) -> str:
    """A time with its zone, to the minute; the word for none where there is none."""
    if at is None:
        return say(N_("not set"))
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def target(figure: str) -> str:
    """A target figure as people write it.

    >>> target(">= 95%")
    '≥ 95%'
    """
    return figure.replace(">=", "≥").replace("<=", "≤")


def quartered(digest: str) -> str:
    """A digest in groups of eight, as people compare it.

    >>> quartered("0123456789abcdef")
    '01234567 89abcdef'
    """
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))
