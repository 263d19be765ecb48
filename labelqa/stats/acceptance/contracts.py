"""Acceptance by contract: a number of items and a pass rate, counted as the contract counts it, and what it proves.

Two verdicts stand side by side. The rule's: is the rate of the sample, rounded as agreed, at least the pass rate? The
statistical one: is it proven, at the risk, that the batch has the accuracy? The first can hold without the second.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from labelqa.errors import Message
from labelqa.records.designs import Decision, Design
from labelqa.stats.acceptance import curtailed, words
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.acceptance.fixed import limit_defects
from labelqa.stats.hypergeometric import is_at_most, written

_FINEST = 6  # decimals of a percentage


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Draw ``n``; the batch passes when the rate of right items, rounded as agreed, reaches ``pass_rate``."""

    population: int
    n: int
    pass_rate: float
    decimals: int | None  # of a percentage to which the rate is rounded half up; None: not rounded
    one_vote: bool  # one defect of the named kinds fails the batch
    accuracy: float  # of the statistical verdict
    risk: float

    @property
    def design(self) -> Design:
        """Contract."""
        return Design.CONTRACT

    @property
    def threshold(self) -> Fraction:
        """The lowest rate that still passes, exact: below the pass rate where rounding lifts a rate up to it."""
        rate = written(self.pass_rate)
        if self.decimals is None:
            return rate
        steps = int(100 * 10**self.decimals)
        return (ceil(rate * steps) - Fraction(1, 2)) / steps

    @property
    def allowed(self) -> int:
        """Wrong items with which a fully judged sample still passes."""
        return floor(self.n * (1 - self.threshold))

    @property
    def limit(self) -> int:
        """D0, the fewest wrong items in the batch with which ``accuracy`` is missed."""
        return limit_defects(self.population, self.accuracy)

    @property
    def certifies(self) -> bool:
        """Never by its rule alone, which may leave items out: what is proven stands beside it (``proven_with``)."""
        return False

    @property
    def proven_with(self) -> int | None:
        """The most wrong items in the sample with which the accuracy is proven; None where not even 0 would do."""
        found = bisect_right(range(self.n + 1), False, key=lambda wrong: not self._proves(wrong)) - 1
        return found if found >= 0 else None

    def _proves(self, wrong: int) -> bool:
        return is_at_most(wrong, written(self.risk), population=self.population, marked=self.limit, n=self.n)

    def passes(self, right: int, judged: int) -> bool:
        """What the rule says of so many right ones among those judged."""
        if not 0 <= right <= judged or not judged:
            raise ValueError(f"need 0 <= right <= judged and 1 or more judged, not {right} and {judged}")
        return right >= self.threshold * judged

    def read(self, seen: Seen) -> Reading:
        """The rule's verdict as soon as no verdict to come can change it, and beside it what is proven.

        Items left out lower the number judged; in what is proven they count as wrong. A one-vote defect fails the batch
        at once. ``p_value`` and the accuracy's ``low`` are about ``accuracy`` and ``risk``, whatever the rule says.
        """
        wrong, out = seen.wrong[: self.n], _left_out(seen)[: self.n]
        if len(seen.wrong) > self.population:
            raise ValueError(f"{len(seen.wrong)} verdicts on {self.population} items")
        decision, stopped = self._voted(seen, *self._counted(wrong, out))
        bad = wrong | out
        known = len(bad) >= self.n or decision is Decision.ACCEPT
        return Reading(
            decision=decision,
            stopped_at=stopped,
            p_value=curtailed.worst_p_value(bad, self.n, self.population, self.limit) if known else None,
            accuracy=curtailed.certified_accuracy(bad, self.n, self.population, self.risk),
            fewest_more=self._fewest_more(wrong, out) if decision is Decision.GO_ON else 0,
            rule=None if decision is Decision.GO_ON else decision is Decision.ACCEPT,
        )

    def _counted(self, wrong: npt.NDArray[np.bool_], out: npt.NDArray[np.bool_]) -> tuple[Decision, int | None]:
        """What the rate alone decides, and at which review: both conditions stay true once they are."""
        right, judged = np.cumsum(~wrong & ~out), np.cumsum(~out)
        n, rate, reviews = self.n, self.threshold, range(1, len(wrong) + 1)

        def lost(t: int) -> bool:
            left = n - t
            return int(right[t - 1]) + left < rate * (int(judged[t - 1]) + left)

        def won(t: int) -> bool:
            return bool(judged[t - 1]) and int(right[t - 1]) >= rate * (int(judged[t - 1]) + n - t)

        for decision, reached in ((Decision.REJECT, lost), (Decision.ACCEPT, won)):
            if reviews and reached(reviews[-1]):
                return decision, reviews[bisect_left(reviews, True, key=reached)]
        return Decision.GO_ON, None

    def _voted(self, seen: Seen, decision: Decision, stopped: int | None) -> tuple[Decision, int | None]:
        """The same with the one-vote defects."""
        if not (self.one_vote and seen.knocked):
            return decision, stopped
        at = seen.knocked_at or len(seen.wrong)
        return Decision.REJECT, min(at, stopped) if decision is Decision.REJECT and stopped else at

    def _fewest_more(self, wrong: npt.NDArray[np.bool_], out: npt.NDArray[np.bool_]) -> int | None:
        """Further right items with which the rate is sure; None where everything was left out."""
        left = self.n - len(wrong)
        if not left:
            return None
        return ceil(self.threshold * (int((~out).sum()) + left)) - int((~wrong & ~out).sum())

    def accept_chance(self, defects: int) -> float:
        """The chance that the rule passes a batch with so many wrong items, all judged and none a one-vote defect; exact."""
        return curtailed.accept_chance(self.population, defects, self.n, self.allowed)

    def mean_reviews(self, defects: int) -> float:
        """Reviews on average until the rule is decided, all judged and none a one-vote defect."""
        return curtailed.mean_reviews(self.population, defects, self.n, self.allowed)

    def explain(self) -> tuple[Message, ...]:
        """The contract in plain words: its rule, what the rule lets through, and what would be proof."""
        values = {"c": self.allowed, "rate": words.percent(self.pass_rate), "n": self.n, "decimals": self.decimals}
        rule = Message(
            "It passes when {rate} or more of the judged items are right: at most {c:,} wrong of {n:,}.", values
        )
        rounded = Message(
            "It passes when the rate of right items, rounded half up to {decimals} decimals of a percentage, is {rate} or more: at most {c:,} wrong of {n:,}.",
            values,
        )
        vote = (
            Message("One defect of the kinds named fails it, whatever the rate; the chances told here leave that out."),
        )
        return (
            words.drawn(self.n, self.population),
            rule if self.decimals is None else rounded,
            *(vote if self.one_vote else ()),
            self._lets_through(),
            self._proof(),
            words.others(),
        )

    def _lets_through(self) -> Message:
        return Message(
            "A batch with {limit:,} wrong items, the fewest that miss {accuracy}, passes by the rule with a chance of {chance}.",
            {
                "limit": self.limit, "accuracy": words.percent(self.accuracy),
                "chance": words.chance(self.accept_chance(self.limit)),
            },
        )  # fmt: skip

    def _proof(self) -> Message:
        enough = self.proven_with
        values = {
            "accuracy": words.percent(self.accuracy),
            "risk": words.percent(self.risk),
            "enough": enough,
            "n": self.n,
        }
        if self._proves(self.allowed):
            return Message("Passing with every item judged also proves {accuracy}, at a risk of {risk}.", values)
        if enough is None:
            return Message(
                "No result with {n:,} items would prove {accuracy} at a risk of {risk}: they are too few.", values
            )
        return Message(
            "Passing is not proof: only with at most {enough:,} wrong is {accuracy} proven at a risk of {risk}; both verdicts are given.",
            values,
        )


def _left_out(seen: Seen) -> npt.NDArray[np.bool_]:
    return np.zeros(len(seen.wrong), dtype=bool) if seen.left_out is None else seen.left_out


def items_of(population: int, n: int | None, share: float | None) -> int:
    """The larger of a number and a share of the batch, the share rounded up in exact decimals; never more than there are.

    >>> items_of(1005, None, 0.1), items_of(100_000, 4000, 0.1), items_of(3000, 4000, None)
    (101, 10000, 3000)
    """
    if n is None and share is None:
        raise ValueError("a contract needs a number of items or a share of the batch")
    if population < 1 or (n is not None and n < 1) or (share is not None and not 0 < share <= 1):
        raise ValueError(f"need a population, n >= 1 and 0 < share <= 1, not {population}, {n}, {share}")
    return min(population, max(n or 0, ceil(written(share) * population) if share else 0))


def contract(
    population: int, *, n: int | None = None, share: float | None = None, pass_rate: float, decimals: int | None = None,
    one_vote: bool = False, accuracy: float | None = None, risk: float = 0.05,
) -> Contract:  # fmt: skip
    """The contract's check for a batch. Without ``accuracy`` the statistical verdict is about the pass rate.

    >>> check = contract(1_000_000, n=4000, pass_rate=0.96)
    >>> check.allowed, check.proven_with
    (160, 139)
    """
    drawn = items_of(population, n, share)
    accuracy = pass_rate if accuracy is None else accuracy
    if not 0 < pass_rate <= 1 or not 0 < accuracy <= 1 or not 0 < risk < 1:
        raise ValueError(f"need 0 < pass rate and accuracy <= 1 and 0 < risk < 1, not {pass_rate}, {accuracy}, {risk}")
    if decimals is not None and not 0 <= decimals <= _FINEST:
        raise ValueError(f"a pass rate is rounded to 0 to {_FINEST} decimals of a percentage, not {decimals}")
    return Contract(
        population=population, n=drawn, pass_rate=pass_rate, decimals=decimals, one_vote=one_vote, accuracy=accuracy,
        risk=risk,
    )  # fmt: skip
