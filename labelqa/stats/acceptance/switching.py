"""Switching between normal and tightened inspection over batches that are judged one after another.

Rules of ISO 2859-1:1999, clause 9 (GB/T 2828.1—2012, clause 9), as public study notes quote them; the standard itself
was not seen. Reduced inspection is not offered, since its tables have no source here; the switching score that would
lead to it is kept all the same. Only batches at their first inspection count: one that comes again after it was mended
is not told to :func:`after`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

WINDOW: Final = 5  # batches that are looked back at
TOO_MANY: Final = 2  # not accepted within the window: inspection is tightened
PATIENCE: Final = 5  # not accepted on tightened inspection, all in all: sampling is discontinued
REDUCED_FROM: Final = 30  # score from which reduced inspection could be talked about


class Inspection(StrEnum):
    """How strictly the next batch is inspected."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    DISCONTINUED = "discontinued"  # no sampling until the cause is removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Where a stream of batches stands; a new stream begins at normal inspection."""

    inspection: Inspection = Inspection.NORMAL
    recent: tuple[bool, ...] = ()  # accepted or not: the last five at most since this inspection began, oldest first
    rejected: int = 0  # not accepted since tightened inspection began
    score: int = 0  # switching score, on normal inspection
    lots: int = 0  # batches judged so far


def after(switch: Switch, accepted: bool, *, ac: int, accepted_tighter: bool | None = None) -> Switch:
    """The state after one more batch at its first inspection.

    ``ac`` is the plan's acceptance number; ``accepted_tighter`` says whether the batch would have been accepted at the
    next smaller AQL (None where that is not known: the score begins anew). Both matter to the score alone.

    >>> bad = after(after(Switch(), False, ac=2), False, ac=2)
    >>> bad.inspection
    <Inspection.TIGHTENED: 'tightened'>
    """
    if switch.inspection is Inspection.DISCONTINUED:
        raise ValueError("sampling is discontinued: no batch is judged until it is resumed")
    recent = (*switch.recent, accepted)[-WINDOW:]
    lots = switch.lots + 1
    if switch.inspection is Inspection.NORMAL:
        if recent.count(False) >= TOO_MANY:
            return Switch(inspection=Inspection.TIGHTENED, lots=lots)
        return replace(switch, recent=recent, lots=lots, score=_score(switch.score, accepted, ac, accepted_tighter))
    rejected = switch.rejected + (not accepted)
    if rejected >= PATIENCE:
        return Switch(inspection=Inspection.DISCONTINUED, recent=recent, rejected=rejected, lots=lots)
    if len(recent) == WINDOW and all(recent):
        return Switch(lots=lots)
    return replace(switch, recent=recent, rejected=rejected, lots=lots)


def _score(score: int, accepted: bool, ac: int, accepted_tighter: bool | None) -> int:
    """Clause 9.3.3.2: 2 more for Ac 0 or 1, 3 more for a larger one if a tighter AQL would have accepted; else 0 again."""
    if not accepted:
        return 0
    if ac <= 1:
        return score + 2
    return score + 3 if accepted_tighter else 0


def resumed(switch: Switch) -> Switch:
    """The state once the cause is removed and the requester agrees: tightened inspection begins anew."""
    if switch.inspection is not Inspection.DISCONTINUED:
        raise ValueError(f"sampling is not discontinued but {switch.inspection}")
    return Switch(inspection=Inspection.TIGHTENED, lots=switch.lots)
