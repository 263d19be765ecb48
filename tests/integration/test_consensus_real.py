"""Consensus and annotators of real sets through the commands that a user runs, against their gold and published counts.

The errors of the majority and of Dawid and Skene's model on the bluebirds are those that the README of the data tells.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from labelqa.adapters.cli.main import main

pytestmark = pytest.mark.shared


def rows_of(path: Path) -> list[dict[str, str]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:  # type: ignore[operator]
        return list(csv.DictReader(file))


def written(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def workspace(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A workspace with a real set as its frozen batch b; each is made once."""
    made: dict[str, Path] = {}

    def making(name: str) -> Path:
        if name not in made:
            made[name] = frozen(shared / "data" / name, tmp_path_factory.mktemp(name))
        return made[name]

    return making


def frozen(data: Path, folder: Path) -> Path:
    (labels,) = data.glob("labels.csv*")
    rows = rows_of(labels)
    declared = ",".join(sorted({row["label"] for row in rows}))
    kind: tuple[str, ...] = ()
    if data.name == "pandalm":
        sides = {row["item_id"]: row for row in rows_of(data / "items.csv.gz")}
        words = {"1": "left", "2": "right", "0": "tie"}
        rows = [
            row
            | {"label": words[row["label"]]}
            | {"data.left": sides[row["item_id"]]["model1"], "data.right": sides[row["item_id"]]["model2"]}
            for row in rows
        ]
        declared, kind = "left,right,tie", ("--answers", "pairwise")
    if data.name == "crowdspeech_dev_clean":
        items = set(sorted({row["item_id"] for row in rows})[:400])
        rows, declared, kind = [row for row in rows if row["item_id"] in items], "", ("--answers", "text")
    told = ("--labels", declared) if declared else ()
    declare = ("batch", "declare", "b", "--kind", "functional", "--organizer", "O", *told, *kind)
    gold = (("gold", "import", data / "gold.csv"),) if (data / "gold.csv").is_file() else ()
    for words in (("init", folder / "ws"), *gold, declare, ("import", written(folder / "t.csv", rows))):
        call(folder, *words)
    call(folder, "batch", "freeze", "b")
    return folder / "ws"


def call(folder: Path, *words: object) -> None:
    place = () if words[0] == "init" else ("--workspace", folder / "ws")
    assert main([str(word) for word in (*words, *place)], env={}, start=folder) == 0


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """The JSON that a command prints."""

    def telling(*words: object, at: Path) -> Any:
        capfd.readouterr()
        code = main([*map(str, words), "--json", "--workspace", str(at)], env={}, start=at.parent)
        out, err = capfd.readouterr()
        assert (code, err) == (0, "")
        return json.loads(out)

    return telling


def consensus(at: Path, *words: object) -> Iterator[dict[str, str]]:
    out = at.parent / "out.csv"
    assert main(["consensus", "b", *map(str, words), "--out", str(out), "--workspace", str(at)], env={}) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def wrong(shared: Path, name: str, rows: Iterator[dict[str, str]]) -> int:
    gold = {row["item_id"]: row["label"] for row in rows_of(shared / "data" / name / "gold.csv")}
    found = {row["item_id"]: row["consensus"] for row in rows}
    assert found.keys() == gold.keys()
    return sum(found[item] != label for item, label in gold.items())


@pytest.mark.parametrize(("words", "errors"), [(("--model", "majority"), 26), (("--strength", "0"), 11)])
def test_errors_on_the_bluebirds_are_the_published_ones(shared, workspace, words, errors):
    assert wrong(shared, "bluebirds", consensus(workspace("bluebirds"), *words)) == errors


def test_the_usual_model_beats_the_majority_on_the_bluebirds(shared, workspace):
    assert wrong(shared, "bluebirds", consensus(workspace("bluebirds"))) <= 15


def test_with_gold_held_fixed_the_consensus_is_gold(shared, workspace):
    assert wrong(shared, "bluebirds", consensus(workspace("bluebirds"), "--gold")) == 0


def test_accuracy_on_gold_is_as_counted_and_the_model_comes_near_it(shared, workspace, told):
    """Nobody told the model the truth: for three annotators in four its interval holds the share right on gold."""
    data = shared / "data" / "bluebirds"
    gold = {row["item_id"]: row["label"] for row in rows_of(data / "gold.csv")}
    right: dict[str, list[bool]] = {}
    for row in rows_of(data / "labels.csv"):
        right.setdefault(row["annotator_id"], []).append(row["label"] == gold[row["item_id"]])
    people = told("annotators", "b", at=workspace("bluebirds"))["annotators"]
    assert {each["name"]: each["gold"]["point"] for each in people} == {
        name: sum(answers) / len(answers) for name, answers in right.items()
    }
    assert round(min(each["gold"]["point"] for each in people), 2) == 0.32  # as the README of the data tells
    inside = [each["accuracy"]["low"] <= each["gold"]["point"] <= each["accuracy"]["high"] for each in people]
    assert len(inside) == 39
    assert sum(inside) >= 30


def test_who_says_positive_to_nearly_everything_is_named(workspace, told):
    found = told("annotators", "b", at=workspace("weather_sentiment_amt"))
    assert len(found["annotators"]) == 110
    favourites = {
        each["name"]: each["favourite"] for each in found["annotators"]
        if any(flag["code"] == "favourite" for flag in each["flags"])
    }  # fmt: skip
    assert {"w081", "w083"} <= favourites.keys()
    assert len(favourites) <= 6
    assert (favourites["w083"]["label"], favourites["w083"]["count"], favourites["w083"]["n"]) == ("2", 106, 107)
    w003 = next(each for each in found["annotators"] if each["name"] == "w003")
    assert w003["median_seconds"] == 6.0
    assert w003["speed"]["timed"] == w003["annotations"]
    assert found["copies"] == []


def test_the_models_that_people_preferred_come_in_their_order(workspace, told):
    words = ("consensus", "b", "--model", "bradley-terry", "--compared", "data.left,data.right")
    found = told(*words, at=workspace("pandalm"))
    assert found["comparisons"] == 2_997
    order = ["llama-7b", "pythia-6.9b", "bloom-7b", "opt-7b", "cerebras-gpt-6.7B"]
    assert [each["option"] for each in found["options"]] == order
    assert sum(each["preferred"] for each in found["options"]) == sum(each["passed_over"] for each in found["options"])
    assert abs(sum(each["strength"]["point"] for each in found["options"])) < 1e-9


def test_combined_transcripts_are_nearer_to_the_truth_than_people_s(shared, workspace):
    from rapidfuzz.distance import Levenshtein

    from labelqa.stats.annotators.transcripts import spoken_words

    data = shared / "data" / "crowdspeech_dev_clean"
    gold = {row["item_id"]: row["label"].split() for row in rows_of(data / "gold.csv.gz")}
    made = {row["item_id"]: row["transcript"].split() for row in consensus(workspace(data.name), "--model", "rover")}
    heard = [(row["item_id"], spoken_words(row["label"])) for row in rows_of(data / "labels.csv.gz")]
    words = sum(len(gold[item]) for item in made)
    combined = sum(Levenshtein.distance(gold[item], text) for item, text in made.items()) / words
    own = [(item, text) for item, text in heard if item in made]
    single = sum(Levenshtein.distance(gold[item], list(text)) for item, text in own)
    assert len(made) == 400
    assert combined < 0.09 < single / sum(len(gold[item]) for item, _ in own)
