"""How many items give a share with a wanted margin, in a finite batch or in each of its strata. It decides nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData, Message
from labelqa.records.designs import Decision, Design, StratumSize
from labelqa.records.estimate import Figure, unknown
from labelqa.stats.acceptance import words
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.hypergeometric import written
from labelqa.stats.proportion import hypergeometric_interval
from labelqa.stats.weighted_share import stratified

_WORST = 0.5  # the share whose interval is widest


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimation:
    """Draw ``n`` and say how accurate the batch is, within ``margin`` either way at ``confidence``."""

    population: int
    n: int
    margin: float
    confidence: float
    expected: float | None  # accuracy; None: nothing is expected, the worst case is planned for
    strata: tuple[StratumSize, ...] = ()  # each with its own n; () where the batch is drawn as a whole

    @property
    def design(self) -> Design:
        """Estimate."""
        return Design.ESTIMATE

    @property
    def allowed(self) -> None:
        """No number of defects decides."""

    @property
    def certifies(self) -> bool:
        """An estimate proves no accuracy that was named before."""
        return False

    def read(self, seen: Seen) -> Reading:
        """The share so far with its interval. It never accepts and never rejects: the decision stays "go on".

        ``stopped_at`` is ``n`` once that many verdicts are in. Items left out make the share one of those judged. The
        interval holds what it says at ``n``, not at a moment chosen because the figure pleased.
        """
        read = len(seen.wrong)
        if read > self.population:
            raise ValueError(f"{read} verdicts on {self.population} items")
        done = read >= self.n
        return Reading(
            decision=Decision.GO_ON,
            stopped_at=self.n if done else None,
            p_value=None,
            accuracy=self._figure(seen),
            fewest_more=max(0, self.n - read),
        )

    def _figure(self, seen: Seen) -> Figure:
        judged = np.ones(len(seen.wrong), dtype=bool) if seen.left_out is None else ~seen.left_out
        try:
            if self.strata:
                return self._over_strata(seen, judged)
            right = int((judged & ~seen.wrong).sum())
            return hypergeometric_interval(right, int(judged.sum()), self.population, confidence=self.confidence)
        except InsufficientData as error:
            return unknown(error)

    def _over_strata(self, seen: Seen, judged: npt.NDArray[np.bool_]) -> Figure:
        if seen.stratum is None:
            raise ValueError("an estimate by strata needs the stratum of each item")
        of = seen.stratum
        rows = {
            f"{number} {each.name}": (
                int((judged & ~seen.wrong & (of == number)).sum()), int((judged & (of == number)).sum()), each.items,
            )
            for number, each in enumerate(self.strata)
        }  # fmt: skip
        return stratified(rows, confidence=self.confidence).figure

    def accept_chance(self, defects: int) -> float:
        """0: an estimate accepts no batch, good or bad."""
        if not 0 <= defects <= self.population:
            raise ValueError(f"{defects} defects among {self.population} items cannot be")
        return 0.0

    def mean_reviews(self, defects: int) -> float:
        """All ``n``, whatever they show."""
        if not 0 <= defects <= self.population:
            raise ValueError(f"{defects} defects among {self.population} items cannot be")
        return float(self.n)

    def explain(self) -> tuple[Message, ...]:
        """The design in plain words."""
        values = {"margin": words.points(self.margin), "confidence": words.percent(self.confidence)}
        worst = Message("No accuracy is expected, so the widest interval that can come is planned for.")
        sure = Message(
            "It is planned for an accuracy of {expected}; a batch that is less accurate gets a wider interval.",
            {"expected": words.percent(self.expected or 0.0)},
        )
        drawn = (
            Message(
                "{n:,} items are drawn over {strata:,} strata, in each as many as its own margin needs.",
                {"n": self.n, "strata": len(self.strata)},
            )
            if self.strata
            else words.drawn(self.n, self.population)
        )
        return (
            drawn,
            Message("The accuracy is told to within {margin} percentage points either way, at {confidence} confidence (exact, finite batch).", values),
            worst if self.expected is None else sure,
            Message("Nothing is decided: whether the figure is good enough has to be planned before it is known, by a design that decides."),
            words.others(),
        )  # fmt: skip


def half_width(n: int, population: int, *, wrong_share: float, confidence: float) -> Fraction:
    """Half the exact interval's width for ``n`` items with the expected number wrong, rounded the worse way."""
    expected = written(wrong_share) * n
    if n == population:
        return Fraction(0)
    counts = {floor(expected), ceil(expected)}
    intervals = [hypergeometric_interval(n - x, n, population, confidence=confidence) for x in counts]
    return max(Fraction(round((each.high - each.low) * population), 2 * population) for each in intervals)


def items_for_margin(population: int, *, margin: float, confidence: float = 0.95, wrong_share: float = _WORST) -> int:
    """The number of items at which the exact interval becomes as narrow as ``margin`` either way.

    Counts are whole, so widths fall in small steps up and down; this is a size that holds while one less does not.

    >>> items_for_margin(300, margin=0.05)
    168
    """
    if population < 1 or not 0 < margin < 1 or not 0 < confidence < 1 or not 0 <= wrong_share <= 1:
        raise ValueError(f"need shares and a population, not {population}, {margin}, {confidence}, {wrong_share}")
    limit, sizes = written(margin), range(1, population + 1)
    return sizes[
        bisect_left(
            sizes, True,
            key=lambda n: half_width(n, population, wrong_share=wrong_share, confidence=confidence) <= limit,
        )
    ]  # fmt: skip


def estimate(population: int, *, margin: float, confidence: float = 0.95, expected: float | None = None) -> Estimation:
    """The sample that tells the accuracy within ``margin`` either way, planned for accuracy ``expected``.

    >>> estimate(10_000, margin=0.02, expected=0.95).n
    491
    """
    share = _WORST if expected is None else float(1 - written(expected))
    n = items_for_margin(population, margin=margin, confidence=confidence, wrong_share=share)
    return Estimation(population=population, n=n, margin=margin, confidence=confidence, expected=expected)


def estimate_strata(
    strata: Sequence[StratumSize], *, margin: float, confidence: float = 0.95, expected: float | None = None
) -> Estimation:
    """The same promise for every stratum by itself; the whole comes out narrower.

    A stratum's own expected share of errors is planned for where it has one, else ``expected``, else the worst case.
    """
    usual = _WORST if expected is None else float(1 - written(expected))
    sized = tuple(
        replace(each, n=items_for_margin(
            each.items, margin=margin, confidence=confidence, wrong_share=each.expected or usual))
        if each.items else replace(each, n=0)
        for each in strata
    )  # fmt: skip
    if not any(each.items for each in sized):
        raise ValueError("an estimate by strata needs a stratum with items")
    return Estimation(
        population=sum(each.items for each in sized), n=sum(each.n for each in sized), margin=margin,
        confidence=confidence, expected=expected, strata=sized,
    )  # fmt: skip
