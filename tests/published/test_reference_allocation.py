"""Sizes of strata, and sizes for a margin, as two R packages print them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labelqa.records.designs import Allocation, StratumSize
from labelqa.stats.strata import allocate, neyman_sizes, reviews_for_half_width, reviews_for_share

pytestmark = pytest.mark.shared
KINDS = {"proportional": Allocation.PROPORTIONAL, "neyman": Allocation.NEYMAN, "optimal": Allocation.NEYMAN}


def entries(folder: Path) -> list[dict]:
    listed = json.loads((folder / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    return next(found for found in listed if found["id"] == "stratified_allocation")["expected"]


def strata(items: list[int]) -> list[StratumSize]:
    return [StratumSize(name=str(number), items=count) for number, count in enumerate(items)]


def compared(entry: dict) -> None:
    known, wanted = entry.get("params", {}), entry["value"]
    if entry["measure"] == "n_proportion":
        asked = {"e=.05,P=.5,N=300": (0.05, 300), "e=.05,P=.5,N=inf": (0.05, None), "e=.01,P=.5,N=inf": (0.01, None),
                 "e=.1,P=.5,N=1000": (0.1, 1000)}  # fmt: skip
        assert {name: reviews_for_share(half, 0.5, size) for name, (half, size) in asked.items()} == wanted
    elif entry["measure"] == "n_for_half_width_0.1":
        assert reviews_for_half_width(0.1, known["Nh"], known["Sh"], allocation=KINDS[known["alloc"]]) == wanted
    elif entry["tol"]:
        assert neyman_sizes(known["n"], known["Nh"], known["Sh"]) == pytest.approx(wanted, abs=entry["tol"])
    else:
        sizes = allocate(known["n"], strata(known["Nh"]), allocation=KINDS[entry["measure"]], spreads=known.get("Sh"))
        assert list(sizes) == wanted
        closed = [other["value"] for other in entry["verified"] if "closed form" in other["with"]]
        for each in closed:
            assert neyman_sizes(known["n"], known["Nh"], known["Sh"]) == pytest.approx(each, abs=5e-4)


def test_all_six_values(shared: Path):
    listed = entries(shared)
    for entry in listed:
        compared(entry)
    assert len(listed) == 6


def test_neyman_never_asks_a_stratum_for_more_than_it_has(shared: Path):
    known = entries(shared)[1]["params"]
    assert neyman_sizes(600, known["Nh"], known["Sh"])[3] > known["Nh"][3]
    sizes = allocate(600, strata(known["Nh"]), allocation=Allocation.NEYMAN, spreads=known["Sh"])
    assert sizes[3] == known["Nh"][3]
    assert sum(sizes) == 600
