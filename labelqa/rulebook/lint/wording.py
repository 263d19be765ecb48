"""The lines of a rulebook by which people decide, one language at a time, and how they fall into sentences.

What stands in quotation marks is somebody else's wording, and names of risks are the taxonomy's: both are blanked out
before words are looked at, so that only the author's own sentences are judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from labelqa.rulebook.lint.negation import twice_negated
from labelqa.rulebook.lint.words import LIMIT, OPEN_LIST, VAGUE
from labelqa.rulebook.model import Rule, Rulebook, Text
from labelqa.rulebook.positions import Path
from labelqa.rulebook.taxonomy import known_taxonomy

Lang: TypeAlias = Literal["zh", "en"]
NORMS: Final = frozenset({"statement", "definition", "use_when"})  # what people decide by; the rest helps to decide
LANGS: Final[tuple[Lang, Lang]] = ("zh", "en")

_QUOTED: Final = re.compile(r"“[^“”]*”|《[^《》]*》|「[^「」]*」|『[^『』]*』|\"[^\"]*\"")
_MARKS: Final = frozenset('“《「『"')
_ENDS: Final = re.compile(r"[。！？；\n]|(?<=[.!?;])\s")


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a rule in one language: ``part`` is the field it stands in, ``own`` its wording without quotations, ``low`` the
    same without capitals."""

    path: Path
    part: str
    lang: Lang
    text: str
    own: str
    low: str


def lines(book: Rulebook) -> Iterator[Line]:
    """Every line of every rule by which people decide."""
    names = {lang: _names(book.taxonomy, lang) for lang in LANGS}
    for index, rule in enumerate(book.rules):
        for part, path, text in _parts(rule):
            for lang in LANGS:
                written = text.zh if lang == "zh" else text.en
                if written:
                    own = _own(written, names[lang])
                    yield Line(("rules", index, *path, lang), part, lang, written, own, own.lower())


def _parts(rule: Rule) -> Iterator[tuple[str, Path, Text]]:
    yield "statement", ("statement",), rule.statement
    yield "definition", ("definition",), rule.definition
    for name, texts in (("use_when", rule.use_when), ("avoid_when", rule.avoid_when)):
        for index, text in enumerate(texts):
            yield name, (name, index), text
    for index, boundary in enumerate(rule.boundaries):
        yield "boundaries", ("boundaries", index, "text"), boundary.text
    for index, step in enumerate(rule.steps):
        yield "steps", ("steps", index, "question"), step.question


@lru_cache(maxsize=16)
def _names(version: str, lang: Lang) -> re.Pattern[str] | None:
    """The names of risks, in a version of their list, in which words would be found; None where there is none."""
    risks = known_taxonomy(version)
    texts = [*(risk.name for risk in risks.risks), *risks.groups.values()] if risks else []
    names = {text.zh if lang == "zh" else text.en for text in texts}
    found = sorted((name for name in names if _conspicuous(name, lang)), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, found)), 0 if lang == "zh" else re.IGNORECASE) if found else None


def _conspicuous(name: str, lang: Lang) -> bool:
    patterns = (VAGUE[lang], LIMIT[lang], OPEN_LIST)
    return any(pattern.search(name.lower()) for pattern in patterns) or bool(twice_negated(name, lang))


def _own(text: str, names: re.Pattern[str] | None) -> str:
    own = _QUOTED.sub(_blank, text) if not _MARKS.isdisjoint(text) else text
    return own if names is None else names.sub(_blank, own)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def sentences(text: str) -> list[str]:
    """A text cut at the ends of its sentences.

    >>> sentences("先看一遍。再判断：有没有雨？")
    ['先看一遍', '再判断：有没有雨']
    """
    return [part.strip() for part in _ENDS.split(text) if part and part.strip()]
