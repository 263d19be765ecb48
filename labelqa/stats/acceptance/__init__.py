"""Plans that accept or reject a batch: how many items to check, and what their verdicts decide."""

from __future__ import annotations

from labelqa.stats.acceptance.fixed import (
    census,
    limit_defects,
    operating_characteristic,
    tolerated,
    two_point,
    with_size,
    zero_acceptance,
)

__all__ = [
    "census",
    "limit_defects",
    "operating_characteristic",
    "tolerated",
    "two_point",
    "with_size",
    "zero_acceptance",
]
