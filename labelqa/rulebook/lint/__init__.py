"""Checks a rulebook: is it complete, clear, specific and operable, and do its examples arrive where they should?

Every check has a stable code and stands in :func:`catalog`. Errors must be mended; warnings may be answered in the file
with a reason. Nothing here prints or reads a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Severity
from labelqa.rulebook.lint import (
    coverage,
    decisions,
    forms,
    language,
    operability,
    overlap,
    references,
    rules,
    sections,
    terms,
)
from labelqa.rulebook.lint.check import Check, Hit, Subject, subject
from labelqa.rulebook.lint.measured import UNMEASURED, Measured, Seconds
from labelqa.rulebook.model import LintException, Rulebook
from labelqa.rulebook.positions import NOWHERE, Path, Positions


def _nothing(_: Subject) -> tuple[Hit, ...]:
    return ()  # exceptions are judged after all other checks have run


INVALID: Final = Check("RB601", Severity.ERROR, N_("An exception is not valid"), _nothing)
NEEDLESS: Final = Check("RB602", Severity.WARNING, N_("An exception is not needed"), _nothing)
UNMEASURABLE: Final = "RB315"  # whether an exception from it is needed shows only where times were measured


_ROOMS: Final = (
    sections, forms, rules, references, overlap, decisions, operability, language, terms, coverage
)  # fmt: skip
__all__ = ["catalog", "lint", "Measured", "Seconds", "UNMEASURED", "INVALID", "NEEDLESS"]


@cache
def catalog() -> Mapping[str, Check]:
    """Every check by its code, in the order of codes."""
    checks = [check for room in _ROOMS for check in room.CHECKS] + [INVALID, NEEDLESS]
    return {check.code: check for check in sorted(checks, key=lambda check: check.code)}


def lint(book: Rulebook, positions: Positions = NOWHERE, *, measured: Measured = UNMEASURED) -> list[Finding]:
    """Everything that the checks have to say of a book, in the order of the file.

    ``positions`` comes with the parsed document; without it, findings name the part and no line. ``measured`` is how
    long people took; without it, time budgets are only held against reading.
    """
    under = subject(book, measured)
    hits = [(check, hit) for check in catalog().values() for hit in check.run(under)]
    excuses = {(path[:-2], exception.code): path for path, exception in _exceptions(book) if _valid(exception)}
    kept = [(check, hit) for check, hit in hits if _excused_by(check, hit) not in excuses]
    used = {excuses.get(_excused_by(check, hit)) for check, hit in hits}
    if not measured:
        used |= {path for (_, code), path in excuses.items() if code == UNMEASURABLE}
    kept += list(_judged(book, used))
    findings = [_finding(check, hit, positions) for check, hit in kept]
    return sorted(findings, key=lambda each: (each.place.line, each.place.column, each.code))


def _exceptions(book: Rulebook) -> Iterator[tuple[Path, LintException]]:
    for index, exception in enumerate(book.lint_exceptions):
        yield ("lint_exceptions", index), exception
    for number, rule in enumerate(book.rules):
        for index, exception in enumerate(rule.lint_exceptions):
            yield ("rules", number, "lint_exceptions", index), exception


def _valid(exception: LintException) -> bool:
    check = catalog().get(exception.code)
    return check is not None and check.excusable and check is not NEEDLESS and bool(exception.reason.strip())


def _excused_by(check: Check, hit: Hit) -> tuple[Path, str]:
    """Which exception would answer a hit: one of the same rule, or one of the book for what is in no rule."""
    rule = hit.path[:2] if hit.path[:1] == ("rules",) else ()
    return (rule if len(rule) > 1 else ()), check.code


def _judged(book: Rulebook, used: set[Path | None]) -> Iterator[tuple[Check, Hit]]:
    """Exceptions that are wrong themselves, or that nothing needs (a second one for the same is not needed)."""
    for path, exception in _exceptions(book):
        values = {"code": exception.code}
        if not _valid(exception):
            message = Message("the exception for {code} is not valid", values)
            yield INVALID, Hit(path, message, Message("name the code of a warning, and give a reason"))
        elif path not in used:
            message = Message("the exception for {code} is not needed", values)
            yield NEEDLESS, Hit(path, message, Message("delete the exception"))


def _finding(check: Check, hit: Hit, positions: Positions) -> Finding:
    place = positions.place(*hit.path)
    return Finding(code=check.code, severity=check.severity, message=hit.message, mend=hit.mend, place=place)
