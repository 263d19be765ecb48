"""Which answer is better, from comparisons two at a time: strengths on one scale, with how sure each difference is.

Bradley and Terry (1952), with ties after Davidson (1970): option i beats j with odds strength_i : strength_j, and they
tie with weight ``tie`` * sqrt(strength_i strength_j). Only differences mean anything; strengths (logarithms) add up to
zero. Options that nothing connects cannot be compared, and an option that has always won has no finite strength: both
are refused by name, the second unless a weak prior is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, sqrt

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.special import ndtri, softmax

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Floats, Ints
from labelqa.stats.proportion import wilson

FIRST, SECOND, TIE = 0, 1, 2
_STEPS = 200
_NEAR = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparisons:
    """Two options at a time: ``first`` and ``second`` (rows,) index ``options``; ``outcome`` is 0 where the first was
    preferred, 1 the second, 2 a tie; ``annotator`` (rows,) who said so."""

    options: tuple[str, ...]
    first: Ints
    second: Ints
    outcome: Ints
    annotator: Ints

    def __post_init__(self) -> None:
        if not self.first.shape == self.second.shape == self.outcome.shape == self.annotator.shape:
            raise ValueError("first, second, outcome and annotator must be columns of one length")
        both = np.concatenate([self.first, self.second])
        if len(both) and not 0 <= both.min() <= both.max() < len(self.options):
            raise ValueError(f"a comparison names an option beyond the {len(self.options)} declared")
        if (self.first == self.second).any() or not np.isin(self.outcome, (FIRST, SECOND, TIE)).all():
            raise ValueError("two different options must be compared, with the outcome 0, 1 or 2")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BradleyTerry:
    """``strength`` of each option (natural logarithm, mean zero) with its interval, ``tie`` the weight of ties (0 where
    none occurred), ``covariance`` (options + 1, options + 1) of strengths and log tie; ``comparisons`` behind it.
    ``log_likelihood`` holds the prior's comparisons as well."""

    options: tuple[str, ...]
    strength: tuple[Estimate, ...]
    tie: float
    covariance: Floats
    log_likelihood: float
    comparisons: int
    confidence: float

    def difference(self, first: int, second: int) -> Estimate:
        """How much stronger one option is than another: log odds of being preferred, ties aside."""
        spot = np.zeros(len(self.covariance))
        spot[first] += 1
        spot[second] -= 1
        point = self.strength[first].point - self.strength[second].point
        return self._estimate(point, sqrt(max(0.0, float(spot @ self.covariance @ spot))))

    def preferred(self, first: int, second: int) -> Estimate:
        """Chance that the first is preferred, of comparisons that do not end in a tie; interval on the log odds."""
        odds = self.difference(first, second)
        point, low, high = (1 / (1 + exp(-each)) for each in (odds.point, odds.low, odds.high))
        return Estimate(
            point=point, low=low, high=high, confidence=self.confidence, method=odds.method, n=self.comparisons
        )

    def outcomes(self, first: int, second: int) -> tuple[float, float, float]:
        """Chances that the first is preferred, the second, or neither."""
        x = _scores(np.array([[self.strength[first].point, self.strength[second].point]]), self.tie)
        return tuple(softmax(x, axis=1)[0].tolist())

    def _estimate(self, point: float, error: float) -> Estimate:
        half = float(ndtri((1 + self.confidence) / 2)) * error
        return Estimate(
            point=point,
            low=point - half,
            high=point + half,
            confidence=self.confidence,
            method="bradley-terry, wald",
            n=self.comparisons,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceAgreement:
    """One annotator beside the scale made without them: how often the stronger option was preferred, ties aside."""

    annotator: int
    agreement: Estimate
    ties: int


def _scores(strength: Floats, tie: float) -> Floats:
    """Logarithms of the weights of the three outcomes, (rows, 3), from the two strengths (rows, 2)."""
    with np.errstate(divide="ignore"):
        return np.column_stack([strength, strength.mean(axis=1) + np.log(tie)])


def _counted(data: Comparisons) -> tuple[Ints, Ints, Floats]:
    """Pairs (i < j) that were compared, and how often i won, j won, neither: (pairs, 3)."""
    low, high = np.minimum(data.first, data.second), np.maximum(data.first, data.second)
    outcome = np.where((data.outcome != TIE) & (data.first > data.second), 1 - data.outcome, data.outcome)
    code, row = np.unique(low * len(data.options) + high, return_inverse=True)
    counts = np.zeros((len(code), 3))
    np.add.at(counts, (row, outcome), 1.0)
    return code // len(data.options), code % len(data.options), counts


def _named(options: Sequence[str], groups: Ints) -> str:
    """The groups as text, the options of each in order; long groups are cut."""
    texts = []
    for group in np.unique(groups).tolist():
        names = [name for name, own in zip(options, groups.tolist(), strict=True) if own == group]
        texts.append(", ".join(names[:5]) + (" …" if len(names) > 5 else ""))
    return " | ".join(texts[:6]) + (" | …" if len(texts) > 6 else "")


def _require_connected(options: tuple[str, ...], i: Ints, j: Ints, counts: Floats, prior: float) -> None:
    size = len(options)
    links = coo_matrix((np.ones(len(i)), (i, j)), shape=(size, size))
    parts, groups = connected_components(links, directed=False)
    if parts > 1:
        raise InsufficientData(
            "disconnected-comparisons",
            "these groups were never compared with each other, so they have no common scale: {groups}",
            groups=_named(options, groups.astype(np.int64)),
        )
    beaten = counts[:, 0] + counts[:, 2] > 0, counts[:, 1] + counts[:, 2] > 0
    source = np.concatenate([i[beaten[0]], j[beaten[1]]])
    target = np.concatenate([j[beaten[0]], i[beaten[1]]])
    wins = coo_matrix((np.ones(len(source)), (source, target)), shape=(size, size))
    parts, groups = connected_components(wins, directed=True, connection="strong")
    if parts > 1 and prior <= 0:
        raise InsufficientData(
            "separated-comparisons",
            "between these groups all comparisons went one way, so their distance has no end: {groups}",
            groups=_named(options, groups.astype(np.int64)),
        )


def _derivatives(
    theta: Floats, i: Ints, j: Ints, counts: Floats, design: Floats, prior: float
) -> tuple[float, Floats, Floats]:
    """Penalised log-likelihood, gradient and observed information at (strengths, log tie)."""
    m = len(theta) - 1
    tie = exp(theta[m]) if counts[:, 2].any() else 0.0
    logs = _scores(np.column_stack([theta[i], theta[j]]), tie)
    chance = softmax(logs, axis=1)
    n = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(np.where(counts > 0, counts * np.log(chance), 0.0).sum())
    residual = (counts - n[:, None] * chance) @ design  # (pairs, 3) along i, j, log tie
    gradient = np.zeros(m + 1)
    np.add.at(gradient, i, residual[:, 0])
    np.add.at(gradient, j, residual[:, 1])
    gradient[m] = residual[:, 2].sum()
    mean = chance @ design
    spread = np.einsum("po,oa,ob->pab", chance, design, design) - mean[:, :, None] * mean[:, None, :]
    spread *= n[:, None, None]
    information = np.zeros((m + 1, m + 1))
    where = np.column_stack([i, j, np.full(len(i), m)])
    np.add.at(information, (where[:, :, None], where[:, None, :]), spread)
    # each option meets an imaginary one of strength zero: prior / 2 wins and as many losses
    own = 1 / (1 + np.exp(-theta[:m]))
    value += prior / 2 * float((np.log(own) + np.log1p(-own)).sum())
    gradient[:m] += prior * (0.5 - own)
    information[np.arange(m), np.arange(m)] += prior * own * (1 - own)
    return value, gradient, information


def _maximised(i: Ints, j: Ints, counts: Floats, m: int, prior: float) -> tuple[Floats, float, Floats]:
    """Newton's method with halved steps; the log-likelihood is concave, so it ends at the maximum."""
    design = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 1.0]])
    fixed = np.zeros((m + 1, m + 1))
    fixed[:m, :m] = 1 / m if prior <= 0 else 0.0  # only differences are known: the mean is held at zero
    if not counts[:, 2].any():
        fixed[m, m] = 1.0
    theta = np.zeros(m + 1)
    value, gradient, information = _derivatives(theta, i, j, counts, design, prior)
    for _ in range(_STEPS):
        step = np.linalg.solve(information + fixed, gradient)
        scale = 1.0
        while True:
            tried = theta + scale * step
            tried[:m] -= tried[:m].mean() if prior <= 0 else 0.0
            found = _derivatives(tried, i, j, counts, design, prior)
            if found[0] >= value - 1e-12 * abs(value) or scale < 1e-9:
                break
            scale /= 2
        moved = float(np.abs(tried - theta).max())
        theta, (value, gradient, information) = tried, found
        if moved < _NEAR:
            break
    return theta, value, np.asarray(np.linalg.inv(information + fixed))


def bradley_terry(data: Comparisons, *, prior: float = 0.0, confidence: float = 0.95) -> BradleyTerry:
    """Strengths by maximum likelihood, intervals from the observed information.

    ``prior`` > 0 lets every option draw that many comparisons with an average one, half of them won: little is enough
    (0.1) to keep strengths finite. Comparisons are taken as independent; many of one annotator make the intervals too
    narrow. Raises InsufficientData ``no-comparisons``, ``disconnected-comparisons``, ``separated-comparisons``.

    >>> wins = [(0, 1, 0)] * 3 + [(0, 1, 1)]
    >>> first, second, outcome = (np.array(column) for column in zip(*wins))
    >>> data = Comparisons(options=("x", "y"), first=first, second=second, outcome=outcome, annotator=0 * first)
    >>> round(bradley_terry(data).preferred(0, 1).point, 9)
    0.75
    """
    if prior < 0 or not 0 < confidence < 1:
        raise ValueError(f"prior must be 0 or more and confidence between 0 and 1, not {prior} and {confidence}")
    if not len(data.first):
        raise InsufficientData("no-comparisons", "nothing has been compared yet")
    i, j, counts = _counted(data)
    if not counts[:, :2].any():
        raise InsufficientData("no-variation", "every comparison ended in a tie, so no strengths can be told apart")
    _require_connected(data.options, i, j, counts, prior)
    m = len(data.options)
    theta, value, covariance = _maximised(i, j, counts, m, prior)
    centred = theta[:m] - theta[:m].mean()
    turn = np.eye(m + 1)
    turn[:m, :m] -= 1 / m
    covariance = turn @ covariance @ turn.T  # of strengths less their mean
    fit = BradleyTerry(
        options=data.options,
        strength=(),
        tie=exp(theta[m]) if counts[:, 2].any() else 0.0,
        covariance=covariance,
        log_likelihood=value,
        comparisons=len(data.first),
        confidence=confidence,
    )
    errors = np.sqrt(np.maximum(0.0, np.diag(covariance)))
    strength = tuple(fit._estimate(float(s), float(e)) for s, e in zip(centred, errors[:m], strict=True))
    return replace(fit, strength=strength)


def preference_agreement(
    data: Comparisons, *, prior: float = 0.1, confidence: float = 0.95
) -> tuple[PreferenceAgreement, ...]:
    """Each annotator beside the scale of all the others, by annotator; those with ties only, or on options that the
    others do not connect, are left out."""
    lines = []
    for annotator in np.unique(data.annotator).tolist():
        mine = data.annotator == annotator
        try:
            scale = bradley_terry(_subset(data, ~mine), prior=prior)
        except InsufficientData:
            continue
        point = np.array([each.point for each in scale.strength])
        gap = point[data.first[mine]] - point[data.second[mine]]
        said = data.outcome[mine]
        decided = (said != TIE) & (np.abs(gap) > 1e-9)
        if not decided.any():
            continue
        right = int(((gap > 0) == (said == FIRST))[decided].sum())
        share = wilson(right, int(decided.sum()), confidence=confidence)
        lines.append(PreferenceAgreement(annotator=annotator, agreement=share, ties=int((said == TIE).sum())))
    return tuple(lines)


def _subset(data: Comparisons, kept: npt.NDArray[np.bool_]) -> Comparisons:
    return Comparisons(
        options=data.options,
        first=data.first[kept],
        second=data.second[kept],
        outcome=data.outcome[kept],
        annotator=data.annotator[kept],
    )
