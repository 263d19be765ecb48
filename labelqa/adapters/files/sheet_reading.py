"""Filled work sheets on their way back: verdicts as they were chosen, and a finding for everything that is odd.

Rows may have been sorted, filtered or moved; a row is known by its item id, and no verdict is ever guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from labelqa.adapters.files import words
from labelqa.adapters.files.sheet_opening import Frame, Line, open_sheet
from labelqa.adapters.files.sheets import FILLED
from labelqa.errors import Message
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.work import RawVerdict

LIMIT: Final = 512 << 20  # bytes, packed and unpacked; pictures are large


def read_sheet(path: str | Path, *, limit: int = LIMIT) -> tuple[list[RawVerdict], list[Finding]]:
    """The verdicts of a filled sheet, in the order of its rows, and what was odd, with the cell.

    Items without a verdict come back with the verdict "" and are counted in one note. Raises BadInput when the file
    is no work sheet of labelqa.
    """
    lines, frame = open_sheet(path, limit=limit)
    verdicts: list[RawVerdict] = []
    found: list[Finding] = []
    seen: dict[str, int] = {}
    for line in lines:
        item = line.cells.get("item", "")
        filled = [key for key in (*FILLED, *frame.scores) if line.cells.get(key, "").strip()]
        if not item and not filled:
            continue
        problem = _wrong_item(line, frame, seen)
        if problem:
            found.append(problem)
            continue
        seen[item] = line.number
        if not filled:
            verdicts.append(_open_item(item, frame, line.place(frame)))
            continue
        verdict, findings = _read(line, frame)
        found += findings
        verdicts += [verdict] if verdict else []
    gone = sorted(frame.items - set(seen))
    found += _counted(sum(not each.said for each in verdicts), gone, frame)
    return verdicts + [_open_item(item, frame, Place(file=frame.path, subject=f"item:{item}")) for item in gone], found


def _open_item(item: str, frame: Frame, place: Place) -> RawVerdict:
    return RawVerdict(sample=frame.sample, item_id=item, verdict="", verifier=frame.verifier, place=place)


def _wrong_item(line: Line, frame: Frame, seen: Mapping[str, int]) -> Finding | None:
    item = line.cells.get("item", "")
    if item not in frame.items:
        return finding(
            "RV003",
            '{cell}: "{item}" is not an item of this sheet; the row was not taken',
            cell=line.cell("item"),
            item=item,
            mend=Message("Restore the item id from the file that was sent out"),
            place=line.place(frame),
        )
    if item in seen:
        return finding(
            "RV006",
            "item {item} stands in rows {first} and {second}; the first was taken",
            item=item,
            first=seen[item],
            second=line.number,
            mend=Message("Keep one row for each item"),
            place=line.place(frame),
        )
    return None


def _read(line: Line, frame: Frame) -> tuple[RawVerdict | None, list[Finding]]:
    found: list[Finding] = []
    said = line.cells.get("verdict", "").strip()
    scores = {key.removeprefix("score "): score for key in frame.scores if (score := line.cells.get(key, "").strip())}
    answer = _offered(line, "answer", frame.labels)
    known = words.verdict(said) if said else None
    if known is None and (said or not (answer or scores)):
        return None, [_unknown_verdict(line, frame, said)]
    if known and frame.blind and known.verdict != "undecidable":
        return None, [_seen(line, frame, said)]
    severity = _word(line, "severity", _in(words.SEVERITIES), frame, found) or (known.severity if known else "")
    unsafe = _word(line, "unsafe", words.risk, frame, found)
    safety = _word(line, "safety", _in(words.SAFETY), frame, found)
    checks = {name: _word(line, f"check {name}", _in(words.CHECK_RESULTS), frame, found) for name in words.CHECKS}
    if found:  # without its risk class an unsafe item would count as safe
        return None, found
    verdict = RawVerdict(
        sample=frame.sample, item_id=line.cells["item"], verdict=known.verdict if known else "",
        verifier=frame.verifier, rule=_offered(line, "rule", frame.rules),
        defect=_offered(line, "defect", frame.defects), severity=severity,
        correct_label=_offered(line, "correct_label", frame.labels), unsafe=unsafe, safety=safety,
        comment=line.cells.get("comment", "").strip(), obstacle=known.obstacle if known else "", answer=answer,
        checks={name: result for name, result in checks.items() if result}, scores=scores, place=line.place(frame),
    )  # fmt: skip
    return verdict, found


def _offered(line: Line, key: str, spellings: Mapping[str, str]) -> str:
    cell = line.cells.get(key, "").strip()
    return spellings.get(cell, cell)


def _in(known: words.Words) -> Callable[[str], str | None]:
    return lambda cell: words.stored(known, cell)


def _word(line: Line, key: str, read: Callable[[str], str | None], frame: Frame, found: list[Finding]) -> str:
    cell = line.cells.get(key, "").strip()
    if not cell:
        return ""
    word = read(cell)
    if word is None:
        found.append(
            finding(
                "RV004",
                '{cell}: "{word}" is not one of the words offered; the row was not taken',
                cell=line.cell(key),
                word=cell,
                mend=Message("Choose a word from the drop-down"),
                place=line.place(frame),
            )
        )
    return word or ""


def _seen(line: Line, frame: Frame, said: str) -> Finding:
    return finding(
        "RV009",
        '{cell}: "{word}" is said of a label that is not on this sheet; the row was not taken',
        cell=line.cell("verdict"),
        word=said,
        mend=Message("Choose your own label and leave the verdict empty"),
        place=line.place(frame),
    )


def _unknown_verdict(line: Line, frame: Frame, said: str) -> Finding:
    if not said:
        return finding(
            "RV002",
            "{cell}: the row is filled in but has no verdict; it was not taken",
            cell=line.cell("verdict"),
            mend=Message("Choose a verdict"),
            place=line.place(frame),
        )
    return finding(
        "RV001",
        '{cell}: "{word}" is not a verdict; the row was not taken',
        cell=line.cell("verdict"),
        word=said,
        mend=Message("Choose a word from the drop-down"),
        place=line.place(frame),
    )


def _counted(empty: int, missing: Sequence[str], frame: Frame) -> Iterable[Finding]:
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
