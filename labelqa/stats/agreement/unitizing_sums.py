"""The disagreement of marked stretches, observed and by chance, of all items and without some of them.

By chance a unit of one annotator could have begun anywhere; what counts is in how many places of the stretches between
units it would have fitted. With many items the same sums are worked out for all groups to be left out at once: every
unit meets every gap, less those of the group, so that time does not grow with the number of groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from labelqa.records.reductions import Floats, Ints

GROUPS: Final = 200  # with more items than this, groups of items are left out in turn


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What one label's disagreements are made of.

    ``disagreement`` (items,): sum of squared differences of all ordered annotator pairs, over one less than there are
    annotators; ``unit``, ``gap``: lengths of all units and of all stretches between them, whole numbers, with the item
    of each; gaps are in rising order.
    """

    disagreement: Floats
    unit: Floats
    unit_item: Ints
    gap: Floats
    gap_item: Ints

    def parts(self, annotated: Floats, weight: Floats) -> tuple[float, float]:
        """D_o and D_e times the length of the continuum, each item counted ``weight`` times."""
        total = float(weight @ annotated)
        w, g, length = weight[self.unit_item], weight[self.gap_item], self.unit
        # for each unit: in how many places of all gaps could it have begun
        enough = np.searchsorted(self.gap, length, side="left")
        count, reach = _sums_from(g), _sums_from(g * self.gap)
        places = reach[enough] - count[enough] * (length - 1)
        among = (w.sum() - 1) / 3 * _among(length)
        chance = 2 * float(w @ (among + length**2 * places))
        free = total * (total - 1) - float(w @ (length * (length - 1)))
        return float(weight @ self.disagreement) / total, chance / free if free > 0 else 0.0

    def without(self, annotated: Floats, member: Ints) -> Floats:
        """The same two without each group of items, (groups, 2); ``member`` (items,) is the group of each."""
        groups, length = int(member.max()) + 1, self.unit
        mine = member[self.unit_item]

        def left(each: Ints, values: Floats) -> Floats:
            return np.asarray(values.sum() - np.bincount(each, values, groups), dtype=np.float64)

        total, units = left(member, annotated), left(mine, np.ones(len(length)))
        among = (units - 1) / 3 * left(mine, _among(length))
        free = total * (total - 1) - left(mine, length * (length - 1))
        chance = 2 * (among + self._begun(member, groups))
        known = (free > 0) & (units > 0)
        expected = np.where(known, chance / np.where(known, free, 1.0), 0.0)
        return np.stack([left(member, self.disagreement) / total, expected], axis=1)

    def _begun(self, member: Ints, groups: int) -> Floats:
        """Squared length of every unit times the places in every gap, those of each group left out, (groups,)."""
        length, square = self.unit, self.unit**2
        mine, gaps = member[self.unit_item], member[self.gap_item]
        enough = np.searchsorted(self.gap, length, side="left")
        everywhere = square * (_sums_from(self.gap)[enough] - (len(self.gap) - enough) * (length - 1))
        rising = np.sort(length)
        fitting = np.searchsorted(rising, self.gap, side="right")
        taken = (self.gap + 1) * _sums_to(rising**2)[fitting] - _sums_to(rising**3)[fitting]
        wide = max(self.gap.max(initial=0.0), length.max(initial=0.0)) + 1
        order = np.argsort(gaps * wide + self.gap, kind="stable")
        key, upto = (gaps * wide + self.gap)[order], _sums_to(self.gap[order])
        low, high = np.searchsorted(key, mine * wide + length), np.searchsorted(key, (mine + 1) * wide)
        within = square * (upto[high] - upto[low] - (high - low) * (length - 1))
        both = np.bincount(mine, within, groups)
        return np.asarray(
            everywhere.sum() - np.bincount(mine, everywhere, groups) - np.bincount(gaps, taken, groups) + both
        )


def _among(length: Floats) -> Floats:
    return 2 * length**3 - 3 * length**2 + length


def _sums_from(values: Floats) -> Floats:
    """For each position the sum from there to the end; 0 past the end."""
    return np.concatenate([np.cumsum(values[::-1])[::-1], [0.0]])


def _sums_to(values: Floats) -> Floats:
    """For each position the sum of what is before it, and last of all."""
    return np.concatenate([[0.0], np.cumsum(values)])


def without_groups(sums: Sequence[Sums], annotated: Floats) -> Floats:
    """Observed and expected disagreement of each label without each group of items: (groups, labels, 2)."""
    items = len(annotated)
    if items < 2:
        return np.zeros((0, len(sums), 2))
    if items <= GROUPS:  # one by one: exact also where one item holds nearly all
        weight = 1.0 - np.eye(items)
        return np.array([[each.parts(annotated, row) for each in sums] for row in weight])
    member = np.arange(items) % GROUPS
    return np.stack([each.without(annotated, member) for each in sums], axis=1)
