"""What waits for one person: groups of items by what is to be done with them, and one item with all that doing it needs.

Values only. Who labelled an item is in none of them, but for work that a supervisor looks at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from labelqa.errors import Message
from labelqa.records.work import ScoreLine


class Waiting(StrEnum):
    """What is to be done."""

    REVIEW = "review"  # a verdict on a drawn item
    ARBITRATE = "arbitrate"  # a ruling on a dispute
    RE_REVIEW = "re-review"  # a verdict on a corrected label
    HIT = "hit"  # confirm or overturn suspected illegal or harmful content
    SUPERVISE = "supervise"  # a word on a drawn piece of somebody's work


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What waits for a person in one batch or sample: ``keys`` are items (pieces of work for a supervisor), in order."""

    waiting: Waiting
    batch: str
    name: str  # of the sample or the supervision; the batch's for the others
    keys: tuple[str, ...]
    open: tuple[str, ...]  # of them, those that nothing was said of


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One answer as it is to be looked at: what it is called, and the answer of each control."""

    title: Message
    answers: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""  # in its stored spelling
    votes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingItem:
    """One item with everything that judging it needs, in the reader's language."""

    waiting: Waiting
    batch: str
    name: str
    key: str
    item_id: str
    release: str
    control: str
    kind: str  # a ControlKind, "" where nobody knows it
    safety: bool  # of safety labeling
    data: Mapping[str, Any]
    pictures: Mapping[str, bytes]
    versions: tuple[Version, ...]
    notes: tuple[Message, ...]  # what has to be known before judging
    labels: Mapping[str, str]  # value → title
    rules: Mapping[str, str]  # id → statement
    defects: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[ScoreLine, ...] = ()
    can_be_blind: bool = False
    wants_checks: bool = False
    said: str = ""  # the verdict that is in force by this person, "" for none
