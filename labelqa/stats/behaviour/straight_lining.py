"""The same answer down the line: runs of one label longer than chance, and one label where others see several.

A run is judged by the annotator's own shares of labels, so a rare label in a run weighs more than a common one; a run in
which the others say the same is a sorted batch, not a habit. Somebody who gives one label throughout has no shares to
judge a run by: :func:`favourite_labels` compares with what others say of the same items.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.records.behaviour import FavouriteCheck, RunCheck
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.stats.behaviour.tails import at_least
from labelqa.stats.drift.chances import adjusted

_SETTLED = 1e-14  # the ratio of neighbouring survival chances no longer changes


def _none_so_long(longest: int, n: int, shares: Floats) -> float:
    """Chance that ``n`` independent labels hold no run of ``longest``: summed over the label and length of the last run.

    With a_k(t) the chance that a run of k ends at t and none was so long, and b_k(t) that another label ends there,
    a_k(t) = p_k (a_k(t-1) + b_k(t-1)) - p_k^L b_k(t-L). The total soon falls by a fixed ratio, which is carried on.
    """
    p, full = shares, shares**longest
    others: list[Floats] = [np.ones(len(p))]  # b_k(0) = 1: before the first label any run may begin
    ending: Floats = np.zeros(len(p))
    total, ratio, steady = 1.0, 1.0, 0
    for t in range(1, n + 1):
        ending = p * (ending + others[-1]) - (full * others[t - longest] if t >= longest else 0.0)
        now = float(ending.sum())
        if now <= 0:
            return 0.0
        steady = steady + 1 if abs(now / total - ratio) < _SETTLED else 0
        ratio, total = now / total, now
        if steady > 2 * longest:
            return float(total * ratio ** (n - t))
        others.append(total - ending)
    return total


def run_chance(longest: int, n: int, shares: npt.ArrayLike) -> float:
    """Chance of a run of ``longest`` or more equal labels somewhere among ``n`` independent ones with these ``shares``.

    Exact (the multistate recursion of Fu and Koutras 1994).

    >>> run_chance(3, 3, [0.5, 0.5])
    0.25
    """
    p = np.asarray(shares, dtype=np.float64)
    if p.ndim != 1 or (p < 0).any() or abs(p.sum() - 1) > 1e-9:
        raise ValueError("shares must be 0 or more and add up to 1")
    if longest <= 1:
        return 1.0 if n >= longest else 0.0
    if longest > n:
        return 0.0
    return min(1.0, max(0.0, 1 - _none_so_long(longest, n, p[p > 0])))


def _longest(labels: Ints) -> tuple[int, int]:
    """(start, length) of the longest run; the first of several."""
    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    lengths = np.diff(np.append(starts, len(labels)))
    at = int(lengths.argmax())
    return int(starts[at]), int(lengths[at])


def _usual(n: int, shares: Floats) -> int:
    """The median longest run."""
    low, high = 1, 2
    while run_chance(high, n, shares) > 0.5:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if run_chance(middle, n, shares) > 0.5 else (low, middle)
    return low


def _others_say(answers: Answers) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """For each row how many others gave its label less those who gave another, and whether there are others."""
    _, item = np.unique(answers.item, return_inverse=True)
    size = np.bincount(item)[item]
    _, cell = np.unique(item * len(answers.labels) + answers.label, return_inverse=True)
    same = np.bincount(cell)[cell]
    return np.asarray((same - 1) - (size - same)), size > 1


def _ordered(answers: Answers, order: npt.ArrayLike) -> npt.NDArray[Any]:
    when = np.asarray(order)
    if when.shape != answers.item.shape:
        raise ValueError(f"need one place in the order an answer ({len(answers.item)}), not {when.shape}")
    if when.dtype.kind == "f" and np.isnan(when).any():
        raise ValueError("the order of some answers is not known; take them out of the answers first")
    return when


def long_runs(
    answers: Answers,
    order: npt.ArrayLike,
    *,
    level: float = 0.05,
    explained: float = 0.8,
    minimum: int = 20,
) -> tuple[RunCheck, ...]:
    """The longest run of every annotator with ``minimum`` answers or more, least likely first.

    ``order`` (rows,) tells by its rising values when each answer was given. Flagged are runs that are rare (``level``,
    false discovery rate) and in which less than the share ``explained`` of the answers that others gave too has half or
    more of them say the same.
    """
    when = _ordered(answers, order)
    balance, compared = _others_say(answers)
    found = []
    for annotator in np.unique(answers.annotator).tolist():
        mine = np.flatnonzero(answers.annotator == annotator)
        if len(mine) < minimum:
            continue
        mine = mine[np.argsort(when[mine], kind="stable")]
        labels = answers.label[mine].astype(np.int64)
        start, longest = _longest(labels)
        shares = np.bincount(labels) / len(labels)
        run = mine[start : start + longest]
        beside = int(compared[run].sum())
        agreeing = int((compared[run] & (balance[run] >= 0)).sum())
        line = (annotator, labels, start, longest, _usual(len(labels), shares), beside, agreeing)
        found.append((line, run_chance(longest, len(labels), shares)))
    raised = adjusted([chance for _, chance in found])
    checks = [
        RunCheck(
            annotator=annotator,
            n=len(labels),
            label=answers.labels[labels[start]],
            longest=longest,
            start=start,
            expected=usual,
            compared=beside,
            agreeing=agreeing,
            p_value=chance,
            p_adjusted=p,
            flagged=p <= level and (beside == 0 or agreeing < explained * beside),
        )
        for ((annotator, labels, start, longest, usual, beside, agreeing), chance), p in zip(found, raised, strict=True)
    ]
    return tuple(sorted(checks, key=lambda check: (check.p_value, check.annotator)))


def _entropy(counts: Floats) -> float:
    share = counts[counts > 0] / counts.sum()
    return abs(float(-(share * np.log2(share)).sum()))


def _as_others(answers: Answers) -> tuple[Ints, Ints, Ints]:
    """Rows of items with two answers or more: item, how many said the same label, how many answered."""
    _, item = np.unique(answers.item, return_inverse=True)
    return item, np.bincount(item)[item], np.flatnonzero(np.bincount(item)[item] > 1)


def favourite_labels(
    answers: Answers, *, level: float = 0.05, margin: float = 0.15, most: float = 0.8, minimum: int = 20
) -> tuple[FavouriteCheck, ...]:
    """Every annotator with ``minimum`` answers on items that others answered too, least likely first.

    Under the hypothesis that the annotators of an item could change places, the label occurs among an annotator's
    answers as in a draw from each item's own answers, whose tail is exact; it is multiplied by the number of declared
    labels, since the one in greatest excess is shown. Flagged: rare (``level``, false discovery rate), ``margin``
    beyond the others' share, and the share ``most`` or more of all answers; less than that is bias, not a habit.
    """
    item, size, paired = _as_others(answers)
    q, label = len(answers.labels), answers.label.astype(np.int64)
    cells, cell = np.unique(item * q + label, return_inverse=True)
    total = np.bincount(cell)
    found = []
    for annotator in np.unique(answers.annotator[paired]).tolist():
        mine = paired[answers.annotator[paired] == annotator]
        if len(mine) < minimum:
            continue
        own = np.bincount(label[mine], minlength=q).astype(np.float64)
        near = _counts(cells, total, item[mine], q)
        others = near - np.eye(q, dtype=np.int64)[label[mine]]
        as_others = (others / (size[mine] - 1)[:, None]).sum(axis=0)
        top = int((own - as_others).argmax())
        kinds, times = np.unique(near[:, top] / size[mine], return_counts=True)
        chance = min(1.0, q * at_least(int(own[top]), kinds, times))
        found.append((annotator, len(mine), top, own, as_others, chance))
    raised = adjusted([line[-1] for line in found])
    checks = [
        FavouriteCheck(
            annotator=annotator,
            n=n,
            label=answers.labels[top],
            count=int(own[top]),
            expected=float(as_others[top]),
            variety=_entropy(own),
            variety_others=_entropy(as_others),
            p_value=chance,
            p_adjusted=p,
            flagged=p <= level and bool(own[top] >= max(most * n, as_others[top] + margin * n)),
        )
        for (annotator, n, top, own, as_others, chance), p in zip(found, raised, strict=True)
    ]
    return tuple(sorted(checks, key=lambda check: (check.p_value, check.annotator)))


def _counts(cells: Ints, total: Ints, items: Ints, q: int) -> Ints:
    """How often each label was given to each of ``items``, (items, labels)."""
    wanted = items[:, None] * q + np.arange(q)
    at = np.minimum(np.searchsorted(cells, wanted), len(cells) - 1)
    return np.where(cells[at] == wanted, total[at], 0)
