"""Simulated batches, reviewed verdict by verdict, until the evidence over strata says stop.

Exact chances would need every combination of counts in the strata; so batches are simulated, with a seed of their own,
and every figure says how many there were. Nothing here decides anything: it is for planning, and for trying to break the
guarantee.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats, Ints
from labelqa.stats.strata.evidence import NEAR, Mixture, likeliest_bad, log_path

_AT_ONCE = 2_000  # batches walked side by side: what fits near the processor
_TOGETHER = 24  # reviews after which the moments noted are worked out


@dataclass(frozen=True, slots=True)
class Contest:
    """What is at stake: the strata's items, the first number of errors that is too many, and both thresholds."""

    mixed: Mixture
    items: Floats  # (strata,)
    limit: int
    proven: float  # log evidence that proves; log(1/risk)
    hopeless: float  # log evidence that gives up; log(1/futility), inf for never

    @property
    def mirrored(self) -> int:
        """The fewest right labels that a batch fails by."""
        return int(self.items.sum()) - self.limit + 1


@dataclass(frozen=True, slots=True)
class Walks:
    """How each simulated batch ended: 1 proven, -1 given up, 0 undecided at the horizon; and after how many reviews."""

    end: Ints
    reviews: Ints


def interleaved(sizes: Sequence[int], items: Sequence[int], reviews: int) -> Ints:
    """Strata in the order of review, so that every stretch from the start is shared out like ``sizes``.

    Item ``rank`` of a stratum of size n stands at rank/n, ties by stratum; past its n a stratum goes on at the same pace,
    and strata without a size come last.

    >>> interleaved([1, 2], [5, 5], 6).tolist()
    [1, 0, 1, 1, 0, 1]
    """
    ranks = [np.arange(1, min(count, reviews) + 1, dtype=np.float64) for count in items]
    # the same fraction is the same double, so ties are ties
    keys = [rank / size if size else rank + reviews * 2.0 for rank, size in zip(ranks, sizes, strict=True)]
    stratum = np.repeat(np.arange(len(items)), [len(rank) for rank in ranks])
    order = np.lexsort((stratum, np.concatenate(keys)))
    return np.asarray(stratum[order][:reviews], dtype=np.int64)


def walk(contest: Contest, errors: Ints, order: Ints, *, batches: int, rng: np.random.Generator) -> Walks:
    """``batches`` with ``errors`` in each stratum, reviewed in ``order`` until decided or the order ends."""
    found = [
        _Side(contest, errors, min(_AT_ONCE, batches - start), rng).run(order)
        for start in range(0, batches, _AT_ONCE)
    ]  # fmt: skip
    return Walks(np.concatenate([each.end for each in found]), np.concatenate([each.reviews for each in found]))


class _Rival:
    """The batch that best explains the verdicts against what is to be shown, kept until the evidence nears its threshold.

    Any batch of that kind bounds the evidence from above, so the best one need only be sought where the bound passes. Such
    moments are noted and worked out together.
    """

    def __init__(self, contest: Contest, runs: int, *, limit: int, threshold: float) -> None:
        self.items, self.limit, self.threshold = contest.items, limit, threshold + NEAR
        even = np.ceil(contest.items * (limit / contest.items.sum()))  # to begin with; never more than there are items
        self.batch = np.tile(np.minimum(even, contest.items), (runs, 1))
        self.log: Floats = np.zeros(runs)
        self.noted: list[tuple[Ints, int, Floats, Floats, Floats]] = []

    def see(self, h: int, e: Floats, left: float, marked: npt.NDArray[np.bool_]) -> None:
        """One verdict in stratum ``h``: what the kept batch gave it; before it ``e`` were marked, ``left`` not reviewed."""
        rest = self.batch[:, h] - e
        with np.errstate(divide="ignore"):
            self.log += np.log(np.maximum(np.where(marked, rest, left - rest), 0.0) / left)

    def note(self, t: int, log: Floats, e: Floats, s: Floats) -> None:
        """Keep the moments at which the bound passes; ``log`` is the mixture's log chance."""
        near = np.flatnonzero(~(log - self.log < self.threshold))
        if near.size:
            self.noted.append((near, t, log[near], e[near], s[near]))

    def passed(self, e: Floats, s: Floats, never: int) -> Ints:
        """The review after which each run passed the threshold, ``never`` where it did not; ``e`` and ``s`` are of now."""
        at = np.full(len(e), never)
        if self.noted:
            run, log, then_e, then_s = (np.concatenate([each[i] for each in self.noted]) for i in (0, 2, 3, 4))
            times = np.repeat([each[1] for each in self.noted], [len(each[0]) for each in self.noted])
            best, batch = likeliest_bad(then_e, then_s, self.items, self.limit)
            passed = log - best >= self.threshold
            np.minimum.at(at, run[passed], times[passed])
            self.batch[run] = batch  # the last moment of each run comes last
            near = np.unique(run)
            self.log[near] = log_path(e[near], s[near], self.items, self.batch[near])
            self.noted = []
        return at

    def keep(self, on: npt.NDArray[np.bool_]) -> None:
        """Only these runs go on."""
        self.batch, self.log = self.batch[on], self.log[on]


class _Side:
    """Batches walked side by side; those that ended leave, a few reviews late."""

    def __init__(self, contest: Contest, errors: Ints, runs: int, rng: np.random.Generator) -> None:
        self.contest, self.errors, self.rng = contest, errors.astype(np.float64), rng
        self.factor = np.exp(
            np.stack([contest.mixed.right.T, contest.mixed.wrong.T], axis=1)
        )  # (strata, mark, component)
        self.e, self.s = np.zeros((runs, len(errors))), np.zeros((runs, len(errors)))
        self.weight, self.log = np.ones((runs, len(contest.mixed.good))), np.zeros(runs)
        self.few = _Rival(contest, runs, limit=contest.limit, threshold=contest.proven)
        self.many = _Rival(contest, runs, limit=contest.mirrored, threshold=contest.hopeless)
        self.end, self.reviews = np.zeros(runs, dtype=np.int64), np.full(runs, -1)
        self.active = np.arange(runs)

    def run(self, order: Ints) -> Walks:
        """Until all are decided, or the order ends."""
        seen = np.zeros(len(self.errors))
        for t, h in enumerate(order, start=1):
            self._verdict(int(h), self.contest.items[h] - seen[h])
            seen[h] += 1
            self._note(t)
            if t % _TOGETHER == 0 or t == len(order):
                self._decide(len(order) + 1)
                if not self.active.size:
                    break
        self.reviews[self.active] = len(order)
        return Walks(self.end, self.reviews)

    def _verdict(self, h: int, left: float) -> None:
        e, s = self.e[:, h], self.s[:, h]
        marked = self.rng.random(len(self.active)) * left < self.errors[h] - e
        self.few.see(h, e, left, marked)
        self.many.see(h, s, left, ~marked)
        self.weight *= self.factor[h][marked.astype(np.int64)]
        e += marked
        s += ~marked

    def _note(self, t: int) -> None:
        mixed = self.contest.mixed
        with np.errstate(divide="ignore"):
            self.few.note(t, self.log + np.log(self.weight @ mixed.good), self.e, self.s)
            self.many.note(t, self.log + np.log(self.weight @ mixed.bad), self.s, self.e)

    def _decide(self, never: int) -> None:
        few, many = self.few.passed(self.e, self.s, never), self.many.passed(self.s, self.e, never)
        on = np.minimum(few, many) == never
        if not on.all():
            self.end[self.active] = np.where(on, 0, np.where(few <= many, 1, -1))
            self.reviews[self.active] = np.minimum(few, many)
            self.active, self.log = self.active[on], self.log[on]
            self.e, self.s, self.weight = self.e[on], self.s[on], self.weight[on]
            self.few.keep(on)
            self.many.keep(on)
        total = self.weight.sum(axis=1)  # now and then, lest the weights vanish
        self.weight /= total[:, None]
        self.log += np.log(total)
