"""The careless annotator: whose share of right annotations is lower than the team's, beyond chance and by a margin."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.records.reductions import Matched
from labelqa.stats.accuracy import weekly
from labelqa.stats.drift.chances import adjusted, chance_of_so_few


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCheck:
    """One annotator beside the others: ``right`` of ``n``, the others' rate, the chance of so few, and the same
    adjusted for how many annotators were looked at."""

    annotator: int
    right: int
    n: int
    rate: float
    team_n: int
    team_rate: float
    p_value: float
    p_adjusted: float
    flagged: bool


def low_outliers(
    matched: Matched, *, level: float = 0.05, margin: float = 0.05, minimum: int = 10
) -> tuple[RateCheck, ...]:
    """Every annotator with ``minimum`` annotations or more beside the others together, least likely first.

    Flagged: a rate as low as this would be rare (``level``, false discovery rate) even for somebody who is ``margin``
    below the others' rate, whose own uncertainty is taken in. Empty when fewer than two annotators were counted.
    """
    table = weekly(matched)
    right, n = table.right.sum(axis=1), table.n.sum(axis=1)
    others_right, others = right.sum() - right, n.sum() - n
    tested = [at for at in range(len(n)) if n[at] >= minimum and others[at] >= minimum]
    chances = [
        chance_of_so_few(int(right[at]), int(n[at]), team=int(others_right[at]), team_n=int(others[at]), margin=margin)
        for at in tested
    ]
    checks = [
        RateCheck(
            annotator=int(table.annotators[at]),
            right=int(right[at]),
            n=int(n[at]),
            rate=float(right[at] / n[at]),
            team_n=int(others[at]),
            team_rate=float(others_right[at] / others[at]),
            p_value=chance,
            p_adjusted=raised,
            flagged=raised <= level,
        )
        for at, chance, raised in zip(tested, chances, adjusted(chances), strict=True)
    ]
    return tuple(sorted(checks, key=lambda check: (check.p_value, check.annotator)))
