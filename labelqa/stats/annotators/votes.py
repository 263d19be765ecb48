"""Votes: the label that most annotators gave, ties told as ties, and the same with better annotators counting more.

Wawa (worker agreement with aggregate) weighs each vote by how often its annotator agrees with the plain majority; where
the majority is a tie, agreement with one of its labels counts in part.
"""

from __future__ import annotations

import numpy as np

from labelqa.records.annotators import Consensus, Votes
from labelqa.records.reductions import Answers, Floats
from labelqa.stats.annotators.layout import Rows, rows_of, summed


def _voted(rows: Rows, answers: Answers, weight: Floats, model: str) -> Votes:
    """Every annotator's votes with a weight (annotators,) of their own."""
    items, labels = len(rows.items), len(answers.labels)
    item = np.repeat(np.arange(items), np.diff(rows.pointer))
    cell = item * labels + answers.label
    votes: Floats = summed(cell, weight[rows.code // labels], items * labels).reshape(items, labels)
    total = votes.sum(axis=1, keepdims=True)
    # of annotators who never agree with anybody no one's vote counts more
    plain = np.bincount(cell, minlength=items * labels).reshape(items, labels).astype(np.float64)
    votes = np.where(total > 0, votes, plain)
    shares = votes / votes.sum(axis=1, keepdims=True)
    consensus = Consensus(classes=answers.labels, item=rows.items, posterior=shares)
    return Votes(model=model, annotators=rows.annotators, weight=weight, votes=votes, consensus=consensus)


def majority(answers: Answers) -> Votes:
    """The label with most votes of each item; a tie has no consensus label (-1), ``consensus.winners`` names its labels.

    Raises InsufficientData ``no-annotations``.

    >>> item, annotator = np.array([0, 0, 0, 4, 4], np.int32), np.array([0, 1, 2, 0, 1], np.int32)
    >>> votes = majority(Answers(labels=("a", "b"), item=item, annotator=annotator,
    ...                          label=np.array([1, 1, 0, 0, 1], np.int32)))
    >>> votes.consensus.label.tolist(), votes.consensus.winners[1].tolist()
    ([1, -1], [True, True])
    """
    rows = rows_of(answers)
    return _voted(rows, answers, np.ones(len(rows.annotators)), "majority")


def wawa(answers: Answers) -> Votes:
    """Votes weighed by each annotator's share of agreement with the majority (``weight``).

    Raises InsufficientData ``no-annotations``.
    """
    rows = rows_of(answers)
    winners = majority(answers).consensus.winners
    credit = winners / winners.sum(axis=1, keepdims=True)
    item = np.repeat(np.arange(len(rows.items)), np.diff(rows.pointer))
    annotator = rows.code // len(answers.labels)
    agreed = np.bincount(annotator, credit[item, answers.label])
    return _voted(rows, answers, agreed / np.bincount(annotator), "wawa")
