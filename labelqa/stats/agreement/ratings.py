"""Numbers given by several annotators to the same items, checked before anything is worked out from them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Floats
from labelqa.stats.agreement.interval import too_few


def ratings(matrix: npt.ArrayLike) -> Floats:
    """An (items, annotators) matrix of numbers, NaN where an annotator did not rate; ValueError for anything else."""
    given = np.asarray(matrix, dtype=np.float64)
    if given.ndim != 2 or np.isinf(given).any():
        raise ValueError(f"ratings must be an (items, annotators) matrix of finite numbers, not of shape {given.shape}")
    return given


def complete(matrix: npt.ArrayLike, *, items: int = 2) -> Floats:
    """The same where every annotator rated every item, at least ``items`` of them.

    Raises InsufficientData ``no-overlap`` (one annotator or none), ``incomplete-ratings`` (gaps), ``too-few-items``.
    """
    given = ratings(matrix)
    if given.shape[1] < 2 or not given.size:
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if missing := int(np.isnan(given).sum()):
        raise InsufficientData(
            "incomplete-ratings",
            "this number needs a rating by every annotator of every item; {missing} of {cells} are missing",
            missing=missing, cells=given.size,
        )  # fmt: skip
    if len(given) < 2:
        raise too_few()
    if len(given) < items:
        raise InsufficientData(
            "too-few-items", "{n} items are not enough for this number; it needs {items}", n=len(given), items=items
        )
    return given


def same_rating() -> InsufficientData:
    """The error of ratings that do not tell the items apart."""
    return InsufficientData(
        "no-variation", "the ratings do not tell the items apart, so how well they agree on that is not defined"
    )
