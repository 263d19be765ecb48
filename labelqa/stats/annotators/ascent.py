"""Climbing to the maximum of a model: EM steps, taken further where they point the same way.

An EM step never lowers the objective (Dempster, Laird and Rubin 1977) but can creep. Every two steps this tries one
long step along their curve (SQUAREM, scheme S3 of Varadhan and Roland 2008), and keeps it only if the objective did not
fall: so the climb stays monotone, and ends where plain EM would end after many more steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from labelqa.records.reductions import Floats

Step: TypeAlias = "Callable[[Floats], tuple[float, Floats]]"  # parameters -> their objective, the next parameters
Repair: TypeAlias = "Callable[[Floats, Floats], Floats]"  # a long step, the last EM step -> a permitted long step


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """Where one start ended: the parameters, their objective, the objective on the way, passes over the data."""

    parameters: Floats
    objective: float
    history: tuple[float, ...]
    sweeps: int
    converged: bool


def _long_step(first: Floats, second: Floats, third: Floats, repair: Repair) -> Floats:
    """From three successive EM iterates to where their path seems to lead; the third where it leads nowhere."""
    r = second - first
    v = third - second - r
    curve = float(np.sqrt(v @ v))
    length = -float(np.sqrt(r @ r)) / curve if curve > 0 else -1.0
    if not np.isfinite(length) or length >= -1:
        return third
    return repair(first - 2 * length * r + length**2 * v, third)


def climb(step: Step, start: Floats, *, repair: Repair, tolerance: float, most: int) -> Climb:
    """Climb until an EM step gains no more than ``tolerance`` of the objective, or ``most`` passes are made."""
    x0 = start
    value0, x1 = step(x0)
    history, sweeps = [value0], 1
    while sweeps < most:
        value1, x2 = step(x1)
        sweeps += 1
        history.append(value1)
        if value1 - value0 <= tolerance * (1 + abs(value1)):
            return Climb(x1, value1, tuple(history), sweeps, True)
        trial = _long_step(x0, x1, x2, repair)
        value0, x0 = value1, x1
        if sweeps < most:
            value, following = step(trial)
            sweeps += 1
            if value >= value1:  # a long step that falls, or is no number, is not taken
                x0, value0, x1 = trial, value, following
                history.append(value)
            else:
                x1 = x2
    return Climb(x0, value0, tuple(history), sweeps, False)
