"""Two annotators side by side: over the items both labelled, how often they agree and how far beyond chance.

All pairs are worked out at once from the cells of their tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Ints, PairTable
from labelqa.records.summary import PairAgreement
from labelqa.stats.agreement.coefficients import known
from labelqa.stats.agreement.interval import around, checked, no_spread, too_few, without_spread
from labelqa.stats.agreement.terms import Floats
from labelqa.stats.proportion import wilson


@dataclass(frozen=True, slots=True, eq=False)
class _Kappas:
    """One entry a pair: shared items, of them agreeing, expected agreement, and the standard error of kappa."""

    shared: Ints
    agreeing: Ints
    expected: Floats
    error: Floats


def _kappas(pair: Ints, row: Ints, column: Ints, count: Ints, labels: int) -> _Kappas:
    """Cohen's kappa (1960) and its large-sample standard error (Fleiss, Cohen and Everitt 1969), pairs numbered from 0.

    The error is the one for an interval, not the one under the hypothesis of no agreement.
    """
    pairs = int(pair.max(initial=-1)) + 1
    where, mine, theirs = pair * labels, pair * labels + row, pair * labels + column

    def total(index: Ints, values: npt.NDArray[Any], size: int) -> Floats:
        return np.bincount(index, weights=values, minlength=size).astype(np.float64)

    n = total(pair, count, pairs)
    p = count / n[pair]
    rows, columns = total(mine, p, pairs * labels), total(theirs, p, pairs * labels)
    same = row == column
    po = total(pair[same], p[same], pairs)
    pe = (rows * columns).reshape(pairs, labels).sum(axis=1)
    # weight of a cell: the row label's share in the columns and the column label's share in the rows
    margins = columns[where + row] + rows[where + column]
    at = np.where(same, (1 - pe[pair]) - margins * (1 - po[pair]), (1 - po[pair]) * margins)
    spread = total(pair, p * at**2, pairs) - (po * pe - 2 * pe + po) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.maximum(spread, 0.0) / n) / (1 - pe) ** 2
    return _Kappas(
        shared=n.round().astype(np.int64),
        agreeing=total(pair[same], count[same], pairs).round().astype(np.int64),
        expected=pe,
        error=error,
    )


def _kappa(found: _Kappas, at: int, confidence: float) -> Estimate:
    n, agreeing, expected = int(found.shared[at]), int(found.agreeing[at]), float(found.expected[at])
    if n == 0:
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if n == 1:
        raise too_few()
    if expected >= 1 - 1e-12:
        raise InsufficientData(
            "no-variation", "both annotators gave one and the same label throughout: kappa is not defined"
        )
    point = (agreeing / n - expected) / (1 - expected)
    error = float(found.error[at])
    if agreeing in (0, n) or no_spread(error):
        return without_spread(point, agreeing / n, expected, n=n, confidence=checked(confidence))
    return around(
        point, error, n=n, degrees=None, confidence=checked(confidence), method="fleiss-cohen-everitt, normal"
    )


def cohen_kappa(table: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Cohen's kappa of a (labels, labels) table of counts, rows one annotator and columns the other.

    >>> kappa = cohen_kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    >>> round(kappa.point, 3), round(kappa.low, 3), round(kappa.high, 3)
    (0.492, 0.392, 0.591)
    """
    square = np.asarray(table, dtype=np.int64)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or (square < 0).any():
        raise ValueError(f"the table must be (labels, labels) with counts of 0 or more, not {square.shape}")
    row, column = np.nonzero(square)
    if not len(row):
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    found = _kappas(np.zeros(len(row), dtype=np.int64), row, column, square[row, column], len(square))
    return _kappa(found, 0, confidence)


def pair_agreements(table: PairTable, people: Sequence[str], *, confidence: float = 0.95) -> tuple[PairAgreement, ...]:
    """Every two annotators who share an item, by annotator number: percent agreement (Wilson) and Cohen's kappa.

    ``people`` names each annotator number.
    """
    if not len(table.count):
        return ()
    wide = max(int(table.second.max()) + 1, 1)
    seen, pair = np.unique(table.first * wide + table.second, return_inverse=True)
    found = _kappas(pair, table.first_label, table.second_label, table.count, len(table.labels))
    lines = []
    for at, code in enumerate(seen.tolist()):
        shared, agreeing = int(found.shared[at]), int(found.agreeing[at])
        lines.append(
            PairAgreement(
                first=people[code // wide],
                second=people[code % wide],
                shared=shared,
                agreement=wilson(agreeing, shared, confidence=confidence),
                kappa=known(lambda at=at: _kappa(found, at, confidence), n=shared),  # type: ignore[misc]
            )
        )
    return tuple(lines)
