"""Do annotators rank or measure items alike: Kendall's W, Lin's concordance, and mean correlations of pairs.

From an (items, annotators) matrix of numbers without gaps; rankings are numbers too. Raises InsufficientData
``no-overlap``, ``incomplete-ratings``, ``too-few-items``, ``no-variation`` (an annotator, or all, gave one value only).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, expit, logit, ndtri, stdtrit

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Floats
from labelqa.stats.agreement.interval import checked, no_spread, without_spread
from labelqa.stats.agreement.ratings import complete, same_rating

_EDGE = 1e-9
_ALONE, _GROUPS = 400, 200  # items left out one by one, or in groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """Kendall's W, and the test that annotators rank at random: ``chi2`` with ``df`` degrees of freedom."""

    figure: Estimate
    chi2: float
    df: int
    p: float


def _ranks(x: Floats) -> Floats:
    """The rank of each number in its column, ties at their mean rank."""
    from scipy.stats import rankdata  # slow to import, and wanted by few

    ranks: Floats = rankdata(x, axis=0)
    return ranks


def _w(x: Floats, *, corrected: bool) -> float:
    """W of (items, annotators) numbers; NaN where every annotator gave one value only."""
    ranks = _ranks(x)
    n, m = ranks.shape
    sums = ranks.sum(axis=1)
    spread = 12 * float(((sums - sums.mean()) ** 2).sum())
    room: float = m**2 * (n**3 - n)
    if corrected:
        room -= m * sum(float((t**3 - t).sum()) for t in (np.unique(c, return_counts=True)[1] for c in ranks.T))
    return spread / room if (np.ptp(x, axis=0) > 0).any() else float("nan")


def kendall_w(matrix: npt.ArrayLike, *, corrected: bool = True, confidence: float = 0.95) -> Concordance:
    """Kendall's coefficient of concordance (1939): 0, everybody ranks the items differently; 1, all alike.

    ``corrected`` takes ties into account (equal values have no order). Interval by jackknife over items on the scale of
    log(W / (1 - W)); chi2 = annotators * (items - 1) * W.

    >>> found = kendall_w([[1, 2, 1], [2, 1, 2], [3, 3, 4], [4, 4, 3]])
    >>> round(found.figure.point, 4), round(found.chi2, 2)
    (0.8222, 7.4)
    """
    x = complete(matrix, items=3)
    n, m = x.shape
    if (np.ptp(x, axis=0) == 0).all():
        raise same_rating()
    point = _w(x, corrected=corrected)
    figure = jackknife(x, lambda kept: _w(kept, corrected=corrected), logit, expit, lowest=0.0, confidence=confidence)
    chi2 = m * (n - 1) * point
    return Concordance(figure=figure, chi2=chi2, df=n - 1, p=float(chdtrc(n - 1, chi2)))


def jackknife(
    x: Floats,
    statistic: Callable[[Floats], float],
    scale: Callable[[Floats], Floats],
    back: Callable[[Floats], Floats],
    *,
    lowest: float,
    confidence: float,
) -> Estimate:
    """A statistic of (items, annotators) that lies from ``lowest`` to 1, and its interval by leaving items out.

    Each of ``n`` items in turn, or each of 200 groups of items where there are more than 400; spread measured on
    ``scale``, Student's t (Tukey 1958). With full agreement the interval rests on the number of items.
    """
    n, point = len(x), statistic(x)
    if point >= 1 - _EDGE:
        return without_spread(1.0, 1.0, 0.0, n=n, confidence=checked(confidence), lowest=lowest)
    groups = n if n <= _ALONE else _GROUPS
    group = np.arange(n) % groups
    left_out = np.array([statistic(x[group != each]) for each in range(groups)])
    if np.isnan(left_out).any():
        raise InsufficientData("too-few-items", "the number rests on a single item, so how sure it is cannot be said")
    values = scale(np.clip(np.append(left_out, point), lowest + _EDGE, 1 - _EDGE))
    error = sqrt((groups - 1) / groups * float(((values[:-1] - values[:-1].mean()) ** 2).sum()))
    if no_spread(error):
        return without_spread(point, point, 0.0, n=n, confidence=checked(confidence), lowest=lowest)
    half = float(stdtrit(groups - 1, (1 + checked(confidence)) / 2)) * error
    low, high = (float(end) for end in back(values[-1] + np.array([-half, half])))
    what = "items" if groups == n else f"{groups} groups of items"
    return Estimate(
        point=point, low=min(low, point), high=max(high, point), confidence=confidence,
        method=f"jackknife over {what}, {scale.__name__}, t({groups - 1})", n=n,
    )  # fmt: skip


def _mean_correlation(x: Floats) -> float:
    """Mean of the correlations of all pairs of columns; NaN where a column does not vary."""
    if (np.ptp(x, axis=0) == 0).any():
        return float("nan")
    between = np.atleast_2d(np.corrcoef(x, rowvar=False))
    return float(between[np.triu_indices(len(between), 1)].mean())


def _correlated(matrix: npt.ArrayLike, statistic: Callable[[Floats], float], confidence: float) -> Estimate:
    x = complete(matrix, items=3)
    if (np.ptp(x, axis=0) == 0).any():
        raise constant()
    return jackknife(x, statistic, np.arctanh, np.tanh, lowest=-1.0, confidence=confidence)


def mean_pearson(matrix: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Mean of Pearson's correlations of all pairs of annotators; jackknife over items on Fisher's z scale.

    >>> round(mean_pearson([[1, 2, 1], [2, 1, 2], [3, 3, 4], [4, 4, 3]]).point, 3)
    0.733
    """
    return _correlated(matrix, _mean_correlation, confidence)


def mean_spearman(matrix: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Mean of Spearman's rank correlations of all pairs of annotators, ties at their mean rank; the same interval."""
    return _correlated(matrix, lambda x: _mean_correlation(_ranks(x)), confidence)


def constant() -> InsufficientData:
    """The error of an annotator whose numbers never change."""
    return InsufficientData(
        "no-variation", "an annotator gave the same value throughout, so a correlation is not defined"
    )  # fmt: skip


def lin_ccc(first: npt.ArrayLike, second: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Lin's concordance (1989): how near pairs of measurements lie to the line of equality, 1 only if all are equal.

    Correlation times what differences of level and scale leave of it. Interval on the z scale with the corrected error
    (Lin 2000), for measurements near to normal.

    >>> found = lin_ccc([1, 2, 3, 4, 5], [1.1, 2.3, 2.9, 4.2, 5.4])
    >>> round(found.point, 3), found.low < 0.98 < found.high
    (0.985, True)
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"the two annotators need one number an item each, not {one.shape} and {other.shape}")
    x = complete(np.stack([one, other], axis=1), items=3)
    if (np.ptp(x, axis=0) == 0).any():
        raise constant()
    n, (s1, s2) = len(x), x.std(axis=0)
    r = float(np.atleast_2d(np.corrcoef(x, rowvar=False))[0, 1])
    u2 = float((x[:, 0].mean() - x[:, 1].mean()) ** 2 / (s1 * s2))
    c = float(2 / (s1 / s2 + s2 / s1 + u2))  # what level and scale leave of the correlation
    point = r * c
    if 1 - abs(point) < _EDGE:
        return without_spread(round(point), round(point), 0.0, n=n, confidence=checked(confidence))
    variance = (1 - r**2) * c**2 * (1 - point**2) + 2 * r**2 * c**3 * (1 - point) * u2 - r**2 * c**4 * u2**2 / 2
    error = sqrt(max(0.0, variance) / (n - 2)) / (1 - point**2)
    half = float(ndtri((1 + checked(confidence)) / 2)) * error
    middle = atanh(point)
    return Estimate(
        point=point, low=tanh(middle - half), high=tanh(middle + half), confidence=confidence,
        method="lin, z-transformed, normal", n=n,
    )  # fmt: skip
