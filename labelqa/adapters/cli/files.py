"""Files between a command and its use case: looked at, read by the reader for their format, written where asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.lists import Row, read_cell, refusal, rows
from labelqa.errors import BadInput, LabelqaError
from labelqa.i18n import N_, Lang
from labelqa.records.annotation import ControlKind, ControlSpec, FileFacts
from labelqa.records.finding import Finding
from labelqa.records.results import PeopleImported
from labelqa.records.work import RawVerdict, ReviewItem

if TYPE_CHECKING:
    from labelqa.records.work import WorkSheet
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


def write_sheets(desk: Desk, sample: str, folder: Path, *, form: str, lang: Lang) -> list[Path]:
    """One file for each verifier, and the review form's config with ls-json; the paths that were written."""
    from labelqa.workflows.reviews import work_sheets

    sheets = work_sheets(desk, sample, lang=lang)
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.-]", "-", sample)
    if form == "xlsx":
        return [_workbook(folder / f"{stem}-{each.verifier}.xlsx", sample, each, lang) for each in sheets]
    from labelqa.workflows.batches import batch_detail

    batch = batch_detail(desk, sample.rpartition("/")[0]).batch
    return [
        *(_tasks(folder / f"{stem}-{each.verifier}.json", sample, each, batch.control) for each in sheets),
        *(_form(folder / f"{stem}-config.xml", each, batch.control, lang) for each in sheets[:1]),
    ]


def _workbook(path: Path, sample: str, sheet: WorkSheet, lang: Lang) -> Path:
    from labelqa.adapters.files.sheets import SheetFrame, write_sheet

    frame = SheetFrame(
        sample=sample, verifier=sheet.verifier, lang=lang, name=sheet.name, labels=sheet.labels, rules=sheet.rules
    )
    write_sheet(path, sheet.rows, frame=frame)
    return path


def _tasks(path: Path, sample: str, sheet: WorkSheet, control: str) -> Path:
    import json

    from labelqa.adapters.files.whole import write_whole
    from labelqa.adapters.label_studio.review import review_tasks

    items = [
        ReviewItem(item_id=row.item_id, data=row.content, answers={control: row.label}, verifier=sheet.verifier)
        for row in sheet.rows
    ]
    write_whole(path, json.dumps(review_tasks(items, sample=sample), ensure_ascii=False, indent=1).encode())
    return path


def _form(path: Path, sheet: WorkSheet, control: str, lang: Lang) -> Path:
    from labelqa.adapters.files.whole import write_whole
    from labelqa.adapters.label_studio.review_form import review_config

    base = ControlSpec(name=control, kind=ControlKind.CHOICE, labels=tuple(sheet.labels), shown=dict(sheet.labels))
    fields = list(dict.fromkeys(name for row in sheet.rows for name in row.content))
    write_whole(path, review_config(base, lang=lang, rules=sheet.rules, fields=fields).encode())
    return path
