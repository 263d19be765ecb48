"""The few things that a sober document is made of: headings, sentences, lists, tables.

They hold plain text only; whoever draws them escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with the clause that asks for what follows; ``level`` 1 is a section, 3 a rule's article."""

    level: int
    text: str
    clause: str = ""

    @property
    def kind(self) -> str:
        """Its name in templates."""
        return "heading"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph; ``name`` stands before it in bold, as in a list of particulars."""

    text: str
    name: str = ""

    @property
    def kind(self) -> str:
        """Its name in templates."""
        return "line"


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered where ``ordered``; ``name`` stands above it in bold."""

    texts: tuple[str, ...]
    ordered: bool = False
    name: str = ""

    @property
    def kind(self) -> str:
        """Its name in templates."""
        return "items"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; ``widths`` are percent of the line, ``empty`` is said where there is no row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    empty: str = ""

    @property
    def kind(self) -> str:
        """Its name in templates."""
        return "table"


Part: TypeAlias = Heading | Line | Items | Table
