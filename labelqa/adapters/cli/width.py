"""How wide a text is on a terminal, and where it may be broken: a Chinese character takes two columns.

Nothing here knows about commands or files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_CLOSING = "，。；：、！？）】》」』”’"
_PIECES = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]|\s+")


def cells(text: str) -> int:
    """Columns that the text takes on a terminal.

    >>> cells("label"), cells("标签")
    (5, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_cell(letter) for letter in text)


def _cell(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with spaces up to ``width`` columns."""
    room = " " * max(0, width - cells(text))
    return room + text if right else text + room


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: words, single Chinese characters with the closing mark behind them, spaces."""
    held = ""
    for piece in _PIECES.findall(text):
        if held and piece[0] in _CLOSING:
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def longest_word(text: str) -> int:
    """Columns of the longest piece that may not be broken.

    >>> longest_word("genai-sft@1.0.0 放行，"), longest_word("")
    (15, 0)
    """
    return max((cells(piece.strip()) for piece in _pieces(text)), default=0)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns; a word that is longer stays whole on a line of its own.

    >>> wrap("a plan for a batch", 10)
    ['a plan for', 'a batch']
    >>> wrap("抽样方案，批次", 8)
    ['抽样方', '案，批次']
    """
    lines: list[str] = [""]
    for piece in _pieces(text):
        if piece.isspace():
            lines[-1] += " " if lines[-1] else ""
        elif lines[-1] and cells(lines[-1]) + cells(piece) > width:
            lines.append(piece)
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines]
