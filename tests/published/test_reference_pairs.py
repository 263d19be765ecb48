"""Two annotators, numeric reliability, intervals and reviewer error against every worked value there is of them."""

from __future__ import annotations

import json
from functools import cache
from math import sqrt
from pathlib import Path

import pytest
from scipy.special import ndtri, stdtrit

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.agreement import margins, tables
from labelqa.stats.agreement.concordance import kendall_w
from labelqa.stats.agreement.icc import Form, icc, intraclass
from labelqa.stats.agreement.pairs import cohen_kappa
from labelqa.stats.agreement.tables import credit
from labelqa.stats.proportion import (
    agresti_coull,
    clopper_pearson,
    hypergeometric_interval,
    jeffreys,
    upper_bound,
    wald,
    wilson,
)
from labelqa.stats.reviewer_error import corrected, rogan_gladen

pytestmark = pytest.mark.shared
HALF = 0.5  # a narrow interval, from which the standard error can be read without being cut at 1
COUNTS = {"agreement_two_raters": 168, "icc": 6, "ranking_icc": 9, "intervals": 28, "reviewer_error": 3}


@cache
def cases(folder: Path) -> list[dict]:
    return json.loads((folder / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]


def expected(folder: Path, topic: str) -> list[tuple[dict, dict]]:
    return [(case, entry) for case in cases(folder) if case["topic"] == topic for entry in case["expected"]]


def near(found, entry: dict):
    assert found == pytest.approx(entry["value"], rel=0, abs=max(entry["tol"], 1e-15)), entry


def standard_error(estimate: Estimate) -> float:
    """As the papers give it, dividing by n: read off the interval's upper half."""
    name, _, degrees = estimate.method.partition("t(")
    half = estimate.high - estimate.point
    if "wilson" in name or "clopper" in name:
        raise AssertionError(f"no standard error behind {estimate.method}")
    if not degrees:
        return half / float(ndtri(0.75))
    return half / float(stdtrit(int(degrees.rstrip(")")), 0.75)) * sqrt(1 - 1 / estimate.n)


def weights_of(entry: dict):
    """How the reference writes credits: a name, or a matrix of disagreement in words."""
    params = entry.get("params") or {}
    words = params.get("weights", params.get("level", "identity"))
    if words in {"nominal", "identity", "unweighted"}:
        return "identity"
    if "[[0,1,3],[1,0,6],[3,6,0]]" in words:
        return credit([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    if "0.5 between Chck" in words:
        return credit([[0, 1, 0.5], [1, 0, 0.5], [0.5, 0.5, 0]])
    return words


COEFFICIENTS = {
    "percent_agreement": tables.percent_agreement,
    "cohen_kappa": tables.weighted_kappa,
    "weighted_kappa": tables.weighted_kappa,
    "scott_pi": tables.scott_pi,
    "bennett_s": tables.brennan_prediger,
    "brennan_prediger": tables.brennan_prediger,
    "gwet_ac1": tables.gwet_ac,
    "gwet_ac": tables.gwet_ac,
    "krippendorff_alpha": tables.krippendorff_alpha,
}
WITHOUT_INTERVAL = {"max_kappa": margins.maximum_kappa, "cohen_kappa_se0": margins.cohen_kappa_se0}
ERRORS = {"cohen_kappa_se", "weighted_kappa_se"}


def check_table(table: list[list[int]], entry: dict) -> None:
    measure = entry["measure"]
    if measure in WITHOUT_INTERVAL:
        near(WITHOUT_INTERVAL[measure](table), entry)
    elif measure in ERRORS:
        near(standard_error(tables.weighted_kappa(table, weights=weights_of(entry), confidence=HALF)), entry)
        if measure == "cohen_kappa_se":
            near(standard_error(cohen_kappa(table, confidence=HALF)), entry)
    elif measure == "cohen_kappa_category":
        near([margins.conditional_kappa(table, label).point for label in range(len(table))], entry)
    else:
        near(COEFFICIENTS[measure](table, weights=weights_of(entry)).point, entry)
        if measure == "cohen_kappa" and weights_of(entry) == "identity":
            near(cohen_kappa(table).point, entry)


def test_every_value_of_two_annotators(shared: Path):
    listed = expected(shared, "agreement_two_raters")
    for case, entry in listed:
        check_table(case["data"]["rows_rater1_cols_rater2"], entry)
    assert len(listed) == COUNTS["agreement_two_raters"]


@pytest.mark.parametrize("case", ["gwet_cont3x3abstractors", "gwet_cont4x4diagnosis"])
def test_irrcac_contingency_tables_with_their_standard_errors(shared: Path, case: str):
    [found] = [each for each in cases(shared) if each["id"] == case]
    table, compared = found["data"]["rows_rater1_cols_rater2"], 0
    for entry in found["expected"]:
        if entry["measure"] == "bangdiwala_b":
            estimate = tables.bangdiwala_b(table, confidence=HALF)
        elif entry["measure"] in COEFFICIENTS:
            estimate = COEFFICIENTS[entry["measure"]](table, weights=weights_of(entry), confidence=HALF)
        else:
            continue
        near(estimate.point, entry)
        compared += 1
        if estimate.method != "wilson":
            assert standard_error(estimate) == pytest.approx(entry["se"], abs=entry["se_tol"]), entry["measure"]
    assert compared == 16


def test_intervals_of_kappa_are_not_those_of_the_null_hypothesis(shared: Path):
    for case, entry in expected(shared, "agreement_two_raters"):
        if entry["measure"] == "cohen_kappa_se0":
            error = standard_error(cohen_kappa(case["data"]["rows_rater1_cols_rater2"], confidence=HALF))
            assert abs(error - entry["value"]) > 1e-4, case["id"]


def test_category_kappas_as_printed_are_of_one_label_against_the_rest(shared: Path):
    [(case, entry)] = [
        each for each in expected(shared, "agreement_two_raters") if each[1]["measure"] == "cohen_kappa_category"
    ]
    table = case["data"]["rows_rater1_cols_rater2"]
    printed = ", ".join(f"{margins.label_pi(table, label).point:.3f}" for label in range(4))
    assert printed == entry["printed"]


MODELS = {
    "oneway consistency single": Form.ONE_WAY,
    "oneway consistency average": Form.ONE_WAY_MEAN,
    "twoway consistency single": Form.CONSISTENCY,
    "twoway consistency average": Form.CONSISTENCY_MEAN,
    "twoway agreement single": Form.AGREEMENT,
    "twoway agreement average": Form.AGREEMENT_MEAN,
}


def check_icc(matrix: list[list[int]], entry: dict) -> None:
    params = entry["params"]
    form = Form(params["form"]) if "form" in params else MODELS[params["model"]]
    estimate = icc(matrix, form)
    near(estimate.point, entry)
    [line] = [each for each in intraclass(matrix) if each.form is form]
    assert line.figure == estimate
    assert line.f == pytest.approx(entry["F"], rel=1e-9)
    # R irr gives the mean of agreement degrees of freedom of its own; psych and pingouin carry the limits over as we do
    if params.get("model") != "twoway agreement average":
        assert [estimate.low, estimate.high] == pytest.approx(entry["ci95"], abs=entry.get("ci_tol", 1e-9))
        degrees = entry.get("df", [entry.get("df1"), entry.get("df2")])
        assert line.df1 == degrees[0]
        if form.value[4] != "2":
            assert line.df2 == degrees[1]


def test_every_intraclass_correlation(shared: Path):
    listed = expected(shared, "icc")
    for case, entry in listed:
        check_icc(case["data"]["units_by_raters"], entry)
    assert len(listed) == COUNTS["icc"]


def test_every_value_of_rankings(shared: Path):
    listed = expected(shared, "ranking_icc")
    for case, entry in listed:
        matrix = case["data"]["units_by_raters"]
        if entry["measure"] == "icc":
            check_icc(matrix, entry)
        elif entry["measure"] == "kendall_w_ties_chi2":
            found = kendall_w(matrix)
            near(found.chi2, entry)
            assert found.df == entry["params"]["df"]
            assert found.p == pytest.approx(entry["params"]["p"], rel=1e-9)
        else:
            near(kendall_w(matrix, corrected=entry["measure"] == "kendall_w_ties").figure.point, entry)
    assert len(listed) == COUNTS["ranking_icc"]


INTERVALS = {
    "wilson_95": wilson,
    "clopper_pearson_95": clopper_pearson,
    "agresti_coull_95": agresti_coull,
    "jeffreys_95": jeffreys,
    "wald_95": wald,
}


def test_every_interval_of_a_share(shared: Path):
    listed = expected(shared, "intervals")
    for _, entry in listed:
        x, n = entry["params"]["x"], entry["params"]["n"]
        if entry["measure"] in INTERVALS:
            share = INTERVALS[entry["measure"]](x, n)
            near([share.low, share.high], entry)
        else:
            batch = entry["params"]["N"]
            share = hypergeometric_interval(x, n, batch)
            assert [share.low * batch, share.high * batch] == pytest.approx(entry["value"], abs=1e-9)
            assert upper_bound(x, n, population=batch).high * batch == pytest.approx(entry["upper_one_sided_95"])
    assert len(listed) == COUNTS["intervals"]


def test_every_value_of_reviewer_error(shared: Path):
    known = {entry["measure"]: entry for _, entry in expected(shared, "reviewer_error")}
    apparent = wilson(45, 150)
    near([apparent.point, apparent.low, apparent.high], known["apparent"])
    true = corrected(apparent, sensitivity=0.95, specificity=0.90).true
    near([true.point, true.low, true.high], known["true"])
    near(rogan_gladen(4 / 80, sensitivity=0.90, specificity=0.87), known["true_below_zero"])
    below = corrected(wilson(4, 80), sensitivity=0.90, specificity=0.87).true
    assert isinstance(below, Unknown)
    assert below.reason == "below-false-alarms"
    assert len(known) == COUNTS["reviewer_error"]


def test_guessing_reviewers_are_refused():
    with pytest.raises(InsufficientData) as caught:
        rogan_gladen(0.3, sensitivity=0.4, specificity=0.6)
    assert caught.value.reason == "reviewers-guess"
