"""What the codes of trainings and exams are called when a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import N_
from labelqa.records.training import ABILITIES

TRAINING_ENUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "Topic": {
        "rule-safety": N_("safety requirements of the rules"),
        "platform": N_("use and security of the platform"),
        "verification": N_("verification of quality and safety"),
        "data-security": N_("security of labelled data"),
        "risk-cases": N_("risk scenarios and how to recognise them"),
        "law-awareness": N_("law and safety awareness"),
        "task-rules": N_("rules of the labeling task"),
        "tool-use": N_("use of the labeling tool"),
    },
    "Ability": ABILITIES,
    "Demand": {
        "gb-45674": N_("GB/T 45674—2025, 7.1 a): six topics"),
        "tc260-003": N_("TC260-003, 5.3 a) 1): four topics, held by the provider"),
    },
}
