"""What a measured thing is called in both languages: coefficients, distances between answers, parts of a batch, scales.

A code that is not known here is shown as it is stored, never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_, Speaker

COEFFICIENTS: Final[Mapping[str, str]] = {
    "percent-agreement": N_("percent agreement"),
    "cohen-kappa": N_("Cohen's kappa"),
    "weighted-kappa": N_("weighted kappa"),
    "scott-pi": N_("Scott's pi"),
    "fleiss-kappa": N_("Fleiss' kappa"),
    "conger-kappa": N_("Conger's kappa"),
    "light-kappa": N_("Light's kappa"),
    "brennan-prediger": N_("Brennan–Prediger"),
    "krippendorff-alpha": N_("Krippendorff's alpha"),
    "gwet-ac1": N_("Gwet's AC1"),
    "gwet-ac2": N_("Gwet's AC2"),
    "icc-1-1": N_("ICC(1,1), one rating, any annotators"),
    "icc-2-1": N_("ICC(2,1), one rating, absolute agreement"),
    "icc-3-1": N_("ICC(3,1), one rating, consistency"),
    "icc-1-k": N_("ICC(1,k), mean rating, any annotators"),
    "icc-2-k": N_("ICC(2,k), mean rating, absolute agreement"),
    "icc-3-k": N_("ICC(3,k), mean rating, consistency"),
    "kendall-w": N_("Kendall's W"),
    "lin-ccc": N_("Lin's concordance correlation"),
    "distance-alpha": N_("Krippendorff's alpha by distance"),
    "mean-agreement": N_("mean agreement by distance"),
    "sigma": N_("sigma: share of pairs nearer than chance"),
    "ks": N_("KS: largest lead over chance"),
    "unitizing-alpha": N_("Krippendorff's alpha of marked stretches"),
    "gamma": N_("gamma of aligned stretches"),
    "bradley-terry": N_("Bradley–Terry strengths"),
}

# How far apart labels count as, in a coefficient's code after the colon.
FORMS: Final[Mapping[str, str]] = {
    "identity": N_("without partial credit"),
    "nominal": N_("nominal"),
    "ordinal": N_("ordinal"),
    "interval": N_("interval"),
    "ratio": N_("ratio"),
    "linear": N_("linear weights"),
    "quadratic": N_("quadratic weights"),
    "radical": N_("radical weights"),
    "circular": N_("circular weights"),
    "bipolar": N_("bipolar weights"),
}
SHARES: Final = ("percent-agreement", "mean-agreement", "sigma", "ks")  # 0..1, shown in percent

DISTANCES: Final[Mapping[str, str]] = {
    "exact": N_("the same or not"),
    "exact-ordered": N_("the same in the same order, or not"),
    "jaccard": N_("share of labels not in common (Jaccard)"),
    "masi": N_("share of labels not in common, less where one set holds the other (MASI)"),
    "shared-ancestors": N_("share of the path not in common"),
    "matched-paths": N_("best matched paths"),
    "absolute": N_("difference, as a share of the scale"),
    "squared": N_("squared difference"),
    "relative": N_("difference, relative to the size"),
    "within": N_("whether they differ by more than 1"),
    "ordinal": N_("steps between ranks"),
    "preference": N_("opposite preferences, a tie half way"),
    "kendall": N_("share of pairs ordered differently (Kendall)"),
    "edit": N_("characters to change"),
    "edit-words": N_("words to change"),
    "speech": N_("words to change, punctuation and case aside"),
    "same-text": N_("the same text or not"),
    "span-overlap": N_("overlap of matched spans"),
    "span-characters": N_("characters not marked by both"),
    "span-exact": N_("spans that match exactly"),
    "segment-overlap": N_("overlap of matched segments"),
    "segment-time": N_("time not marked by both"),
    "segment-boundaries": N_("boundaries that do not match"),
    "segment-clusters": N_("time grouped differently"),
    "box-overlap": N_("overlap of matched boxes"),
    "box-detection": N_("boxes found by both (F1)"),
    "polygon-overlap": N_("overlap of matched outlines"),
    "polygon-detection": N_("outlines found by both (F1)"),
    "keypoint-oks": N_("nearness of points (OKS)"),
}

PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "origin": {"afresh": N_("answered afresh"), "prelabelled": N_("begun from a pre-label")},
    "who": {
        "people": N_("people among themselves"),
        "models": N_("models among themselves"),
        "across": N_("people with models"),
    },
}

SCALES: Final[Mapping[str, str]] = {
    "landis-koch": N_("Landis and Koch"),
    "altman": N_("Altman"),
    "fleiss": N_("Fleiss"),
}


def coefficient_name(code: str, say: Speaker) -> str:
    """What a coefficient of agreement is called, with its metric or weights where the code names them.

    >>> coefficient_name("krippendorff-alpha:ordinal", Speaker("en"))
    "Krippendorff's alpha, ordinal"
    """
    family, _, form = code.partition(":")
    if family not in COEFFICIENTS:
        return code
    name = say(COEFFICIENTS[family])
    return say("{coefficient}, {form}", coefficient=name, form=_said(FORMS, form, say)) if form else name


def is_share(code: str) -> bool:
    """Whether a coefficient is a share, which is written in percent."""
    return code.partition(":")[0] in SHARES


def distance_name(code: str, say: Speaker) -> str:
    """How two answers are compared, in words."""
    return _said(DISTANCES, code, say)


def part_name(apart: str, name: str, say: Speaker) -> str:
    """What a part of a batch is called; weeks, rules and fields' values are their own names.

    >>> part_name("who", "across", Speaker("en")), part_name("week", "2026-W47", Speaker("en"))
    ('people with models', '2026-W47')
    """
    return _said(PARTS.get(apart, {}), name, say) if name else say("without this field")


def scale_name(code: str, say: Speaker) -> str:
    """Whose scale of words for a coefficient's size it is."""
    return _said(SCALES, code, say)


def _said(names: Mapping[str, str], code: str, say: Speaker) -> str:
    return say(names[code]) if code in names else code
