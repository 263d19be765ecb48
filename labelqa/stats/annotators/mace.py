"""MACE: does an annotator look, or answer from habit? (Hovy, Berg-Kirkpatrick, Vaswani and Hovy 2013)

Each answer is the true class with the chance that the annotator looks (competence), else a draw from a habit of their
own, whatever the item. Fitted by variational Bayes as in the paper: Beta(1/2, 1/2) on competence, symmetric
Dirichlet(10) on habits, all classes equally likely beforehand. Good against people who always press the same button.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from labelqa.records.annotators import ConfusionModel, Consensus, Prior
from labelqa.records.reductions import Answers, Floats
from labelqa.stats.annotators.dawid_skene import NO_GOLD
from labelqa.stats.annotators.expectation import Expected, expected, expected_with_posterior
from labelqa.stats.annotators.fitting import Search, ascent_of, fitted
from labelqa.stats.annotators.layout import laid_out
from labelqa.stats.annotators.prior import pooled

_LEAST = 0.01
MANY_STARTS = Search(starts=10)


def _geometric(counts: Floats) -> Floats:
    """exp of the expected logarithm of a Dirichlet's shares, by row."""
    return np.asarray(np.exp(digamma(counts) - digamma(counts.sum(axis=-1, keepdims=True))))


def _divergence(counts: Floats, prior: Floats) -> float:
    """Kullback-Leibler divergence of Dirichlets with ``counts`` from those with ``prior``, summed over rows."""
    total = counts.sum(axis=-1)
    excess = (counts - prior) * (digamma(counts) - digamma(total)[..., None])
    shape = gammaln(total) - gammaln(counts).sum(axis=-1)
    prior_shape = gammaln(prior.sum(axis=-1)) - gammaln(prior).sum(axis=-1)
    return float((shape - prior_shape + excess.sum(axis=-1)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """Competence and habits; the parameters are the counts of their Beta and Dirichlet posteriors, annotator by
    annotator: (looks, guesses, then one count a label)."""

    labels: int
    looking: tuple[float, float]
    habit: float

    def _split(self, parameters: Floats) -> tuple[Floats, Floats]:
        table = parameters.reshape(-1, 2 + self.labels)
        return table[:, :2], table[:, 2:]

    def prior(self) -> Prior:
        """The record of what is believed: how many look, and habits of all labels alike."""
        looks = self.looking[0] / sum(self.looking)
        centre = looks * np.eye(self.labels) + (1 - looks) / self.labels
        items = np.zeros(self.labels)
        return Prior(found="given", strength=sum(self.looking), spread=0.0, centre=centre[None], items=items)

    def _prior(self) -> Floats:
        return np.array([*self.looking, *([self.habit] * self.labels)])

    def _chances(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Geometric mean chances: (annotators,) to look, (annotators, labels) to guess a label by habit."""
        looks, habits = self._split(parameters)
        chance = _geometric(looks)
        return chance[:, 0], chance[:, 1:] * _geometric(habits)

    def first(self, sums: Expected) -> Floats:
        """To begin with: looked as often as right, guesses as the answers are."""
        right = np.trace(sums.counts, axis1=1, axis2=2)
        given = sums.counts.sum(axis=1)
        total = given.sum(axis=1)
        guesses = given * ((total - right) / total)[:, None]
        counts = np.concatenate([right[:, None], (total - right)[:, None], guesses], axis=1)
        return np.asarray(counts + self._prior()).ravel()

    def maximised(self, sums: Expected, before: Floats) -> Floats:
        """Right answers divided between looking and lucky habit, wrong ones all to habit."""
        look, guess = self._chances(before)
        right = np.diagonal(sums.counts, axis1=1, axis2=2)
        looked = right * (look[:, None] / (look[:, None] + guess))
        guessed = sums.counts.sum(axis=1) - looked
        counts = [looked.sum(axis=1)[:, None], guessed.sum(axis=1)[:, None], guessed]
        return np.asarray(np.concatenate(counts, axis=1) + self._prior()).ravel()

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Equal class shares; chances of answers as variational Bayes weighs them (rows add up to less than one)."""
        look, guess = self._chances(parameters)
        matrices = look[:, None, None] * np.eye(self.labels)[None] + guess[:, None, :]
        return np.full(self.labels, 1 / self.labels), matrices

    def log_prior(self, parameters: Floats) -> float:
        """Minus the divergence from the prior: with the likelihood it makes the lower bound of the evidence."""
        looks, habits = self._split(parameters)
        return -_divergence(looks, np.array(self.looking)) - _divergence(habits, np.full(self.labels, self.habit))

    def repaired(self, trial: Floats, safe: Floats) -> Floats:
        """Counts stay at what the prior alone gives, at least."""
        least = np.tile(self._prior(), len(trial) // (2 + self.labels))
        return np.maximum(trial, least + _LEAST * (safe - least))

    def means(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Posterior means: competence (annotators,), and the matrices (annotators, labels, labels) that follow."""
        looks, habits = self._split(parameters)
        competence = looks[:, 0] / looks.sum(axis=1)
        guess = habits / habits.sum(axis=1, keepdims=True)
        same = np.eye(self.labels)[None]
        return competence, competence[:, None, None] * same + (1 - competence)[:, None, None] * guess[:, None, :]


def mace(
    answers: Answers,
    *,
    looking: tuple[float, float] = (0.5, 0.5),
    habit: float = 10.0,
    gold: Mapping[int, int] = NO_GOLD,
    search: Search = MANY_STARTS,
) -> ConfusionModel:
    """Competence of each annotator (``ability``) and the posterior of each item; ``objective`` is the evidence's bound.

    ``looking``: Beta pseudo-counts of looking and guessing; ``habit``: Dirichlet pseudo-count of each label. ``gold``:
    item number to label index, held fixed. Raises InsufficientData ``no-annotations``, ``one-label`` or
    ``nothing-to-compare``.

    >>> rows = [(i, a, int(i % 2 == 0) if a < 3 else 1) for i in range(40) for a in range(4)]
    >>> item, annotator, label = np.array(rows, dtype=np.int32).T
    >>> model = mace(Answers(labels=("no", "yes"), item=item, annotator=annotator, label=label))
    >>> (model.ability > 0.5).tolist()
    [True, True, True, False]
    """
    if min(*looking, habit) <= 0:
        raise ValueError(f"pseudo-counts must be above 0, not {looking}, {habit}")
    layout = laid_out(answers, classes=len(answers.labels), gold=gold)
    family = Habits(layout.labels, looking, habit)
    best, agreeing, starts = fitted(layout, family, np.eye(layout.labels), search)
    share, weighed = family.matrices(best.parameters)
    competence, confusion = family.means(best.parameters)
    sums, posterior = expected_with_posterior(layout, share, weighed)
    return ConfusionModel(
        model="mace",
        classes=answers.labels,
        labels=answers.labels,
        annotators=layout.annotators,
        share=share,
        confusion=confusion,
        labels_behind=sums.counts.sum(axis=2),
        pooled=pooled(sums.counts),
        prior=family.prior(),
        ability=competence,
        gold=layout.gold,
        consensus=Consensus(classes=answers.labels, item=layout.items, posterior=posterior),
        ascent=ascent_of(best, agreeing, starts, expected(layout, share, confusion).log_likelihood),
    )
