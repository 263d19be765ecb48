"""``labelqa rulebook coverage``: which rules treat which risk, and how many items were labelled for it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.rulebook_named import named_rulebook, write_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.errors import NoWorkspace, WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.workflows.coverage import Coverage
    from labelqa.workflows.desk import Desk


@command(
    "coverage",
    says=N_("Show which rules treat which risk and item of Article 4, and how many items were labelled for each."),
    more=(
        N_(
            "RULEBOOK is a file or NAME@VERSION. Items are counted from the frozen batches under any release of the "
            "rulebook, by their label of record or by the risk that data.risk or meta.risk names; without a workspace they "
            "are not counted. Risks with gaps come first."
        ),
    ),
    examples=(
        "labelqa rulebook coverage genai-safety@1.0.0",
        "labelqa rulebook coverage genai-safety@1.0.0 --html coverage.html --csv coverage.csv",
    ),
    words=(
        argument("rulebook"),
        option("--html", word=FILE, metavar="FILE.html", says=N_("Write the matrix as one page.")),
        option("--csv", word=FILE, metavar="FILE.csv", says=N_("Write the matrix as a table.")),
    ),
    reports=True,
)
def coverage(session: Session, *, rulebook: str, html: Path | None, csv: Path | None) -> None:
    """Prints the matrix, or writes it."""
    from labelqa.adapters.report.coverage_tables import told
    from labelqa.workflows import coverage as workflow

    if csv is not None and csv.suffix.lower() != ".csv":
        raise WrongUsage("--csv {path}: the name must end in .csv", path=str(csv))
    source = named_rulebook(session, rulebook)
    with ExitStack() as stack:
        desk = _desk(session, stack)
        found = workflow.coverage(source.book, release=source.release, digest=source.digest, desk=desk)
    if html is not None:
        from labelqa.adapters.report.coverage_page import coverage_page

        title = told(source.book.title, session.say) or source.release
        write_text(session.start / html, coverage_page(found, title, session.lang))
    if csv is not None:
        _write_csv(session, session.start / csv, found)
    if session.json:
        return session.screen.json(found)
    for path in (html, csv):
        if path is not None:
            session.screen.line(N_("{path}: the coverage of {release}."), path=path, release=source.release)
    return _print(session, found)


def _desk(session: Session, stack: ExitStack) -> Desk | None:
    """The workspace where there is one; one that was named must be there."""
    try:
        return stack.enter_context(session.desk())
    except NoWorkspace:
        if session.workspace is not None:
            raise
        return None


def _write_csv(session: Session, path: Path, found: Coverage) -> None:
    from labelqa.adapters.files.outgoing import check_target, write_table
    from labelqa.adapters.report.coverage_tables import HEADS, article_lines, lines

    check_target(path)
    say = session.say
    rows = [line.cells() for line in (*lines(found, say), *article_lines(found, say))]
    write_table(path, [(say(head), str) for head in HEADS], rows)


def _print(session: Session, found: Coverage) -> None:
    from labelqa.adapters.report.coverage_tables import HEADS, article_lines, lines, sentences

    say, screen = session.say, session.screen
    for sentence in sentences(found, say):
        screen.out.write(sentence + "\n")
    if found.risks:
        screen.title(N_("Risks, gaps first"))
        screen.table(HEADS, [line.cells() for line in lines(found, say)])
    screen.title(N_("Items of Article 4 of the Interim Measures"))
    screen.table(
        [head for head in HEADS if head not in (HEADS[2], HEADS[8])],
        [[cell for at, cell in enumerate(line.cells()) if at not in (2, 8)] for line in article_lines(found, say)],
    )
