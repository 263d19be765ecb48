"""The drifting annotator: whose share of right annotations falls week by week, and not because everybody's does.

Two tests must agree, so neither a week of hard items nor a small number raises an alarm: the annotator's own weekly
counts fall (Cochran 1954; Armitage 1955; exact where errors are few), and they fall against the others' rates in the
same weeks (score test of a logistic trend with the others' rates as offset). Weeks are taken in their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from scipy.special import expit, logit, ndtr

from labelqa.records.reductions import Floats, Ints, Matched
from labelqa.stats.accuracy import Weekly, weekly
from labelqa.stats.drift.chances import adjusted

_FEW = 30  # up to so many errors the trend is counted out exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftCheck:
    """One annotator over the weeks: the first half of the weeks beside the last (a middle week belongs to neither)."""

    annotator: int
    n: int
    early_weeks: tuple[str, ...]
    early_right: int
    early_n: int
    late_weeks: tuple[str, ...]
    late_right: int
    late_n: int
    team_early: float | None  # the others' rate in the same weeks; None where nobody else worked
    team_late: float | None
    p_value: float
    p_adjusted: float
    flagged: bool

    @property
    def early_rate(self) -> float:
        """Share right in the early weeks."""
        return self.early_right / self.early_n

    @property
    def late_rate(self) -> float:
        """Share right in the late weeks."""
        return self.late_right / self.late_n


def _exactly(few: Ints, n: Ints, score: Ints) -> float:
    """P(sum score * few at least as large as seen | total of few): every way to spread them over the weeks."""
    total, seen = int(few.sum()), int(few @ score)
    ways = np.zeros((total + 1, total * int(score.max(initial=0)) + 1))
    ways[0, 0] = 1.0
    for size, step in zip(n.tolist(), score.tolist(), strict=True):
        spread = np.zeros_like(ways)
        for k in range(min(size, total) + 1):
            spread[k:, k * step :] += comb(size, k) * ways[: total + 1 - k, : ways.shape[1] - k * step]
        ways = spread / spread.max()
    return float(ways[total, seen:].sum() / ways[total].sum())


def falling(right: Ints, n: Ints) -> float:
    """One-sided chance of so strong a fall in (weeks,) shares when nothing changes: Cochran-Armitage.

    >>> round(falling(np.array([10, 9, 6]), np.array([10, 10, 10])), 4)
    0.0165
    """
    score = np.arange(len(n))
    wrong = n - right
    if not wrong.any() or not right.any():
        return 1.0
    if min(wrong.sum(), right.sum()) <= _FEW:
        return _exactly(wrong, n, score) if wrong.sum() <= right.sum() else _exactly(right, n, score[::-1])
    total = int(n.sum())
    p = right.sum() / total
    centred = score - (n @ score) / total
    variance = p * (1 - p) * float(n @ centred**2) * total / (total - 1)
    return float(ndtr(float(centred @ right) / sqrt(variance))) if variance > 0 else 1.0


def _level(offset: Floats, n: Ints, right: int) -> Floats:
    """Weekly rates on the others' curve, shifted until they add up to the annotator's own total."""
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if n @ expit(offset + middle) < right else (low, middle)
    return np.asarray(expit(offset + low))


def falling_against(right: Ints, n: Ints, team: Ints, team_n: Ints) -> float | None:
    """The same against the others' weekly shares, with their uncertainty; None where fewer than two weeks compare."""
    shared = (n > 0) & (team_n > 0)
    if shared.sum() < 2:
        return None
    right, n, team, team_n = right[shared], n[shared], team[shared], team_n[shared]
    score = np.arange(len(shared))[shared]
    if right.sum() in (0, n.sum()):
        return 1.0
    rate = (team + 0.5) / (team_n + 1)
    own = _level(np.asarray(logit(rate)), n, int(right.sum()))
    v = n * own * (1 - own)
    centred = score - (v @ score) / v.sum()
    variance = float((v * centred**2) @ (1 + v / (team_n * rate * (1 - rate))))
    return float(ndtr(float(centred @ (right - n * own)) / sqrt(variance))) if variance > 0 else 1.0


def _chance(right: Ints, n: Ints, team: Ints, team_n: Ints) -> float:
    worked = n > 0
    against = falling_against(right, n, team, team_n)
    own = falling(right[worked], n[worked])
    return own if against is None else max(own, against)


def _share(right: Ints, n: Ints) -> float | None:
    return float(right.sum() / n.sum()) if n.sum() else None


def drifting(
    matched: Matched, *, level: float = 0.05, margin: float = 0.05, minimum: int = 20
) -> tuple[DriftCheck, ...]:
    """Every annotator with ``minimum`` annotations over two weeks or more, least likely first.

    Flagged: so strong a fall is rare (``level``, false discovery rate), and from the early to the late weeks it is
    ``margin`` or more, both in itself and beyond the others' fall.
    """
    table = weekly(matched)
    tested = [at for at in range(len(table.n)) if table.n[at].sum() >= minimum and (table.n[at] > 0).sum() >= 2]
    right, n = table.right.sum(axis=0), table.n.sum(axis=0)
    chances = [_chance(table.right[at], table.n[at], right - table.right[at], n - table.n[at]) for at in tested]
    checks = [
        _check(table, at, chance=chance, raised=raised, level=level, margin=margin)
        for at, chance, raised in zip(tested, chances, adjusted(chances), strict=True)
    ]
    return tuple(sorted(checks, key=lambda check: (check.p_value, check.annotator)))


def _check(table: Weekly, at: int, *, chance: float, raised: float, level: float, margin: float) -> DriftCheck:
    right, n = table.right[at], table.n[at]
    team, team_n = table.right.sum(axis=0) - right, table.n.sum(axis=0) - n
    worked = np.flatnonzero(n)
    early, late = worked[: len(worked) // 2], worked[-(len(worked) // 2) :]
    before, after = _share(team[early], team_n[early]), _share(team[late], team_n[late])
    fall = float(right[early].sum() / n[early].sum() - right[late].sum() / n[late].sum())
    others = before - after if before is not None and after is not None else 0.0
    return DriftCheck(
        annotator=int(table.annotators[at]),
        n=int(n.sum()),
        early_weeks=tuple(table.weeks[week] for week in early),
        early_right=int(right[early].sum()),
        early_n=int(n[early].sum()),
        late_weeks=tuple(table.weeks[week] for week in late),
        late_right=int(right[late].sum()),
        late_n=int(n[late].sum()),
        team_early=before,
        team_late=after,
        p_value=chance,
        p_adjusted=raised,
        flagged=raised <= level and fall >= margin and fall - others >= margin,
    )
