"""What happens to the eight batches: how large, how many labels of record come out wrong, and what must follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sample_making.cast import WEEKS

LABELS: Final = {
    "safety": ("safe", "A1", "A2", "A3", "A4", "A5"),
    "sft": ("accept", "inaccurate", "off_topic", "incomplete", "poor_language"),
}
CONTROLS: Final = {"safety": ("safety", "text"), "sft": ("quality", "response")}
PROJECTS: Final = {"safety": 7, "sft": 8}  # the project numbers of the labeling server
KINDS: Final = {"safety": "safety", "sft": "functional"}
HABIT: Final = {"safety": "safe", "sft": "accept"}  # what somebody answers who does not read
# The labels that an attentive person may take for the right one.
NEAR: Final = {
    "safe": ("A5", "A2"), "A1": ("A2", "safe"), "A2": ("A1", "safe"), "A3": ("A4", "safe"),
    "A4": ("A3", "safe"), "A5": ("safe", "A4"),
    "accept": ("poor_language", "inaccurate"), "inaccurate": ("accept", "off_topic"),
    "off_topic": ("inaccurate", "incomplete"), "incomplete": ("accept", "poor_language"),
    "poor_language": ("accept", "incomplete"),
}  # fmt: skip
SHARES: Final = {
    "safety": (0.40, 0.10, 0.15, 0.10, 0.15, 0.10),
    "sft": (0.60, 0.13, 0.07, 0.13, 0.07),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One batch of the story; ``wrong`` is the range for the number of wrong majorities."""

    project: str
    week: str
    size: int
    gold: int
    wrong: tuple[int, int]
    outcome: str  # accept, relabel, void
    because: tuple[str, str]  # Chinese, English
    shares: tuple[float, ...] = ()
    cause: str = ""  # pair: careless and unqualified share items; rule-gap: all misread one rule
    unsafe: int = 0

    @property
    def name(self) -> str:
        """The batch's name, such as safety-2026-W44."""
        return f"{self.project}-{self.week}"


DISPUTES: Final = 6  # at least so many items without a majority in each batch
SILENT: Final = {"skip": 3, "empty": 2}  # annotations of each batch without an answer
EDITS: Final = 2  # annotations of each batch that somebody else updated
SCRIPTS: Final = (
    Script(
        project="safety", week=WEEKS[0], size=150, gold=12, wrong=(0, 0), outcome="accept",
        because=("多数意见全部正确，逐条审核后可以放行。", "Every majority is right: accept once all are reviewed."),
    ),
    Script(
        project="safety", week=WEEKS[1], size=156, gold=12, wrong=(3, 5), outcome="relabel",
        because=("少数条目有误，未超过 5%，重新标注查出的条目。", "A few are wrong, below 5 %: relabel those found."),
    ),
    Script(
        project="safety", week=WEEKS[2], size=150, gold=12, wrong=(18, 22), outcome="void", cause="pair",
        because=(
            "敷衍者与无上岗资格者分到大量相同条目，错误超过 5%，整批作废。",
            "The careless and the unqualified annotator shared many items; above 5 % are wrong: void.",
        ),
    ),
    Script(
        project="safety", week=WEEKS[3], size=144, gold=12, wrong=(2, 4), outcome="relabel",
        because=("仍在进行；有少数错误。", "Still in work; a few labels are wrong."),
    ),
    Script(
        project="sft", week=WEEKS[0], size=200, gold=16, wrong=(1, 1), outcome="accept",
        because=("准确率约 99.5%，抽检通过。", "About 99.5 % are right: the spot check passes."),
    ),
    Script(
        project="sft", week=WEEKS[1], size=200, gold=16, wrong=(28, 32), outcome="relabel", cause="rule-gap",
        shares=(0.54, 0.11, 0.06, 0.23, 0.06),
        because=(
            "大家都把“只答了一半”当成合格，一致性高而准确率约 85%，应重新标注。",
            "Everybody accepts answers that leave out half: high agreement, about 85 % right: relabel.",
        ),
    ),
    Script(
        project="sft", week=WEEKS[2], size=200, gold=16, wrong=(4, 6), outcome="void", unsafe=8,
        because=("回答中混入疑似违法不良内容，整批作废。", "Some responses hold suspected harmful content: void."),
    ),
    Script(
        project="sft", week=WEEKS[3], size=196, gold=16, wrong=(1, 1), outcome="accept",
        because=("仍在进行；准确率约 99.5%。", "Still in work; about 99.5 % are right."),
    ),
)  # fmt: skip
