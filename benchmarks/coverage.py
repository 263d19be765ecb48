"""How often 95 % intervals hold the truth: simulated items, exact truth, cell by cell, as Markdown.

    python benchmarks/coverage.py --sets 2000

Each cell draws ``--sets`` sets of items from a world whose every pattern has a known chance, so that the coefficient of
infinitely many items is exact. Sets without a value (one label only, no overlap) are counted as unknown and leave the
coverage of the others alone. The bootstraps use the first ``--redrawn`` sets, with 2,000 replicates each.
``--further`` takes other ways in which items arise. Nothing but the table is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import binom, hypergeom
from worlds import BALANCED, SKEWED, World, further, patterns_of, usual

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.coefficients import COEFFICIENTS, Measure, linearised
from labelqa.stats.agreement.item_intervals import default_interval, doubtful
from labelqa.stats.agreement.linearised import estimate_of
from labelqa.stats.clustered import share_over_items
from labelqa.stats.proportion import clopper_pearson, hypergeometric_interval, wilson
from labelqa.stats.resample import bootstrap_coefficients

ITEMS = (50, 200, 1000)
MEASURES = tuple(m for m in COEFFICIENTS if m.name in {"fleiss-kappa", "krippendorff-alpha", "gwet-ac1"})
LEAST, MOST = 0.93, 0.97


@dataclass
class Hits:
    """How many intervals held the truth, out of how many, how wide they were, and how many were called doubtful."""

    held: int = 0
    known: int = 0
    width: float = 0.0
    doubted: int = 0

    def add(self, estimate: Estimate, truth: float, times: int) -> None:
        self.held += times * (estimate.low - 1e-12 <= truth <= estimate.high + 1e-12)
        self.known += times
        self.width += times * (estimate.high - estimate.low)
        self.doubted += times * (doubtful(estimate) is not None)

    def share(self, count: float) -> float:
        return count / self.known if self.known else float("nan")

    @property
    def coverage(self) -> float:
        return self.share(self.held)


@dataclass
class Cell:
    """What was found of one coefficient in one world with so many items."""

    world: World
    items: int
    measure: str
    truth: float
    sets: int
    hits: dict[str, Hits] = field(default_factory=dict)

    def tally(self, way: str) -> Hits:
        return self.hits.setdefault(way, Hits())

    @property
    def outside(self) -> bool:
        return not LEAST <= self.tally("default").coverage <= MOST

    def line(self) -> str:
        """The cell as a row of the table."""
        world, default = self.world, self.tally("default")
        shares = "/".join(f"{100 * share:g}" for share in world.shares)
        answers = f"{world.lost:.0%} lost" if world.lost else f"{world.single:.0%} single" if world.single else "all"
        others = [f"{self.tally(way).coverage:.3f}" for way in ("linearised", "percentile", "bca")]
        mark = "**" if self.outside else ""
        return " | ".join(
            [
                f"| {world.how} {world.parameter:g}", shares, str(world.annotators), answers, str(self.items), self.measure,
                f"{self.truth:.3f}", f"{mark}{default.coverage:.3f}{mark}", *others,
                f"{default.share(default.width):.3f}",
                f"{self.tally('linearised').share(self.tally('linearised').width):.3f}",
                f"{default.share(default.doubted):.3f}", f"{1 - default.known / self.sets:.3f} |",
            ]
        )  # fmt: skip


HEAD = (
    "| items arise | labels % | annotators | answers | n | coefficient | truth | default | linearised | percentile | BCa |"
    " width | width, linearised | few items decide | unknown |"
)


def by_default(patterns: Patterns, measure: Measure) -> Estimate:
    """The default interval."""
    return default_interval(patterns, measure.values, lowest=measure.lowest)


def by_linearising(patterns: Patterns, measure: Measure) -> Estimate:
    """Gwet's interval, as irrCAC gives it."""
    result = linearised(measure.name, patterns)
    return estimate_of(result, n=patterns.items_with_pairs, degrees=patterns.items - 1, confidence=0.95)


WAYS: dict[str, Callable[[Patterns, Measure], Estimate]] = {"default": by_default, "linearised": by_linearising}


def drawn_sets(
    world: World, items: int, sets: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Patterns, their chances, and how many items of each set have each, (sets, patterns)."""
    counts, chances, nothing = patterns_of(world)
    weights = rng.multinomial(items, np.append(chances, nothing) / (chances.sum() + nothing), size=sets)
    return counts, chances, weights[:, :-1]


def cells_of(world: World, items: int, *, sets: int, redrawn: int, seed: int) -> list[Cell]:
    """Every coefficient in one world with so many items; equal sets are worked out once."""
    rng = np.random.default_rng(seed)
    counts, chances, weights = drawn_sets(world, items, sets, rng)
    endless = chances[None, :] / chances.sum() * 1e13
    cells = [Cell(world, items, m.name, float(m.values(counts, endless)[0]), sets) for m in MEASURES]
    labels = tuple(f"label {number}" for number in range(len(world.shares)))

    def patterns(weight: np.ndarray) -> Patterns:
        return Patterns(labels=labels, counts=counts[weight > 0].astype(np.int32), weight=weight[weight > 0])

    kinds, times = np.unique(weights, axis=0, return_counts=True)
    for weight, number in zip(kinds, times.tolist(), strict=True):
        found = patterns(weight)
        for cell, measure in zip(cells, MEASURES, strict=True):
            for name, way in WAYS.items():
                try:
                    cell.tally(name).add(way(found, measure), cell.truth, number)
                except InsufficientData:
                    break
    for weight in weights[:redrawn]:
        found = patterns(weight)
        for limits in ("percentile", "bca"):
            lines = bootstrap_coefficients(found, rng=rng, limits=limits, measures=MEASURES)  # type: ignore[arg-type]
            for cell, line in zip(cells, lines, strict=True):
                if isinstance(line.figure, Estimate):
                    cell.tally(limits).add(line.figure, cell.truth, 1)
    return cells


def agreement_table(worlds: Iterable[World], *, sets: int, redrawn: int, seed: int) -> None:
    """The cells as they are found, then those outside 93-97 %."""
    print(HEAD + "\n" + "|---" * (HEAD.count("|") - 1) + "|")
    found: list[Cell] = []
    for number, world in enumerate(worlds):
        for items in ITEMS:
            cells = cells_of(world, items, sets=sets, redrawn=redrawn, seed=seed + 10 * number)
            found += cells
            print("\n".join(cell.line() for cell in cells), flush=True)
    covered = [cell.tally("default").coverage for cell in found]
    under = [cell for cell in found if cell.tally("default").coverage < LEAST]
    over = [cell for cell in found if cell.tally("default").coverage > MOST]
    print(f"\nOf {len(found)} cells the default covers from {min(covered):.3f} to {max(covered):.3f}; "
          f"{len(under)} below {LEAST:.0%}, {len(over)} above {MOST:.0%}.")  # fmt: skip
    if under + over:
        flagged = min(cell.tally("default").share(cell.tally("default").doubted) for cell in under + over)
        print(f"In each of these, “few items decide” is said of {flagged:.0%} of the sets or more.")


def share_table() -> None:
    """Accuracy of one answer an item: every outcome weighed by its chance, nothing simulated."""
    print(
        "\n| share right | n | wilson | clopper-pearson | hypergeometric, batch of 10 n | hypergeometric, batch of 2 n |"
    )
    print("|---" * 6 + "|")
    for share in (0.7, 0.85, 0.9, 0.95, 0.98):
        for n in ITEMS:
            every = np.arange(n + 1)
            parts = [f"| {share:g} | {n}"]
            for way in (wilson, clopper_pearson):
                held = [(e := way(int(x), n)).low <= share <= e.high for x in every]
                parts.append(f"{binom.pmf(every, n, share)[held].sum():.3f}")
            for population in (10 * n, 2 * n):
                right = round(share * population)
                chance = hypergeom.pmf(every, population, right, n)
                likely = every[chance > 1e-9]
                held = [(e := hypergeometric_interval(int(x), n, population)).low <= right / population <= e.high
                        for x in likely]  # fmt: skip
                parts.append(f"{chance[likely][held].sum():.3f}")
            print(" | ".join(parts) + " |", flush=True)


def clustered_table(*, sets: int, seed: int) -> None:
    """Accuracy of all answers where items differ in difficulty; the world's second label stands for a wrong answer."""
    print("\n| share right | likeness within items | annotators | answers | n | over items | wilson over answers |")
    print("|---" * 7 + "|")
    for shares in ((0.85, 0.15), SKEWED, BALANCED):
        for likeness in (0.01, 0.3):
            for annotators, lost in ((3, 0.2), (5, 0.0)):
                for n in ITEMS:
                    world = World("own mixture, alpha", likeness, shares, annotators, lost=lost)
                    counts, _, weights = drawn_sets(world, n, sets, np.random.default_rng(seed))
                    over, plain = Hits(), Hits()
                    for weight in weights:
                        rows = np.repeat(counts, weight, axis=0)
                        over.add(share_over_items(rows[:, 0], rows.sum(axis=1)), shares[0], 1)
                        plain.add(wilson(int(rows[:, 0].sum()), int(rows.sum())), shares[0], 1)
                    print(f"| {shares[0]:g} | {likeness:g} | {annotators} | {f'{lost:.0%} lost' if lost else 'all'} | {n} "
                          f"| {over.coverage:.3f} | {plain.coverage:.3f} |", flush=True)  # fmt: skip


def main() -> None:
    """Parse, draw, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=2000)
    parser.add_argument("--redrawn", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--further", action="store_true")
    given = parser.parse_args()
    worlds = further() if given.further else usual()
    print(
        f"{given.sets} sets a cell, {min(given.redrawn, given.sets)} of them for percentile and BCa; 95 % intervals.\n"
    )
    agreement_table(worlds, sets=given.sets, redrawn=given.redrawn, seed=given.seed)
    if not given.further:
        share_table()
        clustered_table(sets=given.sets, seed=given.seed)


if __name__ == "__main__":
    main()
