"""Texts that came from people and files, made harmless: shown as they are, never as Markdown or HTML."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import east_asian_width

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&\"'^=])")
_BREAKS: Final = re.compile(r"\s+")
LONG: Final = 150
ONE_LINE: Final = 60


def plain(text: str) -> str:
    """A text for a place that reads Markdown: every mark of it is escaped, line breaks become spaces.

    >>> plain("**a** <b>")
    '\\\\*\\\\*a\\\\*\\\\* \\\\<b\\\\>'
    """
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", text).strip())


def short(text: str, *, most: int = LONG) -> str:
    """A text for one cell of a table, at most so many columns wide (a Chinese character takes two); cuts are marked.

    >>> short("abcdef", most=4), short("标注结果", most=4)
    ('abc…', '标…')
    """
    line = _BREAKS.sub(" ", text).strip()
    if _columns(line) <= most:
        return line
    return f"{_start(line, most - 1)}…"


def excerpt(text: str) -> str:
    """The beginning of a long text for a cell of three lines; cells wrap Chinese but not Latin lines.

    >>> excerpt("word " * 30).endswith("…"), len(excerpt("标注" * 90))
    (True, 75)
    """
    line = _BREAKS.sub(" ", text).strip()
    return short(line, most=LONG if _columns(line) > 1.4 * len(line) else ONE_LINE)


def _start(text: str, most: int) -> str:
    wide = 0
    for place, letter in enumerate(text):
        wide += _columns(letter)
        if wide > most:
            return text[:place]
    return text


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
