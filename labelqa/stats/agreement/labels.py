"""Agreement label by label: which label annotators share an understanding of, and which two they mix up."""

from __future__ import annotations

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Ints, Patterns, grouped
from labelqa.records.summary import Confusion, LabelAgreement
from labelqa.stats.agreement.coefficients import fleiss_kappa
from labelqa.stats.agreement.interval import around, checked, no_spread, spread, too_few, without_spread
from labelqa.stats.agreement.item_intervals import default_interval
from labelqa.stats.agreement.linearised import known, require_pairs
from labelqa.stats.agreement.terms import alpha_values


def against_the_rest(patterns: Patterns, label: int) -> Patterns:
    """The same items with two labels: this one, and any other.

    >>> against_the_rest(Patterns.of([[1, 1, 0], [1, 0, 1]], ("a", "b", "c")), 0).counts
    array([[1, 1]], dtype=int32)
    """
    return _split(patterns, label, patterns.counts.sum(axis=1))


def _split(patterns: Patterns, label: int, size: Ints) -> Patterns:
    """The same, where ``size`` (patterns,) is known: with thousands of labels it is worked out once for all."""
    own = patterns.counts[:, label]
    both = np.stack([own, size - own], axis=1).astype(np.int32)
    counts, weight = grouped(both, patterns.weight)
    name = patterns.labels[label]
    return Patterns(labels=(name, f"not {name}"), counts=counts, weight=weight)


def specific_agreement(patterns: Patterns, label: int, *, confidence: float = 0.95) -> Estimate:
    """Chance that another annotator gives this label too where one gave it (Fleiss 1981; Cicchetti and Feinstein 1990).

    Interval from the linearised ratio over the items on which the label was given, Student's t. Raises InsufficientData
    ``label-not-compared`` where no item with this label was labelled twice.

    >>> specific_agreement(Patterns.of([[2, 0], [1, 1], [0, 2], [2, 0]], ("a", "b")), 0).point
    0.8
    """
    require_pairs(patterns)
    return _specific(against_the_rest(patterns, label), confidence)


def _compared(two: Patterns) -> int:
    """Items with the first label that were labelled twice."""
    return int(two.weight[(two.counts[:, 0] > 0) & (two.counts.sum(axis=1) >= 2)].sum())


def _specific(two: Patterns, confidence: float) -> Estimate:
    n = _compared(two)
    if not n:
        raise _not_compared(two.labels[0])
    if n == 1:
        raise too_few()
    own, size = two.counts[:, 0].astype(np.float64), two.counts.sum(axis=1)
    weight = (two.weight * ((own > 0) & (size >= 2))).astype(np.float64)
    given = own * (size - 1)
    total = float(weight @ given)
    point = float(weight @ (own * (own - 1))) / total
    influence = point + (own * (own - 1) - point * given) * (n / total)
    error = spread(influence, weight, point, n)
    if no_spread(error):
        return without_spread(point, point, 0.0, n=n, confidence=checked(confidence), lowest=0.0)
    method = f"linearised ratio, t({n - 1})"
    return around(point, error, n=n, degrees=n - 1, confidence=checked(confidence), method=method, lowest=0.0)


def per_label(patterns: Patterns, *, confidence: float = 0.95) -> tuple[LabelAgreement, ...]:
    """Each declared label in its order: how often it was given, specific agreement, alpha of it against the rest.

    A label nobody used has count 0 and its reasons in place of figures. Raises InsufficientData ``no-annotations`` when
    there is nothing at all.
    """
    total = patterns.annotations
    if not total:
        raise InsufficientData("no-annotations", "there are no annotations here, so there is no agreement to measure")
    counts, size = patterns.weight @ patterns.counts, patterns.counts.sum(axis=1)
    return tuple(
        _one(_split(patterns, label, size), count, total, confidence) for label, count in enumerate(counts.tolist())
    )


def _one(two: Patterns, count: int, total: int, confidence: float) -> LabelAgreement:
    return LabelAgreement(
        label=two.labels[0],
        count=count,
        share=count / total,
        agreement=known(lambda: _specific(_with_pairs(two), confidence), n=_compared(two)),
        alpha=known(lambda: _alpha(_given(two), confidence), n=two.items_with_pairs),
    )


def _with_pairs(two: Patterns) -> Patterns:
    require_pairs(two)
    return two


def _not_compared(label: str) -> InsufficientData:
    return InsufficientData(
        "label-not-compared", "no item with the label “{label}” was labelled by two annotators", label=label
    )


def _given(two: Patterns) -> Patterns:
    """The patterns; InsufficientData where nobody gave the first label, or only on items labelled once."""
    if not two.counts[:, 0].any():
        raise InsufficientData("label-not-used", "nobody gave the label “{label}”", label=two.labels[0])
    if not _compared(two):
        raise _not_compared(two.labels[0])
    return two


def _alpha(two: Patterns, confidence: float) -> Estimate:
    return default_interval(two, alpha_values, confidence=confidence)


def label_alpha(patterns: Patterns, label: int, *, confidence: float = 0.95) -> Estimate:
    """Krippendorff's alpha of one label, by its place, against all others together; a label may well be rare."""
    return _alpha(_given(against_the_rest(patterns, label)), confidence)


def label_kappa(patterns: Patterns, label: int, *, confidence: float = 0.95) -> Estimate:
    """Fleiss' kappa of one label against all others together (1971), from exact shares; his table has rounded ones."""
    return fleiss_kappa(_given(against_the_rest(patterns, label)), confidence=confidence)


def confusions(patterns: Patterns) -> tuple[Confusion, ...]:
    """Every two labels given to the same item, by how many pairs of annotations; the most frequent first.

    >>> confusions(Patterns.of([[2, 1, 0], [0, 1, 1]], ("a", "b", "c")))[0]
    Confusion(first='a', second='b', count=2)
    """
    counts = patterns.counts.astype(np.int64)
    together = counts.T @ (counts * patterns.weight[:, None])
    first, second = np.nonzero(np.triu(together, 1))
    order = np.argsort(-together[first, second], kind="stable")
    return tuple(
        Confusion(first=patterns.labels[i], second=patterns.labels[j], count=int(together[i, j]))
        for i, j in zip(first[order].tolist(), second[order].tolist(), strict=True)
    )
