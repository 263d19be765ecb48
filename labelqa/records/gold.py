"""The gold register as it is shown: each answer fixed beforehand, how often it was seen, and whether it wears out.

Values only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from labelqa.errors import Message
from labelqa.records.estimate import Figure
from labelqa.records.names import ItemId, PersonId


class GoldState(StrEnum):
    """Where a gold answer stands."""

    IN_USE = "in-use"
    DUE = "due"  # it was answered as often as policy gold-exposures allows: it is to be rotated
    SUSPECTED = "suspected"  # answers became right more often: it may be known
    RETIRED = "retired"  # it counts no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """Why and since when a gold answer counts no longer."""

    item_id: ItemId
    label: str
    reason: str
    by: PersonId
    at: datetime
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldLine:
    """One gold item: answers so far, by how many people, and how often they were right, at first and since.

    ``often`` is how many times each person saw it, most first. ``right`` is over all answers of people in frozen
    batches; ``early`` and ``late`` over the earlier and the later half of them, and ``change`` the difference.
    """

    item_id: ItemId
    label: str
    state: GoldState
    exposures: int
    people: int
    often: tuple[tuple[PersonId, int], ...]
    right: Figure
    early: Figure
    late: Figure
    change: Figure
    retired: Retired | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRegister:
    """The register: every gold item, and the policy by which they are rotated."""

    lines: tuple[GoldLine, ...]
    limit: int | None  # policy gold-exposures; None where none is declared
    names: Mapping[PersonId, str] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a rotation would take out of use, and how many new gold items keep the register at its size."""

    due: tuple[GoldLine, ...]
    suspected: tuple[GoldLine, ...]
    in_use: int  # before the rotation
    needed: int  # new items
    limit: int | None
    low: Mapping[str, int] = field(default_factory=dict)  # by label: gold items that stay
