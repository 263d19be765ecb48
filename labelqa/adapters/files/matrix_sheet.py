"""The coverage matrix as a workbook: one page a line of a rulebook, one row a person, and what is missing in words."""

from __future__ import annotations

import io
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.files.sheets import write
from labelqa.adapters.files.whole import write_whole
from labelqa.adapters.report.names import ENUMS
from labelqa.errors import BadInput
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.personnel import Topic
from labelqa.records.training import Covered, Demand
from labelqa.workflows.training.matrix import Matrix, MatrixLine

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_HEAD: Final = 3
_LAPSED, _COVERED, _OPEN = "FBE3D6", "E2F0D9", "FFFFFF"


def write_matrix(path: Path, matrix: Matrix, *, zone: tzinfo, lang: Lang) -> None:
    """Write the workbook; the times stand in the given zone."""
    from openpyxl import Workbook

    if not path.parent.is_dir():
        raise BadInput("{folder}: there is no such folder; make it first, or name another", folder=str(path.parent))
    book, say = Workbook(), Speaker(lang)
    if book.active is not None:
        book.remove(book.active)
    for number, line in enumerate(matrix.lines or ("–",), start=1):
        page = book.create_sheet(f"{number} {line.replace('@', ' ')}"[:31])
        mine = [each for each in matrix.people if each.coverage.line == line]
        _page(page, line, matrix, mine, zone, say)
    content = io.BytesIO()
    book.save(content)
    write_whole(path, content.getvalue())


def _page(
    page: Worksheet, line: str, matrix: Matrix, people: list[MatrixLine], zone: tzinfo, say: Speaker
) -> None:  # fmt: skip
    from openpyxl.styles import Alignment, Font

    write(page.cell(1, 1), say(N_("Training under {line}, as of {at}; a training counts for {days} days"), line=line,
                               at=f"{matrix.at.astimezone(zone):%Y-%m-%d %H:%M}", days=matrix.days))  # fmt: skip
    page.cell(1, 1).font = Font(bold=True, size=13)
    heads = [N_("person"), N_("name"), N_("organizer"), N_("duties"), *(ENUMS["Topic"][each] for each in Topic),
             *(ENUMS["Demand"][each] for each in Demand)]  # fmt: skip
    for column, head in enumerate(heads, start=1):
        cell = page.cell(_HEAD, column)
        write(cell, say(head))
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for row, each in enumerate(people, start=_HEAD + 1):
        _row(page, row, each, zone, say)
    _print_set_up(page, len(heads), len(people))


def _row(page: Worksheet, row: int, each: MatrixLine, zone: tzinfo, say: Speaker) -> None:
    from openpyxl.styles import Alignment, PatternFill

    found, between = each.coverage, "、" if say.lang == "zh" else ", "
    names, topics = ENUMS["Duty"], ENUMS["Topic"]
    duties = between.join(say(names[duty]) for duty in each.duties)
    for column, told in enumerate((found.person, each.name, each.organizer, duties), start=1):
        write(page.cell(row, column), told)
    for column, topic in enumerate(Topic, start=5):
        covered, cell = found.covered.get(topic), page.cell(row, column)
        write(cell, _told(covered, zone, say) if covered else "–")
        colour = _OPEN if covered is None else _LAPSED if covered.lapsed else _COVERED
        cell.fill, cell.alignment = PatternFill("solid", start_color=colour), Alignment(wrap_text=True, vertical="top")
    for column, demand in enumerate(Demand, start=5 + len(Topic)):
        missing = between.join(say(topics[topic]) for topic in found.gaps[demand])
        write(page.cell(row, column), missing or say(N_("nothing missing")))


def _told(covered: Covered, zone: tzinfo, say: Speaker) -> str:
    day = f"{covered.at.astimezone(zone):%Y-%m-%d}"
    until = f"{covered.until.astimezone(zone):%Y-%m-%d}" if covered.until else say(N_("without end"))
    told = say(N_("{day}, until {until}"), day=day, until=until)
    marks = [covered.session, say(N_("by the provider")) if covered.provider else ""]
    marks.append(say(N_("counts no longer")) if covered.lapsed else "")
    return " · ".join([told, *(each for each in marks if each)])


def _print_set_up(page: Worksheet, columns: int, people: int) -> None:
    from openpyxl.utils import get_column_letter

    for column in range(1, columns + 1):
        page.column_dimensions[get_column_letter(column)].width = 12 if column <= 4 else 22
    page.freeze_panes = page.cell(_HEAD + 1, 3).coordinate
    page.auto_filter.ref = f"A{_HEAD}:{get_column_letter(columns)}{_HEAD + people}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    page.print_title_rows = f"{_HEAD}:{_HEAD}"
