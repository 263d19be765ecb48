"""Which rules to mend first: by how many items each is expected to spoil, and no rule by a stroke of chance.

In words: take the chance that two annotators of one item differ with the rule on one side, and add the chance that they
are of one mind, and wrong, by that rule; times all items there are. Rules are ordered by the lower limit of that number,
so few items, which leave it low, never put a rule in front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from labelqa.errors import InsufficientData
from labelqa.records.clarity import RuleToMend
from labelqa.records.estimate import Estimate, Figure
from labelqa.stats.added_shares import added
from labelqa.stats.agreement.linearised import known

FEWEST: Final = 5  # items looked at that show a rule; with fewer its number is not said


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is known of a rule: the chance that annotators differ by it, that they are of one mind and wrong by it, and
    how many of the items looked at show it at all."""

    rule: str
    neighbour: str
    differing: Figure
    wrong_alike: Figure
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """How many items there are, and how many of them were answered twice or checked."""

    items: int
    either: int


def expected(trouble: Trouble, looked: LookedAt) -> Figure:
    """The number of items that the rule is expected to spoil among all items.

    Unknown ``nothing-looked-at`` where no item is answered twice or checked, ``too-few-items`` where too few of them
    show the rule.
    """
    return known(lambda: _expected(trouble, looked), n=trouble.shown)


def _expected(trouble: Trouble, looked: LookedAt) -> Estimate:
    parts = [each for each in (trouble.differing, trouble.wrong_alike) if isinstance(each, Estimate)]
    if not looked.either:
        raise InsufficientData(
            "nothing-looked-at", "no item was answered twice or checked, so nothing shows how clear a rule is"
        )
    if trouble.shown < FEWEST or not parts:
        raise InsufficientData(
            "too-few-items", "too few items: {n} of those looked at show this rule, and it takes {fewest}",
            n=trouble.shown, fewest=FEWEST,
        )  # fmt: skip
    share = parts[0] if len(parts) == 1 else added(parts[0], parts[1], n=looked.either)
    point, low, high = (each * looked.items for each in (share.point, share.low, share.high))
    return replace(share, point=point, low=low, high=high, n=looked.either)


def ranked(troubles: Sequence[Trouble], looked: LookedAt) -> tuple[RuleToMend, ...]:
    """The rules, the one to mend first in front; of equal ones the first in the book."""
    figures = [(each, expected(each, looked)) for each in troubles]
    sure = [(each, figure) for each, figure in figures if isinstance(figure, Estimate)]
    sure.sort(key=lambda each: (-each[1].low, -each[1].point))
    lines = [
        RuleToMend(rank=rank, rule=each.rule, expected=figure, neighbour=each.neighbour)
        for rank, (each, figure) in enumerate(sure, start=1)
    ]
    lines += [
        RuleToMend(rank=None, rule=each.rule, expected=figure, neighbour=each.neighbour)
        for each, figure in figures
        if not isinstance(figure, Estimate)
    ]
    return tuple(lines)
