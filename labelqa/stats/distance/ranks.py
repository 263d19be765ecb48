"""How far two preferences or two rankings lie apart: how often they would order the same two things differently.

A preference says left, right or tie; a tie lies half way. A ranking is a list of ids, best first, or ids in buckets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.distance.stored import beside, each_distinct, one_text, parsed, refuse

Ranking: TypeAlias = tuple[tuple[str, ...], ...]  # tiers, best first; ids of a tier are tied, sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """1 between the two sides, 1/2 from either to a tie.

    >>> choice = Preference()
    >>> choice.between([choice.read("left")] * 2, [choice.read("right"), choice.read("tie")])
    array([1. , 0.5])
    """

    left: str = "left"
    right: str = "right"
    tie: str = "tie"

    def read(self, text: str) -> float:
        """Where the answer lies from left, 0, to right, 1; ValueError where it is none of the three words."""
        places = {self.left: 0.0, self.tie: 0.5, self.right: 1.0}
        if text not in places:
            refuse(text, f"{self.left}, {self.right} or {self.tie}")
        return places[text]

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Floats:
        """The distance of each pair: (pairs,)."""
        beside(ones, others)
        return np.abs(np.asarray(ones, dtype=np.float64) - np.asarray(others, dtype=np.float64))


def _tiers(value: Any, buckets: tuple[str, ...], text: str) -> list[list[str]]:
    if isinstance(value, str):
        return [[each.strip() for each in tier.split("=")] for tier in value.split(">")] if value else []
    if isinstance(value, list):
        return [[one_text(part) for part in each] if isinstance(each, list) else [one_text(each)] for each in value]
    if not all(isinstance(ids, list) for ids in value.values()):
        refuse(text, "buckets that hold lists of ids")
    if not buckets and len(value) == 1:  # the order under the name of its own control
        return [[one_text(each)] for each in next(iter(value.values()))]
    if strange := sorted(set(value) - set(buckets)):
        refuse(text, f"buckets that are declared, best first ({', '.join(strange)} is not)")
    return [[one_text(each) for each in value.get(bucket, [])] for bucket in buckets]


def _kendall(one: Ranking, other: Ranking) -> float:
    ids = {each: None for ranking in (one, other) for tier in ranking for each in tier}
    if not one or not other:
        return float(one != other)
    places = [{each: place for place, tier in enumerate(ranking) for each in tier} for ranking in (one, other)]
    first, second = (
        np.array([place.get(each, len(ranking)) for each in ids])
        for place, ranking in zip(places, (one, other), strict=True)
    )
    above, below = np.triu_indices(len(ids), 1)
    if not len(above):
        return 0.0
    mine, theirs = (np.sign(rank[above] - rank[below]) for rank in (first, second))
    return float(np.abs(mine - theirs).mean() / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kendall:
    """Share of pairs of ids that two rankings order differently; 1/2 for a pair that only one of them ties: 0..1.

    Ids that a ranking leaves out share the place after its last, so lists of different ids can be compared (Fagin,
    Kumar and Sivakumar 2003, with the neutral penalty 1/2; Fagin et al. 2006 for ties). Two rankings without any id
    are alike; one without any is as far as can be from one with some. With ``buckets``, best first, ids of one bucket
    are tied: the stored text does not keep the buckets' order.

    >>> order = Kendall()
    >>> order.between([order.read('["x","y","z"]')], [order.read('["z","y","x"]')])
    array([1.])
    >>> order = Kendall(buckets=("good", "bad"))
    >>> order.between([order.read('{"bad":["x"],"good":["y"]}')], [order.read('{"good":["x","y"]}')])
    array([0.5])
    """

    buckets: tuple[str, ...] = ()

    def read(self, text: str) -> Ranking:
        """The tiers of a stored answer: a JSON list of ids, or of lists of tied ids, {bucket: ids}, or "a > b = c"."""
        tiers = tuple(tuple(sorted(tier)) for tier in _tiers(parsed(text), self.buckets, text) if tier)
        ids = [each for tier in tiers for each in tier]
        if len(set(ids)) < len(ids) or "" in ids:
            refuse(text, "every id once")
        return tiers

    def between(self, ones: Sequence[Ranking], others: Sequence[Ranking]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return each_distinct(ones, others, _kendall)
