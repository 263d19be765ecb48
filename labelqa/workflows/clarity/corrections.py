"""Counts what checks found: labels of a rule that were wrong, and whose labels they should have been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from labelqa.records.estimate import Figure
from labelqa.stats.agreement.linearised import known
from labelqa.stats.clustered import share_over_items
from labelqa.workflows.clarity.counting import Pair, ordered
from labelqa.workflows.clarity.material import Checked, Role, Sides


@dataclass(frozen=True, slots=True)
class _Answer:
    """Answers of one sort to a checked item: which rules they are under, which they should be under, how many."""

    rules: frozenset[int]
    right: frozenset[int]
    taken: frozenset[tuple[int, int]]  # (rule of the answer, rule of the right one) where they stand apart
    blamed: frozenset[int]  # the rules to which it counts where it is wrong
    wrong: bool
    count: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Checked items that are alike in everything."""

    answers: tuple[_Answer, ...]
    differing: bool
    alone: bool
    items: int

    def twice(self) -> int:
        """Pairs of answers to one of them; 1 where there is one answer."""
        size = sum(each.count for each in self.answers)
        return size * (size - 1) // 2 or 1

    def alike(self, rule: int) -> int:
        """Of these pairs, those that are alike and wrong and count to a rule."""
        mine = [each.count for each in self.answers if each.wrong and rule in each.blamed]
        if sum(each.count for each in self.answers) == 1:
            return 0 if self.differing else len(mine)
        return sum(count * (count - 1) // 2 for count in mine)


class Corrections:
    """The checked items, those alike counted together."""

    def __init__(self, checked: Iterable[Checked], sides: Sides) -> None:
        alike = Counter(
            (each.judged, each.right, each.wrong, each.differing, each.alone, each.named) for each in checked
        )
        self._sides = sides
        self._groups = [
            _Group(tuple(self._answer(*each, right, wrong, named) for each in judged), differing, alone, items)
            for (judged, right, wrong, differing, alone, named), items in alike.items()
        ]

    def _answer(self, role: Role, count: int, right: Role | None, wrong: bool, named: str) -> _Answer:
        rules = self._sides.of(role)
        place = self._sides.place(named) if named else None
        if right is None:
            return _Answer(
                rules, frozenset(), frozenset(), rules if place is None else frozenset((place,)), wrong, count
            )
        ours, theirs = self._sides.against(role, right)
        blamed = frozenset((place,)) if place is not None else ours | theirs or rules
        taken = frozenset(product(ours, theirs))
        return _Answer(rules, self._sides.of(right), taken, blamed, role.labels != right.labels, count)

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every two rules of which one was taken for the other."""
        return frozenset(ordered(*each) for group in self._groups for one in group.answers for each in one.taken)

    def wrong(self, rule: int, *, confidence: float) -> Figure:
        """Share of a rule's checked answers that were wrong, with limits over items."""
        return self._share(lambda each: rule in each.rules, lambda each: each.wrong, confidence)

    def exchanged(self, pair: Pair, *, confidence: float) -> Figure:
        """Share of the checked answers that one of two rules gives, or should have given, that were taken for the other."""
        both, turned = frozenset(pair), {pair, pair[::-1]}
        return self._share(
            lambda each: bool(both & (each.rules | each.right)), lambda each: bool(each.taken & turned), confidence
        )

    def taken(self, given: int, right: int) -> int:
        """Answers under one rule that should have been under the other."""
        return sum(
            group.items * each.count for group in self._groups for each in group.answers if (given, right) in each.taken
        )

    def wrong_alike(self, rule: int, *, confidence: float) -> Figure:
        """The chance that two annotators of one item are of one mind, and wrong, by this rule; of items with a single
        answer, or with a label of record that was judged, that this is wrong though nobody differs."""
        rows = [(group.alike(rule), group.twice(), group.items) for group in self._groups]
        return replace(_figure(rows, confidence), n=sum(group.items for group in self._groups))

    def shown_alone(self, rule: int) -> int:
        """Checked items with a single answer that show a rule at all."""
        return sum(
            group.items for group in self._groups
            if group.alone
            and any(rule in each.rules | each.right | (each.blamed if each.wrong else frozenset()) for each in group.answers)
        )  # fmt: skip

    def _share(self, among: Callable[[_Answer], bool], counts: Callable[[_Answer], bool], confidence: float) -> Figure:
        rows = []
        for group in self._groups:
            own = [each for each in group.answers if among(each)]
            if own:
                rows.append(
                    (sum(each.count for each in own if counts(each)), sum(each.count for each in own), group.items)
                )
        return _figure(rows, confidence)


def _figure(rows: list[tuple[int, int, int]], confidence: float) -> Figure:
    """From (answers that count, answers, items alike)."""
    counted, answers, items = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return known(
        lambda: share_over_items(counted, answers, weight=items, confidence=confidence), n=int(answers @ items)
    )
