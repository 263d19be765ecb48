"""Methods for coefficients of agreement, whose cases are items with all their annotations."""

from __future__ import annotations

from typing import Final

from labelqa.adapters.report.methods.entry import Method
from labelqa.i18n import N_

_T: Final = r"t\((?P<degrees>\d+)\)"

AGREEMENT: Final[tuple[Method, ...]] = (
    Method(
        rf"assumed items, beta(, \d+ groups)?, {_T}",
        N_("assumed items, beta, t({degrees})"),
        N_(
            "Two assumed items are added, as Agresti and Coull do for a share; the spread comes from what each item "
            "contributes, the limits from a beta distribution between the lowest possible value and 1."
        ),
        N_("assumed items, beta"),
    ),
    Method(
        rf"assumed items, beta(, \d+ groups)?, {_T}, few items decide",
        N_("assumed items, beta, t({degrees}), few items decide"),
        N_(
            "Limits with two assumed items and a beta distribution, as usual; but few items decide this number, so the "
            "assumed ones weigh much in it and the limits are approximate."
        ),
        N_("assumed items, beta, few items decide"),
    ),
    Method(
        rf"gwet-linearised, {_T}",
        N_("linearised, t({degrees})"),
        N_("Variance of a coefficient by linearisation over items, interval by Student's t (Gwet 2014)."),
        N_("linearised over items, t"),
    ),
    Method(
        rf"linearised with ranks, {_T}",
        N_("linearised with ranks, t({degrees})"),
        N_(
            "Linearisation over items that also allows for the ranks' own dependence on the items; interval by "
            "Student's t."
        ),
        N_("linearised with ranks, t"),
    ),
    Method(
        rf"linearised over items, {_T}",
        N_("linearised over items, t({degrees})"),
        N_(
            "Mean over pairs of annotators; an item's part in all its pairs counts as one. Variance by linearisation "
            "over items, interval by Student's t."
        ),
        N_("pairs linearised over items, t"),
    ),
    Method(
        r"linearised, normal",
        N_("linearised, normal"),
        N_("Large-sample variance by linearisation over items, normal interval."),
    ),
    Method(
        rf"linearised ratio, {_T}",
        N_("linearised ratio, t({degrees})"),
        N_("A share whose denominator varies too: variance by linearisation over items, interval by Student's t."),
        N_("linearised ratio, t"),
    ),
    Method(
        r"clopper-pearson over items",
        N_("Clopper–Pearson over items"),
        N_("All items agree alike, so the exact limit on the share of such items gives the interval."),
    ),
    Method(
        r"fleiss-cohen-everitt, normal",
        N_("Fleiss–Cohen–Everitt"),
        N_("Large-sample variance of kappa, normal interval (Fleiss, Cohen and Everitt 1969)."),
    ),
    Method(
        rf"jackknife over items, {_T}",
        N_("jackknife, t({degrees})"),
        N_("Each item is left out once; how the number moves says how sure it is (Tukey 1958)."),
        N_("jackknife over items, t"),
    ),
    Method(
        rf"jackknife over groups of items, {_T}",
        N_("jackknife over groups, t({degrees})"),
        N_("Items are dealt into groups, and each group is left out once (Tukey 1958)."),
        N_("jackknife over groups of items, t"),
    ),
    Method(
        rf"jackknife over (items|\d+ groups of items), (logit|arctanh), {_T}",
        N_("jackknife on a stretched scale, t({degrees})"),
        N_(
            "Each item, or group of items, is left out once, on a scale without ends (logit, or Fisher's z), so that "
            "the limits stay within what is possible."
        ),
        N_("jackknife on a stretched scale, t"),
    ),
    Method(
        rf"jackknife over items, log scale, {_T}",
        N_("jackknife of distances, t({degrees})"),
        N_(
            "Each item is left out once, also as a partner in chance pairs, on the scale of the logarithm of observed "
            "over expected distance."
        ),
        N_("jackknife of distances, t"),
    ),
    Method(
        rf"dyadic jackknife over items, log scale, {_T}",
        N_("dyadic jackknife of distances, t({degrees})"),
        N_(
            "Each item is left out once, and chance pairs that share an item count as bound together, on the scale of "
            "the logarithm of observed over expected distance."
        ),
        N_("dyadic jackknife of distances, t"),
    ),
    Method(
        rf"mean over items, {_T}",
        N_("mean over items, t({degrees})"),
        N_("Mean over items, interval by Student's t."),
        N_("mean over items, t"),
    ),
    Method(
        r"bootstrap over items, percentile, (?P<replicates>\d+) replicates",
        N_("bootstrap, {replicates} replicates"),
        N_("Items are drawn again with replacement many times; the interval is the middle of what came out."),
        N_("bootstrap over items, percentile"),
    ),
    Method(
        r"bootstrap over items, BCa, (?P<replicates>\d+) replicates",
        N_("bootstrap BCa, {replicates} replicates"),
        N_(
            "Items are drawn again with replacement many times; the limits are corrected for bias and for a spread "
            "that changes with the value (Efron 1987)."
        ),
        N_("bootstrap over items, BCa"),
    ),
    Method(
        rf"bootstrap over items, (?P<replicates>\d+) replicates, {_T}",
        N_("bootstrap spread, {replicates} replicates, t({degrees})"),
        N_(
            "Items are drawn again with replacement many times; the spread of what came out gives an interval by "
            "Student's t."
        ),
        N_("bootstrap spread over items, t"),
    ),
    Method(
        r"alpha-by-label-set",
        N_("label sets weighted by items"),
        N_(
            "Alpha of each label set by itself, then their mean, each counting by its items with two annotations or "
            "more; the limits are put together from their own (Zou and Donner 2008)."
        ),
    ),
)
