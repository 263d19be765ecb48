"""How far annotators agree beyond chance: coefficients, single labels, pairs of annotators, single annotators and items.

Coefficients whose annotators are exchangeable are worked out from label patterns, so a million annotations cost no more
than a hundred distinct patterns; those that know the annotators, from the answers themselves.
"""

from labelqa.stats.agreement.alpha import krippendorff_alpha, krippendorff_alpha_gwet_form
from labelqa.stats.agreement.coefficients import (
    COEFFICIENTS,
    brennan_prediger,
    coefficients,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    percent_agreement,
    weighted_measures,
)
from labelqa.stats.agreement.labels import confusions, per_label, specific_agreement
from labelqa.stats.agreement.pairs import cohen_kappa, pair_agreements

__all__ = [
    "COEFFICIENTS",
    "brennan_prediger",
    "coefficients",
    "percent_agreement",
    "fleiss_kappa",
    "krippendorff_alpha",
    "krippendorff_alpha_gwet_form",
    "gwet_ac1",
    "gwet_ac2",
    "weighted_measures",
    "per_label",
    "specific_agreement",
    "confusions",
    "pair_agreements",
    "cohen_kappa",
]
