"""Real sets with gold answers through ``labelqa accuracy --against gold``, beside scikit-learn and published figures."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

pytestmark = pytest.mark.shared

SETS = {
    "bluebirds": ("labels.csv", "gold.csv"),
    "music_style": ("labels.csv", "gold.csv"),
    "weather_sentiment_amt": ("labels.csv.gz", "gold.csv"),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def reported(
    place: Any, folder: Path, files: tuple[str, str]
) -> tuple[Any, dict[tuple[str, str], str], dict[str, str]]:
    """The report, each annotator's first answer, and gold."""
    labels, gold = (rows_of(folder / name) for name in files)
    place.take(folder / files[0])
    place.run("gold", "import", folder / files[1])
    declared = sorted({row["label"] for row in [*labels, *gold]})
    place.run("batch", "declare", "b", "--kind", "functional", "--labels", ",".join(declared), "--organizer", "o")
    place.run("batch", "freeze", "b", "--repeats", "first")
    answers: dict[tuple[str, str], str] = {}
    for row in labels:
        answers.setdefault((row["item_id"], row["annotator_id"]), row["label"])
    return place.run("accuracy", "b", "--against", "gold"), answers, {row["item_id"]: row["label"] for row in gold}


@pytest.mark.parametrize("name", SETS)
def test_gold_tables_as_scikit_learn_has_them(shared: Path, place: Any, name: str) -> None:
    report, answers, gold = reported(place, shared / "data" / name, SETS[name])
    compared = {key: label for key, label in answers.items() if key[0] in gold}
    due, said = [gold[item] for item, _ in compared], list(compared.values())
    found = report["answers"]
    labels = found["matrix"]["labels"]
    assert found["n"] == len(compared)
    assert found["correct"] == sum(one == other for one, other in zip(due, said, strict=True))
    assert found["matrix"]["counts"] == confusion_matrix(due, said, labels=labels).tolist()
    columns = precision_recall_fscore_support(due, said, labels=labels, zero_division=float("nan"))
    for score, precision, recall, f1, _ in zip(found["scores"], *columns, strict=True):
        for figure, value in ((score["precision"], precision), (score["recall"], recall), (score["f1"], f1)):
            assert figure["point"] == pytest.approx(value)
            assert figure["low"] <= figure["point"] <= figure["high"]
    people: dict[str, list[bool]] = defaultdict(list)
    for (item, who), label in compared.items():
        people[who].append(label == gold[item])
    assert {each["name"]: (each["correct"], each["n"]) for each in report["team"]["annotators"]} == {
        who: (sum(mine), len(mine)) for who, mine in people.items()
    }


@pytest.mark.parametrize("name", SETS)
def test_labels_of_record_as_right_as_a_plain_majority(shared: Path, place: Any, name: str) -> None:
    report, answers, gold = reported(place, shared / "data" / name, SETS[name])
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for (item, _), label in answers.items():
        votes[item][label] += 1
    clear = {
        item: label for item, mine in votes.items() for label, n in mine.items() if 2 * n > sum(mine.values())
    }  # the declared rule: more than half
    decided = [item for item in gold if item in clear]
    record = report["record"]
    assert (record["n"], report["undecided"]) == (len(decided), sum(item in votes for item in gold) - len(decided))
    assert record["correct"] == sum(clear[item] == gold[item] for item in decided)
    known = {
        row["quantity"]: float(row["value"])
        for row in rows_of(shared / "data" / "reference_figures.csv")
        if row["set"] == name and row["quantity"].startswith("accuracy vs gold, MV")
    }
    assert known
    if len(decided) == len(gold):  # nothing is disputed: the published accuracy of the majority itself
        assert record["accuracy"]["point"] == pytest.approx(known["accuracy vs gold, MV"], abs=6e-5)


def test_answers_to_hard_items_do_not_pass_for_independent_ones(shared: Path, place: Any) -> None:
    """39 answers to each of 108 birds: the interval is over birds, much wider than Wilson's over 4,212 answers."""
    from labelqa.stats.proportion import wilson

    report, *_ = reported(place, shared / "data" / "bluebirds", SETS["bluebirds"])
    figure = report["answers"]["accuracy"]
    plain = wilson(report["answers"]["correct"], report["answers"]["n"])
    assert figure["n"] == plain.n == 4_212
    assert figure["high"] - figure["low"] > 2 * (plain.high - plain.low)
