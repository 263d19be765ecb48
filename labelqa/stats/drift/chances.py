"""Chances of a count as extreme as the one seen, when the rate to compare with is itself only known from the team."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import bdtr, bdtrc, betaincinv

from labelqa.records.reductions import Floats

_GRID = (np.arange(256) + 0.5) / 256


def _team_rate(marked: int, n: int) -> Floats:
    """256 equally likely values of the team's rate after ``marked`` of ``n`` (Jeffreys)."""
    return np.asarray(betaincinv(marked + 0.5, n - marked + 0.5, _GRID))


def chance_of_so_few(count: int, n: int, *, team: int, team_n: int, margin: float) -> float:
    """P(count or fewer of n) for a rate that lies ``margin`` below the team's."""
    return float(bdtr(count, n, np.maximum(_team_rate(team, team_n) - margin, 0.0)).mean())


def chance_of_so_many(count: int, n: int, *, team: int, team_n: int, margin: float) -> float:
    """P(count or more of n) for a rate that lies ``margin`` above the team's."""
    if count == 0:
        return 1.0
    return float(bdtrc(count - 1, n, np.minimum(_team_rate(team, team_n) + margin, 1.0)).mean())


def adjusted(chances: Sequence[float], *, looked_at: int | None = None) -> tuple[float, ...]:
    """Benjamini-Hochberg (1995) adjusted chances, in the order given; ``looked_at`` counts tests left out as certain 1.

    >>> adjusted([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    p = np.asarray(chances, dtype=np.float64)
    total = len(p) if looked_at is None else looked_at
    if total < len(p):
        raise ValueError(f"{len(p)} chances cannot come from {total} tests")
    order = np.argsort(-p, kind="stable")
    ranks = np.arange(len(p), 0, -1)
    raised = np.minimum.accumulate(np.minimum(p[order] * total / ranks, 1.0))
    result = np.empty(len(p))
    result[order] = np.maximum(raised, p[order])  # p * 5 / 5 may come out a hair below p
    return tuple(float(value) for value in result)
