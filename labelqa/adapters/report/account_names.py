"""What the states of accounts, logs, tokens and followed projects are called when a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_

ACCOUNT_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "AccountState": {
        "there": N_("on the server"),
        "gone": N_("not on the server any more"),
        "unseen": N_("not looked at"),
    },
    "LogState": {
        "as-attached": N_("as attached"),
        "altered": N_("altered"),
        "missing": N_("missing"),
        "unchecked": N_("not checked"),
    },
    "TokenKind": {
        "personal": N_("personal access token"),
        "legacy": N_("legacy token"),
        "elsewhere": N_("no token kept here"),
        "exposed": N_("token readable by others"),
    },
    "Freshness": {
        "fresh": N_("✓ up to date"),
        "first": N_("⚠ being read for the first time"),
        "late": N_("⚠ not read lately"),
        "failed": N_("✗ failed"),
        "never": N_("⚠ never read"),
    },
}
