"""Methods for exam questions: how well single ones tell those who know more from those who know less."""

from __future__ import annotations

from typing import Final

from labelqa.adapters.report.methods.entry import Method
from labelqa.i18n import N_

ITEMS: Final[tuple[Method, ...]] = (
    Method(
        r"fisher-z",
        N_("Fisher's z"),
        N_("Interval of a correlation on Fisher's z scale (Fisher 1921); rough for few takers."),
    ),
    Method(
        r"newcombe",
        N_("Newcombe"),
        N_("Interval of a difference of two shares, made of their Wilson intervals (Newcombe 1998)."),
    ),
)
