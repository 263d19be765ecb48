"""Filled work sheets on their way back: verdicts as they were chosen, and a finding for everything that is odd.

Rows may have been sorted, filtered or moved; a row is known by its item id, and no verdict is ever guessed.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from labelqa.adapters.files import words
from labelqa.adapters.files.sheets import FILLED, FORMAT, HIDDEN
from labelqa.adapters.files.source import XLSX, look
from labelqa.errors import BadInput, Message
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.work import RawVerdict

LIMIT: Final = 512 << 20  # bytes, packed and unpacked; pictures are large
# What openpyxl raises over parts that are missing, cut or not XML (ParseError is a SyntaxError).
BROKEN: Final = (
    LookupError, ValueError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile, zlib.error, OSError,
)  # fmt: skip
_NEEDED: Final = ("item", "verdict", "severity", "unsafe")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the hidden page says: the sample, whose work it was, the drawn items, and the words offered."""

    path: str
    page: str
    sample: str
    verifier: str
    items: frozenset[str]
    labels: Mapping[str, str]  # word offered -> stored spelling
    rules: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the sheet: its number, its cells by column key, and their letters."""

    number: int
    cells: Mapping[str, str]
    letters: Mapping[str, str]


def read_sheet(path: str | Path, *, limit: int = LIMIT) -> tuple[list[RawVerdict], list[Finding]]:
    """The verdicts of a filled sheet, in the order of its rows, and what was odd, with the cell.

    Items without a verdict come back with the verdict "" and are counted in one note. Raises BadInput when the file
    is no work sheet of labelqa.
    """
    lines, frame = _open(path, limit)
    verdicts: list[RawVerdict] = []
    found: list[Finding] = []
    seen: dict[str, int] = {}
    for line in lines:
        item = line.cells.get("item", "")
        filled = [key for key in FILLED if line.cells.get(key, "").strip()]
        if not item and not filled:
            continue
        problem = _wrong_item(line, frame, seen)
        if problem:
            found.append(problem)
            continue
        seen[item] = line.number
        if not filled:
            verdicts.append(_open_item(item, frame, _place(line, frame)))
            continue
        verdict, findings = _read(line, frame)
        found += findings
        verdicts += [verdict] if verdict else []
    gone = sorted(frame.items - set(seen))
    found += _counted(sum(not each.verdict for each in verdicts), gone, frame)
    return verdicts + [_open_item(item, frame, Place(file=frame.path, subject=f"item:{item}")) for item in gone], found


def _open_item(item: str, frame: _Frame, place: Place) -> RawVerdict:
    return RawVerdict(sample=frame.sample, item_id=item, verdict="", verifier=frame.verifier, place=place)


def _open(path: str | Path, limit: int) -> tuple[list[_Line], _Frame]:
    from openpyxl import load_workbook

    facts = look(path, limit=limit)
    if facts.format != XLSX:
        raise BadInput("{path}: a work sheet is an XLSX file; this is {format}", path=str(path), format=facts.format)
    try:
        book = load_workbook(path, read_only=True)
        if HIDDEN not in book.sheetnames or len(book.sheetnames) < 2:
            raise _no_sheet(path)
        page = next(name for name in book.sheetnames if name != HIDDEN)
        frame = _frame(path, page, _rows(book[HIDDEN]))
        lines = _lines(path, _rows(book[page]))
        book.close()
    except BROKEN as error:
        raise BadInput(
            "{path}: the workbook cannot be opened ({why}); save it again as XLSX", path=str(path), why=str(error)
        ) from error
    return lines, frame


def _rows(page: Any) -> list[list[str]]:
    """All cells as text; the extent that a program wrote into the file is not believed."""
    page.reset_dimensions()
    return [[_text(cell) for cell in row] for row in page.iter_rows(values_only=True)]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _no_sheet(path: str | Path) -> BadInput:
    return BadInput(
        "{path}: not a work sheet of labelqa (its hidden page is missing); fill in the file that was sent out",
        path=str(path),
    )


def _frame(path: str | Path, page: str, rows: Sequence[Sequence[str]]) -> _Frame:
    facts = {row[0]: row[1] for row in rows if len(row) > 1 and row[0]}
    if facts.get("format") != str(FORMAT):
        raise BadInput(
            "{path}: the work sheet has the format {format}, this labelqa reads {known}; use the labelqa that wrote it",
            path=str(path),
            format=facts.get("format", "?"),
            known=FORMAT,
        )
    if not facts.get("sample"):
        raise _no_sheet(path)
    items = _pairs(rows, "item")
    labels, rules = _pairs(rows, "correct_label"), _pairs(rows, "rule")
    return _Frame(
        str(path),
        page,
        facts["sample"],
        facts.get("verifier", ""),
        frozenset(items),
        _spellings(labels),
        _spellings(rules),
    )


def _pairs(rows: Sequence[Sequence[str]], key: str) -> dict[str, str]:
    """One list of the hidden page: stored spelling -> word offered."""
    first = list(rows[0]).index(key) if rows and key in rows[0] else -1
    if first < 0:
        return {}
    return {row[first]: row[first + 1] for row in rows[1:] if len(row) > first + 1 and row[first]}


def _spellings(pairs: Mapping[str, str]) -> dict[str, str]:
    return {shown: stored for stored, shown in pairs.items()} | {stored: stored for stored in pairs}


def _lines(path: str | Path, rows: Sequence[Sequence[str]]) -> list[_Line]:
    from openpyxl.utils import get_column_letter

    for at, row in enumerate(rows):
        keys = {key: column for column, cell in enumerate(row) if (key := words.stored(words.COLUMNS, cell)) and cell}
        if all(key in keys for key in _NEEDED):
            letters = {key: get_column_letter(column + 1) for key, column in keys.items()}
            return [
                _Line(number, {key: cells[column] for key, column in keys.items() if column < len(cells)}, letters)
                for number, cells in enumerate(rows[at + 1 :], start=at + 2)
            ]
    raise BadInput(
        "{path}: the row with the column titles (item, verdict, severity, unsafe content) is missing; fill in the file "
        "that was sent out",
        path=str(path),
    )


def _wrong_item(line: _Line, frame: _Frame, seen: Mapping[str, int]) -> Finding | None:
    item = line.cells.get("item", "")
    if item not in frame.items:
        return finding(
            "RV003",
            '{cell}: "{item}" is not an item of this sheet; the row was not taken',
            cell=_cell(line, "item"),
            item=item,
            mend=Message("Restore the item id from the file that was sent out"),
            place=_place(line, frame),
        )
    if item in seen:
        return finding(
            "RV006",
            "item {item} stands in rows {first} and {second}; the first was taken",
            item=item,
            first=seen[item],
            second=line.number,
            mend=Message("Keep one row for each item"),
            place=_place(line, frame),
        )
    return None


def _read(line: _Line, frame: _Frame) -> tuple[RawVerdict | None, list[Finding]]:
    found: list[Finding] = []
    said = line.cells.get("verdict", "").strip()
    known = words.verdict(said) if said else None
    if known is None:
        return None, [_unknown_verdict(line, frame, said)]
    severity = _word(line, "severity", words.SEVERITIES, frame, found) or known[1]
    unsafe = _word(line, "unsafe", words.UNSAFE, frame, found)
    if found:  # without its risk class an unsafe item would count as safe
        return None, found
    verdict = RawVerdict(
        sample=frame.sample,
        item_id=line.cells["item"],
        verdict=known[0],
        verifier=frame.verifier,
        rule=_offered(line, "rule", frame.rules),
        severity=severity,
        correct_label=_offered(line, "correct_label", frame.labels),
        unsafe=unsafe,
        comment=line.cells.get("comment", "").strip(),
        place=_place(line, frame),
    )
    return verdict, found


def _offered(line: _Line, key: str, spellings: Mapping[str, str]) -> str:
    cell = line.cells.get(key, "").strip()
    return spellings.get(cell, cell)


def _word(line: _Line, key: str, known: words.Words, frame: _Frame, found: list[Finding]) -> str:
    cell = line.cells.get(key, "").strip()
    if not cell:
        return ""
    word = words.stored(known, cell)
    if word is None:
        found.append(
            finding(
                "RV004",
                '{cell}: "{word}" is not one of the words offered; the row was not taken',
                cell=_cell(line, key),
                word=cell,
                mend=Message("Choose a word from the drop-down"),
                place=_place(line, frame),
            )
        )
    return word or ""


def _unknown_verdict(line: _Line, frame: _Frame, said: str) -> Finding:
    if not said:
        return finding(
            "RV002",
            "{cell}: the row is filled in but has no verdict; it was not taken",
            cell=_cell(line, "verdict"),
            mend=Message("Choose a verdict"),
            place=_place(line, frame),
        )
    return finding(
        "RV001",
        '{cell}: "{word}" is not a verdict; the row was not taken',
        cell=_cell(line, "verdict"),
        word=said,
        mend=Message("Choose a word from the drop-down"),
        place=_place(line, frame),
    )


def _counted(empty: int, missing: Sequence[str], frame: _Frame) -> Iterable[Finding]:
    if empty:
        yield finding(
            "RV007",
            "{count} items have no verdict yet",
            count=empty,
            mend=Message("Fill them in and import the sheet again"),
            severity=Severity.NOTE,
            place=Place(file=frame.path),
        )
    if missing:
        yield finding(
            "RV005",
            "{count} items of the sheet are gone: {items}",
            count=len(missing),
            items=", ".join(missing[:5]),
            mend=Message("Restore the rows from the file that was sent out"),
            severity=Severity.WARNING,
            place=Place(file=frame.path),
        )


def _cell(line: _Line, key: str) -> str:
    return f"{line.letters.get(key, '')}{line.number}"


def _place(line: _Line, frame: _Frame) -> Place:
    return Place(file=frame.path, row=line.number, subject=f"item:{line.cells.get('item', '')}")
