"""What roles, sessions and classes of retention are called when a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_

IDENTITY_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "Role": {
        "lead": N_("annotation lead"),
        "reviewer": N_("reviewer"),
        "arbitrator": N_("arbitrator"),
        "supervisor": N_("supervisor"),
        "executor": N_("annotator"),
        "author": N_("rule author"),
        "inspector": N_("inspector (reads only)"),
    },
    "LoginChange": {
        "added": N_("login given"),
        "roles": N_("roles changed"),
        "password": N_("password changed"),
        "removed": N_("login taken away"),
    },
    "Ending": {
        "signed-out": N_("signed out"),
        "idle": N_("not used any more"),
        "ended": N_("its time was up"),
        "password-changed": N_("password changed"),
        "login-removed": N_("login taken away"),
    },
    "ErasureReason": {
        "request": N_("the person asked for it"),
        "retention-ended": N_("nothing has to be kept any longer"),
        "registered-by-mistake": N_("registered by mistake"),
    },
    "Retention": {
        "log": N_("log"),
        "qa": N_("records of quality work"),
        "eu": N_("EU documentation"),
    },
}
