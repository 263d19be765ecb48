"""Two annotators who make the same mistakes: agreement in answers that everybody else makes improbable.

Accurate people agree, so agreement proves nothing. What independent people do not do is to give the same improbable
answer to the same item, again and again. For every pair the truth of each item is inferred from the others alone; an
answer with little probability that both gave counts as a shared mistake. The two's own accuracies say how many are to
be expected, raised by how much all other pairs exceed theirs, since hard items mislead everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.behaviour import CopyCheck
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.stats.behaviour.tails import at_least
from labelqa.stats.drift.chances import adjusted

Flags: TypeAlias = npt.NDArray[np.bool_]
_ROUNDS = 50
_CELLS = 2**22  # pairs times labels worked on at a time
_WEIGHT = 4.0  # pseudo-answers that draw an accuracy towards the team's


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """Accuracy of each annotator (annotators,), where errors go (labels, labels), log-likelihood of each row under each
    truth (rows, labels), and of each item with the prior (items, labels)."""

    accuracy: Floats
    errors: Floats
    rows: Floats
    items: Floats


def _softmax(logs: Floats) -> Floats:
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _fitted(item: Ints, who: Ints, label: Ints, q: int) -> _Model:
    """One accuracy an annotator and one table of errors for all (Dawid and Skene 1979, pooled), by EM from the votes."""
    items, rows = int(item.max()) + 1, np.arange(len(item))
    starts = np.flatnonzero(np.diff(item, prepend=-1))
    truth: Floats = np.bincount(item * q + label, minlength=items * q).reshape(items, q).astype(np.float64)
    truth /= truth.sum(axis=1, keepdims=True)
    n = np.bincount(who)
    for _ in range(_ROUNDS):
        right = np.bincount(who, weights=truth[item, label])
        accuracy = (right + _WEIGHT * right.sum() / n.sum()) / (n + _WEIGHT)
        accuracy = np.clip(accuracy, 1e-3, 1 - 1e-3)
        given = np.stack([np.bincount(label, truth[item, each], minlength=q) for each in range(q)])
        np.fill_diagonal(given, 0.0)
        errors = given + 0.5 * (1 - np.eye(q))
        errors /= errors.sum(axis=1, keepdims=True)
        logs = np.log(np.maximum(errors, 1e-12)).T[label] + np.log1p(-accuracy)[who, None]
        logs[rows, label] = np.log(accuracy)[who]
        whole = np.log((truth.sum(axis=0) + 0.5) / (items + 0.5 * q)) + np.add.reduceat(logs, starts)
        before, truth = truth, _softmax(whole)
        if np.abs(truth - before).max() < 1e-4:
            break
    return _Model(accuracy, errors, logs, whole)


def _row_pairs(item: Ints) -> tuple[Ints, Ints]:
    """Every two rows of one item with three rows or more; rows sorted by item."""
    starts = np.flatnonzero(np.diff(item, prepend=-1))
    sizes = np.diff(np.append(starts, len(item)))
    left, right = [], []
    for size in np.unique(sizes[sizes > 2]).tolist():
        one, other = np.triu_indices(size, k=1)
        first = starts[sizes == size][:, None]
        left.append((first + one).ravel())
        right.append((first + other).ravel())
    if not left:
        raise InsufficientData(
            "no-third-answer", "no item has three answers, so nobody stands beside a pair to compare"
        )
    return np.concatenate(left), np.concatenate(right)


def _expected(
    model: _Model, cells: tuple[Ints, Ints, Ints, Ints, Ints], improbable: float
) -> tuple[Flags, Floats, Floats]:
    """Of each two rows: shared mistake or not, its chance, and the chance that the two agree at all."""
    item, one, other, who_one, who_other = cells
    truth = _softmax(model.items[item] - model.rows[one] - model.rows[other])
    a, b = model.accuracy[who_one, None], model.accuracy[who_other, None]
    agree = truth * a * b + (1 - a) * (1 - b) * (truth @ model.errors**2)
    rare = truth < improbable
    return rare, np.where(rare, agree, 0.0).sum(axis=1), agree.sum(axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Each two answers to one item: the ``code`` of the two annotators, whether they agree, whether in an improbable
    answer, and the chances of both."""

    code: Ints
    agreeing: Floats
    mistake: Floats
    chance: Floats
    agreement: Floats


def _paired(answers: Answers, improbable: float) -> tuple[_Pairs, Ints]:
    _, item = np.unique(answers.item, return_inverse=True)
    people, who = np.unique(answers.annotator.astype(np.int64), return_inverse=True)
    label = answers.label.astype(np.int64)
    model = _fitted(item, who, label, len(answers.labels))
    one, other = _row_pairs(item)
    different = who[one] != who[other]
    one, other = one[different], other[different]
    same = label[one] == label[other]
    mistake, chance, agreement = np.zeros(len(one)), np.zeros(len(one)), np.zeros(len(one))
    step = max(1, _CELLS // len(answers.labels))
    for start in range(0, len(one), step):
        part = slice(start, start + step)
        a, b = one[part], other[part]
        rare, chance[part], agreement[part] = _expected(model, (item[a], a, b, who[a], who[b]), improbable)
        mistake[part] = same[part] & rare[np.arange(len(a)), label[a]]
    low, high = np.minimum(who[one], who[other]), np.maximum(who[one], who[other])
    return _Pairs(low * len(people) + high, same.astype(np.float64), mistake, chance, agreement), people


def _chance(count: int, chances: Floats) -> float:
    """P(count or more); each chance is rounded up by at most a hundredth of itself, so that equal ones are counted."""
    rounded = np.minimum(1.0, np.exp(np.ceil(100 * np.log(np.maximum(chances, 1e-12))) / 100))
    kinds, times = np.unique(rounded, return_counts=True)
    return at_least(count, kinds, times)


def shared_mistakes(
    answers: Answers,
    *,
    level: float = 0.05,
    improbable: float = 0.25,
    ratio: float = 2.0,
    least: int = 5,
    minimum: int = 20,
) -> tuple[CopyCheck, ...]:
    """Every two annotators with ``minimum`` items or more that a third answered too, least likely first.

    Flagged: so many shared mistakes are rare (``level``, false discovery rate over the pairs), they are ``least`` or
    more and at least ``ratio`` times the expected. Who copied from whom cannot be told. Needs memory for items times
    labels. Raises InsufficientData ``no-third-answer`` where no item has three answers.
    """
    if not len(answers.item):
        raise InsufficientData("no-annotations", "there are no annotations here, so there is no agreement to measure")
    if len(answers.labels) < 2:
        raise InsufficientData("one-label", "only one label is declared, so no answer can be a mistake")
    pairs, people = _paired(answers, improbable)
    seen, at = np.unique(pairs.code, return_inverse=True)
    order, shared = np.argsort(at, kind="stable"), np.bincount(at)
    ends = np.cumsum(shared)
    columns = (pairs.agreeing, pairs.agreement, pairs.mistake, pairs.chance)
    agreeing, agreement, mistakes, expected = (np.bincount(at, weights=column) for column in columns)
    found = []
    for pair in np.flatnonzero(shared >= minimum).tolist():
        rest = expected.sum() - expected[pair]
        lift = max(1.0, float((mistakes.sum() - mistakes[pair]) / rest)) if rest > 0 else 1.0
        mine = order[ends[pair] - shared[pair] : ends[pair]]
        chances = np.minimum(1.0, lift * pairs.chance[mine])
        found.append((pair, float(chances.sum()), _chance(int(mistakes[pair]), chances)))
    raised = adjusted([chance for _, _, chance in found])
    checks = [
        CopyCheck(
            first=int(people[seen[pair] // len(people)]),
            second=int(people[seen[pair] % len(people)]),
            shared=int(shared[pair]),
            agreeing=int(agreeing[pair]),
            expected_agreeing=float(agreement[pair]),
            same_mistakes=int(mistakes[pair]),
            expected=wanted,
            p_value=chance,
            p_adjusted=p,
            flagged=p <= level and bool(mistakes[pair] >= max(least, ratio * wanted)),
        )
        for (pair, wanted, chance), p in zip(found, raised, strict=True)
    ]
    return tuple(sorted(checks, key=lambda check: (check.p_value, check.first, check.second)))
