"""Share of right answers where several annotators answered each item: hard items take several answers down together.

Counting such answers as if each came from an item of its own makes the share look surer than it is: where items differ
in difficulty, Wilson's interval over the answers can cover some 80 % in place of 95 % (``benchmarks/coverage.py``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Ints, Patterns
from labelqa.stats.agreement.item_intervals import limits_of
from labelqa.stats.agreement.leave_one_out import point_of
from labelqa.stats.agreement.terms import Floats
from labelqa.stats.proportion import wilson


def share_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Floats:
    """The first column's share of all answers: ``counts`` (patterns, right and wrong), one value a row of weights."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ counts[:, 0]) / (weights @ counts.sum(axis=1)))


def share_over_items(right: Ints, answers: Ints, *, weight: Ints | None = None, confidence: float = 0.95) -> Estimate:
    """Share right of all ``answers``, with limits over items: ``right`` and ``answers`` are (items,).

    ``weight`` (items,) is how many items are alike, 1 where it is not given. Items without an answer are left out; where
    no item has two, this is Wilson's interval. Raises InsufficientData ``nothing-checked`` where there is none at all.
    ``n`` is the number of answers.

    >>> found = share_over_items(np.array([3, 3, 0, 3, 2, 3]), np.array([3, 3, 3, 3, 3, 3]))
    >>> round(found.point, 3), round(found.low, 2), round(found.high, 2)
    (0.778, 0.32, 0.97)
    """
    right, answers = np.asarray(right, dtype=np.int64), np.asarray(answers, dtype=np.int64)
    if right.shape != answers.shape or right.ndim != 1 or (right < 0).any() or (right > answers).any():
        raise ValueError("need right and answers of each item, 0 <= right <= answers")
    weight = np.ones(len(answers), dtype=np.int64) if weight is None else np.asarray(weight, dtype=np.int64)
    total = int(answers @ weight)
    if not total:
        raise InsufficientData("nothing-checked", "nothing has been checked yet, so no share can be given")
    if answers.max() == 1:
        return wilson(int(right @ weight), total, confidence=confidence)
    patterns = Patterns.of(np.stack([right, answers - right], axis=1), ("right", "wrong"), weight=weight)
    if patterns.items == 1:
        raise InsufficientData(
            "too-few-items", "what there is to compare lies on one item, too few to say how sure the number is"
        )
    point = point_of(share_values, patterns.counts, patterns.weight)
    return limits_of(patterns, share_values, point, n=total, confidence=confidence, lowest=0.0)
