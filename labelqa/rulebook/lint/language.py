"""Checks of wording: vague words, thresholds without a figure, sentences too long to work by.

Word lists find what often makes two people read a rule differently; they cannot prove a sentence clear. That is why
these are warnings, which an author may answer with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.model import Text
from labelqa.rulebook.positions import Path

LONGEST_ZH: Final = 90  # characters in a sentence
LONGEST_EN: Final = 40  # words in a sentence

# 等 is vague where it closes a list (…等。 …等内容), not within words such as 平等 or 等级.
_VAGUE: Final = re.compile(
    r"适当|酌情|尽量|尽可能|视情况|必要时|原则上|一般(?:来说|情况|应|可|不)|大致|较为|(?<!不)合理|可能的话"
    r"|(?<![平同高中初优劣上下不相均对])等等?(?=[。；，、,;.）)]|$|内容|情形|情况|方面|行为|信息|问题|词)"
    r"|(?<=、)[^、，。；：]{1,10}?(?<![平同高中初优劣上下不相均对])等(?![级于待候同分差价])"
    r"|\b(?:appropriate(?:ly)?|reasonabl[ey]|as needed|if needed|where necessary|if necessary|if possible"
    r"|as far as possible|etc\b\.?|and so on|and the like|generally|normally|usually|in principle|roughly"
    r"|try to)(?!\w)",
    re.IGNORECASE,
)
_THRESHOLD: Final = re.compile(
    r"一定(?:的)?(?:数量|比例|程度|次数|时间|长度|范围)|若干|多次|大量|少量|(?:太|过|较)(?:多|少|长|短|大|小|高|低)"
    r"|\b(?:a certain (?:number|share|degree|amount|length|extent)|several|many|a few|a lot of|a number of"
    r"|a large number|too (?:long|short|many|few|much|large|small)|significant(?:ly)?|substantial(?:ly)?)\b",
    re.IGNORECASE,
)
_FIGURE: Final = re.compile(r"[0-9０-９%％]|[一二三四五六七八九十百千两]\s*(?:个|次|条|处|项|成|倍|遍|分之|字|句)")
_ENDS: Final = re.compile(r"[。！？；\n]|(?<=[.!?;])\s")


def _norms(subject: Subject) -> Iterator[tuple[Path, Text]]:
    """The sentences by which people decide: statement, definition, when to use it."""
    for path, rule in subject.rules():
        yield (*path, "statement"), rule.statement
        yield (*path, "definition"), rule.definition
        for index, text in enumerate(rule.use_when):
            yield (*path, "use_when", index), text


def _instructions(subject: Subject) -> Iterator[tuple[Path, Text]]:
    """The norms, and what else is read while labeling."""
    yield from _norms(subject)
    for path, rule in subject.rules():
        for index, boundary in enumerate(rule.boundaries):
            yield (*path, "boundaries", index, "text"), boundary.text
        for index, text in enumerate(rule.avoid_when):
            yield (*path, "avoid_when", index), text
        for index, step in enumerate(rule.steps):
            yield (*path, "steps", index, "question"), step.question


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _ENDS.split(text) if part and part.strip()]


def _both(path: Path, text: Text) -> Iterator[tuple[Path, str]]:
    yield (*path, "zh"), text.zh
    yield (*path, "en"), text.en


def vague_word(subject: Subject) -> Iterator[Hit]:
    """Words that leave the decision to the reader."""
    for path, text in _norms(subject):
        for where, written in _both(path, text):
            found = dict.fromkeys(match.group() for match in _VAGUE.finditer(written))
            if found:
                message = Message("vague: {words}", {"words": ", ".join(found)})
                yield Hit(where, message, Message("say what is meant: a list that ends, a figure, or a test"))


def undefined_threshold(subject: Subject) -> Iterator[Hit]:
    """A limit without its figure, in a sentence that has no number."""
    for path, text in _norms(subject):
        for where, written in _both(path, text):
            for sentence in _sentences(written):
                match = None if _FIGURE.search(sentence) else _THRESHOLD.search(sentence)
                if match:
                    message = Message("a limit without a figure: {words}", {"words": match.group()})
                    yield Hit(where, message, Message("write the number in the same sentence"))
                    break


def long_sentence(subject: Subject) -> Iterator[Hit]:
    """A sentence that cannot be kept in mind while labeling."""
    for path, text in _instructions(subject):
        for where, written in _both(path, text):
            longest = max((_length(sentence, where[-1]) for sentence in _sentences(written)), default=0)
            limit = LONGEST_ZH if where[-1] == "zh" else LONGEST_EN
            if longest > limit:
                values = {"length": longest, "limit": limit}
                message = Message("a sentence is too long: {length}, at most {limit}", values)
                yield Hit(where, message, Message("split the sentence"))


def _length(sentence: str, lang: str | int) -> int:
    return len(sentence) if lang == "zh" else len(sentence.split())


_W: Final = Severity.WARNING
_CLEAR: Final = N_("Interim Measures, Article 8")
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB401", _W, N_("A rule uses a vague word"), vague_word, _CLEAR),
    Check("RB402", _W, N_("A limit has no figure"), undefined_threshold, _CLEAR),
    Check("RB403", _W, N_("A sentence is too long"), long_sentence, _CLEAR),
)
