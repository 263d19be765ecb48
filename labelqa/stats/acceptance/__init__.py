"""Plans that accept or reject a batch: how many items to check, and what their verdicts decide.

Each function gives a frozen design that says what it draws, reads verdicts and tells its chances: see
:class:`labelqa.stats.acceptance.design.SpotCheck`.
"""

from __future__ import annotations

from labelqa.stats.acceptance.aql import AqlPlan, aql_plan
from labelqa.stats.acceptance.contracts import Contract, contract
from labelqa.stats.acceptance.discoveries import Discovery, detects, discovery
from labelqa.stats.acceptance.estimates import Estimation, estimate, estimate_strata
from labelqa.stats.acceptance.fixed import (
    census,
    limit_defects,
    operating_characteristic,
    tolerated,
    two_point,
    with_size,
    zero_acceptance,
)
from labelqa.stats.acceptance.outgoing import worst_outgoing
from labelqa.stats.acceptance.plans import FixedPlan, fixed_plan
from labelqa.stats.acceptance.presets import PRESETS, PresetFigures

__all__ = [
    "PRESETS",
    "AqlPlan",
    "Contract",
    "Discovery",
    "Estimation",
    "FixedPlan",
    "PresetFigures",
    "aql_plan",
    "census",
    "contract",
    "detects",
    "discovery",
    "estimate",
    "estimate_strata",
    "fixed_plan",
    "limit_defects",
    "operating_characteristic",
    "tolerated",
    "two_point",
    "with_size",
    "worst_outgoing",
    "zero_acceptance",
]
