"""How much of the spread of ratings is between items and not between annotators: the intraclass correlations.

Six forms (Shrout and Fleiss 1979; names of McGraw and Wong 1996). The first figure of a form says where annotators come
from: 1, each item has its own; 2, the same annotators for all, drawn from many, and their level counts (agreement);
3, just these annotators, and a constant difference in level is forgiven (consistency). The second says whether one
annotator's rating is meant or the mean of all.

Raises InsufficientData ``no-overlap`` (one annotator), ``too-few-items``, ``incomplete-ratings`` (a gap; ICC(1,1) alone
bears gaps), ``no-variation`` (ratings that do not tell the items apart).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc, fdtri

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Floats
from labelqa.stats.agreement.interval import checked, too_few, without_spread
from labelqa.stats.agreement.ratings import complete, ratings, same_rating

_ROUNDING = 1e-12  # relative to the whole spread: less is rounding, not variation
_NO_SHARE = 1e-9  # of the variance between items: the mean of annotators has no reliability then
_LEAST_DEGREES = 1.0  # of freedom; with fewer the F distribution is little more than rounding


class Form(StrEnum):
    """The six forms under Shrout and Fleiss' names."""

    ONE_WAY = "ICC(1,1)"
    AGREEMENT = "ICC(2,1)"
    CONSISTENCY = "ICC(3,1)"
    ONE_WAY_MEAN = "ICC(1,k)"
    AGREEMENT_MEAN = "ICC(2,k)"
    CONSISTENCY_MEAN = "ICC(3,k)"

    @property
    def mcgraw_wong(self) -> str:
        """The same form under McGraw and Wong's name.

        >>> Form.AGREEMENT.mcgraw_wong
        'ICC(A,1)'
        """
        kind, mean = self.value[4], self.value[6]
        return f"ICC({mean})" if kind == "1" else f"ICC({'A' if kind == '2' else 'C'},{mean})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intraclass:
    """One form: the figure, and the F test that the items do not differ (``f``, degrees of freedom, ``p``)."""

    form: Form
    figure: Figure
    f: float
    df1: int
    df2: int
    p: float


@dataclass(frozen=True, slots=True)
class Squares:
    """Mean squares of ``n`` items by ``k`` annotators: between items, within items, between annotators, and the rest."""

    n: int
    k: int
    items: float
    within: float
    annotators: float
    rest: float


def _centred(x: Floats) -> Floats:
    """Ratings less their mean, exactly 0 where all are one value but for rounding."""
    away = x - float(np.nanmean(x))
    return away if np.nanmax(np.abs(away)) > _ROUNDING * np.nanmax(np.abs(x)) else np.where(np.isnan(x), x, 0.0)


def mean_squares(matrix: npt.ArrayLike) -> Squares:
    """The analysis of variance behind all six forms, from a matrix without gaps.

    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> found = mean_squares(table)
    >>> [round(each, 2) for each in (found.items, found.within, found.annotators, found.rest)]
    [11.24, 6.26, 32.49, 1.02]
    """
    x = complete(matrix)
    n, k = x.shape
    x = _centred(x)
    rows, columns = x.mean(axis=1), x.mean(axis=0)
    total, least = float((x**2).sum()), _ROUNDING * float((x**2).sum())
    between, within = k * float((rows**2).sum()), float(((x - rows[:, None]) ** 2).sum())
    rest = float(((x - rows[:, None] - columns[None, :]) ** 2).sum())
    parts = (between, within, n * float((columns**2).sum()), rest)
    between, within, level, rest = (0.0 if part <= least else part for part in parts)
    if total == 0 or between == 0:  # every form is a constant then, whatever the annotators' differences
        raise same_rating()
    return Squares(n, k, between / (n - 1), within / (n * (k - 1)), level / (k - 1), rest / ((n - 1) * (k - 1)))


def icc(matrix: npt.ArrayLike, form: Form | str, *, confidence: float = 0.95) -> Estimate:
    """One form of the intraclass correlation from an (items, annotators) matrix, interval from F (McGraw and Wong 1996).

    ICC(1,1) takes gaps (NaN): see :func:`one_way`. Without any error the interval rests on the number of items alone.

    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> round(icc(table, "ICC(2,1)").point, 2)
    0.29
    """
    form = Form(form)
    if form is Form.ONE_WAY and np.isnan(ratings(matrix)).any():
        return one_way(matrix, confidence=confidence)
    s, tail = mean_squares(matrix), (1 + checked(confidence)) / 2
    error = s.within if form.value[4] == "1" else s.rest
    if error == 0 and (form.value[4] != "2" or s.annotators == 0):
        return without_spread(1.0, 1.0, 0.0, n=s.n, confidence=confidence)
    if form.value[4] == "2":
        point, low, high = _agreement(s, tail)
    else:
        degrees = s.n * (s.k - 1) if form.value[4] == "1" else (s.n - 1) * (s.k - 1)
        f = s.items / error
        ends = (f, f / float(fdtri(s.n - 1, degrees, tail)), f * float(fdtri(degrees, s.n - 1, tail)))
        point, low, high = ((each - 1) / (each + s.k - 1) for each in ends)
    if form.value[6] == "k":
        if 1 + (s.k - 1) * point <= _NO_SHARE:
            raise same_rating()
        point, low, high = (_of_the_mean(each, s.k) for each in (point, low, high))
        low = max(low, min(-1.0, point))  # below -1 the scale has no end, and the limit no meaning
    return Estimate(
        point=point, low=min(low, point), high=max(high, point), confidence=confidence,
        method=f"mcgraw-wong {form.mcgraw_wong}, F", n=s.n,
    )  # fmt: skip


def _of_the_mean(one: float, k: int) -> float:
    """Reliability of the mean of ``k`` from that of one (Spearman 1910; Brown 1910), -1 where it has no lower limit."""
    share = 1 + (k - 1) * one
    return k * one / share if share > _NO_SHARE else -1.0


def _agreement(s: Squares, tail: float) -> tuple[float, float, float]:
    """Point and ends of ICC(A,1): Satterthwaite's degrees of freedom for annotators and rest together."""
    n, k = s.n, s.k
    point = (s.items - s.rest) / (s.items + (k - 1) * s.rest + k * (s.annotators - s.rest) / n)
    a = k * point / (n * (1 - point))
    b = 1 + k * point * (n - 1) / (n * (1 - point))
    level, rest = a * s.annotators, b * s.rest
    v = (level + rest) ** 2 / (level**2 / (k - 1) + rest**2 / ((n - 1) * (k - 1)))
    if not v > _LEAST_DEGREES:  # the two parts cancel each other: nothing is excluded
        return point, -1 / (k - 1), 1.0
    below, above = float(fdtri(n - 1, v, tail)), float(fdtri(v, n - 1, tail))
    low = n * (s.items - below * s.rest) / (
        below * (k * s.annotators + (k * n - k - n) * s.rest) + n * s.items
    )  # fmt: skip
    high = n * (above * s.items - s.rest) / (k * s.annotators + (k * n - k - n) * s.rest + n * above * s.items)
    return point, low, high


def intraclass(matrix: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Intraclass, ...]:
    """All six forms in the order of :class:`Form`, each with its F test; raises as :func:`icc` where none is known."""
    s = mean_squares(matrix)
    lines = []
    for form in Form:
        one_way_form = form.value[4] == "1"
        error, df2 = (s.within, s.n * (s.k - 1)) if one_way_form else (s.rest, (s.n - 1) * (s.k - 1))
        f = s.items / error if error else float("inf")
        try:
            figure: Figure = icc(matrix, form, confidence=confidence)
        except InsufficientData as reason:
            figure = unknown(reason, n=s.n)
        p = float(fdtrc(s.n - 1, df2, f)) if error else 0.0
        lines.append(Intraclass(form=form, figure=figure, f=f, df1=s.n - 1, df2=df2, p=p))
    return tuple(lines)


def one_way(matrix: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """ICC(1,1) where items have unequal numbers of ratings (NaN where there is none); columns have no meaning.

    Estimate from the analysis of variance (Donner 1986), interval of Thomas and Hultquist (1978) from the harmonic mean
    of the numbers of ratings; without gaps it is exactly :func:`icc`'s.

    >>> nothing = float("nan")
    >>> round(one_way([[1, 2, nothing], [4, 5, 5], [7, nothing, 8], [2, 2, 1]]).point, 3)
    0.948
    """
    x = ratings(matrix)
    sizes = (~np.isnan(x)).sum(axis=1)
    x, sizes = x[sizes > 0], sizes[sizes > 0]
    if not (sizes >= 2).any():
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if len(x) < 2:
        raise too_few()
    return _one_way(_centred(x), sizes.astype(np.float64), (1 + checked(confidence)) / 2, confidence)


def _one_way(x: Floats, sizes: Floats, tail: float, confidence: float) -> Estimate:
    n, total = len(x), float(sizes.sum())
    means = np.nansum(x, axis=1) / sizes
    least = _ROUNDING * float(np.nansum(x**2))
    inside = float(np.nansum((x - means[:, None]) ** 2))
    across = float(sizes @ (means - float(np.nansum(x)) / total) ** 2)
    if across <= least:
        raise same_rating()
    if inside <= least:
        return without_spread(1.0, 1.0, 0.0, n=n, confidence=confidence)
    within, between = inside / (total - n), across / (n - 1)
    typical = (total - float(sizes @ sizes) / total) / (n - 1)
    point = (between - within) / (between + (typical - 1) * within)
    harmonic = n / float((1 / sizes).sum())
    f = harmonic * float(means.var(ddof=1)) / within
    ends = f / float(fdtri(n - 1, total - n, tail)), f * float(fdtri(total - n, n - 1, tail))
    low, high = ((each - 1) / (each + harmonic - 1) for each in ends)
    return Estimate(
        point=point, low=min(low, point), high=max(high, point), confidence=confidence,
        method="thomas-hultquist ICC(1), F", n=n,
    )  # fmt: skip
