"""Forms about a batch on their way into a file: PDF or HTML, written whole and known by their digest from then on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.errors import Refused, WrongUsage

if TYPE_CHECKING:
    from labelqa.adapters.cli.session import Session
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.forms import Form

KINDS = (".pdf", ".html")


def check_form(session: Session, out: Path) -> None:
    """WrongUsage for a file that is named neither .pdf nor .html, Refused for one that is there: it may be signed."""
    if out.suffix.lower() not in KINDS:
        raise WrongUsage("--out names a .pdf or an .html file, got {name}", name=out.name)
    if (session.start / out).exists():
        raise Refused(
            "{path} is there already and may be signed: move it away, or name another file with --out", path=str(out)
        )


def write_form(session: Session, desk: Desk, form: Form, batch: str, *, out: Path, page: str) -> None:
    """Write a page as the file's name wants it, and record which bytes the form has."""
    from labelqa.adapters.files.whole import write_whole
    from labelqa.adapters.report.handbook.pdf import pdf_of
    from labelqa.workflows.forms import issue_form

    content = pdf_of(page) if out.suffix.lower() == ".pdf" else page.encode()
    write_whole(session.start / out, content)
    issue_form(desk, form, batch, name=out.name, content=content)
