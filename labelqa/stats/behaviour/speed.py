"""Answers given faster than the item can be read, beside what others took for the same items.

Times are compared as logarithms with the others' median on the same item, so that long items excuse nobody and short
ones accuse nobody; the spread is a robust one (median absolute deviation), so that the fast cannot hide by being many.
An annotator is flagged for a larger share of implausible answers than the others have, by a margin and beyond chance.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.behaviour import SpeedCheck
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.stats.drift.chances import adjusted, chance_of_so_many

_NORMAL = 1.4826  # median absolute deviation of a normal value to its standard deviation
_LEAST_SPREAD = 0.1  # times that agree to a tenth do not make a second's haste implausible
_SHORTEST = 1e-3  # a recorded 0 is a clock's rounding


def _others_median(item: Ints, value: Floats) -> Floats:
    """For each row the median of the item's other rows, NaN (inside this module) where it is alone; rows by item."""
    median = np.full(len(value), np.nan)
    starts = np.flatnonzero(np.diff(item, prepend=-1))
    sizes = np.diff(np.append(starts, len(item)))
    for size in np.unique(sizes[sizes > 1]).tolist():
        rows = starts[sizes == size][:, None] + np.arange(size)
        for place in range(size):
            median[rows[:, place]] = np.median(value[np.delete(rows, place, axis=1)], axis=1)
    return median


def _implausible(beside: Floats, seconds: Floats, floor: float, threshold: float) -> npt.NDArray[np.bool_]:
    compared = ~np.isnan(beside)
    spread = max(_LEAST_SPREAD, _NORMAL * float(np.median(np.abs(beside[compared])))) if compared.any() else 1.0
    return (seconds < floor) | (compared & (np.nan_to_num(beside) <= -threshold * spread))


def _timed(answers: Answers, seconds: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.bool_]]:
    took = np.asarray(seconds, dtype=np.float64)
    if took.shape != answers.item.shape:
        raise ValueError(f"need one time an answer ({len(answers.item)}), not {took.shape}")
    if (took < 0).any() or np.isinf(took).any():
        raise ValueError("a time must be 0 seconds or more, and NaN where none was recorded")
    known = ~np.isnan(took)
    if not known.any():
        raise InsufficientData("no-times", "no annotation here carries the time it took")
    return took, known


def fast_answers(
    answers: Answers,
    seconds: npt.ArrayLike,
    *,
    floor: float = 1.0,
    threshold: float = 3.5,
    level: float = 0.05,
    margin: float = 0.05,
    minimum: int = 20,
) -> tuple[SpeedCheck, ...]:
    """Every annotator with ``minimum`` timed answers or more, least likely first; ``seconds`` (rows,) has NaN where no
    time was recorded.

    An answer is implausibly fast below ``floor`` seconds, or ``threshold`` robust standard deviations below what others
    took for the same item (Iglewicz and Hoaglin 1993). Raises InsufficientData ``no-times`` where no time is recorded.
    """
    took, known = _timed(answers, seconds)
    item, who = answers.item[known].astype(np.int64), answers.annotator[known]
    time = took[known]
    logs = np.log(np.maximum(time, _SHORTEST))
    beside = logs - _others_median(item, logs)
    fast = _implausible(beside, time, floor, threshold)
    people = np.unique(who[np.bincount(who)[who] >= minimum]).tolist()
    found = [_beside(fast, who == annotator, margin, minimum) for annotator in people]
    raised = adjusted([chance for _, _, chance in found])
    checks = [
        SpeedCheck(
            annotator=annotator,
            timed=int((who == annotator).sum()),
            untimed=int(((answers.annotator == annotator) & ~known).sum()),
            median_seconds=float(np.median(time[who == annotator])),
            pace=_pace(beside[who == annotator]),
            below_floor=int((time[who == annotator] < floor).sum()),
            fast=count,
            expected=expected,
            p_value=chance,
            p_adjusted=p,
            flagged=p <= level,
        )
        for annotator, (count, expected, chance), p in zip(people, found, raised, strict=True)
    ]
    return tuple(sorted(checks, key=lambda check: (check.p_value, check.annotator)))


def _beside(
    fast: npt.NDArray[np.bool_], mine: npt.NDArray[np.bool_], margin: float, minimum: int
) -> tuple[int, float | None, float]:
    """Fast answers of one annotator, how many the others' rate makes, and the chance of so many."""
    count, own = int(fast[mine].sum()), int(mine.sum())
    team, others = int(fast.sum()) - count, len(fast) - own
    if others < minimum:
        return count, team / others * own if others else None, 1.0
    return count, team / others * own, chance_of_so_many(count, own, team=team, team_n=others, margin=margin)


def _pace(beside: Floats) -> float | None:
    """Median ratio to the others' time for the same item."""
    compared = beside[~np.isnan(beside)]
    return float(np.exp(np.median(compared))) if len(compared) else None
