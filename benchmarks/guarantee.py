"""What fixed designs guarantee: the exact chance to accept a batch that just misses the accuracy.

    python benchmarks/guarantee.py

Every design that certifies, for N from 50 to 1,000,000 items and accuracies from .80 to .999, at the first number of wrong
items with which the accuracy is missed, D0 = floor(N(1 - p0)) + 1 in exact decimals (and with one more, which must not be
accepted more often). Exact hypergeometric chances, nothing is simulated. A contract certifies nothing: its column is the
chance that the rule accepts such a batch, so that the difference is seen. Exits with 1 where a certifying design exceeds
its risk. The sequential check is in sequential.py, the stratified one in stratified.py. Prints Markdown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from labelqa.records.designs import Design
from labelqa.stats.acceptance import (
    contract,
    discovery,
    fixed_plan,
    limit_defects,
    tolerated,
    two_point,
    zero_acceptance,
)
from labelqa.stats.acceptance.design import SpotCheck

SIZES, ACCURACIES, RISKS = (50, 100, 1000, 10_000, 100_000, 1_000_000), (0.8, 0.9, 0.95, 0.99, 0.999), (0.01, 0.05, 0.1)

ROUNDING = 1e-10  # a chance of exactly 5 in 100 comes out a little more in floats


def _two_point(population: int, accuracy: float, risk: float) -> SpotCheck:
    plan = two_point(population, accuracy=accuracy, risk=risk, expected=round(1 - (1 - accuracy) / 5, 10), power=0.9)
    return fixed_plan(plan, design=Design.TWO_POINT, accuracy=accuracy, risk=risk)


def _zero(population: int, accuracy: float, risk: float) -> SpotCheck:
    plan = zero_acceptance(population, accuracy=accuracy, risk=risk)
    return fixed_plan(plan, design=Design.ZERO_ACCEPTANCE, accuracy=accuracy, risk=risk)


def _discovery(population: int, accuracy: float, risk: float) -> SpotCheck:
    return discovery(population, accuracy=accuracy, risk=risk)


CERTIFYING: dict[str, Callable[[int, float, float], SpotCheck]] = {
    "two-point": _two_point,
    "zero-acceptance": _zero,
    "discovery": _discovery,
}


def attained(check: SpotCheck, accuracy: float) -> float:
    """The larger of the chances to accept D0 and D0 + 1 wrong items."""
    worst = limit_defects(check.population, accuracy)
    return max(check.accept_chance(each) for each in (worst, min(worst + 1, check.population)))


def main() -> int:
    """Work out and print; 1 where a promise is broken."""
    broken = 0
    print("| N | accuracy | D0 | risk | " + " | ".join(f"{name}: n, accepted" for name in CERTIFYING)
          + " | 10 % of the items by contract: n, accepted |")  # fmt: skip
    print("|---" * (5 + len(CERTIFYING)) + "|")
    for population in SIZES:
        for accuracy in ACCURACIES:
            for risk in RISKS:
                cells = [str(population), f"{accuracy:g}", str(limit_defects(population, accuracy)), f"{risk:g}"]
                for design in CERTIFYING.values():
                    check = design(population, accuracy, risk)
                    chance = attained(check, accuracy)
                    broken += chance > risk + ROUNDING
                    cells.append(f"{check.n}, {chance:.4f}")
                by_rule = contract(population, share=0.1, pass_rate=accuracy)
                cells.append(f"{by_rule.n}, {by_rule.accept_chance(limit_defects(population, accuracy)):.4f}")
                print("| " + " | ".join(cells) + " |", flush=True)
    total = len(SIZES) * len(ACCURACIES) * len(RISKS) * len(CERTIFYING)
    print(f"\nOf {total} plans that certify, {broken} exceed their risk.")
    print(
        f"D0 in exact decimals: 1,000 items at .8 tolerate {tolerated(1000, 0.8)} errors, so D0 = {limit_defects(1000, 0.8)}."
    )
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
