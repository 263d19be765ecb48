"""How far annotators agree beyond chance: coefficients, single labels, pairs of annotators.

Everything is worked out from label patterns and pair tables, so a million annotations cost no more than a hundred
distinct patterns. All coefficients here are for unordered labels.
"""

from labelqa.stats.agreement.coefficients import (
    COEFFICIENTS,
    coefficients,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)
from labelqa.stats.agreement.labels import confusions, per_label, specific_agreement
from labelqa.stats.agreement.pairs import cohen_kappa, pair_agreements

__all__ = [
    "COEFFICIENTS",
    "coefficients",
    "percent_agreement",
    "fleiss_kappa",
    "krippendorff_alpha",
    "gwet_ac1",
    "per_label",
    "specific_agreement",
    "confusions",
    "pair_agreements",
    "cohen_kappa",
]
