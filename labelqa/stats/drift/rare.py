"""Few errors, counted exactly: a CUSUM of error counts, with its run length from a finite Markov chain.

With two errors in a hundred checked items no normal curve fits. The sum S goes up by the errors of a period and down by
a fixed ``reference`` (a fraction, so that S takes finitely many values) and alarms on reaching ``limit``. One item a
period makes it a Bernoulli CUSUM (Reynolds and Stoumbos 1999). Run lengths and the chance of any peak within so many
periods are exact (Brook and Evans 1972), so peaks of many annotators can be adjusted for how many were watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf, log

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, identity
from scipy.sparse.linalg import splu
from scipy.special import gammaln, xlog1py, xlogy

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Floats
from labelqa.stats.drift.chances import adjusted

_MOST_STATES = 200_000
_ENDLESS = 1e14


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCusum:
    """A plan for watching error counts: ``size`` items a period, ``good`` and ``bad`` error rates, what is taken off
    each period, where it alarms, and the mean number of periods until an alarm at the good and at the bad rate."""

    size: int
    good: float
    bad: float
    reference: Fraction
    limit: Fraction
    run_length: float
    run_length_bad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAlarm:
    """One annotator's sums beside the limit. ``peak`` is the highest, at ``at`` (from 0), ``change`` where that climb
    began; ``p_value`` the exact chance of such a peak in so many periods at the good rate; ``flagged`` after adjusting
    for all watched. ``outside`` are the periods at or beyond the limit, unadjusted."""

    annotator: int
    sums: tuple[float, ...]
    peak: float
    at: int
    change: int
    outside: tuple[int, ...]
    p_value: float
    p_adjusted: float
    flagged: bool


def _binomial(size: int, rate: float) -> Floats:
    k = np.arange(size + 1.0)
    ways = gammaln(size + 1) - gammaln(k + 1) - gammaln(size - k + 1)
    return np.asarray(np.exp(ways + xlogy(k, rate) + xlog1py(size - k, -rate)))


def _chain(rate: float, size: int, reference: Fraction, limit: Fraction) -> csr_matrix:
    """Chances of going from one unalarmed state to another; state i is S = i / denominator."""
    unit = int(np.lcm(reference.denominator, limit.denominator))
    states, down = int(limit * unit), int(reference * unit)
    if not 1 <= states <= _MOST_STATES:
        raise ValueError(f"limit and reference make {states} states; expected 1 to {_MOST_STATES}")
    start = np.repeat(np.arange(states), size + 1)
    errors = np.tile(np.arange(size + 1), states)
    target = np.maximum(0, start + errors * unit - down)
    kept = target < states
    chance = np.tile(_binomial(size, rate), states)
    return csr_matrix((chance[kept], (start[kept], target[kept])), shape=(states, states))


def _rate(rate: float) -> float:
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate lies between 0 and 1, not {rate}")
    return rate


def error_cusum_arl(rate: float, *, size: int, reference: Fraction, limit: Fraction) -> float:
    """Mean number of periods of ``size`` items until S reaches ``limit`` at an error ``rate``, from S = 0: exact.

    Infinite where it cannot happen, or beyond 1e14.

    >>> round(error_cusum_arl(0.5, size=1, reference=Fraction(0), limit=Fraction(3)), 9)
    6.0
    """
    if reference < 0 or limit <= 0 or size < 1:
        raise ValueError(f"need reference >= 0, limit > 0, size >= 1, not {reference}, {limit}, {size}")
    if _rate(rate) == 0 or size <= reference:
        return inf
    chain = _chain(rate, size, reference, limit)
    try:
        length = splu(csc_matrix(identity(chain.shape[0]) - chain)).solve(np.ones(chain.shape[0]))[0]
    except RuntimeError:  # exactly singular: an alarm is too rare for floating point
        return inf
    return float(length) if 1 <= length < _ENDLESS else inf


def error_cusum_chance(rate: float, periods: int, *, size: int, reference: Fraction, limit: Fraction) -> float:
    """Exact chance that S reaches ``limit`` within ``periods`` periods."""
    chain = _chain(_rate(rate), size, reference, limit).T.tocsr()
    state: Floats = np.zeros(chain.shape[0])
    state[0] = 1.0
    for _ in range(periods):
        state = np.asarray(chain @ state)
    return float(min(1.0, max(0.0, 1 - state.sum())))


def error_cusum(good: float, bad: float, *, size: int = 1, run_length: float = 500.0) -> ErrorCusum:
    """The plan that tells ``bad`` from ``good`` fastest: the smallest limit with at least ``run_length`` periods between
    false alarms on average.

    The reference is the likelihood-ratio one (Page 1954; Hawkins and Olwell 1998), rounded to a fraction that keeps the
    chain small. Only rises are watched; for falls count what was right.

    >>> plan = error_cusum(0.02, 0.06, size=50, run_length=200)
    >>> str(plan.reference), str(plan.limit), round(plan.run_length), round(plan.run_length_bad, 1)
    ('11/6', '10/3', 212, 3.6)
    """
    if not 0 < good < bad < 1 or size < 1 or not run_length > 1:
        raise ValueError(f"need 0 < good < bad < 1, size >= 1, run_length > 1, not {good}, {bad}, {size}, {run_length}")
    odds = log(bad * (1 - good) / (good * (1 - bad)))
    best = size * log((1 - good) / (1 - bad)) / odds
    reference = Fraction(best).limit_denominator(max(12, ceil(2 / best)))
    unit = reference.denominator

    def length(steps: int) -> float:
        return error_cusum_arl(good, size=size, reference=reference, limit=Fraction(steps, unit))

    low, high = 0, unit
    while length(high) < run_length:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if length(middle) < run_length else (low, middle)
    limit = Fraction(high, unit)
    return ErrorCusum(
        size=size,
        good=good,
        bad=bad,
        reference=reference,
        limit=limit,
        run_length=length(high),
        run_length_bad=error_cusum_arl(bad, size=size, reference=reference, limit=limit),
    )


def _sums(errors: Sequence[int], plan: ErrorCusum) -> list[Fraction]:
    if any(not 0 <= each <= plan.size for each in errors):
        raise ValueError(f"each count of errors must lie between 0 and the plan's size {plan.size}")
    if not errors:
        raise InsufficientData("too-few-periods", "a chart needs one period or more")
    total, sums = Fraction(0), []
    for each in errors:
        total = max(Fraction(0), total + each - plan.reference)
        sums.append(total)
    return sums


def _peak(sums: Sequence[Fraction], plan: ErrorCusum) -> tuple[int, int, float]:
    """Where the sums are highest, where that climb began, and the chance of so high a peak."""
    peak = max(sums)
    at = sums.index(peak)
    change = next((before + 1 for before in range(at, -1, -1) if sums[before] == 0), 0)
    if not peak:
        return at, at, 1.0
    shape = {"size": plan.size, "reference": plan.reference}
    return at, change, error_cusum_chance(plan.good, len(sums), limit=peak, **shape)  # type: ignore[arg-type]


def watched_errors(
    errors: Mapping[int, Sequence[int]], plan: ErrorCusum, *, level: float = 0.05
) -> tuple[ErrorAlarm, ...]:
    """Every annotator's error counts, period by period, on the plan's chart, least likely first.

    Flagged are peaks that are rare (``level``, false discovery rate) in annotators who err at the plan's good rate.
    """
    rows = {who: _sums(counts, plan) for who, counts in errors.items()}
    peaks = {who: _peak(sums, plan) for who, sums in rows.items()}
    raised = dict(zip(peaks, adjusted([chance for _, _, chance in peaks.values()]), strict=True))
    alarms = [
        ErrorAlarm(
            annotator=who,
            sums=tuple(float(each) for each in sums),
            peak=float(max(sums)),
            at=peaks[who][0],
            change=peaks[who][1],
            outside=tuple(place for place, each in enumerate(sums) if each >= plan.limit),
            p_value=peaks[who][2],
            p_adjusted=raised[who],
            flagged=raised[who] <= level,
        )
        for who, sums in rows.items()
    ]
    return tuple(sorted(alarms, key=lambda alarm: (alarm.p_value, alarm.annotator)))
