"""What the sequential check costs, what it guarantees, and how quickly its planning table is made.

    python benchmarks/sequential.py                # all three tables
    python benchmarks/sequential.py --only economy guarantee planning

Everything is counted out over all paths of verdicts; nothing is simulated. An uncertified run counts as the cut in the
table of economy, hopeless ones too unless the row says otherwise; "size" is the chance to certify a batch with D0 errors,
the fewest that miss the accuracy. The guarantee is for reviewers who look after every verdict and go on to the last item.
Exits with 1 if a chance to certify exceeds the risk or a row of the default costs more than it must. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np
from measured import measure

from labelqa.records.reductions import Floats
from labelqa.stats.acceptance import operating_characteristic, tolerated, two_point
from labelqa.stats.sequential import (
    Sequential,
    certify_chance,
    log_likelihood_ratio,
    log_prior_posterior_ratio,
    planning_table,
)
from labelqa.stats.sequential.evidence import Evidence, enough
from labelqa.stats.sequential.marks import Marks
from labelqa.stats.sequential.stopping import Limits
from labelqa.stats.sequential.walks import fate

ACCURACY, RISK, TRUTHS = 0.95, 0.05, (1.0, 0.99, 0.98, 0.97)
MOST, FIXED = (75, 130, 270, 680), 59 + 180 + 382 + 933  # what the default may cost for 10,000 items, cut at 1,500
SIZES, LIMITS = (50, 100, 1000, 10_000, 100_000, 1_000_000), (0.8, 0.9, 0.95, 0.99, 0.999)


@dataclass(frozen=True, slots=True)
class Ratio(Limits):
    """A likelihood ratio against one alternative, ``better`` wrong items."""

    better: int = 0

    def proven(self, drawn: Floats, called: Floats) -> np.ndarray:
        size, worse = self.evidence.marks.population, self.evidence.limit
        sure = (called < worse) & (drawn - called > size - worse)  # nothing else is left
        t = np.minimum(drawn, size - self.better + called)  # the last verdict at which the alternative was possible
        found = log_likelihood_ratio(t, called, population=size, better=self.better, worse=worse)
        return np.asarray(sure | (found >= enough(self.risk)))

    def futile(self, drawn: Floats, called: Floats) -> np.ndarray:  # noqa: ARG002
        return np.zeros(drawn.size, dtype=bool)


@dataclass(frozen=True, slots=True)
class PriorPosterior(Limits):
    """The prior-posterior ratio at D0, where the share of errors seen lies below D0's."""

    b: float = 1.0

    def proven(self, drawn: Floats, called: Floats) -> np.ndarray:
        size, limit = self.evidence.marks.population, self.evidence.limit
        found = log_prior_posterior_ratio(drawn, called, population=size, defects=limit, a=1, b=self.b)
        return np.asarray((found >= enough(self.risk)) & (called * size < drawn * limit))

    def futile(self, drawn: Floats, called: Floats) -> np.ndarray:  # noqa: ARG002
        return np.zeros(drawn.size, dtype=bool)


def line(name: str, size: float, cells: list[tuple[float, float]], futile: str = "") -> str:
    """A row of the table of economy."""
    told = " | ".join(f"{mean:.0f} / {chance:.3f}" for mean, chance in cells)
    return f"| {name} | {size:.4f} | {told} | {sum(mean for mean, _ in cells):.0f}{futile} |"


def fixed(population: int, power: float) -> str:
    """The plan for each truth, which must be guessed."""
    cells, sizes = [], []
    for truth in TRUTHS:
        plan = two_point(population, accuracy=ACCURACY, risk=RISK, expected=truth, power=power)
        cells.append((float(plan.n), operating_characteristic(plan, [truth])[0]))
        sizes.append(plan.risk)
    return line(f"fixed plan of power {power}, truth guessed", max(sizes), cells)


def row(name: str, limits: Limits, cut: int, *, hopeless_as_cut: bool = True) -> tuple[str, list[float]]:
    """One sequential test, run through."""
    size, cells = limits.evidence.marks.population, []
    for truth in TRUTHS:
        found = fate(limits, tolerated(size, truth), cut)
        more = float(found.futile @ (cut - found.futile_at)) if hopeless_as_cut else 0.0
        cells.append((found.mean + more, found.certified))
    text = line(name, fate(limits, limits.evidence.limit, cut).certified, cells)
    return text, [mean for mean, _ in cells]


def tests(population: int) -> Iterator[tuple[str, Limits, bool]]:
    """Every test that the default is compared with, and the default."""
    limit = tolerated(population, ACCURACY) + 1
    evidence = Evidence(Marks(population), limit, 60.0)
    for truth in (0.99, 0.98, 0.97):
        better = tolerated(population, truth)
        yield f"SPRT, alternative {truth}", Ratio(evidence, RISK, 0.0, better), True
    for b in (1.0, 60.0):
        yield f"prior-posterior ratio, Beta(1, {b:g})", PriorPosterior(evidence, RISK, 0.0, b), True
    yield "mixture, Beta(1, 1) cut to D < D0", Limits(Evidence(Marks(population), limit, 1.0), RISK, 0.0), True
    default = Sequential(population=population, accuracy=ACCURACY, risk=RISK, n=1, cut=population)
    yield "**default without futility**", Limits(default.limits.evidence, RISK, 0.0), True
    yield "**default**, hopeless runs count as the cut", default.limits, True
    yield "default, hopeless runs count what they took", default.limits, False


def economy() -> bool:
    """Mean reviews and chance to certify by true accuracy; False where the default costs too much."""
    fine = True
    for population, cut in ((10_000, 1500), (1000, 1000)):
        print(
            f"\nN = {population:,}, accuracy {ACCURACY} at risk {RISK}, cut at {cut:,}: mean reviews / chance to certify\n"
        )
        print("| test | size | " + " | ".join(f"{truth:.2f}" for truth in TRUTHS) + " | sum |")
        print("|---" * (len(TRUTHS) + 3) + "|")
        for power in (0.8, 0.95):
            print(fixed(population, power))
        for name, limits, as_cut in tests(population):
            text, means = row(name, limits, cut, hopeless_as_cut=as_cut)
            print(text, flush=True)
            if population == 10_000 and name.startswith("**default"):
                fine &= all(mean <= most for mean, most in zip(means, MOST, strict=True)) and sum(means) <= 0.75 * FIXED
                print(f"<!-- {1 - sum(means) / FIXED:.1%} below the fixed plan of power .95 -->")
    return fine


def guarantee() -> bool:
    """The chance ever to certify D0 errors, exactly; False where it exceeds the risk."""
    fine = True
    for sensitivity, specificity in ((1.0, 1.0), (0.9, 1.0), (0.9, 0.98)):
        print(
            f"\nChance ever to certify D0 errors, risk {RISK}, sensitivity {sensitivity}, specificity {specificity}\n"
        )
        print("| N | " + " | ".join(f"p0 = {p0}" for p0 in LIMITS) + " |\n" + "|---" * (len(LIMITS) + 1) + "|")
        for size in SIZES if sensitivity == 1 else SIZES[:4]:
            cells = []
            for accuracy in LIMITS:
                check = Sequential(
                    population=size, accuracy=accuracy, risk=RISK, n=1, cut=size, sensitivity=sensitivity,
                    specificity=specificity,
                )  # fmt: skip
                chance = certify_chance(check, check.limit)
                fine &= chance <= RISK
                cells.append(f"{chance:.4f}")
            print(f"| {size:,} | " + " | ".join(cells) + " |", flush=True)
    return fine


def alone() -> None:
    """The planning table of a million items in this process; prints it and its time."""
    begun, busy = perf_counter(), process_time()
    rows = planning_table(10**6, accuracy=ACCURACY, risk=RISK, accuracies=(1.0, 0.99, 0.98, 0.97, 0.96))
    print(perf_counter() - begun, process_time() - busy)
    for each in rows:
        told = " | ".join("never" if reviews is None else f"{reviews:,}" for _, reviews in each.reviews)
        print(f"| {each.accuracy:.2f} | {told} | {each.mean:,.0f} |")


def planning(runs: int) -> None:
    """Fresh processes, one after the other."""
    found = [measure([sys.executable, __file__, "--alone"]) for _ in range(runs)]
    print("\nN = 1,000,000: reviews within which it is proven with chance 50, 80 and 90 %, and on average\n")
    print("| true accuracy | 50 % | 80 % | 90 % | mean |\n|---|---|---|---|---|")
    print("\n".join(found[0].out[1:]))
    times, busy = zip(*(map(float, each.out[0].split()) for each in found), strict=True)
    print(
        f"\nThe whole table in {min(times):.2f} to {max(times):.2f} s, {min(busy):.2f} to {max(busy):.2f} s of them at work; "
        f"{runs} fresh processes, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    )


def main() -> None:
    """Parse, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=("economy", "guarantee", "planning"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        alone()
        return
    wanted, fine = given.only or ("economy", "guarantee", "planning"), True
    if "economy" in wanted:
        fine &= economy()
    if "planning" in wanted:
        planning(given.runs)
    if "guarantee" in wanted:
        fine &= guarantee()
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
