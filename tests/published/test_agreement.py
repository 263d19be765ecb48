"""Coefficients of agreement against the worked examples of their papers and of irrCAC."""

from __future__ import annotations

import json
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.special import stdtrit

from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    per_label,
    percent_agreement,
)

pytestmark = pytest.mark.shared
FUNCTIONS = {
    "krippendorff_alpha": krippendorff_alpha,
    "krippendorff_alpha_gwet_form": krippendorff_alpha,
    "fleiss_kappa": fleiss_kappa,
    "scott_pi": fleiss_kappa,  # Fleiss' kappa of two annotators
    "gwet_ac": gwet_ac1,
    "gwet_ac1": gwet_ac1,
    "percent_agreement": percent_agreement,
    "fleiss_po": percent_agreement,
}


@cache
def cases(folder: Path) -> dict:
    listed = json.loads((folder / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case for case in listed}


def patterns_of(data: dict, categories: int | None = None) -> Patterns:
    if data["type"] == "counts":
        matrix = np.array(data["items_by_categories"])
        return Patterns.of(matrix, tuple(str(i) for i in range(matrix.shape[1])))
    if data["type"] == "table":
        table = np.array(data["rows_rater1_cols_rater2"])
        size = len(table)
        rows = [np.eye(size)[i] + np.eye(size)[j] for i in range(size) for j in range(size)]
        kept = table.ravel() > 0
        matrix, weight = np.array(rows)[kept], table.ravel()[kept].astype(np.int64)
        return Patterns.of(matrix, tuple(str(i) for i in range(size)), weight=weight)
    units = data["units_by_raters"]
    labels = sorted({value for unit in units for value in unit if value is not None})
    matrix = [[sum(value == label for value in unit) for label in labels] for unit in units]
    return Patterns.of(matrix, tuple(str(label) for label in labels))


def nominal(entry: dict) -> bool:
    params = entry.get("params", {})
    return (
        params.get("weights", "identity") in ("identity", "unweighted") and params.get("level", "nominal") == "nominal"
    )


AGREEMENT = [
    "krippendorff2011_A",
    "krippendorff2011_B",
    "krippendorff2011_C",
    "krippendorff_wikipedia",
    "krippendorff1980_p139",
    "hayes_krippendorff2007",
    "fleiss1971",
    "fleiss_wikipedia",
    "cohen1960_p37",
    "cohen1960_p45",
    "artstein_poesio2008_1",
    "artstein_poesio2008_2",
    "agresti1992_p202",
    "landis_koch1977_ms_winnipeg",
    "landis_koch1977_ms_neworleans",
    "agresti_sexual_fun",
    "brennan_prediger1981_1",
    "brennan_prediger1981_2",
    "zwick1988_1",
    "zwick1988_2",
    "zwick1988_3",
    "kappa_paradox",
    "gwet_cac.raw4raters",
    "gwet_cac.raw5obser",
    "gwet_cac.raw.gender",
    "gwet_cac.ben.gerry",
    "gwet_distrib.6raters",
    "gwet_cac.dist4cat",
    "gwet_cont3x3abstractors",
    "gwet_cont4x4diagnosis",
]


def standard_error(estimate) -> float:
    degrees = int(estimate.method.partition("t(")[2].rstrip(")"))
    return (estimate.point - estimate.low) / float(stdtrit(degrees, 0.975))


@pytest.mark.parametrize("case", AGREEMENT)
def test_coefficient_and_its_standard_error(shared: Path, case: str):
    found = cases(shared)[case]
    patterns = patterns_of(found["data"])
    compared = 0
    for entry in found["expected"]:
        if entry["measure"] not in FUNCTIONS or not nominal(entry):
            continue
        estimate = FUNCTIONS[entry["measure"]](patterns)
        assert estimate.point == pytest.approx(entry["value"], abs=entry["tol"]), entry["measure"]
        compared += 1
        if "se" in entry and not (found["data"]["type"] == "counts" and "alpha" in entry["measure"]):
            # irrCAC divides by n in its contingency form; its distribution form of alpha (1.0) lost a factor of 2 in
            # the chance term, so that entry is not a reference
            shrink = sqrt(1 - 1 / patterns.items) if found["data"]["type"] == "table" else 1.0
            assert estimate.low > -1
            assert standard_error(estimate) * shrink == pytest.approx(entry["se"], abs=entry["se_tol"]), entry[
                "measure"
            ]
    assert compared


def test_interval_of_ac1_as_irrcac_prints_it(shared: Path):
    estimate = gwet_ac1(patterns_of(cases(shared)["gwet_cac.raw4raters"]["data"]))
    assert (round(estimate.low, 3), estimate.high) == (0.461, 1.0)
    assert estimate.method == "gwet-linearised, t(11)"
    alpha = krippendorff_alpha(patterns_of(cases(shared)["gwet_cac.raw4raters"]["data"]))
    assert round(alpha.low, 3) == 0.423  # irrCAC 1.4; 1.0 printed .419


def test_fleiss_interval_is_not_the_one_of_the_null_hypothesis(shared: Path):
    case = cases(shared)["fleiss1971"]
    error = standard_error(fleiss_kappa(patterns_of(case["data"])))
    known = {entry["measure"]: entry for entry in case["expected"]}
    assert error == pytest.approx(known["fleiss_se_gwet"]["value"], abs=known["fleiss_se_gwet"]["tol"])
    assert error > 2 * known["fleiss_se_h0"]["value"]


def test_alpha_of_each_label_against_the_rest(shared: Path):
    case = cases(shared)["krippendorff1980_p139"]
    lines = {line.label: line for line in per_label(patterns_of(case["data"]))}
    wanted = [entry for entry in case["expected"] if entry["measure"] == "krippendorff_alpha_category"]
    assert len(wanted) == 4
    for entry in wanted:
        line = lines[str(entry["params"]["category"])]
        assert line.alpha.point == pytest.approx(entry["value"], abs=entry["tol"])


TWO = [
    case for case in AGREEMENT if not case.startswith(("krippendorff", "hayes", "fleiss", "gwet_cac", "gwet_distrib"))
]


@pytest.mark.parametrize("case", TWO)
def test_cohen_kappa_and_its_large_sample_error(shared: Path, case: str):
    found = cases(shared)[case]
    table = np.array(found["data"]["rows_rater1_cols_rater2"])
    kappa = cohen_kappa(table, confidence=0.5)  # narrow, so that nothing is clipped
    known = {entry["measure"]: entry for entry in found["expected"] if nominal(entry)}
    assert kappa.point == pytest.approx(known["cohen_kappa"]["value"], abs=known["cohen_kappa"]["tol"])
    error = (kappa.point - kappa.low) / 0.6744897501960817
    printed = known["cohen_kappa_se"]["value"] if "cohen_kappa_se" in known else known["cohen_kappa"]["se"]
    assert error == pytest.approx(printed, abs=1e-9)
