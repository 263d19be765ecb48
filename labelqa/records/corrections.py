"""Problems found in a batch's labels, what answered each, and how many are answered: read from facts, never stored.

Values only; what they are read from stands in :mod:`labelqa.records.production`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labelqa.records.estimate import Figure
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Identity, Verdict


class ProblemStatus(StrEnum):
    """Where an item with a recorded problem stands."""

    OPEN = "open"
    WAITING = "waiting-re-review"  # corrected; nobody has looked at the corrected label yet
    FAILED = "failed-re-review"  # the corrected label was found wrong: open again
    CORRECTED = "corrected"  # corrected, and the corrected label passed its re-review
    CLOSED = "closed"  # answered without a correction, with a reason


class Closing(StrEnum):
    """What answered a problem without a correction."""

    CLOSURE = "closure"  # somebody closed it and said why
    APPEAL = "appeal"  # an appeal against the verdict was upheld
    RULING = "ruling"  # the arbitrator ruled that the label stands
    DISCARDED = "discarded"  # the arbitrator discarded the item: it has no label and is never handed over
    OVERTURNED = "overturned"  # it was a suspected hit alone, and a second person overturned it


class LabelSource(StrEnum):
    """Where an item's label of record comes from."""

    FROZEN = "frozen"  # the declared rule, at the freeze
    ARBITRATED = "arbitrated"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding about one item: a verdict that counts against its label, or a ruling that lets none stand."""

    fact: int
    item_id: ItemId
    by: PersonId
    at: datetime
    ruling: bool = False  # by an arbitrator; else a verdict
    verdict: Verdict | None = None
    rule: str = ""
    defect: str = ""
    correct_label: str = ""  # as the reviewer gives it
    unsafe: str = ""  # the risk that it reports
    label: str = ""  # the label that was judged
    changed: bool = False  # its reviewer changed the verdict later, in favour of the label
    closed: Closing | None = None  # what answered it without a correction
    closed_by: int = 0  # the fact that did


@dataclass(frozen=True, slots=True, kw_only=True)
class ReReview:
    """What somebody else says of a corrected label."""

    fact: int
    verdict: Verdict
    reviewer: PersonId
    identity: Identity
    at: datetime
    unsafe: str = ""
    comment: str = ""  # digest of the erasable text
    overturned: bool = False  # a second person found the risk that it reports to be none

    @property
    def passed(self) -> bool:
        """Whether it speaks for the corrected label: correct, and no risk is left, as of any other verdict."""
        return self.verdict is Verdict.CORRECT and (not self.unsafe or self.overturned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A corrected label with the six fields of GB/T 45674—2025, 8.1 f) 2), and its re-review where there is one."""

    fact: int
    batch: BatchName
    item_id: ItemId
    annotator: PersonId
    corrector: PersonId
    before: str
    after: str
    made_at: datetime
    corrected_at: datetime
    recorded_at: datetime
    identity: Identity
    problems: tuple[int, ...]
    replaced_by: int = 0  # the correction that took its place
    review: ReReview | None = None
    already: bool = False  # asked for again: this very correction stands, so nothing was recorded

    @property
    def stands(self) -> bool:
        """Whether the corrected label passed its re-review and is the label of record from then on."""
        return not self.replaced_by and self.review is not None and self.review.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProblems:
    """Everything found about one item, and where it stands."""

    item_id: ItemId
    problems: tuple[Problem, ...]
    status: ProblemStatus
    since: datetime  # of its first problem that is not answered; of its first one where all are
    acts: Duty | None = None  # who must act next; None where nobody must
    corrections: tuple[Correction, ...] = ()

    @property
    def open(self) -> bool:
        """Whether something about it is not answered."""
        return self.status not in (ProblemStatus.CORRECTED, ProblemStatus.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Whether every recorded problem of a batch is answered (GB/T 45674—2025, 8.1 f) 1)); counts are of items."""

    batch: BatchName
    items: tuple[ItemProblems, ...]
    corrected: int  # and passed by a re-review
    closed: int
    waiting: int  # corrected and not re-reviewed; they are among the open ones
    open_items: tuple[ItemId, ...]
    discarded: tuple[ItemId, ...]  # by an arbitrator; among the closed ones
    rate: Figure  # closing rate: corrected and closed among all

    @property
    def problems(self) -> int:
        """Items about which a problem was recorded: corrected, closed and open ones."""
        return len(self.items)

    @property
    def open(self) -> int:
        """Items with a problem that is not answered; no batch is accepted while there are any."""
        return len(self.open_items)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLabel:
    """An item's label of record as it stands, and which fact made it so; 0 for the freeze."""

    label: str
    source: LabelSource
    fact: int = 0
