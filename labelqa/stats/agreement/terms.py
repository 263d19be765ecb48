"""The sums over items of which every coefficient of agreement is made.

``counts`` is (patterns, labels); ``weights`` is (replicates, patterns), the number of items with each pattern, one row
for the data themselves or many for a bootstrap. With r annotations on an item and r_k of them label k, the item's own
agreement is sum r_k (r_k - 1) / r (r - 1). Every result is (replicates,); what cannot be known is NaN inside this
package and never leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Statistic: TypeAlias = Callable[[npt.NDArray[Any], npt.NDArray[Any]], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What each pattern contributes: ``size`` r, ``paired`` r >= 2, ``own`` the item's agreement (0 without a pair)."""

    counts: Floats
    size: Floats
    paired: npt.NDArray[np.bool_]
    own: Floats
    shares: Floats  # r_k / r


def terms(counts: npt.NDArray[Any]) -> Terms:
    """The contributions of patterns with one annotation or more each."""
    c = counts.astype(np.float64)
    r = c.sum(axis=1)
    paired = r >= 2
    own = (c * (c - 1)).sum(axis=1) / np.where(paired, r * (r - 1), 1)
    return Terms(counts=c, size=r, paired=paired, own=own, shares=c / r[:, None])


def _beyond_chance(observed: Floats, expected: Floats) -> Floats:
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


def percent_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Floats:
    """Share of agreeing pairs of annotations, averaged over items."""
    return observed(terms(counts), weights)


def fleiss_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Floats:
    """Fleiss (1971), generalised to unequal numbers of annotations (Gwet 2014, ch. 2)."""
    t = terms(counts)
    return _beyond_chance(observed(t, weights), (prevalence(t, weights) ** 2).sum(axis=1))


def ac1_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Floats:
    """Gwet (2008): chance agreement from the labels that are hard to place."""
    t = terms(counts)
    pi = prevalence(t, weights)
    used = (pi > 0).sum(axis=1) > 1
    value = _beyond_chance(observed(t, weights), (pi * (1 - pi)).sum(axis=1) / max(1, counts.shape[1] - 1))
    return np.where(used, value, np.nan)


def alpha_parts(t: Terms, weights: npt.NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """(p_a' without the small-sample term, p_e, annotations) over items with a pair; Krippendorff (2011)."""
    counted = np.where(t.paired[:, None], t.counts, 0.0)
    n = weights @ np.where(t.paired, t.size, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        agreeing = (weights @ (t.own * t.size)) / n
        expected = (((weights @ counted) / n[:, None]) ** 2).sum(axis=1)
    return np.asarray(agreeing), np.asarray(expected), np.asarray(n)


def alpha_values(counts: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Floats:
    """Krippendorff's alpha for unordered labels."""
    agreeing, expected, n = alpha_parts(terms(counts), weights)
    with np.errstate(divide="ignore"):
        return _beyond_chance((1 - 1 / n) * agreeing + 1 / n, expected)
