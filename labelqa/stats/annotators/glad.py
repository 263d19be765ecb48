"""GLAD: annotators of different ability on items of different difficulty (Whitehill et al. 2009).

The chance that annotator a answers item i rightly is logistic(ability_a * ease_i); wrong answers fall on the other
labels alike. As in the paper all labels are equally likely beforehand, ability and log ease are normal around 1 with
variance 1. Each M step is one guarded Newton step in the abilities, then in the log eases: every annotator, then every
item, by itself, so that all are taken at once and none can lower the objective.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from labelqa.records.annotators import Consensus, DifficultyModel
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.stats.annotators.ascent import climb
from labelqa.stats.annotators.dawid_skene import NO_GOLD
from labelqa.stats.annotators.fitting import Search, ascent_of, best_of, start_weights
from labelqa.stats.annotators.layout import known_classes, refused_if_hopeless, rows_of, summed

_CENTRE = 1.0  # of the normal priors on ability and log ease; their variance is 1
_MOST_EASE = 6.0  # log ease beyond which nothing changes any more
_HALVINGS = 8
_ROUNDING = 1e-14
SOME_STARTS = Search(starts=2, tolerance=1e-11)


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """One entry an answer: ``item`` and ``annotator`` (answers,) without gaps, ``cell`` = item * labels + label."""

    items: int
    annotators: int
    labels: int
    item: Ints
    annotator: Ints
    cell: Ints
    known: Ints  # (items,) gold, -1 where there is none

    def by_item(self, values: Floats) -> Floats:
        """(items,) sums."""
        return summed(self.item, values, self.items)

    def by_annotator(self, values: Floats) -> Floats:
        """(annotators,) sums."""
        return summed(self.annotator, values, self.annotators)


def _newton(value: Floats, slope: Floats, curve: Floats, judged: Callable[[Floats], Floats], *, limit: float) -> Floats:
    """One Newton step of many separate parameters, each halved until its own objective does not fall."""
    step = slope / np.maximum(-curve, 0.1)
    before = judged(value)
    least = before - _ROUNDING * (1 + np.abs(before))
    for _ in range(_HALVINGS):
        trial = np.clip(value + step, -limit, limit)
        falls = ~(judged(trial) >= least)
        if not falls.any():
            return np.asarray(trial)
        step = np.where(falls, step / 2, step)
    return np.where(falls, value, trial)


def _rightness(right: Floats, logit: Floats) -> Floats:
    """(answers,) expected log-likelihood of each answer that is right with probability ``right``, constants left out."""
    return right * logit + log_expit(-logit)


def _with_ability(trials: Trials, right: Floats, ability: Floats, log_ease: Floats) -> Floats:
    ease = np.exp(log_ease)[trials.item]
    logit = ability[trials.annotator] * ease
    chance = expit(logit)
    slope = trials.by_annotator((right - chance) * ease) - (ability - _CENTRE)
    curve = -trials.by_annotator(chance * (1 - chance) * ease**2) - 1

    def judged(trial: Floats) -> Floats:
        each = trials.by_annotator(_rightness(right, trial[trials.annotator] * ease))
        return np.asarray(each - (trial - _CENTRE) ** 2 / 2)

    return _newton(ability, slope, curve, judged, limit=np.inf)


def _with_ease(trials: Trials, right: Floats, ability: Floats, log_ease: Floats) -> Floats:
    able = ability[trials.annotator]
    logit = able * np.exp(log_ease)[trials.item]
    chance = expit(logit)
    slope = trials.by_item((right - chance) * logit) - (log_ease - _CENTRE)
    # the part of the curvature that is always negative: Newton's direction then always climbs
    curve = -trials.by_item(chance * (1 - chance) * logit**2) - 1

    def judged(trial: Floats) -> Floats:
        each = trials.by_item(_rightness(right, able * np.exp(trial)[trials.item]))
        return np.asarray(each - (trial - _CENTRE) ** 2 / 2)

    return _newton(log_ease, slope, curve, judged, limit=_MOST_EASE)


def glad_posterior(trials: Trials, ability: Floats, log_ease: Floats) -> tuple[Floats, float]:
    """Posterior (items, labels), gold clamped, and the log-likelihood."""
    logit = ability[trials.annotator] * np.exp(log_ease)[trials.item]
    other = np.log(trials.labels - 1)
    votes = summed(trials.cell, logit + other, trials.items * trials.labels).reshape(trials.items, trials.labels)
    always = trials.by_item(log_expit(-logit) - other) - np.log(trials.labels)
    gold = np.flatnonzero(trials.known >= 0)
    known = votes[gold, trials.known[gold]]
    top = votes.max(axis=1)
    posterior = np.exp(votes - top[:, None])
    total = posterior.sum(axis=1)
    posterior /= total[:, None]
    each = top + np.log(total)
    each[gold] = known
    posterior[gold] = 0
    posterior[gold, trials.known[gold]] = 1
    return posterior, float((each + always).sum())


def glad_step(trials: Trials) -> Callable[[Floats], tuple[float, Floats]]:
    """One generalised EM step: abilities and log eases to their log posterior and the next ones."""

    def step(parameters: Floats) -> tuple[float, Floats]:
        ability, log_ease = parameters[: trials.annotators], parameters[trials.annotators :]
        posterior, value = glad_posterior(trials, ability, log_ease)
        right = posterior.ravel()[trials.cell]
        following = _with_ability(trials, right, ability, log_ease)
        eased = _with_ease(trials, right, following, log_ease)
        return value - float(((parameters - _CENTRE) ** 2).sum()) / 2, np.concatenate([following, eased])

    return step


def trials_of(answers: Answers, gold: Mapping[int, int]) -> Trials:
    """The answers as trials; raises InsufficientData as the other models do."""
    rows = rows_of(answers)
    labels = len(answers.labels)
    known = known_classes(rows.items, gold, labels)
    refused_if_hopeless(rows, labels, labels, known)
    item: Ints = np.repeat(np.arange(len(rows.items)), np.diff(rows.pointer))
    cell: Ints = item * labels + answers.label
    return Trials(
        len(rows.items), len(rows.annotators), labels, item, (rows.code // labels).astype(np.int64), cell, known
    )


def _repaired(trial: Floats, safe: Floats) -> Floats:
    """A long step may go anywhere within reason."""
    return np.clip(trial, np.minimum(-_MOST_EASE, safe), np.maximum(_MOST_EASE, safe))


def glad(answers: Answers, *, gold: Mapping[int, int] = NO_GOLD, search: Search = SOME_STARTS) -> DifficultyModel:
    """Ability of each annotator, ease of each item, and the posterior of each item.

    ``gold``: item number to label index, held fixed. The first start has everybody and everything at the prior's centre;
    others draw abilities. Raises InsufficientData ``no-annotations``, ``one-label`` or ``nothing-to-compare``.

    >>> rows = [(i, a, int(i % 2 == 0) if a < 2 else 1) for i in range(20) for a in range(3)]
    >>> item, annotator, label = np.array(rows, dtype=np.int32).T
    >>> model = glad(Answers(labels=("no", "yes"), item=item, annotator=annotator, label=label))
    >>> bool(model.ability[2] < model.ability[0])
    True
    """
    trials = trials_of(answers, gold)
    rows = rows_of(answers)
    climbs = []
    for weight in start_weights(trials.annotators, search, len(answers.item)):
        start = np.concatenate([weight, np.full(trials.items, _CENTRE)])
        climbs.append(climb(glad_step(trials), start, repair=_repaired, tolerance=search.tolerance, most=search.most))
    best, agreeing = best_of(climbs)
    ability, log_ease = best.parameters[: trials.annotators], best.parameters[trials.annotators :]
    posterior, likelihood = glad_posterior(trials, ability, log_ease)
    return DifficultyModel(
        model="glad",
        labels=answers.labels,
        annotators=rows.annotators,
        ability=ability.copy(),
        ease=np.exp(log_ease),
        gold=int((trials.known >= 0).sum()),
        consensus=Consensus(classes=answers.labels, item=rows.items, posterior=posterior),
        ascent=ascent_of(best, agreeing, len(climbs), likelihood),
    )
