"""Lists of assignments, CSV or XLSX, with titles in Chinese or English, and files of item ids.

They are only read here; whether an assignment may stand is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from labelqa.adapters.files.grid import numbered_rows
from labelqa.adapters.files.source import look
from labelqa.errors import BadInput, Message
from labelqa.records.duties import AssignmentRow
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.people import Duty

LIMIT: Final = 64 << 20  # bytes
_TITLES: Final[Mapping[str, str]] = {
    "person": "person", "name": "person", "姓名": "person", "人员": "person", "duty": "duty", "职责": "duty",
    "岗位": "duty", "角色": "duty", "batch": "batch", "批次": "batch", "items": "items", "条目": "items",
    "数据条目": "items", "reason": "reason", "原因": "reason", "理由": "reason",
}  # fmt: skip
_DUTIES: Final[Mapping[str, Duty]] = {
    "标注员": Duty.EXECUTOR, "标注执行人员": Duty.EXECUTOR, "annotator": Duty.EXECUTOR, "审核员": Duty.REVIEWER,
    "标注审核人员": Duty.REVIEWER, "仲裁员": Duty.ARBITRATOR, "标注仲裁人员": Duty.ARBITRATOR,
    "监督员": Duty.SUPERVISOR, "标注监督人员": Duty.SUPERVISOR,
}  # fmt: skip
_BETWEEN: Final = re.compile(r"[;；\n]+")


def read_assignments(path: str | Path, *, limit: int = LIMIT) -> tuple[list[AssignmentRow], list[Finding]]:
    """The rows of a list, and findings about its columns; BadInput when a column is lacking or it cannot be read."""
    facts = look(path, limit=limit)
    rows = list(numbered_rows(facts))
    titles = [cell.strip() for cell in rows[0][1]] if rows else []
    known = {_TITLES[title.casefold()]: at for at, title in enumerate(titles) if title.casefold() in _TITLES}
    if lacking := [name for name in ("person", "duty", "batch") if name not in known]:
        raise BadInput(
            "{path}: no column {missing}; the file has {header}; call them person, duty, batch, items, reason",
            path=str(path), missing=", ".join(lacking), header=", ".join(titles),
        )  # fmt: skip
    extra = [title for at, title in enumerate(titles) if at not in known.values() and title]
    found = [_extra(extra, str(path))] if extra else []
    told = []
    for number, cells in rows[1:]:
        row = {name: cells[at].strip() if at < len(cells) else "" for name, at in known.items()}
        if any(row.values()):
            told.append(_row(row, Place(file=str(path), row=number)))
    return told, found


def _row(row: Mapping[str, str], place: Place) -> AssignmentRow:
    items = tuple(each.strip() for each in _BETWEEN.split(row.get("items", "")) if each.strip())
    duty = row["duty"].casefold()
    return AssignmentRow(
        person=row["person"], duty=_DUTIES.get(duty, duty), batch=row["batch"], items=items,
        reason=row.get("reason", ""), place=place,
    )  # fmt: skip


def _extra(names: list[str], path: str) -> Finding:
    return finding(
        "AT001", "columns not known: {columns}", columns=", ".join(names), severity=Severity.NOTE,
        mend=Message("Columns: person, duty, batch, items, reason"), place=Place(file=path),
    )  # fmt: skip


def read_items(path: str | Path) -> tuple[str, ...]:
    """The item ids of a text file, one a line, each once; BadInput where it cannot be read or has none."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("{path} cannot be read as text in UTF-8 ({why})", path=str(path), why=str(error)) from None
    found = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not found:
        raise BadInput("{path} names no item: write an id a line", path=str(path))
    return found
