"""Coefficients on real multi-annotator data, beside the figures of other tools, through both engines."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from scipy.special import stdtrit

from labelqa.records.reductions import Patterns
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.python import PythonReducer
from labelqa.stats.agreement import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    pair_agreements,
    per_label,
)
from labelqa.stats.drift import low_outliers

pytestmark = pytest.mark.shared
SETS = {
    "anaesthesia": "label",
    "bluebirds": "label",
    "convabuse": "severity",
    "cos960": "label",
    "mlqe_enzh_catastrophic": "label",
    "music_style": "label",
    "pandalm": "label",
    "weather_sentiment_amt": "label",
    "xstest": "label",
}
QUANTITIES = {
    "Krippendorff alpha (nominal)": krippendorff_alpha,
    "Krippendorff alpha (identity weights)": krippendorff_alpha,
    "Gwet AC1/AC2 (identity weights)": gwet_ac1,
    "Fleiss kappa (identity weights)": fleiss_kappa,
}


def frozen(folder: Path, name: str) -> tuple[pa.Table, tuple[str, ...], list[str]]:
    """The set as a frozen batch: numbered items, annotators and labels, sorted; repeats left out."""
    path = next((folder / "data" / name).glob("labels.csv*"))
    read = pd.read_csv(path, dtype={"item_id": str, "annotator_id": str})
    read["given"] = read[SETS[name]].astype(str)
    # a tool that pivots keeps an annotator's first answer only
    read = read.drop_duplicates(["item_id", "annotator_id"], keep="first")
    labels, people = sorted(read["given"].unique()), sorted(read["annotator_id"].unique())
    read["item_no"] = pd.factorize(read["item_id"])[0]
    read["annotator_no"] = read["annotator_id"].map({who: i for i, who in enumerate(people)})
    read["label_no"] = read["given"].map({label: i for i, label in enumerate(labels)})
    read = read.sort_values(["item_no", "annotator_no"], kind="stable")
    table = pa.table(
        {
            "item_no": pa.array(read["item_no"], pa.int32()),
            "annotator_no": pa.array(read["annotator_no"], pa.int32()),
            "label_no": pa.array(read["label_no"], pa.int32()),
            "label": pa.array(list(read["given"])),
        }
    )
    return table, tuple(labels), people


def figures(folder: Path, name: str) -> dict[str, tuple[float, str]]:
    listed = pd.read_csv(folder / "data" / "reference_figures.csv", dtype=str, keep_default_na=False)
    mine = listed[listed["set"] == name]
    return {row.quantity: (row.value, row.note) for row in mine.itertuples()}


@pytest.mark.parametrize("name", SETS)
def test_coefficients_and_intervals(shared: Path, name: str):
    table, labels, _ = frozen(shared, name)
    patterns = DuckDBReducer().patterns(table, labels)
    assert patterns == PythonReducer().patterns(table, labels)
    compared = 0
    for quantity, (value, note) in figures(shared, name).items():
        if quantity in QUANTITIES:
            estimate = QUANTITIES[quantity](patterns)
            assert estimate.point == pytest.approx(float(value), abs=6e-5), quantity
            compared += 1
            # irrCAC 0.4.4 centres the influence for alpha otherwise than 1.4, which labelqa follows
            if (error := re.match(r"SE ([\d.]+)", note)) and "alpha" not in quantity:
                t = stdtrit(patterns.items - 1, 0.975)
                assert (estimate.high - estimate.point) / t == pytest.approx(float(error[1]), abs=6e-6), quantity
    assert compared


def test_pandalm_pairs_as_its_authors_publish(shared: Path):
    table, labels, people = frozen(shared, "pandalm")
    pairs = pair_agreements(DuckDBReducer().contingency(table, labels), people)
    known = figures(shared, "pandalm")
    assert [pair.shared for pair in pairs] == [999, 999, 999]
    for pair in pairs:
        value, note = known[f"Cohen kappa {pair.first}-{pair.second}"]
        assert pair.kappa.point == pytest.approx(float(value), abs=6e-5)
        assert round(pair.kappa.point, 2) == float(note.removeprefix("published "))


def test_xstest_two_annotators(shared: Path):
    table, labels, _ = frozen(shared, "xstest")
    square = DuckDBReducer().contingency(table, labels).table(0, 1)
    value = float(figures(shared, "xstest")["Cohen kappa [all]"][0])
    assert cohen_kappa(square).point == pytest.approx(value, abs=6e-5)


def test_convabuse_abusive_or_not(shared: Path):
    table, labels, _ = frozen(shared, "convabuse")
    patterns = DuckDBReducer().patterns(table, labels)
    abusive = [label for label in labels if int(label) < 0]
    columns = [labels.index(label) for label in abusive]
    counts = patterns.counts[:, columns].sum(axis=1)
    both = Patterns.of(
        [[a, r - a] for a, r in zip(counts, patterns.counts.sum(axis=1), strict=True)],
        ("abusive", "not"),
        weight=patterns.weight,
    )
    value = float(figures(shared, "convabuse")["Krippendorff alpha (nominal, abusive vs not)"][0])
    assert krippendorff_alpha(both).point == pytest.approx(value, abs=6e-5)
    line = per_label(both)[0]
    assert line.alpha.point == pytest.approx(value, abs=6e-5)


def test_bluebirds_annotators_worse_than_guessing_are_found(shared: Path):
    table, labels, people = frozen(shared, "bluebirds")
    gold = pd.read_csv(shared / "data" / "bluebirds" / "gold.csv", dtype=str).set_index("item_id")["label"]
    listed = pd.read_csv(shared / "data" / "bluebirds" / "labels.csv", dtype=str)
    items = {item: number for number, item in enumerate(dict.fromkeys(listed["item_id"]))}
    reference = {items[item]: labels.index(label) for item, label in gold.items()}
    table = table.append_column("week", pa.array(["2026-W47"] * len(table)))
    found = low_outliers(DuckDBReducer().against_reference(table, labels, reference))
    rates = (listed["label"] == listed["item_id"].map(gold)).groupby(listed["annotator_id"]).mean()
    assert {check.annotator: check.rate for check in found} == pytest.approx(
        {people.index(who): rate for who, rate in rates.items()}
    )
    flagged = {people[check.annotator] for check in found if check.flagged}
    assert flagged >= set(rates[rates < 0.45].index)
    assert not flagged & set(rates[rates > rates.mean()].index)
