"""How far two free texts lie apart: how much of one must be changed to get the other, by characters or by words.

Chinese has no blanks between words: each of its characters is a word of its own here, and a transcript that mixes
Chinese and English is counted as is usual for it. Meaning is not compared, only wording.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from labelqa.records.reductions import Floats
from labelqa.stats.distance.stored import beside, parsed, refuse

Unit: TypeAlias = Literal["character", "word", "whole"]
Text: TypeAlias = str | tuple[str, ...]
_CHINESE: Final = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD: Final = re.compile(rf"[{_CHINESE}]|[^\s{_CHINESE}]+")
_MARKS: Final = re.compile(r"[^\w\s']")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRules:
    """Which differences between two texts are none.

    ``width``: full-width and other compatible forms (Unicode NFKC); ``space``: how many blanks, and blanks at the ends;
    ``case``: capitals; ``marks``: characters other than letters, digits, the underscore, the apostrophe and blanks.

    >>> TextRules(case=True, marks=True).plain(" Ｈello，  World!")
    'hello world'
    """

    width: bool = True
    space: bool = True
    case: bool = False
    marks: bool = False

    def plain(self, text: str) -> str:
        """The text without the differences that are none."""
        if self.width:
            text = unicodedata.normalize("NFKC", text)
        if self.case:
            text = text.casefold()
        if self.marks:
            text = _MARKS.sub("", text)
        return " ".join(text.split()) if self.space else text


SPEECH: Final = TextRules(case=True, marks=True)  # transcripts: capitals and punctuation are not spoken


def read_lines(text: str) -> tuple[str, ...]:
    """The lines of a stored answer: those of a JSON list of texts, or one plain text.

    >>> read_lines('["a short summary"]'), read_lines("[laughs] well")
    (('a short summary',), ('[laughs] well',))
    """
    value = parsed(text)
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return tuple(value)
    return (text,)


def words(text: str) -> tuple[str, ...]:
    """What stands between blanks, and every Chinese character or Japanese kana by itself.

    >>> words("打开 Label Studio吧")
    ('打', '开', 'Label', 'Studio', '吧')
    """
    return tuple(_WORD.findall(text))


def _split(text: str, unit: Unit) -> Text:
    return text if unit == "character" else words(text) if unit == "word" else (text,)


def _require_unit(unit: str) -> None:
    if unit not in get_args(Unit):
        refuse(unit, f"one of {', '.join(get_args(Unit))}")


def _edits(ones: Sequence[Text], others: Sequence[Text]) -> Floats:
    """Insertions, deletions and substitutions from each of ``ones`` to the other (Levenshtein 1966)."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cpdist

    beside(ones, others)
    if not len(ones):
        return np.zeros(0)
    return np.asarray(cpdist(ones, others, scorer=Levenshtein.distance, dtype=np.int64), dtype=np.float64)


def _lengths(texts: Sequence[Text]) -> Floats:
    return np.fromiter(map(len, texts), dtype=np.float64, count=len(texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDistance:
    """Edits between two texts over the length of the longer: 0..1, the same in both directions.

    By "character", by "word" (a word error rate that needs no reference), or "whole": the same text or not.

    >>> wording = EditDistance()
    >>> wording.between([wording.read("hello")], [wording.read("world")])
    array([0.8])
    """

    unit: Unit = "character"
    rules: TextRules = field(default_factory=TextRules)

    def __post_init__(self) -> None:
        _require_unit(self.unit)

    def read(self, text: str) -> Text:
        """The characters or words of a stored answer; lines are joined."""
        return _split(self.rules.plain("\n".join(read_lines(text))), self.unit)

    def between(self, ones: Sequence[Text], others: Sequence[Text]) -> Floats:
        """The distance of each pair: (pairs,)."""
        longer = np.maximum(_lengths(ones), _lengths(others)) if len(ones) == len(others) else np.zeros(0)
        distances: Floats = _edits(ones, others) / np.maximum(longer, 1.0)
        return distances


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """Edits over the length of the reference: WER by "word", CER by "character"; the ``others`` are the references.

    For answers beside a gold transcript. It can pass 1, and it is not the same in both directions, so between
    annotators :class:`EditDistance` is the better measure. An answer where the reference is empty counts as 1.

    >>> wer = ErrorRate()
    >>> wer.between([wer.read("The cat sat, on mat")], [wer.read("the cat sat on the mat")]).round(4)
    array([0.1667])
    """

    unit: Unit = "word"
    rules: TextRules = SPEECH

    def __post_init__(self) -> None:
        _require_unit(self.unit)

    def read(self, text: str) -> Text:
        """The characters or words of a stored answer; lines are joined."""
        return _split(self.rules.plain("\n".join(read_lines(text))), self.unit)

    def between(self, ones: Sequence[Text], others: Sequence[Text]) -> Floats:
        """Error rate of each of ``ones`` against its reference in ``others``: (pairs,), 0 or more."""
        edits, length = _edits(ones, others), _lengths(others)
        return np.where(length > 0, edits / np.maximum(length, 1.0), np.minimum(edits, 1.0))
