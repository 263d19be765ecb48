"""Plans that draw a number of items once and allow a number of wrong ones: two-point, zero-acceptance, census."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.errors import Message
from labelqa.records.designs import Design
from labelqa.records.review import Resolved
from labelqa.stats.acceptance import curtailed, words
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.acceptance.fixed import limit_defects
from labelqa.stats.hypergeometric import is_at_most, written

FIXED = (Design.TWO_POINT, Design.ZERO_ACCEPTANCE, Design.CENSUS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPlan:
    """Draw ``n``, let the batch pass with at most ``c`` wrong items; passing proves ``accuracy`` at ``risk``."""

    resolved: Resolved
    design: Design
    accuracy: float
    risk: float

    @property
    def population(self) -> int:
        """Items of the batch."""
        return self.resolved.population

    @property
    def n(self) -> int:
        """Items to draw."""
        return self.resolved.n

    @property
    def allowed(self) -> int:
        """Wrong items with which the batch still passes."""
        if self.resolved.c is None:
            raise ValueError("this plan is not decided by a number of defects")
        return self.resolved.c

    @property
    def limit(self) -> int:
        """D0, the fewest wrong items in the batch with which ``accuracy`` is missed."""
        return limit_defects(self.population, self.accuracy)

    @property
    def certifies(self) -> bool:
        """Whether a batch that misses the accuracy passes with at most ``risk``; exact."""
        return is_at_most(self.allowed, written(self.risk), population=self.population, marked=self.limit, n=self.n)

    def read(self, seen: Seen) -> Reading:
        """What the first ``n`` verdicts say. It is decided as soon as no verdict can change it any more.

        Verdicts past ``n`` change nothing: a sample that was extended is read by a plan of its new size (``with_size``).
        """
        return curtailed.reading(
            seen, n=self.n, c=self.allowed, population=self.population, limit=self.limit, risk=self.risk
        )

    def accept_chance(self, defects: int) -> float:
        """The chance to pass with so many wrong items in the batch, exact."""
        return curtailed.accept_chance(self.population, defects, self.n, self.allowed)

    def mean_reviews(self, defects: int) -> float:
        """Reviews on average until it is decided, exact."""
        return curtailed.mean_reviews(self.population, defects, self.n, self.allowed)

    def explain(self) -> tuple[Message, ...]:
        """The plan in plain words."""
        if self.n == self.population and self.allowed == self.limit - 1:
            return (words.drawn(self.n, self.population), words.passes(self.allowed, self.n), _CENSUS, _REVIEWERS)
        proves = Message(
            "Passing proves that {accuracy} or more are right: with {limit:,} wrong items in the batch, the fewest that miss it, it passes with a chance of {attained} (at most {risk} was asked for).",
            {
                "accuracy": words.percent(self.accuracy), "limit": self.limit,
                "attained": words.chance(self.accept_chance(self.limit)), "risk": words.percent(self.risk),
            },
        )  # fmt: skip
        return (
            words.drawn(self.n, self.population), words.passes(self.allowed, self.n), proves, self._failing(),
            words.others(),
        )  # fmt: skip

    def _failing(self) -> Message:
        """What failing means: rarely that the accuracy is missed for certain."""
        half = self.limit // 2
        return Message(
            "Failing does not prove the contrary: with {defects:,} wrong items, which would be good enough, it passes with a chance of {chance}.",
            {"defects": half, "chance": words.chance(self.accept_chance(half))},
        )


_CENSUS = Message("Nothing is left to chance: the batch passes exactly when it is accurate enough.")
_REVIEWERS = Message("Mistakes of the reviewers themselves are not covered.")


def fixed_plan(resolved: Resolved, *, design: Design, accuracy: float, risk: float) -> FixedPlan:
    """A plan with a number of items and of allowed defects as a design that reads verdicts.

    >>> from labelqa.stats.acceptance.fixed import zero_acceptance
    >>> plan = zero_acceptance(10_000, accuracy=0.95, risk=0.05)
    >>> fixed_plan(plan, design=Design.ZERO_ACCEPTANCE, accuracy=0.95, risk=0.05).certifies
    True
    """
    if design not in FIXED:
        raise ValueError(f"{design} is not decided by a fixed number of items and defects")
    if resolved.c is None or not 0 <= resolved.c < resolved.n <= resolved.population:
        raise ValueError(f"need 0 <= c < n <= population, not {resolved.c}, {resolved.n}, {resolved.population}")
    if not 0 < accuracy <= 1 or not 0 < risk < 1:
        raise ValueError(f"need 0 < accuracy <= 1 and 0 < risk < 1, not {accuracy} and {risk}")
    return FixedPlan(resolved=resolved, design=design, accuracy=accuracy, risk=risk)
