"""How far the distances that annotators show lie from those of chance: sigma and KS (Braylan, Alonso and Lease 2022).

Alpha compares two means; these compare two distributions, which is easier to read and depends less on the distance
chosen. Chance here is answers to different items. Both are worked out on all pairs of answers alike. The interval comes
from drawing the items again: an item that is drawn twice counts twice in its own pairs, and four times with another
that was drawn twice in their chance pairs, so both sources of randomness are in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from scipy.special import stdtrit

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Distances, Floats, Ints
from labelqa.stats.agreement.distances import all_alike, own_of, places, require_overlap
from labelqa.stats.agreement.interval import checked, no_spread, without_spread

POINT: Final = 0.05  # a distance that so few chance distances fall below is nearer than chance
REPLICATES: Final = 400
_STEPS: Final = 4096  # distinct distances that redrawn items are told apart by


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Observed and chance pairs beside the rising distinct distances ``grid``: place in it, and item places."""

    grid: Floats
    observed: Ints
    item: Ints
    chance: Ints
    first: Ints
    second: Ints
    items: int

    def shares(self, times: Floats) -> tuple[Floats, Floats]:
        """Share of observed and of chance pairs at each distance, the items counted ``times`` each."""
        size = len(self.grid)
        seen = np.bincount(self.observed, weights=times[self.item], minlength=size)
        by_chance = np.bincount(self.chance, weights=times[self.first] * times[self.second], minlength=size)
        with np.errstate(invalid="ignore"):
            return seen / seen.sum(), by_chance / by_chance.sum()

    def rough(self) -> _Rows:
        """The same with neighbouring distances made one where there are very many: quicker to count again and again."""
        size = len(self.grid)
        if size <= _STEPS:
            return self
        step = np.arange(size) * _STEPS // size
        first = np.flatnonzero(np.diff(step, prepend=-1))
        return replace(self, grid=self.grid[first], observed=step[self.observed], chance=step[self.chance])


_Gap: TypeAlias = Callable[[Floats, Floats], float]


def _rows(distances: Distances) -> _Rows:
    own = own_of(distances.item, distances.distance)
    require_overlap(own)
    first, second = places(own.item, distances.chance_first), places(own.item, distances.chance_second)
    two = first != second
    if not distances.chance[two].any():
        raise all_alike()
    joined = np.concatenate([distances.distance, distances.chance[two]])
    grid, at = np.unique(joined, return_inverse=True)
    cut = len(distances.distance)
    return _Rows(
        grid=grid,
        observed=at[:cut].astype(np.int64),
        item=places(own.item, distances.item),
        chance=at[cut:].astype(np.int64),
        first=first[two],
        second=second[two],
        items=len(own.item),
    )


def _interval(
    rows: _Rows, gap: _Gap, *, rng: np.random.Generator, replicates: int, confidence: float, upward: bool
) -> Estimate:
    """The gap with Student's t on its standard deviation over redrawn items, kept within 0..1.

    The largest of many gaps tends to be too large, the more so the fewer items: where ``upward`` the interval is moved
    down by what the redrawn gaps are too large (Efron and Tibshirani 1993, ch. 10), and still holds the point.
    """
    point = gap(*rows.shares(np.ones(rows.items)))
    even = np.full(rows.items, 1 / rows.items)
    rough = rows.rough()
    drawn = (rng.multinomial(rows.items, even).astype(np.float64) for _ in range(replicates))
    values = np.fromiter((gap(*rough.shares(times)) for times in drawn), np.float64, replicates)
    values = values[np.isfinite(values)]
    error = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    if no_spread(error):
        return without_spread(point, point, 0.0, n=rows.items, confidence=confidence, lowest=0.0)
    half = float(stdtrit(rows.items - 1, (1 + confidence) / 2)) * error
    centre = 2 * point - float(values.mean()) if upward else point
    return Estimate(
        point=point,
        low=min(point, max(0.0, centre - half)),
        high=max(point, min(1.0, centre + half)),
        confidence=confidence,
        method=f"bootstrap over items, {replicates} replicates, t({rows.items - 1})",
        n=rows.items,
    )


def _sigma(observed: Floats, chance: Floats) -> float:
    if not np.isfinite(chance).all():
        return np.nan
    below = int(np.searchsorted(np.cumsum(chance), POINT * (1 - 1e-12)))
    return float(observed[:below].sum())


def _ks(observed: Floats, chance: Floats) -> float:
    return float(np.abs(np.cumsum(observed) - np.cumsum(chance)).max())


def sigma(
    distances: Distances, *, seed: int | np.random.Generator, replicates: int = REPLICATES, confidence: float = 0.95
) -> Estimate:
    """Share of the distances between annotators that are below the 5 % point of the chance distances: 0..1.

    Raises InsufficientData ``chance-agrees`` where 5 % or more of the chance distances are the smallest there is:
    then no distance can be below, however well annotators agree, as with few distinct answers.
    """
    checked(confidence)
    rows = _rows(distances)
    _, chance = rows.shares(np.ones(rows.items))
    if chance[0] >= POINT * (1 - 1e-12):
        raise InsufficientData(
            "chance-agrees",
            "{share} % of the answers to different items agree by chance, so nothing can be nearer than chance here: "
            "use alpha",
            share=round(100 * float(chance[0]), 1),
        )
    rng = np.random.default_rng(seed)
    return _interval(rows, _sigma, rng=rng, replicates=replicates, confidence=confidence, upward=False)


def kolmogorov_smirnov(
    distances: Distances, *, seed: int | np.random.Generator, replicates: int = REPLICATES, confidence: float = 0.95
) -> Estimate:
    """The largest gap between the two cumulative distributions, of annotators' distances and of chance: 0..1."""
    checked(confidence)
    rows = _rows(distances)
    rng = np.random.default_rng(seed)
    return _interval(rows, _ks, rng=rng, replicates=replicates, confidence=confidence, upward=True)
