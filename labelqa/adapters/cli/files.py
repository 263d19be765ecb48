"""Files between a command and its use case: looked at, read by the reader for their format, written where asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.lists import Row, read_cell, refusal, rows
from labelqa.errors import BadInput, LabelqaError
from labelqa.i18n import N_
from labelqa.records.annotation import FileFacts
from labelqa.records.finding import Finding
from labelqa.records.results import PeopleImported
from labelqa.records.work import RawVerdict

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk

Taken = bool | Finding
SMALL: Final = 1 << 20  # bytes


def looked(desk: Desk, path: Path) -> FileFacts:
    """What a file is; raises BadInput when it is missing, unreadable or over the workspace's size limit."""
    from labelqa.adapters.files.source import look

    return look(path, limit=limit(desk))


def limit(desk: Desk) -> int:
    """The workspace's size limit in bytes."""
    return desk.settings.max_file_mb << 20


def whole_text(path: Path) -> str:
    """A text file of at most 1 MiB; raises BadInput, also for what is no file and would never end."""
    try:
        if path.exists() and not path.is_file():
            raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
        with path.open("rb") as stream:
            content = stream.read(SMALL + 1)
        if len(content) > SMALL:
            raise BadInput(
                N_("{path}: larger than {limit} bytes, so it is no labeling config; check the name"),
                path=str(path),
                limit=SMALL,
            )
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(path), why=str(error)) from error


def trainings_from(desk: Desk, path: Path) -> PeopleImported:
    """Records a list of trainings; one that is known already is left alone."""
    from labelqa.workflows.people import find_person, record_training

    known = _known(desk, "training.recorded")

    def take(row: Row) -> Taken:
        at = read_cell(row, "date", lambda: row.moment("date", desk.settings.zone))
        if isinstance(at, Finding):
            return at
        person = find_person(desk, row.told("person"))
        if (person, row.told("release"), at) in known:
            return False
        topics = [part.strip() for part in re.split("[;；]", row.told("topics")) if part.strip()]
        record_training(
            desk,
            person,
            row.told("release"),
            at=at,
            organizer=row.told("organizer"),
            topics=topics,
            material=row.told("material"),
        )
        known.add((person, row.told("release"), at))
        return True

    return _taken(rows(looked(desk, path), required=("person", "release", "date")), take)


def exams_from(desk: Desk, path: Path) -> PeopleImported:
    """Records a list of exams; one that is known already is left alone."""
    from labelqa.workflows.people import find_person, record_exam

    known = _known(desk, "exam.recorded")

    def take(row: Row) -> Taken:
        at = read_cell(row, "date", lambda: row.moment("date", desk.settings.zone))
        score = read_cell(row, "score", lambda: row.share("score"))
        mark = read_cell(row, "pass_mark", lambda: row.share("pass_mark"))
        if isinstance(at, Finding) or isinstance(score, Finding) or isinstance(mark, Finding):
            return next(each for each in (at, score, mark) if isinstance(each, Finding))
        person = find_person(desk, row.told("person"))
        if (person, row.told("release"), at) in known:
            return False
        record_exam(desk, person, row.told("release"), at=at, score=score, pass_mark=mark, paper=row.told("paper"))
        known.add((person, row.told("release"), at))
        return True

    return _taken(rows(looked(desk, path), required=("person", "release", "date", "score", "pass_mark")), take)


def _known(desk: Desk, kind: str) -> set[tuple[object, ...]]:
    from labelqa.workflows.integrity import facts

    return {(each.body.person, each.body.release, each.effective_at) for each in facts(desk, kind=kind, last=1_000_000)}


def _taken(held: list[Row], take: Callable[[Row], Taken]) -> PeopleImported:
    added = unchanged = 0
    found: list[Finding] = []
    for row in held:
        try:
            done = take(row)
        except LabelqaError as error:
            done = refusal(row, error.message)
        if isinstance(done, Finding):
            found.append(done)
        else:
            added, unchanged = added + done, unchanged + (not done)
    return PeopleImported(added=added, unchanged=unchanged, findings=tuple(found))


def gold_rows(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """The answers of a gold list: item and label; raises BadInput for a row that lacks one."""
    for row in rows(facts, required=("item_id", "label")):
        if not (row.told("item_id") and row.told("label")):
            raise BadInput(
                "{path}: row {row} lacks its item or its label; complete it", path=facts.path, row=row.place.row
            )
        yield row.told("item_id"), row.told("label")


def verdicts_from(desk: Desk, path: Path) -> tuple[list[RawVerdict], list[Finding]]:
    """The verdicts of a filled work sheet or of a review project's export."""
    from labelqa.adapters.files.sheet_reading import read_sheet
    from labelqa.adapters.files.source import XLSX
    from labelqa.adapters.label_studio.review import read_reviews

    read = read_sheet if looked(desk, path).format == XLSX else read_reviews
    return read(path, limit=limit(desk))
