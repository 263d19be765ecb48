"""One transcript out of several people's: word by word, what most of them heard (ROVER, Fiscus 1997).

The transcripts are laid side by side, one after another, as a line of slots that each hold the words put there and how
often; then every slot is voted on, and "nothing" may win. Ties are reported. Nothing is known here of grammar or sound,
and no spelling is preferred to another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from unicodedata import normalize

from labelqa.errors import InsufficientData

Votes: TypeAlias = dict[str, int]
_UNSPOKEN = re.compile(r"[^\w'\s]")
_HAN = "\u2e80-\u2fdf\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHARACTER = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+(?:'[^\W{_HAN}]+)*")
_BOTH, _SKIP, _NEW = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place in the line: ``word`` won with ``votes`` of the transcripts' voices ("" is nothing); ``tied`` are the
    words that had as many, in alphabetical order, none where the winner had more than the others."""

    word: str
    votes: int
    tied: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """``words`` that won, in order; ``slots`` with the places where nothing won as well; ``support`` the mean share of
    the winners' votes, 1 where all transcripts say the same."""

    words: tuple[str, ...]
    slots: tuple[Slot, ...]
    transcripts: int
    support: float

    @property
    def ties(self) -> int:
        """Slots whose winner had no more votes than another word."""
        return sum(bool(slot.tied) for slot in self.slots)


def spoken_words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, without any sign but the apostrophe.

    >>> spoken_words("Mist, and I wasn't...")
    ('mist', 'and', 'i', "wasn't")
    """
    return tuple(_UNSPOKEN.sub("", text.lower()).split())


def spoken_characters(text: str) -> tuple[str, ...]:
    """The characters of a Chinese or Japanese text, full and half width alike, without signs; words in other letters
    and numbers stay whole.

    >>> spoken_characters("打开 Wi-Fi,第3页。")
    ('打', '开', 'wi', 'fi', '第', '3', '页')
    """
    return tuple(_CHARACTER.findall(normalize("NFKC", text).lower()))


def _moves(slots: Sequence[Votes], words: Sequence[str], merged: int) -> list[list[int]]:
    """The cheapest way to lay words beside slots: for each (slot, word) how one gets there.

    A word costs the voices in its slot that say something else, a skipped slot those that say something, a word in a
    slot of its own all ``merged`` voices so far. At equal cost words stay together.
    """
    costs = [merged * j for j in range(len(words) + 1)]
    moves = [[_NEW] * (len(words) + 1)]
    for slot in slots:
        skip = merged - slot.get("", 0)
        line, how = [costs[0] + skip], [_SKIP]
        for j, word in enumerate(words):
            both, skipped, new = costs[j] + merged - slot.get(word, 0), costs[j + 1] + skip, line[j] + merged
            best = min(both, skipped, new)
            line.append(best)
            how.append(_BOTH if both == best else _SKIP if skipped == best else _NEW)
        costs = line
        moves.append(how)
    return moves


def _merged(slots: Sequence[Votes], words: Sequence[str], merged: int) -> list[Votes]:
    """The slots with one more transcript in them."""
    moves, line = _moves(slots, words, merged), []
    i, j = len(slots), len(words)
    while i or j:
        move = moves[i][j] if i and j else (_SKIP if i else _NEW)
        if move == _NEW:
            slot: Votes = {"": merged}
        else:
            i -= 1
            slot = slots[i]
        if move != _SKIP:
            j -= 1
        word = "" if move == _SKIP else words[j]
        slot[word] = slot.get(word, 0) + 1
        line.append(slot)
    return line[::-1]


def _from_the_middle(transcripts: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The transcript nearest to all others first: what everything is laid beside should be sound."""
    from rapidfuzz.distance import Levenshtein

    far = [sum(Levenshtein.normalized_distance(one, other) for other in transcripts) for one in transcripts]
    order = sorted(range(len(transcripts)), key=lambda at: (round(far[at], 12), tuple(transcripts[at])))
    return [transcripts[at] for at in order]


def _voted(votes: Votes) -> Slot:
    """The word with most votes; among equals a word before nothing, then the one met first."""
    most = max(votes.values())
    best = [word for word, count in votes.items() if count == most]
    word = next((each for each in best if each), "")
    return Slot(word=word, votes=most, tied=tuple(sorted(best)) if len(best) > 1 else ())


def rover(transcripts: Sequence[Sequence[str]], *, order: Literal["central", "given"] = "central") -> Transcript:
    """The transcript that the slots' votes give; each of ``transcripts`` is a sequence of words or characters.

    ``central`` starts from the transcript nearest to the others, whatever order they come in; ``given`` takes them as
    they come, as the published figures do. Raises InsufficientData ``no-transcripts`` for none.

    >>> heard = ["the cat sat", "a cat sat down", "the cats sat down"]
    >>> rover([spoken_words(text) for text in heard]).words
    ('the', 'cat', 'sat', 'down')
    """
    if any("" in words for words in transcripts):
        raise ValueError("a word of a transcript must not be empty: the empty word stands for nothing")
    if not transcripts:
        raise InsufficientData("no-transcripts", "there is no transcript here to combine")
    if order not in ("central", "given"):
        raise ValueError(f"order must be central or given, not {order}")
    ordered = _from_the_middle(transcripts) if order == "central" else list(transcripts)
    line: list[Votes] = [{word: 1} for word in ordered[0]]
    for merged, words in enumerate(ordered[1:], start=1):
        line = _merged(line, words, merged)
    slots = tuple(_voted(votes) for votes in line)
    total = len(slots) * len(ordered)
    return Transcript(
        words=tuple(slot.word for slot in slots if slot.word),
        slots=slots,
        transcripts=len(ordered),
        support=sum(slot.votes for slot in slots) / total if total else 1.0,
    )
