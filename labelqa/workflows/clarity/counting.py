"""Counts answers by the rules that they fall under: two answers to one item that differ, and rules that are exchanged.

Every two answers to an item are compared, so that an item with twenty annotators does not count as unclear because one
of them slipped. Two answers that stand against each other count for the rules of both; the rules' counts do not add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import TypeAlias

import numpy as np

from labelqa.records.estimate import Figure
from labelqa.records.reductions import Ints
from labelqa.stats.agreement.linearised import known
from labelqa.stats.clustered import share_over_items
from labelqa.workflows.clarity.material import Mask, Material, Role, Sides, role_named

Pair: TypeAlias = tuple[int, int]  # places of two rules, the smaller first


@dataclass(slots=True)
class Exchanged:
    """What is known of two rules whose labels were exchanged; ``rows`` are numbers of patterns."""

    items: int = 0
    rows: Counter[int] = field(default_factory=Counter)  # pattern → pairs of answers to one such item
    labels: Counter[tuple[str, str]] = field(default_factory=Counter)  # label of the first, of the second → items


def ordered(one: int, other: int) -> Pair:
    """Two rules, the one that comes first in the book first."""
    return (one, other) if one <= other else (other, one)


class Counts:
    """Items and answers by rule, (rules,) each, and by pair of rules: everything that the answers alone tell."""

    def __init__(self, material: Material, sides: Sides) -> None:
        self.material = material
        self.roles = tuple(role_named(name) for name in material.patterns.labels)
        self.falls = np.zeros((len(self.roles), len(sides.book.rules)), dtype=bool)  # (roles, rules)
        for at, role in enumerate(self.roles):
            self.falls[at, list(sides.of(role))] = True
        self._counts = material.patterns.counts.astype(np.int64)
        self._weight = material.patterns.weight
        self._size = self._counts.sum(axis=1)
        under = self._counts @ self.falls.astype(np.int64)
        self.answers: Ints = self._weight @ under
        self.items: Ints = self._weight @ (under > 0)
        self.twice: Ints = np.where(self._size >= 2, self._weight, 0) @ (under > 0)  # items answered twice that met it
        self.pairs: dict[Pair, Exchanged] = {}
        self._differing: dict[int, Counter[int]] = {}
        self._count(_Facing(self.roles, sides))

    def _count(self, facing: _Facing) -> None:
        for at, row in enumerate(self._counts):
            here = np.flatnonzero(row).tolist()
            if len(here) > 1:
                self._enter(at, {role: int(row[role]) for role in here}, facing)

    def _enter(self, at: int, here: dict[int, int], facing: _Facing) -> None:
        items = int(self._weight[at])
        labels: dict[Pair, set[tuple[str, str]]] = {}
        for (one, mine), (other, yours) in combinations(here.items(), 2):
            rules, told = facing(one, other)
            for rule in rules:
                self._differing.setdefault(rule, Counter())[at] += mine * yours
            for pair, exchanged in told.items():
                self.pairs.setdefault(pair, Exchanged()).rows[at] += mine * yours
                labels.setdefault(pair, set()).update(exchanged)
        for pair, told_labels in labels.items():
            self.pairs[pair].items += items
            self.pairs[pair].labels.update(dict.fromkeys(told_labels, items))

    def differing(self, rule: int, *, confidence: float) -> Figure:
        """The chance that two annotators of one item differ with this rule on one side."""
        return self._share(self._differing.get(rule, Counter()), _pairs(self._size), confidence)

    def exchanged(self, pair: Pair, *, confidence: float) -> Figure:
        """Of every two answers to one item of which one falls to either rule, the share that stand between the two."""
        either: Mask = self.falls[:, pair[0]] | self.falls[:, pair[1]]
        others = self._size - self._counts @ either
        found = self.pairs.get(pair, Exchanged())
        return self._share(found.rows, _pairs(self._size) - _pairs(others), confidence)

    def _share(self, rows: Counter[int], of: Ints, confidence: float) -> Figure:
        right = np.zeros(len(of), dtype=np.int64)
        right[list(rows)] = list(rows.values())
        used = of > 0
        items = int(self._weight[used].sum())
        told = (right[used], of[used])
        found = known(lambda: share_over_items(*told, weight=self._weight[used], confidence=confidence), n=items)
        return replace(found, n=items)  # items are what is independent of each other, not pairs of answers


def _pairs(size: Ints) -> Ints:
    """Pairs among so many answers."""
    return np.asarray(size * (size - 1) // 2)


class _Facing:
    """Rules and labels on either side of two roles, worked out once for every two that occur."""

    def __init__(self, roles: tuple[Role, ...], sides: Sides) -> None:
        self._roles, self._sides = roles, sides
        self._known: dict[Pair, tuple[frozenset[int], dict[Pair, frozenset[tuple[str, str]]]]] = {}

    def __call__(self, one: int, other: int) -> tuple[frozenset[int], dict[Pair, frozenset[tuple[str, str]]]]:
        """The rules on both sides, and for every two of them the labels that stand against each other."""
        found = self._known.get((one, other))
        if found is None:
            first, second = self._roles[one], self._roles[other]
            ours, theirs = self._sides.against(first, second)
            found = self._known[one, other] = (ours | theirs, self._exchanged(first, second, ours, theirs))
        return found

    def _exchanged(
        self, first: Role, second: Role, ours: frozenset[int], theirs: frozenset[int]
    ) -> dict[Pair, frozenset[tuple[str, str]]]:
        found: dict[Pair, set[tuple[str, str]]] = {}
        for one, other in product(ours, theirs):
            mine = self._labels(first, second, one)
            yours = self._labels(second, first, other)
            told = ((a, b) if one <= other else (b, a) for a, b in product(mine, yours))
            if one == other:
                told = (tuple(sorted(each)) for each in told)  # type: ignore[misc]
            found.setdefault(ordered(one, other), set()).update(told)
        return {pair: frozenset(labels) for pair, labels in found.items()}

    def _labels(self, role: Role, beside: Role, rule: int) -> list[str]:
        """The labels of a role that put it under a rule, against another role."""
        own = role.labels - beside.labels
        given = [label for label in own if rule in self._sides.of_labels(frozenset((label,)))]
        return sorted(given or own)


def per_rule(groups: Iterable[Iterable[int]], rules: int) -> Ints:
    """How many of some groups of rules hold each rule, (rules,)."""
    found = np.zeros(rules, dtype=np.int64)
    for group in groups:
        found[list(set(group))] += 1
    return found
