"""A work sheet opened: its hidden page says what it is about, its titles say which column is which.

Columns may have been moved and rows sorted; sheets of older formats are understood as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from labelqa.adapters.files import words
from labelqa.adapters.files.grid import BROKEN, broken, page_rows
from labelqa.adapters.files.sheet_lists import FORMAT, HIDDEN, READ
from labelqa.adapters.files.source import XLSX, look
from labelqa.errors import BadInput
from labelqa.records.finding import Place

_NEEDED: Final = ("item", "verdict", "unsafe")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the hidden page says: the sample, whose work it was, the drawn items, and the words offered."""

    path: str
    page: str
    sample: str
    verifier: str
    items: frozenset[str]
    labels: Mapping[str, str]  # word offered -> stored spelling
    rules: Mapping[str, str]
    defects: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)  # title -> column key, as the sheet was written
    blind: bool = False  # the label was hidden, and the verifier's own is on the sheet

    @property
    def scores(self) -> tuple[str, ...]:
        """The columns of scores."""
        return tuple(key for key in self.columns.values() if key.startswith("score "))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the sheet: its number, its cells by column key, and their letters."""

    number: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]

    def cell(self, key: str) -> str:
        """Where a cell of this row stands, as in H6."""
        return f"{self.letters.get(key, '')}{self.number}"

    def place(self, frame: Frame) -> Place:
        """Where the row stands."""
        return Place(file=frame.path, row=self.number, subject=f"item:{self.cells.get('item', '')}")


def open_sheet(path: str | Path, *, limit: int) -> tuple[list[Line], Frame]:
    """The rows of a work sheet and what it is about; raises BadInput when the file is no work sheet of labelqa."""
    from openpyxl import load_workbook

    facts = look(path, limit=limit)
    if facts.format != XLSX:
        raise BadInput("{path}: a work sheet is an XLSX file; this is {format}", path=str(path), format=facts.format)
    try:
        book = load_workbook(path, read_only=True)
        if HIDDEN not in book.sheetnames or len(book.sheetnames) < 2:
            raise _no_sheet(path)
        page = next(name for name in book.sheetnames if name != HIDDEN)
        frame = _frame(path, page, page_rows(book[HIDDEN]))
        lines = _lines(path, page_rows(book[page]), frame)
        book.close()
    except BROKEN as error:
        raise broken(path, error) from error
    return lines, frame


def _no_sheet(path: str | Path) -> BadInput:
    return BadInput(
        "{path}: not a work sheet of labelqa (its hidden page is missing); fill in the file that was sent out",
        path=str(path),
    )


def _frame(path: str | Path, page: str, rows: Sequence[Sequence[str]]) -> Frame:
    facts = {row[0]: row[1] for row in rows if len(row) > 1 and row[0]}
    if facts.get("format") not in READ:
        raise BadInput(
            "{path}: the work sheet has the format {format}, this labelqa reads {known}; use the labelqa that wrote it",
            path=str(path),
            format=facts.get("format", "?"),
            known=FORMAT,
        )
    if not facts.get("sample"):
        raise _no_sheet(path)
    titles = _pairs(rows, "column")
    return Frame(
        path=str(path), page=page, sample=facts["sample"], verifier=facts.get("verifier", ""),
        items=frozenset(_pairs(rows, "item")), labels=_spellings(_pairs(rows, "correct_label")),
        rules=_spellings(_pairs(rows, "rule")), defects=_spellings(_pairs(rows, "defect")),
        columns={title: key for key, title in titles.items()}, blind=facts.get("blind") == "1",
    )  # fmt: skip


def _pairs(rows: Sequence[Sequence[str]], key: str) -> dict[str, str]:
    """One list of the hidden page: stored spelling -> word offered."""
    first = list(rows[0]).index(key) if rows and key in rows[0] else -1
    if first < 0:
        return {}
    return {row[first]: row[first + 1] for row in rows[1:] if len(row) > first + 1 and row[first]}


def _spellings(pairs: Mapping[str, str]) -> dict[str, str]:
    return {shown: stored for stored, shown in pairs.items()} | {stored: stored for stored in pairs}


def _lines(path: str | Path, rows: Sequence[Sequence[str]], frame: Frame) -> list[Line]:
    from openpyxl.utils import get_column_letter

    for at, row in enumerate(rows):
        keys = {key: column for column, cell in enumerate(row) if (key := _column(cell, frame))}
        if all(key in keys for key in _NEEDED):
            letters = {key: get_column_letter(column + 1) for key, column in keys.items()}
            return [
                Line(number, {key: cells[column] for key, column in keys.items() if column < len(cells)}, letters)
                for number, cells in enumerate(rows[at + 1 :], start=at + 2)
            ]
    raise BadInput(
        "{path}: the row with the column titles (item, verdict, unsafe content) is missing; fill in the file that was "
        "sent out",
        path=str(path),
    )


def _column(title: str, frame: Frame) -> str:
    """Which column a title stands for: as the sheet was written, else in the words of either language; "" for none."""
    title = title.strip()
    return (frame.columns.get(title) or words.stored(words.COLUMNS, title) or "") if title else ""
