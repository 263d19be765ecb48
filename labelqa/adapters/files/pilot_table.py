"""The table of a trial, one row a label, with titles in Chinese or English: CSV, TSV, XLSX or Parquet.

A row that cannot be taken comes back as a finding with its number; nothing is dropped in silence, nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Final

from labelqa.adapters.files.grid import text_rows
from labelqa.adapters.files.source import PARQUET, look
from labelqa.errors import BadInput, Message
from labelqa.records.clarity import PilotRow
from labelqa.records.finding import Finding, Place, Severity, finding

LIMIT: Final = 1 << 30  # bytes, unpacked
_NEEDED: Final = ("item", "annotator", "label")
_TITLES: Final[Mapping[str, str]] = {
    "item_id": "item",
    "item": "item",
    "id": "item",
    "条目": "item",
    "数据条目": "item",
    "条目编号": "item",
    "annotator": "annotator",
    "annotator_id": "annotator",
    "标注员": "annotator",
    "标注人员": "annotator",
    "标注执行人员": "annotator",
    "label": "label",
    "标签": "label",
    "标注结果": "label",
    "rule": "rule",
    "规则": "rule",
    "规则条款": "rule",
    "seconds": "seconds",
    "秒": "seconds",
    "秒数": "seconds",
    "用时": "seconds",
    "用时（秒）": "seconds",
    "用时(秒)": "seconds",
    "耗时": "seconds",
    "doubt": "doubt",
    "note": "doubt",
    "疑问": "doubt",
    "存疑": "doubt",
    "gold": "gold",
    "correct_label": "gold",
    "金标": "gold",
    "正确标签": "gold",
}


def read_pilot(path: str | Path, *, multiple: str = "", limit: int = LIMIT) -> tuple[list[PilotRow], list[Finding]]:
    """The labels of a trial, and a finding for every row that is not taken; rows count from 1 below the titles.

    Columns: item_id, annotator and label (条目, 标注员, 标签), and where there are any rule, seconds, gold and doubt (规则条款,
    用时, 金标, 疑问). ``multiple`` is the sign between several labels of one cell; they are kept as a set. Raises BadInput when
    a needed column is missing or stands there twice, or the file cannot be read.
    """
    facts = look(path, limit=limit)
    grid = _parquet(facts.path) if facts.format == PARQUET else text_rows(facts)
    titles = [cell.strip() for cell in next(grid, [])]
    known = _columns(titles, str(path))
    rows: list[PilotRow] = []
    found = _untaken([title for title in titles if title and title.casefold() not in _TITLES], str(path))
    for number, cells in enumerate(grid, start=1):
        told = {key: cells[at].strip() if at < len(cells) else "" for key, at in known.items()}
        if any(told.values()):
            _take(told, number, multiple, str(path), rows, found)
    return rows, found


def _columns(titles: Sequence[str], path: str) -> dict[str, int]:
    known: dict[str, int] = {}
    for at, title in enumerate(titles):
        key = _TITLES.get(title.casefold())
        if key in known:
            raise BadInput(
                '{path}: the columns "{first}" and "{second}" are one and the same; take one away',
                path=path,
                first=titles[known[key]],
                second=title,
            )
        if key:
            known[key] = at
    if lacking := [key for key in _NEEDED if key not in known]:
        raise BadInput(
            "{path}: no column {missing}; the file has {header}; call them item_id, annotator, label, and where there are "
            "any rule, seconds, gold, doubt",
            path=path,
            missing=", ".join(lacking),
            header=", ".join(titles),
        )
    return known


def _take(
    told: Mapping[str, str], number: int, multiple: str, path: str, rows: list[PilotRow], found: list[Finding]
) -> None:
    place = Place(file=path, row=number)
    if lacking := [key for key in _NEEDED if not told[key]]:
        found.append(
            finding(
                "PL001",
                "the row has no {missing}; it was not taken",
                missing=", ".join(lacking),
                mend=Message("Write item, annotator and label into every row"),
                place=place,
            )
        )
        return
    seconds = _seconds(told.get("seconds", ""))
    if told.get("seconds") and seconds is None:
        found.append(
            finding(
                "PL002",
                "“{text}” is no time in seconds; the label was taken without it",
                text=told["seconds"],
                mend=Message("Write a number of seconds above 0, such as 42.5"),
                severity=Severity.WARNING,
                place=place,
            )
        )
    rows.append(
        PilotRow(
            number=number,
            item=told["item"],
            annotator=told["annotator"],
            label=_label(told["label"], multiple),
            rule=told.get("rule", ""),
            seconds=seconds,
            gold=_label(told.get("gold", ""), multiple),
            doubt=told.get("doubt") if "doubt" in told else None,
        )
    )


def _seconds(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) and value > 0 else None


def _label(cell: str, multiple: str) -> str:
    """One label as it is, several as the set that is stored of them."""
    if not multiple or not cell:
        return cell
    return json.dumps(sorted({part.strip() for part in cell.split(multiple) if part.strip()}), ensure_ascii=False)


def _untaken(titles: Sequence[str], path: str) -> list[Finding]:
    if not titles:
        return []
    return [
        finding(
            "PL003",
            "columns not taken: {columns}",
            columns=", ".join(titles),
            mend=Message(
                "Known are item_id, annotator, label, rule, seconds, gold and doubt, and their Chinese titles"
            ),
            severity=Severity.NOTE,
            place=Place(file=path),
        )
    ]


def _parquet(path: str) -> Iterator[list[str]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
        columns = [[_plain(each) for each in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError) as error:
        raise BadInput(
            "{path}: the table cannot be read ({why}); save it again as CSV", path=path, why=str(error)
        ) from error
    yield list(table.column_names)
    yield from (list(row) for row in zip(*columns, strict=True))


def _plain(cell: object) -> str:
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False)
    return "" if cell is None else str(cell)
