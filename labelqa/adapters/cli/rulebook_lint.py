"""``labelqa rulebook lint``: what the checks have to say of a draft or a release, with line, column and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.rulebook_named import named_rulebook
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import PathWord
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from labelqa.rulebook.lint.measured import Measured
    from labelqa.rulebook.model import Rulebook


@command(
    "lint",
    says=N_("Check a rulebook; every problem is named with its line and column, and with what to do."),
    more=(
        N_("Exit code 1 when there are errors; with --strict warnings count as well, as an automatic check wants it."),
        N_("A warning may be answered in the file with its code and a reason, under lint_exceptions."),
    ),
    examples=(
        "labelqa rulebook lint rulebooks/genai-safety/draft.yaml --strict",
        "labelqa rulebook lint genai-safety@1.0.0",
    ),
    words=(
        argument("rulebook", word=PathWord("FILE|NAME@VERSION")),
        flag("--strict", says=N_("Let warnings fail too.")),
        option(
            "--measured",
            default="",
            metavar="NAME[@VERSION]",
            says=N_(
                "Hold the time budgets against the times measured under a release (NAME@VERSION) or a rulebook (NAME)."
            ),
        ),
    ),
    reports=True,
)
def lint(session: Session, *, rulebook: Path, strict: bool, measured: str) -> int:
    """Prints the findings, and whether they are few enough."""
    told = str(rulebook)
    book, findings = _checked(session, told, _times(session, measured))
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    failed = any(each.severity in failing for each in findings)
    if session.json:
        found = {"rulebook": book and book.name, "version": book and book.version, "strict": strict, "failed": failed}
        session.screen.json(found | {"findings": findings})
    else:
        session.screen.findings(findings)
        _summed_up(session, told, findings)
    return Exit.FAILED if failed else Exit.FINE


def _times(session: Session, named: str) -> Measured:
    """The times measured under a release or a rulebook; nothing where none is named."""
    from labelqa.rulebook.lint.measured import UNMEASURED

    if not named:
        return UNMEASURED
    from labelqa.workflows.clarity.times import measured_times

    with session.desk() as desk:
        return measured_times(desk, named)


def _checked(session: Session, told: str, measured: Measured) -> tuple[Rulebook | None, list[Finding]]:
    """The rulebook (None where it cannot be read as one) and what is found in it."""
    from labelqa.rulebook.document import parse
    from labelqa.rulebook.lint import lint as checks
    from labelqa.workflows.rulebooks import lint_rulebook

    path = session.start / told
    file = path.exists() or "@" not in told
    if file and not measured:
        return _with_before(path, *lint_rulebook(path))
    if file:
        from labelqa.workflows.clarity.book import read_bytes

        document = parse(read_bytes(path), file=str(path))
    else:
        source = named_rulebook(session, told)
        document = parse(source.data, file=source.place)
    book = document.rulebook
    found = checks(book, document.positions, measured=measured) if book is not None else []
    both = [*document.findings, *found]
    return _with_before(path, book, both) if file else (book, both)


def _with_before(path: Path, book: Rulebook | None, found: list[Finding]) -> tuple[Rulebook | None, list[Finding]]:
    """The findings, and those against the release before it that lies beside the file."""
    from labelqa.workflows.rulebooks.before import against_before

    return book, found if book is None else [*found, *against_before(path, book)]


def _summed_up(session: Session, told: str, findings: list[Finding]) -> None:
    errors = sum(each.severity is Severity.ERROR for each in findings)
    if findings:
        values = {"errors": errors, "warnings": len(findings) - errors}
        session.screen.line(N_("{file}: {errors} errors, {warnings} warnings."), file=told, **values)
    else:
        session.screen.line(N_("{file}: nothing to mend."), file=told)
