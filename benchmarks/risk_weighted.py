"""How many reviews a draw by risk saves, and whether its intervals hold the truth: simulated batches, as Markdown.

    python benchmarks/risk_weighted.py --simulations 2000

Generator: N = 20,000 items with chances of error p that are the quantiles of a Beta distribution; its mean is the error
rate, its shape is solved for the AUC of the score. Scores r = p, but "miscalibrated": r = 1 / (1 + exp(-logit(p) / 2)), which
ranks as well and says 11.6 % where 3 % are wrong. Every simulated batch draws its errors anew, y ~ Bernoulli(p), and its
tickets. "Needed" is the number of reviews relative to a simple random draw whose interval (Clopper and Pearson's for a
draw without replacement, Korn and Graubard) has the same mean width: widths are compared at n and the simple draw's n is
found on its own curve of widths. Coverage is of 95 % intervals. The last rows are scores that are useless or far too bold.

Exits with 1 when the default needs more than .50 at 3 % errors and AUC .89, or covers less than 95 % by more than the
simulation can tell (99.9 %) in one of the four worlds of the first table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import beta, binom

from labelqa.records.accuracy import WeightedShare
from labelqa.records.designs import Allocation, StratumSize
from labelqa.stats.strata import (
    allocate,
    difference,
    estimate_share,
    inclusion_chances,
    reviews_for_margin,
    size_measure,
    stratified_difference,
    tuned_difference,
)
from labelqa.stats.weighted_share import horvitz_thompson, stratified

N = 20_000
SIZES = (150, 300, 600)
SIMPLE = (100, 150, 225, 300, 450, 600, 900, 1350, 2000)
STRATA = 5


@dataclass(frozen=True, eq=False)
class World:
    """Scores and true chances of error of N items."""

    name: str
    scores: np.ndarray
    truth: np.ndarray


def auc(p: np.ndarray) -> float:
    """Of p as the score of errors that have p as their chance; p ascending."""
    wrong_above = np.cumsum(1 - p) - (1 - p) / 2
    return float((p * wrong_above).sum() / (p.sum() * (1 - p).sum()))


def quantiles(rate: float, wanted: float) -> np.ndarray:
    """Chances of error with this mean and this AUC."""

    def at(shape: float) -> np.ndarray:
        return beta.ppf((np.arange(N) + 0.5) / N, shape, shape * (1 - rate) / rate)

    return at(np.exp(brentq(lambda log: auc(at(np.exp(log))) - wanted, np.log(0.05), np.log(50))))


def worlds() -> tuple[list[World], list[World]]:
    """Those that count, and those that try to break it."""
    good, mild, weak, many = quantiles(0.03, 0.89), quantiles(0.03, 0.83), quantiles(0.03, 0.67), quantiles(0.10, 0.84)
    softened = expit(logit(np.clip(mild, 1e-9, 1 - 1e-9)) / 2)
    shuffled = np.random.default_rng(5).permutation(good)
    return (
        [World("3 %, AUC .89", good, good), World("3 %, AUC .83, miscalibrated", softened, mild),
         World("3 %, AUC .67", weak, weak), World("10 %, AUC .84", many, many)],
        [World("3 %, useless score", shuffled, np.full(N, 0.03)),
         World("3 %, six times too bold", np.clip(6 * good, 0, 1), good),
         World("1 %, AUC .89", *(quantiles(0.01, 0.89),) * 2)],
    )  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """One draw: items, their marks and all that an estimator may use."""

    y: np.ndarray
    chances: np.ndarray
    scores: np.ndarray
    total: float
    stratum: np.ndarray
    items: np.ndarray
    totals: np.ndarray


Draw = Callable[[World, int, np.ndarray, np.random.Generator], Drawn]
Share = Callable[[Drawn], WeightedShare]


def by_size(sizes_of: Callable[[World], np.ndarray]) -> Draw:
    """The n smallest u/p."""

    @cache
    def prepared(world: World, n: int) -> tuple[np.ndarray, np.ndarray]:
        return sizes_of(world), inclusion_chances(sizes_of(world), n)

    def draw(world: World, n: int, y: np.ndarray, rng: np.random.Generator) -> Drawn:
        sizes, chances = prepared(world, n)
        taken = np.argpartition(rng.random(N) / sizes, n - 1)[:n]
        nothing = np.zeros(0)
        return Drawn(y[taken], chances[taken], world.scores[taken], world.scores.sum(), nothing, nothing, nothing)

    return draw


def in_strata(allocation: Allocation) -> Draw:
    """Equal shares of the ranked scores, simple random within."""

    @cache
    def prepared(world: World, n: int) -> tuple[np.ndarray, tuple[int, ...], list[float]]:
        number = np.empty(N, dtype=np.int64)
        number[np.argsort(world.scores, kind="stable")] = np.arange(N) * STRATA // N
        means = [world.scores[number == h].mean() for h in range(STRATA)]
        strata = [StratumSize(name=str(h), items=N // STRATA, expected=float(means[h])) for h in range(STRATA)]
        return number, allocate(n, strata, allocation=allocation, minimum=2), means

    def draw(world: World, n: int, y: np.ndarray, rng: np.random.Generator) -> Drawn:
        number, sizes, means = prepared(world, n)
        taken = np.concatenate([rng.choice(np.flatnonzero(number == h), size, replace=False)
                                for h, size in enumerate(sizes)])  # fmt: skip
        chances = np.array(sizes)[number[taken]] * STRATA / N
        totals = np.array(means) * N / STRATA
        items = np.full(STRATA, N // STRATA)
        return Drawn(y[taken], chances, world.scores[taken], world.scores.sum(), number[taken], items, totals)

    return draw


def counted(drawn: Drawn) -> WeightedShare:
    """The strata's own shares, without the scores."""
    rows = {str(h): (int(drawn.y[drawn.stratum == h].sum()), int((drawn.stratum == h).sum()), int(drawn.items[h]))
            for h in range(STRATA)}  # fmt: skip
    return stratified(rows)


def within(drawn: Drawn) -> WeightedShare:
    """The strata's own differences."""
    return stratified_difference(drawn.y, drawn.stratum, drawn.items, scores=drawn.scores, score_totals=drawn.totals)


def helped(estimator: Callable[..., WeightedShare]) -> Share:
    """An estimator that uses the scores."""
    return lambda d: estimator(d.y, d.chances, N, scores=d.scores, score_total=d.total)


SIMPLE_DRAW = by_size(lambda _: np.ones(N))
PPS = by_size(lambda world: size_measure(world.scores))
PPS_BY_SCORE = by_size(lambda world: 0.25 + 0.75 * world.scores / world.scores.mean())
PLAIN: Share = lambda d: horvitz_thompson(d.y, d.chances, N)  # noqa: E731
WAYS: dict[str, tuple[Draw, Share]] = {
    "proportional strata": (in_strata(Allocation.PROPORTIONAL), counted),
    "Neyman from the score": (in_strata(Allocation.NEYMAN), counted),
    "Neyman + difference": (in_strata(Allocation.NEYMAN), within),
    "simple + difference": (SIMPLE_DRAW, helped(difference)),
    "simple + tuned": (SIMPLE_DRAW, helped(tuned_difference)),
    "PPS + Horvitz–Thompson": (PPS, PLAIN),
    "PPS + difference": (PPS, helped(difference)),
    "PPS + tuned": (PPS, helped(tuned_difference)),
    "PPS by r + difference": (PPS_BY_SCORE, helped(difference)),
    "**default**": (PPS, helped(estimate_share)),
}


@dataclass(frozen=True)
class Cell:
    """Of one way at one n: coverage and mean width."""

    covered: int
    runs: int
    width: float


def cell(world: World, n: int, way: tuple[Draw, Share], runs: int) -> Cell:
    """Simulated batches of one world; the same batches for every way."""
    rng, errors = np.random.default_rng(n), np.random.default_rng(7)
    draw, share = way
    covered, width = 0, 0.0
    for _ in range(runs):
        y = errors.random(N) < world.truth
        figure = share(draw(world, n, y, rng)).figure
        covered += figure.low - 1e-12 <= y.mean() <= figure.high + 1e-12
        width += figure.high - figure.low
    return Cell(int(covered), runs, width / runs)


def equivalent(width: float, simple: dict[int, float]) -> float:
    """The simple random reviews with this mean width, on the simulated curve, straight in logarithms."""
    sizes, widths = np.log(list(simple)), np.log(list(simple.values()))
    slope = (sizes[-1] - sizes[-2]) / (widths[-1] - widths[-2])
    if np.log(width) < widths[-1]:
        return float(np.exp(sizes[-1] + slope * (np.log(width) - widths[-1])))
    return float(np.exp(np.interp(np.log(width), widths[::-1], sizes[::-1])))


def table(listed: list[World], runs: int) -> dict[tuple[str, str, int], tuple[float, Cell]]:
    """Prints one row a world and way; (needed, cell) of each."""
    found: dict[tuple[str, str, int], tuple[float, Cell]] = {}
    print("| errors, score | way | " + " | ".join(f"needed, n = {n} | covered" for n in SIZES) + " |")
    print("|---|---|" + "---|---|" * len(SIZES))
    for world in listed:
        simple = {n: cell(world, n, (SIMPLE_DRAW, PLAIN), runs).width for n in SIMPLE}
        for name, way in WAYS.items():
            row = []
            for n in SIZES:
                got = cell(world, n, way, runs)
                found[world.name, name, n] = n / equivalent(got.width, simple), got
                row += [f"{found[world.name, name, n][0]:.2f}", f"{got.covered / got.runs:.3f}"]
            print(f"| {world.name} | {name} | " + " | ".join(row) + " |", flush=True)
    return found


def planned(listed: list[World]) -> None:
    """What the planner asks for a margin, and the margin that was then had."""
    print("\n| errors, score | margin wanted | reviews planned | mean half width of the interval |\n|---|---|---|---|")
    for world in listed:
        margin = 0.012
        n = reviews_for_margin(world.scores, margin=margin)
        got = cell(world, n, WAYS["**default**"], 200)
        print(f"| {world.name} | ± {margin:.1%} | {n:,} | {got.width / 2:.1%} |", flush=True)


def failures(found: dict[tuple[str, str, int], tuple[float, Cell]]) -> list[str]:
    """What must hold and does not."""
    wrong = []
    for (world, way, n), (needed, got) in found.items():
        if way != "**default**":
            continue
        if world == "3 %, AUC .89" and n >= 300 and needed > 0.5:
            wrong.append(f"{world}, n = {n}: needs {needed:.2f} of the simple random reviews")
        if binom.cdf(got.covered, got.runs, 0.95) < 0.001:
            wrong.append(f"{world}, n = {n}: covers {got.covered / got.runs:.3f}")
    return wrong


def main(words: Any = None) -> int:
    """Tables; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=2000)
    runs = parser.parse_args(words).simulations
    usual, hard = worlds()
    print(f"N = {N:,}, {runs:,} batches a cell\n")
    wrong = failures(table(usual, runs))
    print("\nScores that deserve no trust:\n")
    table(hard, runs)
    planned(usual)
    print("\n".join(["", *wrong]) if wrong else "\nEvery promise holds.")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
