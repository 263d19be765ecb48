"""Facts in the life of a batch beside its checks: where it came from, hits, corrections, rounds, what went out.

Bodies only. What people wrote is a salted digest of an erasable text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class DisputeOutcome(StrEnum):
    """What an arbitrator makes of a disputed item (GB/T 45674—2025, 7.3 c)."""

    UPHELD = "upheld"  # a label stands: it is the label of record
    REJECTED = "rejected"  # no label stands: the item is discarded
    SENT_BACK = "sent-back"  # it is labelled again


class ProposalOutcome(StrEnum):
    """What became of a proposal on a rule."""

    TAKEN = "taken"  # into a version of the rulebook
    CLARIFIED = "clarified"  # a clarification answers it
    DECLINED = "declined"


class RoundScope(StrEnum):
    """What a rework round holds."""

    FOUND = "found"  # the items that were found wrong
    WHOLE = "whole"  # every item of the batch


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecorded:
    """The provenance card of a batch; a later one supersedes it."""

    batch: str
    source: str  # open-licence, self-collected, commercial, user-provided, generated
    licence: str  # licence, contract or authorization, by its number or name
    ip_check: str  # cleared, not-applicable, or found: what
    personal: bool  # whether the items hold personal data
    basis: str  # legal basis, where they do
    modalities: list[str]  # text, image, audio, video, …
    languages: list[str]  # BCP 47
    scale: int  # items that were meant to be labelled
    description: str = ""
    generator: str = ""  # model and version, where items were generated
    acquired: str = ""  # when, an ISO date
    attachments: list[list[str]] = field(default_factory=list)  # [title, digest]
    copied: str = ""  # the batch whose card it repeats, where it was copied to a rework round


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRuled:
    """A second qualified person confirms or overturns a suspected illegal or harmful hit."""

    batch: str
    item: str
    reviews: list[int]  # the verdicts that reported it
    confirmed: bool
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRaised:
    """Somebody disputes an item that the declared rule settles: an arbitrator is to rule on it."""

    batch: str
    item: str
    by: str
    reason: str  # salted digest of the erasable text


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOpened:
    """A ruling found a rule unclear: the rulebook is to be amended."""

    proposal: str
    rulebook: str
    rule: str
    batch: str
    item: str
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalClosed:
    """What became of a proposal: taken into a version, answered by a clarification, or declined with its reason."""

    proposal: str
    outcome: str  # taken, clarified, declined
    reference: str  # the version or the clarification
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRecorded:
    """A label was corrected: the six fields of GB/T 45674—2025, 8.1 f) 2), and the problems that it answers."""

    batch: str
    item: str
    annotator: str  # whose label it was
    corrector: str
    before: str
    after: str
    made_at: str  # ISO times in UTC: of the label that was corrected
    corrected_at: str
    problems: list[int]  # verdicts and rulings that found it wrong
    source: str = ""  # digest of the file that brought it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemClosed:
    """A recorded problem is closed without a correction, and why."""

    batch: str
    item: str
    problems: list[int]
    by: str
    reason: str  # salted digest of the erasable text


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionReviewed:
    """The re-review of a correction, by somebody who neither made nor labelled it."""

    batch: str
    item: str
    correction: int  # the fact
    verdict: str
    reviewer: str
    unsafe: str = ""
    comment: str = ""  # salted digest of the erasable text


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReturned:
    """A batch, or the items found wrong in it, goes back as a rework round: a batch of its own with a draw of its own."""

    batch: str
    child: str
    round: int  # 1 for the first rework of the first batch
    scope: str
    items: list[str]  # [] where the scope is the whole batch
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRetired:
    """A gold answer was wrong or worn out: it counts no longer, and scores are computed without it."""

    item: str
    label: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsExported:
    """Final labels went out."""

    export: str
    batches: list[str]
    items: int
    files: dict[str, str]  # name -> digest
    recipient: str
    forced: list[str]  # batches that were not accepted
    reason: str  # why, where one was forced
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormIssued:
    """A form about a batch was written, to be signed or filed: acceptance or verification."""

    form: str
    batch: str
    files: dict[str, str]  # name -> digest
