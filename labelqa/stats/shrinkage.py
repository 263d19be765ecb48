"""Each annotator's share correct, drawn towards the team: five right out of five is no proof of being the best.

Empirical Bayes with the beta-binomial model (Morris 1983; Casella 1985): the annotators' true shares are taken to come
from one Beta distribution, which is fitted to all of them together by marginal maximum likelihood. The raw share stays
beside the shrunken one. The credible interval also allows for how little the annotators say of their distribution: it
mixes the distributions that are likely as well, each correlation of answers within an annotator counting alike a priori.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import numpy as np
from scipy.special import betainc, betaln, digamma, expit, logit

from labelqa.errors import InsufficientData, Message
from labelqa.records.accuracy import Skill, Team
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Floats
from labelqa.stats.proportion import wilson

_FEWEST = 3
_WEIGHTS = (1.0, 1e6)  # never less than Jeffreys' prior is worth; at the other end the annotators are all alike
_HEAVIEST = 1e4  # of the distributions that are mixed
_LEAST, _FINE = 1e-3, 1e-7  # belief below which a distribution is left out; exactness of a limit
_GAIN = 1e-6  # log-likelihood by which differing annotators must explain more than equal ones


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """The team's distribution of true shares: Beta with this mean, worth ``weight`` items of evidence.

    ``a``, ``b`` and ``belief`` (distributions,) are the other Beta distributions that the counts allow, and how far.
    """

    mean: float
    weight: float
    log_likelihood: float
    a: Floats
    b: Floats
    belief: Floats


def log_likelihood(correct: Floats, n: Floats, mean: float, weight: float) -> float:
    """Log-likelihood of the counts under Beta(mean * weight, (1 - mean) * weight), but for a constant."""
    a, b = mean * weight, (1 - mean) * weight
    return float((betaln(correct + a, n - correct + b) - betaln(a, b)).sum())


def _loss(at: Floats, correct: Floats, n: Floats) -> tuple[float, Floats]:
    """Minus the log-likelihood and its slopes in logit(mean) and log(weight)."""
    mean, weight = float(expit(at[0])), float(np.exp(at[1]))
    a, b = mean * weight, (1 - mean) * weight
    both = digamma(n + weight) - digamma(weight)
    in_a = float((digamma(correct + a) - digamma(a) - both).sum())
    in_b = float((digamma(n - correct + b) - digamma(b) - both).sum())
    slopes = np.array([(in_a - in_b) * weight * mean * (1 - mean), in_a * a + in_b * b])
    return -log_likelihood(correct, n, mean, weight), -slopes


def fit_prior(correct: Floats, n: Floats) -> Prior:
    """The Beta distribution under which the annotators' counts (annotators,) are likeliest.

    Raises InsufficientData ``too-few-annotators`` (fewer than three) and ``no-spread`` (they differ no more than equally
    good annotators would by chance).
    """
    from scipy.optimize import minimize  # slow to import, and wanted by few

    if len(n) < _FEWEST:
        raise InsufficientData(
            "too-few-annotators", "{n} annotators are too few to learn from the team; it takes {fewest}",
            n=len(n), fewest=_FEWEST,
        )  # fmt: skip
    pooled = float(correct.sum() / n.sum())
    if pooled in (0.0, 1.0):
        raise _no_spread()
    bounds = [(-15.0, 15.0), (log(_WEIGHTS[0]), log(_WEIGHTS[1]))]
    starts = [np.array([float(logit(pooled)), log(weight)]) for weight in (3.0, 100.0)]
    found = min(
        (minimize(_loss, at, args=(correct, n), jac=True, method="L-BFGS-B", bounds=bounds) for at in starts),
        key=lambda each: float(each.fun),
    )
    alike = float(correct.sum() * log(pooled) + (n - correct).sum() * log(1 - pooled))
    best = -float(found.fun)
    if best <= alike + _GAIN:
        raise _no_spread()
    mean, weight = float(expit(found.x[0])), float(np.exp(found.x[1]))
    return Prior(mean, weight, best, *_likely(correct, n, float(found.x[0])))


def _likely(correct: Floats, n: Floats, middle: float) -> tuple[Floats, Floats, Floats]:
    """Other distributions that explain the counts nearly as well: their parameters, and how far each is believed."""
    means = expit(middle + np.linspace(-3.75, 3.75, 13) / np.sqrt(len(n)))  # many annotators fix the mean well
    weights = np.geomspace(_WEIGHTS[0], _HEAVIEST, 33)
    a, b = (np.outer(each, weights).ravel() for each in (means, 1 - means))
    levels = (betaln(correct[:, None] + a, (n - correct)[:, None] + b) - betaln(a, b)).sum(axis=0)
    alike = np.tile(np.log(weights) - 2 * np.log1p(weights), len(means))  # uniform in 1 / (1 + weight)
    belief = np.exp(levels + alike - (levels + alike).max())
    kept = belief > _LEAST
    return a[kept], b[kept], belief[kept] / belief[kept].sum()


def _no_spread() -> InsufficientData:
    return InsufficientData(
        "no-spread", "the annotators differ no more than chance makes equally good ones differ; their raw shares stand"
    )


def team(counts: Mapping[int, tuple[int, int]], *, confidence: float = 0.95) -> Team:
    """Raw and shrunken share of each annotator from (correct, checked) by annotator number, in the given order.

    Annotators of whom nothing was checked are Unknown and do not count. Where the team teaches nothing (fewer than three
    annotators, or no more spread than chance gives) ``shrunken`` is Unknown and ``note`` says why.

    >>> found = team({1: (5, 5), 2: (80, 100), 3: (30, 60), 4: (95, 100)})
    >>> found.skills[0].raw.point, round(found.skills[0].shrunken.point, 2)
    (1.0, 0.9)
    """
    for correct, n in counts.values():
        if not 0 <= correct <= n:
            raise ValueError(f"need 0 <= correct <= checked, not {correct}, {n}")
    checked = np.array([each for each in counts.values() if each[1]], dtype=np.float64).reshape(-1, 2)
    try:
        prior = fit_prior(checked[:, 0], checked[:, 1])
    except InsufficientData as error:
        skills = tuple(_skill(who, *each, error, confidence) for who, each in counts.items())
        return Team(mean=None, weight=None, skills=skills, note=Message(error.message.text, error.message.values))
    skills = tuple(_skill(who, *each, prior, confidence) for who, each in counts.items())
    return Team(mean=prior.mean, weight=prior.weight, skills=skills)


def _skill(who: int, correct: int, n: int, prior: Prior | InsufficientData, confidence: float) -> Skill:
    try:
        raw: Figure = wilson(correct, n, confidence=confidence)
        shrunken = unknown(prior, n=n) if isinstance(prior, InsufficientData) else shrunk(correct, n, prior, confidence)
    except InsufficientData as error:
        raw = shrunken = unknown(error)
    return Skill(annotator=who, correct=correct, n=n, raw=raw, shrunken=shrunken)


def shrunk(correct: int, n: int, prior: Prior, confidence: float) -> Figure:
    """Mean of one annotator's share under the likeliest distribution, and its equal-tailed credible interval."""
    point = (prior.mean * prior.weight + correct) / (prior.weight + n)
    a, b = prior.a + correct, prior.b + n - correct
    low, high = (_quantile(each, a, b, prior.belief) for each in ((1 - confidence) / 2, (1 + confidence) / 2))
    return Estimate(
        point=point, low=min(low, point), high=max(high, point), confidence=confidence,
        method="beta-binomial, empirical bayes, credible", n=n,
    )  # fmt: skip


def _quantile(tail: float, a: Floats, b: Floats, belief: Floats) -> float:
    """Where the mixture of Beta distributions has ``tail`` below it."""
    from scipy.optimize import brentq

    return float(brentq(lambda x: float(belief @ betainc(a, b, x)) - tail, 0.0, 1.0, xtol=_FINE))
