"""The thresholds in a text: figures in reading order, each with its unit and with what compares to it.

Names such as S-01 or A1 are no figures. Two wordings of one threshold ("at least 95%", "0.95 or more") are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from labelqa.rulebook.model import Boundary, Metric, Term, Text

_WIDE: Final = str.maketrans("０１２３４５６７８９．％＞＜＝", "0123456789.%><=")
# How people say a comparison: before the figure, and after it.
_BEFORE: Final = {
    "<=": r"no (?:more|greater|higher|longer) than|not (?:more|greater|higher|longer) than|at most|up to|within|maximum"
    r"|not exceed(?:ing)?|<=|≤|至多|最多|不超过|不多于|不高于|不大于|不得超过",
    ">=": r"no (?:less|fewer|lower) than|not (?:less|fewer|lower) than|at least|minimum|>=|≥|至少|最少|不少于|不低于|不小于"
    r"|不得少于|不得低于",
    ">": r"(?:more|greater|higher|longer) than|over|above|exceed(?:s|ing)?|>|超过|多于|高于|大于",
    "<": r"(?:less|fewer|lower|shorter) than|below|under|<|少于|低于|小于|不足|不到|未满",
}
_AFTER: Final = {"<=": r"or (?:less|fewer|lower)|以下|以内|之内", ">=": r"or (?:more|higher|greater)|以上"}
_NEAR: Final = 24  # characters between a figure and the comparison after it
_ENGLISH: Final = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        range(1, 13),
        strict=True,
    )
)
_DIGITS: Final = dict(zip("零〇一二两三四五六七八九", [0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9], strict=True))
_POWERS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_MEASURE: Final = (
    "个月|小时|分钟|以上|以下|以内|[名个条天日次处项人份周月年秒位种件句段轮遍倍成批页字题级类张行列组例号岁]"
)
_UNITS: Final = {
    "h": r"h|hrs?|hours?|个?小时", "min": r"min|mins|minutes?|分钟", "s": r"s|secs?|seconds?|秒",
    "d": r"d|days?|天|日", "week": r"weeks?|周", "month": r"months?|个?月", "year": r"years?|年",
}  # fmt: skip
_START: Final = r"(?<![a-z0-9_.])(?<!(?<![0-9])-)"  # not within a name; a hyphen after a digit is a range
_NO_NAME: Final = r"(?!\d|[a-z_]+\d)"
_PERCENT: Final = r"\s*(?:%|per ?cent)"
_NUMERAL: Final = "[零〇一二两三四五六七八九十百千万]"


def _any(words: str) -> str:
    """Any of some expressions; those of letters stand alone, not within a longer word."""
    return rf"(?:(?<![a-z])(?=[a-z])(?:{words})(?![a-z])|(?![a-z])(?:{words}))"


_TOKEN: Final = re.compile(
    "|".join(
        [
            *(rf"(?P<before{at}>{_any(words)})" for at, words in enumerate(_BEFORE.values())),
            *(rf"(?P<after{at}>{_any(words)})" for at, words in enumerate(_AFTER.values())),
            rf"百分之(?P<share>{_NUMERAL}+|\d+(?:\.\d+)?)",
            rf"(?P<whole>{_NUMERAL}+)分之(?P<part>{_NUMERAL}+)",
            rf"(?P<numeral>{_NUMERAL}+)(?=余?(?:{_MEASURE}))",
            rf"(?<![a-z0-9_-])(?P<word>{'|'.join(_ENGLISH)})(?![a-z0-9_-])",
            r"(?P<name>[a-z_][a-z0-9_]*(?:-[a-z0-9_]+)*)",
            rf"{_START}(?P<figure>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?){_NO_NAME}(?P<percent>{_PERCENT})?",
            r"(?P<stop>[。；;，,!?！？\n]|\.(?!\d))",
        ]
    ),
    re.ASCII,
)
_UNIT: Final = re.compile(
    r"\s*(?:" + "|".join(rf"(?P<{name}>(?:{words})(?![a-z]))" for name, words in _UNITS.items()) + ")"
)
_ARTICLE: Final = re.compile("[个种条项句段件]")  # 一个 is often no more than "a"


@dataclass(slots=True)
class _Figure:
    value: Fraction
    unit: str
    compared: list[str]
    end: int
    weak: bool  # may be an article


def figures(text: str) -> tuple[tuple[Fraction, str, tuple[str, ...]], ...]:
    """The figures in a text in reading order: the value (percentages as shares), its unit, what compares to it.

    >>> [(str(value), unit, *signs) for value, unit, signs in figures("S-01: at least 95%, within 24h, 3 of 10")]
    [('19/20', '', '>='), ('24', 'h', '<='), ('3', ''), ('10', '')]
    """
    found = list(_found(text.translate(_WIDE).lower()))
    alone = all(each.weak for each in found)
    kept = (each for each in found if each.compared or not (each.weak and alone))
    return tuple((each.value, each.unit, tuple(sorted(set(each.compared)))) for each in kept)


def _found(text: str) -> Iterator[_Figure]:
    signs: list[str] = []
    last: _Figure | None = None
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if match["stop"]:
            signs, last = [], None
        elif kind.startswith("before"):
            signs.append(list(_BEFORE)[int(kind[-1])])
        elif kind.startswith("after"):
            if last is not None and match.start() - last.end <= _NEAR:
                last.compared.append(list(_AFTER)[int(kind[-1])])
        elif not match["name"]:
            unit = _UNIT.match(text, match.end())
            last = _Figure(_value(match), (unit and unit.lastgroup) or "", signs, match.end(), _weak(match, text))
            signs = []
            yield last


def _weak(match: re.Match[str], text: str) -> bool:
    return match["word"] == "one" or (match["numeral"] == "一" and bool(_ARTICLE.match(text, match.end())))


def _value(match: re.Match[str]) -> Fraction:
    if match["figure"]:
        value = Fraction(Decimal(match["figure"].replace(",", "")))
        return value / 100 if match["percent"] else value
    if match["share"]:
        return _number(match["share"]) / 100
    if match["whole"]:
        whole = _number(match["whole"])
        return _number(match["part"]) / whole if whole else Fraction(0)
    return Fraction(_ENGLISH[match["word"]]) if match["word"] else _number(match["numeral"])


def _number(numeral: str) -> Fraction:
    if numeral[0].isdecimal():
        return Fraction(Decimal(numeral))
    if not any(sign in _POWERS for sign in numeral):
        return Fraction(int("".join(str(_DIGITS[sign]) for sign in numeral)))
    total, section, digit = 0, 0, 0
    for sign in numeral:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign == "万":
            total, section, digit = (total + section + digit or 1) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _POWERS[sign], 0
    return Fraction(total + section + digit)


def same_figures(before: Any, after: Any) -> bool:
    """Whether two values (texts in both languages, text, terms, or lists of them) name the same figures, language by
    language. A language that is missing on one side is not compared, unless that leaves nothing to compare."""
    old, new = _by_language(before), _by_language(after)
    pairs = [pair for pair in zip(old, new, strict=True) if pair[0].strip() and pair[1].strip()]
    if not pairs:
        told = [figures(each) for each in (*old, *new) if each.strip()]
        filled = any(map(str.strip, old)) and any(map(str.strip, new))
        return all(one == other for one, other in pairwise(told)) if filled else not any(told)
    return all(figures(one) == figures(other) for one, other in pairs)


def _by_language(value: Any) -> tuple[str, str]:
    if isinstance(value, Text):
        return value.zh, value.en
    if isinstance(value, Boundary):
        return value.text.zh, value.text.en
    if isinstance(value, Term):
        return value.definition.zh, value.definition.en
    if isinstance(value, Metric):
        return "", value.target
    if isinstance(value, tuple):
        both = [_by_language(each) for each in value]
        return "\n".join(zh for zh, _ in both), "\n".join(en for _, en in both)
    return "", value if isinstance(value, str) else ""
