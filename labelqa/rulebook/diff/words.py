"""Which words of a sentence were taken out and put in: by words in English, by characters in Chinese.

Shows wording only; what an edit counts for is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

# A word with what belongs to it (95%, S-01, don't), a run of blanks, or one other character.
_TOKEN: Final = re.compile(r"[A-Za-z0-9À-ɏ]+(?:[-'’.:_/][A-Za-z0-9À-ɏ]+)*%?|\s+|.", re.DOTALL)
_MOST: Final = 1_000_000  # pairs of tokens that are still compared one by one


class Kept(StrEnum):
    """What became of a piece of the sentence."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the sentence."""

    kept: Kept
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The two sentences as one: what stays, what was taken out, what was put in, in reading order.

    The pieces that stay or were taken out make up ``before``; those that stay or were put in make up ``after``.

    >>> [(piece.kept.value, piece.text) for piece in pieces("at least 95% pass", "at least 98% pass")]
    [('same', 'at least '), ('removed', '95%'), ('added', '98%'), ('same', ' pass')]
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    middle = (old[head : len(old) - tail], new[head : len(new) - tail])
    raw = [(old[:head], new[:head], True), *_runs(*middle), (old[len(old) - tail :], new[len(new) - tail :], True)]
    return tuple(_joined(raw))


def _shared(old: list[str], new: list[str]) -> int:
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str], bool]]:
    if len(old) * len(new) > _MOST:
        yield old, new, False
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield old[a:b], new[c:d], kind == "equal"


def _joined(raw: list[tuple[list[str], list[str], bool]]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece; blanks between two edits belong to the edits."""
    gone, came = "", ""
    for at, (old, new, same) in enumerate(raw):
        left, right = "".join(old), "".join(new)
        between = same and (gone or came) and not left.strip() and any(not each[2] for each in raw[at + 1 :])
        if not same or between:
            gone, came = gone + left, came + right
            continue
        yield from _edit(gone, came)
        gone, came = "", ""
        if left:
            yield Piece(Kept.SAME, left)
    yield from _edit(gone, came)


def _edit(gone: str, came: str) -> Iterator[Piece]:
    if gone:
        yield Piece(Kept.REMOVED, gone)
    if came:
        yield Piece(Kept.ADDED, came)
