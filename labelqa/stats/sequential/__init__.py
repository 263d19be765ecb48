"""Stop as soon as the risk is proven: checks that may be looked at after every verdict."""

from __future__ import annotations

from labelqa.stats.sequential.check import Sequential, certify_chance
from labelqa.stats.sequential.comparators import (
    WaldLines,
    log_betting_capital,
    log_likelihood_ratio,
    log_prior_posterior_ratio,
    wald_lines,
)
from labelqa.stats.sequential.evidence import Evidence
from labelqa.stats.sequential.marks import Marks
from labelqa.stats.sequential.planning import planning_table, sequential

__all__ = [
    "Evidence",
    "Marks",
    "Sequential",
    "WaldLines",
    "certify_chance",
    "log_betting_capital",
    "log_likelihood_ratio",
    "log_prior_posterior_ratio",
    "planning_table",
    "sequential",
    "wald_lines",
]
