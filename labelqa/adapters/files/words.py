"""The words of work sheets and review forms in Chinese and English, and how they are read back.

They belong to the file format, not to the message catalogs: a sheet filled last year must still be understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from labelqa.i18n import Lang

Words = Mapping[str, tuple[str, str]]  # stored spelling -> (English, Chinese)

VERDICTS: Final[Words] = {
    "correct": ("Correct", "正确"),
    "incorrect": ("Incorrect", "错误"),
    "undecidable": ("Undecidable", "无法判断"),
}
# What a verdict cell offers: an item that cannot be reviewed is undecidable, and the obstacle stands behind a colon.
VERDICT_CHOICES: Final[Words] = {
    **VERDICTS,
    "undecidable:skipped": ("Undecidable: the item was skipped", "无法判断：条目已跳过"),
    "undecidable:deleted": ("Undecidable: the item was deleted", "无法判断：条目已删除"),
    "undecidable:broken-media": ("Undecidable: the media cannot be opened", "无法判断：媒体无法打开"),
}
SEVERITIES: Final[Words] = {
    "critical": ("Critical", "致命"),
    "major": ("Major", "严重"),
    "minor": ("Minor", "轻微"),
}
SAFETY: Final[Words] = {
    "safe": ("Safe", "安全"),
    "unsafe": ("Unsafe", "不安全"),
    "unclear": ("Unclear", "无法确定"),
}
CHECK_RESULTS: Final[Words] = {
    "passed": ("Passed", "通过"),
    "failed": ("Failed", "不通过"),
    "not-applicable": ("Not applicable", "不适用"),
}
CHECKS: Final[Words] = {
    "understanding": ("Check: understood correctly", "核验：理解准确"),
    "consistency": ("Check: prompt and response fit", "核验：问答一致"),
    "quality": ("Check: quality and diversity", "核验：保证质量"),
}
UNSAFE: Final[Words] = {"": ("none", "无")} | {f"A.{number}": (f"A{number}", f"A{number}") for number in range(1, 6)}
COLUMNS: Final[Words] = {
    "order": ("No.", "序号"),
    "item": ("Item", "数据条目"),
    "label": ("Annotation", "标注结果"),
    "verdict": ("Verdict", "结论"),
    "correct_label": ("Correct label", "正确标签"),
    "rule": ("Rule", "规则条款"),
    "severity": ("Severity of the defect", "缺陷严重程度"),
    "unsafe": ("Suspected unsafe content", "疑似违法不良信息"),
    "comment": ("Comment", "备注"),
    "answer": ("Your own label", "您的标注结果"),
    "defect": ("Defect", "缺陷"),
    "safety": ("Safety", "安全性结论"),
} | {f"check {name}": titles for name, titles in CHECKS.items()}
CONTENT: Final = ("Content", "内容")
SCORE: Final = ("Score: {title} ({line:g} or more passes)", "评分：{title}（{line:g} 分及以上合格）")
_RISK: Final = re.compile(r"A\.?([1-5])\.?([a-z])", re.IGNORECASE)

# What other forms call the same verdicts: the word, the verdict, the severity it implies.
OTHER_VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "accept": ("correct", ""),
    "minor": ("incorrect", "minor"),
    "major": ("incorrect", "major"),
    "critical": ("incorrect", "critical"),
    "guideline unclear": ("undecidable", ""),
}


def shown(words: Words, stored: str, lang: Lang) -> str:
    """A word as a sheet in ``lang`` shows it."""
    return words[stored][0 if lang == "en" else 1]


def stored(words: Words, cell: str) -> str | None:
    """The stored spelling of what somebody chose or typed, in either language; None for an unknown word.

    >>> stored(VERDICTS, " 错误 "), stored(UNSAFE, "a3"), stored(VERDICTS, "maybe")
    ('incorrect', 'A.3', None)
    """
    wanted = cell.strip().casefold()
    for word, spellings in words.items():
        if wanted in {word.casefold(), *(spelling.casefold() for spelling in spellings)}:
            return word
    return None


def risk(cell: str) -> str | None:
    """A group of risks or a single one in the stored spelling, "" for none; None for an unknown word.

    >>> risk("无"), risk("a3"), risk("A.1B"), risk("A9")
    ('', 'A.3', 'A1b', None)
    """
    one = _RISK.fullmatch(cell.strip())
    return f"A{one[1]}{one[2].lower()}" if one else stored(UNSAFE, cell)


class SaidVerdict(NamedTuple):
    """A verdict as a word says it, and what the word says besides: a severity, or why the item cannot be reviewed."""

    verdict: str
    severity: str = ""
    obstacle: str = ""


def verdict(cell: str) -> SaidVerdict | None:
    """The verdict that a cell holds; None for an unknown word.

    >>> verdict("正确").verdict, verdict("minor").severity, verdict("无法判断：条目已删除").obstacle, verdict("?")
    ('correct', 'minor', 'deleted', None)
    """
    if known := stored(VERDICT_CHOICES, cell):
        said, _, obstacle = known.partition(":")
        return SaidVerdict(said, obstacle=obstacle)
    other = OTHER_VERDICTS.get(cell.strip().casefold())
    return SaidVerdict(*other) if other else None
