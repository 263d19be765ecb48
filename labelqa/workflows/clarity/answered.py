"""Answers by item as patterns, and the items on which they differ."""

from __future__ import annotations

from typing import Final

import numpy as np

from labelqa.records.reductions import Answers, Ints, Patterns, Small

_STRETCH: Final = 20_000  # items counted at once


def patterns_of(answers: Answers) -> Patterns:
    """Answers as patterns, a stretch of items at a time."""
    found: list[tuple[Small, Ints]] = [(np.zeros((0, len(answers.labels)), np.int32), np.zeros(0, np.int64))]
    _, starts = np.unique(answers.item, return_index=True)
    ends = [*starts.tolist()[_STRETCH::_STRETCH], len(answers.item)] if len(starts) else []
    begin = 0
    for end in ends:
        _, row = np.unique(answers.item[begin:end], return_inverse=True)
        counts = np.zeros((int(row.max()) + 1, len(answers.labels)), dtype=np.int32)
        np.add.at(counts, (row, answers.label[begin:end]), 1)
        part = Patterns.of(counts, answers.labels)
        found.append((part.counts, part.weight))
        begin = end
    weight = np.concatenate([each for _, each in found])
    return Patterns.of(np.concatenate([each for each, _ in found]), answers.labels, weight=weight)


def items_apart(answers: Answers) -> frozenset[int]:
    """Items with two different answers; answers are sorted by item."""
    same = answers.item[1:] == answers.item[:-1]
    return frozenset(answers.item[1:][same & (answers.label[1:] != answers.label[:-1])].tolist())
