"""Every worked example of agreement among annotators, and the figures of other tools on real sets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Answers, Patterns
from labelqa.stats.agreement import brennan_prediger, fleiss_kappa, krippendorff_alpha, percent_agreement
from labelqa.stats.agreement.benchmark import fleiss_null
from labelqa.stats.agreement.coefficients import linearised
from labelqa.stats.agreement.continuous import alpha_of_numbers
from labelqa.stats.agreement.labels import label_alpha, label_kappa
from labelqa.stats.agreement.linearised import Linearised, estimate_of
from labelqa.stats.agreement.raters import conger_kappa, light_kappa, linearised_conger
from labelqa.stats.agreement.tables import bangdiwala_b

pytestmark = pytest.mark.shared
PATTERNS = {
    "gwet_ac": "gwet-ac2",
    "gwet_ac1": "gwet-ac1",
    "fleiss_kappa": "fleiss-kappa",
    "scott_pi": "fleiss-kappa",
    "krippendorff_alpha_gwet_form": "krippendorff-alpha",
    "brennan_prediger": "brennan-prediger",
    "percent_agreement": "percent-agreement",
}


@cache
def cases(folder: Path, topic: str) -> list[dict[str, Any]]:
    listed = json.loads((folder / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    return [case for case in listed if case["topic"] == topic]


def answers_of(data: dict[str, Any]) -> Answers:
    """One row an item, annotator and answer; nothing where the answer is missing."""
    if data["type"] == "table":
        table = np.array(data["rows_rater1_cols_rater2"])
        units = [[i + 1, j + 1] for i, j in np.ndindex(*table.shape) for _ in range(table[i, j])]
        labels = list(range(1, len(table) + 1))
    else:
        units = data["units_by_raters"]
        labels = sorted({value for unit in units for value in unit if value is not None})
    rows = [
        (item, who, labels.index(value))
        for item, unit in enumerate(units)
        for who, value in enumerate(unit)
        if value is not None
    ]
    item, annotator, label = np.array(rows, dtype=np.int32).T
    return Answers(
        labels=tuple(str(each) for each in labels), item=item.copy(), annotator=annotator.copy(), label=label.copy()
    )


def patterns_from(answers: Answers) -> Patterns:
    q = len(answers.labels)
    items, run = np.unique(answers.item, return_inverse=True)
    counts = np.bincount(run * q + answers.label, minlength=len(items) * q).reshape(-1, q)
    return Patterns.of(counts, answers.labels)


def patterns_of(data: dict[str, Any]) -> Patterns:
    if data["type"] == "counts":
        matrix = np.array(data["items_by_categories"])
        return Patterns.of(matrix, tuple(str(i + 1) for i in range(matrix.shape[1])))
    return patterns_from(answers_of(data))


def label_of(entry: dict[str, Any], patterns: Patterns) -> int:
    return patterns.labels.index(str(entry["params"]["category"]))


CLASSIC: dict[str, Callable[[dict[str, Any], dict[str, Any]], float]] = {
    "krippendorff_alpha": lambda data, entry: (
        krippendorff_alpha(patterns_of(data), metric=entry["params"]["level"]).point
    ),
    "krippendorff_alpha_category": lambda data, entry: (
        label_alpha(patterns_of(data), label_of(entry, patterns_of(data))).point
    ),
    "fleiss_kappa_category": lambda data, entry: (
        label_kappa(patterns_of(data), label_of(entry, patterns_of(data))).point
    ),
    "fleiss_kappa": lambda data, _: fleiss_kappa(patterns_of(data)).point,
    "fleiss_po": lambda data, _: percent_agreement(patterns_of(data)).point,
    "fleiss_z_h0": lambda data, _: fleiss_null(patterns_of(data)).z,
    "fleiss_se_h0": lambda data, _: fleiss_null(patterns_of(data)).error,
    "fleiss_se_gwet": lambda data, _: linearised("fleiss-kappa", patterns_of(data)).error,
    "conger_exact_kappa": lambda data, _: conger_kappa(answers_of(data)).point,
    "light_kappa": lambda data, _: light_kappa(answers_of(data)).point,
    "gwet_ac1": lambda data, _: linearised("gwet-ac1", patterns_of(data)).point,
    "randolph_kappa": lambda data, _: brennan_prediger(patterns_of(data)).point,
}


def test_every_worked_example_of_the_papers(shared: Path):
    compared = 0
    for case in cases(shared, "agreement"):
        for entry in case["expected"]:
            value = CLASSIC[entry["measure"]](case["data"], entry)
            assert value == pytest.approx(entry["value"], abs=entry["tol"]), (case["id"], entry["measure"])
            compared += 1
    assert compared == 33


def form_of(entry: dict[str, Any]) -> str:
    form = entry.get("params", {}).get("weights", "identity")
    return "identity" if form == "unweighted" else form


def gwet_result(data: dict[str, Any], entry: dict[str, Any]) -> tuple[Linearised, Estimate]:
    weights = form_of(entry)
    if entry["measure"] in ("conger_kappa", "cohen_kappa"):
        answers = answers_of(data)
        return linearised_conger(answers, weights=weights), conger_kappa(answers, weights=weights)
    patterns = patterns_of(data)
    result = linearised(PATTERNS[entry["measure"]], patterns, weights=weights)
    return result, estimate_of(result, n=patterns.items_with_pairs, degrees=patterns.items - 1, confidence=0.95)


def printed_interval(entry: dict[str, Any]) -> tuple[float, float] | None:
    for each in entry["verified"]:
        if each["with"].startswith("R irrCAC 1.4") and isinstance(each["value"], dict):
            low, high = re.findall(r"-?[\d.]+", each["value"]["ci"])
            return float(low), float(high)
    return None


def test_every_example_of_gwet_with_its_error_and_interval(shared: Path):
    compared = errors = intervals = 0
    for case in cases(shared, "agreement_gwet"):
        data = case["data"]
        for entry in case["expected"]:
            told = (case["id"], entry["measure"], form_of(entry))
            if entry["measure"] == "bangdiwala_b":
                assert bangdiwala_b(data["rows_rater1_cols_rater2"]).point == pytest.approx(
                    entry["value"], abs=entry["tol"]
                )
                compared += 1
                continue
            result, estimate = gwet_result(data, entry)
            assert result.point == pytest.approx(entry["value"], abs=entry["tol"]), told
            compared += 1
            # tables: irrCAC divides by n there, elsewhere by n - 1
            shrink = sqrt(1 - 1 / result.items) if data["type"] == "table" else 1.0
            # counts: irrCAC 1.0 lost a factor of 2 in the chance term of alpha's distribution form
            if not (data["type"] == "counts" and "alpha" in entry["measure"]):
                assert result.error * shrink == pytest.approx(entry["se"], abs=entry["se_tol"]), told
                errors += 1
            if "pe" in entry:
                assert result.expected == pytest.approx(entry["pe"], abs=1e-9), told
            if data["type"] == "raw" and (printed := printed_interval(entry)):
                assert (estimate.low, estimate.high) == pytest.approx(printed, abs=6e-4), told
                intervals += 1
    assert (compared, errors, intervals) == (150, 146, 102)


def test_the_distribution_form_of_irrcac_1_0_lost_half_of_the_chance_term(shared: Path):
    """The printed errors of alpha from counts lack half of it; ours are those of the raw form."""
    compared = 0
    for case in cases(shared, "agreement_gwet"):
        if case["data"]["type"] != "counts":
            continue
        entry = next(each for each in case["expected"] if "alpha" in each["measure"])
        c = np.array(case["data"]["items_by_categories"], dtype=float)
        n, r, small = len(c), c.sum(axis=1), 1 / c.sum()
        pi = c.sum(axis=0) / c.sum()
        chance, pe = c @ pi / r, float(pi @ pi)
        plain = (c * (c - 1)).sum(axis=1) / (r * (r - 1))
        corrected = (1 - small) * plain + small
        errors = []
        for pa, share in ((corrected, 1), (plain, 2)):
            centre = (float(pa.mean()) - pe) / (1 - pe)
            x = (pa - pe) / (1 - pe) - share * (1 - centre) * (chance - pe) / (1 - pe)
            errors.append(sqrt(float(((x - centre) ** 2).sum()) / (n * (n - 1))))
        assert errors[0] == pytest.approx(entry["se"], abs=entry["se_tol"])
        ours = linearised("krippendorff-alpha", patterns_of(case["data"])).error
        assert ours == pytest.approx(errors[1], abs=1e-12)
        assert ours != pytest.approx(entry["se"], abs=1e-4)
        compared += 1
    assert compared == 2


# real sets -----------------------------------------------------------------------------------------------------------

FORMS = {
    "Gwet AC1/AC2": "gwet-ac2",
    "Fleiss kappa": "fleiss-kappa",
    "Krippendorff alpha": "krippendorff-alpha",
    "Brennan-Prediger": "brennan-prediger",
}
LEVELS = ("nominal", "ordinal", "interval")


@cache
def figures(folder: Path) -> pd.DataFrame:
    listed = pd.read_csv(folder / "data" / "reference_figures.csv", dtype=str, keep_default_na=False)
    return listed[listed["kind"] == "independent-tool"]


@cache
def answers_in(folder: Path, name: str, column: str, file: str = "labels") -> Answers:
    """A set's answers, an annotator's first for each item; labels in rising order, as numbers where they are."""
    path = next((folder / "data" / name).glob(f"{file}.csv*"))
    read = pd.read_csv(path, dtype=str, keep_default_na=False)
    read = read[~read[column].isin(["", "NULL"])].drop_duplicates(["item_id", "annotator_id"], keep="first")
    return answers_from(read["item_id"], read["annotator_id"], read[column])


def answers_from(item: pd.Series, annotator: pd.Series, label: pd.Series) -> Answers:
    labels = sorted(label.unique(), key=lambda each: (0, float(each)) if re.fullmatch(r"-?\d+", each) else (1, each))
    columns = pd.DataFrame({
        "item": pd.factorize(item)[0].astype(np.int32),
        "annotator": pd.factorize(annotator)[0].astype(np.int32),
        "label": label.map({each: i for i, each in enumerate(labels)}).to_numpy().astype(np.int32),
    }).sort_values(["item", "annotator"], kind="stable")  # fmt: skip
    return Answers(
        labels=tuple(labels), **{name: columns[name].to_numpy().copy() for name in ("item", "annotator", "label")}
    )


COLUMNS = {"convabuse": "severity"}
FILES = {"xsum_hallucination": "factuality"}


def of_set(folder: Path, name: str) -> Answers:
    return answers_in(folder, name, COLUMNS.get(name, "label"), FILES.get(name, "labels"))


def test_every_figure_of_irrcac_on_real_sets(shared: Path):
    listed = figures(shared)
    compared = 0
    for row in listed[listed["source"].str.startswith("irrCAC")].itertuples():
        found = re.fullmatch(r"(.+) \((\w+) weights\)", row.quantity)
        assert found, row.quantity
        name, weights = found.groups()
        answers = of_set(shared, row.set)
        patterns = patterns_from(answers)
        if name == "Conger kappa":
            result, estimate = linearised_conger(answers, weights=weights), conger_kappa(answers, weights=weights)
        else:
            result = linearised(FORMS[name], patterns, weights=weights)
            estimate = estimate_of(result, n=1, degrees=patterns.items - 1, confidence=0.95)
        error, low, high, pa, pe = map(float, re.findall(r"-?\d+\.?\d*(?=[,) ]|$)", row.note.replace("95%", "")))
        told = (row.set, row.quantity)
        assert estimate.point == pytest.approx(float(row.value), abs=6e-5), told
        assert result.expected == pytest.approx(pe, abs=5.1e-6), told
        # version 0.4.4 centres alpha's influence on another value than 1.4, which is followed here
        close = 3e-5 if "alpha" in name else 5.1e-6
        assert result.error == pytest.approx(error, abs=close), told
        assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=2 * close), told
        if "alpha" not in name:
            assert result.observed == pytest.approx(pa, abs=5.1e-6), told
        compared += 1
    assert compared == 50


def test_every_alpha_and_fleiss_kappa_of_other_tools_on_real_sets(shared: Path):
    listed = figures(shared)
    compared = 0
    for row in listed[
        listed["quantity"].str.fullmatch(r"Krippendorff alpha \((nominal|ordinal|interval)\)")
    ].itertuples():
        level = row.quantity.partition("(")[2].rstrip(")")
        found = krippendorff_alpha(patterns_from(of_set(shared, row.set)), metric=level)
        assert found.point == pytest.approx(float(row.value), abs=6e-5), (row.set, level)
        assert found.low < found.point < found.high
        compared += 1
    for row in listed[listed["quantity"] == "Fleiss kappa"].itertuples():
        items, size = map(int, re.match(r"(\d+) items with exactly (\d+)", row.note).groups())
        patterns = patterns_from(of_set(shared, row.set))
        kept = patterns.counts.sum(axis=1) == size
        full = Patterns(labels=patterns.labels, counts=patterns.counts[kept], weight=patterns.weight[kept])
        assert full.items == items
        assert fleiss_kappa(full).point == pytest.approx(float(row.value), abs=6e-5), row.set
        compared += 1
    assert compared == 29


def test_lidc_ratings_at_two_levels(shared: Path):
    listed = figures(shared)
    rows = listed[(listed["set"] == "lidc_even") & listed["quantity"].str.startswith("Krippendorff")]
    compared = 0
    for row in rows.itertuples():
        level, column = re.fullmatch(r"Krippendorff alpha \((\w+)\) of (\w+)", row.quantity).groups()
        read = pd.read_csv(shared / "data" / "lidc_even" / "ratings.csv.gz")
        found = alpha_of_numbers(pd.factorize(read["item_id"])[0], read[column], level=level)
        assert found.point == pytest.approx(float(row.value), abs=6e-5), row.quantity
        compared += 1
    assert compared == 8


def test_convabuse_types_one_by_one(shared: Path):
    listed = figures(shared)
    path = shared / "data" / "convabuse" / "labels.csv.gz"
    read = pd.read_csv(path, dtype=str, keep_default_na=False).drop_duplicates(["item_id", "annotator_id"])
    compared = 0
    for row in listed[listed["set"] == "convabuse"].itertuples():
        if not (found := re.fullmatch(r"Krippendorff alpha \(nominal\) type=(\w+)", row.quantity)):
            continue
        given = read["types"].str.split("|").map(lambda types, wanted=found[1]: wanted in types)
        answers = answers_from(read["item_id"], read["annotator_id"], given.map({True: "yes", False: "no"}))
        alpha = krippendorff_alpha(patterns_from(answers))
        assert alpha.point == pytest.approx(float(row.value), abs=6e-5), row.quantity
        compared += 1
    assert compared == 7
