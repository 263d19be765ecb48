"""Rework rounds of a batch as they are shown: what each came to, and the risk that all of them carry together.

Values only; what they are read from stands in :mod:`labelqa.records.production`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labelqa.errors import Message
from labelqa.records.batch import Conclusion, Stage
from labelqa.records.estimate import Figure
from labelqa.records.names import BatchName
from labelqa.records.production import RoundScope


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDone:
    """What a return recorded."""

    batch: BatchName
    child: BatchName
    round: int
    scope: RoundScope
    items: int
    release: str
    card: bool  # the card of the batch was copied for the round
    left: int  # items of the batch that did not go back and are not accepted by this


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRisk:
    """The chance that a round accepts what is not better than the accuracy that its plan demands.

    ``risk`` is None where it is not known yet, or where the plan can accept nothing: ``why`` says which.
    """

    batch: BatchName
    accuracy: float | None
    risk: float | None
    drawn: bool = False  # attained by the sample as drawn; else as the plan declared it
    why: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRisk:
    """The chance that any of several rounds accepts a batch that is never better than ``accuracy``, at most.

    ``risk`` is 1 − ∏(1 − αᵢ) over the rounds whose risk is known, ``crude`` their sum; ``unknown`` counts the others.
    ``limit`` is a total that somebody declared, ``left`` what the plan of one more round may take of it.
    """

    accuracy: float | None
    risk: float | None
    crude: float | None
    rounds: tuple[RoundRisk, ...]
    unknown: int
    limit: float | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """One round: what went into it, what its check found, and what became of it."""

    batch: BatchName
    round: int
    parent: str
    scope: str  # found or whole; "" for the first
    release: str
    stage: Stage
    conclusion: Conclusion | None
    reason: Message
    returned: int  # items that were to be labelled in it; of the first those that it froze
    items: int  # that it froze
    left_out: int  # items without an answer
    drawn: int
    reviewed: int
    defects: int
    accuracy: Figure
    found: int  # items with a recorded problem
    corrected: int  # of them, corrected and found correct by somebody else
    went_back: int  # items that a later round took over
    overturned: int  # verdicts that an appeal overturned
    declared_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChain:
    """All rounds of a batch in the order in which they were declared, and their total risk."""

    batch: BatchName
    lines: tuple[RoundLine, ...]
    total: TotalRisk
    accepted: int  # items in accepted rounds, each once
