"""Do annotators mark the same stretches of a text or recording with the same label? Krippendorff's unitizing alpha.

The form of 2004 ("Measuring the reliability of qualitative text analysis data", Quality & Quantity 38), label by label
and over all labels; the expected disagreement printed in 1995 has an error. The later family of 2016 is another measure.
Several items are taken as one long continuum that no unit crosses; an item with m annotators weighs by m times its
length, which for one item is the paper's formula.

Lengths are counted in steps (a character; a fraction of a second), because chance is about where a unit could have
begun. Places are moved to the nearest step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.reductions import Floats, Ints
from labelqa.stats.agreement.coefficients import known
from labelqa.stats.agreement.continuum import Continuum, compared, empty_unit
from labelqa.stats.agreement.jackknife import jackknifed
from labelqa.stats.agreement.unitizing_sums import Sums, without_groups
from labelqa.stats.distance.regions import crossing_indices, stretches


@dataclass(frozen=True, slots=True, kw_only=True)
class Unitizing:
    """How far annotators agree on where ``label`` is; None is all labels together.

    ``units`` counts what was marked; ``observed`` and ``expected`` are D_o and D_e; ``alpha`` has an interval over items.
    """

    label: str | None
    units: int
    observed: float
    expected: float
    alpha: Figure

    @property
    def point(self) -> float:
        """1 - D_o / D_e, also where one item gives no interval; InsufficientData when chance leaves no disagreement."""
        return _alpha(self.observed, self.expected, self.label, self.units)


def unitizing(
    continua: Sequence[Continuum], labels: Sequence[str], *, step: float = 1.0, confidence: float = 0.95
) -> tuple[Unitizing, ...]:
    """Unitizing alpha over all labels, then of each of the declared ``labels`` in their order.

    Items that fewer than two annotators looked at are left out. The interval comes from leaving out items (groups of
    them beyond 200) in turn. Raises InsufficientData ``no-overlap``, ``nothing-marked``, ``empty-unit`` and
    ``overlapping-units`` (one annotator gave overlapping stretches the same label); a row is unknown with
    ``label-not-used``, ``no-variation`` or ``too-few-items`` (all lies on one item).

    >>> from labelqa.stats.agreement.continuum import Unit
    >>> marked = ((Unit(0, 4, "x"),), (Unit(0, 5, "x"),))
    >>> round(unitizing([Continuum(start=0, end=20, annotators=marked)], ["x"])[0].point, 3)
    0.964
    """
    if not step > 0:
        raise ValueError(f"step must be above 0, not {step}")
    items = compared(continua)
    strange = {unit.label for item in items for units in item.annotators for unit in units} - set(labels)
    if strange:
        raise ValueError(f"these labels are not declared: {sorted(strange)}")
    lengths = np.array([round(item.length / step) for item in items], dtype=np.float64)
    annotated = lengths * [len(item.annotators) for item in items]
    sums = _sums(items, labels, step)
    whole = np.array([each.parts(annotated, np.ones(len(items))) for each in sums])
    without = without_groups(sums, annotated)

    def row(label: str | None, chosen: slice) -> Unitizing:
        observed, expected = whole[chosen].sum(axis=0).tolist()
        units = sum(len(each.unit) for each in sums[chosen])
        left = without[:, chosen].sum(axis=1)
        alpha = known(
            lambda: _estimate(_alpha(observed, expected, label, units), left, len(items), confidence), n=len(items)
        )
        total = float(lengths.sum())
        return Unitizing(label=label, units=units, observed=observed / total, expected=expected / total, alpha=alpha)

    return row(None, slice(None)), *(row(label, slice(at, at + 1)) for at, label in enumerate(labels))


def _alpha(observed: float, expected: float, label: str | None, units: int) -> float:
    if label is not None and not units:
        raise InsufficientData("label-not-used", "nobody gave the label “{label}”", label=label)
    if expected <= 0:
        raise InsufficientData(
            "no-variation", "what is marked leaves no room to differ, so agreement beyond chance is not defined"
        )
    return 1 - observed / expected


def _estimate(point: float, left: Floats, n: int, confidence: float) -> Estimate:
    """``left`` (groups, 2): observed and expected disagreement with each group of items left out."""
    defined = left[:, 1] > 0
    without = np.where(defined, 1 - left[:, 0] / np.where(defined, left[:, 1], 1.0), np.nan)
    return jackknifed(point, without, n=n, confidence=confidence)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """All units by row (an annotator of an item), label and place; places in steps from the item's start."""

    row: Ints
    label: Ints
    start: Floats
    end: Floats
    row_item: Ints
    row_length: Floats


def _table(items: Sequence[Continuum], labels: Sequence[str], step: float) -> _Table:
    code = {label: at for at, label in enumerate(labels)}
    rows = [(at, item, units) for at, item in enumerate(items) for units in item.annotators]
    found = [
        (at, code[unit.label], round((unit.start - item.start) / step), round((unit.end - item.start) / step))
        for at, (_, item, units) in enumerate(rows)
        for unit in units
    ]
    row, label, start, end = np.array(sorted(found), dtype=np.int64).reshape(-1, 4).T
    if (start == end).any():
        raise empty_unit()
    table = _Table(
        row=row,
        label=label,
        start=start.astype(np.float64),
        end=end.astype(np.float64),
        row_item=np.array([at for at, _, _ in rows], dtype=np.int64),
        row_length=np.array([round(item.length / step) for _, item, _ in rows], dtype=np.float64),
    )
    crossed = (np.diff(row) == 0) & (np.diff(label) == 0) & (table.start[1:] < table.end[:-1])
    if crossed.any():
        raise InsufficientData(
            "overlapping-units",
            "one annotator marked overlapping stretches with “{label}”, for which unitizing alpha is not defined",
            label=labels[int(label[:-1][crossed][0])],
        )
    return table


def _sums(items: Sequence[Continuum], labels: Sequence[str], step: float) -> list[Sums]:
    table = _table(items, labels, step)
    disagreement = _disagreement(items, table, len(labels))
    gap, gap_row, gap_label = _gaps(table, len(labels))
    found = []
    for at in range(len(labels)):
        mine, free = table.label == at, gap_label == at
        order = np.argsort(gap[free], kind="stable")
        found.append(
            Sums(
                disagreement=disagreement[at],
                unit=table.end[mine] - table.start[mine],
                unit_item=table.row_item[table.row[mine]],
                gap=gap[free][order],
                gap_item=table.row_item[gap_row[free]][order],
            )
        )
    return found


def _gaps(table: _Table, labels: int) -> tuple[Floats, Ints, Ints]:
    """Length, row and label of every stretch that a row leaves free of a label."""
    rows = len(table.row_item)
    every = np.arange(rows * labels)
    group = np.concatenate([table.row * labels + table.label, every])
    # a mark of no length at the end of every row closes it
    start = np.concatenate([table.start, table.row_length[every // labels]])
    end = np.concatenate([table.end, table.row_length[every // labels]])
    order = np.lexsort((end, start, group))
    group, start, end = group[order], start[order], end[order]
    before = np.where(np.diff(group, prepend=-1) != 0, 0.0, np.concatenate([[0.0], end[:-1]]))
    free = start > before
    return (start - before)[free], group[free] // labels, group[free] % labels


def _disagreement(items: Sequence[Continuum], table: _Table, labels: int) -> Floats:
    """Squared differences of all ordered annotator pairs over one less than there are annotators, (labels, items).

    Units that meet differ by the squares of both ends' differences; one that meets none by the square of its length.
    """
    first = np.cumsum([0, *(len(item.annotators) for item in items)])
    pairs = [
        (at, one, other)
        for at, item in enumerate(items)
        for one, other in combinations(range(first[at], first[at] + len(item.annotators)), 2)
    ]
    item, one, other = np.array(pairs, dtype=np.int64).T
    share = 2 / (np.diff(first) - 1)[item]
    begins = np.searchsorted(table.row, np.arange(len(table.row_item) + 1))
    m, n = np.diff(begins)[one], np.diff(begins)[other]
    found = np.zeros(labels * len(items))
    for part in stretches(m * n + m + n):
        where, difference, pair = _differences(table, begins[one[part]], begins[other[part]], m[part], n[part])
        found += np.bincount(
            table.label[where] * len(items) + item[part][pair], difference * share[part][pair], len(found)
        )
    return found.reshape(labels, len(items))


def _differences(table: _Table, one: Ints, other: Ints, m: Ints, n: Ints) -> tuple[Ints, Floats, Ints]:
    """A unit, its difference and the pair of rows, for all that differs; ``one``, ``other`` are each row's first unit."""
    pair, i, j = crossing_indices(m, n)
    left, right = one[pair] + i, other[pair] + j
    meet = (
        (table.label[left] == table.label[right])
        & (table.start[left] < table.end[right])
        & (table.start[right] < table.end[left])
    )
    pair, i, j, left, right = pair[meet], i[meet], j[meet], left[meet], right[meet]
    apart = (table.start[left] - table.start[right]) ** 2 + (table.end[left] - table.end[right]) ** 2
    where, difference, whose = [left], [apart], [pair]
    for begin, size, met in ((one, m, i), (other, n, j)):
        base = np.cumsum(size) - size
        owner = np.repeat(np.arange(len(size)), size)
        unit = begin[owner] + np.arange(len(owner)) - base[owner]
        alone = np.bincount(base[pair] + met, minlength=len(owner)) == 0
        where.append(unit[alone])
        difference.append((table.end[unit[alone]] - table.start[unit[alone]]) ** 2)
        whose.append(owner[alone])
    return np.concatenate(where), np.concatenate(difference), np.concatenate(whose)
