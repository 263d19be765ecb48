"""A share from a draw by risk, with the scores helping once more: the difference estimator and its kin.

The mean score of all items is known without a review; reviews only have to tell by how much it is off. That is the
difference (or generalized regression) estimator of survey statistics, lately called prediction-powered inference. Marks
are what the score foresees: with scores of error, True for a wrong item; the accuracy is then 1 - share, its ends
exchanged (:func:`complement`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from labelqa.records.accuracy import WeightedShare
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Floats, Ints
from labelqa.stats.strata.chances import checked_scores
from labelqa.stats.weighted_share import checked_marks, expansion_variance, horvitz_thompson, share_of

_PLAUSIBLE = 0.99  # confidence at which the mean score must agree with what the reviews alone say


def estimate_share(
    marks: npt.ArrayLike,
    chances: npt.ArrayLike,
    population: int,
    *,
    scores: npt.ArrayLike | None = None,
    score_total: float | None = None,
    confidence: float = 0.95,
) -> WeightedShare:
    """The share of marked items of a batch from a draw with known ``chances``: what accuracy of record is made of.

    Without scores Horvitz and Thompson's. With the ``scores`` of the items drawn and their ``score_total`` over the
    batch, the difference estimator, unless the mean score is so far off that it lies outside the 99 % interval of the
    reviews alone: such scores are on another scale, and help in choosing items but not in adding up. Simulated, 95 %
    intervals hold at least that with sensible scores; with useless or far too bold ones 84 to 93 % at 150 to 600 reviews
    (benchmarks/risk_weighted.py). Raises InsufficientData ``nothing-checked``, ``too-few-items``.
    """
    plain = horvitz_thompson(marks, chances, population, confidence=confidence)
    if scores is None or score_total is None:
        return plain
    alone = horvitz_thompson(marks, chances, population, confidence=_PLAUSIBLE).figure
    if not alone.low <= score_total / population <= alone.high:
        return plain
    return difference(marks, chances, population, scores=scores, score_total=score_total, confidence=confidence)


def difference(
    marks: npt.ArrayLike,
    chances: npt.ArrayLike,
    population: int,
    *,
    scores: npt.ArrayLike,
    score_total: float,
    confidence: float = 0.95,
) -> WeightedShare:
    """Mean score of the batch plus the expanded mean of (mark - score): Särndal, Swensson and Wretman 1992, 6.3.

    Free of bias whatever the scores are; narrow where they are good and on the right scale. Where no drawn item is
    marked, or the sum falls outside 0 to 1, Horvitz and Thompson's share is given, and the method says so.
    """
    y, p, r = _with_scores(marks, chances, scores, population)
    return _shifted(y, p, r, population, score_total, 1.0, confidence, "difference")


def tuned_difference(
    marks: npt.ArrayLike,
    chances: npt.ArrayLike,
    population: int,
    *,
    scores: npt.ArrayLike,
    score_total: float,
    confidence: float = 0.95,
) -> WeightedShare:
    """The difference estimator with the scores scaled by what the sample itself finds best, between 0 and 1 (PPI++).

    Angelopoulos, Duchi and Zrnic 2023. For scores on a doubtful scale. The scale is fitted to the same reviews, so with
    few wrong items it is slightly biased and its interval can be too short: it can lose to no scores at all in small
    samples, and is not the default.
    """
    y, p, r = _with_scores(marks, chances, scores, population)
    return _shifted(y, p, r, population, score_total, tuning(y, r, p), confidence, "tuned difference")


def tuning(marks: Floats, scores: Floats, chances: Floats) -> float:
    """The scale of the scores that makes the difference estimator's variance least, held between 0 and 1."""
    open_ = 1 - chances
    if not open_.sum():
        return 0.0
    y, r = ((each / chances) - float((open_ * each / chances).sum() / open_.sum()) for each in (marks, scores))
    spread = float((open_ * r * r).sum())
    return min(1.0, max(0.0, float((open_ * r * y).sum()) / spread)) if spread > 0 else 0.0


def _with_scores(
    marks: npt.ArrayLike, chances: npt.ArrayLike, scores: npt.ArrayLike, population: int
) -> tuple[Floats, Floats, Floats]:
    y, p = checked_marks(marks, chances)
    r = checked_scores(scores)
    if r.shape != y.shape:
        raise ValueError(f"need a score for each of {len(y)} items, not {len(r)}")
    if population < len(y):
        raise ValueError(f"{len(y)} items cannot be drawn from {population}")
    return y, p, r


def _shifted(
    y: Floats, p: Floats, r: Floats, population: int, total: float, scale: float, confidence: float, name: str
) -> WeightedShare:
    point = (scale * total + float(((y - scale * r) / p).sum())) / population
    if not y.any() or not 0 < point < 1:
        return horvitz_thompson(y, p, population, confidence=confidence)
    variance = expansion_variance((y - scale * r) / p / population, p)
    return share_of(point, variance, y, p, confidence, name)


def stratified_difference(
    marks: npt.ArrayLike,
    stratum: Sequence[int] | Ints,
    items: Sequence[int],
    *,
    scores: npt.ArrayLike,
    score_totals: Sequence[float],
    confidence: float = 0.95,
) -> WeightedShare:
    """The difference estimator where each stratum was drawn simply at random: each stratum's own mean difference.

    ``stratum`` numbers the stratum of each reviewed item, ``items`` counts each stratum's items, ``score_totals`` their
    scores. Every stratum with items needs two reviews, or all its items: ValueError else.
    """
    number, counts = np.asarray(stratum, dtype=np.int64), np.asarray(items, dtype=np.int64)
    if number.size and not 0 <= number.min() <= number.max() < len(counts) == len(score_totals):
        raise ValueError("strata are numbered from 0, with items and a total score each")
    n = np.bincount(number, minlength=len(counts))
    if (n > counts).any() or ((n < 2) & (n < counts)).any():
        raise ValueError("each stratum needs at least two reviews, and not more than it has items")
    y, p, r = _with_scores(marks, (n / np.maximum(counts, 1))[number], scores, int(counts.sum()))
    population = int(counts.sum())
    point = (sum(score_totals) + float(((y - r) / p).sum())) / population
    if not y.any() or not 0 < point < 1:
        point, r = min(1.0, float((y / p).sum()) / population), np.zeros(len(r))
    x = (y - r) / p / population
    variance = sum(expansion_variance(x[number == h], p[number == h]) for h in np.flatnonzero((n > 0) & (n < counts)))
    return share_of(point, variance, y, p, confidence, "difference within strata")


def complement(share: WeightedShare) -> WeightedShare:
    """The share of the items that are not marked: accuracy from a share of errors.

    >>> wrong = estimate_share([True, False, False, False], [0.2] * 4, 20)
    >>> round(wrong.figure.point + complement(wrong).figure.point, 9)
    1.0
    """
    return replace(share, figure=_complement(share.figure), naive=_complement(share.naive))


def _complement(figure: Estimate) -> Estimate:
    return replace(figure, point=1 - figure.point, low=1 - figure.high, high=1 - figure.low)
