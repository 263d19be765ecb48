"""Accepted counts as a table for whoever pays: XLSX or CSV, one row a batch or round, nothing that runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import tzinfo
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

from labelqa.adapters.files.sheets import write
from labelqa.adapters.files.whole import write_whole
from labelqa.adapters.report.names import name_of
from labelqa.i18n import N_, Speaker
from labelqa.records.acceptance import AcceptedCounts, CountLine

_HEADS: Final = (
    N_("organizer"), N_("requester"), N_("first batch"), N_("batch"), N_("round"), N_("conclusion"), N_("settled at"),
    N_("delivered"), N_("items accepted"), N_("went back"), N_("void"), N_("not accepted"), N_("labels corrected"),
)  # fmt: skip
Value = str | int


def write_counts(path: Path, found: AcceptedCounts, say: Speaker, zone: tzinfo) -> None:
    """Write the counts, and the total of each organizer below them."""
    heads = [say(head) for head in _HEADS]
    rows: list[Sequence[Value]] = [_row(each, say, zone) for each in found.lines]
    rows += [[who, *[""] * 6, "", n, *[""] * 4] for who, n in found.totals.items()]
    write_whole(path, _csv(heads, rows) if path.suffix.lower() == ".csv" else _xlsx(heads, rows, say))


def _row(each: CountLine, say: Speaker, zone: tzinfo) -> list[Value]:
    settled = f"{each.settled_at.astimezone(zone):%Y-%m-%d %H:%M}" if each.settled_at else ""
    conclusion = name_of(each.conclusion, say) if each.conclusion else ""
    return [
        each.organizer, each.requester, each.first, each.batch, each.round, conclusion, settled, each.delivered,
        each.accepted, each.returned, each.voided, each.waiting, each.corrected,
    ]  # fmt: skip


def _csv(heads: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(value: Value) -> Value:
    """Text that a spreadsheet would run as a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _xlsx(heads: Sequence[str], rows: Sequence[Sequence[Value]], say: Speaker) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    page = book.active or book.create_sheet()
    page.title = say(N_("Accepted counts"))
    for at, head in enumerate(heads, start=1):
        cell = page.cell(1, at)
        write(cell, head)
        cell.font = Font(bold=True)
    for place, row in enumerate(rows, start=2):
        for at, value in enumerate(row, start=1):
            cell = page.cell(place, at)
            if isinstance(value, int):
                cell.value = value
            else:
                write(cell, value)
    page.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
