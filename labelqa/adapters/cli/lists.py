"""Small lists that people keep in a spreadsheet (CSV or XLSX): trainings, exams, gold answers.

A row that cannot be taken is named with its number and what is wrong; the others are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, TypeVar

from labelqa.adapters.cli.words import in_zone
from labelqa.adapters.files.grid import numbered_rows
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.records.annotation import FileFacts
from labelqa.records.finding import Finding, Place, finding

Value = TypeVar("Value")
SHAPES: Final[Mapping[str, str]] = {  # column -> what is expected in it
    "made_at": N_("a time such as 2026-11-16 or 2026-11-16T09:30+08:00"),
    "date": N_("a time such as 2026-11-16 or 2026-11-16T09:30+08:00"),
    "score": N_("a share between 0 and 1, such as 0.95"),
    "pass_mark": N_("a share between 0 and 1, such as 0.95"),
}
TITLES: Final[Mapping[str, str]] = {
    "姓名": "person",
    "人员": "person",
    "name": "person",
    "发布版本": "release",
    "日期": "date",
    "时间": "date",
    "at": "date",
    "组织方": "organizer",
    "主题": "topics",
    "材料": "material",
    "成绩": "score",
    "合格线": "pass_mark",
    "试卷": "paper",
    "条目": "item_id",
    "item": "item_id",
    "标签": "label",
    "仲裁人员": "by",
    "理由": "reason",
    "工作项": "work",
    "piece of work": "work",
    "规则": "rule",
    "裁定": "outcome",
    "规则不清": "unclear",
    "纠正后标签": "label",
    "corrected label": "label",
    "纠正人": "by",
    "corrector": "by",
    "纠正时间": "date",
    "corrected at": "date",
    "原标注时间": "made_at",
    "labelled at": "made_at",
    "结论": "verdict",
    "监督备注": "note",
    "supervisor's note": "note",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, and where it stands."""

    cells: Mapping[str, str]
    place: Place

    def told(self, name: str) -> str:
        """A cell's text, "" when it is empty."""
        return self.cells.get(name, "")

    def moment(self, name: str, zone: tzinfo) -> datetime:
        """A cell as a time in UTC; raises ValueError."""
        when = datetime.fromisoformat(self.told(name))
        return in_zone(when, zone, when)

    def share(self, name: str) -> float:
        """A cell as a share 0–1, written as 0.9 or 90%; raises ValueError."""
        told = self.told(name).replace("％", "%")
        share = float(told[:-1]) / 100 if told.endswith("%") else float(told)
        if not 0 <= share <= 1:
            raise ValueError(self.told(name))
        return share


def rows(facts: FileFacts, *, required: tuple[str, ...]) -> list[Row]:
    """The rows below the titles, empty ones left out, numbered as a spreadsheet shows them; raises BadInput when a required column is missing."""
    grid = list(numbered_rows(facts))
    heads = [TITLES.get(cell.strip().casefold(), cell.strip().casefold()) for cell in grid[0][1]] if grid else []
    lacking = [name for name in required if name not in heads]
    if lacking:
        raise BadInput(
            N_("{path}: no column {missing}; the file has {header}; name the columns as `--help` says."),
            path=facts.path,
            missing=", ".join(lacking),
            header=", ".join(heads),
        )
    found = []
    for number, cells in grid[1:]:
        held = {name: cell.strip() for name, cell in zip(heads, cells, strict=False)}
        if any(held.values()):
            found.append(Row(held, Place(file=facts.path, row=number)))
    return found


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of their rows; those without one first."""
    return tuple(sorted(findings, key=lambda each: each.place.row))


def refusal(row: Row, why: Message) -> Finding:
    """The finding for a row that is not taken."""
    return finding(
        "list-row-refused",
        "the row is not taken: {why}",
        mend=Message(N_("Correct the row and import the list again")),
        place=row.place,
        why=why,
    )


def read_cell(row: Row, name: str, read: Callable[[], Value]) -> Value | Finding:
    """A cell's value, or the finding that says what is wrong with it."""
    if not row.told(name):
        return refusal(row, Message(N_("{column} is empty"), {"column": name}))
    try:
        return read()
    except ValueError:
        told = {"column": name, "text": row.told(name), "expected": Message(SHAPES[name])}
        return refusal(row, Message(N_("{column}: expected {expected}, got {text}"), told))
