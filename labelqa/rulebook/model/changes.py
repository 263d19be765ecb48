"""What a version says of the one before: a summary, labels that were split or merged, edits without a change of meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelqa.rulebook.model.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """Labels that were renamed, split or merged: what carried ``before`` carries one of ``after`` now."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameMeaning:
    """A named declaration that an edited part means what it meant; ``part`` is as ``labelqa rulebook diff`` spells it."""

    part: str
    by: str  # a pseudonym
    reason: Text
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Against version ``since``; ``clarifications`` are the numbers of those that this version takes in."""

    since: str
    summary: Text = Text()
    labels: tuple[LabelChange, ...] = ()
    same_meaning: tuple[SameMeaning, ...] = ()
    clarifications: tuple[int, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
