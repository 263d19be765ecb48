"""Work sheets: one workbook a verifier, with what was shown, the label to be checked and cells to fill in.

The sheet never says who labelled. A hidden page keeps what is needed to take it back when it was sorted or filtered.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from labelqa.adapters.files import words
from labelqa.adapters.files.whole import storable, write_whole
from labelqa.i18n import Lang, Speaker
from labelqa.records.work import SheetRow

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

FORMAT: Final = 1
HIDDEN: Final = "labelqa"
FILLED: Final = ("verdict", "correct_label", "rule", "severity", "unsafe", "comment")
LONGEST: Final = 32_000  # characters; a cell takes 32,767
_HEAD: Final = 5  # the row of the column titles
_PICTURE: Final = (300, 220)  # largest width and height shown, in pixels
_WIDTHS: Final = {"order": 6, "item": 18, "label": 20, "comment": 32, "rule": 18, "correct_label": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFrame:
    """What a sheet is about: sample, whose work it is, the language, and the choices offered.

    ``labels`` and ``rules`` map the stored spelling to the title in the sheet's language ("" for none).
    """

    sample: str
    verifier: str  # pseudonym: comes back with the verdicts
    lang: Lang
    name: str = ""  # how the verifier is addressed on the sheet
    labels: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)


def write_sheet(path: str | Path, rows: Sequence[SheetRow], *, frame: SheetFrame) -> None:
    """Write the work sheet; texts that look like formulas are written as texts, pictures are embedded."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    if page is None:
        raise RuntimeError("a new workbook has no page")
    say = Speaker(frame.lang)
    page.title = say("Work sheet")
    fields = list(dict.fromkeys(name for row in rows for name in (*row.content, *row.pictures)))
    keys = ["order", "item", *(f"content {name}" for name in fields), "label", *FILLED]
    _title(page, frame, say, len(rows))
    _header(page, keys, frame.lang)
    for at, row in enumerate(rows, start=_HEAD + 1):
        _row(page, at, row, keys, frame)
    lists = _hide(book.create_sheet(HIDDEN), rows, frame)
    _drop_downs(page, keys, lists, len(rows))
    _print_set_up(page, keys, len(rows))
    content = io.BytesIO()
    book.save(content)
    write_whole(path, content.getvalue())


def choice(stored: str, title: str) -> str:
    """A stored spelling with its title, as drop-downs show it.

    >>> choice("pos", "正面"), choice("pos", "")
    ('pos 正面', 'pos')
    """
    return f"{stored} {title}" if title and title != stored else stored


def _title(page: Worksheet, frame: SheetFrame, say: Speaker, count: int) -> None:
    from openpyxl.styles import Alignment, Font

    _write(page.cell(1, 1), say("Verification of sample {sample}", sample=frame.sample))
    page.cell(1, 1).font = Font(bold=True, size=14)
    _write(page.cell(2, 1), say("Verifier: {name} · items: {count}", name=frame.name or frame.verifier, count=count))
    how = say(
        "For every item choose a verdict. If it is incorrect, choose the correct label, the rule and how severe the "
        "defect is. If the content may be illegal or harmful, choose its risk class. Sorting and filtering do no harm; "
        "do not change the item column."
    )
    _write(page.cell(3, 1), how)
    page.cell(3, 1).alignment = Alignment(wrap_text=True, vertical="top")
    page.merge_cells(start_row=3, end_row=3, start_column=1, end_column=8)
    page.row_dimensions[3].height = 48


def _header(page: Worksheet, keys: Sequence[str], lang: Lang) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, key in enumerate(keys, start=1):
        cell = page.cell(_HEAD, column)
        _write(cell, header(key, lang))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="FFF4D6" if key in FILLED else "E7EBF0")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = page.cell(_HEAD + 1, 3).coordinate


def header(key: str, lang: Lang) -> str:
    """The title of a column."""
    if key.startswith("content "):
        return f"{words.CONTENT[0 if lang == 'en' else 1]}: {key.removeprefix('content ')}"
    return words.shown(words.COLUMNS, key, lang)


def _row(page: Worksheet, at: int, row: SheetRow, keys: Sequence[str], frame: SheetFrame) -> None:
    from openpyxl.styles import Alignment

    for column, key in enumerate(keys, start=1):
        cell = cast("Cell", page.cell(at, column))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if key == "order":
            cell.value = row.order
        elif key == "item":
            _write(cell, row.item_id)
            cell.number_format = "@"
        elif key == "label":
            _write(cell, choice(row.label, row.shown or frame.labels.get(row.label, "")))
        elif key.startswith("content "):
            _content(page, cell, row, key.removeprefix("content "), Speaker(frame.lang))


def _content(page: Worksheet, cell: Cell, row: SheetRow, name: str, say: Speaker) -> None:
    picture = row.pictures.get(name)
    if picture is None or not _embed(page, cell, picture):
        text = row.content.get(name, "")
        if picture is not None:
            text = say("(the picture cannot be shown) {link}", link=text)
        _write(cell, _fit(text, say))


def _embed(page: Worksheet, cell: Cell, picture: bytes) -> bool:
    """Put a picture into the cell, made small enough to read beside the text; False when it is no picture."""
    from openpyxl.drawing.image import Image
    from openpyxl.utils import get_column_letter

    try:
        image = Image(io.BytesIO(picture))
    except (OSError, ValueError, SyntaxError):
        return False
    scale = min(1.0, _PICTURE[0] / max(image.width, 1), _PICTURE[1] / max(image.height, 1))
    image.width, image.height = int(image.width * scale), int(image.height * scale)
    page.add_image(image, cell.coordinate)
    wide = page.column_dimensions[get_column_letter(cell.column)]
    wide.width = max(wide.width or 0, image.width / 7 + 2)
    tall = page.row_dimensions[cell.row]
    tall.height = max(tall.height or 0, image.height * 0.75 + 6)
    return True


def _fit(text: str, say: Speaker) -> str:
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST] + say(
        " … ({count} more characters; see the item in the annotation tool)", count=len(text) - LONGEST
    )


def _write(cell: Any, text: str) -> None:
    """Write text as text, whatever it begins with."""
    cell.value = storable(text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}


def _hide(page: Worksheet, rows: Sequence[SheetRow], frame: SheetFrame) -> dict[str, str]:
    """Fill the hidden page; the ranges that the drop-downs take their words from come back."""
    page.sheet_state = "hidden"
    facts = (("format", str(FORMAT)), ("sample", frame.sample), ("verifier", frame.verifier), ("lang", frame.lang))
    for at, (key, value) in enumerate(facts, start=1):
        _write(page.cell(at, 1), key)
        _write(page.cell(at, 2), value)
    lists: dict[str, list[tuple[str, str]]] = {
        "item": [(row.item_id, str(row.order)) for row in rows],
        "correct_label": [(stored, choice(stored, title)) for stored, title in frame.labels.items()],
        "rule": [(stored, choice(stored, title)) for stored, title in frame.rules.items()],
        "verdict": [(stored, words.shown(words.VERDICTS, stored, frame.lang)) for stored in words.VERDICTS],
        "severity": [(stored, words.shown(words.SEVERITIES, stored, frame.lang)) for stored in words.SEVERITIES],
        "unsafe": [(stored, words.shown(words.UNSAFE, stored, frame.lang)) for stored in words.UNSAFE],
    }
    return {key: _list(page, column, key, pairs) for column, (key, pairs) in enumerate(lists.items())}


def _list(page: Worksheet, column: int, key: str, pairs: Sequence[tuple[str, str]]) -> str:
    from openpyxl.utils import get_column_letter

    first = 4 + 2 * column
    _write(page.cell(1, first), key)
    for at, (stored, title) in enumerate(pairs, start=2):
        _write(page.cell(at, first), stored)
        _write(page.cell(at, first + 1), title)
    letter = get_column_letter(first + 1)
    return f"'{HIDDEN}'!${letter}$2:${letter}${len(pairs) + 1}" if pairs else ""


def _drop_downs(page: Worksheet, keys: Sequence[str], lists: Mapping[str, str], count: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, key in enumerate(keys, start=1):
        if key not in FILLED or not lists.get(key) or not count:
            continue
        # A correct label may be a new one, a rule may be cited otherwise: those lists only suggest.
        strict = key not in ("correct_label", "rule")
        rule = DataValidation(type="list", formula1=lists[key], allow_blank=True, showErrorMessage=strict)
        letter = get_column_letter(column)
        rule.add(f"{letter}{_HEAD + 1}:{letter}{_HEAD + count}")
        page.add_data_validation(rule)


def _print_set_up(page: Worksheet, keys: Sequence[str], count: int) -> None:
    from openpyxl.utils import get_column_letter

    for column, key in enumerate(keys, start=1):
        wide = page.column_dimensions[get_column_letter(column)]
        wide.width = max(wide.width or 0, 44 if key.startswith("content ") else _WIDTHS.get(key, 14))
    page.auto_filter.ref = f"A{_HEAD}:{get_column_letter(len(keys))}{_HEAD + count}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    page.print_title_rows = f"{_HEAD}:{_HEAD}"
    page.oddFooter.center.text = "&P / &N"  # type: ignore[union-attr]
