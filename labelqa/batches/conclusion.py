"""What becomes of a batch: accepted, labelled again, or void; and what must happen before that can be said.

Functional and safety labeling have opposite rules. Functional: a planned spot check; any illegal or harmful content
voids the batch (GB/T 45674—2025, 8.2 g), more defects than the plan allows send it back. Safety: every item is
approved by a reviewer (8.3 b); when more than 5 % of all items fail their first review the batch is void (8.3 c).
An undecidable verdict counts as a defect. Nothing here estimates an accuracy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final, NamedTuple

from labelqa.batches.checks import current_reviews, first_reviews
from labelqa.errors import Message, Refused
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Conclusion, Kind
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Plan, Review, Sample, Verdict

FAILING_LIMIT: Final = Fraction(5, 100)  # GB/T 45674—2025, 8.3 c): "exceed 5 %" of all safety items of the batch

REASONS: Final[Mapping[str, str]] = {
    "within-plan": N_("no more defects than the plan allows"),
    "all-approved": N_("every item approved by a reviewer"),
    "defects-over-plan": N_("more defects than the plan allows"),
    "failed-items": N_("items failed the safety review"),
    "items-left-out": N_("items without an answer that was reviewed"),
    "unqualified-work": N_("labels by people who were not qualified"),
    "unsafe-content": N_("illegal or harmful content found"),
    "failing-over-limit": N_("more than 5% of the items failed the safety review"),
}


def reason_name(code: str) -> Message:
    """The short sentence of a stored reason; the code itself where it is not ours.

    >>> str(reason_name("within-plan"))
    'no more defects than the plan allows'
    """
    return Message(REASONS.get(code, code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a conclusion rests on."""

    sample: Sample | None  # the one that decides, see deciding()
    drawn: frozenset[ItemId]  # its items
    reviews: tuple[Review, ...]  # its verdicts that count, see countable()
    everything: tuple[Review, ...]  # all verdicts ever given on any sample of the batch: one hit among them voids it
    disputes_open: int
    unqualified: int  # annotations of the batch by people who were not qualified
    items_left_out: int = 0  # items that meet the batch's conditions and have no answer in the frame
    pending: int = 0  # drawn items of further samples that have no verdict yet


class Tally(NamedTuple):
    """The counts that are recorded with a conclusion."""

    drawn: int
    reviewed: int
    defects: int
    critical: int
    allowed: int | None  # None: no number of defects decides


class Outcome(NamedTuple):
    """A conclusion, the stable code of its reason, and the sentence."""

    conclusion: Conclusion
    reason: str
    message: Message


def deciding(samples: Sequence[Sample]) -> Sample | None:
    """The sample that decides: the first one drawn. A later plan adds evidence, it never replaces the first."""
    return min(samples, key=lambda sample: sample.fact, default=None)


def plan_to_draw(plans: Sequence[Plan]) -> Plan | None:
    """The plan that the next draw follows.

    While nothing of the batch is imported, a plan may be thought over: the last of those counts. Later ones never take
    the place of an earlier one, they only add a further sample: otherwise one could plan until the draw suits.
    """
    early = [plan for plan in plans if plan.before_labels]
    if early:
        return max(early, key=lambda plan: plan.fact)
    return min(plans, key=lambda plan: plan.fact, default=None)


def countable(
    reviews: Iterable[Review],
    *,
    executors: Mapping[ItemId, Collection[PersonId]],
    qualified: Callable[[PersonId, datetime], bool],
    labels: Mapping[ItemId, str],
) -> tuple[Review, ...]:
    """The verdicts that count: by somebody who was qualified then and did not label the item, on its label of record."""
    return tuple(
        each
        for each in reviews
        if each.reviewer not in executors.get(each.item_id, ())
        and qualified(each.reviewer, each.at)
        and labels.get(each.item_id, each.label) == (each.label or labels.get(each.item_id, each.label))
    )


def changed(reviews: Iterable[Review]) -> int:
    """How many verdicts were changed after they were given."""
    given = Counter((each.sample, each.item_id) for each in reviews)
    return sum(times - 1 for times in given.values())


def illegal(review: Review) -> bool:
    """Whether a verdict reports suspected illegal or harmful content: any risk but A.5 (unfit for a kind of service).

    A code that cannot be read counts as a report.
    """
    code = review.unsafe.strip().upper().replace(".", "").replace(" ", "")
    return bool(code) and not code.startswith("A5")


def tally(evidence: Evidence) -> Tally:
    """Drawn, reviewed and defective items of the deciding sample, hits anywhere in the batch, defects allowed."""
    current = _current(evidence)
    return Tally(
        drawn=len(evidence.drawn),
        reviewed=len(current),
        defects=sum(map(_defective, current.values())),
        critical=len({each.item_id for each in evidence.everything if illegal(each)}),
        allowed=evidence.sample.resolved.c if evidence.sample else 0,
    )


def _current(evidence: Evidence) -> dict[ItemId, Review]:
    return {item: each for item, each in current_reviews(evidence.reviews).items() if item in evidence.drawn}


def _defective(review: Review) -> bool:
    return review.verdict is not Verdict.CORRECT or bool(review.unsafe.strip())


def _failing(evidence: Evidence) -> tuple[int, int]:
    """Items that failed their first review, and items that failed their first or their current one."""
    first = {item: each for item, each in first_reviews(evidence.reviews).items() if item in evidence.drawn}
    at_first = {item for item, each in first.items() if _defective(each)}
    ever = at_first | {item for item, each in _current(evidence).items() if _defective(each)}
    return len(at_first), len(ever)


def why_not_settle(batch: Batch, evidence: Evidence) -> list[Message]:
    """What must happen before the batch can be settled; empty when :func:`conclude` has an answer."""
    name = {"batch": batch.name}
    if batch.conclusion is not None:
        return [Message("batch {batch} is settled already", name)]
    if batch.freeze is None:
        return [Message("batch {batch} is not frozen yet", name)]
    if evidence.sample is None:
        return [Message("batch {batch} has no sample: plan, draw and review one first", name)]
    reasons = _uncovered(batch, evidence, batch.freeze.n_items)
    if evidence.pending:
        text = Message("{n} items of a further sample of batch {batch} have no verdict yet",
                       {"n": evidence.pending, **name})  # fmt: skip
        reasons.append(text)
    if evidence.disputes_open and not reasons and _void(batch, evidence, batch.freeze.n_items) is None:
        text = Message("{n} disputed items of batch {batch} wait for the arbitrator's ruling",
                       {"n": evidence.disputes_open, **name})  # fmt: skip
        reasons.append(text)
    return reasons


def _uncovered(batch: Batch, evidence: Evidence, n_items: int) -> list[Message]:
    reviewed = len(_current(evidence))
    if batch.kind is Kind.SAFETY and reviewed < n_items:
        return [
            Message(
                "{n} of {total} items of batch {batch} have no verdict by a qualified reviewer who did not label them",
                {"n": n_items - reviewed, "total": n_items, "batch": batch.name},
            )
        ]
    due = max(len(evidence.drawn), evidence.sample.resolved.n if evidence.sample else 0)
    if reviewed < due:
        return [
            Message(
                "{n} of {total} drawn items of batch {batch} have no verdict that counts",
                {"n": due - reviewed, "total": due, "batch": batch.name},
            )
        ]
    return []


def conclude(batch: Batch, evidence: Evidence) -> Outcome:
    """What becomes of the batch; raises :class:`Refused` with the first reason of :func:`why_not_settle`."""
    reasons = why_not_settle(batch, evidence)
    if reasons or batch.freeze is None:
        raise Refused(reasons[0].text, **reasons[0].values)
    outcome = _void(batch, evidence, batch.freeze.n_items) or _unqualified(evidence)
    if outcome is not None:
        return outcome
    return _safety(evidence) if batch.kind is Kind.SAFETY else _functional(evidence)


def _void(batch: Batch, evidence: Evidence, n_items: int) -> Outcome | None:
    if batch.kind is Kind.SAFETY:
        failing, _ = _failing(evidence)
        if Fraction(failing, n_items) <= FAILING_LIMIT:
            return None
        text = Message(
            "{n} of {total} items failed their first review, more than 5%: the batch is void",
            {"n": failing, "total": n_items},
        )
        return Outcome(Conclusion.VOID, "failing-over-limit", text)
    hits = tally(evidence).critical
    if not hits:
        return None
    text = Message("suspected illegal or harmful content was found in {n} items: the batch is void", {"n": hits})
    return Outcome(Conclusion.VOID, "unsafe-content", text)


def _unqualified(evidence: Evidence) -> Outcome | None:
    if not evidence.unqualified:
        return None
    text = Message(
        "{n} labels were made by people who were not qualified then: they are labelled again",
        {"n": evidence.unqualified},
    )
    return Outcome(Conclusion.RELABEL, "unqualified-work", text)


def _functional(evidence: Evidence) -> Outcome:
    counts = tally(evidence)
    values = {"defects": counts.defects, "n": counts.drawn, "c": counts.allowed}
    if counts.allowed is not None and counts.defects > counts.allowed:
        text = Message("{defects} defects in {n} drawn items, at most {c} allowed: the batch is labelled again", values)
        return Outcome(Conclusion.RELABEL, "defects-over-plan", text)
    text = Message("{defects} defects in {n} drawn items, at most {c} allowed: the batch is accepted", values)
    return Outcome(Conclusion.ACCEPT, "within-plan", text)


def _safety(evidence: Evidence) -> Outcome:
    _, failing = _failing(evidence)
    if evidence.items_left_out:
        text = Message(
            "{n} items of the batch have no answer that was reviewed: they are labelled again",
            {"n": evidence.items_left_out},
        )
        return Outcome(Conclusion.RELABEL, "items-left-out", text)
    if failing:
        text = Message("{n} items failed the safety review: they are labelled again", {"n": failing})
        return Outcome(Conclusion.RELABEL, "failed-items", text)
    text = Message("every item was approved by a reviewer: the batch is accepted")
    return Outcome(Conclusion.ACCEPT, "all-approved", text)
