"""How sure a share of right answers is when nobody knows the right ones for certain.

If all classes were known, n answers would tell as much as n throws of a coin. What is lost because they are not (Louis
1982) is the variance, over the posterior of the items, of what the throws would have said; annotators who share
doubtful items share that loss. The prior adds nothing: the interval is what the answers alone support.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from labelqa.records.reductions import Floats
from labelqa.stats.annotators.layout import Rows

_TOGETHER = 2000  # annotators; beyond, each is taken alone, the others held at their estimates
_SURE = 1 - 1e-9  # an item this certain hides nothing
_NOTHING = 1e-9  # information where nothing is known
_MOST_LOST = 0.8  # of what plain answers would tell; more is a sign of posteriors surer than they should be
_ITEMS = 65_536  # at a time


def _surprise(rows: Rows, labels: int, share: Floats, picked: slice, label: int) -> sparse.csr_array:
    """(items, annotators) what the answers to each item would add to the scores, were its class ``label``."""
    low, high = int(rows.pointer[picked.start]), int(rows.pointer[picked.stop])
    code = rows.code[low:high]
    annotator = code // labels
    pointer = rows.pointer[picked.start : picked.stop + 1] - low
    data = (code % labels == label) - share[annotator]
    return sparse.csr_array((data, annotator, pointer), shape=(len(pointer) - 1, len(share)))


def _hidden(rows: Rows, labels: int, share: Floats, posterior: Floats, *, together: bool) -> Floats:
    """Information lost because classes are not known: (annotators, annotators), its diagonal alone if not together."""
    size = len(share)
    lost = np.zeros((size, size) if together else size)

    def squared(scores: sparse.csr_array, weight: Floats) -> Floats:
        if together:
            return np.asarray((scores.T @ scores.multiply(weight[:, None]).tocsr()).toarray())
        scores.sum_duplicates()
        return np.asarray(scores.power(2).T @ weight)

    for start in range(0, len(rows.items), _ITEMS):
        part = slice(start, min(start + _ITEMS, len(rows.items)))
        shares = posterior[part]
        unsure = np.flatnonzero(shares.max(axis=1) < _SURE)
        if not len(unsure):
            continue
        mean = sparse.csr_array((len(unsure), size))
        for label in range(labels):
            scores = _surprise(rows, labels, share, part, label)[unsure]
            weight = shares[unsure, label]
            lost += squared(scores, weight)
            mean = mean + sparse.csr_array(scores.multiply(weight[:, None]))
        lost -= squared(mean, np.ones(len(unsure)))
    return lost


def _variances(known: Floats, hidden: Floats) -> Floats:
    """Diagonal of the inverse of diag(known) - hidden, (annotators,); 0 where plain answers tell nothing.

    Posteriors that are surer than they should be can make more seem lost than there is, along directions that all
    annotators share a little in; so of what plain answers tell never more than _MOST_LOST counts as lost.
    """
    variance = np.zeros(len(known))
    live = known > _NOTHING
    root = np.sqrt(known[live])
    lost, vectors = np.linalg.eigh(hidden[np.ix_(live, live)] / np.outer(root, root))
    variance[live] = (vectors**2 / (1 - np.minimum(lost, _MOST_LOST))).sum(axis=1) / known[live]
    return variance


def share_variances(rows: Rows, labels: int, posterior: Floats, share: Floats) -> tuple[Floats, str]:
    """Variance (annotators,) of shares of right answers under posteriors (items, labels), and how it was found.

    Where a share is 0 or 1 the variance is 0: the interval then rests on the number of answers alone.
    """
    given = np.bincount(rows.code // labels, minlength=len(share))
    spread = share * (1 - share)
    known = given * spread
    if len(share) <= _TOGETHER:
        variance = _variances(known, _hidden(rows, labels, share, posterior, together=True))
        return spread**2 * variance, "observed information"
    left = np.maximum(known - _hidden(rows, labels, share, posterior, together=False), (1 - _MOST_LOST) * known)
    return spread**2 / np.maximum(left, _NOTHING), "observed information, others held"
