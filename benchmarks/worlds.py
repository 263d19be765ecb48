"""Ways in which annotated items can come about, with the chance of every pattern of labels, so that truth is exact.

Five ways, so that no interval is praised for fitting one of them: annotators who are right with a fixed chance; items
each with its own mixture of labels (Dirichlet); annotators who know the label or guess from the labels' shares; the
same for whole items; annotators who find a rare label less often than they recognise the common one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb, exp, lgamma, sqrt

import numpy as np

BALANCED, SKEWED, FIVE = (0.5, 0.5), (0.95, 0.05), (0.2, 0.2, 0.2, 0.2, 0.2)


@dataclass(frozen=True)
class World:
    """``how`` items arise with its parameter, the labels' shares, annotators an item, and what share of answers is lost.

    ``single`` is the share of items that only one annotator ever sees.
    """

    how: str
    parameter: float
    shares: tuple[float, ...]
    annotators: int
    lost: float = 0.0
    single: float = 0.0


def lists_of_counts(size: int, labels: int) -> Iterator[tuple[int, ...]]:
    """Every way in which ``size`` answers can fall on the labels, in rising order."""
    if labels == 1:
        yield (size,)
        return
    for first in range(size + 1):
        for rest in lists_of_counts(size - first, labels - 1):
            yield (first, *rest)


def _given_truth(chances: list[np.ndarray], shares: np.ndarray, counts: np.ndarray) -> float:
    """Chance of this order of answers where each true label k has the chances ``chances[k]`` of being called so."""
    return float(sum(share * np.prod(call**counts) for share, call in zip(shares, chances, strict=True)))


def _called(right: float, label: int, labels: int) -> np.ndarray:
    """Chances of each answer: ``right`` for the true label, the rest evenly."""
    chances = np.full(labels, (1 - right) / (labels - 1))
    chances[label] = right
    return chances


def _one_order(world: World, counts: np.ndarray) -> float:
    """Chance of these answers in one given order."""
    shares, labels = np.array(world.shares), len(world.shares)
    own = np.eye(labels)
    match world.how:
        case "right with chance":
            return _given_truth([_called(world.parameter, k, labels) for k in range(labels)], shares, counts)
        case "own mixture, alpha":
            total = 1 / world.parameter - 1
            parts = [lgamma(total * s + c) - lgamma(total * s) for s, c in zip(shares, counts, strict=True)]
            return exp(lgamma(total) - lgamma(total + counts.sum()) + sum(parts))
        case "know or guess, alpha":
            knows = sqrt(world.parameter)
            return _given_truth([(1 - knows) * shares + knows * own[k] for k in range(labels)], shares, counts)
        case "clear or not, alpha":
            clear = _given_truth(list(own), shares, counts)
            return world.parameter * clear + (1 - world.parameter) * float(np.prod(shares**counts))
        case "rare found with chance":
            right = [0.98, *[world.parameter] * (labels - 1)]
            return _given_truth([_called(right[k], k, labels) for k in range(labels)], shares, counts)
    raise ValueError(f"no way is called {world.how!r}")


def patterns_of(world: World) -> tuple[np.ndarray, np.ndarray, float]:
    """Every pattern (patterns, labels), its chance (patterns,), and the chance of an item without any answer."""
    sizes = [
        (1 - world.single) * comb(world.annotators, size) * (1 - world.lost) ** size * world.lost ** (world.annotators - size)
        for size in range(world.annotators + 1)
    ]  # fmt: skip
    sizes[1] += world.single
    rows, chances = [], []
    for size in range(1, world.annotators + 1):
        for row in lists_of_counts(size, len(world.shares)) if sizes[size] else ():
            counts = np.array(row)
            orders = exp(lgamma(size + 1) - sum(lgamma(c + 1) for c in row))
            rows.append(row)
            chances.append(sizes[size] * orders * _one_order(world, counts))
    order = np.lexsort(np.array(rows).T[::-1])
    return np.array(rows)[order], np.array(chances)[order], sizes[0]


def usual() -> Iterator[World]:
    """The table's worlds: balanced and 95/5, three to five annotators, all answers or four fifths of them, and others."""
    for how, parameter in (("right with chance", 0.85), ("own mixture, alpha", 0.6)):
        for shares in (BALANCED, SKEWED):
            for annotators in (3, 4, 5):
                yield World(how, parameter, shares, annotators)
                yield World(how, parameter, shares, annotators, lost=0.2)
            yield World(how, parameter, shares, 3, single=0.7)
        yield World(how, parameter, FIVE, 3)


def further() -> Iterator[World]:
    """More ways and levels of agreement, to see whether a verdict hangs on the way items came about."""
    ways = (
        ("right with chance", 0.7), ("right with chance", 0.95), ("own mixture, alpha", 0.3), ("own mixture, alpha", 0.8),
        ("know or guess, alpha", 0.6), ("know or guess, alpha", 0.8), ("clear or not, alpha", 0.6),
        ("rare found with chance", 0.9),
    )  # fmt: skip
    for how, parameter in ways:
        for shares in (BALANCED, SKEWED):
            yield World(how, parameter, shares, 3, lost=0.2)
            yield World(how, parameter, shares, 5)
