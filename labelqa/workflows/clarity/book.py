"""The rulebook whose clarity is measured, read from a file; what is wrong with a draft is the linter's business."""

from __future__ import annotations

from pathlib import Path

from labelqa.errors import BadInput
from labelqa.records.finding import Severity
from labelqa.rulebook.document import LIMIT, parse
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.positions import Positions


def read_bytes(path: Path) -> bytes:
    """The bytes of a rulebook's file, no more than a rulebook may have; BadInput where it cannot be read."""
    try:
        with path.open("rb") as content:
            return content.read(LIMIT + 1)
    except OSError as error:
        raise BadInput("{path} cannot be read: {why}", path=str(path), why=error.strerror or "?") from None


def book_in(path: Path) -> Rulebook:
    """The rulebook in a file; BadInput where there is none."""
    return document_in(path)[1]


def document_in(path: Path) -> tuple[bytes, Rulebook, Positions]:
    """The bytes of a file, the rulebook in it and where its parts stand; BadInput where there is none."""
    data = read_bytes(path)
    document = parse(data, file=str(path))
    if document.rulebook is None:
        first = next(each for each in document.findings if each.severity is Severity.ERROR)
        raise BadInput(
            "{path} is no rulebook yet: {place}: {first}; labelqa rulebook lint {path} lists everything",
            path=str(path), place=str(first.place), first=first.message,
        )  # fmt: skip
    return data, document.rulebook, document.positions
