"""Information and cost of an annotator's answers, and intervals, from a table of classes against answers.

A table (classes, labels) holds how many answers of one annotator are expected behind each cell. Figures come with the
variance they would have if the classes were known; the caller multiplies it by what not knowing them costs.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from scipy.special import betaincinv, ndtri

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Floats

_CELL = 0.5  # expected answers from which a cell counts as used


def _variance(joint: Floats, derivative: Floats, n: float) -> float:
    """Variance of a figure of multinomial shares by the delta method."""
    mean = float((joint * derivative).sum())
    return max(0.0, float((joint * derivative**2).sum()) - mean**2) / n


def information(table: Floats) -> tuple[float, float]:
    """Mutual information of answer and class in bits, and its variance.

    Chance makes few answers look informative: what it adds on average is taken off (Miller 1955), never below 0.

    >>> information(np.array([[500.0, 0.0], [0.0, 500.0]]))
    (1.0, 0.0)
    """
    n = float(table.sum())
    joint = table / n
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    bits = np.log2(np.divide(joint, apart, out=np.ones_like(joint), where=joint > 0))
    used = table > _CELL
    chance = (used.sum() - used.any(axis=1).sum() - used.any(axis=0).sum() + 1) / (2 * n * log(2))
    value = float((joint * bits).sum()) - max(0.0, float(chance))
    return max(0.0, value), _variance(joint, bits, n)


def cost(table: Floats) -> tuple[float, float]:
    """Expected cost of the soft label behind an answer, every error costing 1, over the cost without it; its variance.

    Raises InsufficientData ``one-class`` where all items are of one class.

    >>> cost(np.array([[5.0, 5.0], [5.0, 5.0]]))[0], cost(np.array([[5.0, 0.0], [0.0, 5.0]]))[0]
    (1.0, 0.0)
    """
    n = float(table.sum())
    joint = table / n
    share, said = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
    without = 1 - float((share**2).sum())
    if without <= 1e-9:
        raise InsufficientData(
            "one-class", "every item of this annotator is of one class, so no answer can tell anything"
        )
    soft = np.divide(joint, said, out=np.zeros_like(joint), where=said > 0)
    value = (1 - float((joint * soft).sum())) / without
    derivative = ((soft**2).sum(axis=0, keepdims=True) - 2 * soft + 2 * share * value) / without
    return value, _variance(joint, derivative, n)


def share_interval(point: float, variance: float, n: int, *, confidence: float, method: str) -> Estimate:
    """Clopper and Pearson's interval at the number of plain answers that would have this variance, at most ``n``.

    >>> share_interval(0.8, 0.8 * 0.2 / 50, 100, confidence=0.95, method="").low.__round__(4)
    0.6628
    """
    point = min(max(point, 0.0), 1.0)
    size = min(float(n), point * (1 - point) / variance) if variance > 0 and 0 < point < 1 else float(n)
    tail, right, wrong = (1 - confidence) / 2, point * size, (1 - point) * size
    low = float(betaincinv(right, wrong + 1, tail)) if right > 0 else 0.0
    high = float(betaincinv(right + 1, wrong, 1 - tail)) if wrong > 0 else 1.0
    return Estimate(point=point, low=min(low, point), high=max(high, point), confidence=confidence, method=method, n=n)


def normal_interval(point: float, variance: float, n: int, *, most: float, confidence: float, method: str) -> Estimate:
    """point -+ z * error, kept within [0, most]."""
    half = float(ndtri((1 + confidence) / 2)) * sqrt(max(variance, 0.0))
    low, high = max(0.0, point - half), min(max(most, point), point + half)
    return Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=n)
