"""What stands behind a work sheet: the hidden page it is known by, the drop-downs, and how it is printed.

The hidden page holds the items and the words offered; the label of record and who gave it stand on no hidden page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from labelqa.adapters.files import words
from labelqa.adapters.files.sheets import HEAD, SheetFrame, choice, write
from labelqa.records.work import SheetRow

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FORMAT: Final = 2
READ: Final = ("1", "2")  # formats that are still understood; 1 had neither checks nor scores
HIDDEN: Final = "labelqa"
# Lists that only suggest: a code or label may be typed without its title, a risk may be a single one.
_SUGGESTED: Final = ("correct_label", "rule", "defect", "unsafe", "answer")
_WIDTHS: Final = {
    "order": 6, "item": 14, "label": 16, "comment": 22, "rule": 9, "defect": 12, "correct_label": 14, "answer": 18,
    "verdict": 12, "severity": 9, "safety": 9, "unsafe": 10,
}  # fmt: skip
_CONTENT: Final = 40
_NARROW: Final = 9  # of checks and scores
_USUAL: Final = 13.0  # what a program makes of a column that nobody set
_A4, _A3 = 9, 8  # paper, landscape; past so many characters A4 would be too small to read
_WIDE: Final = 200


def hide(
    page: Worksheet, rows: Sequence[SheetRow], frame: SheetFrame, headers: Mapping[str, str]
) -> dict[str, str]:  # fmt: skip
    """Fill the hidden page; the ranges that the drop-downs take their words from come back, by column."""
    page.sheet_state = "hidden"
    facts = (
        ("format", str(FORMAT)), ("sample", frame.sample), ("verifier", frame.verifier), ("lang", frame.lang),
        ("blind", "1" if frame.blind else ""),
    )  # fmt: skip
    for at, (key, value) in enumerate(facts, start=1):
        write(page.cell(at, 1), key)
        write(page.cell(at, 2), value)
    labels = [(stored, choice(stored, title)) for stored, title in frame.labels.items()]
    verdicts = {key: each for key, each in words.VERDICT_CHOICES.items() if not frame.blind or "undecidable" in key}
    lists: dict[str, list[tuple[str, str]]] = {
        "item": [(row.item_id, str(row.order)) for row in rows],
        "correct_label": labels,
        "rule": [(stored, choice(stored, title)) for stored, title in frame.rules.items()],
        "verdict": _words(verdicts, frame),
        "severity": _words(words.SEVERITIES, frame),
        "unsafe": _words(words.UNSAFE, frame),
        "defect": [(stored, choice(stored, title)) for stored, title in frame.defects.items()],
        "safety": _words(words.SAFETY, frame),
        "check": _words(words.CHECK_RESULTS, frame),
        "column": list(headers.items()),
    }
    ranges = {key: _list(page, column, key, pairs) for column, (key, pairs) in enumerate(lists.items())}
    return ranges | {"answer": ranges["correct_label"]} | {f"check {name}": ranges["check"] for name in words.CHECKS}


def _words(offered: words.Words, frame: SheetFrame) -> list[tuple[str, str]]:
    return [(stored, words.shown(offered, stored, frame.lang)) for stored in offered]


def _list(page: Worksheet, column: int, key: str, pairs: Sequence[tuple[str, str]]) -> str:
    from openpyxl.utils import get_column_letter

    first = 4 + 2 * column
    write(page.cell(1, first), key)
    for at, (stored, title) in enumerate(pairs, start=2):
        write(page.cell(at, first), stored)
        write(page.cell(at, first + 1), title)
    letter = get_column_letter(first + 1)
    return f"'{HIDDEN}'!${letter}$2:${letter}${len(pairs) + 1}" if pairs else ""


def drop_downs(page: Worksheet, keys: Sequence[str], lists: Mapping[str, str], count: int) -> None:
    """Offer the words of each column in its cells; scores take numbers."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, key in enumerate(keys, start=1):
        if key == "item" or not count:
            continue
        if key.startswith("score "):
            rule = DataValidation(type="decimal", operator="between", formula1="0", formula2="100", allow_blank=True,
                                  showErrorMessage=True)  # fmt: skip
        elif lists.get(key):
            rule = DataValidation(type="list", formula1=lists[key], allow_blank=True,
                                  showErrorMessage=key not in _SUGGESTED)  # fmt: skip
        else:
            continue
        letter = get_column_letter(column)
        rule.add(f"{letter}{HEAD + 1}:{letter}{HEAD + count}")
        page.add_data_validation(rule)


def print_set_up(page: Worksheet, keys: Sequence[str], count: int) -> None:
    """Columns as wide as they need, filters, and one page wide on paper with the titles on every page."""
    from openpyxl.utils import get_column_letter

    total = 0.0
    for column, key in enumerate(keys, start=1):
        wide = page.column_dimensions[get_column_letter(column)]
        picture = wide.width if wide.width and wide.width != _USUAL else 0.0
        wide.width = max(picture, _CONTENT if key.startswith("content ") else _WIDTHS.get(key, _NARROW))
        total += wide.width
    page.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(keys))}{HEAD + count}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4 if total <= _WIDE else _A3
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    page.print_title_rows = f"{HEAD}:{HEAD}"
    page.oddFooter.center.text = "&P / &N"  # type: ignore[union-attr]
