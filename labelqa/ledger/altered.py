"""How an altered fact is told: its number, its kind and what it is about, as far as its text still says so.

Says nothing about why; whoever had access to the database knows.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from labelqa.errors import Message
from labelqa.records.finding import Finding, Place, finding

RESTORE: Final = Message("restore the ledger from a backup made before it was altered, and find out who had access")


def place_of(seq: int, subjects: str = "") -> Place:
    """The place of a fact: its number, and what it is about."""
    return Place(subject=f"fact:{seq} {subjects}".strip())


def raw_of(text: str) -> dict[str, Any]:
    """The values in a fact's text; none where it holds no object."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError):
        return {}


def subjects_of(raw: dict[str, Any]) -> list[str]:
    """The subjects among a fact's values."""
    told = raw.get("subjects")
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []


def about(text: str) -> str:
    """Kind and subjects of a fact as its text tells them; "" where it tells none."""
    raw = raw_of(text)
    return " ".join([str(raw.get("kind", "")), *subjects_of(raw)]).strip()


def altered(seq: int, told: str) -> Finding:
    """The finding about a fact whose text does not give its hash."""
    return finding(
        "LG001", "fact {seq} ({about}) was altered: its text does not give its hash", mend=RESTORE,
        place=place_of(seq, told), seq=seq, about=told,
    )  # fmt: skip


def missing(seq: int, expected: int, told: str) -> Finding:
    """The finding about facts that are not there before a fact."""
    return finding(
        "LG002", "facts are missing before fact {seq}: fact {want} should stand there", mend=RESTORE,
        place=place_of(seq, told), seq=seq, want=expected,
    )  # fmt: skip
