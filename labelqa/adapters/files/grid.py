"""Small tables as rows of text: CSV and TSV in any encoding that is recognised, and pages of a workbook.

Numbers come as they are written, times in ISO form, empty cells as ""; what a column means is for the reader of the rows.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from labelqa.adapters.files.source import CSV, TSV, XLSX, open_text
from labelqa.errors import BadInput
from labelqa.records.annotation import FileFacts

# What openpyxl raises over parts that are missing, cut or not XML (ParseError is a SyntaxError).
BROKEN: Final = (
    LookupError, ValueError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile, zlib.error, OSError,
)  # fmt: skip


def text_rows(facts: FileFacts) -> Iterator[list[str]]:
    """The rows of a table, the titles first and empty rows left out; BadInput where the file is none or cannot be read."""
    return (row for _, row in numbered_rows(facts))


def numbered_rows(facts: FileFacts) -> Iterator[tuple[int, list[str]]]:
    """The same, each with its number as a spreadsheet shows it: from 1, empty rows counted."""
    if facts.format in (CSV, TSV):
        with open_text(facts) as text:
            try:
                told = csv.reader(text, delimiter=str(facts.extra["delimiter"]))
                yield from ((number, row) for number, row in enumerate(told, start=1) if row)
            except csv.Error as error:
                raise BadInput(
                    "{path}: the table cannot be read ({why}); save it again as CSV", path=facts.path, why=str(error)
                ) from error
    elif facts.format == XLSX:
        yield from _numbered_page(facts.path)
    else:
        raise BadInput(
            "{path}: a {format} file is no table that can be read here; give CSV or XLSX",
            path=facts.path, format=facts.format,
        )  # fmt: skip


def first_page(path: str) -> list[list[str]]:
    """The rows of a workbook's first page, empty ones left out; BadInput where it cannot be opened."""
    return [row for _, row in _numbered_page(path)]


def _numbered_page(path: str) -> list[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = page_rows(book.worksheets[0])
        book.close()
    except BROKEN as error:
        raise broken(path, error) from error
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def page_rows(page: Any) -> list[list[str]]:
    """All cells of a page; the extent that a program wrote into the file is not believed."""
    page.reset_dimensions()
    return [[cell_text(cell) for cell in row] for row in page.iter_rows(values_only=True)]


def cell_text(cell: Any) -> str:
    """A cell as a person reads it.

    >>> cell_text(3.0), cell_text(2.5), cell_text(None), cell_text(datetime(2026, 11, 16))
    ('3', '2.5', '', '2026-11-16T00:00:00')
    """
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def broken(path: object, error: Exception) -> BadInput:
    """The refusal of a workbook that cannot be opened."""
    return BadInput(
        "{path}: the workbook cannot be opened ({why}); save it again as XLSX", path=str(path), why=str(error)
    )
