"""When did it change: the period from which an annotator's share of errors is best described by another rate.

The estimate is the likelihood-ratio one (Hinkley 1970; Pignatiello and Samuel 2001): of all ways to cut the periods in
two, the one that makes the counts most likely. Its chance is conditional on the total: the errors are dealt out again
over the checked items at random, many times, and the best cut of each deal is compared with the one seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Floats
from labelqa.stats.drift.chances import adjusted
from labelqa.stats.proportion import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """``change`` is the first period (from 0) of the new rate; ``plausible`` the cuts whose log-likelihood is within
    1.92 of the best; rates before and after with their intervals, as if the cut had been known."""

    change: int
    plausible: tuple[int, ...]
    before: Estimate
    after: Estimate
    p_value: float
    replicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorChange:
    """One annotator's change point, and whether it stands out among all that were looked at."""

    annotator: int
    found: ChangePoint
    p_adjusted: float
    flagged: bool


def _gains(errors: Floats, n: Floats) -> Floats:
    """Log-likelihood gained by each cut, (replicates, periods - 1), for (replicates, periods) counts of errors."""

    def likelihood(count: Floats, size: Floats) -> Floats:
        share = count / size
        return np.asarray(xlogy(count, share) + xlogy(size - count, 1 - share))

    before, size = np.cumsum(errors, axis=1), np.cumsum(n)
    total, whole = before[:, -1:], size[-1]
    cut = likelihood(before[:, :-1], size[:-1]) + likelihood(total - before[:, :-1], whole - size[:-1])
    return cut - likelihood(total, whole)


def change_point(
    errors: Sequence[int],
    n: Sequence[int],
    *,
    seed: int | np.random.Generator,
    replicates: int = 999,
    confidence: float = 0.95,
) -> ChangePoint:
    """The likeliest single change in a series of ``errors`` among ``n`` checked, periods in order.

    Raises InsufficientData ``too-few-periods`` below two periods, ``no-variation`` where no item or every item is wrong.

    >>> found = change_point([1, 0, 1, 6, 7, 8], [20] * 6, seed=1)
    >>> found.change, found.before.point, found.p_value
    (3, 0.03333333333333333, 0.001)
    """
    d, size = np.asarray(errors, dtype=np.int64), np.asarray(n, dtype=np.int64)
    if d.shape != size.shape or d.ndim != 1 or (size < 1).any() or (d < 0).any() or (d > size).any():
        raise ValueError("need as many sizes as counts, each size 1 or more and each count between 0 and its size")
    if len(d) < 2:
        raise InsufficientData("too-few-periods", "a change needs two periods or more")
    if d.sum() in (0, size.sum()):
        raise InsufficientData("no-variation", "every checked item came out alike, so no change can be found")
    gains = _gains(d[None, :].astype(np.float64), size.astype(np.float64))[0]
    best = int(gains.argmax())
    rng = np.random.default_rng(seed)
    dealt = rng.multivariate_hypergeometric(size, int(d.sum()), size=replicates, method="marginals")
    others = _gains(dealt.astype(np.float64), size.astype(np.float64)).max(axis=1)
    as_good = int((others >= gains[best] - 1e-9).sum())
    return ChangePoint(
        change=best + 1,
        plausible=tuple((np.flatnonzero(gains >= gains[best] - 1.92) + 1).tolist()),
        before=wilson(int(d[: best + 1].sum()), int(size[: best + 1].sum()), confidence=confidence),
        after=wilson(int(d[best + 1 :].sum()), int(size[best + 1 :].sum()), confidence=confidence),
        p_value=(as_good + 1) / (replicates + 1),
        replicates=replicates,
    )


def changed_annotators(
    errors: Mapping[int, tuple[Sequence[int], Sequence[int]]],
    *,
    seed: int | np.random.Generator,
    level: float = 0.05,
    replicates: int = 999,
) -> tuple[AnnotatorChange, ...]:
    """Change points of many annotators ((errors, n) each), least likely first, adjusted for how many were looked at.

    Annotators with one period, or without a right or without a wrong item, have no change to look for; they are left
    out and not counted. The more annotators, the smaller a chance must be, so the deals grow with their number.
    """
    rng = np.random.default_rng(seed)
    draws = max(replicates, int(5 * len(errors) / level) - 1)
    found: list[tuple[int, ChangePoint]] = []
    for who in sorted(errors):
        counts, n = errors[who]
        try:
            found.append((who, change_point(counts, n, seed=rng, replicates=draws)))
        except InsufficientData:
            continue
    raised = adjusted([point.p_value for _, point in found])
    lines = [
        AnnotatorChange(annotator=who, found=point, p_adjusted=p, flagged=p <= level)
        for (who, point), p in zip(found, raised, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: (line.found.p_value, line.annotator)))
