"""What a kappa could have been, and where it comes from: the highest kappa the margins allow, and kappa label by label.

Also the error of kappa under the hypothesis of no agreement, which serves a test and never an interval.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Ints
from labelqa.stats.agreement.interval import around, checked, no_spread, without_spread
from labelqa.stats.agreement.pairs import cohen_kappa
from labelqa.stats.agreement.tables import counts_of, one_label, scott_pi, square

_NEAR = 1e-12


def maximum_kappa(table: npt.ArrayLike) -> float:
    """Cohen's kappa (1960) if the two agreed as often as their margins allow: below 1 where they use labels unequally.

    >>> round(maximum_kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]]), 3)
    0.831
    """
    each = square(table)
    expected = float(each.rows @ each.columns)
    if expected >= 1 - _NEAR:
        raise one_label()
    return (float(np.minimum(each.rows, each.columns).sum()) - expected) / (1 - expected)


def cohen_kappa_se0(table: npt.ArrayLike) -> float:
    """Standard error of kappa where the truth is no agreement beyond chance (Fleiss, Cohen and Everitt 1969).

    Only for testing that hypothesis: an interval made from it is wrong.
    """
    each = square(table)
    expected = float(each.rows @ each.columns)
    if expected >= 1 - _NEAR:
        raise one_label()
    both = float((each.rows * each.columns * (each.rows + each.columns)).sum())
    return sqrt(max(0.0, expected + expected**2 - both) / each.n) / (1 - expected)


def conditional_kappa(table: npt.ArrayLike, label: int, *, confidence: float = 0.95) -> Estimate:
    """Where the first annotator gave this label, how often the second did beyond chance (Light 1971; Agresti 1992).

    (p_ii - p_i. p_.i) / (p_i. - p_i. p_.i), linearised. Raises InsufficientData ``label-not-used`` where the first
    annotator never gave it, ``no-variation`` where the second gave nothing else. Transpose the table to ask the other.

    >>> round(conditional_kappa([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]], 0).point, 4)
    0.8005
    """
    each = square(table)
    labels = len(each.p)
    if not 0 <= label < labels:
        raise ValueError(f"label must be a number from 0 to {labels - 1}, not {label}")
    row, column, same = float(each.rows[label]), float(each.columns[label]), float(each.p[label, label])
    if not row:
        raise InsufficientData("label-not-used", "the first of the two annotators never gave this label")
    if column >= 1 - _NEAR:
        raise one_label()
    room = row * (1 - column)
    point = (same - row * column) / room
    mine, theirs = np.zeros((labels, labels)), np.zeros((labels, labels))
    mine[label, :], theirs[:, label] = 1.0, 1.0
    gain = mine * theirs - column * mine - row * theirs
    influence = (gain - point * ((1 - column) * mine - row * theirs)) / room
    centred = influence - float((each.p * influence).sum())
    error = sqrt(float((each.p * centred**2).sum()) / each.n)
    used = round(row * each.n)
    if same in (0.0, row) or no_spread(error):
        return without_spread(point, same / row, column, n=used, confidence=checked(confidence))
    return around(
        point, error, n=used, degrees=None, confidence=checked(confidence), method="linearised, normal"
    )  # fmt: skip


def label_kappa(table: npt.ArrayLike, label: int, *, confidence: float = 0.95) -> Estimate:
    """Cohen's kappa of one label against all others together: the same whoever comes first.

    >>> round(label_kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0).point, 2)
    0.56
    """
    return cohen_kappa(against_the_rest(table, label), confidence=confidence)


def label_pi(table: npt.ArrayLike, label: int, *, confidence: float = 0.95) -> Estimate:
    """Scott's pi of one label against all others together: Fleiss' (1971) kappa of a category, for two annotators.

    >>> round(label_pi([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]], 0).point, 3)
    0.781
    """
    return scott_pi(against_the_rest(table, label), confidence=confidence)


def against_the_rest(table: npt.ArrayLike, label: int) -> Ints:
    """The table of one label and of all others taken together, (2, 2).

    >>> against_the_rest([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0)
    array([[88, 32],
           [12, 68]])
    """
    counts = counts_of(table)
    if not 0 <= label < len(counts):
        raise ValueError(f"label must be a number from 0 to {len(counts) - 1}, not {label}")
    same, mine, theirs = (int(each) for each in (counts[label, label], counts[label].sum(), counts[:, label].sum()))
    rest = int(counts.sum()) - mine - theirs + same
    return np.array([[same, mine - same], [theirs - same, rest]], dtype=np.int64)
