"""Methods for ratings and numbers, for models of annotators, and for people and models put side by side."""

from __future__ import annotations

from typing import Final

from labelqa.adapters.report.methods.entry import Method
from labelqa.i18n import N_

NUMBERS: Final[tuple[Method, ...]] = (
    Method(
        r"mcgraw-wong (?P<form>ICC\([^)]+\)), F",
        N_("{form}, F"),
        N_("Interval of the intraclass correlation from the F distribution (McGraw and Wong 1996)."),
        N_("intraclass correlation, F"),
    ),
    Method(
        r"thomas-hultquist (?P<form>ICC\(1\)), F",
        N_("{form} of unequal groups, F"),
        N_(
            "Interval of the intraclass correlation where items have unequal numbers of answers (Thomas and "
            "Hultquist 1978)."
        ),
        N_("intraclass correlation of unequal groups, F"),
    ),
    Method(
        r"lin, z-transformed, normal",
        N_("Lin, Fisher's z"),
        N_("Large-sample interval of the concordance correlation on Fisher's z scale (Lin 1989, 2000)."),
    ),
    Method(
        r"clopper-pearson at the effective size, observed information(, others held)?",
        N_("Clopper–Pearson at the effective size"),
        N_(
            "Share of answers that are right by the model's consensus; as the consensus itself is unsure, the answers "
            "count for fewer, as the model's information says."
        ),
    ),
    Method(
        r"delta over expected answers, widened",
        N_("delta method, widened"),
        N_(
            "Large-sample interval from the answers expected of each class, made wider by as much as the unsure "
            "consensus widens the interval of accuracy."
        ),
    ),
    Method(
        r"bradley-terry, wald",
        N_("Bradley–Terry, normal"),
        N_("Large-sample normal interval from the curvature of the likelihood (Bradley and Terry 1952)."),
    ),
    Method(
        r"mean over items, hall, t\((?P<degrees>\d+)\)",
        N_("mean over items, skewness allowed for, t({degrees})"),
        N_(
            "Mean over items by Student's t after Hall's (1992) correction for skewness, never narrower than with two "
            "more items in the middle."
        ),
        N_("mean over items, skewness allowed for, t"),
    ),
)
