"""The verdicts of a sample in ticket order, and the completed stretch of them that a design may read.

Quick items come back first; a design that read verdicts in the order of their arrival would read a biased choice.
So only the stretch counts in which every drawn item has its verdict; what came back out of turn waits. Where items
pass or fail together, one wrong item fails its group. Earlier moments can be replayed, so that a changed verdict
cannot quietly take back what was proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from labelqa.batches.checks import current_reviews
from labelqa.batches.counting import Mark, knocks_out, mark_of
from labelqa.records.designs import Terms
from labelqa.records.names import ItemId
from labelqa.records.reductions import Ints
from labelqa.records.review import DefectSeverity, Drawn, Review
from labelqa.stats.acceptance.design import Seen

_OPEN = -1  # no verdict yet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A sample's items in ticket order with what its verdicts count as; all arrays are (items,)."""

    order: Mapping[ItemId, int]  # place from 0
    marks: Ints  # a Mark, or -1 where there is no verdict
    knocked: npt.NDArray[np.bool_]  # one-vote defects
    stratum: Ints | None  # None where there is one stratum
    groups: Ints | None  # number of the group of each item; None where each stands for itself

    @property
    def given(self) -> int:
        """Verdicts that count, in turn and out of turn."""
        return int((self.marks != _OPEN).sum())

    @property
    def read(self) -> int:
        """Length of the completed stretch."""
        gaps = np.flatnonzero(self.marks == _OPEN)
        return int(gaps[0]) if len(gaps) else len(self.marks)

    def seen(self, read: int) -> Seen:
        """The first ``read`` verdicts as a design reads them."""
        marks = self.marks[:read]
        wrong, out = marks == Mark.WRONG, marks == Mark.LEFT_OUT
        if self.groups is not None:
            mine = self.groups[:read]
            wrong = np.isin(mine, mine[wrong]) & ~out
        struck = np.flatnonzero(self.knocked[:read])
        return Seen(
            wrong=wrong,
            stratum=None if self.stratum is None else self.stratum[:read],
            knocked=len(struck),
            knocked_at=int(struck[0]) + 1 if len(struck) else None,
            left_out=out if out.any() else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what verdicts are counted: the plan's terms, the rulebook's severities, the group of each item."""

    terms: Terms
    severities: Mapping[str, DefectSeverity]
    groups: Mapping[ItemId, str] | None = None  # None: every item stands for itself


def judged(drawn: Sequence[Drawn], reviews: Iterable[Review], rules: Rules, *, strata: bool = False) -> Judged:
    """The drawn items with the verdicts that hold now; ``reviews`` are all that count, changed ones too."""
    empty = _unjudged(drawn, rules, strata=strata)
    for item, review in current_reviews(reviews).items():
        _take(empty, item, review, rules)
    return empty


def _unjudged(drawn: Sequence[Drawn], rules: Rules, *, strata: bool) -> Judged:
    ordered = sorted(drawn, key=lambda each: each.order)
    groups = None
    if rules.groups is not None:
        names = [rules.groups.get(each.item_id) or f"\x1f{each.item_id}" for each in ordered]  # no group: by itself
        groups = np.unique(names, return_inverse=True)[1].astype(np.int64) if names else np.zeros(0, dtype=np.int64)
    return Judged(
        order={each.item_id: place for place, each in enumerate(ordered)},
        marks=np.full(len(ordered), _OPEN, dtype=np.int64),
        knocked=np.zeros(len(ordered), dtype=np.bool_),
        stratum=np.array([each.stratum for each in ordered], dtype=np.int64) if strata else None,
        groups=groups,
    )


def _take(found: Judged, item: ItemId, review: Review, rules: Rules) -> None:
    place = found.order.get(item)
    if place is not None:
        found.marks[place] = mark_of(review, rules.terms)
        found.knocked[place] = knocks_out(review, rules.terms, rules.severities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A verdict that was changed for the worse, told at the moment before; to be looked at before the next one comes."""

    review: Review
    place: int  # of its item, from 0
    read: int  # length of the completed stretch
    longer: bool  # whether the stretch grew since the change before
    better: bool  # whether a verdict in it was changed for the better since then
    judged: Judged
    mark: Mark  # what it counts as now
    knocks: bool

    def before(self) -> Seen:
        """What was read before the change."""
        return self.judged.seen(self.read)

    def after(self) -> Seen:
        """What is read after it."""
        marks, knocked = self.judged.marks.copy(), self.judged.knocked.copy()
        marks[self.place], knocked[self.place] = self.mark, self.knocks
        return replace(self.judged, marks=marks, knocked=knocked).seen(self.read)


def changes(
    drawn: Sequence[Drawn], reviews: Iterable[Review], rules: Rules, *, strata: bool = False
) -> Iterator[Change]:
    """The moments at which a verdict that a design had read was changed against the batch, in the order of the ledger.

    Only these can take back what was proven: a first verdict lengthens the stretch, after which a decision stands.
    """
    found = _unjudged(drawn, rules, strata=strata)
    read, longer, better = 0, False, False
    for review in sorted(reviews, key=lambda each: each.fact):
        place = found.order.get(review.item_id)
        if review.second or place is None:
            continue
        was = (int(found.marks[place]), bool(found.knocked[place]))
        mark, knocks = mark_of(review, rules.terms), knocks_out(review, rules.terms, rules.severities)
        if place < read and (mark, knocks) != was:
            if (mark, knocks) == (Mark.RIGHT, False):
                better = True
            else:
                yield Change(review=review, place=place, read=read, longer=longer, better=better, judged=found,
                             mark=mark, knocks=knocks)  # fmt: skip
                longer = better = False
        found.marks[place], found.knocked[place] = mark, knocks
        while read < len(found.marks) and found.marks[read] != _OPEN:
            read, longer = read + 1, True
