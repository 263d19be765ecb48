"""Sequential tests against their published or independently computed values: every one of the reference file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelqa.stats.sequential import (
    log_betting_capital,
    log_likelihood_ratio,
    log_prior_posterior_ratio,
    wald_lines,
)

pytestmark = pytest.mark.shared
TOPIC, VALUES = "sequential", 17


def likelihood_ratio(p: dict[str, Any]) -> float:
    return float(log_likelihood_ratio(p["t"], p["e"], population=p["N"], better=p["D1"], worse=p["D0"])[0])


def prior_posterior(p: dict[str, Any]) -> float:
    return float(log_prior_posterior_ratio(p["t"], p["e"], population=p["N"], defects=p["D"], a=p["a"], b=p["b"])[0])


def capital(p: dict[str, Any]) -> float:
    right = np.ones(p["draws"])
    right[p["wrong_at_0based"]] = 0
    return float(log_betting_capital(right, population=p["N"], mean=p["m"], bet=p["bet"])[-1])


LINES = wald_lines(0.01, 0.06, alpha=0.05, beta=0.1)
MEASURES: dict[str, Callable[[dict[str, Any]], float]] = {
    "log_lr": likelihood_ratio,
    "log_ppr": prior_posterior,
    "log_capital": capital,
    "slope": lambda _: LINES.slope,
    "h1_accept": lambda _: LINES.accept,
    "h2_reject": lambda _: LINES.reject,
}


def test_every_value(shared: Path) -> None:
    cases = json.loads((shared / "reference/reference_values.json").read_text("utf-8"))["cases"]
    compared = 0
    for case in (case for case in cases if case["topic"] == TOPIC):
        for each in case["expected"]:
            found = MEASURES[each["measure"]](each.get("params", {}))
            assert found == pytest.approx(each["value"], abs=each["tol"]), (case["id"], each)
            compared += 1
    assert compared == VALUES
