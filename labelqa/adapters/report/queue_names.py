"""What the work in somebody's queue is called when a person reads it."""

from __future__ import annotations

from typing import Final

from labelqa.i18n import N_

QUEUE_ENUMS: Final[dict[str, dict[str, str]]] = {
    "Waiting": {
        "review": N_("Review"),
        "arbitrate": N_("Rule on disputes"),
        "re-review": N_("Re-review corrections"),
        "hit": N_("Confirm suspected hits"),
        "supervise": N_("Supervise"),
    },
    "AlertState": {"open": N_("not seen"), "seen": N_("seen")},
    "ProjectStanding": {
        "open": N_("verdicts wanted"),
        "stop": N_("decided: reviewing may stop"),
        "closed": N_("is closed"),
        "removed": N_("no longer on the server"),
    },
    "ReviewMode": {"blind": N_("labelled again blind"), "shown": N_("label of record shown")},
}
