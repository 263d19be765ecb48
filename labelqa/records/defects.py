"""What verifiers may find wrong: the defects that GB/T 45674—2025 has checked in functional labels, and score dimensions.

Prompts have two (8.2 c), responses six (8.2 f); the short titles are labelqa's own words. A rulebook that declares
defects of its own says them in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from labelqa.i18n import N_

DEFECTS: Final[Mapping[str, str]] = {
    "P1": N_("prompt contradicts itself or lacks what an answer needs"),
    "P2": N_("prompt repeats one that is there already"),
    "R1": N_("error of fact or calculation"),
    "R2": N_("does not answer the question"),
    "R3": N_("out of date"),
    "R4": N_("reasoning does not hold or contradicts itself"),
    "R5": N_("language or layout hinders reading"),
    "R6": N_("lacks a part that was asked for"),
}  # code -> title


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that a response is scored on, and the defect of a response that falls below the pass line."""

    title: str
    defect: str


DIMENSIONS: Final[Mapping[str, Dimension]] = {
    "accuracy": Dimension(N_("accuracy of the response"), "R1"),
    "usefulness": Dimension(N_("usefulness of the response"), "R2"),
    "timeliness": Dimension(N_("timeliness of the response"), "R3"),
    "logic": Dimension(N_("logic of the response"), "R4"),
    "readability": Dimension(N_("readability of the response"), "R5"),
}  # those of GB/T 45674—2025, 8.2; a plan may declare others
