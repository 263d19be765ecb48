"""Every published sampling plan of the reference values, but for the allocation over strata."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from labelqa.stats.acceptance import limit_defects, two_point
from labelqa.stats.acceptance.endless import Law, attribute_items, stream_items, stream_two_point
from labelqa.stats.acceptance.fixed import fewest_items

pytestmark = pytest.mark.shared


def expected(folder: Path, case: str) -> list[dict]:
    listed = json.loads((folder / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    return next(found for found in listed if found["id"] == case)["expected"]


def test_smallest_samples_of_finite_batches(shared: Path):
    (entry,) = expected(shared, "hypergeom_detection_n")
    compared = 0
    for population, _, c, defects, n in entry["value"]:
        if n is None:  # no size does: as many wrong ones may be seen as there are
            assert c >= defects
            with pytest.raises(ValueError, match="need 0 <= allowed < defects"):
                fewest_items(population, allowed=c, defects=defects, risk=0.05)
        else:
            assert fewest_items(population, allowed=c, defects=defects, risk=0.05) == n, (population, defects, c)
            compared += 1
    assert compared == sum(row[-1] is not None for row in entry["value"]) >= 90


def test_smallest_samples_of_endless_streams(shared: Path):
    (entry,) = expected(shared, "binomial_attribute_n")
    assert len(entry["value"]) == 8
    for name, listed in entry["value"].items():
        share, risk = (float(each.partition("=")[2]) for each in name.split(","))
        assert [stream_items(c, accuracy=round(1 - share, 6), risk=risk) for c in range(len(listed))] == listed


def test_table_of_audit_sampling(shared: Path):
    rows = expected(shared, "aicpa_table_A1")
    assert sum(len(row["value"]) for row in rows) == 64
    for row in rows:
        tolerable = row["params"]["tolerable_percent"]
        plans = [
            attribute_items(
                accuracy=round(1 - tolerable / 100, 6), expected=round(1 - 0.0025 * step, 6), risk=0.05
            )
            for step in range(len(row["value"]))
        ]  # fmt: skip
        assert [plan.n for plan in plans] == row["value"]
        assert all(plan.risk <= 0.05 for plan in plans)
        assert all(one.c <= two.c for one, two in pairwise(plans))


def test_two_point_plans(shared: Path):
    entries = expected(shared, "acceptance_plans_two_point")
    kinds = [entry["params"]["type"] for entry in entries]
    assert (kinds.count("binomial"), kinds.count("hypergeom"), kinds.count("poisson")) == (3, 4, 1)
    for entry in entries:
        plan = finite(entry["params"]) if entry["params"]["type"] == "hypergeom" else endless(entry["params"])
        assert {"n": plan.n, "c": plan.c} == entry["value"], entry["params"]
        assert plan.power >= entry["params"]["prp"][1]
        assert plan.risk <= entry["params"]["crp"][1]


def finite(params: dict):
    """The listed limit is a number of defects; a plan states the accuracy that they miss."""
    population, (good, power), (bad, risk) = params["N"], params["prp"], params["crp"]
    accuracy = round(1 - (round(population * bad) - 0.5) / population, 9)
    assert limit_defects(population, accuracy) == round(population * bad)
    return two_point(population, accuracy=accuracy, risk=risk, expected=1 - good, power=power)


def endless(params: dict):
    (good, power), (bad, risk) = params["prp"], params["crp"]
    return stream_two_point(
        accuracy=round(1 - bad, 6), risk=risk, expected=round(1 - good, 6), power=power, law=Law(params["type"])
    )
