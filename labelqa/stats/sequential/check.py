"""The sequential check: review in ticket order, look after every verdict, stop as soon as it is proven or hopeless.

It promises that a batch which is not as good as claimed is ever accepted with at most the risk, however often and for
whatever reason somebody looks, stops or goes on. It does not promise an end before every item is checked, unless it is
cut; and it knows of reviewers' errors only what it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData, Message
from labelqa.records.designs import Decision, Design
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Floats
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.acceptance.fixed import limit_defects
from labelqa.stats.hypergeometric import written
from labelqa.stats.reviewer_error import rogan_gladen
from labelqa.stats.sequential.bounds import Path, fewest_wrong, most_wrong, path_of
from labelqa.stats.sequential.evidence import SPREAD, Evidence, enough
from labelqa.stats.sequential.explained import explained
from labelqa.stats.sequential.marks import Marks
from labelqa.stats.sequential.stopping import Limits
from labelqa.stats.sequential.walks import Fate, fate

METHOD: Final = "anytime, beta-binomial mixture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequential:
    """A sequential check of a batch: prove ``accuracy`` at ``risk``, give up at ``futility`` or after ``cut`` reviews."""

    population: int
    accuracy: float  # p0, to be proven
    risk: float  # chance to accept a batch that misses it
    n: int  # items drawn at first
    cut: int  # reviews after which it is given up; the whole batch where it never is
    futility: float = 0.05  # chance to give up as hopeless a batch that reaches it; 0: only when it is certain
    sensitivity: float = 1.0  # chance that a reviewer calls a wrong item wrong
    specificity: float = 1.0  # chance that a reviewer calls a right item right

    def __post_init__(self) -> None:
        if self.population < 1 or not 0 < self.accuracy <= 1:
            raise ValueError(f"need items and an accuracy up to 1, not {self.population} and {self.accuracy}")
        if not 0 < self.risk < 1 or not 0 <= self.futility < 1 or written(self.risk) + written(self.futility) >= 1:
            raise ValueError(f"risk and futility must leave a chance to be right: {self.risk}, {self.futility}")
        if not 1 <= self.n <= self.cut <= self.population:
            raise ValueError(f"need 1 <= n <= cut <= population, not {self.n}, {self.cut}, {self.population}")
        Marks(self.population, self.sensitivity, self.specificity)

    @property
    def design(self) -> Design:
        """Which design it is."""
        return Design.SEQUENTIAL

    @property
    def allowed(self) -> int | None:
        """None: no single number of defects decides."""
        return None

    @property
    def certifies(self) -> bool:
        """Acceptance proves the accuracy."""
        return True

    @property
    def limit(self) -> int:
        """D0, the fewest defects with which the accuracy is missed."""
        return limit_defects(self.population, self.accuracy)

    @property
    def limits(self) -> Limits:
        """The evidence, and where it decides."""
        return _limits(self.population, self.accuracy, self.risk, self.futility, self.sensitivity, self.specificity)

    def read(self, seen: Seen) -> Reading:
        """What the verdicts so far say, the first decision standing; ValueError for more verdicts than items.

        >>> check = Sequential(population=10_000, accuracy=0.95, risk=0.05, n=80, cut=10_000)
        >>> reading = check.read(Seen(wrong=np.zeros(80, dtype=bool)))
        >>> str(reading.decision), reading.stopped_at
        ('accept', 73)
        """
        if seen.wrong.size > self.population:
            raise ValueError(f"{seen.wrong.size} verdicts on {self.population} items")
        path, evidence = path_of(np.asarray(seen.wrong, dtype=bool)), self.limits.evidence
        good = evidence.log_proven(path.peaks.drawn, path.peaks.called, needed=0.0)
        bad = evidence.log_against(path.troughs.drawn, path.troughs.called, needed=0.0)
        decision, at = self._decided(path, good, bad)
        return Reading(
            decision=decision,
            stopped_at=at,
            p_value=exp(-max(0.0, float(good.max()))),
            accuracy=self._accuracy(path, int(good.argmax()), int(bad.argmax()) if bad.size else 0),
            fewest_more=self._fewest_more(path) if at is None else 0,
        )

    def _decided(self, path: Path, good: Floats, bad: Floats) -> tuple[Decision, int | None]:
        """The decision that was reached first, and after which verdict."""
        proven, hopeless = np.flatnonzero(good >= enough(self.risk)), np.flatnonzero(bad >= enough(self.futility))
        never = self.population + 1
        accepted = int(self.limits.first_proven(path.peaks.called[proven[:1]])[0]) if proven.size else never
        given_up = min(int(path.troughs.drawn[hopeless[0]]) if hopeless.size else never, self.cut)
        if accepted <= min(given_up, path.length):
            return Decision.ACCEPT, accepted
        return (Decision.REJECT, given_up) if given_up <= path.length else (Decision.GO_ON, None)

    def _fewest_more(self, path: Path) -> int | None:
        proven = int(self.limits.first_proven(np.array([float(path.errors)]))[0])
        return proven - path.length if proven <= self.cut else None

    def _accuracy(self, path: Path, best: int, worst: int) -> Figure:
        """The share right so far; ``low`` holds with 1 - risk and ``high`` with 1 - futility at all moments together."""
        t, size, limits = path.length, self.population, self.limits
        if t == 0:
            return unknown(
                InsufficientData("nothing-checked", "nothing has been checked yet, so no share can be given")
            )
        point, certain = (t - path.errors) / t, limits.evidence.marks.certain
        confidence = float(1 - written(self.risk) - written(self.futility))
        if certain and t == size:
            return Estimate(point=point, low=point, high=point, confidence=confidence, method="census", n=t)
        low = (size - most_wrong(limits, path, best=best)) / size
        high = (size - fewest_wrong(limits, path, best=worst)) / size
        if not certain:
            wrong = rogan_gladen(path.errors / t, sensitivity=self.sensitivity, specificity=self.specificity)
            point = min(max(1 - wrong, low), high)
        method = METHOD if certain else f"{METHOD} with reviewer error"
        low, high = min(low, point), max(high, point)
        return Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=t)

    def fate(self, defects: int) -> Fate:
        """What becomes of a batch with so many wrong items; exact, nothing is simulated."""
        if not 0 <= defects <= self.population:
            raise ValueError(f"{defects} defects in {self.population} items")
        return fate(self.limits, defects, self.cut)

    def accept_chance(self, defects: int) -> float:
        """The chance to accept a batch with so many wrong items by the cut.

        >>> check = Sequential(population=10_000, accuracy=0.95, risk=0.05, n=80, cut=1500, futility=0)
        >>> round(check.accept_chance(501), 4)
        0.0457
        """
        return self.fate(defects).certified

    def mean_reviews(self, defects: int) -> float:
        """Reviews on average for a batch with so many wrong items; what is cut counts as the cut."""
        return self.fate(defects).mean

    def explain(self) -> tuple[Message, ...]:
        """The check in plain words."""
        stairs = self.limits.first_proven(np.arange(3.0, dtype=np.float64)).tolist()
        return explained(
            population=self.population, n=self.n, cut=self.cut, limit=self.limit, accuracy=self.accuracy, risk=self.risk,
            futility=self.futility, sensitivity=self.sensitivity, specificity=self.specificity,
            proven=[each for each in stairs if each <= self.cut],
        )  # fmt: skip


def certify_chance(check: Sequential, defects: int) -> float:
    """The chance that a batch with so many wrong items is ever proven good, by reviewers who never give up.

    Neither the cut nor futility stops them before the last item: the most that looking after every verdict can do.
    At :attr:`Sequential.limit` and beyond it is at most the risk.

    >>> check = Sequential(population=1000, accuracy=0.95, risk=0.05, n=70, cut=200)
    >>> 0.04 < certify_chance(check, check.limit) <= 0.05
    True
    """
    limits = _limits(check.population, check.accuracy, check.risk, 0.0, check.sensitivity, check.specificity)
    return fate(limits, defects, check.population).certified


@lru_cache(maxsize=128)
def _limits(
    population: int, accuracy: float, risk: float, futility: float, sensitivity: float, specificity: float
) -> Limits:
    """The evidence with the default working prior: Beta(1, 3 / the share called wrong at the limit)."""
    p0, size = written(accuracy), population
    share = (1 - p0) * written(sensitivity) + p0 * (1 - written(specificity))
    weight = SPREAD / max(float(share), 1 / size)
    marks = Marks(size, float(sensitivity), float(specificity))
    return Limits(Evidence(marks, limit_defects(size, accuracy), weight), float(risk), float(futility))
