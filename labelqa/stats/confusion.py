"""Which label is taken for which, and how well each label is found: the confusion matrix, precision, recall and F1.

Rows are the reference (gold, or the verifier's label), columns the label given, both in the order of the declared
labels. A label that nobody gave has no precision, one that no item has no recall: Unknown with its reason, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.accuracy import LabelScore
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Ints, Matched
from labelqa.records.summary import Confusion
from labelqa.stats.proportion import wilson


def confusion_matrix(matched: Matched) -> Ints:
    """Annotations by reference (rows) and label given (columns), (labels, labels), over all annotators and weeks."""
    table = np.zeros((len(matched.labels), len(matched.labels)), dtype=np.int64)
    np.add.at(table, (matched.reference, matched.label), matched.count)
    return table


def _square(matrix: npt.ArrayLike, labels: Sequence[str]) -> Ints:
    table = np.asarray(matrix, dtype=np.int64)
    if table.shape != (len(labels), len(labels)) or (table < 0).any():
        raise ValueError(
            f"the matrix must be ({len(labels)}, {len(labels)}) with counts of 0 or more, not {table.shape}"
        )
    return table


def top_confusions(matrix: npt.ArrayLike, labels: Sequence[str]) -> tuple[Confusion, ...]:
    """Every two labels that were confused, reference first, the most frequent first; ties in the order of the labels.

    >>> top_confusions([[8, 2], [5, 9]], ("a", "b"))[0]
    Confusion(first='b', second='a', count=5)
    """
    wrong = _square(matrix, labels).copy()
    np.fill_diagonal(wrong, 0)
    row, column = np.nonzero(wrong)
    order = np.argsort(-wrong[row, column], kind="stable")
    return tuple(
        Confusion(first=labels[i], second=labels[j], count=int(wrong[i, j]))
        for i, j in zip(row[order].tolist(), column[order].tolist(), strict=True)
    )


def f1(both: int, reference: int, given: int, *, confidence: float = 0.95) -> Estimate:
    """Harmonic mean of precision and recall of one label: 2 both / (reference + given).

    It is 2 J / (1 + J) of the share J of items with this label on both sides among those with it on either, so Wilson's
    interval of J gives that of F1 without an approximation of its own. Raises InsufficientData ``label-not-used``.

    >>> score = f1(8, 10, 13)
    >>> round(score.point, 3), score.n
    (0.696, 15)
    """
    if not 0 <= both <= min(reference, given):
        raise ValueError(f"need 0 <= both <= reference, given, not {both}, {reference}, {given}")
    either = reference + given - both
    if not either:
        raise InsufficientData("label-not-used", "no item has this label, and nobody gave it")
    share = wilson(both, either, confidence=confidence)
    point, low, high = (2 * each / (1 + each) for each in (share.point, share.low, share.high))
    return Estimate(
        point=point, low=low, high=high, confidence=confidence, method="wilson of the shared part, transformed", n=either
    )  # fmt: skip


def label_scores(matrix: npt.ArrayLike, labels: Sequence[str], *, confidence: float = 0.95) -> tuple[LabelScore, ...]:
    """Precision, recall (both Wilson) and F1 of each declared label in its order, from a confusion matrix.

    >>> [line] = [each for each in label_scores([[8, 2], [5, 9]], ("a", "b")) if each.label == "a"]
    >>> round(line.precision.point, 3), line.recall.point, line.reference, line.given
    (0.615, 0.8, 10, 13)
    """
    table = _square(matrix, labels)
    rows, columns, same = table.sum(axis=1).tolist(), table.sum(axis=0).tolist(), np.diagonal(table).tolist()
    return tuple(
        LabelScore(
            label=label,
            reference=reference,
            given=given,
            both=both,
            precision=_figure(lambda b=both, g=given: _share(b, g, "given", confidence)),  # type: ignore[misc]
            recall=_figure(lambda b=both, r=reference: _share(b, r, "reference", confidence)),  # type: ignore[misc]
            f1=_figure(lambda b=both, r=reference, g=given: f1(b, r, g, confidence=confidence)),  # type: ignore[misc]
        )
        for label, reference, given, both in zip(labels, rows, columns, same, strict=True)
    )


def _figure(estimate: Callable[[], Estimate]) -> Figure:
    try:
        return estimate()
    except InsufficientData as error:
        return unknown(error)


def _share(both: int, n: int, what: str, confidence: float) -> Estimate:
    if not n and what == "given":
        raise InsufficientData("label-not-used", "nobody gave this label, so its precision is not defined")
    if not n:
        raise InsufficientData("label-not-in-reference", "no item has this label, so its recall is not defined")
    return wilson(both, n, confidence=confidence)
