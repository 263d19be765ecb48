"""An exam as a workbook to be filled in: one row a question, a drop-down with its choices; and read back.

The workbook says neither which rule a question is about nor what is right. A hidden page keeps what the paper is made
again from; rows may have been sorted.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.files.grid import BROKEN, broken, page_rows
from labelqa.adapters.files.sheets import LONGEST, write
from labelqa.adapters.files.whole import refuse_filled, write_whole
from labelqa.errors import BadInput
from labelqa.i18n import N_, Lang, Speaker
from labelqa.rulebook.exam import Choice, Handed
from labelqa.rulebook.model import Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HIDDEN: Final = "labelqa-exam"
HEAD: Final = 4
LARGEST: Final = 32 << 20  # bytes, unpacked as well
_COLUMNS: Final = ((N_("no."), 6), (N_("content"), 70), (N_("your answer"), 36), (N_("question"), 16))
_ANSWER: Final = 3


def write_exam_sheet(path: Path, paper: Handed, facts: Mapping[str, object], *, lang: Lang) -> None:
    """Write the workbook; ``facts`` (name → text or number) go onto the hidden page."""
    from openpyxl import Workbook

    refuse_filled(path)
    book, say = Workbook(), Speaker(lang)
    page = book.active
    if page is None:
        raise RuntimeError("a new workbook has no page")
    page.title = say(N_("Exam"))
    _head(page, paper, say)
    hidden = book.create_sheet(HIDDEN)
    hidden.sheet_state = "hidden"
    for at, (name, value) in enumerate(facts.items(), start=1):
        write(hidden.cell(at, 1), name)
        write(hidden.cell(at, 2), str(value))
    _questions(page, hidden, paper, lang)
    _print_set_up(page)
    content = io.BytesIO()
    book.save(content)
    write_whole(path, content.getvalue())


def _head(page: Worksheet, paper: Handed, say: Speaker) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    title = paper.title.zh if say.lang == "zh" else paper.title.en
    write(page.cell(1, 1), say(N_("Exam: {title}"), title=title or paper.release))
    page.cell(1, 1).font = Font(bold=True, size=14)
    write(page.cell(2, 1), say(N_("{release} · {n} questions · paper {digest}"), release=paper.release,
                               n=len(paper.questions), digest=paper.digest[:12]))  # fmt: skip
    for column, (name, _) in enumerate(_COLUMNS, start=1):
        cell = page.cell(HEAD, column)
        write(cell, say(name))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="FFF4D6" if column == _ANSWER else "E7EBF0")
        cell.alignment = Alignment(vertical="top")
    write(page.cell(3, 1), say(N_("Choose one label for each content. What is left empty counts as wrong.")))


def shown(choices: Sequence[Choice], lang: Lang) -> list[str]:
    """The choices as people read them: by title, with the value where two titles are the same."""
    titles = [in_language(each.title, lang) or each.value for each in choices]
    return [
        title if titles.count(title) == 1 else f"{each.value} {title}"
        for each, title in zip(choices, titles, strict=True)
    ]


def in_language(text: Text, lang: Lang) -> str:
    """A sentence in a language, else in the other."""
    return (text.zh or text.en) if lang == "zh" else (text.en or text.zh)


def _questions(page: Worksheet, hidden: Worksheet, paper: Handed, lang: Lang) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for at, question in enumerate(paper.questions, start=1):
        row, column = HEAD + at, get_column_letter(3 + at)
        cells = (str(question.number), in_language(question.content, lang)[:LONGEST], "", question.key)
        for place, text in enumerate(cells, start=1):
            cell = page.cell(row, place)
            write(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        words = shown(question.choices, lang)
        for line, word in enumerate(words, start=1):
            write(hidden[f"{column}{line}"], word)
        rule = DataValidation(
            type="list", formula1=f"'{HIDDEN}'!${column}$1:${column}${len(words)}", allow_blank=True,
            showErrorMessage=True,
        )  # fmt: skip
        rule.add(page.cell(row, _ANSWER).coordinate)
        page.add_data_validation(rule)


def _print_set_up(page: Worksheet) -> None:
    from openpyxl.utils import get_column_letter

    for column, (_, width) in enumerate(_COLUMNS, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = f"A{HEAD + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    page.print_title_rows = f"{HEAD}:{HEAD}"


def read_exam_sheet(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The facts of the hidden page, and the answers by question key; BadInput when it is no exam of labelqa."""
    from openpyxl import load_workbook

    _refuse_large(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        if HIDDEN not in book.sheetnames or len(book.sheetnames) < 2:
            raise BadInput("{path}: not an exam of labelqa (its hidden page is missing); give the workbook that was "
                           "sent out", path=str(path))  # fmt: skip
        facts = {row[0]: row[1] for row in page_rows(book[HIDDEN]) if len(row) > 1 and row[0]}
        page = next(name for name in book.sheetnames if name != HIDDEN)
        answers = {
            row[3].strip(): row[2].strip() for row in page_rows(book[page])[HEAD:] if len(row) > 3 and row[3].strip()
        }
        book.close()
    except BROKEN as error:
        raise broken(path, error) from error
    return facts, answers


def _refuse_large(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except BROKEN as error:
        raise broken(path, error) from error
    if size > LARGEST:
        raise BadInput("{path}: larger than any exam of labelqa; check the name", path=str(path))
