"""Which texts of a rulebook are nearly the same: the pairs that are worth comparing, and how alike two texts are.

Texts that are alike share some of their rarest stretches of three characters, so nothing else is compared; with very
many alike the search ends after a fixed number of comparisons. Texts in which only figures differ are not alike: there
the figure is the point.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from labelqa.rulebook.lint.words import MEASURES
from labelqa.rulebook.model import Text

MOST: Final = 500_000  # comparisons in one book
LONGEST: Final = 1_500  # characters of a text that are compared
STRETCH: Final = 3  # characters
SHARED: Final = 0.45  # of the stretches that two texts have together
AT_ONCE: Final = 4
_SILENT: Final = re.compile(r"[\W_]+")
_FIGURES: Final = re.compile(rf"[0-9]+|[一二两三四五六七八九十百千万半]+(?=[{MEASURES}])")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text of both languages without case, width, blanks and marks, and the figures in it."""

    zh: str
    en: str
    figures: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


def spelled(*texts: Text) -> Spelled:
    """Texts read as one, so spelled that only the words make a difference.

    >>> spelled(Text("有雨。", "Rain, 5 mm!"))
    Spelled(zh='有雨', en='rain 5 mm', figures=('5',))
    """
    zh, en = _plain("".join(text.zh for text in texts), ""), _plain(" ".join(text.en for text in texts), " ")
    return Spelled(zh, en, tuple(_FIGURES.findall(zh) + _FIGURES.findall(en)))


def shown(content: Text) -> list[str]:
    """Both languages of a content, so spelled that width, case and blanks make no difference."""
    words = (unicodedata.normalize("NFKC", text).casefold().split() for text in (content.zh, content.en))
    return [joined for parts in words if (joined := " ".join(parts))]


def _plain(text: str, between: str) -> str:
    shown = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return _SILENT.sub(between, shown)[:LONGEST].strip()


def alike(texts: Sequence[Spelled], *, at_least: float, sorts: Sequence[str] = ()) -> Iterator[tuple[int, int, float]]:
    """Pairs (earlier, later) of texts that are alike by ``at_least``, 0–1, with how much, by the later one.

    ``sorts`` gives each text a sort: then only texts of different sorts are compared.
    How alike two texts are is twice their common subsequence over both lengths (Indel similarity), in the language in
    which they differ more.
    """
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import extract

    keys = [text.zh or text.en for text in texts]
    for later, shared in _worth_comparing(keys, sorts):
        met = [it for it in shared if texts[it].figures == texts[later].figures]
        near = extract(
            keys[later],
            [keys[it] for it in met],
            scorer=Indel.normalized_similarity,
            score_cutoff=at_least,
            limit=None,
        )
        for earlier, how in sorted((met[at], how) for _, how, at in near):
            one, two = texts[earlier], texts[later]
            other = Indel.normalized_similarity(one.en, two.en) if one.en or two.en else how
            if min(how, other) >= at_least:
                yield earlier, later, min(how, other)


def _worth_comparing(keys: Sequence[str], sorts: Sequence[str]) -> Iterator[tuple[int, list[int]]]:
    """Each text with the earlier ones that share enough of its rarest stretches, some ``MOST`` pairs at most.

    Of two texts with a share of SHARED in common, the rarest so many of each have AT_ONCE in common: nothing else is
    looked at.
    """
    grams = [_grams(key) for key in keys]
    common = Counter(gram for each in grams for gram in each)
    holders: dict[str, list[int]] = {}
    left = MOST
    for index, each in enumerate(grams):
        length, rare = len(each), _rarest(each, common)
        met = Counter(chain.from_iterable(holders.get(gram, ()) for gram in rare))
        for gram in rare:
            holders.setdefault(gram, []).append(index)
        left -= len(met)
        least = min(AT_ONCE, int(SHARED * length) + 1)
        near = [it for it, times in met.items() if times >= min(least, int(SHARED * len(grams[it])) + 1)]
        if sorts:
            near = [it for it in near if sorts[it] != sorts[index]]
        if near:
            yield index, near
        if left < 0:
            return


def _rarest(grams: frozenset[str], common: Counter[str]) -> list[str]:
    """The rarest of a text's stretches, but for those that no other text has."""
    several = [gram for gram in grams if common[gram] > 1]
    left = AT_ONCE + len(several) - int(SHARED * len(grams))
    return sorted(several, key=lambda gram: (common[gram], gram))[:left] if left > 0 else []


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[at : at + STRETCH] for at in range(len(text) - STRETCH + 1)) or frozenset({text} - {""})
