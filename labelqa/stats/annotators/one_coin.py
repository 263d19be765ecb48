"""The one-coin model: every annotator is right with a chance of their own, and errs towards all other labels alike.

Dawid and Skene's model with one number an annotator in place of a matrix (Raykar et al. 2010; Zhang et al. 2016): for
small data with many labels, where a matrix has more cells than there are answers. Pseudo-labels with the accuracy of
all annotators together are added for each: by default as many as make the expected answers likeliest (see ``prior``),
and the class shares get pseudo-items like the votes. A number of pseudo-labels fixes the strength and leaves the class
shares alone; strength 0 is maximum likelihood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from labelqa.records.annotators import ConfusionModel, Consensus, Prior
from labelqa.records.reductions import Answers, Floats
from labelqa.stats.annotators.dawid_skene import NO_GOLD
from labelqa.stats.annotators.expectation import Expected, expected, expected_from, expected_with_posterior, vote_shares
from labelqa.stats.annotators.fitting import DEFAULT_SEARCH, Search, ascent_of, fitted
from labelqa.stats.annotators.layout import Layout, laid_out
from labelqa.stats.annotators.prior import FIRM, Strength, checked_strength, likeness, pooled, pseudo_items

_SETTLED, _ROUNDS, _WARM = 1e-4, 10, 3  # passes, and those before anything is learnt
_LEAST = 0.01


def rights(counts: Floats) -> Floats:
    """(annotators,) expected right answers among expected counts (annotators, labels, labels)."""
    return np.asarray(np.trace(counts, axis1=1, axis2=2))


def one_coin_matrices(ability: Floats, labels: int) -> Floats:
    """(annotators, labels, labels): ability where label and class agree, the rest shared alike.

    >>> one_coin_matrices(np.array([0.8]), 3)[0, 0]
    array([0.8, 0.1, 0.1])
    """
    wrong = ((1 - ability) / (labels - 1))[:, None, None]
    same = np.eye(labels)[None]
    return np.asarray(ability[:, None, None] * same + wrong * (1 - same))


@dataclass(frozen=True, slots=True, eq=False)
class Coins:
    """One chance of a right answer an annotator; parameters: class shares, then abilities. ``centre`` is the ability
    that ``strength`` pseudo-labels have, ``items`` (labels,) the pseudo-items of the class shares."""

    labels: int
    centre: float
    strength: float
    items: Floats

    def first(self, sums: Expected) -> Floats:
        """Parameters to begin with."""
        return self.maximised(sums, np.empty(0))

    def maximised(self, sums: Expected, before: Floats) -> Floats:  # noqa: ARG002
        """Shares of right answers, pseudo-labels included."""
        right = rights(sums.counts) + self.strength * self.centre
        ability = right / (sums.counts.sum(axis=(1, 2)) + self.strength)
        members = sums.members + self.items
        # rounding must not make a share larger than 1
        return np.concatenate([members / members.sum(), np.clip(ability, 0.0, 1.0)])

    def matrices(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Class shares and the matrices that the abilities make."""
        return parameters[: self.labels], one_coin_matrices(parameters[self.labels :], self.labels)

    def log_prior(self, parameters: Floats) -> float:
        """Beta with ``strength`` pseudo-labels beyond the uniform."""
        if self.strength == 0:
            return 0.0
        ability = parameters[self.labels :]
        each = xlogy(self.centre, ability) + xlogy(1 - self.centre, 1 - ability)
        return float(self.strength * each.sum() + xlogy(self.items, parameters[: self.labels]).sum())

    def repaired(self, trial: Floats, safe: Floats) -> Floats:
        """Neither chance below a hundredth of what the last EM step gave it."""
        share = np.maximum(trial[: self.labels], _LEAST * safe[: self.labels])
        last = safe[self.labels :]
        ability = np.clip(trial[self.labels :], _LEAST * last, 1 - _LEAST * (1 - last))
        return np.concatenate([share / share.sum(), ability])


def _alike(counts: Floats) -> tuple[float, float]:
    """Ability of all annotators together, and the strength that makes their right and wrong answers likeliest."""
    right = rights(counts)
    table = np.stack([right, np.maximum(counts.sum(axis=(1, 2)) - right, 0)], axis=1)[:, None, :]
    centre = float(right.sum() / counts.sum())
    bounded = min(max(centre, 1e-4), 1 - 1e-4)
    return centre, likeness(table, np.array([[bounded, 1 - bounded]]), tilting=False).strength


def _centred(layout: Layout, strength: Strength) -> tuple[Coins, Floats]:
    """The family with its prior settled on the ability of all annotators together, and the parameters reached."""
    sums = expected_from(layout, vote_shares(layout, np.eye(layout.labels), np.ones(len(layout.annotators))))
    fixed = FIRM if strength == "learnt" else float(strength)
    items = pseudo_items(sums.members) if strength == "learnt" else np.zeros(layout.labels)
    family = Coins(layout.labels, float(rights(sums.counts).sum() / layout.answers), fixed, items)
    parameters = family.first(sums)
    for number in range(_ROUNDS if fixed > 0 else 0):
        sums = expected(layout, *family.matrices(parameters))
        centre, learnt = _alike(sums.counts)
        moved = abs(centre - family.centre)
        learning = strength == "learnt" and (number >= _WARM or moved <= _SETTLED)
        family = Coins(layout.labels, centre, learnt if learning else fixed, items)
        parameters = family.first(sums)
        if moved <= _SETTLED:
            break
    return family, parameters


def one_coin(
    answers: Answers,
    *,
    strength: Strength = "learnt",
    gold: Mapping[int, int] = NO_GOLD,
    search: Search = DEFAULT_SEARCH,
) -> ConfusionModel:
    """Ability of each annotator, class shares, and the posterior of each item.

    ``strength``: pseudo-labels an annotator; 0 for maximum likelihood; ``"learnt"`` for as many as the answers suggest
    (``prior`` of the result says how many). ``gold``: item number to label index, held fixed. Raises InsufficientData ``no-annotations``, ``one-label`` or ``nothing-to-compare``.

    >>> rows = [(i, a, int(i % (2 if a < 2 else 3) == 0)) for i in range(24) for a in range(3)]
    >>> item, annotator, label = np.array(rows, dtype=np.int32).T
    >>> model = one_coin(Answers(labels=("no", "yes"), item=item, annotator=annotator, label=label), strength=2)
    >>> (model.ability > 0.9).tolist()
    [True, True, False]
    """
    checked_strength(strength)
    layout = laid_out(answers, classes=len(answers.labels), gold=gold)
    family, begin = _centred(layout, strength)
    best, agreeing, starts = fitted(layout, family, np.eye(layout.labels), search, begin=begin)
    share, confusion = family.matrices(best.parameters)
    sums, posterior = expected_with_posterior(layout, share, confusion)
    return ConfusionModel(
        model="one-coin",
        classes=answers.labels,
        labels=answers.labels,
        annotators=layout.annotators,
        share=share,
        confusion=confusion,
        labels_behind=sums.counts.sum(axis=2),
        pooled=pooled(sums.counts),
        prior=Prior(
            found="learnt" if strength == "learnt" else "given",
            strength=family.strength,
            spread=0.0,
            centre=one_coin_matrices(np.array([family.centre]), layout.labels),
            items=family.items,
        ),
        ability=best.parameters[layout.labels :].copy(),
        gold=layout.gold,
        consensus=Consensus(classes=answers.labels, item=layout.items, posterior=posterior),
        ascent=ascent_of(best, agreeing, starts, sums.log_likelihood),
    )
