"""The sheet that a supervisor fills in: one row a drawn piece of work, with what was shown and what was said of it.

A workbook with a drop-down for the verdict; it comes back by its ``work`` column, sorted or not. People stand in it by
pseudonym: their names stay in the erasable table.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.files import words
from labelqa.adapters.files.sheets import LONGEST
from labelqa.adapters.files.whole import refuse_filled, storable, write_whole
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.supervision import SupervisedWork

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# stored name, title, width; the titles are read back in either language
COLUMNS: Final = (
    ("order", N_("no."), 6),
    ("duty", N_("duty"), 12),
    ("person", N_("person"), 14),
    ("item_id", N_("item"), 16),
    ("content", N_("content"), 60),
    ("answer", N_("what was done"), 40),
    ("verdict", N_("verdict"), 14),
    ("note", N_("supervisor's note"), 40),
    ("work", N_("piece of work"), 34),
)
DUTIES: Final = {"executor": N_("annotator"), "reviewer": N_("reviewer"), "arbitrator": N_("arbitrator")}
FILLED: Final = {"verdict", "note"}


def write_supervision_sheet(path: Path, works: Sequence[SupervisedWork], *, lang: Lang) -> None:
    """Write the workbook; what was checked already stands in it. Texts that look like formulas stay texts."""
    from openpyxl import Workbook

    refuse_filled(path)
    book, say = Workbook(), Speaker(lang)
    page = book.active
    if page is None:
        raise RuntimeError("a new workbook has no page")
    page.title = say("Supervision")
    _head(page, say)
    for at, each in enumerate(works, start=2):
        for column, text in enumerate(_cells(each, say), start=1):
            _write(page.cell(at, column), text)
    _verdicts(page, len(works), lang)
    content = io.BytesIO()
    book.save(content)
    write_whole(path, content.getvalue())


def verdict_read(cell: str) -> str:
    """A verdict as it is stored, from the word that somebody chose or typed in either language; else the word itself.

    >>> verdict_read("错误"), verdict_read("Correct"), verdict_read("hm")
    ('incorrect', 'correct', 'hm')
    """
    return words.stored(words.VERDICTS, cell) or cell.strip()


def _head(page: Worksheet, say: Speaker) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    for column, (name, title, width) in enumerate(COLUMNS, start=1):
        cell = page.cell(1, column)
        _write(cell, say(title))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="FFF4D6" if name in FILLED else "E7EBF0")
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "A2"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.print_title_rows = "1:1"


def _cells(each: SupervisedWork, say: Speaker) -> tuple[str, ...]:
    content = "\n".join(f"{name}: {text}" for name, text in each.content.items())
    return (
        str(each.order), say(DUTIES.get(each.duty, each.duty)), each.person, each.item_id, content, say(each.answer),
        words.shown(words.VERDICTS, each.verdict, say.lang) if each.verdict else "", each.note, each.work,
    )  # fmt: skip


def _write(cell: Any, text: str) -> None:
    """Write text as text, whatever it begins with."""
    from openpyxl.styles import Alignment

    cell.value = storable(text)[:LONGEST]
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _verdicts(page: Worksheet, count: int, lang: Lang) -> None:
    """A drop-down with the three verdicts."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(1 + [name for name, *_ in COLUMNS].index("verdict"))
    said = ",".join(words.shown(words.VERDICTS, each, lang) for each in words.VERDICTS)
    rule = DataValidation(type="list", formula1=f'"{said}"', allow_blank=True)
    if count:
        rule.add(f"{letter}2:{letter}{count + 1}")
        page.add_data_validation(rule)
