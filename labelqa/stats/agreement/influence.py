"""Who and what causes the disagreement: agreement without each annotator, and how much each item is disputed.

Taking an annotator away changes only the items that this annotator labelled, and these only by one label: all the
others keep their pattern. So one pass over the answers serves every annotator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.records.diagnostics import AnnotatorInfluence, ItemDisagreement
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.reductions import Answers, Ints, Patterns, grouped
from labelqa.stats.agreement.coefficients import COEFFICIENTS, Measure, credit_of, known
from labelqa.stats.agreement.item_intervals import default_interval
from labelqa.stats.agreement.raters import Rows, first_rows, label_cells
from labelqa.stats.agreement.terms import Floats, terms
from labelqa.stats.agreement.weights import Weights

_ROOM = 2**62  # codes stay below this, so that int64 never overflows
ALPHA = next(measure for measure in COEFFICIENTS if measure.name == "krippendorff-alpha")


def _numbered(matrix: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Ints]:
    """The distinct rows of a matrix of counts in rising order, and the number of each row's own among them."""
    code: Ints = np.zeros(len(matrix), dtype=np.int64)
    size = 1
    for column in matrix.T:
        base = int(column.max(initial=0)) + 1
        if size * base > _ROOM:
            seen, place = np.unique(code, return_inverse=True)
            code, size = place.astype(np.int64, copy=False), len(seen)
        code = code * base + column
        size *= base
    _, first, number = np.unique(code, return_index=True, return_inverse=True)
    return matrix[first], number.astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Removals:
    """Patterns, how many items have each, and what taking an answer away turns one pattern into.

    ``counts`` (patterns, labels) also holds what is left of a pattern; ``annotator``, ``before``, ``after``, ``items``
    (moves,): so many items of this annotator go from one pattern to the other.
    """

    counts: npt.NDArray[np.int32]
    weight: Ints
    annotator: Ints
    before: Ints
    after: Ints
    items: Ints

    def without(self, annotator: int) -> Ints:
        """Items with each pattern when this annotator's answers are taken away."""
        weight = self.weight.copy()
        low, high = np.searchsorted(self.annotator, [annotator, annotator + 1])
        np.subtract.at(weight, self.before[low:high], self.items[low:high])
        np.add.at(weight, self.after[low:high], self.items[low:high])
        return weight


def _removals(rows: Rows) -> _Removals:
    parts = list(_stretches(rows))
    counts, number = _numbered(np.concatenate([counts for counts, _, _ in parts]))
    offsets = np.cumsum([0, *(len(counts) for counts, _, _ in parts)])
    moved = [
        np.column_stack([cells[:, :2], number[offset + cells[:, 2]]])
        for offset, (_, cells, _) in zip(offsets[:-1], parts, strict=True)
    ]
    moves, items = grouped(np.concatenate(moved), np.concatenate([each for _, _, each in parts]))
    annotator, label, pattern = moves.T
    left = counts[pattern]
    left[np.arange(len(left)), label] -= 1
    whole, place = _numbered(np.concatenate([counts, left]))
    before, after = place[: len(counts)][pattern], place[len(counts) :]
    # every item appears once for each of its answers
    size = whole.sum(axis=1, dtype=np.int64)
    weight = np.bincount(before, weights=items, minlength=len(whole)).round().astype(np.int64) // np.maximum(size, 1)
    return _Removals(
        counts=whole.astype(np.int32), weight=weight, annotator=annotator, before=before, after=after, items=items
    )


def _stretches(rows: Rows) -> Iterator[tuple[npt.NDArray[Any], Ints, Ints]]:
    """Distinct patterns of a stretch of items; annotator, label and pattern of its answers; how many are alike."""
    for start, cells in label_cells(rows):
        counts, number = _numbered(cells)
        low, high = np.searchsorted(rows.item, [start, start + len(cells)])
        pattern = number[rows.item[low:high] - start]
        moves = np.column_stack([rows.annotator[low:high], rows.label[low:high], pattern])
        found, items = grouped(moves, np.ones(len(moves), dtype=np.int64))
        yield counts, found, items


def _figure(measure: Measure, labels: tuple[str, ...], counts: npt.NDArray[np.int32], weight: Ints, c: float) -> Figure:
    kept = (weight > 0) & counts.any(axis=1)
    patterns = Patterns(labels=labels, counts=counts[kept], weight=weight[kept])
    return known(
        lambda: default_interval(patterns, measure.values, confidence=c, lowest=measure.lowest),
        n=patterns.items_with_pairs,
    )


def annotator_influence(
    answers: Answers, people: Sequence[str], *, measure: Measure = ALPHA, confidence: float = 0.95
) -> tuple[AnnotatorInfluence, ...]:
    """The coefficient without each annotator who gave an answer, by annotator number; alpha unless told otherwise.

    ``people`` names each annotator number. What is left when an annotator goes may not be enough to know the
    coefficient: ``without`` then says why.
    """
    rows = first_rows(answers)
    if not len(rows.label):
        return ()
    moves = _removals(rows)
    everybody = _figure(measure, rows.labels, moves.counts, moves.weight, confidence)
    lines = []
    for at, number in enumerate(rows.people.tolist()):
        figure = _figure(measure, rows.labels, moves.counts, moves.without(at), confidence)
        both = isinstance(figure, Estimate) and isinstance(everybody, Estimate)
        change = figure.point - everybody.point if both else None  # type: ignore[union-attr]
        lines.append(AnnotatorInfluence(annotator=people[number], without=figure, change=change))
    return tuple(lines)


def _entropy(cells: Ints) -> Floats:
    """Entropy of each row's shares in bits."""
    share = cells / cells.sum(axis=1)[:, None]
    logs = np.log2(np.where(share > 0, share, 1.0))
    return np.asarray(np.abs((share * logs).sum(axis=1)))


def item_disagreements(
    answers: Answers, *, weights: Weights = "identity", limit: int = 100
) -> tuple[ItemDisagreement, ...]:
    """The ``limit`` most disputed items: by disagreement, then entropy, then annotations, then number.

    Items labelled once cannot be disputed and are not among them; items on which all agree come last.
    """
    rows = first_rows(answers)
    if not len(rows.label):
        return ()
    credit = credit_of(weights, rows.labels)
    parts = [(_entropy(cells), terms(cells, credit).own) for _, cells in label_cells(rows)]
    entropy, own = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((rows.items, -rows.size, -entropy, own))
    chosen = order[rows.size[order] >= 2][:limit]
    return tuple(_line(rows, at, float(entropy[at]), 1 - float(own[at])) for at in chosen.tolist())


def _line(rows: Rows, at: int, entropy: float, disagreement: float) -> ItemDisagreement:
    low, high = np.searchsorted(rows.item, [at, at + 1])
    counts = np.bincount(rows.label[low:high], minlength=len(rows.labels))
    order = np.argsort(-counts, kind="stable")
    return ItemDisagreement(
        item=int(rows.items[at]),
        annotations=int(high - low),
        entropy=entropy,
        disagreement=max(0.0, disagreement),
        labels=tuple((rows.labels[k], int(counts[k])) for k in order.tolist() if counts[k]),
    )
