"""Tables as values: cells that know what kind of number they hold; each renderer writes them in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from labelqa.adapters.report import text
from labelqa.i18n import Speaker

Kind: TypeAlias = Literal[
    "text", "code", "count", "more", "share", "seconds", "moment", "percent", "plain", "percent-change", "plain-change"
]
FIGURES: Final[frozenset[str]] = frozenset({"percent", "plain", "percent-change", "plain-change"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table and what kind it is; ``None`` means that it does not apply."""

    kind: Kind
    value: Any
    tone: str = ""  # good, bad, warn or "": how a page may colour it; never the only sign


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; ``kind`` says how its cells align and how many columns a workbook gives it."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; ``empty`` is said instead of it when there are no rows."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str


def cell_text(cell: Cell, say: Speaker, zone: str) -> str:
    """A cell in one line of text.

    >>> cell_text(Cell("count", 1200), Speaker("en"), "Asia/Shanghai")
    '1,200'
    """
    if cell.value is None:
        return text.NOTHING
    writers: dict[str, Callable[[], str]] = {
        "text": lambda: str(cell.value),
        "code": lambda: str(cell.value),
        "count": lambda: text.count(cell.value),
        "more": lambda: f"{cell.value:+,}".replace("-", "−") if cell.value else "0",
        "share": lambda: text.percent(cell.value),
        "seconds": lambda: text.seconds(cell.value, say),
        "moment": lambda: text.moment(cell.value, zone),
        "percent": lambda: text.figure_text(cell.value, say),
        "plain": lambda: text.figure_text(cell.value, say, unit="plain"),
        "percent-change": lambda: text.change_text(cell.value, say),
        "plain-change": lambda: text.change_text(cell.value, say, unit="plain"),
    }
    return writers[cell.kind]()


def columns(*columns: tuple[str, Kind]) -> tuple[Column, ...]:
    """Columns from their headings and kinds."""
    return tuple(Column(heading, kind) for heading, kind in columns)
