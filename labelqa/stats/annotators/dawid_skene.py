"""Dawid and Skene's model: what each item is, and how each annotator confuses one class with another.

Every annotator has a confusion matrix; EM finds the matrices and class shares that explain the answers best (Dawid and
Skene 1979). With few answers an annotator, maximum likelihood believes accidents and loses to the majority. So each row
of a matrix also gets some pseudo-labels (empirical Bayes). How many, and around what, is learnt from the answers by
default (see ``prior``): around the matrix of all annotators together, tilted by the annotator's ability; and the class
shares get pseudo-items like the votes. A number of pseudo-labels fixes the strength: they are then spread like the
matrix of all annotators together, nothing else is believed, and strength 0 is the model of 1979.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import xlogy

from labelqa.records.annotators import ConfusionModel, Consensus, Prior
from labelqa.records.reductions import Answers, Floats
from labelqa.stats.annotators.expectation import Expected, expected, expected_from, expected_with_posterior, vote_shares
from labelqa.stats.annotators.fitting import DEFAULT_SEARCH, Search, ascent_of, fitted
from labelqa.stats.annotators.layout import Layout, laid_out
from labelqa.stats.annotators.prior import (
    FIRM,
    SPREADS,
    STRENGTHS,
    WIDE,
    Strength,
    checked_strength,
    common,
    likeness,
    pooled,
    pseudo_items,
    tilted,
)

NO_GOLD: Mapping[int, int] = MappingProxyType({})
_SETTLED, _ROUNDS = 1e-4, 10  # the prior's centre: until no cell moves by more, at most so many passes
_STEADY, _WARM, _LESSONS = (
    2e-4,
    5,
    12,
)  # a learnt one: its mean move that counts as none, passes before learning, and of it
_LEAST = 0.01  # a long step leaves at least this share of a probability


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """A free confusion matrix an annotator; the parameters are the class shares, then all matrices.

    ``prior.centre`` is where ``prior.strength`` pseudo-labels a row lie; empty rows take it whole.
    """

    annotators: int
    prior: Prior

    def first(self, sums: Expected) -> Floats:
        """Parameters to begin with."""
        return self.maximised(sums, np.empty(0))

    def maximised(self, sums: Expected, before: Floats) -> Floats:  # noqa: ARG002
        """Expected counts and pseudo-labels as shares."""
        centre = self.prior.centre
        counts = sums.counts + self.prior.strength * centre
        total = counts.sum(axis=2, keepdims=True)
        rows = np.divide(counts, total, out=np.broadcast_to(centre, counts.shape).copy(), where=total > 0)
        members = sums.members + self.prior.items
        return np.concatenate([members / members.sum(), rows.ravel()])

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Class shares and confusion matrices."""
        classes, labels = self.prior.centre.shape[1:]
        return parameters[:classes], parameters[classes:].reshape(self.annotators, classes, labels)

    def log_prior(self, parameters: Floats) -> float:
        """Dirichlet with the pseudo-labels and pseudo-items beyond the uniform."""
        if self.prior.strength == 0:
            return 0.0
        share, confusion = self.matrices(parameters)
        return float(
            self.prior.strength * xlogy(self.prior.centre, confusion).sum() + xlogy(self.prior.items, share).sum()
        )

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


def _given(counts: Floats, strength: float) -> Prior:
    """A strength that was given, around the matrix of all annotators together."""
    centre, items = pooled(counts)[None], np.zeros(counts.shape[1])
    return Prior(found="given", strength=strength, spread=0.0, centre=centre, items=items)


def _settled(layout: Layout, first: Expected, strength: float) -> tuple[Matrices, Floats]:
    """The family with a prior of given strength, and the parameters reached on the way."""
    family = Matrices(len(layout.annotators), _given(first.counts, strength))
    parameters = family.first(first)
    for _ in range(_ROUNDS if strength > 0 else 0):
        sums = expected(layout, *family.matrices(parameters))
        prior = _given(sums.counts, strength)
        moved = float(np.abs(prior.centre - family.prior.centre).max())
        family = Matrices(family.annotators, prior)
        parameters = family.first(sums)
        if moved <= _SETTLED:
            break
    return family, parameters


def _learnt(layout: Layout, first: Expected, *, named: bool) -> tuple[Matrices, Floats]:
    """The family with a learnt prior, and the parameters reached on the way.

    Votes make annotators look more alike than they are; so nothing is learnt of their likeness in the first passes.
    """
    items = pseudo_items(first.members)

    def lesson(counts: Floats, *, warm: bool) -> Matrices:
        tried = (np.array([FIRM]), np.array([WIDE])) if warm else (STRENGTHS, SPREADS)
        matrix = common(counts, named=named)
        found = likeness(counts, matrix, strengths=tried[0], spreads=tried[1], tilting=named)
        centre = tilted(matrix, found.ability) if named else matrix[None]
        prior = Prior(found="learnt", strength=found.strength, spread=found.spread, centre=centre, items=items)
        return Matrices(len(layout.annotators), prior)

    family, sums, warm = lesson(first.counts, warm=True), first, _WARM
    for number in range(_WARM + _LESSONS):
        sums = expected(layout, *family.matrices(family.first(sums)))
        following = lesson(sums.counts, warm=number < warm)
        moved = float(np.abs(following.prior.centre - family.prior.centre).mean())
        family = following
        if moved <= _STEADY and number >= warm:
            break
        if moved <= 10 * _STEADY:
            warm = min(warm, number + 1)
    return family, family.first(sums)


def _centred(layout: Layout, reading: Floats, strength: Strength, *, named: bool) -> tuple[Matrices, Floats]:
    """The family with its prior settled, and the parameters reached on the way.

    The prior is that of the fit from the vote shares; it is then held, so that every start climbs the same objective.
    """
    first = expected_from(layout, vote_shares(layout, reading, np.ones(len(layout.annotators))))
    if strength == "learnt":
        return _learnt(layout, first, named=named)
    return _settled(layout, first, float(strength))


def dawid_skene(
    answers: Answers,
    *,
    strength: Strength = "learnt",
    gold: Mapping[int, int] = NO_GOLD,
    classes: Sequence[str] = (),
    reading: Floats | None = None,
    search: Search = DEFAULT_SEARCH,
) -> ConfusionModel:
    """Class shares, confusion matrices and the posterior of each item.

    ``strength``: pseudo-labels of the prior, a row of a matrix; 0 for maximum likelihood; ``"learnt"`` for a prior
    learnt from the answers (``prior`` of the result says which). ``gold``: item number to class
    index, held fixed. ``classes``: what items can be where that is not the labels; ``reading`` (labels, classes) then
    says how each label counts in the first start. Raises InsufficientData ``no-annotations``, ``one-label`` or
    ``nothing-to-compare``.

    >>> rows = [(i, a, int(i % 2 == 0) if a < 2 else 1) for i in range(20) for a in range(3)]
    >>> item, annotator, label = np.array(rows, dtype=np.int32).T
    >>> model = dawid_skene(Answers(labels=("no", "yes"), item=item, annotator=annotator, label=label))
    >>> model.consensus.label[:4].tolist(), model.ascent.converged
    ([1, 0, 1, 0], True)
    """
    checked_strength(strength)
    named = tuple(classes) or answers.labels
    shares = _reading(answers.labels, named, reading)
    layout = laid_out(answers, classes=len(named), gold=gold)
    family, begin = _centred(layout, shares, strength, named=named == answers.labels)
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
        pooled=pooled(sums.counts) if family.prior.found == "learnt" else family.prior.centre[0],
        prior=family.prior,
        ability=np.empty(0),
        gold=layout.gold,
        consensus=Consensus(classes=named, item=layout.items, posterior=posterior),
        ascent=ascent_of(best, agreeing, starts, sums.log_likelihood),
    )
