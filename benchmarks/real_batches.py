"""Spot checks on real batches whose every error is known: annotators' answers as the batch, gold as the reviewer.

    python benchmarks/real_batches.py --data FOLDER --seeds 1000

FOLDER holds sets with gold, each a folder with labels.csv and gold.csv (item_id, annotator_id, label). Every annotator
with 100 answers or more is a batch; items are drawn by the project's own tickets, seed by seed, and read one after another
until the sequential check decides. First the hardest limit: the batch has exactly as many errors as make it miss the
limit, so every certificate is false; of 1,000 seeds at most 73 may give one (beyond, a rate of 5 % would be refuted at
99.9 %), else the script fails. Then realistic limits: the highest of .60, .70, .80, .90, .95, .98 under which the batch
has at most three quarters of the errors that are still allowed, beside the fixed plan of power .95 for the batch's true accuracy,
which nobody knows beforehand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from labelqa.sampling import draw
from labelqa.stats.acceptance import limit_defects, two_point
from labelqa.stats.acceptance.design import Seen
from labelqa.stats.sequential import Sequential

SETS = (
    "bluebirds",
    "weather_sentiment_amt",
    "music_style",
    "xstest",
    "mlqe_enzh_catastrophic",
    "crowdspeech_dev_clean",
)
LIMITS = (0.98, 0.95, 0.90, 0.80, 0.70, 0.60)
LEAST, RISK, MOST_FALSE = 100, 0.05, 73
SPELLED = {"0": "NOT", "1": "ERR"}  # mlqe: gold is in words

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Batch:
    """One annotator's answers to a set's items, and which are wrong."""

    set: str
    annotator: str
    items: tuple[str, ...]
    wrong: Bools

    @property
    def errors(self) -> int:
        return int(self.wrong.sum())

    def in_order(self, seed: str) -> Bools:
        """The errors in the order in which a seed draws the items."""
        at = {item: number for number, item in enumerate(self.items)}
        drawn = draw(seed, self.items, len(self.items))
        return self.wrong[[at[item] for _, item in drawn]]


def same(name: str, labels: pd.Series, gold: pd.Series) -> Bools:
    """Which answers are right."""
    if name == "mlqe_enzh_catastrophic":
        labels = labels.map(lambda each: SPELLED.get(each, each))
    if name == "crowdspeech_dev_clean":
        labels = labels.fillna("").map(lambda each: re.sub(r"[^a-z' ]", "", each.lower()).split())
        gold = gold.fillna("").str.split()
    return np.array([one == other for one, other in zip(labels, gold, strict=True)])


def table_of(folder: Path, name: str) -> pd.DataFrame:
    """A table of the set, packed or not, every cell a text."""
    return pd.read_csv(next(folder.glob(f"{name}.csv*")), dtype=str, keep_default_na=False)


def batches_of(folder: Path, name: str) -> Iterator[Batch]:
    """The batches of a set."""
    joined = table_of(folder / name, "labels").merge(
        table_of(folder / name, "gold"), on="item_id", suffixes=("", "_gold")
    )
    joined["right"] = same(name, joined["label"], joined["label_gold"])
    for annotator, rows in joined.drop_duplicates(["item_id", "annotator_id"]).groupby("annotator_id"):
        if len(rows) >= LEAST:
            yield Batch(name, str(annotator), tuple(rows["item_id"]), ~rows["right"].to_numpy(bool))


def just_missed(batch: Batch) -> float:
    """The accuracy that the batch misses by exactly its last error."""
    accuracy = round(1 - (batch.errors - 0.5) / len(batch.items), 9)
    if limit_defects(len(batch.items), accuracy) != batch.errors:
        raise ValueError(f"{batch.set} {batch.annotator}: no limit begins at {batch.errors} errors")
    return accuracy


def reviews(batch: Batch, check: Sequential, seeds: int) -> tuple[npt.NDArray[np.int64], Bools]:
    """For each seed how many reviews it took, and whether the limit was certified."""
    taken, proven = np.empty(seeds, dtype=np.int64), np.empty(seeds, dtype=bool)
    for number in range(seeds):
        reading = check.read(Seen(wrong=batch.in_order(f"real batches {number}")))
        taken[number] = reading.stopped_at or len(batch.items)
        proven[number] = reading.decision == "accept"
    return taken, proven


def checked(batch: Batch, accuracy: float) -> Sequential:
    """The sequential check of the whole batch, read to its end where it does not decide before."""
    return Sequential(
        population=len(batch.items), accuracy=accuracy, risk=RISK, n=len(batch.items), cut=len(batch.items)
    )


def realistic(batch: Batch) -> float | None:
    """The highest usual limit that the batch meets with some room; None where it meets none."""
    items = len(batch.items)
    return next((limit for limit in LIMITS if batch.errors <= 0.75 * (limit_defects(items, limit) - 1)), None)


def saved(batch: Batch, seeds: int) -> tuple[float, float, float, float] | None:
    """Limit, mean reviews, share certified, and the fixed plan's reviews."""
    limit = realistic(batch)
    if limit is None:
        return None
    taken, proven = reviews(batch, checked(batch, limit), seeds)
    fixed = two_point(
        len(batch.items), accuracy=limit, risk=RISK, expected=1 - batch.errors / len(batch.items), power=0.95
    )
    return limit, float(taken.mean()), float(proven.mean()), float(fixed.n)


def main() -> int:
    """Parse, draw, print; 1 where a batch was certified falsely too often."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1000)
    given = parser.parse_args()
    print(
        "| set | batches | items | false certificates of 1,000, most | mean | limits | reviews | fixed plan | saved | certified |"
    )
    print("|---" * 10 + "|")
    worst, every = 0.0, []
    for name in SETS:
        batches = list(batches_of(given.data, name))
        hard = [each for each in batches if 0 < each.errors < len(each.items)]
        false = [1000 * float(reviews(each, checked(each, just_missed(each)), given.seeds)[1].mean()) for each in hard]
        lines = [line for each in batches if (line := saved(each, given.seeds)) is not None]
        worst, every = max([worst, *false]), every + lines
        print(row(name, batches, false, lines), flush=True)
    took, fixed = (np.array([line[at] for line in every]) for at in (1, 3))
    print(f"\n{len(every)} batches with a realistic limit: {took.mean():.0f} reviews on average beside {fixed.mean():.0f} "
          f"by the fixed plan, {1 - took.sum() / fixed.sum():.0%} saved; per batch {(1 - took / fixed).mean():.0%} on average. "
          f"Most false certificates of any batch: {worst:.0f} of 1,000.")  # fmt: skip
    return int(worst > MOST_FALSE)


def row(name: str, batches: list[Batch], false: list[float], lines: list[tuple[float, float, float, float]]) -> str:
    """One line of the table."""
    sizes = [len(each.items) for each in batches]
    told = [name, str(len(batches)), f"{min(sizes)}–{max(sizes)}", f"{max(false):.0f}", f"{np.mean(false):.1f}"]
    if not lines:
        return "| " + " | ".join([*told, *["–"] * 5]) + " |"
    limit, took, proven, fixed = (np.array(each) for each in zip(*lines, strict=True))
    shown = f"{limit.min():.2f}–{limit.max():.2f} ({len(lines)})"
    return "| " + " | ".join([*told, shown, f"{took.mean():.0f}", f"{fixed.mean():.0f}", f"{1 - took.sum() / fixed.sum():.0%}",
                              f"{proven.mean():.0%}"]) + " |"  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
