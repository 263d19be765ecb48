"""Checks that a safety rulebook treats all 31 risks, or explains those that its service cannot meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Kind
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.taxonomy import taxonomy


def covered(book: Rulebook) -> frozenset[str]:
    """Codes of the risks that some rule of the book rests on."""
    named = {code for rule in book.rules for code in rule.basis.risks}
    return frozenset(risk.code for code in named for risk in taxonomy().of(code))


def _explained(book: Rulebook) -> frozenset[str]:
    return frozenset(risk.code for each in book.uncovered_risks for risk in taxonomy().of(each.code))


def risk_without_rule(subject: Subject) -> Iterator[Hit]:
    """A risk that no rule treats and nothing explains."""
    if subject.book.kind is not Kind.SAFETY:
        return
    answered = covered(subject.book) | _explained(subject.book)
    for risk in taxonomy().risks:
        if risk.code not in answered:
            values = {"code": risk.code} | risk.name.plain()
            message = Message("no rule treats risk {code}: {zh} / {en}", values)
            mend = Message("name {code} under basis.risks of a rule", {"code": risk.code})
            yield Hit(("rules",), message, mend)


def unexplainable_risk(subject: Subject) -> Iterator[Hit]:
    """A risk explained away that concerns every service, or without a reason."""
    for index, each in enumerate(subject.book.uncovered_risks):
        if any(not risk.explainable for risk in taxonomy().of(each.code)):
            message = Message("risk {code} concerns every service and must have a rule", {"code": each.code})
            yield Hit(("uncovered_risks", index), message, Message("only the risks of A5 may be explained instead"))


def unknown_risk(subject: Subject) -> Iterator[Hit]:
    """A code that is none of the 31 risks and none of their groups."""
    for path, rule in subject.rules():
        for index, code in enumerate(rule.basis.risks):
            if not taxonomy().of(code):
                yield _unknown(code, (*path, "basis", "risks", index))
    for index, each in enumerate(subject.book.uncovered_risks):
        if not taxonomy().of(each.code):
            yield _unknown(each.code, ("uncovered_risks", index, "code"))


def _unknown(code: str, path: tuple[str | int, ...]) -> Hit:
    return Hit(path, Message("{code} is not a risk", {"code": code}), Message("use A1a to A5b, or a group A1 to A5"))


def needless_explanation(subject: Subject) -> Iterator[Hit]:
    """A risk said to be untreated although a rule treats it."""
    treated = covered(subject.book)
    for index, each in enumerate(subject.book.uncovered_risks):
        if any(risk.code in treated for risk in taxonomy().of(each.code)):
            message = Message("risk {code} is explained as untreated, but a rule treats it", {"code": each.code})
            yield Hit(("uncovered_risks", index), message, Message("delete the explanation"))


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
)
