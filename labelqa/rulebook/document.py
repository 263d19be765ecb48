"""Reads a rulebook from its YAML file and writes it back; every problem is a finding with line and column.

Whatever the bytes are, ``parse`` returns: it never raises for a document, executes nothing and expands nothing.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import Final

from labelqa.errors import Message
from labelqa.records.finding import Finding
from labelqa.rulebook import schema
from labelqa.rulebook.emit import emit
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.nodes import compose
from labelqa.rulebook.positions import NOWHERE, Positions
from labelqa.rulebook.problems import Problems
from labelqa.rulebook.upgrades import format_of, upgraded

LIMIT: Final = 8_000_000  # bytes; a book of 500 rules in both languages has three million


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: the rulebook (None when it has errors), what is wrong, and where everything stands."""

    rulebook: Rulebook | None
    findings: tuple[Finding, ...] = ()
    positions: Positions = field(default=NOWHERE, compare=False)
    format: str = ""  # as it stands in the file; the rulebook is always in the latest


def parse(source: bytes | str, *, file: str = "", limit: int = LIMIT) -> Document:
    """Read a rulebook; ``file`` names it in findings, ``limit`` is its greatest size in bytes (of text:
    in characters).

    >>> document = parse("format: 1\\nname: no\\nname: yes\\n", file="draft.yaml")
    >>> document.rulebook is None, str(document.findings[0].place)
    (True, 'draft.yaml:3:1')
    """
    problems = Problems(file=file)
    text = decoded(source, limit, problems)
    root = None if text is None else compose(text, problems=problems)
    # What is wrong with the YAML itself comes first: reading on would report its consequences.
    told = format_of(root)
    if root is not None and not problems.fatal:
        root = upgraded(root)
        schema.refuse_unknown_format(root, problems)
    rulebook = None if root is None or problems.fatal else schema.rulebook().read(root, "", problems)
    found = tuple(sorted(problems.found, key=lambda each: (each.place.line, each.place.column, each.code)))
    return Document(None if problems.fatal else rulebook, found, Positions(root, file=file), told)


def render(rulebook: Rulebook) -> str:
    """The rulebook as YAML in the latest format; ``parse(render(book)).rulebook == book`` for every book that can be
    parsed."""
    return emit(schema.rulebook().write(rulebook))


def decoded(source: bytes | str, limit: int, problems: Problems) -> str | None:
    """The text of a file without its byte order mark, or None with the reason in ``problems``."""
    if len(source) > limit:
        problems.add(
            "RB001",
            Message("the file has {size} bytes, more than the limit of {limit}", {"size": len(source), "limit": limit}),
            mend=Message("split the rulebook, or move long materials out of it"),
            at=(1, 1),
        )
        return None
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    data = source.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        problems.add(
            "RB002",
            Message("the file is not UTF-8: byte {byte} cannot be read", {"byte": f"0x{data[error.start]:02X}"}),
            mend=Message("save the file as UTF-8"),
            at=(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1),
        )
        return None
