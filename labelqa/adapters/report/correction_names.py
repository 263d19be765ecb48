"""What the states of disputes, problems, corrections and proposals are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_

CORRECTION_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "ProblemStatus": {
        "open": N_("to be corrected"),
        "waiting-re-review": N_("waits for re-review"),
        "failed-re-review": N_("failed its re-review"),
        "corrected": N_("corrected and re-reviewed"),
        "closed": N_("closed without a correction"),
    },
    "Closing": {
        "closure": N_("closed with a reason"),
        "appeal": N_("appeal upheld"),
        "ruling": N_("the arbitrator let the label stand"),
        "discarded": N_("item discarded by the arbitrator"),
        "overturned": N_("suspected hit overturned"),
    },
    "LabelSource": {"frozen": N_("as frozen"), "arbitrated": N_("by arbitration"), "corrected": N_("by correction")},
    "DisputeOutcome": {
        "upheld": N_("a label stands"),
        "rejected": N_("rejected: the item is discarded"),
        "sent-back": N_("sent back to be corrected"),
    },
    "ReworkEnd": {
        "answered": N_("everything is answered"),
        "settled": N_("the batch is settled"),
        "reassigned": N_("somebody else has its items"),
        "project-gone": N_("the project is not on the server any more"),
    },
    "ProposalOutcome": {
        "taken": N_("taken into a version"),
        "clarified": N_("answered by a clarification"),
        "declined": N_("declined"),
    },
}
