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
from labelqa.records.work import ScoreLine, SheetRow

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

HEAD: Final = 5  # the row of the column titles
LONGEST: Final = 32_000  # characters; a cell takes 32,767
FILLED: Final = (
    "verdict", "correct_label", "rule", "defect", "severity", "safety", "unsafe",
    *(f"check {name}" for name in words.CHECKS), "answer", "comment",
)  # fmt: skip
_BLIND: Final = ("answer", "verdict", "safety", "unsafe", "comment")
_PICTURE: Final = (300, 220)  # largest width and height shown, in pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFrame:
    """What a sheet is about: sample, whose work it is, the language, and the choices offered.

    ``labels``, ``rules`` and ``defects`` map the stored spelling to the title in the sheet's language ("" for none).
    With ``blind`` the label is not on the sheet, and the verifier's own label is asked for.
    """

    sample: str
    verifier: str  # pseudonym: comes back with the verdicts
    lang: Lang
    name: str = ""  # how the verifier is addressed on the sheet
    labels: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    defects: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[ScoreLine, ...] = ()
    blind: bool = False

    @property
    def filled(self) -> tuple[str, ...]:
        """The columns to be filled in, in their order."""
        if self.blind:
            return _BLIND
        scores = (f"score {each.name}" for each in self.lines)
        return (*(key for key in FILLED if key not in ("answer", "comment")), *scores, "comment")


def write_sheet(path: str | Path, rows: Sequence[SheetRow], *, frame: SheetFrame) -> None:
    """Write the work sheet; texts that look like formulas are written as texts, pictures are embedded."""
    from openpyxl import Workbook

    from labelqa.adapters.files.sheet_lists import HIDDEN, drop_downs, hide, print_set_up

    book = Workbook()
    page = book.active
    if page is None:
        raise RuntimeError("a new workbook has no page")
    say = Speaker(frame.lang)
    page.title = say("Work sheet")
    fields = list(dict.fromkeys(name for row in rows for name in (*row.content, *row.pictures)))
    label = [] if frame.blind else ["label"]
    keys = ["order", "item", *(f"content {name}" for name in fields), *label, *frame.filled]
    _title(page, frame, say, len(rows))
    _header(page, keys, frame)
    for at, row in enumerate(rows, start=HEAD + 1):
        _row(page, at, row, keys, frame)
    lists = hide(book.create_sheet(HIDDEN), rows, frame, {key: header(key, frame.lang, frame.lines) for key in keys})
    drop_downs(page, keys, lists, len(rows))
    print_set_up(page, keys, len(rows))
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

    write(page.cell(1, 1), say("Verification of sample {sample}", sample=frame.sample))
    page.cell(1, 1).font = Font(bold=True, size=14)
    write(page.cell(2, 1), say("Verifier: {name} · items: {count}", name=frame.name or frame.verifier, count=count))
    write(page.cell(3, 1), _how(frame, say))
    page.cell(3, 1).alignment = Alignment(wrap_text=True, vertical="top")
    page.merge_cells(start_row=3, end_row=3, start_column=1, end_column=8)
    page.row_dimensions[3].height = 84


def _how(frame: SheetFrame, say: Speaker) -> str:
    """What the verifier does, in the language of the sheet."""
    if frame.blind:
        return say(
            "Label every item afresh: the label that is checked is not on this sheet. Choose a verdict only where an item "
            "cannot be labelled. If the content may be illegal or harmful, say unsafe and choose its risk class. Sorting "
            "and filtering do no harm; do not change the item column."
        )
    told = say(
        "For every item choose a verdict. If it is incorrect, choose the correct label, the rule or defect, and how "
        "severe it is; an item that cannot be reviewed gets a verdict that says why. Record the checks of correct items "
        "too. If the content may be illegal or harmful, say unsafe and choose its risk class. Sorting and filtering do "
        "no harm; do not change the item column."
    )
    if not frame.lines:
        return told
    return told + " " + say("A score below its pass line makes the item incorrect; the verdict may then be left empty.")


def _header(page: Worksheet, keys: Sequence[str], frame: SheetFrame) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, key in enumerate(keys, start=1):
        cell = page.cell(HEAD, column)
        write(cell, header(key, frame.lang, frame.lines))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="FFF4D6" if key in frame.filled else "E7EBF0")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = page.cell(HEAD + 1, 3).coordinate


def header(key: str, lang: Lang, lines: Sequence[ScoreLine] = ()) -> str:
    """The title of a column; that of a score names its pass line."""
    if key.startswith("content "):
        return f"{words.CONTENT[0 if lang == 'en' else 1]}: {key.removeprefix('content ')}"
    if key.startswith("score "):
        line = next(each for each in lines if f"score {each.name}" == key)
        return words.SCORE[0 if lang == "en" else 1].format(title=line.title, line=line.line)
    return words.shown(words.COLUMNS, key, lang)


def _row(page: Worksheet, at: int, row: SheetRow, keys: Sequence[str], frame: SheetFrame) -> None:
    from openpyxl.styles import Alignment

    for column, key in enumerate(keys, start=1):
        cell = cast("Cell", page.cell(at, column))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if key == "order":
            cell.value = row.order
        elif key == "item":
            write(cell, row.item_id)
            cell.number_format = "@"
        elif key == "label":
            write(cell, _fit(choice(row.label, row.shown or frame.labels.get(row.label, "")), Speaker(frame.lang)))
        elif key.startswith("content "):
            _content(page, cell, row, key.removeprefix("content "), Speaker(frame.lang))


def _content(page: Worksheet, cell: Cell, row: SheetRow, name: str, say: Speaker) -> None:
    picture = row.pictures.get(name)
    if picture is None or not _embed(page, cell, picture):
        text = row.content.get(name, "")
        if picture is not None:
            text = say("(the picture cannot be shown) {link}", link=text)
        write(cell, _fit(text, say))


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


def write(cell: Any, text: str) -> None:
    """Write text as text, whatever it begins with."""
    cell.value = storable(text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}
