"""What the codes of duties, leaving and work are called when a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_

DUTY_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "LeaveReason": {
        "left": N_("left"),
        "disqualified": N_("disqualified"),
        "contract-ended": N_("contract ended"),
    },
    "Act": {
        "answer": N_("answer"),
        "verdict": N_("verdict"),
        "ruling": N_("ruling"),
        "check": N_("supervision check"),
        "correction": N_("correction"),
        "assignment": N_("assignment"),
        "sign-in": N_("sign-in"),
    },
}
