"""Control charts against Montgomery's orange juice and the run lengths of R's spc: every value of the topic."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labelqa.stats.drift import cusum_arl, ewma_arl, laney_chart, p_chart

pytestmark = pytest.mark.shared


def charts(case: dict) -> dict:
    defects = case["data"]["defectives"]
    n = [case["data"]["n"]] * len(defects)
    plain, laney = p_chart(defects, n), laney_chart(defects, n)
    return {
        "pbar": plain.centre,
        "limits": [plain.low[0], plain.high[0]],
        "out_of_control_1based": [at + 1 for at in plain.outside],
        "laney_sigma_z": laney.sigma_z,
        "laney_limits": [laney.low[0], laney.high[0]],
    }


def run_lengths(case: dict, params: dict) -> list[float]:
    shifts = case["data"]["shifts_sigma"]
    if case["id"] == "cusum_arl":
        return [cusum_arl(reference=params["k"], limit=params["h"], shift=shift) for shift in shifts]
    return [ewma_arl(smoothing=params["lam"], width=params["L"], shift=shift) for shift in shifts]


def test_every_value_of_the_topic(shared: Path):
    listed = json.loads((shared / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    compared = 0
    for case in listed:
        if case["topic"] != "control_charts":
            continue
        for entry in case["expected"]:
            found = charts(case)[entry["measure"]] if entry["measure"] != "arl" else run_lengths(case, entry["params"])
            assert found == pytest.approx(entry["value"], abs=entry["tol"], rel=0), (case["id"], entry["measure"])
            compared += 1
    assert compared == 10


@pytest.mark.parametrize(
    ("limit", "printed"),
    [
        (4, [168, 74.2, 26.6, 13.3, 8.38, 4.75, 3.34, 2.62, 2.19]),
        (5, [465, 139, 38.0, 17.0, 10.4, 5.75, 4.01, 3.11, 2.57]),
    ],
)
def test_cusum_as_montgomery_prints_it(limit: float, printed: list[float]):
    """Montgomery, table 9.3 (k = 0.5): three digits."""
    shifts = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3)
    found = [cusum_arl(reference=0.5, limit=limit, shift=shift) for shift in shifts]
    assert found == pytest.approx(printed, rel=0.005)


def test_ewma_as_lucas_and_saccucci_print_it():
    found = [ewma_arl(smoothing=0.1, width=2.814, shift=shift) for shift in (0, 0.25, 0.5, 1, 2)]
    assert found == pytest.approx([500, 106, 31.3, 10.3, 4.36], rel=0.005)
