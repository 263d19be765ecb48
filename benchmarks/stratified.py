"""The stratified certificate put to the test: how often it certifies batches that just miss, and what strata cost.

    python benchmarks/stratified.py --simulations 100000

Guarantee: exactly D0 = floor(N(1 - p0)) + 1 errors, laid where the certificate is weakest (spread like the items, like the
expected risks, against them, or crowded into the largest or the smallest strata), looked at after every verdict up to the
declared horizon, nobody giving up. Printed are the rate, its 99.9 % lower bound and the horizon; the script exits with 1
where a lower bound exceeds the risk. Economy: mean reviews against the unstratified sequential check on the same batches,
an uncertified run counting as the cut.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betaincinv

from labelqa.records.designs import Allocation, StratumSize
from labelqa.stats.acceptance import limit_defects
from labelqa.stats.sequential.stratified import Stratified
from labelqa.stats.strata import allocate
from labelqa.stats.strata.simulated import errors_of
from labelqa.stats.strata.walks import Contest, interleaved, walk

RISK = 0.05
LIE = "expected the wrong way round"


@dataclass(frozen=True)
class Setting:
    """A batch with strata, and what was thought of them."""

    name: str
    accuracy: float
    strata: tuple[StratumSize, ...]
    horizon: int
    allocation: Allocation = Allocation.PROPORTIONAL


def strata_of(items: tuple[int, ...], expected: tuple[float, ...]) -> tuple[StratumSize, ...]:
    """Named by their number."""
    return tuple(StratumSize(name=str(h), items=count, expected=share)
                 for h, (count, share) in enumerate(zip(items, expected, strict=True)))  # fmt: skip


def settings() -> Iterator[Setting]:
    """K from 2 to 10, N from 50 to 10^6, p0 from .80 to .999; good, useless and wrong expectations."""
    eight_two, rising = (0.01, 0.09), tuple(0.005 * (h + 1) for h in range(10))
    yield Setting("K 2", 0.95, strata_of((8000, 2000), eight_two), 600)
    yield Setting(f"K 2, {LIE}", 0.95, strata_of((8000, 2000), eight_two[::-1]), 600)
    yield Setting("K 2, Neyman", 0.95, strata_of((8000, 2000), eight_two), 600, Allocation.NEYMAN)
    yield Setting("K 2, small batch, to the last item", 0.80, strata_of((35, 15), (0.05, 0.3)), 50)
    yield Setting("K 3", 0.90, strata_of((700, 200, 100), (0.02, 0.1, 0.2)), 400)
    yield Setting("K 5, millions", 0.95, strata_of((400_000, 300_000, 200_000, 90_000, 10_000), (0.01,) * 5), 400)
    yield Setting("K 5, p0 .999", 0.999, strata_of((20_000,) * 5, (0.0001, 0.0001, 0.0005, 0.001, 0.002)), 6000)
    yield Setting("K 10", 0.95, strata_of((1000,) * 10, rising), 400)
    yield Setting(
        f"K 10, {LIE}", 0.95, strata_of((1900, 1700, 1500, 1300, 1100, 900, 700, 500, 300, 100), rising[::-1]), 400
    )


def crowded(items: np.ndarray, errors: int, order: np.ndarray) -> np.ndarray:
    """Errors that fill one stratum after the other."""
    placed, left = np.zeros(len(items), dtype=np.int64), errors
    for h in order:
        placed[h] = min(left, items[h])
        left -= placed[h]
    return placed


def hardest(setting: Setting, errors: int) -> dict[str, np.ndarray]:
    """Where the errors lie."""
    items = np.array([each.items for each in setting.strata])
    upside = [StratumSize(name=each.name, items=each.items, expected=1 / max(each.expected, 1e-4) * 1e-5)
              for each in setting.strata]  # fmt: skip
    even = [StratumSize(name=each.name, items=each.items) for each in setting.strata]
    return {
        "like the items": errors_of(even, errors), "as expected": errors_of(setting.strata, errors),
        "against expectation": errors_of(upside, errors),
        "crowded, large strata": crowded(items, errors, np.argsort(-items, kind="stable")),
        "crowded, small strata": crowded(items, errors, np.argsort(items, kind="stable")),
    }  # fmt: skip


def contest_of(setting: Setting) -> tuple[Contest, list[int]]:
    """The evidence without futility, so that nobody gives up, and the strata's shares."""
    items = [each.items for each in setting.strata]
    sizes = allocate(max(20, sum(items) // 10), setting.strata, allocation=setting.allocation, minimum=2)
    sized = tuple(StratumSize(name=s.name, items=s.items, n=n, expected=s.expected)
                  for s, n in zip(setting.strata, sizes, strict=True))  # fmt: skip
    check = Stratified(strata=sized, accuracy=setting.accuracy, risk=RISK, expected=1.0, power=0.5, futility=0,
                       cut=sum(items))  # fmt: skip
    return check.contest, list(sizes)


@dataclass(frozen=True)
class Trial:
    """One row: a setting, with errors in one place."""

    setting: Setting
    where: str
    errors: tuple[int, ...]
    runs: int


def trials(runs: int) -> Iterator[Trial]:
    """Every setting with every different place of its errors; two places where reviews are many."""
    for setting in settings():
        contest, _ = contest_of(setting)
        assert contest.limit == limit_defects(sum(each.items for each in setting.strata), setting.accuracy)
        told: dict[tuple[int, ...], str] = {}
        for where, errors in hardest(setting, contest.limit).items():
            told.setdefault(tuple(errors.tolist()), where)
        places = list(told.items())[: 2 if setting.horizon > 1000 else None]
        yield from (Trial(setting, where, errors, runs) for errors, where in places)


def certified(trial: Trial) -> int:
    """How many of the batches were ever certified."""
    contest, sizes = contest_of(trial.setting)
    order = interleaved(sizes, [each.items for each in trial.setting.strata], trial.setting.horizon)
    rng = np.random.default_rng([1, *trial.errors])
    return int((walk(contest, np.array(trial.errors), order, batches=trial.runs, rng=rng).end == 1).sum())


def guarantee(runs: int) -> bool:
    """Prints the table; whether every rate may be at most the risk."""
    print("| strata | N | p0 | errors lie | certified | 99.9 % lower bound | horizon |\n|---|---|---|---|---|---|---|")
    holds, listed = True, list(trials(runs))
    with ProcessPoolExecutor(max_workers=2) as pool:
        for trial, hits in zip(listed, pool.map(certified, listed), strict=True):
            setting = trial.setting
            lower = float(betaincinv(hits, runs - hits + 1, 0.001)) if hits else 0.0
            holds &= lower <= RISK
            print(f"| {setting.name} | {sum(each.items for each in setting.strata):,} | {setting.accuracy} | {trial.where} | "
                  f"{hits / runs:.4f} | {lower:.4f} | {setting.horizon:,} |", flush=True)  # fmt: skip
    return holds


WORLDS = {
    "2 strata of 8,000 and 2,000, two thirds of the errors in the small one": ((8000, 2000), (1 / 3, 2 / 3)),
    "2 equal strata, errors spread evenly": ((5000, 5000), (0.5, 0.5)),
    "5 equal strata, errors spread evenly": ((2000,) * 5, (0.2,) * 5),
    "5 equal strata, two thirds of the errors in one": ((2000,) * 5, (1 / 12,) * 4 + (2 / 3,)),
    "10 equal strata, errors spread evenly": ((1000,) * 10, (0.1,) * 10),
}


def economy(runs: int, cut: int = 1500) -> None:
    """Mean reviews / share certified by true accuracy."""
    accuracies = (1.0, 0.99, 0.98, 0.97)
    print(f"\np0 = .95, risk {RISK}, cut at {cut:,}, futility .05, {runs:,} batches; mean reviews / certified\n")
    print("| strata | way | " + " | ".join(f"{a:.2f}" for a in accuracies) + " |\n|---|---|" + "---|" * len(accuracies))
    for name, (items, shares) in WORLDS.items():
        risks = [0.02 * share * sum(items) / count for share, count in zip(shares, items, strict=True)]
        told, whole = strata_of(items, tuple(risks)), strata_of((sum(items),), (0.02,))
        ways = {
            "one stratum": (whole, Allocation.PROPORTIONAL), "stratified": (told, Allocation.PROPORTIONAL),
            "stratified, Neyman": (told, Allocation.NEYMAN),
            f"stratified, {LIE}": (strata_of(items, tuple(risks[::-1])), Allocation.PROPORTIONAL),
        }  # fmt: skip
        for way, (strata, allocation) in ways.items():
            row = [mean_reviews(strata, allocation, told, round(10_000 * (1 - a)), runs, cut) for a in accuracies]
            if way in ("one stratum", "stratified") or len(set(risks)) > 1:
                print(f"| {name} | {way} | " + " | ".join(row) + " |", flush=True)


def mean_reviews(strata: tuple[StratumSize, ...], allocation: Allocation, told: tuple[StratumSize, ...], errors: int,
                 runs: int, cut: int) -> str:  # fmt: skip
    """Of batches whose errors lie as ``told``; what is not certified counts as the cut."""
    sizes = allocate(cut, strata, allocation=allocation, minimum=2)
    sized = tuple(StratumSize(name=s.name, items=s.items, n=n, expected=s.expected)
                  for s, n in zip(strata, sizes, strict=True))  # fmt: skip
    check = Stratified(strata=sized, accuracy=0.95, risk=RISK, expected=1.0, power=0.5, cut=cut)
    placed = np.array([errors]) if len(strata) == 1 else errors_of(told, errors)
    ended = walk(check.contest, placed, check.order(cut), batches=runs, rng=np.random.default_rng(errors))
    good = ended.end == 1
    return f"{np.where(good, ended.reviews, cut).mean():.0f} / {good.mean():.2f}"


def main(words: Any = None) -> int:
    """Tables; 1 where the guarantee is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=100_000)
    runs = parser.parse_args(words).simulations
    print(f"risk {RISK}, {runs:,} simulated batches a row\n")
    holds = guarantee(runs)
    economy(min(runs, 1000))
    print("\nThe guarantee holds." if holds else "\nThe guarantee is BROKEN.")
    return int(not holds)


if __name__ == "__main__":
    raise SystemExit(main())
