"""How far apart two labels lie in Krippendorff's sense: unordered, ordered, or numbers on a scale.

A matrix of distances is (labels, labels), symmetric, 0 on the diagonal, 0 or more elsewhere; its unit does not matter.
The ordinal metric is special: it depends on how often each label was given, and so differs from "ordinal" weights.
:func:`metric_values` gives the bare alpha of any metric for a bootstrap.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.stats.agreement.terms import Floats, Statistic, alpha_values
from labelqa.stats.agreement.weights import checked_values, numbers_in, ratio_distance

Metric: TypeAlias = str | npt.ArrayLike
LEVELS: Final = ("nominal", "ordinal", "interval", "ratio")


def distance_matrix(level: str, values: npt.ArrayLike) -> Floats:
    """Squared distances between labels with these ``values``, level "nominal", "interval" or "ratio".

    >>> distance_matrix("interval", [1, 2, 4])
    array([[0., 1., 9.],
           [1., 0., 4.],
           [9., 4., 0.]])
    """
    x = checked_values(values)
    if level == "nominal":
        return 1 - np.eye(len(x))
    if level == "interval":
        return np.asarray((x[:, None] - x[None, :]) ** 2)
    if level == "ratio":
        return ratio_distance(x)
    raise ValueError(f"a matrix of distances is for nominal, interval or ratio, not {level!r}")


def checked_distances(matrix: npt.ArrayLike, labels: int) -> Floats:
    """Distances of one's own as (labels, labels); ValueError unless symmetric, 0 on the diagonal, finite, 0 or more."""
    d = np.asarray(matrix, dtype=np.float64)
    if d.shape != (labels, labels):
        raise ValueError(f"distances between {labels} labels must be ({labels}, {labels}), not {d.shape}")
    if not np.isfinite(d).all() or (d < 0).any() or np.diagonal(d).any() or not np.array_equal(d, d.T):
        raise ValueError("distances must be symmetric, finite, 0 or more, and 0 on the diagonal")
    return d


def _numbers(labels: Sequence[str], level: str) -> Floats:
    """The labels as numbers that the level can use."""
    values = numbers_in(labels)
    if values is None:
        word = next((label for label in labels if numbers_in((label,)) is None), labels[0])
        raise InsufficientData(
            "labels-not-numbers",
            "“{label}” is not a number of its own, so labels cannot be compared as numbers",
            label=word,
        )
    if level == "ratio" and (values < 0).any():
        raise InsufficientData("negative-values", "a label is below zero, so labels cannot be compared by their ratio")
    return values


def distances_between(metric: Metric, labels: Sequence[str]) -> Floats:
    """A level other than ordinal, or a matrix of one's own, as a checked matrix between the declared labels."""
    if not isinstance(metric, str):
        return checked_distances(metric, len(labels))
    if metric == "nominal":
        return distance_matrix("nominal", np.arange(len(labels)))
    if metric in ("interval", "ratio"):
        return distance_matrix(metric, _numbers(labels, metric))
    raise ValueError(f"there is no metric called {metric!r}; known are {', '.join(LEVELS)}")


def order_of(labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """The labels from lowest to highest: by number where all are numbers, else as declared."""
    values = numbers_in(labels)
    return np.arange(len(labels)) if values is None else np.argsort(values).astype(np.int64)


def midranks(totals: Floats) -> Floats:
    """Mid-rank of each label in rising order from how often it was given: (…, labels), centred on their mean.

    Krippendorff's ordinal metric is the square of the difference of two mid-ranks.

    >>> midranks(np.array([2.0, 1.0, 1.0]))
    array([-1. ,  0.5,  1.5])
    """
    return np.asarray(np.cumsum(totals, axis=-1) - totals / 2 - totals.sum(axis=-1, keepdims=True) / 2)


def _alpha(observed: Floats, expected: Floats, n: Floats) -> Floats:
    """1 - D_o / D_e from sums over ordered pairs; NaN where nothing differs."""
    with np.errstate(invalid="ignore", divide="ignore"):
        value = 1 - (n - 1) * observed / expected
    return np.where(expected > 0, value, np.nan)


def _paired(counts: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """Counts of the patterns with two annotations or more (others 0), and one less than the annotations (at least 1)."""
    c = counts.astype(np.float64)
    r = c.sum(axis=1)
    return np.where((r >= 2)[:, None], c, 0.0), np.maximum(r - 1, 1.0)


def distance_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any], distance: Floats) -> Floats:
    """Krippendorff's alpha with a matrix of distances, for each row of ``weights``."""
    c, others = _paired(counts)
    own = (c * (c @ distance)).sum(axis=1) / others
    totals = weights @ c
    return _alpha(np.asarray(weights @ own), (totals * (totals @ distance)).sum(axis=1), totals.sum(axis=1))


def ordinal_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any], order: npt.NDArray[np.int64]) -> Floats:
    """Krippendorff's alpha for ordered labels: the ranks follow the labels given in each redrawn set."""
    c, others = _paired(counts[:, order])
    r = c.sum(axis=1)
    totals = weights @ c
    x = midranks(totals)
    inner = weights * ((x @ c.T) ** 2) / others
    observed = 2 * (((weights @ (c * (r / others)[:, None])) * x**2).sum(axis=1) - inner.sum(axis=1))
    n = totals.sum(axis=1)
    return _alpha(observed, 2 * n * (totals * x**2).sum(axis=1), n)  # the ranks' mean is 0


def metric_values(metric: Metric, labels: Sequence[str]) -> Statistic:
    """Bare values of Krippendorff's alpha with this metric, for patterns of these labels."""
    if isinstance(metric, str) and metric == "nominal":
        return alpha_values
    if isinstance(metric, str) and metric == "ordinal":
        return partial(ordinal_values, order=order_of(labels))
    return partial(distance_values, distance=distances_between(metric, labels))
