"""Methods for shares of items: accuracy, pass rates, critical errors, and what is corrected or drawn together."""

from __future__ import annotations

from typing import Final

from labelqa.adapters.report.methods.entry import Method
from labelqa.i18n import N_

SHARES: Final[tuple[Method, ...]] = (
    Method(r"wilson", N_("Wilson"), N_("Score interval of a share, for independent cases (Wilson 1927).")),
    Method(
        r"clopper-pearson",
        N_("Clopper–Pearson"),
        N_("Exact interval of a share from the binomial; never too narrow (Clopper and Pearson 1934)."),
    ),
    Method(
        r"clopper-pearson, upper",
        N_("Clopper–Pearson, at most"),
        N_("Exact one-sided limit of a rare rate: it is at most this large."),
    ),
    Method(
        r"agresti-coull",
        N_("Agresti–Coull"),
        N_("Interval of a share with two right and two wrong cases assumed besides (Agresti and Coull 1998)."),
    ),
    Method(
        r"jeffreys",
        N_("Jeffreys"),
        N_("Interval of a share from Jeffreys' prior (Brown, Cai and DasGupta 2001)."),
    ),
    Method(
        r"wald, for reference only",
        N_("Wald, for reference only"),
        N_("The textbook interval of a share: too narrow for few cases and near 0 and 1. No decision rests on it."),
    ),
    Method(
        r"hypergeometric",
        N_("exact for the batch's size"),
        N_("Exact interval of a share in a batch of known size, drawn without replacement (hypergeometric)."),
    ),
    Method(
        r"hypergeometric, upper",
        N_("exact for the batch's size, at most"),
        N_("Exact one-sided limit of a rare rate in a batch of known size (hypergeometric)."),
    ),
    Method(
        r"hypergeometric with reviewer error",
        N_("exact for the batch's size and the reviewers' errors"),
        N_(
            "Which numbers of wrong items in the batch can lead to this many verdicts, where each verdict errs as "
            "often as reviewers do; both tails inverted."
        ),
    ),
    Method(r"census", N_("every item checked"), N_("Nothing was sampled, so the figure has no sampling error.")),
    Method(
        r"rogan-gladen of (?P<inner>.+)",
        N_("corrected for reviewers' errors, {inner}"),
        N_(
            "The share wrong as reviewers said, corrected for how many wrong items they miss and how many right ones "
            "they reject (Rogan and Gladen 1978; Lang and Reiczigel 2014)."
        ),
        N_("corrected for reviewers' errors"),
    ),
    Method(
        r"(?P<inner>.+), widened for (?P<unsettled>\d+) not known",
        N_("{inner}, widened for {unsettled} not known"),
        N_(
            "Some items were called wrong or undecidable without a better label; the limits hold whichever label they "
            "should have."
        ),
        N_("widened for labels not known"),
    ),
    Method(
        r"(?P<inner>.+) of the shared part, transformed",
        N_("{inner}, transformed"),
        N_(
            "F1 is a function of one share: of the items that have the label or were given it, those with both. Its "
            "interval is that share's, carried over."
        ),
        N_("of the shared part, transformed"),
    ),
    Method(
        r"hajek, .+",
        N_("Hájek, weighted by chance of being drawn"),
        N_(
            "Each checked item counts for as many as its chance of being drawn says; limits from the effective number "
            "of items (Hájek 1971; Korn and Graubard 1998)."
        ),
    ),
    Method(
        r"horvitz-thompson, .+",
        N_("Horvitz–Thompson, weighted by chance of being drawn"),
        N_(
            "Each checked item counts for as many as its chance of being drawn says, over the batch's known size; "
            "limits from the effective number of items (Horvitz and Thompson 1952; Korn and Graubard 1998)."
        ),
    ),
    Method(
        r"stratified, finite population, korn-graubard",
        N_("strata weighted by size"),
        N_(
            "Mean over strata, each counting by its number of items, for a batch of known size; limits from the "
            "effective number of items (Korn and Graubard 1998)."
        ),
    ),
    Method(
        r"stratified-by-batch",
        N_("batches weighted by size"),
        N_(
            "Mean over batches, each counting by its number of items; the limits are put together from the batches' "
            "own (Zou and Donner 2008)."
        ),
    ),
    Method(
        r"beta-binomial, empirical bayes, credible",
        N_("drawn towards the team, credible"),
        N_(
            "The annotator's own cases together with what all annotators show of the team: with few cases the figure "
            "lies near the team's (empirical Bayes, beta-binomial; Morris 1983)."
        ),
    ),
    Method(
        r"recovered",
        N_("from both intervals"),
        N_("Difference of two figures; its interval is built from theirs (Zou and Donner 2008; Newcombe 1998)."),
    ),
)
