"""The words of work sheets and review forms in Chinese and English, and how they are read back.

They belong to the file format, not to the message catalogs: a sheet filled last year must still be understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.i18n import Lang

Words = Mapping[str, tuple[str, str]]  # stored spelling -> (English, Chinese)

VERDICTS: Final[Words] = {
    "correct": ("Correct", "正确"),
    "incorrect": ("Incorrect", "错误"),
    "undecidable": ("Undecidable", "无法判断"),
}
SEVERITIES: Final[Words] = {
    "critical": ("Critical", "致命"),
    "major": ("Major", "严重"),
    "minor": ("Minor", "轻微"),
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
}
CONTENT: Final = ("Content", "内容")

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


def verdict(cell: str) -> tuple[str, str] | None:
    """The verdict, and the severity that the word implies ("" for none); None for an unknown word.

    >>> verdict("正确"), verdict("minor"), verdict("?")
    (('correct', ''), ('incorrect', 'minor'), None)
    """
    known = stored(VERDICTS, cell)
    return (known, "") if known else OTHER_VERDICTS.get(cell.strip().casefold())
