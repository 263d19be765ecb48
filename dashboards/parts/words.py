"""Texts that came from people and files, made harmless: shown as they are, never as Markdown or HTML."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import east_asian_width

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&\"'^=])")
_BREAKS: Final = re.compile(r"\s+")
LONG: Final = 150


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


def lines(text: str, *, wide: int, most: int = 3) -> str:
    """A text in at most so many lines of so many columns; cuts are marked.

    >>> lines("一二三四五六七八九十", wide=6, most=2)
    '一二三\\n四五…'
    """
    rest = _BREAKS.sub(" ", text).strip()
    found: list[str] = []
    while rest and len(found) < most - 1:
        start = _start(rest, wide)
        cut = start.rfind(" ") + 1 if len(start) < len(rest) and rest[len(start)].isalnum() and start.isascii() else 0
        start = start[:cut] or start
        found.append(start.strip())
        rest = rest[len(start) :].strip()
    return "\n".join([*found, short(rest, most=wide)]) if rest else "\n".join(found)


def _start(text: str, most: int) -> str:
    wide = 0
    for place, letter in enumerate(text):
        wide += _columns(letter)
        if wide > most:
            return text[:place]
    return text


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
