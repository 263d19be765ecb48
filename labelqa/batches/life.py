"""What stands against accepting a batch beside its check: open problems, hits, appeals, its card, the safety review.

Each function lists its reasons and what is to be done by whom; an empty list means go ahead. Only the caller refuses.
What the check itself proves is said in :mod:`labelqa.batches.settled`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from labelqa.batches.card import fold_cards, why_not_out
from labelqa.batches.checks import in_force
from labelqa.batches.corrections import SAID_OF_PROBLEMS, completeness
from labelqa.batches.hits import fold_hits
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Kind
from labelqa.records.corrections import ProblemStatus
from labelqa.records.designs import Certificate, Decision, Design
from labelqa.records.facts import AppealFiled, AppealRuled, BatchFrozen, CardRecorded, Fact
from labelqa.records.life import Card, FirstReview, Hit, Share
from labelqa.records.names import ItemId
from labelqa.records.review import Review

if TYPE_CHECKING:
    from labelqa.batches.conclusion import Evidence

FAILING_LIMIT: Final = Fraction(5, 100)  # GB/T 45674—2025, 8.3 c): "exceed 5 %" of all safety items of the batch

NOTHING: Final = Share(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What happened in a batch beside its checks."""

    hits: tuple[Hit, ...] = ()
    card: Card | None = None
    problems: int = 0  # items that were found wrong at any time
    uncorrected: frozenset[ItemId] = frozenset()  # of them, neither corrected nor closed with a reason
    unreviewed: frozenset[ItemId] = frozenset()  # of them, corrected, and the re-review is due
    approved: frozenset[ItemId] = frozenset()  # of them, corrected, and a re-review called it correct
    discarded: frozenset[ItemId] = frozenset()  # by an arbitrator: they have no label and are never handed over
    closed: int = 0  # of them, closed with a reason
    appeals: int = 0  # against verdicts of this batch, not ruled on yet
    others: Share = NOTHING  # failed their first review in the safety batches of the line that were settled before
    others_after: Share = NOTHING  # still failing there
    verifications: tuple[Certificate, ...] = ()  # of samples that people outside the batch check

    @property
    def open(self) -> int:
        """Problems that wait for somebody."""
        return len(self.uncorrected | self.unreviewed)


# What a batch's life is folded from, beside its verdicts.
SAID_OF_LIFE: Final = (*SAID_OF_PROBLEMS, CardRecorded, BatchFrozen)


def fold_life(
    batch: Batch,
    facts: Iterable[Fact],
    reviews: Iterable[Review],
    *,
    verifications: Iterable[Certificate] = (),
    others: tuple[Share, Share] = (NOTHING, NOTHING),
) -> Life:
    """What happened in a batch by the facts about it, of :data:`SAID_OF_LIFE`.

    ``reviews`` are all verdicts ever given in it; ``verifications`` the certificates of its samples that people outside
    check; ``others`` what failed in the other safety batches of its line, at first and after correction.
    """
    known = list(facts)
    found = completeness(known, batch.name)
    waits = {each.item_id for each in found.items if each.status is ProblemStatus.WAITING}
    return Life(
        hits=fold_hits(batch.name, reviews, known),
        card=fold_cards(known).get(batch.name),
        problems=len(found.items),
        uncorrected=frozenset(found.open_items) - waits,
        unreviewed=frozenset(waits),
        approved=frozenset(each.item_id for each in found.items if each.status is ProblemStatus.CORRECTED),
        discarded=frozenset(found.discarded),
        closed=found.closed,
        appeals=_appeals(batch, known),
        others=others[0],
        others_after=others[1],
        verifications=tuple(verifications),
    )


def _appeals(batch: Batch, facts: list[Fact]) -> int:
    """Appeals against verdicts of a batch that nobody has ruled on."""
    filed = {body.appeal for _, body in in_force(facts, AppealFiled) if body.batch == batch.name}
    return len(filed - {body.appeal for _, body in in_force(facts, AppealRuled)})


def first_review(batch: Batch, evidence: Evidence) -> FirstReview | None:
    """How much failed the safety review, at first and after correction; None for a batch that is no frozen safety one."""
    if batch.kind is not Kind.SAFETY or batch.freeze is None:
        return None
    n, life = batch.freeze.n_items, evidence.life
    at_first, after = evidence.failed_first, not_approved(evidence)
    return FirstReview(
        batch=Share(len(at_first), n),
        whole=Share(len(at_first) + life.others.failing, n + life.others.items),
        batch_after=Share(len(after), n),
        whole_after=Share(len(after) + life.others_after.failing, n + life.others_after.items),
    )


def not_approved(evidence: Evidence) -> frozenset[ItemId]:
    """The reviewed items that no reviewer approved: the verdict that holds is against them, and so no re-review is for them."""
    return evidence.failing - evidence.life.approved - evidence.life.discarded


def over_limit(batch: Batch, evidence: Evidence) -> bool:
    """Whether more than 5 % of a safety batch's items failed their first review: it is void."""
    found = first_review(batch, evidence)
    share = found.batch.exact if found else None
    return share is not None and share > FAILING_LIMIT


def decided(found: Certificate) -> bool:
    """Whether a further check has come to an end; an estimate decides nothing."""
    return found.design is not Design.ESTIMATE and found.decision is not Decision.GO_ON


def why_not_accept(batch: Batch, evidence: Evidence) -> list[Message]:
    """Everything that stands against accepting a batch, whatever its check says; every reason names who must act."""
    return [
        *_open_problems(batch, evidence),
        *_open_appeals(batch, evidence),
        *(_safety(batch, evidence) if batch.kind is Kind.SAFETY else ()),
        *why_not_out(batch, evidence.life.card),
    ]


def _open_problems(batch: Batch, evidence: Evidence) -> list[Message]:
    life, reasons = evidence.life, []
    if life.uncorrected:
        text = Message(
            "{n} {n:item|items} of batch {batch} {n:was|were} found wrong and {n:is|are} neither corrected nor closed with a reason: an annotator corrects {n:it|them}, labelqa correct list {batch} shows {n:it|them}",
            {"n": len(life.uncorrected), "batch": batch.name},
        )
        reasons.append(text)
    if life.unreviewed:
        text = Message(
            "{n} {n:correction|corrections} in batch {batch} {n:waits for its|wait for their} re-review by a reviewer who did not make {n:it|them}",
            {"n": len(life.unreviewed), "batch": batch.name},
        )
        reasons.append(text)
    return reasons


def _open_appeals(batch: Batch, evidence: Evidence) -> list[Message]:
    if not evidence.life.appeals:
        return []
    values = {"n": evidence.life.appeals, "batch": batch.name}
    return [
        Message("{n} {n:appeal|appeals} against verdicts of batch {batch} {n:waits|wait} for the arbitrator", values)
    ]


def _safety(batch: Batch, evidence: Evidence) -> list[Message]:
    """Every item is approved (8.3 b), and people outside the batch have verified it as well (8.1 c)."""
    reasons: list[Message] = []
    failing = not_approved(evidence) - evidence.life.uncorrected - evidence.life.unreviewed
    if failing:
        text = Message(
            "{n} {n:item|items} of batch {batch} failed the safety review and no reviewer has approved {n:it|them} since: have {n:it|them} corrected and reviewed again",
            {"n": len(failing), "batch": batch.name},
        )
        reasons.append(text)
    if not any(decided(each) for each in evidence.life.verifications):
        text = Message(
            "batch {batch} has no decided verification by people outside it: the lead plans one beside the census with labelqa plan {batch} --for verification, draws it and has it reviewed",
            {"batch": batch.name},
        )
        reasons.append(text)
    return reasons


def why_not_relabel(batch: Batch, evidence: Evidence) -> list[Message]:
    """Relabelling is chosen instead of correcting: only where something that was found wrong is still open."""
    if evidence.life.open or (batch.kind is Kind.SAFETY and not_approved(evidence)):
        return []
    text = N_("nothing that was found wrong in batch {batch} is open: there is nothing to choose")
    return [Message(text, {"batch": batch.name})]
