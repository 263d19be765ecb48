"""A rulebook's beginnings: the first draft, the schema beside it, a draft brought up to the latest format.

Nothing is ever written over: an old draft is kept beside the new one. Released files are not touched here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.records.batch import Kind
from labelqa.rulebook.authoring import SCHEMA_FILE, first_draft, schema_text
from labelqa.rulebook.document import LIMIT, parse, render
from labelqa.rulebook.lock import DRAFT_FILE, is_reserved
from labelqa.rulebook.model import FORMATS
from labelqa.rulebook.versions import is_version

_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


def new_rulebook(folder: Path, name: str, kind: Kind) -> Path:
    """Write the first draft of a rulebook under ``folder``, and the schema where there is none; the draft's path."""
    if not _NAME.fullmatch(name):
        raise WrongUsage(
            "{name!r} is no name of a rulebook: use lower-case letters, digits and hyphens, at most 64", name=name
        )
    if is_reserved(name):
        raise WrongUsage("no rulebook can be called {name}: a folder of this name holds clarifications", name=name)
    path = folder / name / DRAFT_FILE
    if path.exists():
        raise Refused("{path} exists already: write on there, or choose another name", path=str(path))
    write_text(path, first_draft(name, kind))
    if not (folder / SCHEMA_FILE).exists():
        write_text(folder / SCHEMA_FILE, schema_text())
    return path


def upgrade_draft(path: Path) -> tuple[str, str]:
    """Rewrite a draft in the latest format, the old file kept as ``<file>.old``; the format before and after."""
    if is_version(path.stem):
        raise Refused("{path} is named like a release, and a release is never rewritten: copy it first", path=str(path))
    try:
        with path.open("rb") as content:
            data = content.read(LIMIT + 1)
    except OSError as error:
        raise BadInput("{path} cannot be read: {why}", path=str(path), why=error.strerror or "?") from None
    document = parse(data, file=str(path))
    latest = str(FORMATS[-1])
    if document.rulebook is None:
        first = document.findings[0]
        raise Refused(
            "{path} cannot be read as a rulebook, the first problem at {place}: {first}; labelqa rulebook lint {path} lists "
            "them all", path=str(path), place=str(first.place), first=first.message,
        )  # fmt: skip
    if document.format == latest:
        return latest, latest
    kept = path.with_name(f"{path.name}.old")
    if kept.exists():
        raise Refused("{path} is in the way: move it first", path=str(kept))
    path.rename(kept)
    write_text(path, render(document.rulebook))
    return document.format, latest


def write_text(path: Path, text: str) -> None:
    """Write a text file and the folders above it; BadInput where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise BadInput("{path} cannot be written: {why}", path=str(path), why=error.strerror or "?") from None
