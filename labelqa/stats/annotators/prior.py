"""How alike annotators are, learnt from their answers: what is believed of a matrix before its annotator has answered.

With few answers an annotator is taken to be like the others, but how like, the answers themselves must say: a prior too
strong is as wrong as none. So an annotator's matrix is expected around that of all annotators together, tilted by an
ability of their own (log odds added to every right answer, normal around 0 with a ``spread``), as firmly as
``strength`` pseudo-labels a row. Spread and strength are those under which the expected answers are likeliest with the
matrices integrated out (Dirichlet-multinomial, type II maximum likelihood: Good 1965, Minka 2000) and the abilities
too, on a grid; a weak belief about either decides where the answers hardly do.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Literal, TypeAlias

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit, gammaln, logit, logsumexp

from labelqa.records.reductions import Floats

Strength: TypeAlias = "float | Literal['learnt']"  # pseudo-labels a row, or to be learnt

STRENGTHS: Floats = np.array([2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0])  # pseudo-labels a row that are tried: 2 to 128
SPREADS: Floats = np.array([0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.2])  # of ability, in log odds
ABILITIES: Floats = np.linspace(-5.4, 5.4, 37, dtype=np.float64)
_EVERY = 3  # evidence is computed at every third ability and is smooth between
FIRM, WIDE = 20.0, 1.0  # strength and spread before anything is learnt
_LIKELY_STRENGTH, _LIKELY_SPREAD = (10.0, 1.5), (0.7, 1.0)  # log-normal: middle, standard deviation of the logarithm
_ANCHOR = 50.0  # labels a class must have before its row of the common matrix is its own
_ITEMS = 100.0  # pseudo-items of the class shares, spread like the votes: no class may vanish
_LEAST, _CELLS = 1e-4, 20_000  # a chance of the common matrix; cells that learning looks at, at most


def checked_strength(strength: object) -> None:
    """ValueError unless a number of pseudo-labels, 0 or more, or ``"learnt"``."""
    if strength != "learnt" and not (isinstance(strength, Real) and float(strength) >= 0):
        raise ValueError(f'strength is a number of pseudo-labels, 0 or more, or "learnt", not {strength}')


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


def pseudo_items(members: Floats) -> Floats:
    """(classes,) pseudo-items of the class shares, from the votes' expected items of each class."""
    return np.asarray(_ITEMS * (members + 1) / (members + 1).sum())


def _floored(rows: Floats) -> Floats:
    """Rows with no chance near 0, adding up to one."""
    bounded = np.maximum(rows, _LEAST)
    return np.asarray(bounded / bounded.sum(axis=-1, keepdims=True))


def common(counts: Floats, *, named: bool) -> Floats:
    """(classes, labels): the matrix of all annotators together, rows with few labels drawn to what is usual.

    Usual is, where classes are ``named`` as the labels are, the share of right answers over all classes, and errors
    that fall on all labels alike; else each label's share of all answers.
    """
    together = counts.sum(axis=0)
    total = together.sum(axis=1, keepdims=True)
    if not named:
        return _floored((together + _ANCHOR * together.sum(axis=0) / total.sum()) / (total + _ANCHOR))
    same = np.eye(len(together))
    right = (np.diag(together) + _ANCHOR * np.trace(together) / total.sum()) / (total[:, 0] + _ANCHOR)
    errors = together * (1 - same) + _ANCHOR * (1 - same) / (len(together) - 1)
    errors /= errors.sum(axis=1, keepdims=True)
    return _floored(right[:, None] * same + (1 - right)[:, None] * errors)


def tilted(matrix: Floats, ability: Floats) -> Floats:
    """(abilities, classes, labels): ``matrix`` with log odds added to its right answers; errors keep their shape.

    >>> tilted(np.array([[0.5, 0.5], [0.25, 0.75]]), np.log([3.0])).round(2)
    array([[[0.75, 0.25],
            [0.1 , 0.9 ]]])
    """
    same = np.eye(len(matrix))
    right = expit(logit(np.diag(matrix)) + ability[:, None])
    errors = matrix * (1 - same)
    errors /= errors.sum(axis=1, keepdims=True)
    return _floored(right[:, :, None] * same + (1 - right)[:, :, None] * errors)


def log_evidence(counts: Floats, centres: Floats, strength: float) -> Floats:
    """(annotators, centres): log chance of the answers (annotators, classes, labels) with the matrices integrated out.

    The matrices' rows have Dirichlet priors with ``strength`` pseudo-labels around each of the centres (centres,
    classes, labels).
    """
    pseudo = strength * centres
    found = np.stack([gammaln(counts + each).sum(axis=(1, 2)) for each in pseudo], axis=1)
    found -= gammaln(pseudo).sum(axis=(1, 2))
    rows = gammaln(strength) - gammaln(strength + counts.sum(axis=2))
    return np.asarray(found + rows.sum(axis=1)[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How alike annotators are: ``strength``, ``spread`` of ability, and the expected ``ability`` (annotators,)."""

    strength: float
    spread: float
    ability: Floats


def _belief(value: float, likely: tuple[float, float]) -> float:
    return float(-((np.log(value / likely[0]) / likely[1]) ** 2) / 2)


def _weights(spread: float, abilities: Floats) -> Floats:
    """(abilities,) log chances of the abilities of the grid."""
    each = -((abilities / spread) ** 2) / 2
    return np.asarray(each - logsumexp(each))


def _evidence(counts: Floats, matrix: Floats, strength: float, abilities: Floats) -> Floats:
    """(annotators, abilities): log evidence around the matrix tilted by each ability of the grid."""
    if len(abilities) == 1:
        return log_evidence(counts, matrix[None], strength)
    known = abilities[::_EVERY]
    return np.asarray(CubicSpline(known, log_evidence(counts, tilted(matrix, known), strength), axis=1)(abilities))


def likeness(
    counts: Floats, matrix: Floats, *, strengths: Floats = STRENGTHS, spreads: Floats = SPREADS, tilting: bool = True
) -> Likeness:
    """The likeliest strength and spread for expected answers (annotators, classes, labels) around ``matrix``.

    Where there are very many annotators, strength and spread are learnt from some, evenly picked. Without ``tilting``
    every annotator has ability 0, and the spread is 0.
    """
    abilities, tried = (ABILITIES, spreads) if tilting else (np.zeros(1), np.ones(1))
    some = counts[:: 1 + counts.size // _CELLS]
    best, strength, spread = -np.inf, float(strengths[0]), float(tried[0])
    for s in strengths if len(strengths) * len(tried) > 1 else ():
        evidence = _evidence(some, matrix, s, abilities)
        for t in tried:
            value = logsumexp(evidence + _weights(t, abilities), axis=1).sum() + _belief(s, _LIKELY_STRENGTH)
            value += _belief(t, _LIKELY_SPREAD)
            if value > best:
                best, strength, spread = value, float(s), float(t)
    chances = _evidence(counts, matrix, strength, abilities) + _weights(spread, abilities)
    chances = np.exp(chances - logsumexp(chances, axis=1, keepdims=True))
    return Likeness(strength, spread if tilting else 0.0, chances @ abilities)
