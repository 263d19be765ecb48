"""Methods for how clear rules are: times, and shares that are added up."""

from __future__ import annotations

from typing import Final

from labelqa.adapters.report.methods.entry import Method
from labelqa.i18n import N_

CLARITY: Final[tuple[Method, ...]] = (
    Method(
        r"order statistics, exact",
        N_("order statistics, exact"),
        N_("Median between two of the ordered values, whatever their distribution (Thompson 1936)."),
    ),
    Method(
        r"recovered sum",
        N_("sum of both intervals"),
        N_("Sum of two shares; its interval is built from theirs (Zou and Donner 2008)."),
    ),
)
