"""Lists of trainings as people keep them: rows of single trainings and of sessions with who came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.lists import Row, in_order, refusal, rows
from labelqa.adapters.report.names import ENUMS
from labelqa.errors import Message
from labelqa.i18n import N_, translate
from labelqa.records.finding import Finding
from labelqa.records.results import PeopleImported

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.training.lists import TrainingRow

TITLES: Final[Mapping[str, str]] = {
    "会话": "session", "场次": "session", "培训编号": "session", "培训名称": "title", "标题": "title", "开始": "starts",
    "开始时间": "starts", "结束": "ends", "结束时间": "ends", "地点": "place", "讲师": "trainer", "培训讲师": "trainer",
    "提供者自行组织": "provider", "提供者组织": "provider", "出席": "attended", "是否出席": "attended",
}  # fmt: skip
_YES: Final = frozenset({"yes", "y", "true", "1", "attended", "present", "是", "出席", "已出席", "√", "✓"})
_NO: Final = frozenset({"no", "n", "false", "0", "absent", "否", "缺席", "未出席", "×", "✗"})
_TIME: Final = N_("a time such as 2026-11-16 or 2026-11-16T09:30+08:00")
_WORD: Final = N_("yes or no (是, 否)")


def trainings_from(desk: Desk, path: Path) -> PeopleImported:
    """Records a list of trainings; what is known already is left alone, and rows that cannot be taken are findings."""
    from dataclasses import replace

    from labelqa.adapters.cli.files import looked
    from labelqa.workflows.training.lists import import_trainings

    facts = looked(desk, path)
    held = [_titled(row) for row in rows(facts, required=("person", "release"))]
    read = [_row(row, desk) for row in held]
    wrong = [each for each in read if isinstance(each, Finding)]
    done = import_trainings(desk, [each for each in read if not isinstance(each, Finding)], source=facts.digest)
    return replace(done, findings=in_order((*wrong, *done.findings)))


def _titled(row: Row) -> Row:
    return Row({TITLES.get(name, name): told for name, told in row.cells.items()}, row.place)


def _row(row: Row, desk: Desk) -> TrainingRow | Finding:
    from labelqa.workflows.training.lists import TrainingRow

    moments: dict[str, datetime | None] = {}
    for name in ("date", "starts", "ends"):
        try:
            moments[name] = row.moment(name, desk.settings.zone) if row.told(name) else None
        except ValueError:
            return _refused(row, name, _TIME)
    words: dict[str, bool | None] = {}
    for name in ("provider", "attended"):
        told = row.told(name).casefold()
        if told not in _YES | _NO | {""}:
            return _refused(row, name, _WORD)
        words[name] = None if not told else told in _YES
    if not (row.told("session") or moments["date"] or moments["ends"]):
        return refusal(row, Message(N_("{column} is empty"), {"column": "date"}))
    return TrainingRow(
        person=row.told("person"), release=row.told("release"), at=moments["date"], organizer=row.told("organizer"),
        topics=topics_in(row.told("topics")), material=row.told("material"), session=row.told("session"),
        title=row.told("title"), starts=moments["starts"], ends=moments["ends"], venue=row.told("place"),
        trainer=row.told("trainer"), provider=words["provider"], attended=words["attended"] is not False,
        place=row.place,
    )  # fmt: skip


def _refused(row: Row, name: str, expected: str) -> Finding:
    told = {"column": name, "text": row.told(name), "expected": Message(expected)}
    return refusal(row, Message(N_("{column}: expected {expected}, got {text}"), told))


def topics_in(text: str) -> tuple[str, ...]:
    """The topics of a cell or an option: codes, or what they are called in either language.

    >>> topics_in("platform; 标注数据安全")
    ('platform', 'data-security')
    """
    named = {word: code for code, name in ENUMS["Topic"].items() for word in (name, translate(name, "zh"))}
    return tuple(named.get(part, part) for each in re.split("[;；,，]", text) if (part := each.strip()))
