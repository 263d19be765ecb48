"""Checks that a safety rulebook treats all 31 risks, or explains those that its service cannot meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Kind
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.model import ExampleKind, Rule, Rulebook
from labelqa.rulebook.positions import Path
from labelqa.rulebook.taxonomy import CURRENT, Risk, known_taxonomy

_CODE: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z][0-9]+[a-z](?![A-Za-z0-9])")


def _risks_of(book: Rulebook, code: str) -> tuple[Risk, ...]:
    """The risks that a code names in the book's own list; none when either is unknown."""
    risks = known_taxonomy(book.taxonomy)
    return risks.of(code) if risks else ()


def covered(book: Rulebook) -> frozenset[str]:
    """Codes of the risks that some rule of the book rests on."""
    named = {code for rule in book.rules for code in rule.basis.risks}
    return frozenset(risk.code for code in named for risk in _risks_of(book, code))


def _explained(book: Rulebook) -> frozenset[str]:
    return frozenset(risk.code for each in book.uncovered_risks for risk in _risks_of(book, each.code))


def risk_without_rule(subject: Subject) -> Iterator[Hit]:
    """A risk that no rule treats and nothing explains."""
    risks = known_taxonomy(subject.book.taxonomy)
    if subject.book.kind is not Kind.SAFETY or risks is None:
        return
    answered = covered(subject.book) | _explained(subject.book)
    for risk in risks.risks:
        if risk.code not in answered:
            values = {"code": risk.code} | risk.name.plain()
            message = Message("no rule treats risk {code}: {zh} / {en}", values)
            mend = Message("name {code} under basis.risks of a rule", {"code": risk.code})
            yield Hit(("rules",), message, mend)


def unexplainable_risk(subject: Subject) -> Iterator[Hit]:
    """A risk explained away that concerns every service, or without a reason."""
    for index, each in enumerate(subject.book.uncovered_risks):
        if any(not risk.explainable for risk in _risks_of(subject.book, each.code)):
            message = Message("risk {code} concerns every service and must have a rule", {"code": each.code})
            yield Hit(("uncovered_risks", index), message, Message("only the risks of A5 may be explained instead"))


def unknown_risk(subject: Subject) -> Iterator[Hit]:
    """A code that is none of the risks of the book's list and none of their groups."""
    book = subject.book
    if known_taxonomy(book.taxonomy) is None:
        return  # told by unknown_list, once
    for path, rule in subject.rules():
        for index, code in enumerate(rule.basis.risks):
            if not _risks_of(book, code):
                yield _unknown(code, (*path, "basis", "risks", index))
    for index, each in enumerate(book.uncovered_risks):
        if not _risks_of(book, each.code):
            yield _unknown(each.code, ("uncovered_risks", index, "code"))


def _unknown(code: str, path: Path) -> Hit:
    return Hit(path, Message("{code} is not a risk", {"code": code}), Message("use A1a to A5b, or a group A1 to A5"))


def needless_explanation(subject: Subject) -> Iterator[Hit]:
    """A risk said to be untreated although a rule treats it."""
    treated = covered(subject.book)
    for index, each in enumerate(subject.book.uncovered_risks):
        if any(risk.code in treated for risk in _risks_of(subject.book, each.code)):
            message = Message("risk {code} is explained as untreated, but a rule treats it", {"code": each.code})
            yield Hit(("uncovered_risks", index), message, Message("delete the explanation"))


def unknown_list(subject: Subject) -> Iterator[Hit]:
    """A version of the list of risks that labelqa does not have."""
    version = subject.book.taxonomy
    if known_taxonomy(version) is None:
        message = Message("there is no list of risks of version {version}", {"version": version})
        yield Hit(("taxonomy",), message, Message("use {version}", {"version": CURRENT}))


def risk_without_example(subject: Subject) -> Iterator[Hit]:
    """Risks that a rule treats in words, but that no example of the book shows.

    An example shows a risk when its reason names the code; where a rule treats one risk alone, its positive examples do.
    """
    book = subject.book
    if book.kind is not Kind.SAFETY:
        return
    shown = {
        code
        for _, _, example in subject.examples()
        for code in _CODE.findall(f"{example.reason.zh} {example.reason.en}")
    }
    treated = [(path, _treated(book, rule), rule) for path, rule in subject.rules()]
    for _, codes, rule in treated:
        if len(codes) == 1 and any(example.kind is ExampleKind.POSITIVE for example in rule.examples):
            shown.update(codes)
    for path, codes, rule in treated:
        unseen = [code for code in codes if code not in shown]
        if unseen:
            values = {"rule": rule.id, "codes": ", ".join(unseen)}
            message = Message("rule {rule} treats risks that no example shows: {codes}", values)
            mend = Message("add an example of each, and name the code in its reason")
            yield Hit((*path, "basis", "risks"), message, mend)


def _treated(book: Rulebook, rule: Rule) -> list[str]:
    return list(dict.fromkeys(risk.code for code in rule.basis.risks for risk in _risks_of(book, code)))


_E, _W = Severity.ERROR, Severity.WARNING
CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "RB501",
        _E,
        N_("A safety risk is neither treated nor explained"),
        risk_without_rule,
        "TC260-003 5.3 b) 4); GB/T 45674—2025 6 f)",
    ),
    Check(
        "RB502",
        _E,
        N_("A risk is explained away that must be treated"),
        unexplainable_risk,
        "TC260-003 5.3 b) 4)",
    ),
    Check("RB503", _E, N_("A risk code is unknown"), unknown_risk),
    Check("RB504", _W, N_("A risk is both treated and explained as untreated"), needless_explanation),
    Check("RB505", _E, N_("The list of risks is unknown"), unknown_list),
    Check("RB506", _W, N_("A risk has no example"), risk_without_example, "GB/T 45674—2025 6 d)"),
)
