"""How much two different labels agree: nothing (unordered labels), or the more the nearer they lie to each other.

A weight matrix is (labels, labels), symmetric, 1 on the diagonal and between 0 and 1 elsewhere. The named ones are those
of Gwet (2014, ch. 3) as in irrCAC 1.4; they depend on the declared values of the labels (rating 1 to 5, say), never on
which of them were used. They are not Krippendorff's metrics: see :mod:`labelqa.stats.agreement.metrics`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.stats.agreement.terms import Floats

Weights: TypeAlias = str | npt.ArrayLike
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def numbers_in(labels: Sequence[str]) -> Floats | None:
    """The labels as numbers, where every one is written as a finite number and no two are equal; else None.

    A label called "nan" or "inf" is a word.

    >>> numbers_in(("1", "2.5", "10")), numbers_in(("1", "nan"))
    (array([ 1. ,  2.5, 10. ]), None)
    """
    if not all(_NUMBER.fullmatch(label.strip()) for label in labels):
        return None
    values = np.array([float(label) for label in labels], dtype=np.float64)
    return values if np.isfinite(values).all() and len(np.unique(values)) == len(values) else None


def label_values(labels: Sequence[str]) -> Floats:
    """What stands for each label in a weight: its number where all are numbers, else its place 1, 2, … as declared."""
    values = numbers_in(labels)
    return np.arange(1.0, len(labels) + 1, dtype=np.float64) if values is None else values


def _gap(x: Floats) -> Floats:
    return np.asarray(np.abs(x[:, None] - x[None, :]))


def _away(distance: Floats) -> Floats:
    """1 minus the distance as a share of the largest one."""
    largest = distance.max()
    return np.asarray(1 - distance / largest) if largest > 0 else np.ones_like(distance)


def _ordinal(x: Floats) -> Floats:
    places = np.argsort(np.argsort(x)).astype(np.float64)
    between = _gap(places) + 1  # labels from one to the other, both counted
    return _away(between * (between - 1) / 2)


def ratio_distance(x: Floats) -> Floats:
    """((a - b) / (a + b))^2 for values of 0 or more; 0 between two zeros, where the fraction is not defined."""
    if (x < 0).any():
        raise ValueError(f"ratios need values of 0 or more, not {x.min()}")
    total = x[:, None] + x[None, :]
    return np.asarray((_gap(x) / np.where(total > 0, total, 1.0)) ** 2)


def _circular(x: Floats) -> Floats:
    return _away(np.sin(np.pi * _gap(x) / (x.max() - x.min() + 1)) ** 2)


def _bipolar(x: Floats) -> Floats:
    total = x[:, None] + x[None, :]
    room = (total - 2 * x.min()) * (2 * x.max() - total)
    return _away(np.where(room > 0, _gap(x) ** 2 / np.where(room > 0, room, 1.0), 0.0))


_FORMS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "identity": lambda x: np.eye(len(x)),
    "linear": lambda x: _away(_gap(x)),
    "quadratic": lambda x: _away(_gap(x) ** 2),
    "ordinal": _ordinal,
    "radical": lambda x: _away(np.sqrt(_gap(x))),
    "ratio": lambda x: _away(ratio_distance(x)),
    "circular": _circular,
    "bipolar": _bipolar,
}
WEIGHTS: Final = tuple(_FORMS)


def checked_values(values: npt.ArrayLike) -> Floats:
    """The values of the labels as numbers, finite and all different; ValueError otherwise."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or not len(x) or not np.isfinite(x).all() or len(np.unique(x)) != len(x):
        raise ValueError(f"the values of the labels must be finite numbers that differ from each other, not {values!r}")
    return x


def weight_matrix(form: str, values: npt.ArrayLike) -> Floats:
    """The named weights between labels with these ``values``: (labels, labels).

    >>> weight_matrix("quadratic", [1, 2, 3])
    array([[1.  , 0.75, 0.  ],
           [0.75, 1.  , 0.75],
           [0.  , 0.75, 1.  ]])
    """
    if form not in _FORMS:
        raise ValueError(f"there are no weights called {form!r}; known are {', '.join(WEIGHTS)}")
    return _FORMS[form](checked_values(values))


def checked_weights(matrix: npt.ArrayLike, labels: int) -> Floats:
    """Weights of one's own as (labels, labels); ValueError unless symmetric, 1 on the diagonal, between 0 and 1.

    >>> checked_weights([[1, 0.5], [0.5, 1]], 2)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    w = np.asarray(matrix, dtype=np.float64)
    if w.shape != (labels, labels):
        raise ValueError(f"weights for {labels} labels must be ({labels}, {labels}), not {w.shape}")
    if not np.isfinite(w).all() or (w < 0).any() or (w > 1).any():
        raise ValueError("weights must lie between 0 (no agreement) and 1 (full agreement)")
    if not (np.diagonal(w) == 1).all():
        raise ValueError("a label agrees with itself: weights must be 1 on the diagonal")
    if not np.array_equal(w, w.T):
        raise ValueError("weights must be symmetric: who of the two annotators was first does not matter")
    return w


def weights_between(weights: Weights, labels: Sequence[str]) -> Floats:
    """Named weights or a matrix of one's own as a checked matrix (labels, labels)."""
    if isinstance(weights, str):
        return weight_matrix(weights, label_values(labels))
    return checked_weights(weights, len(labels))
