"""What becomes of batches under a stratified check, by simulation, with how far that can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Final

import numpy as np

from labelqa.records.designs import Allocation, StratumSize
from labelqa.records.reductions import Floats, Ints
from labelqa.stats.strata.allocation import allocate
from labelqa.stats.strata.evidence import NEAR, evidence_of_few, relative_risks
from labelqa.stats.strata.walks import Contest, interleaved, walk

BATCHES: Final = 1_000  # simulated for every figure
SEED: Final = 45_674  # with the number of errors: the same question has the same answer everywhere
LONGEST: Final = 20_000  # reviews that a simulated batch is followed at most
_GRID: Final = 64  # numbers of further reviews tried together


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """Shares of simulated batches, and the mean number of reviews; ``error`` is one standard error each."""

    batches: int
    horizon: int  # reviews after which a batch was no longer followed
    accept: float
    accept_error: float
    reject: float
    reviews: float
    reviews_error: float


def errors_of(strata: Sequence[StratumSize], errors: int) -> Ints:
    """So many errors, spread over the strata by their items and expected relative risks."""
    spread = allocate(errors, strata, allocation=Allocation.NEYMAN, spreads=relative_risks(strata).tolist())
    return np.array(spread, dtype=np.int64)


def simulate(contest: Contest, errors: Ints, order: Ints, *, cut: int, batches: int = BATCHES) -> Simulated:
    """Batches with ``errors`` in each stratum, reviewed in ``order``; what is given up at the ``cut`` counts as rejected."""
    rng = np.random.default_rng([SEED, *errors.tolist()])
    ended = walk(contest, errors, order, batches=batches, rng=rng)
    accept = float((ended.end == 1).mean())
    reject = float((ended.end == -1).mean()) if len(order) < cut else 1 - accept
    return Simulated(
        batches=batches, horizon=len(order), accept=accept, accept_error=sqrt(accept * (1 - accept) / batches),
        reject=reject, reviews=float(ended.reviews.mean()),
        reviews_error=float(ended.reviews.std()) / sqrt(batches),
    )  # fmt: skip


def reviews_by(contest: Contest, errors: Ints, order: Ints, *, power: float, batches: int = BATCHES) -> int | None:
    """Reviews by which a share ``power`` of simulated batches was proven good; None where they were not by the end."""
    rng = np.random.default_rng([SEED, *errors.tolist()])
    ended = walk(contest, errors, order, batches=batches, rng=rng)
    proven = np.sort(ended.reviews[ended.end == 1])
    wanted = ceil(power * batches)
    return int(proven[wanted - 1]) if len(proven) >= wanted else None


def reviews_needed(contest: Contest, e: Floats, s: Floats, sizes: Sequence[int], cut: int) -> int | None:
    """Further reviews that would prove it if all were right, the strata going on at their pace; None by ``cut`` for none.

    Found by narrowing, as if more right verdicts always proved more; what it names does prove it.
    """
    seen = (e + s).astype(np.int64)
    room = min(cut, int(contest.items.sum())) - int(seen.sum())
    if room < 1:
        return None
    order = _after(seen, sizes, contest.items, room)
    low, high = 0, len(order)
    if not _proves(contest, e, s, order, np.array([high]))[0]:
        return None
    while high - low > 1:
        tried = np.unique(np.linspace(low + 1, high, _GRID).astype(np.int64))
        first = int(np.argmax(_proves(contest, e, s, order, tried)))
        low, high = int(tried[first - 1]) if first else low, int(tried[first])
    return high


def _after(seen: Ints, sizes: Sequence[int], items: Floats, reviews: int) -> Ints:
    """The strata of the next reviews."""
    order = interleaved(sizes, [int(count) for count in items], int(seen.sum()) + reviews)
    rank = np.empty(len(order), dtype=np.int64)
    for h in range(len(items)):
        rank[order == h] = np.arange((order == h).sum())
    return order[rank >= seen[order]][:reviews]


def _proves(contest: Contest, e: Floats, s: Floats, order: Ints, tried: Ints) -> Ints:
    right = np.stack([np.bincount(order[:more], minlength=len(e)) for more in tried]).astype(np.float64)
    rows = np.broadcast_to(e, right.shape)
    found = evidence_of_few(contest.mixed, rows, s + right, contest.items, contest.limit)
    return np.asarray(found >= contest.proven + NEAR, dtype=np.int64)
