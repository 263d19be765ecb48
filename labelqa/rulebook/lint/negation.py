"""Finds two negations in one clause that undo each other: 并非不, 没有……不, "not without", "never … not".

Not a double negation: questions by A-not-A (是不是, 能不能), two things denied side by side (既不……也不, neither … nor),
不仅……不, words that merely hold a negative letter (不同, 不良, under, until), and conditions (不……，不……) in two clauses.
"""

from __future__ import annotations

import re
from typing import Final

# Words with 不 or 无 in them that deny nothing, or say one thing as a whole.
_WHOLE: Final = re.compile(
    r"不(?:[仅但只光单]是?|论|管|过(?!于|度)|同(?!意)|良|法|雅|实|当(?!作|成|做)|正当|足|少|久|断|时|妥|明|利|变|等|定|便|适|安|幸|满|平|慎|止|限|含糊|可抗|动产)"
    r"|(.)不\1|[拿看分说想做找查得用读听认辨猜答]不[准清出到上懂了得见明全]|不(?![得能可会是应该敢许准宜要])[^，、]不[^，、]|无(?:关|法|效|障碍|人机|论|聊|线|偿|意义|期|限|形)|非(?:法|常|公开|营利|正式)"
    r"|未(?:来|成年人?)|除非"
)
_CLAUSES: Final = re.compile(
    r"[，、。；：！？（）,;:!?()\n]|且|或|而|但|和|以及|是?指|即|视为|标为|并(?![非不未无])|[也又都更既][不没未无]"
)
_FIXED: Final = re.compile(
    r"(?:未尝|未必|并非|并不是|不是|不得|不能|不可|不会|不要|不应该?|不该|不敢|不许|不准|不宜|无法|无非|莫)(?:不|没有|无)|无一?不|无人不|不无"
    r"|(?<![除并是])非[^，。；]{1,8}不可(?=[的，。；！？]|$)"
)
_SPREAD: Final = re.compile(r"(?:不|没有|未|无|并非|从未)[^不没未无]{0,12}(?:不|没有|未(?=曾|[经必])|无)")

_UN: Final = (
    r"un(?!der|less|til|ique|it|ion|ivers|iform|animous|cle|iq|dergo|ify|ified)\w+|in(?:accurate|complete|correct|consistent|frequent\w*"
    r"|significant|appropriate|valid|visible|sufficient|sensitive|admissible|eligible|offensive)|im(?:possible|proper|precise|plausible)"
    r"|il(?:legal|licit|legible|logical)|ir(?:relevant|regular|responsible)|dis(?:similar|honest|allowed|agree\w*)|non-?\w{3,}"
)
_NEGATION_EN: Final = re.compile(
    rf"\b(?:not|never|no|cannot|nor|\w+n['’]t)\s+(?:\w+ly\s+|an?\s+|be\s+)?(?:{_UN})\b"
    r"|\b(?:not|never|cannot|\w+n['’]t)(?:\s+[\w'’-]+){0,6}?\s+(?:without|never|nobody|nothing|none|not)\b"
    r"|\b(?:no|nobody|nothing|none|no one)(?:\s+[\w'’-]+){0,4}?\s+without\b",
    re.IGNORECASE,
)
_CLAUSES_EN: Final = re.compile(
    r"[,.;:!?()\n—–]|\b(?:and|or|but|nor|if|when|whenever|where|unless|until|that|which|who|whose|because|since|as|while|than|so|means?|neither"
    r"|whether|though|although)\b",
    re.IGNORECASE,
)
_ANY_EN: Final = re.compile(
    r"\b(?:n(?:o|ot|or|ever|obody|othing|one)|N(?:o|ot|or|ever|obody|othing|one)|[Cc]annot)\b|n['’]t\b"
)
_HARMLESS_EN: Final = re.compile(
    r"\b(?:or not|not only|not just|not merely|no matter|no longer|not yet|no less)\b", re.IGNORECASE
)


def twice_negated(text: str, lang: str) -> str:
    """The words of the first clause that denies twice; "" where none does.

    >>> twice_negated("不得不标为有雨", "zh"), twice_negated("不仅不标，也不改", "zh")
    ('不得不', '')
    >>> twice_negated("It is not unusual.", "en"), twice_negated("It does not fall until noon.", "en")
    ('not unusual', '')
    """
    return _chinese(text) if lang == "zh" else _english(text)


def _chinese(text: str) -> str:
    if sum(map(text.count, "不没无未非莫")) < 2:
        return ""
    for clause in _CLAUSES.split(_WHOLE.sub(_blank, text)):
        found = clause and (_FIXED.search(clause) or _SPREAD.search(clause))
        if found:
            return found.group().strip()
    return ""


def _english(text: str) -> str:
    if not _ANY_EN.search(text):
        return ""
    for clause in _CLAUSES_EN.split(_HARMLESS_EN.sub(_blank, text)):
        found = clause and _NEGATION_EN.search(clause)
        if found:
            return found.group()
    return ""


def _blank(match: re.Match[str]) -> str:
    return "口" * len(match.group()) if match.group()[0] > "\u2e80" else " " * len(match.group())
