"""Corrections on paper: a work list that people fill in and hand back, and the record of all corrections, to be printed.

What is filled in is read like any list (columns item_id, label, by); nothing in a workbook can run as a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.files.sheets import LONGEST, write
from labelqa.adapters.files.whole import refuse_filled, write_whole
from labelqa.adapters.report.text import name_of
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.corrections import Correction, ItemProblems, Problem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from openpyxl.worksheet.worksheet import Worksheet

    from labelqa.workflows.correcting.records import CorrectionRecords, OpenProblem

WORK: Final = (  # head, width; those with a key are read back
    ("item_id", 18), (N_("content"), 60), (N_("label of record"), 18), (N_("problem"), 34), (N_("correct label by the reviewer"), 18),
    ("label", 18), ("by", 16), ("at", 20), ("made_at", 20),
)  # fmt: skip
READ: Final = {"item_id": N_("item"), "label": N_("corrected label"), "by": N_("corrector"), "at": N_("corrected at"),
               "made_at": N_("labelled at")}  # fmt: skip
RECORD: Final = (
    (N_("item"), 18), (N_("original annotator"), 18), (N_("original label"), 18), (N_("labelled at"), 17),
    (N_("corrector"), 18), (N_("corrected label"), 18), (N_("corrected at"), 17), (N_("re-review"), 16),
    (N_("re-reviewer"), 18), (N_("re-reviewed at"), 17), (N_("state"), 26), (N_("comment"), 30),
)  # fmt: skip
PROBLEMS: Final = (
    (N_("item"), 18), (N_("state"), 26), (N_("problem"), 34), (N_("found by"), 18), (N_("found at"), 17),
    (N_("answered by"), 30), (N_("reason"), 40),
)  # fmt: skip


def problem_text(problem: Problem, say: Speaker) -> str:
    """What was found, in a few words: a verdict with rule, defect and risk, or a ruling."""
    if problem.ruling or problem.verdict is None:
        said = say(N_("sent back or discarded by the arbitrator"))
    else:
        said = name_of(problem.verdict, say)
    codes = ", ".join(each for each in (problem.rule, problem.defect, problem.unsafe) if each)
    return f"{said} ({codes})" if codes else said


def write_work_list(path: Path, batch: str, lines: Sequence[OpenProblem], *, lang: Lang) -> None:
    """Write the open problems of a batch as a list to be filled in with the corrected label and the corrector."""
    refuse_filled(path)
    say = Speaker(lang)
    book = _Book(say(N_("Corrections")), say)
    book.head([(READ.get(name, name), width) for name, width in WORK], filled=range(6, 10))
    for each in lines:
        found = "; ".join(problem_text(one, say) for one in each.item.problems if one.closed is None)
        book.row((each.item.item_id, " | ".join(each.content.values()), each.label, found, each.correct_label))
    book.save(path, say(N_("Corrections of batch {batch}"), batch=batch))


def write_record(path: Path, found: CorrectionRecords, *, lang: Lang, zone: ZoneInfo) -> None:
    """Write every correction with its six fields and its re-review, and every problem with what answered it."""
    say = Speaker(lang)
    book = _Book(say(N_("Corrections")), say)
    book.head(RECORD)
    for each in found.corrections:
        book.row(_record(each, found, say, zone))
    book.page(say(N_("Problems")))
    book.head(PROBLEMS)
    for item in found.completeness.items:
        for one in item.problems:
            book.row(_problem(item, one, found, say, zone))
    book.save(path, say(N_("Corrections of batch {batch}"), batch=found.batch))


def _record(each: Correction, found: CorrectionRecords, say: Speaker, zone: ZoneInfo) -> tuple[str, ...]:
    seen = each.review
    return (
        each.item_id, found.names.get(each.annotator, each.annotator), each.before, f"{each.made_at.astimezone(zone):%Y-%m-%d %H:%M}",
        found.names.get(each.corrector, each.corrector), each.after, f"{each.corrected_at.astimezone(zone):%Y-%m-%d %H:%M}",
        "" if seen is None else name_of(seen.verdict, say),
        "" if seen is None else found.names.get(seen.reviewer, seen.reviewer),
        "" if seen is None else f"{seen.at.astimezone(zone):%Y-%m-%d %H:%M}", state_text(each, say),
        "" if seen is None else found.texts.get(seen.fact, ""),
    )  # fmt: skip


def state_text(correction: Correction, say: Speaker) -> str:
    """Where one correction stands."""
    if correction.replaced_by:
        return say(N_("replaced by a later correction"))
    if correction.review is None:
        return say(N_("waits for re-review"))
    return say(N_("corrected and re-reviewed")) if correction.stands else say(N_("failed its re-review"))


def _problem(
    item: ItemProblems, problem: Problem, found: CorrectionRecords, say: Speaker, zone: ZoneInfo
) -> tuple[str, ...]:
    answered = "" if problem.closed is None else name_of(problem.closed, say)
    return (
        item.item_id, name_of(item.status, say), problem_text(problem, say), found.names.get(problem.by, problem.by),
        f"{problem.at.astimezone(zone):%Y-%m-%d %H:%M}", answered, found.texts.get(problem.closed_by, ""),
    )  # fmt: skip


class _Book:
    """A workbook whose pages fit a printed page in width and repeat their heads."""

    def __init__(self, title: str, say: Speaker) -> None:
        from openpyxl import Workbook

        self._book, self._say, self._next = Workbook(), say, 2
        page = self._book.active
        if page is None:
            raise RuntimeError("a new workbook has no page")
        self._page: Worksheet = page
        self._page.title = title

    def page(self, title: str) -> None:
        """Go on with another page."""
        self._page, self._next = self._book.create_sheet(title), 2

    def head(self, columns: Sequence[tuple[str, int]], *, filled: Sequence[int] = ()) -> None:
        """The heads with their widths; ``filled`` are the numbers of columns that people fill in."""
        from openpyxl.styles import Font, PatternFill
        from openpyxl.utils import get_column_letter

        for at, (name, width) in enumerate(columns, start=1):
            cell = self._page.cell(1, at)
            write(cell, self._say(name))
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", start_color="FFF4D6" if at in filled else "E7EBF0")
            self._page.column_dimensions[get_column_letter(at)].width = width
        self._page.freeze_panes = "A2"
        self._page.page_setup.orientation = "landscape"
        self._page.page_setup.fitToWidth, self._page.page_setup.fitToHeight = 1, 0
        self._page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
        self._page.print_title_rows = "1:1"

    def row(self, cells: Sequence[str]) -> None:
        """One row of texts."""
        from openpyxl.styles import Alignment

        for at, text in enumerate(cells, start=1):
            cell = self._page.cell(self._next, at)
            write(cell, text[:LONGEST])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        self._next += 1

    def save(self, path: Path, title: str) -> None:
        """Write it whole."""
        self._book.properties.creator, self._book.properties.title = "labelqa", title
        content = io.BytesIO()
        self._book.save(content)
        write_whole(path, content.getvalue())
