"""How often a check ends where, worked out over every path of verdicts; nothing is simulated.

A path that reaches t verdicts with e errors has the same chance whichever order they came in, so one count of the paths
that first stop at (t, e) serves every true number of errors. Paths are counted under independent errors of the rate at
the limit, in steps from one stair of the limits to the next, and what is kept is the share of all paths to (t, e) that
first stop there; the chance of stopping there is that share times the chance of e errors among t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.sequential.counting import log_binomial
from labelqa.stats.sequential.marks import Marks
from labelqa.stats.sequential.stopping import FIRST_HORIZON, Limits, Stairs, stairs, station

_LONGEST = 256  # verdicts taken in one step
_FORGOTTEN = 1e-45  # chance, among many errors, below which paths are no longer followed; they are never proven
_NOTHING = 1e-11  # chance of still going on that is taken for none


@dataclass(frozen=True, slots=True)
class Ends:
    """Points (verdicts, errors) at which paths first stop, with the log share of the paths to them that do."""

    drawn: Floats
    called: Floats
    log_share: Floats

    def chances(self, marks: Marks, wrong: int) -> Floats:
        """The chance to stop at each point, if ``wrong`` items of the batch are."""
        return np.asarray(np.exp(self.log_share + marks.log_chance(self.called, drawn=self.drawn, wrong=wrong)))


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a batch with a certain number of errors within ``horizon`` verdicts."""

    horizon: int
    proven_at: Floats  # verdicts, ascending
    proven: Floats  # chance of each
    futile_at: Floats
    futile: Floats

    @property
    def certified(self) -> float:
        """The chance that it is proven."""
        return min(1.0, float(self.proven.sum()))

    @property
    def hopeless(self) -> float:
        """The chance that it is given up as hopeless."""
        return min(1.0, float(self.futile.sum()))

    @property
    def open(self) -> float:
        """The chance that neither has happened."""
        return max(0.0, 1 - float(self.proven.sum()) - float(self.futile.sum()))

    @property
    def mean(self) -> float:
        """Verdicts on average, where everything ends at the horizon."""
        saved = self.proven @ (self.horizon - self.proven_at) + self.futile @ (self.horizon - self.futile_at)
        return float(self.horizon - saved)

    def reviews(self, chance: float) -> int | None:
        """Verdicts within which it is proven with ``chance``; None where they are more than the horizon."""
        reached = np.flatnonzero(np.cumsum(self.proven) >= chance)
        return int(self.proven_at[reached[0]]) if reached.size else None


def fate(limits: Limits, wrong: int, horizon: int) -> Fate:
    """What becomes of a batch with ``wrong`` errors by ``horizon`` verdicts, looked at as far as anything can happen."""
    until = min(FIRST_HORIZON, horizon)
    while True:
        found = _fate(limits, wrong, until)
        if until == horizon or found.open <= _NOTHING:
            return Fate(horizon, found.proven_at, found.proven, found.futile_at, found.futile)
        until = min(horizon, 2 * until)


def reviews_for(limits: Limits, wrong: int, chances: tuple[float, ...], horizon: int) -> tuple[int | None, ...]:
    """Verdicts within which a batch with ``wrong`` errors is proven with each of these chances; None where never."""
    until = min(FIRST_HORIZON, horizon)
    while True:
        found = _fate(limits, wrong, until)
        told = tuple(found.reviews(chance) for chance in chances)
        more = [chance for chance, reviews in zip(chances, told, strict=True) if reviews is None]
        if until == horizon or all(chance > found.certified + found.open + _NOTHING for chance in more):
            return told
        until = min(horizon, 2 * until)


@lru_cache(maxsize=64)
def _fate(limits: Limits, wrong: int, horizon: int) -> Fate:
    marks, (_, proven, futile) = limits.evidence.marks, leg(limits, horizon)
    columns = (proven.drawn, proven.chances(marks, wrong), futile.drawn, futile.chances(marks, wrong))
    if begin := station(horizon):
        before = _fate(limits, wrong, begin)
        earlier = (before.proven_at, before.proven, before.futile_at, before.futile)
        columns = tuple(np.append(*each) for each in zip(earlier, columns, strict=True))  # type: ignore[assignment]
    return Fate(horizon, *columns)


@dataclass(frozen=True, slots=True)
class Going:
    """Paths that have not stopped after ``drawn`` verdicts: the chance of ``low``, ``low`` + 1, ... errors."""

    drawn: int
    low: int
    paths: Floats


@lru_cache(maxsize=64)
def leg(limits: Limits, horizon: int) -> tuple[Going, Ends, Ends]:
    """Paths from the station before the horizon up to it: those that go on, and where others stop, proven or hopeless."""
    begin, marks = station(horizon), limits.evidence.marks
    rate = min(max(float(marks.mean(limits.evidence.limit)) / marks.population, 1e-9), 1 - 1e-9)
    walk = _Walk(rate, leg(limits, begin)[0] if begin else Going(0, 0, np.ones(1)))
    walk.all(stairs(limits, horizon))
    return Going(horizon, walk.low, walk.paths), walk.ends(walk.proven), walk.ends(walk.futile)


class _Walk:
    """Takes paths onward and notes where they stop."""

    def __init__(self, rate: float, going: Going) -> None:
        self.rate, self.drawn, self.low, self.paths = rate, going.drawn, going.low, going.paths
        self.steps = _steps(rate)
        self.proven: list[tuple[Floats, Floats, Floats]] = []  # drawn, called, chance
        self.futile: list[tuple[Floats, Floats, Floats]] = []

    def all(self, limits: Stairs) -> None:
        """Up to the horizon."""
        hopeless = np.maximum.accumulate(limits.futile)
        for until in _stations(limits, self.drawn):
            if not self.paths.size:
                return
            self._on(until, int(np.searchsorted(hopeless, until)) if hopeless.size else until + 1)
            if self.low < limits.proven.size and limits.proven[self.low] == until:
                self._settle(until)

    def _on(self, until: int, ceiling: int) -> None:
        """Up to ``until`` verdicts; paths that come to ``ceiling`` errors, which are hopeless so long, stop."""
        taken = until - self.drawn
        self._lose(taken, ceiling)
        grown = np.convolve(self.paths, self.steps[taken][: taken + 1])[: max(0, ceiling - self.low)]
        kept = np.flatnonzero(grown > _FORGOTTEN)
        self.paths = grown[: kept[-1] + 1] if kept.size else grown[:0]
        self.drawn = until

    def _lose(self, taken: int, ceiling: int) -> None:
        """Paths that come to ``ceiling`` errors at each of the next verdicts: one short of it before, and then wrong."""
        near = self.paths[max(0, ceiling - self.low - self.steps.shape[1]) : max(0, ceiling - self.low)][::-1]
        short = ceiling - self.low - self.paths.size  # errors that the fullest path still lacks
        if near.size == 0 or short >= taken:
            return
        columns = self.steps[:taken, max(0, short) : max(0, short) + near.size]
        arrived = self.rate * (columns @ near[: columns.shape[1]])
        some = np.flatnonzero(arrived > 0)
        at = (self.drawn + 1 + some).astype(np.float64)
        self.futile.append((at, np.full(some.size, float(ceiling)), arrived[some]))

    def _settle(self, until: int) -> None:
        """Paths with the fewest errors are proven."""
        if self.paths.size and self.paths[0] > 0:
            self.proven.append((np.array([float(until)]), np.array([float(self.low)]), self.paths[:1].copy()))
        self.low, self.paths = self.low + 1, self.paths[1:]

    def ends(self, found: list[tuple[Floats, Floats, Floats]]) -> Ends:
        """What was found, each point's chance over that of all paths to it."""
        drawn, called, chance = (np.concatenate([each[i] for each in found] or [np.zeros(0)]) for i in range(3))
        if not drawn.size:
            return Ends(drawn, called, chance)
        return Ends(drawn, called, np.log(chance) - log_binomial(called, drawn, self.rate))


def _stations(limits: Stairs, begin: int) -> list[int]:
    """Verdicts after ``begin`` at which a limit takes its next stair, none further apart than one step can go."""
    turns = np.concatenate([limits.proven, limits.futile, np.arange(begin + _LONGEST, limits.horizon, _LONGEST)])
    inside = turns[(turns > begin) & (turns < limits.horizon)]
    return [*np.unique(inside).astype(int).tolist(), limits.horizon]


@lru_cache(maxsize=4)
def _steps(rate: float) -> Floats:
    """The chance of k errors among n, (n, k), as far as k matters."""
    most = min(_LONGEST, int(_LONGEST * rate + 14 * np.sqrt(_LONGEST * rate * (1 - rate))) + 30)
    n, k = np.arange(_LONGEST + 1.0)[:, None], np.arange(most + 1.0)[None, :]
    chance = np.where(n == 0, k == 0, np.exp(log_binomial(k, np.maximum(n, 1), rate)))
    return np.asarray(chance, dtype=np.float64)
