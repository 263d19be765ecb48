"""Plans, intervals and control charts against printed tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labelqa.stats.acceptance import limit_defects, two_point, zero_acceptance
from labelqa.stats.drift import laney_chart, p_chart
from labelqa.stats.hypergeometric import is_at_most, written
from labelqa.stats.proportion import clopper_pearson, hypergeometric_interval, upper_bound, wilson

pytestmark = pytest.mark.shared


def expected(folder: Path, case: str) -> list[dict]:
    listed = json.loads((folder / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    return next(found for found in listed if found["id"] == case)["expected"]


def just_missing(population: int, defects: int) -> float:
    """An accuracy that is missed from ``defects`` on: the tables state the defects, a plan states the accuracy."""
    accuracy = round(1 - (defects - 0.5) / population, 9)
    assert limit_defects(population, accuracy) == defects
    return accuracy


def test_smallest_samples_that_find_a_defect_rate(shared: Path):
    compared = 0
    for population, _, c, defects, n in expected(shared, "hypergeom_detection_n")[0]["value"]:
        if defects == 0:
            continue
        holds = [
            size
            for size in range(c + 1, population + 1)
            if n is not None
            and abs(size - n) <= 1
            and is_at_most(c, written(0.05), population=population, marked=defects, n=size)
        ]
        if n is not None:
            assert holds[0] == n, (population, defects, c)
            compared += 1
            if c == 0:
                assert zero_acceptance(population, accuracy=just_missing(population, defects), risk=0.05).n == n
    assert compared > 50


def test_more_than_five_percent_of_ten_thousand():
    limits = [59, 93, 123, 152, 180, 206]
    marked = limit_defects(10_000, 0.95)
    for c, n in enumerate(limits):
        assert is_at_most(c, written(0.05), population=10_000, marked=marked, n=n)
        assert not is_at_most(c, written(0.05), population=10_000, marked=marked, n=n - 1)


def test_wilks_sizes_are_reached_by_very_large_batches(shared: Path):
    listed = expected(shared, "binomial_attribute_n")[0]["value"]["p=0.05,alpha=0.05"]
    for c, n in enumerate(listed):
        assert is_at_most(c, written(0.05), population=10**8, marked=5 * 10**6, n=n)
        assert not is_at_most(c, written(0.05), population=10**8, marked=5 * 10**6, n=n - 1)


def test_two_point_plans_of_acceptance_sampling(shared: Path):
    compared = 0
    for entry in expected(shared, "acceptance_plans_two_point"):
        if entry["params"]["type"] != "hypergeom":
            continue
        population, (good, power), (bad, risk) = (entry["params"][key] for key in ("N", "prp", "crp"))
        plan = two_point(
            population,
            accuracy=just_missing(population, round(population * bad)),
            risk=risk,
            expected=1 - good,
            power=power,
        )
        assert {"n": plan.n, "c": plan.c} == entry["value"]
        compared += 1
    assert compared == 4


def test_intervals_of_a_finite_batch(shared: Path):
    listed = expected(shared, "hypergeom_ci")
    assert len(listed) == 8
    for entry in listed:
        x, n, population = (entry["params"][key] for key in ("x", "n", "N"))
        share = hypergeometric_interval(x, n, population)
        assert [round(share.low * population), round(share.high * population)] == entry["value"]
        assert round(upper_bound(x, n, population=population).high * population) == entry["upper_one_sided_95"]


def test_newcombe(shared: Path):
    functions = {"wilson_95": wilson, "clopper_pearson_95": clopper_pearson}
    compared = 0
    for entry in expected(shared, "newcombe1998_intervals"):
        if entry["measure"] in functions:
            share = functions[entry["measure"]](entry["params"]["x"], entry["params"]["n"])
            assert [share.low, share.high] == pytest.approx(entry["value"], abs=entry["tol"])
            compared += 1
    assert compared == 8


def test_orange_juice_cans(shared: Path):
    listed = json.loads((shared / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    case = next(found for found in listed if found["id"] == "p_chart_orange_juice")
    known = {entry["measure"]: entry["value"] for entry in case["expected"]}
    defects, n = case["data"]["defectives"], [case["data"]["n"]] * len(case["data"]["defectives"])
    plain, laney = p_chart(defects, n), laney_chart(defects, n)
    assert plain.centre == pytest.approx(known["pbar"], abs=1e-12)
    assert [plain.low[0], plain.high[0]] == pytest.approx(known["limits"], abs=1e-9)
    assert [at + 1 for at in plain.outside] == known["out_of_control_1based"]
    assert laney.sigma_z == pytest.approx(known["laney_sigma_z"], abs=1e-9)
    assert [laney.low[0], laney.high[0]] == pytest.approx(known["laney_limits"], abs=1e-9)
