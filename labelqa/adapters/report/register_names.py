"""What registers, incidents, risks and the life of an item are called when a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_

REGISTER_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "Register": {
        "platform": N_("labeling platform"),
        "assessment": N_("security assessment"),
        "fix": N_("vulnerability and its fix"),
        "site": N_("work site"),
        "channel": N_("device and channel"),
        "isolation": N_("isolation of safety data"),
        "model": N_("assisting model"),
        "contract": N_("contract"),
    },
    "IncidentStep": {
        "opened": N_("incident opened"),
        "contained": N_("incident contained"),
        "notified": N_("somebody was notified"),
        "resolved": N_("incident resolved"),
        "closed": N_("incident closed"),
        "note": N_("note on the incident"),
    },
    "RiskStep": {
        "found": N_("risk found"),
        "handled": N_("risk handled"),
        "accepted": N_("risk accepted"),
    },
    "FinalSource": {
        "single": N_("one annotator's answer"),
        "unanimous": N_("annotators unanimous"),
        "consensus": N_("settled by the declared rule"),
        "reviewed": N_("confirmed by a reviewer"),
        "arbitrated": N_("ruled by an arbitrator"),
        "corrected": N_("corrected and re-reviewed"),
    },
    "LeftOut": {
        "discarded": N_("discarded by an arbitrator"),
        "sent-back": N_("sent back to be labelled again"),
        "disputed": N_("waiting for the arbitrator"),
        "later-round": N_("in a later round of this export"),
        "hit": N_("confirmed as illegal or harmful"),
    },
    "Happened": {
        "declared": N_("batch declared"),
        "card": N_("provenance card"),
        "labelled": N_("labelled"),
        "machine": N_("answered by a model"),
        "frozen": N_("frozen"),
        "disputed": N_("disputed"),
        "ruled": N_("ruled on"),
        "drawn": N_("drawn"),
        "verdict": N_("verdict"),
        "hit": N_("suspected hit"),
        "corrected": N_("corrected"),
        "re-reviewed": N_("re-reviewed"),
        "closed": N_("problem closed"),
        "appealed": N_("appeal"),
        "supervised": N_("supervised"),
        "returned": N_("rework round"),
        "settled": N_("settled"),
        "exported": N_("exported"),
        "left-out": N_("left out of an export"),
        "gold": N_("gold"),
        "other": N_("other"),
    },
}
