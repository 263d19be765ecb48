"""Checks of the glossary: what stands in corner brackets is defined, abbreviations are explained, terms are used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.taxonomy import known_taxonomy

_BRACKETED: Final = re.compile(r"「([^「」]{1,80})」")
_CAPITALS: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,}[0-9]{0,3}(?=s?(?![A-Za-z0-9]))")
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
# Known to whoever labels, or English words in capitals for the sake of stress.
_EVERYDAY: Final = frozenset(
    {"AI", "AM", "HTML", "ID", "IP", "OK", "PC", "PDF", "PM", "QQ", "SMS", "TV", "URL", "USB", "UTC", "UTF"}
    | {"ALL", "AND", "ANY", "BOTH", "DO", "EACH", "IF", "IN", "IS", "IT", "MAY", "MUST", "NEVER", "NO", "NOT", "ON"}
    | {"ONE", "ONLY", "OR", "SHOULD", "THE", "TWO"}
)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def undefined_term(subject: Subject) -> Iterator[Hit]:
    """A word in corner brackets that the glossary does not define; titles and ids of the book explain themselves."""
    book = subject.book
    texts = [part for each in book.terms for part in (each.term.zh, each.term.en)]
    texts += [part for each in book.labels for part in (each.title.zh, each.title.en, each.value)]
    texts += [each.title.zh for each in book.form.shows] + [each.title.en for each in book.form.shows]
    known = {_plain(text) for text in texts} | {_plain(rule.id) for rule in book.rules}
    for path, text in subject.texts:
        if path[-1] == "content" or path[0] == "changes" or (path[0] == "terms" and path[-1] == "term"):
            continue  # an example shows what people write; a former term may stand in what is told of changes
        for lang, written in (("zh", text.zh), ("en", text.en)):
            words = _BRACKETED.findall(written) if "「" in written else ()
            unknown = dict.fromkeys(word for word in words if _plain(word) not in known)
            if unknown:
                message = Message("the glossary does not define: {words}", {"words": ", ".join(unknown)})
                yield Hit((*path, lang), message, Message("add the word under terms, or write it without brackets"))


def unexplained_abbreviation(subject: Subject) -> Iterator[Hit]:
    """Capitals for which nothing in the book says what they stand for."""
    known = _known(subject.book)
    for line in subject.lines:
        found = {match.group(): match for match in _CAPITALS.finditer(line.own)}
        unknown = [word for word, match in found.items() if word not in known and not _spelled_out(line.own, match)]
        if unknown:
            known.update(unknown)  # each is told once, where it stands first
            message = Message("an abbreviation is not explained: {words}", {"words": ", ".join(unknown)})
            yield Hit(line.path, message, Message("add it under terms, or write it out"))


def _spelled_out(text: str, match: re.Match[str]) -> bool:
    """Whether it stands in brackets behind what it is short for, or has that in brackets behind it."""
    before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
    return before.endswith(("(", "（")) or after.startswith(("(", "（"))


def _known(book: Rulebook) -> set[str]:
    """Every word that the book itself explains or gives as a name."""
    texts = [
        part for each in book.terms for part in (each.term.zh, each.term.en, each.definition.zh, each.definition.en)
    ]
    texts += [each.value for each in book.labels] + [each.code for each in book.defects] + [book.name, book.control]
    texts += [part for each in book.labels for part in (each.title.zh, each.title.en)] + [
        each.name for each in book.form.shows
    ]
    for rule in book.rules:
        texts += [rule.id, *rule.basis.articles, *rule.basis.clauses, *rule.basis.risks]
        texts += [step.id for step in rule.steps] + [example.id for example in rule.examples]
    risks = known_taxonomy(book.taxonomy)
    texts += [*risks.groups, *(risk.code for risk in risks.risks)] if risks else []
    return set(_EVERYDAY).union(*(_WORD.findall(text) for text in texts))


def unused_term(subject: Subject) -> Iterator[Hit]:
    """A term that nothing outside its own entry uses, in either language."""
    terms = subject.book.terms
    if not terms:
        return
    outside = "\n".join(
        _plain(part) for path, text in subject.texts if path[0] != "terms" for part in (text.zh, text.en)
    )
    inside = [_plain(f"{it.definition.zh}\n{it.definition.en}") for it in terms]
    ends = list(accumulate(len(text) + 1 for text in inside))
    whole = "\n".join(inside)
    for index, each in enumerate(terms):
        names = [name for name in (_plain(each.term.zh), _plain(each.term.en)) if name]
        own = (ends[index - 1] if index else 0, ends[index])
        if names and not any(name in outside or _elsewhere(name, whole, own) for name in names):
            message = Message("nothing in the rulebook uses the term {term}", {"term": each.term.zh or each.term.en})
            yield Hit(("terms", index, "term"), message, Message("use the term in the rules, or delete it"))


def _elsewhere(name: str, whole: str, own: tuple[int, int]) -> bool:
    """Whether a name stands outside its own definition, which reaches from ``own[0]`` to ``own[1]``."""
    first = whole.find(name)
    return first >= 0 and (not own[0] <= first < own[1] or whole.find(name, own[1]) >= 0)


_W: Final = Severity.WARNING
_CLEAR: Final = N_("Interim Measures, Article 8")
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB404", _W, N_("A word in corner brackets is not defined"), undefined_term, _CLEAR),
    Check("RB405", _W, N_("An abbreviation is not explained"), unexplained_abbreviation, _CLEAR),
    Check("RB406", _W, N_("A term of the glossary is not used"), unused_term),
)
