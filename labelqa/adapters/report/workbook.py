"""The report as a workbook: one sheet a table, real numbers in real formats, nothing that can run as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from unicodedata import east_asian_width
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from labelqa.adapters.files.whole import storable
from labelqa.adapters.report import text
from labelqa.adapters.report.grid import FIGURES, Cell, Column, Table
from labelqa.adapters.report.models import models_named
from labelqa.adapters.report.record_tables import notes
from labelqa.adapters.report.tables import tables
from labelqa.i18n import Lang, Speaker
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.summary import Summary

LONGEST: Final = 32_767  # letters that a cell of a workbook can hold
_FORMATS: Final = {
    "count": "#,##0", "more": "+#,##0;-#,##0;0", "share": "0.0%", "seconds": "0.0", "moment": "yyyy-mm-dd hh:mm",
    "percent": "0.00%", "plain": "0.000", "percent-change": "+0.00%;-0.00%;0.00%",
    "plain-change": "+0.000;-0.000;0.000",
}  # fmt: skip
_HEAD_FONT: Final = Font(bold=True, color="FFFFFF")
_HEAD_FILL: Final = PatternFill("solid", fgColor="1F3A5F")


def render_workbook(summary: Summary, lang: Lang) -> bytes:
    """The whole report as an .xlsx file; the same summary gives the same bytes."""
    say = Speaker(lang)
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    book.properties.creator = "labelqa"
    book.properties.title = _storable(f"{summary.workspace} {summary.period.name}")
    made = summary.made_at.replace(tzinfo=None)
    book.properties.created = made
    for table in tables(models_named(summary, say), say):
        _sheet(book.create_sheet(_tab(table.title)), table, say, ZoneInfo(summary.period.timezone))
    _note_sheet(book.create_sheet(_tab(say("Notes"))), summary, say)
    out = BytesIO()
    book.save(out)
    return _settled(out.getvalue(), made)


def _sheet(sheet: Worksheet, table: Table, say: Speaker, zone: ZoneInfo) -> None:
    heads = [head for column in table.columns for head in _headings(column, say)]
    _head(sheet, heads)
    widths = [_width(head) for head in heads]
    for at, row in enumerate(table.rows, start=2):
        spread = [part for cell, column in zip(row, table.columns, strict=True) for part in _spread(cell, column, say)]
        for place, (value, form) in enumerate(spread):
            _write(sheet.cell(at, place + 1), value, form, zone)
            widths[place] = max(widths[place], _width(value))
    if not table.rows:
        _write(sheet.cell(2, 1), table.empty, "", zone)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(max(width + 2, 9), 60)
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(table.rows) + 1}"


def _head(sheet: Worksheet, heads: list[str]) -> None:
    for place, head in enumerate(heads, start=1):
        cell = sheet.cell(1, place)
        _text(cell, head)
        cell.font, cell.fill = _HEAD_FONT, _HEAD_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _headings(column: Column, say: Speaker) -> list[str]:
    """A figure takes seven columns: itself, both ends, n, confidence, method, and why it is unknown."""
    if column.kind not in FIGURES:
        return [column.heading]
    parts = (say("low"), say("high"), "n", say("confidence"), say("method"), say("why unknown"))
    return [column.heading, *(say("{column}: {part}", column=column.heading, part=part) for part in parts)]


def _spread(cell: Cell, column: Column, say: Speaker) -> Iterator[tuple[Any, str]]:
    """A cell's values with their formats, as many as its column has headings."""
    if column.kind not in FIGURES:
        yield cell.value, _FORMATS.get(cell.kind, "")
    elif cell.kind in FIGURES:
        yield from _figure(cell.value, _FORMATS[cell.kind], say)
    else:  # a count among figures, as in the headline
        yield cell.value, _FORMATS.get(cell.kind, "")
        yield from [(None, "")] * 6


def _figure(figure: Figure, form: str, say: Speaker) -> Iterator[tuple[Any, str]]:
    if isinstance(figure, Estimate):
        yield from ((value, form) for value in (figure.point, figure.low, figure.high))
        yield from ((figure.n, "#,##0"), (figure.confidence, "0.##%"), (text.method_name(figure.method, say), ""))
        yield None, ""
        return
    yield from [(None, "")] * 3
    yield from ((figure.n, "#,##0"), (None, ""), (None, ""))
    yield say(figure.message) or figure.reason, ""


def _write(cell: SheetCell | MergedCell, value: Any, form: str, zone: ZoneInfo) -> None:
    if isinstance(value, str):
        _text(cell, value)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return
    if isinstance(value, datetime):
        value = value.astimezone(zone).replace(tzinfo=None)  # a workbook knows no time zones; the notes name ours
    cell.value = value
    cell.alignment = Alignment(vertical="top")
    if form:
        cell.number_format = form


def _text(cell: SheetCell | MergedCell, words: str) -> None:
    """Words as words: never a formula, whatever sign they begin with, and no letters that a workbook cannot hold."""
    cell.value = _storable(words)
    cell.data_type = "s"
    if words[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        cell.quotePrefix = True  # the spreadsheet's own "this is text"


def _storable(words: str) -> str:
    return storable(words)[:LONGEST]


def _note_sheet(sheet: Worksheet, summary: Summary, say: Speaker) -> None:
    period = summary.period
    _head(sheet, [say("Notes")])
    lines = [
        f"{summary.workspace}: {period.name}, {period.first_day} – {period.last_day}",
        say("Times are in {zone}.", zone=period.timezone),
        say("Made at {moment}", moment=text.moment(summary.made_at, period.timezone)),
        *notes(summary, say),
    ]
    for at, line in enumerate(lines, start=2):
        _write(sheet.cell(at, 1), line, "", ZoneInfo("UTC"))
    sheet.column_dimensions["A"].width = 110


def _tab(title: str) -> str:
    return re.sub(r"[\\/*?:\[\]]", " ", title)[:31]


def _width(value: Any) -> int:
    if isinstance(value, str):
        return max((sum(map(_cells, line)) for line in value.split("\n")), default=0)
    if isinstance(value, datetime):
        return 16
    return 0 if value is None else 10


def _cells(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1


def _settled(book: bytes, made: datetime) -> bytes:
    """The file without the clock of the machine that wrote it."""
    stamp = f"{made:%Y-%m-%dT%H:%M:%SZ}"
    out = BytesIO()
    with ZipFile(BytesIO(book)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "docProps/core.xml":
                words = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{stamp}", part.decode())
                part = words.encode()
            fresh = ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            fresh.compress_type = ZIP_DEFLATED
            new.writestr(fresh, part)
    return out.getvalue()
