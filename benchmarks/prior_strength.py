"""Which prior a Dawid-Skene model should have: labels found and log score, on made worlds and on real sets with gold.

    python benchmarks/prior_strength.py --data FOLDER --seeds 8

Each cell is the share of items labelled rightly (a tie counts in part) and the log score, the mean of minus the natural
logarithm of what the gold class is given (at least 1e-6); lower is better. FOLDER holds the real sets, each a folder with
labels.csv and gold.csv (item_id, annotator_id, label); without it the made worlds alone are run. "n an item" keeps n
random answers of every item. cos960 has no gold: five annotators are fitted, the mode of the other ten is taken for it.
imagenet_real has none either: its column is the authors' own published Dawid-Skene score, above one half or not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from annotator_models import LABELS, SMALL, made

from labelqa.records.annotators import Consensus
from labelqa.records.reductions import Answers
from labelqa.stats.annotators import dawid_skene, majority, one_coin

Array = npt.NDArray[Any]
Case = tuple[Answers, Array, dict[str, Any]]  # answers, gold by item number (-1: none), what the model is told
MODELS: dict[str, Callable[..., Consensus]] = {
    "majority": lambda answers, **_told: majority(answers).consensus,
    "ML": lambda answers, **told: dawid_skene(answers, strength=0, **told).consensus,
    "MAP 5": lambda answers, **told: dawid_skene(answers, strength=5, **told).consensus,
    "MAP 20": lambda answers, **told: dawid_skene(answers, strength=20, **told).consensus,
    "learnt": lambda answers, **told: dawid_skene(answers, **told).consensus,
    "coin 20": lambda answers, **_told: one_coin(answers, strength=20).consensus,
    "coin, learnt": lambda answers, **_told: one_coin(answers).consensus,
}
PAIRS = ((0.7, 0.25, 0.03, 0.02), (0.3, 0.6, 0.05, 0.05), (0.02, 0.03, 0.85, 0.1), (0.05, 0.05, 0.2, 0.7))
RARE, TWO = ((0.95, 0.05), (0.3, 0.7)), ((0.85, 0.15), (0.3, 0.7))
THIRDS = ((0.93, 0.05, 0.02), (0.2, 0.7, 0.1), (0.2, 0.2, 0.6))
EIGHT = tuple(tuple(0.5 * (i == j) + 0.0625 for j in range(8)) for i in range(8))
# name: items, answers an item, annotators, class shares, common matrix, pseudo-labels around it, share who press a key
WORLDS: dict[str, tuple[int, int, int, tuple[float, ...], tuple[tuple[float, ...], ...], float, float]] = {
    "confusable, varied": (600, 4, 30, (0.25,) * 4, PAIRS, 4, 0),
    "confusable, alike": (600, 4, 30, (0.25,) * 4, PAIRS, 20, 0),
    "confusable, uneven classes": (3000, 3, 30, (0.6, 0.25, 0.1, 0.05), PAIRS, 10, 0),
    "three in ten press one key": (600, 4, 30, (0.25,) * 4, PAIRS, 20, 0.3),
    "two classes, 1 % rare": (2000, 3, 8, (0.99, 0.01), RARE, 10, 0),
    "two classes, 2 % rare": (300, 3, 8, (0.98, 0.02), RARE, 10, 0),
    "two classes, 5 % rare": (1000, 3, 20, (0.95, 0.05), RARE, 8, 0),
    "three classes, 2 % rare": (300, 3, 8, (0.9, 0.08, 0.02), THIRDS, 10, 0),
    "two classes, 15 annotators": (300, 5, 15, (0.6, 0.4), TWO, 4, 0),
    "two classes, 100 annotators": (2000, 3, 100, (0.6, 0.4), TWO, 8, 0),
    "eight classes": (500, 5, 40, (0.125,) * 8, EIGHT, 10, 0),
    "three annotators": (300, 3, 3, (0.25,) * 4, PAIRS, 20, 0),
    "two annotators": (500, 2, 2, (0.25,) * 4, PAIRS, 20, 0),
    "hardly known, 100 items": (100, 3, 30, (0.5, 0.5), ((0.73, 0.27), (0.43, 0.57)), 5, 0),
    "40 items": (40, 3, 6, (0.4, 0.3, 0.2, 0.1), PAIRS, 20, 0),
}


def drawn(name: str, seed: int) -> Case:
    """A world whose annotators each confuse classes in their own way, around a common matrix."""
    items, slots, annotators, share, common, alike, keys = WORLDS[name]
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(share), items, p=share)
    matrices = np.stack([[rng.dirichlet(alike * np.array(row)) for row in common] for _ in range(annotators)])
    for who in range(round(keys * annotators)):
        matrices[who] = 0.98 * np.eye(len(share))[rng.integers(len(share))] + 0.02 / len(share)
    who = np.sort(np.argsort(rng.random((items, annotators)), axis=1)[:, :slots], axis=1)
    chance = matrices.cumsum(axis=2)[who, truth[:, None]]
    label = (rng.random((items, slots, 1)) > chance).sum(axis=2).clip(0, len(share) - 1)
    item = np.repeat(np.arange(items), slots)
    return _answers(tuple("abcdefgh"[: len(share)]), item, who.ravel(), label.ravel()), truth, {}


def _answers(labels: tuple[str, ...], item: Array, annotator: Array, label: Array) -> Answers:
    columns = {"item": item, "annotator": annotator, "label": label}
    return Answers(labels=labels, **{name: column.astype(np.int32) for name, column in columns.items()})


def read(folder: Path, most: int | None = None) -> tuple[Answers, pd.Series]:
    """The answers of a set, of its first items if there are ``most``, and the items' names by their numbers."""
    lines = pd.read_csv(next(folder.glob("labels.csv*")), dtype=str, keep_default_na=False)
    labels = sorted(lines["label"].unique())
    item, names = pd.factorize(lines["item_id"])
    annotator, label = pd.factorize(lines["annotator_id"])[0], lines["label"].map(labels.index).to_numpy()
    kept = item < (most or len(item))
    order = np.lexsort((annotator[kept], item[kept]))
    return _answers(tuple(labels), item[kept][order], annotator[kept][order], label[kept][order]), pd.Series(names)


def thinned(answers: Answers, slots: int, seed: int) -> Answers:
    """``slots`` random answers of every item."""
    chance = np.random.default_rng(seed).random(len(answers.item))
    order = np.lexsort((chance, answers.item))
    first = np.flatnonzero(np.diff(answers.item[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    kept = np.sort(order[rank < slots])
    return _answers(answers.labels, answers.item[kept], answers.annotator[kept], answers.label[kept])


def with_gold(folder: Path, slots: tuple[int, ...], seeds: int) -> Iterator[tuple[str, list[Case]]]:
    """A set with gold, whole and thinned."""
    answers, names = read(folder)
    gold = pd.read_csv(folder / "gold.csv", dtype=str).set_index("item_id")["label"]
    truth = names.map(gold).map(answers.labels.index).to_numpy()
    yield folder.name, [(answers, truth, {})]
    for some in slots:
        yield f"{folder.name}, {some} an item", [(thinned(answers, some, seed), truth, {}) for seed in range(seeds)]


def halves(folder: Path, seeds: int) -> list[Case]:
    """Five annotators, judged by the mode of the others where it is one label."""
    answers, names = read(folder)
    cases: list[Case] = []
    for seed in range(seeds):
        fitted = np.isin(answers.annotator, np.random.default_rng(seed).permutation(15)[:5])
        votes = np.zeros((len(names), len(answers.labels)))
        np.add.at(votes, (answers.item[~fitted], answers.label[~fitted]), 1)
        single = (votes == votes.max(axis=1, keepdims=True)).sum(axis=1) == 1
        columns = (answers.item[fitted], answers.annotator[fitted], answers.label[fitted])
        cases.append((_answers(answers.labels, *columns), np.where(single, votes.argmax(axis=1), -1), {}))
    return cases


def published(folder: Path) -> list[Case]:
    """20,000 items answered no, maybe or yes, judged by the authors' score."""
    answers, names = read(folder, 20_000)
    score = pd.read_csv(folder / "items.csv.gz", dtype={"item_id": str}).set_index("item_id")["ds_score"]
    reading = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    truth = (names.map(score).to_numpy() > 0.5).astype(int)
    return [(answers, truth, {"classes": ("no", "yes"), "reading": reading})]


def cases(data: Path | None, seeds: int) -> Iterator[tuple[str, list[Case]]]:
    """Every row of the table."""
    for labels, slots, lost, skill in SMALL:
        name = f"{labels:,}, {slots * (1 - lost):.1f} an item, Beta{skill}"
        yield name, [(*made(labels, slots, lost, skill, seed), {}) for seed in range(seeds)]
    for name in WORLDS:
        yield name, [drawn(name, 1000 + seed) for seed in range(seeds)]
    if data:
        yield from with_gold(data / "bluebirds", (3, 5, 10, 20), seeds)
        yield from with_gold(data / "weather_sentiment_amt", (3, 5, 10), seeds)
        yield from with_gold(data / "music_style", (2, 3), seeds)
        yield "cos960, 5 annotators", halves(data / "cos960", seeds)
        yield "imagenet_real, 20,000 items", published(data / "imagenet_real")


def judged(consensus: Consensus, gold: Array) -> tuple[float, float]:
    """Share labelled rightly and log score, over the items with gold; nan where classes are not those of gold."""
    truth = gold[consensus.item]
    known = truth >= 0
    truth, posterior, wins = truth[known].astype(int), consensus.posterior[known], consensus.winners[known]
    at = np.arange(len(truth))
    right = float((wins[at, truth] / wins.sum(axis=1)).mean())
    return right, float(-np.log(np.maximum(posterior[at, truth], 1e-6)).mean())


def told_apart(data: Path) -> None:
    """The example of 1979, which has no gold: what the priors make of it."""
    answers, _ = read(data / "anaesthesia")
    plain = dawid_skene(answers, strength=0)
    print("\nanaesthesia: labels that differ from ML, class shares")
    for strength in (0.0, 5.0, 20.0, "learnt"):
        fit = dawid_skene(answers, strength=strength)  # type: ignore[arg-type]
        differ = int((fit.consensus.label != plain.consensus.label).sum())
        print(
            f"  {strength!s:8}{differ:>3}  {fit.share.round(3).tolist()}  strength {fit.strength:g}, {fit.prior.found}"
        )


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the real sets")
    parser.add_argument("--seeds", type=int, default=8)
    given = parser.parse_args()
    print(f"{len(LABELS)} labels in the first five rows; share right and log score")
    print(f"{'':40}" + "".join(f"{name:>15}" for name in MODELS) + "   strength, spread")
    shares = []
    for name, listed in cases(given.data, given.seeds):
        cells = []
        for model in MODELS.values():
            fits = [(model(answers, **told), gold) for answers, gold, told in listed]
            cells.append(np.mean([judged(fit, gold) for fit, gold in fits], axis=0))
        prior = dawid_skene(listed[0][0], **listed[0][2]).prior
        shares.append(cells)
        line = "".join(f"{right:>9.4f}{score:>6.2f}" for right, score in cells)
        print(f"{name:40}{line}   {prior.strength:g}, {prior.spread:g}", flush=True)
    table = np.array(shares)
    best, lowest = table[:, :4, 0].max(axis=1), table[:, :4, 1].min(axis=1)
    for number, name in enumerate(MODELS):
        below, above = best - table[:, number, 0], table[:, number, 1] - lowest
        print(f"{name:14} right {table[:, number, 0].mean():.4f}, below the best of the first four by {below.mean():.4f}, "
              f"at most {below.max():.4f}; log score {table[:, number, 1].mean():.3f}, at most {above.max():.2f} above")  # fmt: skip
    if given.data:
        told_apart(given.data)


if __name__ == "__main__":
    main()
