"""What projects on a server are to labelqa, and how their forms stand, when a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_

SERVER_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "ProjectRole": {
        "source": N_("labels are read"),
        "review": N_("review project"),
        "rework": N_("rework project"),
    },
    "FormStanding": {
        "never-pushed": N_("never pushed"),
        "as-pushed": N_("as pushed"),
        "changed-by-hand": N_("CHANGED by hand"),
    },
}
