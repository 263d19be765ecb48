"""Coefficients that know who gave which label: Conger's kappa, and Light's mean of the kappas of all pairs.

Both work on answers row by row (item, annotator, label); there is no table of items by annotators, so a million answers
of fifty people cost a few arrays of a million numbers. An annotator's second answer for an item does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Answers, Ints
from labelqa.stats.agreement.coefficients import credit_of
from labelqa.stats.agreement.interval import too_few
from labelqa.stats.agreement.linearised import (
    Linearised,
    estimate_of,
    no_annotations,
    no_overlap,
    no_variation,
    require_chance,
)
from labelqa.stats.agreement.terms import Floats, credited
from labelqa.stats.agreement.terms import terms as terms_of
from labelqa.stats.agreement.weights import Weights

_CELLS = 2**21  # label counts of items held at a time


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """First answers, sorted by item and annotator; items and annotators numbered from 0 without gaps.

    ``item``, ``annotator``, ``label`` (rows,); ``size`` (items,); ``items`` and ``people`` give the numbers they came from.
    """

    labels: tuple[str, ...]
    item: Ints
    annotator: Ints
    label: Ints
    size: Ints
    items: Ints
    people: Ints


def first_rows(answers: Answers) -> Rows:
    """The first answer of each annotator for each item."""
    item, annotator, label = answers.item, answers.annotator, answers.label
    if ((item[1:] == item[:-1]) & (annotator[1:] < annotator[:-1])).any():
        order = np.lexsort((annotator, item))  # stable: an earlier answer stays first
        item, annotator, label = item[order], annotator[order], label[order]
    start = np.diff(item, prepend=item[:1] - 1) != 0
    kept = start | (np.diff(annotator, prepend=annotator[:1] - 1) != 0)
    run = np.cumsum(start[kept], dtype=np.int64) - 1
    people = np.flatnonzero(np.bincount(annotator))
    return Rows(
        labels=answers.labels,
        item=run,
        annotator=np.searchsorted(people, annotator[kept]).astype(np.int64),
        label=label[kept].astype(np.int64),
        size=np.bincount(run).astype(np.int64),
        items=item[start].astype(np.int64),
        people=people.astype(np.int64),
    )


def compared_rows(answers: Answers) -> Rows:
    """The first answers; InsufficientData unless two items or more were labelled twice and two labels were given."""
    rows = first_rows(answers)
    if not len(rows.label):
        raise no_annotations()
    paired = int((rows.size >= 2).sum())
    if not paired:
        raise no_overlap()
    if paired == 1:
        raise too_few()
    if (rows.label == rows.label[0]).all():
        raise no_variation(rows.labels[int(rows.label[0])])
    return rows


def label_cells(rows: Rows) -> Iterator[tuple[int, Ints]]:
    """How often each label was given to each item, (some items, labels), with the first item's number; in stretches."""
    q, n = len(rows.labels), len(rows.size)
    step = max(1, _CELLS // q)
    for start in range(0, n, step):
        low, high = np.searchsorted(rows.item, [start, start + step])
        size = min(step, n - start)
        code = (rows.item[low:high] - start) * q + rows.label[low:high]
        yield start, np.bincount(code, minlength=size * q).astype(np.int64).reshape(size, q)


def own_agreement(rows: Rows, credit: Floats) -> Floats:
    """Each item's agreement within itself, 0 for an item labelled once: (items,)."""
    return np.concatenate([terms_of(cells, credit).own for _, cells in label_cells(rows)])


def linearised_conger(answers: Answers, *, weights: Weights = "identity") -> Linearised:
    """Conger's kappa with the influence of each item, and its standard error (``.error``)."""
    rows = compared_rows(answers)
    q, r, n = len(rows.labels), len(rows.people), len(rows.size)
    credit = credit_of(weights, rows.labels)
    given = np.bincount(rows.annotator * q + rows.label, minlength=r * q).reshape(r, q).astype(np.float64)
    answered = given.sum(axis=1)
    p = given / answered[:, None]
    likely = credited(p.sum(axis=0) - p, credit)  # (r, q): agreement by chance of each label with the others' labels
    mean = (p * likely).sum(axis=1)
    expected = float(mean.sum()) / (r * (r - 1))
    require_chance(expected)
    moved = (n / answered)[rows.annotator] * (likely[rows.annotator, rows.label] - mean[rows.annotator])
    chance = (mean.sum() + np.bincount(rows.item, weights=moved, minlength=n)) / (r * (r - 1))
    paired = rows.size >= 2
    own = own_agreement(rows, credit)
    observed = float(own[paired].mean())
    point = (observed - expected) / (1 - expected)
    lifted = (n / paired.sum()) * np.where(paired, own - expected, 0.0) / (1 - expected)
    influence = lifted - 2 * (1 - point) * (chance - expected) / (1 - expected)
    return Linearised(point, point, observed, expected, influence, np.ones(n), n)


def conger_kappa(answers: Answers, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Kappa of any number of annotators, each with label shares of their own; Conger (1980), missing answers allowed.

    Of two annotators it is Cohen's kappa (1960; weighted 1968). Interval: Gwet's (2014), linearised over items.

    >>> item, annotator, label = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1], [2, 0, 0], [2, 1, 1]], np.int32).T
    >>> answers = Answers(labels=("a", "b"), item=item.copy(), annotator=annotator.copy(), label=label.copy())
    >>> round(conger_kappa(answers).point, 3)
    0.4
    """
    result = linearised_conger(answers, weights=weights)
    paired = int((first_rows(answers).size >= 2).sum())
    return estimate_of(result, n=paired, degrees=result.items - 1, confidence=confidence)


def meetings(rows: Rows) -> tuple[Ints, Ints]:
    """Every two rows of one item, as two columns of row numbers; the first has the smaller annotator number."""
    ones, others = [], []
    for shift in range(1, int(rows.size.max(initial=1))):
        one = np.flatnonzero(rows.item[:-shift] == rows.item[shift:])
        ones.append(one)
        others.append(one + shift)
    empty = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *ones]), np.concatenate([empty, *others])


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """All pairs of annotators: agreement observed and by chance (pairs,), and each meeting's influence on kappa."""

    observed: Floats
    expected: Floats
    item: Ints  # of each meeting
    influence: Floats


def _require_every_pair(rows: Rows, shared: Ints, expected: Floats, first: Ints, second: Ints) -> None:
    """Raise InsufficientData at the first two annotators who have no kappa; pairs numbered as in ``shared``."""
    lacking = np.flatnonzero((shared < 2) | (expected >= 1 - 1e-12))
    if len(lacking):
        raise InsufficientData(
            "pair-without-kappa",
            "annotators {first} and {second} share too few items, or gave one label throughout: they have no kappa, so "
            "the mean over all pairs is not known",
            first=int(rows.people[first[lacking[0]]]),
            second=int(rows.people[second[lacking[0]]]),
        )


def _pairs(rows: Rows, credit: Floats) -> _Pairs:
    q, r = len(rows.labels), len(rows.people)
    one, other = meetings(rows)
    first, second = np.triu_indices(r, 1)
    number = np.zeros((r, r), dtype=np.int64)
    number[first, second] = np.arange(len(first))
    pair = number[rows.annotator[one], rows.annotator[other]]
    a, b = rows.label[one], rows.label[other]
    shared = np.bincount(pair, minlength=len(first)).astype(np.int64)
    per = 1 / np.maximum(shared, 1)
    row = np.bincount(pair * q + a, minlength=len(first) * q).reshape(-1, q) * per[:, None]
    column = np.bincount(pair * q + b, minlength=len(first) * q).reshape(-1, q) * per[:, None]
    likely_one, likely_other = credited(column, credit), credited(row, credit)
    agreed = credit[a, b] if credit.size else (a == b).astype(np.float64)
    po = np.bincount(pair, weights=agreed, minlength=len(first)) * per
    pe = (row * likely_one).sum(axis=1)
    _require_every_pair(rows, shared, pe, first, second)
    room = 1 - pe
    kappa = (po - pe) / room
    chance = likely_one[pair, a] + likely_other[pair, b] - 2 * pe[pair]
    moved = ((agreed - po[pair]) - (1 - kappa)[pair] * chance) * (per / room)[pair]
    return _Pairs(observed=po, expected=pe, item=rows.item[one], influence=moved)


def light_kappa(answers: Answers, *, weights: Weights = "identity", confidence: float = 0.95) -> Estimate:
    """Mean of Cohen's kappa over every two annotators, each over the items both labelled; Light (1971).

    Interval: linearised over items, so that an item's part in all its pairs counts as one; Student's t. InsufficientData
    ``pair-without-kappa`` where two annotators share fewer than two items or have nothing to tell apart: the mean is
    never taken over fewer pairs than there are.
    """
    rows = compared_rows(answers)
    found = _pairs(rows, credit_of(weights, rows.labels))
    pairs, paired = len(found.observed), rows.size >= 2
    items = int(paired.sum())
    point = float(((found.observed - found.expected) / (1 - found.expected)).mean())
    moved = np.bincount(found.item, weights=found.influence, minlength=len(rows.size))[paired]
    result = Linearised(
        point=point,
        centre=point,
        observed=float(found.observed.mean()),
        expected=float(found.expected.mean()),
        influence=point + moved * items / pairs,
        weight=np.ones(items),
        items=items,
    )
    return estimate_of(result, n=items, degrees=items - 1, confidence=confidence, how="linearised over items")
