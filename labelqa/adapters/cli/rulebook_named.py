"""A rulebook that a command names: a file, a release of this workspace, or one that ships with labelqa.

A file and a shipped release need no workspace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelqa.adapters.cli.session import Session
from labelqa.errors import NoWorkspace

if TYPE_CHECKING:
    from pathlib import Path

    from labelqa.workflows.rulebooks import Source


def named_rulebook(session: Session, text: str) -> Source:
    """The rulebook behind FILE or NAME@VERSION; raises what reading it raises."""
    from labelqa.wiring import shipped
    from labelqa.workflows.rulebooks import find_source, from_file
    from labelqa.workflows.rulebooks.sources import from_shelf, refuse_bare_name

    path = session.start / text
    if path.is_file() or "@" not in text:
        refuse_bare_name(text, path, shipped("rulebooks"))
        return from_file(path)
    try:
        with session.desk() as desk:
            return find_source(desk, text, start=session.start, shelf=shipped("rulebooks"))
    except NoWorkspace:
        if session.workspace is not None:
            raise
        return from_shelf(text, shipped("rulebooks"))


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all; raises BadInput for a folder that is not there."""
    from labelqa.adapters.files.whole import write_whole
    from labelqa.errors import BadInput

    if not path.parent.is_dir():
        raise BadInput("{folder}: there is no such folder; make it first, or name another", folder=str(path.parent))
    if path.is_dir():
        raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
    write_whole(path, text.encode())
