"""Where distances between answers come from: which items, which two annotators, which annotator.

The items on which answers lie farthest apart come first. Two annotators are compared on the items that both answered;
one annotator by what is left of alpha without his or her answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelqa.records.estimate import Figure
from labelqa.records.reductions import Distances
from labelqa.stats.agreement.distances import (
    Own,
    alpha_from,
    chance_of,
    mean_agreement_of,
    own_of,
    require_overlap,
)
from labelqa.stats.agreement.interval import checked
from labelqa.stats.agreement.linearised import known


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDistance:
    """How far apart the answers to one item lie: mean over its pairs of annotators."""

    item: int
    annotators: int
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDistance:
    """Two annotators over the items both answered: 1 minus their mean distance."""

    first: str
    second: str
    shared: int
    agreement: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorDistance:
    """One annotator beside the others on the same items, and alpha of the others alone.

    ``alpha_without`` keeps the expected distance of all annotators as its yardstick, so that it differs from alpha by
    what the annotator does to the items and by nothing else.
    """

    annotator: str
    items: int
    agreement: Figure
    alpha_without: Figure


def by_item(distances: Distances) -> tuple[ItemDistance, ...]:
    """Every item with two answers or more, the most disputed first; by number where they are as disputed."""
    own = own_of(distances.item, distances.distance)
    means = own.mean
    return tuple(
        ItemDistance(item=int(own.item[at]), annotators=int(own.size[at]), distance=float(means[at]))
        for at in np.lexsort((own.item, -means)).tolist()
    )


def by_pair(distances: Distances, people: Sequence[str], *, confidence: float = 0.95) -> tuple[PairDistance, ...]:
    """Every two annotators who share an item, by annotator number; for distances from 0 to 1.

    ``people`` names each annotator number. Mean agreement with Student's t over the shared items.
    """
    checked(confidence)
    wide = len(people)
    pair = distances.first.astype(np.int64) * wide + distances.second
    order = np.argsort(pair, kind="stable")
    lines = []
    for rows in np.split(order, np.flatnonzero(np.diff(pair[order])) + 1) if len(order) else ():
        apart = distances.distance[rows]
        lines.append(
            PairDistance(
                first=people[int(distances.first[rows[0]])],
                second=people[int(distances.second[rows[0]])],
                shared=len(rows),
                agreement=known(
                    lambda apart=apart: mean_agreement_of(apart, confidence=confidence),  # type: ignore[misc]
                    n=len(rows),
                ),
            )
        )
    return tuple(lines)


def by_annotator(
    distances: Distances, people: Sequence[str], *, confidence: float = 0.95
) -> tuple[AnnotatorDistance, ...]:
    """Every annotator with a pair, by number: mean agreement with the others (0..1), and alpha without the annotator.

    Raises InsufficientData where alpha of all of them is not defined for want of items or of variation.
    """
    checked(confidence)
    own = own_of(distances.item, distances.distance)
    require_overlap(own)
    chance = chance_of(distances, own.item)
    lines = []
    for who in np.unique(np.concatenate([distances.first, distances.second])).tolist():
        mine = (distances.first == who) | (distances.second == who)
        _, at = np.unique(distances.item[mine], return_inverse=True)
        means = np.bincount(at, weights=distances.distance[mine]) / np.bincount(at)
        rest = own_of(distances.item[~mine], distances.distance[~mine])
        lines.append(
            AnnotatorDistance(
                annotator=people[who],
                items=len(means),
                agreement=known(
                    lambda means=means: mean_agreement_of(means, confidence=confidence),  # type: ignore[misc]
                    n=len(means),
                ),
                alpha_without=known(
                    lambda rest=rest: alpha_from(rest, chance, _places(own, rest), confidence=confidence),  # type: ignore[misc]
                    n=len(rest.item),
                ),
            )
        )
    return tuple(lines)


def _places(own: Own, rest: Own) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.searchsorted(own.item, rest.item).astype(np.int64)
