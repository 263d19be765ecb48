"""Checks that go on for ever, answer by answer: a chart that begins anew after each signal, and runs of one answer.

Both give the same signals in whatever portions the answers come. Neither says why somebody errs or repeats an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the plan is worked out with scipy, what follows from it is not
    from labelqa.stats.drift.rare import ErrorCusum


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A signal of a chart: after the item ``at`` (from 0); since the item ``start`` the errors had piled up, ``wrong`` of them."""

    at: int
    start: int
    wrong: int

    @property
    def n(self) -> int:
        """Items from where the errors began to pile up to the signal."""
        return self.at - self.start + 1


def signals(wrong: Sequence[bool], plan: ErrorCusum) -> tuple[Signal, ...]:
    """Every signal of a Bernoulli CUSUM (Reynolds and Stoumbos 1999) that begins anew after each; one item a period.

    At the plan's good rate signals lie ``plan.run_length`` items apart on average, so that a few over a long time mean
    nothing.

    >>> from labelqa.stats.drift import error_cusum
    >>> plan = error_cusum(0.05, 0.2, run_length=1000)
    >>> found = signals([False] * 20 + [True, False] * 8, plan)
    >>> [(each.at, each.start, each.wrong) for each in found]
    [(26, 20, 4), (34, 28, 4)]
    """
    if plan.size != 1:
        raise ValueError(f"the plan is for {plan.size} items a period, not for one")
    found, total, start, errors = [], Fraction(0), 0, 0
    for place, each in enumerate(wrong):
        total = max(Fraction(0), total + int(each) - plan.reference)
        errors += each
        if total >= plan.limit:
            found.append(Signal(at=place, start=start, wrong=errors))
            total = Fraction(0)
        if total == 0:
            start, errors = place + 1, 0
    return tuple(found)


def run_bound(longest: int, n: int, counts: Sequence[int]) -> float:
    """At least the chance of a run of ``longest`` equal answers somewhere among ``n`` independent ones with these counts.

    The expected number of such runs, p^L (1 + (n - L)(1 - p)) summed over the answers with share p (Markov); 1 where it
    is larger. What :func:`labelqa.stats.behaviour.straight_lining.run_chance` gives exactly, at once.

    >>> run_bound(3, 3, [1, 1]), run_bound(20, 400, [200, 200]) < 0.001
    (0.25, True)
    """
    if longest < 1 or n < longest or any(each < 0 for each in counts):
        raise ValueError(f"need 1 <= longest <= n and counts of 0 or more, not {longest}, {n}")
    whole = sum(counts)
    shares = [each / whole for each in counts if each]
    return min(1.0, sum(p**longest * (1 + (n - longest) * (1 - p)) for p in shares))
