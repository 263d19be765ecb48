"""Checks of wording: vague words, limits without a figure, sentences too long to work by, two negations in one.

Word lists find what often makes two people read a rule differently; they cannot prove a sentence clear. That is why
these are warnings, which an author may answer with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.lint.negation import twice_negated
from labelqa.rulebook.lint.wording import Line, sentences
from labelqa.rulebook.lint.words import FIGURE, LIMIT, OPEN_LIST, VAGUE

LONGEST_ZH: Final = 90  # characters in a sentence
LONGEST_EN: Final = 40  # words in a sentence


def vague_word(subject: Subject) -> Iterator[Hit]:
    """Words that leave the decision to the reader; in a statement also lists that are left open."""
    for line in subject.lines:
        found = {match.group(): None for match in VAGUE[line.lang].finditer(line.low)}
        if line.part == "statement" and "等" in line.own:
            found |= {match.group(): None for match in OPEN_LIST.finditer(line.own)}
        if found:
            message = Message("vague: {words}", {"words": ", ".join(found)})
            yield Hit(line.path, message, Message("say what is meant: a list that ends, a figure, or a test"))


def undefined_threshold(subject: Subject) -> Iterator[Hit]:
    """A limit without its figure, in a sentence that has no number."""
    for line in subject.lines:
        if LIMIT[line.lang].search(line.low) and (words := _unnumbered(line)):
            message = Message("a limit without a figure: {words}", {"words": words})
            yield Hit(line.path, message, Message("write the number in the same sentence"))


def _unnumbered(line: Line) -> str:
    for sentence in sentences(line.low):
        limit = LIMIT[line.lang].search(sentence)
        if limit and not FIGURE[line.lang].search(sentence):
            return limit.group()
    return ""


def long_sentence(subject: Subject) -> Iterator[Hit]:
    """A sentence that cannot be kept in mind while labeling."""
    for line in subject.lines:
        limit = LONGEST_ZH if line.lang == "zh" else LONGEST_EN
        longest = max((_length(sentence, line.lang) for sentence in sentences(line.text)), default=0)
        if longest > limit:
            values = {"length": longest, "limit": limit}
            message = Message("a sentence is too long: {length}, at most {limit}", values)
            yield Hit(line.path, message, Message("split the sentence"))


def _length(sentence: str, lang: str) -> int:
    return len(sentence) if lang == "zh" else len(sentence.split())


def double_negative(subject: Subject) -> Iterator[Hit]:
    """Two negations in one clause, which have to be worked out before the rule can be followed."""
    for line in subject.lines:
        words = twice_negated(line.own, line.lang)
        if words:
            message = Message("two negations in one clause: {words}", {"words": words})
            yield Hit(line.path, message, Message("say it positively, or in two clauses"))


_W: Final = Severity.WARNING
_CLEAR: Final = N_("Interim Measures, Article 8")
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB401", _W, N_("A rule uses a vague word"), vague_word, _CLEAR),
    Check("RB402", _W, N_("A limit has no figure"), undefined_threshold, _CLEAR),
    Check("RB403", _W, N_("A sentence is too long"), long_sentence, _CLEAR),
    Check("RB407", _W, N_("A clause negates twice"), double_negative, _CLEAR),
)
