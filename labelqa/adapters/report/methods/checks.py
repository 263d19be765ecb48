"""Methods for shares from spot checks: intervals that hold at every verdict, one-sided proofs, estimates with scores."""

from __future__ import annotations

from typing import Final

from labelqa.adapters.report.methods.entry import Method
from labelqa.i18n import N_

CHECKS: Final[tuple[Method, ...]] = (
    Method(
        r"anytime, beta-binomial mixture",
        N_("holds at every verdict"),
        N_(
            "Interval of a share in a batch of known size that holds at all moments together, so one may look and stop at "
            "any verdict: a mixture of likelihoods against each number of wrong items, drawn without replacement. Its lower "
            "end holds at the plan's risk, its upper end at the chance to give up."
        ),
    ),
    Method(
        r"anytime, beta-binomial mixture with reviewer error",
        N_("holds at every verdict, reviewers' errors allowed for"),
        N_(
            "The interval that holds at every verdict, where each verdict errs as often as the plan declares of reviewers."
        ),
    ),
    Method(
        r"anytime, mixture over strata",
        N_("holds at every verdict, over strata"),
        N_(
            "Interval of the share of the whole batch from reviews over strata that holds at all moments together: a mixture "
            "of likelihoods against the likeliest way to spread the wrong items over the strata."
        ),
    ),
    Method(
        r"hypergeometric, lower",
        N_("exact for the batch's size, one-sided"),
        N_(
            "The lower end is exact at the plan's risk (hypergeometric); the upper end is certain, since wrong items that "
            "were seen stay wrong."
        ),
    ),
    Method(
        r"difference, .+",
        N_("difference estimator"),
        N_(
            "The mean score of all items, corrected by how far the reviews of the drawn ones are from their scores (Särndal, "
            "Swensson and Wretman 1992); limits from the effective number of items."
        ),
    ),
    Method(
        r"tuned difference, .+",
        N_("difference estimator, tuned"),
        N_(
            "The difference estimator with the scores scaled by what the reviews find best; it can lose in small samples "
            "(Angelopoulos, Duchi and Zrnic 2023)."
        ),
    ),
    Method(
        r"difference within strata, .+",
        N_("difference estimator within strata"),
        N_("The difference estimator in each stratum by itself, strata counting by their number of items."),
    ),
)
