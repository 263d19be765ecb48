"""Dawid and Skene's model: what each item is, and how each annotator confuses one class with another.

Every annotator has a confusion matrix; EM finds the matrices and class shares that explain the answers best (Dawid and
Skene 1979). With few answers an annotator, maximum likelihood believes accidents and loses to the majority. So by
default each row of a matrix also gets some pseudo-labels, spread like the matrix of all annotators together (empirical
Bayes); strength 0 is the model of 1979.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import xlogy

from labelqa.records.annotators import ConfusionModel, Consensus
from labelqa.records.reductions import Answers, Floats
from labelqa.stats.annotators.expectation import Expected, expected, expected_from, expected_with_posterior, vote_shares
from labelqa.stats.annotators.fitting import DEFAULT_SEARCH, Search, ascent_of, fitted
from labelqa.stats.annotators.layout import Layout, laid_out

NO_GOLD: Mapping[int, int] = MappingProxyType({})
_SETTLED, _ROUNDS = 1e-4, 10  # the prior's spread: until no cell moves by more, at most so many passes
_LEAST = 0.01  # a long step leaves at least this share of a probability


def pooled(counts: Floats) -> Floats:
    """(classes, labels): the confusion matrix of all annotators together; uniform for a class that nothing is in.

    >>> pooled(np.array([[[3.0, 1.0], [0.0, 0.0]]]))
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    together = counts.sum(axis=0)
    total = together.sum(axis=1, keepdims=True)
    uniform = np.full_like(together, 1 / together.shape[1])
    return np.asarray(np.divide(together, total, out=uniform, where=total > 0))


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """A free confusion matrix an annotator; the parameters are the class shares, then all matrices.

    ``centre`` (classes, labels) is where ``strength`` pseudo-labels a row lie; empty rows take it whole.
    """

    annotators: int
    centre: Floats
    strength: float

    def first(self, sums: Expected) -> Floats:
        """Parameters to begin with."""
        return self.maximised(sums, np.empty(0))

    def maximised(self, sums: Expected, before: Floats) -> Floats:  # noqa: ARG002
        """Expected counts and pseudo-labels as shares."""
        counts = sums.counts + self.strength * self.centre
        total = counts.sum(axis=2, keepdims=True)
        rows = np.divide(counts, total, out=np.broadcast_to(self.centre, counts.shape).copy(), where=total > 0)
        return np.concatenate([sums.members / sums.members.sum(), rows.ravel()])

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Class shares and confusion matrices."""
        classes, labels = self.centre.shape
        return parameters[:classes], parameters[classes:].reshape(self.annotators, classes, labels)

    def log_prior(self, parameters: Floats) -> float:
        """Dirichlet with ``strength`` pseudo-labels beyond the uniform."""
        if self.strength == 0:
            return 0.0
        confusion = self.matrices(parameters)[1]
        return float(self.strength * xlogy(self.centre, confusion).sum())

    def repaired(self, trial: Floats, safe: Floats) -> Floats:
        """Nothing below a hundredth of the last EM step's probability; rows add up to one."""
        share, confusion = self.matrices(np.maximum(trial, _LEAST * safe))
        rows = confusion / confusion.sum(axis=2, keepdims=True)
        return np.concatenate([share / share.sum(), rows.ravel()])


def _reading(labels: Sequence[str], classes: Sequence[str], reading: Floats | None) -> Floats:
    """How labels count towards classes in the first start, checked."""
    if reading is None:
        if tuple(classes) != tuple(labels):
            raise ValueError("classes other than the labels need a reading: (labels, classes) shares of each label")
        return np.eye(len(labels))
    shares = np.asarray(reading, dtype=np.float64)
    if shares.shape != (len(labels), len(classes)) or (shares < 0).any() or not np.allclose(shares.sum(axis=1), 1):
        raise ValueError(
            f"a reading is (labels, classes) = ({len(labels)}, {len(classes)}) shares whose rows add up to 1"
        )
    # a little of everything: a class that no label counts towards could never be found
    return np.asarray((shares + 1e-6) / (shares + 1e-6).sum(axis=1, keepdims=True))


def _centred(layout: Layout, reading: Floats, strength: float) -> tuple[Matrices, Floats]:
    """The family with its prior settled, and the parameters reached on the way.

    The prior's spread is the pooled matrix of the fit from the vote shares; it is then held, so that every start climbs
    the same objective.
    """
    sums = expected_from(layout, vote_shares(layout, reading, np.ones(len(layout.annotators))))
    family = Matrices(len(layout.annotators), pooled(sums.counts), strength)
    parameters = family.first(sums)
    for _ in range(_ROUNDS if strength > 0 else 0):
        sums = expected(layout, *family.matrices(parameters))
        centre = pooled(sums.counts)
        moved = float(np.abs(centre - family.centre).max())
        family = Matrices(family.annotators, centre, strength)
        parameters = family.first(sums)
        if moved <= _SETTLED:
            break
    return family, parameters


def dawid_skene(
    answers: Answers,
    *,
    strength: float = 20.0,
    gold: Mapping[int, int] = NO_GOLD,
    classes: Sequence[str] = (),
    reading: Floats | None = None,
    search: Search = DEFAULT_SEARCH,
) -> ConfusionModel:
    """Class shares, confusion matrices and the posterior of each item.

    ``strength``: pseudo-labels of the prior, a row of a matrix; 0 for maximum likelihood. ``gold``: item number to class
    index, held fixed. ``classes``: what items can be where that is not the labels; ``reading`` (labels, classes) then
    says how each label counts in the first start. Raises InsufficientData ``no-annotations``, ``one-label`` or
    ``nothing-to-compare``.

    >>> rows = [(i, a, int(i % 2 == 0) if a < 2 else 1) for i in range(20) for a in range(3)]
    >>> item, annotator, label = np.array(rows, dtype=np.int32).T
    >>> model = dawid_skene(Answers(labels=("no", "yes"), item=item, annotator=annotator, label=label))
    >>> model.consensus.label[:4].tolist(), model.ascent.converged
    ([1, 0, 1, 0], True)
    """
    if not strength >= 0:
        raise ValueError(f"strength is a number of pseudo-labels, 0 or more, not {strength}")
    named = tuple(classes) or answers.labels
    shares = _reading(answers.labels, named, reading)
    layout = laid_out(answers, classes=len(named), gold=gold)
    family, begin = _centred(layout, shares, strength)
    best, agreeing, starts = fitted(layout, family, shares, search, begin=begin)
    share, confusion = family.matrices(best.parameters)
    sums, posterior = expected_with_posterior(layout, share, confusion)
    return ConfusionModel(
        model="dawid-skene",
        classes=named,
        labels=answers.labels,
        annotators=layout.annotators,
        share=share,
        confusion=confusion,
        labels_behind=sums.counts.sum(axis=2),
        pooled=family.centre,
        strength=float(strength),
        ability=np.empty(0),
        gold=layout.gold,
        consensus=Consensus(classes=named, item=layout.items, posterior=posterior),
        ascent=ascent_of(best, agreeing, starts, sums.log_likelihood),
    )
