"""Two annotators in one square table of counts: every coefficient for two, with partial credit where labels are graded.

Rows are one annotator's labels, columns the other's, both in the order of the declared labels. ``weights`` is the credit
of each two labels: a name of :data:`~labelqa.stats.agreement.weights.WEIGHTS` (labels in order, equally far apart) or a
(labels, labels) matrix with 1 on the diagonal; :func:`credit` makes one from a matrix of disagreement. Only Cohen's kappa
takes credits that depend on who gave which of the two labels.

What cannot be known raises InsufficientData: ``no-overlap`` (an empty table), ``too-few-items`` (one item),
``no-variation`` (one label throughout, so that agreement beyond chance is not defined), ``no-variation-weighted`` (all
labels in use count as one), ``no-common-label`` (B only).
No interval here uses the error under the hypothesis of no agreement: that one (:func:`cohen_kappa_se0`) is for testing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Floats, Ints
from labelqa.stats.agreement.interval import around, checked, no_spread, too_few, without_spread
from labelqa.stats.agreement.linearised import require_chance
from labelqa.stats.agreement.weights import Weights, weight_matrix
from labelqa.stats.proportion import wilson

_NEAR: Final = 1e-12


def credit(disagreement: npt.ArrayLike) -> Floats:
    """Credit from how bad each confusion is (Cohen 1968): 0 disagreement is credit 1, the worst is credit 0.

    >>> credit([[0, 1, 3], [1, 0, 6], [3, 6, 0]])[0]
    array([1.        , 0.83333333, 0.5       ])
    """
    matrix = np.asarray(disagreement, dtype=np.float64)
    fair = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and np.isfinite(matrix).all()
    if not fair or (matrix < 0).any() or np.diagonal(matrix).any() or not matrix.any():
        raise ValueError(
            "disagreement must be (labels, labels), 0 or more, 0 on the diagonal and above 0 somewhere, "
            f"not {matrix.tolist()}"
        )
    return np.asarray(1 - matrix / matrix.max())


def credits_of(weights: Weights, labels: int) -> Floats:
    """The credits as a (labels, labels) matrix; ValueError for an unknown name or a matrix that cannot be credits.

    >>> credits_of("linear", 3)[0]
    array([1. , 0.5, 0. ])
    """
    if isinstance(weights, str):
        return weight_matrix(weights, np.arange(1.0, labels + 1)) if labels else np.zeros((0, 0))
    matrix = np.asarray(weights, dtype=np.float64)
    if matrix.shape != (labels, labels) or not ((matrix >= 0) & (matrix <= 1)).all():
        raise ValueError(f"weights must be ({labels}, {labels}) with credits from 0 to 1, not {matrix.shape}")
    if not (np.diagonal(matrix) == 1).all():
        raise ValueError("weights must be 1 on the diagonal: the same label twice is full agreement")
    return matrix


@dataclass(frozen=True, slots=True, eq=False)
class Square:
    """A table as shares ``p`` (labels, labels) of ``n`` items, its margins, and the credit ``w`` of each cell."""

    n: int
    p: Floats
    w: Floats
    rows: Floats
    columns: Floats

    @property
    def observed(self) -> float:
        """Mean credit of the items."""
        return float((self.p * self.w).sum())

    @property
    def pi(self) -> Floats:
        """Share of each label in both annotators' answers together."""
        return (self.rows + self.columns) / 2


def counts_of(table: npt.ArrayLike) -> Ints:
    """The table as whole numbers; ValueError unless it is square, without fractions and without negative counts."""
    given = np.asarray(table)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or (given < 0).any() or (given != np.floor(given)).any():
        raise ValueError(f"the table must be (labels, labels) with counts of 0 or more, not {given.shape}")
    return given.astype(np.int64)


def square(table: npt.ArrayLike, weights: Weights = "identity") -> Square:
    """The table with its margins; InsufficientData ``no-overlap`` when it is empty, ``too-few-items`` with one item."""
    counts = counts_of(table)
    n = int(counts.sum())
    if not n:
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if n == 1:
        raise too_few()
    p = counts / n
    return Square(n=n, p=p, w=credits_of(weights, len(counts)), rows=p.sum(axis=1), columns=p.sum(axis=0))


def _varied(each: Square) -> Square:
    if np.count_nonzero(each.pi) < 2:
        raise one_label()
    return each


def one_label() -> InsufficientData:
    """The error of two annotators who never gave but one label."""
    return InsufficientData(
        "no-variation", "both annotators gave one and the same label throughout: kappa is not defined"
    )


def _even(each: Square) -> Square:
    """Coefficients with one common set of margins need credits that do not depend on who gave which label."""
    if not np.allclose(each.w, each.w.T, rtol=0, atol=_NEAR):
        raise ValueError("this coefficient needs weights that are the same both ways round")
    return each


def linearised(
    each: Square,
    influence: Floats,
    point: float,
    expected: float,
    *,
    confidence: float,
    normal: str,
    lowest: float = -1.0,
) -> Estimate:
    """Interval from what each cell does to the coefficient; ``normal`` names a large-sample method, "" asks for t(n-1)."""
    n, observed = each.n, each.observed
    centred = influence - float((each.p * influence).sum())
    divisor = n if normal else n - 1
    error = sqrt(float((each.p * centred**2).sum()) / divisor)
    if min(observed, 1 - observed) < _NEAR or no_spread(error):
        return without_spread(point, observed, expected, n=n, confidence=checked(confidence), lowest=lowest)
    method = normal or f"gwet-linearised, t({n - 1})"
    return around(
        point, error, n=n, degrees=None if normal else n - 1, confidence=checked(confidence), method=method, lowest=lowest
    )  # fmt: skip


def _beyond(each: Square, expected: float, chance: Floats, *, confidence: float, normal: str = "") -> Estimate:
    """(observed - expected) / (1 - expected); ``chance`` (labels, labels) is each cell's part in the expected."""
    _varied(each)
    require_chance(expected)
    point = (each.observed - expected) / (1 - expected)
    influence = (each.w - (1 - point) * chance) / (1 - expected)
    return linearised(each, influence, point, expected, confidence=confidence, normal=normal)


def percent_agreement(
    table: npt.ArrayLike, *, weights: Weights = "identity", confidence: float = 0.95
) -> Estimate:  # fmt: skip
    """Share of items on which both agree (Wilson), or their mean credit (linearised, t(n-1)).

    >>> percent_agreement([[88, 14, 18], [10, 40, 10], [2, 6, 12]]).point
    0.7
    """
    each = square(table, weights)
    if (each.w == np.eye(len(each.w))).all():
        agreeing = int(np.trace(counts_of(table)))
        return wilson(agreeing, each.n, confidence=confidence)
    return linearised(each, each.w, each.observed, 0.0, confidence=confidence, normal="", lowest=0.0)


def weighted_kappa(table: npt.ArrayLike, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Cohen's kappa with partial credit (Cohen 1968), error of Fleiss, Cohen and Everitt (1969).

    >>> round(weighted_kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]], weights="linear").point, 4)
    0.4737
    """
    each = square(table, weights)
    expected = float(each.rows @ each.w @ each.columns)
    chance = (each.w @ each.columns)[:, None] + (each.rows @ each.w)[None, :]
    return _beyond(each, expected, chance, confidence=confidence, normal="fleiss-cohen-everitt, normal")


def scott_pi(table: npt.ArrayLike, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Scott's pi (1955): chance from the labels' shares in both annotators' answers together. Gwet's (2014) error.

    >>> round(scott_pi([[20, 10], [20, 50]]).point, 3)
    0.341
    """
    each = _even(square(table, weights))
    middle = each.w @ each.pi
    return _beyond(each, float(each.pi @ middle), np.add.outer(middle, middle), confidence=confidence)


def krippendorff_alpha(table: npt.ArrayLike, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Krippendorff's alpha of two annotators without gaps: Scott's pi with the small-sample term.

    The error is that of pi, as in irrCAC 1.4. A distance enters as ``credit(distance)``.

    >>> round(krippendorff_alpha([[46, 0, 0], [6, 32, 6], [0, 0, 10]]).point, 4)
    0.8005
    """
    pi = scott_pi(table, weights=weights, confidence=confidence)
    point = 1 - (1 - pi.point) * (1 - 1 / (2 * pi.n))
    shift = point - pi.point
    low, high = min(point, pi.low + shift), max(point, min(1.0, pi.high + shift))
    return Estimate(point=point, low=low, high=high, confidence=pi.confidence, method=pi.method, n=pi.n)


def brennan_prediger(table: npt.ArrayLike, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Bennett's S (1954), Brennan and Prediger (1981): by chance every declared label is as likely as any other.

    >>> round(brennan_prediger([[20, 10], [20, 50]]).point, 9)
    0.4
    """
    each = _even(square(table, weights))
    return _beyond(each, float(each.w.mean()), np.zeros_like(each.w), confidence=confidence)


def gwet_ac(table: npt.ArrayLike, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Gwet's AC1 (2008), with partial credit AC2 (2014): steady when one label is rare or dominant.

    >>> round(gwet_ac([[8, 1], [0, 1]]).point, 4)
    0.8658
    """
    each = _varied(_even(square(table, weights)))
    labels = len(each.w)
    scale = float(each.w.sum()) / (labels * (labels - 1))
    expected = scale * float(each.pi @ (1 - each.pi))
    chance = -scale * np.add.outer(each.pi, each.pi)  # up to a constant, which centring takes away
    return _beyond(each, expected, chance, confidence=confidence)


def bangdiwala_b(table: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Bangdiwala's B (1985): the agreeing squares' part of the rectangles that the margins allow; 0 to 1.

    Large-sample error by linearisation. ``no-common-label`` where no label was given by both.

    >>> round(bangdiwala_b([[13, 0, 0], [0, 20, 7], [0, 4, 56]]).point, 4)
    0.806
    """
    each = _varied(square(table))
    same, room = np.diagonal(each.p), float(each.rows @ each.columns)
    if room <= _NEAR / each.n:
        raise InsufficientData(
            "no-common-label", "the two annotators have no label in common, so Bangdiwala's B is not defined"
        )
    point = float(same @ same) / room
    influence = (2 * np.diag(same) - point * np.add.outer(each.columns, each.rows)) / room
    return linearised(each, influence, point, 0.0, confidence=confidence, normal="linearised, normal", lowest=0.0)
