"""Dawid-Skene here beside crowd-kit's, on the same labels: time, the likelihood reached, and agreement with the truth.

    python benchmarks/annotator_models.py --labels 1000000

Makes seeded data, then runs each tool some times, every run in a fresh process, in turn; time is the tool's own call on
its own input shape, preparation is shown beside. labelqa takes the numbers that a frozen batch holds beside its
identifiers; crowd-kit takes a frame, once with the identifiers, strings, and once with the numbers. All solutions are
then judged by the one formula of Dawid and Skene's log-likelihood. A second table shows what the pooled prior is worth
on small data. crowd-kit comes with the extra ``bench``, or lives in an environment of its own (``--peer-python``).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from measured import measure

from labelqa.records.reductions import Answers
from labelqa.stats.annotators import Search, dawid_skene, majority

LABELS = ("a", "b", "c", "d", "e")
ANNOTATORS, SLOTS, LOST = 50, 5, 0.1
SMALL = ((10_000, 5, 0.1, (8, 2)), (3000, 5, 0.1, (6, 2)), (10_000, 3, 0.0, (3, 2)), (30_000, 3, 0.0, (3, 2)), (3000, 3, 0.0, (2, 2)))  # fmt: skip

PEER = """
import json, sys, time
import numpy as np, pandas as pd
from crowdkit.aggregation import DawidSkene
folder = sys.argv[1]
data = np.load(folder + "/answers.npz")
begin = time.perf_counter()
if sys.argv[2] == "numbers":
    names = list(range(5))
    frame = pd.DataFrame({"task": data["item"], "worker": data["annotator"], "label": data["label"]})
else:
    names = list("abcde")
    frame = pd.DataFrame({
        "task": [f"item-{number:08d}" for number in data["item"]],
        "worker": [f"p-{number:08x}" for number in data["annotator"]],
        "label": [names[number] for number in data["label"]],
    })
ready, busy = time.perf_counter(), time.process_time()
model = DawidSkene(n_iter=100).fit(frame)
done, cpu = time.perf_counter(), time.process_time() - busy
given = model.probas_.reindex(columns=names).fillna(0.0).sort_index()
np.save(folder + "/peer.npy", given.to_numpy())
print(json.dumps({"prep": ready - begin, "seconds": done - ready, "cpu": cpu, "sweeps": len(model.loss_history_)}))
"""


def made(labels: int, slots: int, lost: float, skill: tuple[int, int], seed: int) -> tuple[Answers, np.ndarray]:
    """Answers sorted by item, and the true labels (items,); wrong answers fall on the other labels alike."""
    rng = np.random.default_rng(seed)
    items = round(labels / (slots * (1 - lost)))
    truth, ability = rng.integers(0, len(LABELS), items), rng.beta(*skill, ANNOTATORS)
    step = rng.choice([1, 3, 7, 9, 11, 13, 17, 19], (items, 1))  # prime to 50: all of an item's annotators differ
    who = np.sort((rng.integers(0, ANNOTATORS, (items, 1)) + step * np.arange(slots)) % ANNOTATORS, axis=1)
    kept = (rng.random((items, slots)) >= lost).ravel()
    item, annotator = np.repeat(np.arange(items), slots)[kept], who.ravel()[kept]
    right = rng.random(len(item)) < ability[annotator]
    label = np.where(right, truth[item], (truth[item] + rng.integers(1, len(LABELS), len(item))) % len(LABELS))
    columns = {"item": item, "annotator": annotator, "label": label}
    return Answers(labels=LABELS, **{name: column.astype(np.int32) for name, column in columns.items()}), truth


def log_likelihood(answers: Answers, posterior: np.ndarray) -> float:
    """The observed log-likelihood of the parameters that a posterior (items, labels) implies by one M step."""
    _, item = np.unique(answers.item, return_inverse=True)
    cell = answers.annotator * len(LABELS) + answers.label
    counts = np.stack([np.bincount(cell, column[item], ANNOTATORS * len(LABELS)) for column in posterior.T])
    table = counts.reshape(len(LABELS), ANNOTATORS, len(LABELS))
    with np.errstate(divide="ignore"):
        chance = np.log(table / table.sum(axis=2, keepdims=True))
        joint = np.log(posterior.mean(axis=0)) + np.zeros_like(posterior)
    for number in range(len(LABELS)):
        joint[:, number] += np.bincount(item, chance[number, answers.annotator, answers.label])
    top = joint.max(axis=1)
    return float((top + np.log(np.exp(joint - top[:, None]).sum(axis=1))).sum())


def ours(folder: Path) -> None:
    """One run in this process: the columns to the model's input, then the fit, as maximum likelihood and as default."""
    data = np.load(folder / "answers.npz")
    begin = time.perf_counter()
    answers = Answers(labels=LABELS, **{name: data[name].astype(np.int32) for name in ("item", "annotator", "label")})
    ready, busy = time.perf_counter(), time.process_time()
    plain = dawid_skene(answers, strength=0)
    done, cpu = time.perf_counter(), time.process_time() - busy
    default = dawid_skene(answers)
    last = time.perf_counter()
    np.save(folder / "plain.npy", plain.consensus.posterior)
    np.save(folder / "default.npy", default.consensus.posterior)
    line = {"prep": ready - begin, "seconds": done - ready, "cpu": cpu, "default": last - done}
    print(json.dumps(line | {"sweeps": plain.ascent.sweeps}))


def speed(given: argparse.Namespace) -> None:
    """Both tools in turn, medians, and what they found."""
    answers, truth = made(given.labels, SLOTS, LOST, (8, 2), given.seed)
    seen = truth[np.unique(answers.item)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "answers.npz", item=answers.item, annotator=answers.annotator, label=answers.label)
        (folder / "peer.py").write_text(PEER)
        words = {"labelqa": [sys.executable, __file__, "--fit", name]}
        if given.peer_python:
            for kind in ("strings", "numbers"):
                words[f"crowd-kit, {kind}"] = [given.peer_python, str(folder / "peer.py"), name, kind]
        runs: dict[str, list[dict[str, float]]] = {tool: [] for tool in words}
        for _ in range(given.runs):
            for tool, command in words.items():
                measured = measure(command)
                runs[tool].append(json.loads(measured.out[-1]) | {"megabytes": measured.megabytes})
        print(f"{len(answers.item):,} labels, {len(seen):,} items, {ANNOTATORS} annotators, {given.runs} runs each")
        print(f"{'':24}{'fit':>9}{'cores':>9}{'prep':>9}{'sweeps':>8}{'MB':>7}{'log-likelihood':>18}{'right':>8}")
        middles = {}
        for tool, lines in runs.items():
            posterior = np.load(folder / ("plain.npy" if tool == "labelqa" else "peer.npy"))
            middle = {key: statistics.median(line[key] for line in lines) for key in lines[0]}
            middles[tool] = middle
            right = (posterior.argmax(axis=1) == seen).mean()
            print(f"{tool + ', ML':24}{middle['seconds']:>8.2f}s{middle['cpu']:>8.2f}s{middle['prep']:>8.2f}s{middle['sweeps']:>8.0f}"
                  f"{middle['megabytes']:>7.0f}{log_likelihood(answers, posterior):>18.4f}{right:>8.4f}")  # fmt: skip
        default = statistics.median(line["default"] for line in runs["labelqa"])
        right = (np.load(folder / "default.npy").argmax(axis=1) == seen).mean()
        print(f"{'labelqa, default prior':24}{default:>8.2f}s{'':51}{right:>8.4f}")
        for tool in list(words)[1:]:
            ratio = [middles[tool][key] / middles["labelqa"][key] for key in ("seconds", "cpu")]
            print(f"{tool} / labelqa: {ratio[0]:.1f} by the clock, {ratio[1]:.1f} of all cores together")


def prior(seeds: int) -> None:
    """Share of items labelled rightly on small data; a tie counts in part."""
    print(f"\n{'labels, skill':28}{'majority':>10}{'ML':>8}{'MAP 5':>8}{'MAP 20':>8}")
    for labels, slots, lost, skill in SMALL:
        rows = []
        for seed in range(seeds):
            answers, truth = made(labels, slots, lost, skill, seed)
            models = [majority(answers), *(dawid_skene(answers, strength=s, search=Search()) for s in (0, 5, 20))]
            seen = truth[models[0].consensus.item]
            wins = [model.consensus.winners for model in models]
            rows.append([(win[np.arange(len(seen)), seen] / win.sum(axis=1)).mean() for win in wins])
        middle = "".join(f"{share:>8.4f}" for share in np.mean(rows, axis=0))
        print(f"{f'{labels:,}, {slots * (1 - lost):.1f} an item, Beta{skill}':30}{middle}")


def main() -> None:
    """Parse, run, print."""
    here = sys.executable if find_spec("crowdkit") else ""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--seeds", type=int, default=8, help="data sets in each row of the second table")
    parser.add_argument("--peer-python", default=here, help="the Python of an environment with crowd-kit 1.4.2")
    parser.add_argument("--fit", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fit:
        ours(given.fit)
        return
    if not given.peer_python:
        print("without --peer-python crowd-kit is left out; to have it:\n"
              "  python -m venv crowd && crowd/bin/pip install crowd-kit==1.4.2\n")  # fmt: skip
    speed(given)
    prior(given.seeds)


if __name__ == "__main__":
    main()
