"""How far two numbers, ratings or ordered labels lie apart.

:class:`Squared` and :class:`Relative` are Krippendorff's interval and ratio metrics. Only distances from 0 to 1 can be
turned into a mean agreement: :class:`Within`, :class:`Relative`, :class:`Ordinal`, and :class:`Absolute` and
:class:`Squared` where ``width``, the length of the scale, is given (4 for ratings from 1 to 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.distance.stored import beside, number, refuse


def _gap(ones: Sequence[float], others: Sequence[float]) -> Floats:
    beside(ones, others)
    return np.abs(np.asarray(ones, dtype=np.float64) - np.asarray(others, dtype=np.float64))


def _require_width(width: float) -> None:
    if not width > 0:
        raise ValueError(f"the width of a scale must be above 0, not {width}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """The difference of two numbers, in units of ``width``.

    >>> Absolute(width=4).between([1.0, 5.0], [2.0, 1.0])
    array([0.25, 1.  ])
    """

    width: float = 1.0

    def __post_init__(self) -> None:
        _require_width(self.width)

    def read(self, text: str) -> float:
        """The number of a stored answer; ValueError where it says none."""
        return number(text)

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return _gap(ones, others) / self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class Squared:
    """The squared difference, in units of ``width``: Krippendorff's metric for numbers on an interval scale.

    >>> Squared().between([1.0, 5.0], [2.0, 1.0])
    array([ 1., 16.])
    """

    width: float = 1.0

    def __post_init__(self) -> None:
        _require_width(self.width)

    def read(self, text: str) -> float:
        """The number of a stored answer; ValueError where it says none."""
        return number(text)

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Floats:
        """The distance of each pair: (pairs,)."""
        distances: Floats = (_gap(ones, others) / self.width) ** 2
        return distances


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """((a - b) / (a + b)) squared: Krippendorff's metric for numbers with a true zero, 0..1; 0 for two zeros.

    >>> Relative().between([1.0, 100.0, 0.0], [3.0, 102.0, 0.0]).round(6)
    array([2.5e-01, 9.8e-05, 0.0e+00])
    """

    def read(self, text: str) -> float:
        """The number of a stored answer, 0 or more; ValueError otherwise."""
        value = number(text)
        if value < 0:
            refuse(text, "a number of 0 or more, for differences are measured against it")
        return value

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Floats:
        """The distance of each pair: (pairs,)."""
        whole = np.asarray(ones, dtype=np.float64) + np.asarray(others, dtype=np.float64)
        distances: Floats = (_gap(ones, others) / np.where(whole > 0, whole, 1.0)) ** 2
        return distances


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """0 where two numbers differ by no more than ``tolerance``, else 1.

    0.3 and 0.1 count as 0.2 apart: differences in the sixteenth digit are none.

    >>> Within(tolerance=1).between([4.0, 4.0], [5.0, 2.0])
    array([0., 1.])
    """

    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if not self.tolerance >= 0:
            raise ValueError(f"a tolerance must be 0 or more, not {self.tolerance}")

    def read(self, text: str) -> float:
        """The number of a stored answer; ValueError where it says none."""
        return number(text)

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Floats:
        """0 or 1 for each pair: (pairs,)."""
        gap = _gap(ones, others)
        size: Floats = np.maximum(
            np.abs(np.asarray(ones, dtype=np.float64)), np.abs(np.asarray(others, dtype=np.float64))
        )
        return (gap > self.tolerance + 4 * np.finfo(np.float64).eps * size).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinal:
    """Steps between two labels of a declared order over the steps from the first to the last: 0..1.

    Krippendorff's ordinal metric also weighs how often the labels in between are used; this one does not.

    >>> grades = Ordinal(order=("poor", "fair", "good"))
    >>> grades.between([grades.read("poor")], [grades.read("fair")])
    array([0.5])
    """

    order: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.order) < 2 or len(set(self.order)) < len(self.order):
            raise ValueError(f"an order needs two labels or more, each once, not {self.order}")

    def read(self, text: str) -> float:
        """The place of the label in the order, from 0; ValueError where it is not in it."""
        if text not in self.order:
            refuse(text, f"one of {', '.join(self.order)}")
        return float(self.order.index(text))

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return _gap(ones, others) / (len(self.order) - 1)
