"""The how-manieth answer of a person for an item within one file, counted in a few bytes an answer."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
_PEOPLE: Final = 1 << 21  # people an intake can number; items get the other 42 bits


class Occurrences:
    """Counts (item, person) pairs as chunks come by."""

    def __init__(self) -> None:
        self._runs: list[Ints] = []  # sorted keys; each run at least twice as long as the next
        self._more: dict[int, int] = {}  # keys met more than once, and how often

    def add(self, item_nos: Ints, person_nos: Ints) -> Ints:
        """For each row, how many earlier rows have the same item and person (0 for the first).

        >>> Occurrences().add(np.array([1, 1, 2, 1]), np.array([5, 5, 5, 6])).tolist()
        [0, 1, 0, 0]
        """
        keys = item_nos.astype(np.int64) * _PEOPLE + person_nos
        in_order = np.sort(keys)
        if (in_order[1:] != in_order[:-1]).all() and not self._met(in_order).any():  # as in most files: nobody twice
            self._remember(in_order)
            return np.zeros(keys.size, dtype=np.int64)
        distinct, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        before = self._before(distinct)
        places = before[inverse]
        if distinct.size < keys.size:
            order = np.argsort(inverse, kind="stable")
            starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
            rank = np.empty(keys.size, dtype=np.int64)
            rank[order] = np.arange(keys.size) - np.repeat(starts, counts)
            places = places + rank
        totals = before + counts
        self._more.update(zip(distinct[totals > 1].tolist(), totals[totals > 1].tolist(), strict=True))
        self._remember(distinct[before == 0])
        return places

    def _before(self, keys: Ints) -> Ints:
        counts = np.zeros(keys.size, dtype=np.int64)
        for index in np.flatnonzero(self._met(keys)):
            counts[index] = self._more.get(int(keys[index]), 1)
        return counts

    def _met(self, keys: Ints) -> Flags:
        """Which of the keys came by before."""
        known = np.zeros(keys.size, dtype=np.bool_)
        for run in self._runs:
            spot = np.searchsorted(run, keys)
            known |= run[np.minimum(spot, run.size - 1)] == keys
        return known

    def _remember(self, keys: Ints) -> None:
        while keys.size and self._runs and self._runs[-1].size < 2 * keys.size:
            keys = np.sort(np.concatenate((self._runs.pop(), keys)), kind="stable")
        if keys.size:
            self._runs.append(keys)
