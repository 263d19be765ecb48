"""What a conclusion on a batch rests on: the sample that decides, the verdicts that count, and what they were counted as.

What becomes of the batch is said in :mod:`labelqa.batches.settled`. Nothing here estimates an accuracy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from labelqa.batches.checks import current_reviews, first_reviews
from labelqa.batches.counting import Mark, defective, illegal, mark_of
from labelqa.batches.life import Life
from labelqa.records.batch import Kind
from labelqa.records.designs import Certificate, Design, Terms
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Drawn, Plan, Review, Sample, VerdictKind

__all__ = [
    "Evidence", "Tally", "changed", "countable", "current_of", "deciding", "illegal", "last_early", "plan_to_draw",
    "purpose_of", "tally",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a conclusion rests on. What is asked of its verdicts several times is worked out once."""

    sample: Sample | None  # the one that decides, see deciding()
    drawn: frozenset[ItemId]  # its items
    reviews: tuple[Review, ...]  # its verdicts that count, see countable()
    everything: tuple[Review, ...]  # all verdicts ever given on any sample of the batch
    disputes_open: int
    unqualified: int  # annotations of the batch by people who were not qualified
    items_left_out: int = 0  # items that meet the batch's conditions and have no answer in the frame
    pending: int = 0  # drawn items of further samples that have no verdict and are still needed
    terms: Terms = field(default_factory=Terms)  # of the plan that decides
    certificate: Certificate | None = None  # of the sample that decides
    further: tuple[Certificate, ...] = ()  # of the other samples
    draw: tuple[Drawn, ...] = ()  # the items of the sample that decides, as they were drawn
    life: Life = field(default_factory=Life)  # what happened beside the checks

    @cached_property
    def current(self) -> dict[ItemId, Review]:
        """The verdicts that hold for the items of the sample that decides."""
        return {item: each for item, each in current_reviews(self.reviews).items() if item in self.drawn}

    @cached_property
    def failed_first(self) -> frozenset[ItemId]:
        """Its items whose first verdict speaks against the label."""
        first = first_reviews(self.reviews).items()
        return frozenset(item for item, each in first if item in self.drawn and defective(each))

    @cached_property
    def failing(self) -> frozenset[ItemId]:
        """Its items of which the verdict that holds speaks against the label."""
        return frozenset(item for item, each in self.current.items() if defective(each))


class Tally(NamedTuple):
    """The counts that are recorded with a conclusion."""

    drawn: int
    reviewed: int
    defects: int
    critical: int
    allowed: int | None  # None: no number of defects decides


def deciding(samples: Sequence[Sample], plans: Sequence[Plan] = (), kind: Kind = Kind.FUNCTIONAL) -> Sample | None:
    """The sample that decides: the first one drawn. A later one adds evidence, it never replaces the first.

    Safety: the first in which every item is reviewed as part of production (GB/T 45674—2025, 8.3 b); nothing else takes
    its place. Functional: the first whose plan decides anything; an estimate stands in only while there is no other.
    ``plans`` are the batch's, in the order of their numbers.
    """
    drawn = sorted(samples, key=lambda sample: sample.fact)
    if kind is Kind.SAFETY:
        return next((each for each in drawn if each.kind is VerdictKind.REVIEW), None)
    numbers = {plan.number for plan in plans if plan.design is Design.ESTIMATE}
    return next((each for each in drawn if each.plan not in numbers), drawn[0] if drawn else None)


def plan_to_draw(plans: Sequence[Plan], kind: Kind = Kind.FUNCTIONAL) -> Plan | None:
    """The plan that the next draw of a batch of this kind follows.

    While nothing of the batch is imported, a plan may be thought over: the last of those for one purpose counts, and a
    verification beside the review of every item takes nothing's place. Later ones never take the place of an earlier
    one, they only add a further sample: otherwise one could plan until the draw suits.
    """
    early = last_early(plans, kind)
    return early[0] if early else min(plans, key=lambda plan: plan.fact, default=None)


def last_early(plans: Sequence[Plan], kind: Kind) -> list[Plan]:
    """Of the plans made before anything was labelled the last for each purpose, in the order of their first ones."""
    last: dict[VerdictKind, Plan] = {}
    for plan in sorted(plans, key=lambda plan: plan.fact):
        if plan.before_labels:
            last[purpose_of(plan, kind)] = plan  # keeps the place of the first one
    return list(last.values())


def purpose_of(plan: Plan, kind: Kind) -> VerdictKind:
    """In which capacity the verdicts on a sample of this plan are given, in a batch of this kind."""
    if plan.terms.kind:
        return VerdictKind(plan.terms.kind)
    return VerdictKind.REVIEW if kind is Kind.SAFETY else VerdictKind.VERIFICATION


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
    """How many verdicts were changed after they were given, appeals included; a second opinion changes none."""
    known = list(reviews)
    given = Counter((each.sample, each.item_id, each.second) for each in known)
    return sum(times - 1 for times in given.values()) + sum(bool(each.overturned) for each in known)


def current_of(evidence: Evidence) -> dict[ItemId, Review]:
    """The verdicts that hold for the items of the sample that decides."""
    return evidence.current


def tally(evidence: Evidence) -> Tally:
    """Drawn, reviewed and defective items of the deciding sample, hits anywhere in the batch, defects allowed."""
    current = current_of(evidence)
    return Tally(
        drawn=len(evidence.drawn),
        reviewed=len(current),
        defects=sum(mark_of(each, evidence.terms) is Mark.WRONG for each in current.values()),
        critical=len({each.item_id for each in evidence.everything if illegal(each)}),
        allowed=evidence.sample.resolved.c if evidence.sample else 0,
    )
