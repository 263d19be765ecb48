"""Distances and the agreement they give, beside published values and those of other tools on real data."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.distances import distance_alpha
from labelqa.stats.distance.numbers import Squared
from labelqa.stats.distance.sets import Exact, Jaccard, Masi
from labelqa.stats.distance.text import ErrorRate

pytestmark = pytest.mark.shared
SETS = {"jaccard_distance": Jaccard(), "masi_distance": Masi()}


@cache
def figures(folder: Path, name: str) -> dict[str, float]:
    with (folder / "data" / "reference_figures.csv").open(encoding="utf-8") as file:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(file) if row["set"] == name}


def test_distances_of_label_sets(shared):
    listed = json.loads((shared / "reference" / "reference_values.json").read_text("utf-8"))["cases"]
    cases = [case for case in listed if case["topic"] == "multilabel"]
    checked = 0
    for case in cases:
        for entry in case["expected"]:
            distance = SETS[entry["measure"]]
            ones, others = (
                [distance.read(json.dumps(each)) for each in side] for side in zip(*case["data"]["pairs"], strict=True)
            )
            assert distance.between(ones, others) == pytest.approx(entry["value"], abs=entry["tol"])
            checked += 1
    assert checked == 2


def test_word_error_rates_of_crowdsourced_transcripts(shared):
    folder, expected = shared / "data" / "crowdspeech_dev_clean", figures(shared, "crowdspeech_dev_clean")
    said, gold = (
        pd.read_csv(folder / f"{name}.csv.gz", dtype=str, keep_default_na=False) for name in ("labels", "gold")
    )
    wer = ErrorRate()
    references = {item: wer.read(text) for item, text in zip(gold["item_id"], gold["label"], strict=True)}
    rates = wer.between([wer.read(text) for text in said["label"]], [references[item] for item in said["item_id"]])
    best = pd.Series(rates).groupby(said["item_id"]).min()
    assert round(100 * rates.mean(), 2) == expected["mean WER of single transcriptions, %"]
    assert round(100 * best.mean(), 2) == expected["mean WER of the best transcription per item (oracle), %"]


def patterns(read: pd.DataFrame, column: str) -> Patterns:
    values = sorted(read[column].unique())
    counts = pd.crosstab(read["item_id"], read[column]).reindex(columns=values).to_numpy()
    return Patterns.of(counts, tuple(map(str, values)))


def square_of(labels: tuple[str, ...], distance) -> np.ndarray:
    read = [distance.read(label) for label in labels]
    ones, others = zip(*((one, other) for one in read for other in read), strict=True)
    return distance.between(ones, others).reshape(len(read), len(read))


def ordinal(table: Patterns) -> np.ndarray:
    """Krippendorff's ordinal metric from the margins: labels in between, and half of the two ends, squared."""
    counted = table.counts[table.counts.sum(axis=1) > 1].T @ table.weight[table.counts.sum(axis=1) > 1]
    middle = np.cumsum(counted) - counted / 2
    return (middle[:, None] - middle[None, :]) ** 2


@pytest.mark.parametrize("quality", ["malignancy", "subtlety", "texture", "spiculation"])
def test_ratings_of_lung_nodules(shared, quality):
    read = pd.read_csv(shared / "data" / "lidc_even" / "ratings.csv.gz")
    table, expected = patterns(read, quality), figures(shared, "lidc_even")
    for level, matrix in (("ordinal", ordinal(table)), ("interval", square_of(table.labels, Squared()))):
        found = distance_alpha(table, matrix)
        assert round(found.point, 4) == expected[f"Krippendorff alpha ({level}) of {quality}"]
        assert found.low < found.point < found.high


KINDS = ("ableism", "homophobic", "intellectual", "racist", "sexist", "sex_harassment", "transphobic")


@pytest.fixture(scope="module")
def abuse(shared) -> pd.DataFrame:
    read = pd.read_csv(shared / "data" / "convabuse" / "labels.csv.gz", keep_default_na=False)
    return read.drop_duplicates(["item_id", "annotator_id"], keep="first")


@pytest.mark.parametrize("kind", KINDS)
def test_each_type_of_abuse_by_itself(shared, abuse, kind):
    given = abuse.assign(given=[str(int(kind in types.split("|"))) for types in abuse["types"]])
    table = patterns(given, "given")
    found = distance_alpha(table, square_of(table.labels, Exact()))
    assert found.point == pytest.approx(
        figures(shared, "convabuse")[f"Krippendorff alpha (nominal) type={kind}"], abs=5.1e-5
    )


def test_all_types_of_abuse_at_once(abuse):
    """Sets with shared labels agree in part: MASI lies between exact sets and Jaccard, the single types around."""
    given = abuse.assign(given=[json.dumps(sorted(types.split("|")) if types else []) for types in abuse["types"]])
    table = patterns(given, "given")
    exact, masi, jaccard = (
        distance_alpha(table, square_of(table.labels, each)).point for each in (Exact(), Masi(), Jaccard())
    )
    assert 0.4 < exact < masi < jaccard < 0.8
