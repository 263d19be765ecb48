"""``labelqa plan --out``: the designs side by side as one HTML page with their charts."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.session import Session
from labelqa.errors import BadInput, WrongUsage
from labelqa.i18n import N_
from labelqa.records.designs import DesignComparison, Terms


def page_target(session: Session, out: Path | None) -> Path | None:
    """Where the page is to be written; refused before anything is declared where that cannot be."""
    if out is None:
        return None
    path = session.start / out
    if path.suffix.lower() not in {".html", ".htm"}:
        raise WrongUsage("--out {path}: the name must end in .html", path=str(out))
    if not path.parent.is_dir():
        raise BadInput("{folder}: there is no such folder; make it first, or name another", folder=str(path.parent))
    if path.is_dir():
        raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
    return path


def write_page(session: Session, path: Path | None, found: DesignComparison | None, terms: Terms) -> None:
    """Writes the page and says so; says why not where no item matches yet."""
    if path is None:
        return
    if found is None:
        if not session.json:
            session.screen.line(N_("No page was written: no item matches the batch yet; --population gives a number."))
        return
    from labelqa.adapters.files.whole import write_whole
    from labelqa.adapters.report.design_page import design_page
    from labelqa.workflows.certifying.stopping import stopping_lines

    write_whole(path, design_page(found, session.lang, stopping=stopping_lines(found, terms)).encode())
    if not session.json:
        session.screen.line(N_("{path}: the designs with their charts, as one page."), path=path)
