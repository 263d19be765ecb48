"""Discovery: draw so many items that, if there were ``k`` wrong ones or more, one would almost surely be among them.

What to use where a single hit matters: illegal content, a leaked name, a label that must never occur.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from labelqa.errors import Message
from labelqa.records.designs import Design
from labelqa.stats.acceptance import curtailed, words
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.acceptance.fixed import fewest_items, limit_defects
from labelqa.stats.hypergeometric import is_at_most, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """Draw ``n``; when none is wrong, there are fewer than ``defects`` wrong items, at ``risk``."""

    population: int
    n: int
    defects: int  # k: so many would have been noticed
    risk: float

    @property
    def design(self) -> Design:
        """Discovery."""
        return Design.DISCOVERY

    @property
    def allowed(self) -> int:
        """None may be wrong."""
        return 0

    @property
    def certifies(self) -> bool:
        """Whether a batch with ``defects`` wrong items shows none of them with at most ``risk``; exact."""
        return is_at_most(0, written(self.risk), population=self.population, marked=self.defects, n=self.n)

    def read(self, seen: Seen) -> Reading:
        """Accepts when all ``n`` were read and none was wrong; the first wrong item ends it."""
        return curtailed.reading(seen, n=self.n, c=0, population=self.population, limit=self.defects, risk=self.risk)

    def accept_chance(self, defects: int) -> float:
        """The chance to see none of so many wrong items, exact."""
        return curtailed.accept_chance(self.population, defects, self.n, 0)

    def mean_reviews(self, defects: int) -> float:
        """Reviews on average until the first wrong item, or until all ``n`` are read."""
        return curtailed.mean_reviews(self.population, defects, self.n, 0)

    def explain(self) -> tuple[Message, ...]:
        """The design in plain words."""
        values = {
            "defects": self.defects, "seen": words.percent(float(1 - written(self.risk))),
            "fewer": self.defects - 1, "risk": words.percent(self.risk),
        }  # fmt: skip
        return (
            words.drawn(self.n, self.population),
            Message("If {defects:,} or more of the batch were wrong, one would be among them with a chance of {seen} or more.", values),
            Message("When none is wrong, at most {fewer:,} of the batch are, at a risk of {risk}; the first wrong one ends it.", values),
            Message("A wrong item found does not say how many there are: plan an estimate for that."),
            words.others(),
        )  # fmt: skip


def discovery(population: int, *, accuracy: float | None = None, defects: int | None = None, risk: float) -> Discovery:
    """The fewest items among which one of ``defects`` wrong ones is missed with at most ``risk``.

    Instead of a number, the accuracy that must not be missed may be said.

    >>> discovery(1000, defects=10, risk=0.05).n
    258
    >>> discovery(10_000, accuracy=0.999, risk=0.05).defects
    11
    """
    if (accuracy is None) == (defects is None):
        raise ValueError("say either an accuracy or a number of defects")
    k = limit_defects(population, accuracy) if accuracy is not None else defects or 0
    if not 1 <= k <= population or not 0 < risk < 1:
        raise ValueError(f"need 1 <= defects <= population and 0 < risk < 1, not {k}, {population}, {risk}")
    n = fewest_items(population, allowed=0, defects=k, risk=risk)
    return Discovery(population=population, n=n, defects=k, risk=risk)


def detects(population: int, n: int, risk: float) -> int:
    """The fewest wrong items of which ``n`` drawn ones would show one, but for ``risk``.

    >>> detects(1000, 258, 0.05)
    10
    """
    if not 1 <= n <= population or not 0 < risk < 1:
        raise ValueError(f"need 1 <= n <= population and 0 < risk < 1, not {n}, {population}, {risk}")
    options = range(1, population + 1)
    return options[
        bisect_left(options, True, key=lambda k: is_at_most(0, written(risk), population=population, marked=k, n=n))
    ]
