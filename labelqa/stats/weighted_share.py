"""A share from a draw in which items had different chances: by strata, or by risk.

Each item checked stands for 1 / (its chance to be drawn) items. Interval: the exact one of Clopper and Pearson for as
many items of a simple random draw as the result is worth (Korn and Graubard 1998), which holds where errors are few. The
naive share, as if all chances had been equal, is given beside it as such and never used.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.accuracy import WeightedShare
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Floats
from labelqa.stats.proportion import wilson
from labelqa.stats.special import betaincinv, ndtri, stdtrit

_ADDED = 4.0  # items with the pooled share added to each stratum before its spread is taken, as Agresti and Coull add
_ROUNDING = 1e-15


def checked_marks(marked: npt.ArrayLike, chances: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Marks as 0 and 1, and chances: ValueError for what is neither, InsufficientData ``nothing-checked``."""
    y, p = np.asarray(marked, dtype=np.float64), np.asarray(chances, dtype=np.float64)
    if y.ndim != 1 or y.shape != p.shape or not np.isin(y, (0.0, 1.0)).all():
        raise ValueError(f"need one mark (true or false) and one chance an item, not {y.shape} and {p.shape}")
    if not ((p > 0) & (p <= 1)).all():
        raise ValueError("chances of being drawn must lie above 0 and not above 1")
    if not len(y):
        raise InsufficientData("nothing-checked", "nothing has been checked yet, so no share can be given")
    return y, p


def expansion_variance(expanded: Floats, p: Floats) -> float:
    """Variance of a sum of expanded values: Hajek's (1964) and Rosen's (1997) approximation for fixed-size draws by chance.

    It needs no joint chances (as Sen, Yates and Grundy do) and holds for draws with much randomness in them: tickets
    u/p, Pareto, conditional Poisson; items drawn for certain add nothing.
    """
    open_ = 1 - p
    n = int((p < 1).sum())
    if n == 0:
        return 0.0
    if n == 1:
        raise InsufficientData("too-few-items", "one item drawn by chance is not enough to say how sure the share is")
    centre = float((open_ * expanded).sum() / open_.sum())
    return float(n / (n - 1) * (open_ * (expanded - centre) ** 2).sum())


def _exact(point: float, worth: float, confidence: float) -> tuple[float, float]:
    """Clopper and Pearson's ends for a share of ``worth`` items, whole or not."""
    count, tail = point * worth, (1 - confidence) / 2
    low = betaincinv(count, worth - count + 1, tail) if point > 0 else 0.0
    high = betaincinv(count + 1, worth - count, 1 - tail) if point < 1 else 1.0
    return min(low, point), max(high, point)


def share_of(point: float, variance: float, y: Floats, p: Floats, confidence: float, name: str) -> WeightedShare:
    """A share with Korn and Graubard's interval for its ``variance``; with none, Clopper and Pearson's at Kish's n."""
    naive = wilson(int(y.sum()), len(y), confidence=confidence)
    by_chance = int((p < 1).sum())
    if not by_chance:
        census = Estimate(point=point, low=point, high=point, confidence=confidence, method="census", n=len(y))
        return WeightedShare(figure=census, naive=naive, effective_n=float(len(y)))
    inside = 0 < point < 1 and variance > _ROUNDING
    worth = point * (1 - point) / variance if inside else float((1 / p).sum() ** 2 / (1 / p**2).sum())
    quantile = (1 + confidence) / 2
    less = (ndtri(quantile) / stdtrit(by_chance - 1, quantile)) ** 2 if inside else 1.0
    low, high = _exact(point, worth * less, confidence)
    method = f"{name}, hajek-rosen variance, korn-graubard" if inside else f"{name}, clopper-pearson at kish's n"
    figure = Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=len(y))
    return WeightedShare(figure=figure, naive=naive, effective_n=worth)


def hajek(marked: npt.ArrayLike, chances: npt.ArrayLike, *, confidence: float = 0.95) -> WeightedShare:
    """Share of marked items, from the ``marked`` (items,) of the items checked and their recorded inclusion ``chances``.

    Sum of 1/chance over the marked by the sum over all (Hajek 1971). Raises InsufficientData ``nothing-checked``,
    ``too-few-items``.

    >>> found = hajek([True, True, False, True, True, False], [0.1, 0.1, 0.5, 0.1, 0.2, 0.5])
    >>> round(found.figure.point, 3), round(found.naive.point, 3)
    (0.897, 0.667)
    """
    y, p = checked_marks(marked, chances)
    total = float((1 / p).sum())
    point = float((y / p).sum()) / total
    variance = expansion_variance((y - point) / p / total, p)
    return share_of(point, variance, y, p, confidence, "hajek")


def horvitz_thompson(
    marked: npt.ArrayLike, chances: npt.ArrayLike, population: int, *, confidence: float = 0.95
) -> WeightedShare:
    """Share of marked items as their expanded number by the known size of the batch (Horvitz and Thompson 1952).

    Better than :func:`hajek` for a rare mark that the chances foresee (wrong items, drawn by risk). Cut at 1, which it
    may pass. Raises InsufficientData ``nothing-checked``, ``too-few-items``.
    """
    y, p = checked_marks(marked, chances)
    if population < len(y):
        raise ValueError(f"{len(y)} items cannot be drawn from {population}")
    point = min(1.0, float((y / p).sum()) / population)
    return share_of(point, expansion_variance(y / p / population, p), y, p, confidence, "horvitz-thompson")


def stratified(strata: Mapping[str, tuple[int, int, int]], *, confidence: float = 0.95) -> WeightedShare:
    """Share correct of a batch from (correct, checked, items) of each stratum, each drawn simply at random.

    Finite population correction in each; each stratum's spread is taken with four items of the pooled share added, so
    that a stratum without an error is not taken for certain. Raises InsufficientData ``stratum-not-checked``.

    >>> found = stratified({"easy": (58, 60, 9000), "hard": (40, 60, 1000)})
    >>> round(found.figure.point, 4), round(found.naive.point, 4)
    (0.9367, 0.8167)
    """
    for name, (correct, n, items) in strata.items():
        if not 0 <= correct <= n <= items:
            raise ValueError(f"stratum {name!r} needs 0 <= correct <= checked <= items, not {correct}, {n}, {items}")
        if items and not n:
            raise InsufficientData(
                "stratum-not-checked", "nothing has been checked in the stratum “{stratum}”, so the whole is not known",
                stratum=name,
            )  # fmt: skip
    table = np.array([each for each in strata.values() if each[2]], dtype=np.float64).reshape(-1, 3)
    return _stratified(table[:, 0], table[:, 1], table[:, 2], confidence)


def _stratified(k: Floats, n: Floats, items: Floats, confidence: float) -> WeightedShare:
    if not len(n):
        raise InsufficientData("nothing-checked", "nothing has been checked yet, so no share can be given")
    part = items / items.sum()
    point, checked = float(part @ (k / n)), int(n.sum())
    pooled = (k.sum() + 0.5) / (n.sum() + 1)
    near = (k + _ADDED * pooled) / (n + _ADDED)
    variance = float((part**2 * (1 - n / items) * near * (1 - near) / n).sum())
    naive = wilson(int(k.sum()), checked, confidence=confidence)
    if variance <= _ROUNDING:
        census = Estimate(point=point, low=point, high=point, confidence=confidence, method="census", n=checked)
        return WeightedShare(figure=census, naive=naive, effective_n=float(checked))
    worth = float(part @ near) * (1 - float(part @ near)) / variance
    low, high = _exact(point, worth, confidence)
    figure = Estimate(
        point=point, low=low, high=high, confidence=confidence, method="stratified, finite population, korn-graubard",
        n=checked,
    )  # fmt: skip
    return WeightedShare(figure=figure, naive=naive, effective_n=worth)
