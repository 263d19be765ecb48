"""Where a check stops: after how many verdicts it is proven, or hopeless, for every number of errors seen.

The evidence rises with every right and falls with every wrong verdict, so both limits are stairs that only climb.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from labelqa.records.reductions import Floats, Ints
from labelqa.stats.sequential.evidence import Evidence, enough

_Holds = Callable[[Floats, Floats], npt.NDArray[np.bool_]]  # (verdicts, errors) -> reached
_EVERY = 16  # stairs solved first, between which the others lie
_AT_ONCE = 64  # numbers of errors tried together
FIRST_HORIZON = 1024  # verdicts; horizons double from here


@dataclass(frozen=True, slots=True)
class Limits:
    """The evidence, and the risks at which it decides."""

    evidence: Evidence
    risk: float
    futility: float

    def proven(self, drawn: Floats, called: Floats) -> npt.NDArray[np.bool_]:
        """Whether the verdicts prove that fewer than the limit are wrong."""
        needed = enough(self.risk)
        return np.asarray(self.evidence.log_proven(drawn, called, needed=needed) >= needed)

    def futile(self, drawn: Floats, called: Floats) -> npt.NDArray[np.bool_]:
        """Whether the verdicts prove the contrary."""
        needed = enough(self.futility)
        return np.asarray(self.evidence.log_against(drawn, called, needed=needed) >= needed)

    def first_proven(self, errors: Floats) -> Ints:
        """For each number of errors the fewest verdicts that prove; population + 1 where none do."""
        return _stairs(self.proven, errors, errors, self.evidence.marks.population + 1)

    def last_futile(self, errors: Floats) -> Ints:
        """For each number of errors the most verdicts with which it is hopeless; errors - 1 where it never is."""
        return _stairs(self.hopeful, errors, errors, self.evidence.marks.population + 1) - 1

    def at(self, limit: int) -> Limits:
        """The same risks for another limit."""
        return Limits(self.evidence.at(limit), self.risk, self.futility)

    def unproven(self, drawn: Floats, called: Floats) -> npt.NDArray[np.bool_]:
        """Whether they do not prove it."""
        return ~self.proven(drawn, called)

    def hopeful(self, drawn: Floats, called: Floats) -> npt.NDArray[np.bool_]:
        """Whether they do not prove the contrary."""
        return ~self.futile(drawn, called)


@dataclass(frozen=True, slots=True)
class Stairs:
    """Both limits as far as ``horizon`` verdicts: ``proven[e]`` and ``futile[e]`` as :class:`Limits` says.

    Errors that are not listed do not prove by the horizon; more than those listed are hopeless up to it, if any are.
    """

    horizon: int
    proven: Ints
    futile: Ints


def station(horizon: int) -> int:
    """The horizon worked out before this one, 0 for the first: 1024, 2048, 4096 ..."""
    return 1 << (horizon - 1).bit_length() - 1 if horizon > FIRST_HORIZON else 0


@lru_cache(maxsize=64)
def stairs(limits: Limits, horizon: int) -> Stairs:
    """Where paths of at most ``horizon`` verdicts stop."""
    begin, nothing = station(horizon), np.zeros(0, dtype=np.int64)
    earlier = stairs(limits, begin) if begin else Stairs(0, nothing, nothing)
    best, bad = earlier.proven.size, max(0, earlier.futile.size - 1)  # the last one was only followed to ``begin``
    proven_below = _least_error(limits.unproven, horizon, best)
    hopeless_from = _least_error(limits.futile, horizon, bad)
    good = np.arange(best, proven_below, dtype=np.float64)
    worse = np.arange(bad, hopeless_from + 1 if hopeless_from <= horizon else bad, dtype=np.float64)
    proven = _stairs(limits.proven, good, np.maximum(good, begin), horizon + 1)
    futile = _stairs(limits.hopeful, worse, worse, horizon + 1) - 1
    found = Stairs(horizon, np.append(earlier.proven, proven), np.append(earlier.futile[:bad], futile))
    for each in (found.proven, found.futile):
        each.setflags(write=False)
    return found


def _least_error(holds: _Holds, horizon: int, low: int) -> int:
    """The fewest errors, from ``low`` on, with which it holds at the horizon; horizon + 1 where it never does."""
    high = horizon + 1
    while low < high:
        errors = np.unique(np.linspace(low, high - 1, min(_AT_ONCE, high - low)).astype(np.int64))
        reached = np.flatnonzero(holds(np.full(errors.size, float(horizon)), errors.astype(np.float64)))
        found = int(reached[0]) if reached.size else errors.size
        low, high = (int(errors[found - 1]) + 1 if found else low), (int(errors[found]) if reached.size else high)
    return low


def _stairs(holds: _Holds, errors: Floats, least: Floats, beyond: int) -> Ints:
    """The fewest verdicts from ``least`` on at which it holds, lane by lane; ``beyond`` where it does not before.

    Stairs climb with the errors, so every sixteenth is found first and the others between them.
    """
    low, high = least.copy(), np.full(errors.size, float(beyond))
    if errors.size > 4 * _EVERY:
        coarse = _stairs(holds, errors[::_EVERY], least[::_EVERY], beyond).astype(np.float64)
        step = np.arange(errors.size) // _EVERY
        low = np.maximum(low, coarse[step])
        high = np.append(coarse, float(beyond))[step + 1]
    going = np.flatnonzero(low < high)
    while going.size:
        middle = np.floor((low[going] + high[going]) / 2)
        reached = holds(middle, errors[going])
        high[going] = np.where(reached, middle, high[going])
        low[going] = np.where(reached, low[going], middle + 1)
        going = going[low[going] < high[going]]
    return low.astype(np.int64)
