"""What the codes in the life of a batch are called when a person reads them: cards, sources, hits.

Names only; the codes stand in :mod:`labelqa.records.life`.
"""

from __future__ import annotations

from typing import Final

from labelqa.i18n import N_

LIFE_NAMES: Final[dict[str, dict[str, str]]] = {
    "RoundScope": {"found": N_("the items found wrong"), "whole": N_("the whole batch")},
    "GoldState": {
        "in-use": N_("in use"),
        "due": N_("due for rotation"),
        "suspected": N_("suspected to be known"),
        "retired": N_("retired"),
    },
    "HitState": {
        "pending": N_("waits for a second person"),
        "confirmed": N_("confirmed"),
        "overturned": N_("overturned"),
    },
    "CardState": {
        "none": N_("none"),
        "incomplete": N_("incomplete"),
        "late": N_("recorded after the freeze"),
        "amended": N_("replaced after the freeze"),
        "recorded": N_("on record"),
    },
    "Source": {
        "open-licence": N_("open licence"),
        "self-collected": N_("collected by oneself"),
        "commercial": N_("bought under a contract"),
        "user-provided": N_("provided by users"),
        "generated": N_("generated"),
    },
    "Modality": {
        "text": N_("text"),
        "image": N_("image"),
        "audio": N_("audio"),
        "video": N_("video"),
        "code": N_("program code"),
        "table": N_("table"),
        "other": N_("other"),
    },
}
