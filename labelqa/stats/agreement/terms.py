"""The sums over items of which every coefficient of agreement is made.

``counts`` is (patterns, labels); ``weights`` is (replicates, patterns), the number of items with each pattern, one row
for the data themselves or many for a bootstrap. ``credit`` is (labels, labels): how much two labels agree, 1 on the
diagonal, :data:`NO_CREDIT` where different labels do not agree at all. With r annotations on an item and r_k of them
label k, the item's own agreement is sum r_k (sum_l credit_kl r_l - 1) / r (r - 1). Every result is (replicates,); what
cannot be known is NaN inside this package and never leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Statistic: TypeAlias = Callable[[npt.NDArray[Any], npt.NDArray[Any]], Floats]
NO_CREDIT: Final[Floats] = np.zeros((0, 0))  # an identity matrix that need not be multiplied with


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What each pattern contributes: ``size`` r, ``paired`` r >= 2, ``own`` the item's agreement (0 without a pair)."""

    counts: Floats
    size: Floats
    paired: npt.NDArray[np.bool_]
    own: Floats
    shares: Floats  # r_k / r


def credited(counts: Floats, credit: Floats) -> Floats:
    """Labels that agree with each label, by how much they do: ``counts`` itself where only equal labels agree."""
    return np.asarray(counts @ credit) if credit.size else counts


def terms(counts: npt.NDArray[Any], credit: Floats = NO_CREDIT) -> Terms:
    """The contributions of patterns with one annotation or more each."""
    c = counts.astype(np.float64)
    r = c.sum(axis=1)
    paired = r >= 2
    own = (c * (credited(c, credit) - 1)).sum(axis=1) / np.where(paired, r * (r - 1), 1)
    return Terms(counts=c, size=r, paired=paired, own=np.where(paired, own, 0.0), shares=c / r[:, None])


def beyond_chance(observed: Floats, expected: Floats) -> Floats:
    """(p_a - p_e) / (1 - p_e); NaN where agreement by chance is complete."""
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (observed - expected) / (1 - expected)
    return np.where(expected < 1 - 1e-12, value, np.nan)


def observed(t: Terms, weights: npt.NDArray[Any]) -> Floats:
    """p_a: mean agreement of the items with two annotations or more."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ t.own) / (weights @ t.paired.astype(np.float64)))


def prevalence(t: Terms, weights: npt.NDArray[Any]) -> Floats:
    """pi: each label's mean share over all items, (replicates, labels)."""
    return np.asarray((weights @ t.shares) / weights.sum(axis=1)[:, None])


def labels_used(pi: Floats) -> npt.NDArray[np.bool_]:
    """Where two labels or more were given: (replicates,)."""
    return np.asarray((pi > 0).sum(axis=1) > 1)


def spare(credit: Floats, labels: int) -> float:
    """Gwet's T_w / q (q - 1), by which the agreement by chance of AC1 and AC2 is scaled."""
    return float(credit.sum() if credit.size else labels) / max(1, labels * (labels - 1))


def level(credit: Floats, labels: int) -> float:
    """Agreement by chance when every declared label is equally likely: T_w / q^2."""
    return float(credit.sum() if credit.size else labels) / labels**2


def percent_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any], credit: Floats = NO_CREDIT) -> Floats:
    """Share of agreeing pairs of annotations, averaged over items."""
    return observed(terms(counts, credit), weights)


def fleiss_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any], credit: Floats = NO_CREDIT) -> Floats:
    """Fleiss (1971), generalised to unequal numbers of annotations and to weights (Gwet 2014, ch. 2 and 3)."""
    t = terms(counts, credit)
    pi = prevalence(t, weights)
    return beyond_chance(observed(t, weights), (pi * credited(pi, credit)).sum(axis=1))


def ac_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any], credit: Floats = NO_CREDIT) -> Floats:
    """Gwet's AC1 (2008), or AC2 with weights: chance agreement from the labels that are hard to place."""
    t = terms(counts, credit)
    pi = prevalence(t, weights)
    expected = (pi * (1 - pi)).sum(axis=1) * spare(credit, counts.shape[1])
    return np.where(labels_used(pi), beyond_chance(observed(t, weights), expected), np.nan)


ac1_values = ac_values


def brennan_prediger_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any], credit: Floats = NO_CREDIT) -> Floats:
    """Brennan and Prediger (1981), also Randolph's free-marginal kappa and Bennett's S: every label equally likely."""
    t = terms(counts, credit)
    expected = np.full(len(weights), level(credit, counts.shape[1]))
    value = beyond_chance(observed(t, weights), expected)
    return np.where(labels_used(prevalence(t, weights)), value, np.nan)


def alpha_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any], credit: Floats = NO_CREDIT) -> Floats:
    """Krippendorff's alpha (2011) for unordered labels, or with weights between them (Gwet's form)."""
    t = terms(counts, credit)
    counted = np.where(t.paired[:, None], t.counts, 0.0)
    n = weights @ np.where(t.paired, t.size, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        agreeing = (weights @ (t.own * t.size)) / n
        pi = (weights @ counted) / n[:, None]
        expected = (pi * credited(pi, credit)).sum(axis=1)
        return beyond_chance(np.asarray((1 - 1 / n) * agreeing + 1 / n), expected)
