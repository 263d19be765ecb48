"""The stratified sequential check: one promise for the whole batch, reviews shared out over strata, stop at any moment.

It promises that a batch that misses its accuracy is accepted with at most the risk, however the errors lie in the strata
and however wrongly the strata were judged beforehand. It does not promise anything of a single stratum. Its chances are
simulated, since exact ones would need every combination of counts: every figure comes from the same seeded batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, inf, log
from typing import Final

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData, Message
from labelqa.records.designs import Allocation, Decision, Design, StratumSize
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Floats, Ints
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.acceptance.fixed import limit_defects, tolerated
from labelqa.stats.hypergeometric import written
from labelqa.stats.strata.allocation import allocate, fewest
from labelqa.stats.strata.bounds import fewest_errors, most_errors
from labelqa.stats.strata.evidence import NEAR, evidence_of_few, evidence_of_many, mixture
from labelqa.stats.strata.explained import drawn, foreseen, meaning, stopping
from labelqa.stats.strata.simulated import LONGEST, Simulated, errors_of, reviews_by, reviews_needed, simulate
from labelqa.stats.strata.walks import Contest, interleaved

_ROWS: Final = 4_096  # moments worked out together
_GUESS: Final = 1_000  # reviews with which the search for n begins
_ROUNDS: Final = 6
_FOLLOWED: Final = 5  # times n, the reviews for which simulated batches are followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratified:
    """A sequential check over strata: prove ``accuracy`` of the whole at ``risk``."""

    strata: tuple[StratumSize, ...]  # each with its items and its reviews n
    accuracy: float  # p0, to be proven
    risk: float  # chance to accept a batch that misses it
    expected: float  # accuracy at which it should usually pass
    power: float  # the chance of that within the first n reviews
    cut: int  # reviews after which it is given up; the whole batch where it never is
    futility: float = 0.05  # chance to give up as hopeless a batch that reaches it; 0: only when it is certain
    allocation: Allocation = Allocation.PROPORTIONAL

    def __post_init__(self) -> None:
        if not self.strata or any(not 0 <= each.n <= each.items for each in self.strata) or not self.population:
            raise ValueError("need strata with items, none with more reviews than items")
        if any(not 0 <= each.expected <= 1 for each in self.strata):
            raise ValueError("expected shares of errors lie between 0 and 1")
        if not 0 < self.accuracy <= self.expected <= 1 or not 0 < self.power < 1:
            raise ValueError(
                f"need 0 < accuracy <= expected <= 1 and a power between 0 and 1: {self.accuracy}, {self.power}"
            )
        if not 0 < self.risk < 1 or not 0 <= self.futility < 1 or written(self.risk) + written(self.futility) >= 1:
            raise ValueError(f"risk and futility must leave a chance to be right: {self.risk}, {self.futility}")
        if not 1 <= self.n <= self.cut <= self.population:
            raise ValueError(f"need 1 <= n <= cut <= population, not {self.n}, {self.cut}, {self.population}")

    @property
    def design(self) -> Design:
        """Which design it is."""
        return Design.STRATIFIED

    @property
    def population(self) -> int:
        """Items of all strata."""
        return sum(each.items for each in self.strata)

    @property
    def n(self) -> int:
        """Items drawn at first, over all strata."""
        return sum(each.n for each in self.strata)

    @property
    def allowed(self) -> int | None:
        """None: no single number of defects decides."""
        return None

    @property
    def certifies(self) -> bool:
        """Acceptance proves the accuracy of the whole."""
        return True

    @property
    def limit(self) -> int:
        """D0, the fewest errors in all with which the accuracy is missed."""
        return limit_defects(self.population, self.accuracy)

    @property
    def contest(self) -> Contest:
        """The evidence and its thresholds."""
        return _contest(self.strata, self.accuracy, self.risk, self.futility)

    def order(self, reviews: int) -> Ints:
        """The stratum of each of the first ``reviews`` items, as they are drawn and read."""
        return interleaved([each.n for each in self.strata], [each.items for each in self.strata], reviews)

    def read(self, seen: Seen) -> Reading:
        """What the verdicts so far say, the first decision standing, in whatever order the strata came.

        Raises ValueError for verdicts without a stratum, or more of them than the stratum has items.

        >>> strata = [StratumSize(name="old", items=8000, expected=0.01), StratumSize(name="new", items=2000, expected=0.04)]
        >>> check = stratified(strata, accuracy=0.95, risk=0.05, expected=0.99, power=0.8)
        >>> clean = Seen(wrong=np.zeros(90, dtype=bool), stratum=check.order(90))
        >>> reading = check.read(clean)
        >>> str(reading.decision), reading.stopped_at
        ('accept', 74)
        """
        e, s = self._counts(seen)
        few, many = self._evidence(e, s)
        decision, at = self._decided(few, many)
        now = (e[-1], s[-1]) if len(e) else self._nothing
        return Reading(
            decision=decision,
            stopped_at=at,
            p_value=min(1.0, exp(NEAR - float(few.max(initial=0.0)))),
            accuracy=self._accuracy(e, s, few),
            fewest_more=0 if at is not None else self._fewest_more(*now),
        )

    def _counts(self, seen: Seen) -> tuple[Floats, Floats]:
        """Wrong and right verdicts in each stratum after each review, (reviews, strata)."""
        wrong = np.asarray(seen.wrong, dtype=bool)
        stratum = seen.stratum if seen.stratum is not None else np.zeros(len(wrong), dtype=np.int64)
        if seen.stratum is None and len(self.strata) > 1:
            raise ValueError("verdicts of a stratified check need the number of their stratum")
        if len(stratum) != len(wrong) or (stratum.size and not 0 <= stratum.min() <= stratum.max() < len(self.strata)):
            raise ValueError(f"need a stratum from 0 to {len(self.strata) - 1} for each of {len(wrong)} verdicts")
        here = stratum[:, None] == np.arange(len(self.strata))
        e = np.cumsum(here & wrong[:, None], axis=0, dtype=np.float64)
        s = np.cumsum(here & ~wrong[:, None], axis=0, dtype=np.float64)
        if len(wrong) and (e[-1] + s[-1] > self.contest.items).any():
            raise ValueError("there are more verdicts on a stratum than it has items")
        return e, s

    def _evidence(self, e: Floats, s: Floats) -> tuple[Floats, Floats]:
        """Log evidence for few and for many errors after each review."""
        contest, few, many = self.contest, np.empty(len(e)), np.empty(len(e))
        for start in range(0, len(e), _ROWS):
            rows = slice(start, start + _ROWS)
            few[rows] = evidence_of_few(contest.mixed, e[rows], s[rows], contest.items, contest.limit)
            many[rows] = evidence_of_many(contest.mixed, e[rows], s[rows], contest.items, contest.limit)
        return few, many

    def _decided(self, few: Floats, many: Floats) -> tuple[Decision, int | None]:
        """The decision that was reached first, and after which review."""
        never = self.population + 1
        proven = _first(few >= self.contest.proven + NEAR, never)
        given_up = min(_first(many >= self.contest.hopeless + NEAR, never), self.cut)
        if proven <= min(given_up, len(few)):
            return Decision.ACCEPT, proven
        return (Decision.REJECT, given_up) if given_up <= len(few) else (Decision.GO_ON, None)

    def _accuracy(self, e: Floats, s: Floats, few: Floats) -> Figure:
        """Share right, strata weighted by their items; both ends hold together with 1 - risk at every moment."""
        if not len(e):
            return unknown(
                InsufficientData("nothing-checked", "nothing has been checked yet, so no share can be given")
            )
        contest, size, t = self.contest, self.population, len(e)
        confidence = float(1 - written(self.risk))
        if t == size:
            point = float(s[-1].sum()) / size
            return Estimate(point=point, low=point, high=point, confidence=confidence, method="census", n=t)
        moments = [int(np.argmax(few)), t - 1]  # where it was proven best, and now
        ends = (contest.mixed, e[moments], s[moments], contest.items, contest.proven)
        low, high = 1 - most_errors(*ends) / size, 1 - fewest_errors(*ends) / size
        point = min(max(self._point(e[-1], s[-1]), low), high)
        method = "anytime, mixture over strata"
        return Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=t)

    def _point(self, e: Floats, s: Floats) -> float:
        """Strata that no review reached yet count like all others together."""
        right = s.sum() / (e + s).sum()
        shares = np.divide(s, e + s, out=np.full(len(e), right), where=e + s > 0)
        return float(shares @ self.contest.items / self.population)

    def _fewest_more(self, e: Floats, s: Floats) -> int | None:
        """By halving, along the order in which the strata go on."""
        return reviews_needed(self.contest, e, s, [each.n for each in self.strata], self.cut)

    def simulated(self, defects: int) -> Simulated:
        """What becomes of batches with so many errors, spread over the strata as expected, with its Monte Carlo error."""
        if not 0 <= defects <= self.population:
            raise ValueError(f"{defects} defects in {self.population} items")
        return _simulated(self, defects)

    def accept_chance(self, defects: int) -> float:
        """The chance to accept a batch with so many errors, spread as expected; simulated (:meth:`simulated`)."""
        return self.simulated(defects).accept

    def mean_reviews(self, defects: int) -> float:
        """Reviews on average for such a batch; simulated, those undecided at the horizon counting as the horizon."""
        return self.simulated(defects).reviews

    def explain(self) -> tuple[Message, ...]:
        """The check in plain words."""
        found = self.simulated(tolerated(self.population, self.expected))
        return (
            drawn(self.strata, self.allocation),
            *stopping(self._fewest_more(*self._nothing), self.cut, self.population, self.futility),
            *meaning(self.accuracy, self.risk, self.limit),
            foreseen(self.expected, found),
        )

    @property
    def _nothing(self) -> tuple[Floats, Floats]:
        return np.zeros(len(self.strata)), np.zeros(len(self.strata))


def stratified(
    strata: Sequence[StratumSize],
    *,
    accuracy: float,
    risk: float,
    expected: float,
    power: float,
    allocation: Allocation = Allocation.PROPORTIONAL,
    minimum: int = 2,
    futility: float = 0.05,
    cut: int | None = None,
    costs: Sequence[float] | None = None,
) -> Stratified:
    """The check whose first n reviews certify a batch as good as ``expected`` with chance ``power``, n as small as can be.

    Each stratum's ``expected`` share of errors says how errors lie relative to each other; it steers n and the speed,
    never the guarantee. n is found by simulation and is at most the ``cut``; where even 20,000 reviews do not bring the
    power, it is those. Raises ValueError as :class:`Stratified` does, and for a cut below the strata's minimums.
    """
    whole = tuple(replace(each, n=each.items) for each in strata)
    population = sum(each.items for each in strata)
    if any(each.items < 0 for each in strata) or not population:
        raise ValueError("need strata with items")
    most = population if cut is None else min(cut, population)
    check = Stratified(
        strata=whole, accuracy=accuracy, risk=risk, expected=expected, power=power, cut=population, futility=futility,
        allocation=allocation,
    )  # fmt: skip
    least = fewest(strata, minimum)
    if most < max(1, least):
        raise ValueError(
            f"the minimum of {minimum} in every stratum takes {least} reviews, more than the cut of {most}"
        )

    def sizes(n: int) -> tuple[int, ...]:
        return allocate(n, strata, allocation=allocation, minimum=minimum, costs=costs)

    n = _smallest(check, sizes, max(1, least), most)
    drawn_at_first = tuple(replace(each, n=size) for each, size in zip(strata, sizes(n), strict=True))
    return replace(check, strata=drawn_at_first, cut=most)


def _smallest(check: Stratified, sizes: Callable[[int], tuple[int, ...]], least: int, most: int) -> int:
    """Reviews by which the power is reached, when shared out as they themselves would be; a few rounds settle it."""
    items = [each.items for each in check.strata]
    errors = errors_of(check.strata, tolerated(check.population, check.expected))
    reach = min(most, max(LONGEST, least))
    n = min(reach, max(least, _GUESS))
    for _ in range(_ROUNDS):
        found = reviews_by(check.contest, errors, interleaved(sizes(n), items, reach), power=check.power)
        needed = max(least, reach if found is None else found)
        if needed == n:
            break
        n = needed
    return n


def _first(reached: npt.NDArray[np.bool_], never: int) -> int:
    """The first review, from 1, after which it was reached."""
    return int(np.argmax(reached)) + 1 if reached.any() else never


@lru_cache(maxsize=64)
def _contest(strata: tuple[StratumSize, ...], accuracy: float, risk: float, futility: float) -> Contest:
    items = np.array([each.items for each in strata], dtype=np.float64)
    return Contest(
        mixture(strata, accuracy), items, limit_defects(int(items.sum()), accuracy), -log(risk),
        -log(futility) if futility else inf,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _simulated(check: Stratified, defects: int) -> Simulated:
    horizon = min(check.cut, max(_FOLLOWED * check.n, _GUESS))
    return simulate(check.contest, errors_of(check.strata, defects), check.order(horizon), cut=check.cut)
