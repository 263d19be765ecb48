"""Spot checks whose figures stand in a text: which clause, what it asks for, and what is ours because no text sets it.

Sources: TC260-003 《生成式人工智能服务安全基本要求》 (2024-02-29); GB/T 45674—2025 《网络安全技术 生成式人工智能数据标注
安全规范》. A passed item has none of the 31 safety risks, so the presets of TC260-003 count unsafe items alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from labelqa.errors import Message
from labelqa.records.designs import Counts, Design, Preset, Terms

TC260 = "TC260-003 (2024-02-29)"
GBT = "GB/T 45674—2025"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetFigures:
    """A preset as data: what a plan takes over from it."""

    preset: Preset
    source: str
    clause: str
    design: Design
    accuracy: float
    risk: float
    terms: Terms
    ours: tuple[str, ...]  # figures that the text does not set: they may be said otherwise
    explained: tuple[Message, ...]


_RISK = 0.05
_BOTH = Message(
    "The rule's verdict is the one that the text asks for; beside it stands whether the accuracy is proven, at a risk of 5%, which no text sets."
)

_MANUAL = PresetFigures(
    preset=Preset.TC260_MANUAL, source=TC260, clause="9.2 a)", design=Design.CONTRACT, accuracy=0.96, risk=_RISK,
    terms=Terms(preset="tc260-manual", n=4000, pass_rate=0.96, counts=Counts.UNSAFE),
    ours=("risk",),
    explained=(
        Message("Assessment by hand: at least 4,000 items of the whole corpus, drawn at random (all of them where there are fewer), at least 96% of them passed."),
        Message("An item passes when it has none of the 31 safety risks."),
        Message("With a true rate of exactly 96%, the rule passes about every other corpus: 160 of 4,000 may be wrong, and only 139 would prove 96%."),
        _BOTH,
    ),
)  # fmt: skip

_TECHNICAL = PresetFigures(
    preset=Preset.TC260_TECHNICAL, source=TC260, clause="9.2 b)", design=Design.CONTRACT, accuracy=0.98, risk=_RISK,
    terms=Terms(preset="tc260-technical", share=0.1, pass_rate=0.98, counts=Counts.UNSAFE),
    ours=("risk",),
    explained=(
        Message("Assessment by keywords, classifiers and the like: at least 10% of the corpus, drawn at random, at least 98% of it passed."),
        Message("An item passes when it has none of the 31 safety risks."),
        _BOTH,
    ),
)  # fmt: skip

_SOURCE = PresetFigures(
    preset=Preset.TC260_SOURCE, source=TC260, clause="5.1 a)", design=Design.CONTRACT, accuracy=0.95, risk=_RISK,
    terms=Terms(preset="tc260-source", n=4000, pass_rate=0.95, counts=Counts.UNSAFE),
    ours=("risk", "n"),
    explained=(
        Message("A source with more than 5% illegal or harmful content is not collected; what was collected and has more than 5% is not trained on."),
        Message("It takes two checks, each a batch of its own: one of the source before it is collected, one of what was collected."),
        Message("The clause sets no number of items: 4,000 are taken over from clause 9.2 a), and another number may be said."),
        _BOTH,
    ),
)  # fmt: skip

_CENSUS = PresetFigures(
    preset=Preset.SAFETY_CENSUS, source=GBT, clause="8.3 b), c)", design=Design.CENSUS, accuracy=0.95, risk=_RISK,
    terms=Terms(preset="safety-census"),
    ours=("risk",),
    explained=(
        Message("Every safety item is passed by at least one reviewer; a batch of which more than 5% fail is void."),
        Message("Every item is reviewed, so the 5% are an exact fraction: nothing is left to chance, and rule and proof cannot differ."),
    ),
)  # fmt: skip

_FUNCTIONAL = PresetFigures(
    preset=Preset.FUNCTIONAL_BATCH, source=GBT, clause="8.2 g)", design=Design.SEQUENTIAL, accuracy=0.95, risk=_RISK,
    terms=Terms(preset="functional-batch", one_vote=("unsafe",)),
    ours=("accuracy", "risk", "expected", "power"),
    explained=(
        Message("Every functional batch is spot-checked by hand: one that is not accurate is labelled again, one with illegal or harmful content is void."),
        Message("The clause sets no accuracy and no number of items: 95% at a risk of 5% are ours, reviewed until it is proven or hopeless."),
        Message("One confirmed illegal or harmful hit (A.1 to A.4) voids the batch. None seen does not prove that there is none: only that there are few."),
    ),
)  # fmt: skip

PRESETS: Final[Mapping[Preset, PresetFigures]] = MappingProxyType(
    {each.preset: each for each in (_MANUAL, _TECHNICAL, _SOURCE, _CENSUS, _FUNCTIONAL)}
)
