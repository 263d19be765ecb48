"""``labelqa rulebook handbook`` and ``filing``: a rulebook as it is handed out, and as it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FOLDER, Listed, OneOf, PathWord
from labelqa.errors import NoWorkspace, WrongUsage
from labelqa.i18n import LANGS, N_, Lang

if TYPE_CHECKING:
    from labelqa.workflows.handbook import Issued

_WHICH = argument("rulebook", word=PathWord("FILE|NAME@VERSION"))
_OUT = option("--out", word=FOLDER, says=N_("Folder for the files; else where you are."))
_LANGS = option("--lang", word=OneOf([*LANGS, "both"]), default="both", says=N_("Language of the files: zh, en or both."))  # fmt: skip


@command(
    "handbook",
    says=N_("Write the handbook of a rulebook for annotators or reviewers, to be read on a screen or printed."),
    more=(
        N_("A draft is marked as one on every page; approvals come from the ledger, with names as they are known today."),
        N_("Examples for exams and gold items are never shown. PDF needs the extra pdf."),
    ),
    examples=(
        "labelqa rulebook handbook genai-safety@1.0.0 --for reviewer",
        "labelqa rulebook handbook rulebooks/genai-safety/draft.yaml --format html --lang zh --out handbooks",
    ),
    words=(
        _WHICH,
        option("--for", word=Listed(OneOf(["annotator", "reviewer"])), default="annotator,reviewer", says=N_("For whom: annotator, reviewer.")),
        option("--format", word=Listed(OneOf(["html", "pdf"])), default="html,pdf", says=N_("Which files: html, pdf.")),
        _LANGS,
        _OUT,
    ),
    reports=True,
    names=True,
)  # fmt: skip
def handbook(session: Session, *, rulebook: Path, format: tuple[str, ...], lang: str, out: Path | None, **more: tuple[str, ...]) -> None:  # noqa: A002  # fmt: skip
    """Writes the files and prints where they are."""
    from labelqa.adapters.report.handbook.files import BOOK_FORMATS, handbook_files
    from labelqa.adapters.report.handbook.view import Audience

    _named("--for", more["for"], "annotator, reviewer")
    _named("--format", format, "html, pdf")
    found = _issued(session, rulebook)
    audiences = [each for each in Audience if each.value in more["for"]]
    formats = [each for each in BOOK_FORMATS if each in format]
    _written(session, found, out, handbook_files(found, audiences, formats, _langs(lang)))


@command(
    "filing",
    says=N_("Write a rulebook as the form that is filed: the labeling rules of the corpus (attachment 3)."),
    more=(
        N_("All sections of GB/T 45674—2025, chapter 6, in order, with version, digest, dates and signatures."),
        N_("Both formats need the extra pdf."),
    ),
    examples=("labelqa rulebook filing genai-safety@1.0.0 --format docx --lang zh",),
    words=(
        _WHICH,
        option("--format", word=Listed(OneOf(["pdf", "docx"])), default="pdf,docx", says=N_("Which files: pdf, docx.")),
        _LANGS,
        _OUT,
    ),
    reports=True,
    names=True,
)
def filing(session: Session, *, rulebook: Path, format: tuple[str, ...], lang: str, out: Path | None) -> None:  # noqa: A002
    """Writes the files and prints where they are."""
    from labelqa.adapters.report.handbook.files import FORM_FORMATS, filing_files

    _named("--format", format, "pdf, docx")
    found = _issued(session, rulebook)
    formats = [each for each in FORM_FORMATS if each in format]
    _written(session, found, out, filing_files(found, formats, _langs(lang)))


def _issued(session: Session, rulebook: Path) -> Issued:
    """The text with what the workspace knows of it; where there is no workspace, without."""
    from labelqa.wiring import shipped
    from labelqa.workflows.handbook import issued

    text, shelf = str(rulebook), shipped("rulebooks")
    try:
        desk = session.desk()
    except NoWorkspace:
        if session.workspace is not None:
            raise
        return issued(None, text, start=session.start, shelf=shelf)
    with desk:
        return issued(desk, text, start=session.start, shelf=shelf)


def _named(option: str, told: tuple[str, ...], words: str) -> None:
    if not told:
        raise WrongUsage(N_("{option} names nothing: write one or more of {words}"), option=option, words=words)


def _langs(lang: str) -> tuple[Lang, ...]:
    return tuple(each for each in LANGS if lang in (each, "both"))


def _written(session: Session, found: Issued, out: Path | None, files: Mapping[str, bytes]) -> None:
    from labelqa.adapters.report.handbook.files import write_files
    from labelqa.adapters.report.handbook.words import standing

    digests = write_files(session.start / out if out else session.start, files)
    if session.json:
        paths = {str(path): digest for path, digest in digests.items()}
        return session.screen.json({"files": paths, "status": found.status, "rulebook": found.digest})
    for path in digests:
        session.screen.line("{path}", path=path)
    return session.screen.line("{text}", text=standing(found, session.say))
