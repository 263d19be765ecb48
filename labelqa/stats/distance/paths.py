"""How far two answers lie apart in a tree of labels: choosing another breed of dog is nearer than choosing a bird.

An answer is one path or several. :class:`SharedAncestors` is the default: every path counts with all its ancestors, and
the two sets of tree nodes are compared by Jaccard. It needs no matching of paths, is a metric, and a path given twice
through a common parent gains nothing. :class:`MatchedPaths` instead asks of every path how near its nearest is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import TypeAlias

from labelqa.records.reductions import Floats
from labelqa.stats.distance.sets import jaccard
from labelqa.stats.distance.stored import each_distinct, parsed, refuse

Path: TypeAlias = tuple[str, ...]
Paths: TypeAlias = frozenset[Path]


def read_paths(text: str, *, separator: str) -> Paths:
    """The paths of a stored answer: a JSON list of lists, or of texts with a separator, or one such text.

    >>> sorted(read_paths('[["Animal","Dog"],["Plant"]]', separator="/"))
    [('Animal', 'Dog'), ('Plant',)]
    >>> sorted(read_paths("Animal/Dog", separator="/"))
    [('Animal', 'Dog')]
    """
    value = parsed(text)
    listed = value if isinstance(value, list) else [value] if value else []
    found = [_path(each, separator) for each in listed]
    if isinstance(value, dict) or not all(found):
        refuse(text, "a list of paths of labels")
    return frozenset(found)


def _path(each: object, separator: str) -> Path:
    """One path; empty where it is none."""
    if isinstance(each, str):
        return tuple(part.strip() for part in each.split(separator))
    if isinstance(each, list) and all(isinstance(part, str) for part in each):
        return tuple(each)
    return ()


def with_ancestors(paths: Paths) -> Paths:
    """Every node of the tree on the way to one of the paths."""
    return frozenset(path[:depth] for path in paths for depth in range(1, len(path) + 1))


def nearness(one: Path, other: Path) -> float:
    """Twice the steps that two paths share from the root over the steps of both, 0..1 (Wu and Palmer 1994).

    >>> round(nearness(("Animal", "Dog", "Poodle"), ("Animal", "Dog")), 3)
    0.8
    """
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    return 2 * shared / (len(one) + len(other))


def _unmatched(one: Paths, other: Paths) -> float:
    if not one or not other:
        return float(one != other)
    best = [max(nearness(path, near) for near in other) for path in one]
    best += [max(nearness(path, near) for near in one) for path in other]
    return 1 - fsum(best) / len(best)  # the same whichever answer comes first


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAncestors:
    """Jaccard over the chosen nodes and all their ancestors: 0..1, 1 for other branches from the root.

    >>> tree = SharedAncestors()
    >>> tree.between([tree.read("Animals/Dogs/Labrador")], [tree.read("Animals/Dogs/Poodle")])
    array([0.5])
    """

    separator: str = "/"

    def read(self, text: str) -> Paths:
        """The nodes on the way to the paths of a stored answer."""
        return with_ancestors(read_paths(text, separator=self.separator))

    def between(self, ones: Sequence[Paths], others: Sequence[Paths]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return each_distinct(ones, others, jaccard)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedPaths:
    """1 minus the mean nearness of every path to its nearest path in the other answer, both ways: 0..1.

    >>> tree = MatchedPaths()
    >>> tree.between([tree.read("Animals/Dogs/Labrador")], [tree.read("Animals/Dogs")]).round(3)
    array([0.2])
    """

    separator: str = "/"

    def read(self, text: str) -> Paths:
        """The paths of a stored answer."""
        return read_paths(text, separator=self.separator)

    def between(self, ones: Sequence[Paths], others: Sequence[Paths]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return each_distinct(ones, others, _unmatched)
