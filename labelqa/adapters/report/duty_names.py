"""What the codes of duties, leaving and work are called when a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_
from labelqa.records.duties import LEFT_FOR

DUTY_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "LeaveReason": {str(reason): name for reason, name in LEFT_FOR.items()},
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
