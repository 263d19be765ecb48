"""Lists of exams as people keep them: score and pass mark, and where they are known the shares by ability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.lists import Row, in_order, read_cell, refusal, rows
from labelqa.adapters.files.question_table import ability_of
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding
from labelqa.records.results import PeopleImported
from labelqa.rulebook.exam import Ability

if TYPE_CHECKING:
    from labelqa.records.training import ExamRow
    from labelqa.workflows.desk import Desk

TITLES: Final[Mapping[str, str]] = {"合格线理由": "reason", "监考": "proctor", "监考人": "proctor"}


def exams_from(desk: Desk, path: Path) -> PeopleImported:
    """Records a list of exams; what is known already is left alone, and rows that cannot be taken are findings."""
    from labelqa.adapters.cli.files import looked
    from labelqa.workflows.training.exam_lists import import_exams

    facts = looked(desk, path)
    held = rows(facts, required=("person", "release", "date", "score", "pass_mark"))
    read = [_row(_titled(each), desk) for each in held]
    wrong = [each for each in read if isinstance(each, Finding)]
    done = import_exams(desk, [each for each in read if not isinstance(each, Finding)], source=facts.digest)
    return replace(done, findings=in_order((*wrong, *done.findings)))


def _titled(row: Row) -> Row:
    return Row({TITLES.get(name, ability_of(name)): told for name, told in row.cells.items()}, row.place)


def _row(row: Row, desk: Desk) -> ExamRow | Finding:
    from labelqa.records.training import ExamRow

    at = read_cell(row, "date", lambda: row.moment("date", desk.settings.zone))
    score = read_cell(row, "score", lambda: row.share("score"))
    mark = read_cell(row, "pass_mark", lambda: row.share("pass_mark"))
    if isinstance(at, Finding) or isinstance(score, Finding) or isinstance(mark, Finding):
        return next(each for each in (at, score, mark) if isinstance(each, Finding))
    abilities: dict[str, float] = {}
    for ability in Ability:
        if row.told(ability):
            try:
                abilities[ability.value] = row.share(ability)
            except ValueError:
                expected = Message(N_("a share between 0 and 1, such as 0.95"))
                told = {"column": ability.value, "text": row.told(ability), "expected": expected}
                return refusal(row, Message(N_("{column}: expected {expected}, got {text}"), told))
    return ExamRow(
        person=row.told("person"), release=row.told("release"), at=at, score=score, pass_mark=mark,
        paper=row.told("paper"), reason=row.told("reason"), proctor=row.told("proctor"), abilities=abilities,
        place=row.place,
    )  # fmt: skip
