"""Does an annotator agree with themselves: answers that one person gave twice to the same item.

The table of first and second answers goes into any coefficient for two (:mod:`labelqa.stats.agreement.tables`). An
annotator cannot agree better with others than with themselves, so this is the ceiling of agreement.
"""

from __future__ import annotations

import numpy as np

from labelqa.records.reductions import Answers, Ints


def repeats(answers: Answers) -> Ints:
    """First answer by second answer of the same annotator to the same item, (labels, labels); later answers are left.

    >>> one = np.zeros(3, dtype=np.int32)
    >>> repeats(Answers(labels=("a", "b"), item=one, annotator=one, label=np.array([0, 1, 1], dtype=np.int32)))
    array([[0, 1],
           [0, 0]])
    """
    return _table(answers, *_second(answers))


def repeats_by_annotator(answers: Answers) -> dict[int, Ints]:
    """The same for each annotator who answered an item twice, by annotator number."""
    first, second = _second(answers)
    who = answers.annotator[second]
    return {int(one): _table(answers, first[who == one], second[who == one]) for one in np.unique(who)}


def _second(answers: Answers) -> tuple[Ints, Ints]:
    """Rows of the first and of the second answer, whatever the order of annotators within an item."""
    order = np.lexsort((answers.annotator, answers.item))  # stable: answers keep their order
    item, who = answers.item[order], answers.annotator[order]
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (item[1:] == item[:-1]) & (who[1:] == who[:-1])
    second = np.flatnonzero(again & ~np.concatenate([[False], again[:-1]])) if len(order) else np.zeros(0, np.int64)
    return order[second - 1], order[second]


def _table(answers: Answers, first: Ints, second: Ints) -> Ints:
    size = len(answers.labels)
    table = np.zeros((size, size), dtype=np.int64)
    np.add.at(table, (answers.label[first], answers.label[second]), 1)
    return table
