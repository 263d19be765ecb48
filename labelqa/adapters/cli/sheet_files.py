"""Work sheets as files: a workbook for each verifier, or tasks and a form for a Label Studio review project."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelqa.adapters.cli.files import whole_text
from labelqa.adapters.files.whole import refuse_filled, write_whole
from labelqa.i18n import Lang
from labelqa.records.annotation import ControlKind
from labelqa.records.work import ReviewItem, SheetRow

if TYPE_CHECKING:
    from labelqa.records.work import WorkSheet
    from labelqa.workflows.desk import Desk


def write_sheets(
    desk: Desk, sample: str, folder: Path, *, form: str, lang: Lang, blind: bool = False, config: Path | None = None
) -> list[Path]:
    """One file for each verifier, and the review form's config with ls-json; the paths that were written.

    With ``blind`` the label of record is on none of them. ``config`` is the labeling config that the annotators had;
    answers that are no labels need it with ls-json. Refused when one of the files is there: it may be filled in.
    """
    from labelqa.workflows.reviewing.reviews import work_sheets

    sheets = work_sheets(desk, sample, lang=lang, blind=blind)
    stem = re.sub(r"[^\w.-]", "-", sample) + ("-blind" if blind else "")
    paths = {
        each.verifier: folder / f"{stem}-{each.verifier}{'.xlsx' if form == 'xlsx' else '.json'}" for each in sheets
    }
    refuse_filled(*paths.values())
    if form == "xlsx":
        folder.mkdir(parents=True, exist_ok=True)
        return [_workbook(paths[each.verifier], each, lang) for each in sheets]
    from labelqa.workflows.batches import batch_detail

    control = batch_detail(desk, sample.rpartition("/")[0]).batch.control
    controls = _Controls.read(control, sheets[0], whole_text(config) if config else "")
    written = [(paths[each.verifier], _tasks(each, controls)) for each in sheets]
    written.append((folder / f"{stem}-config.xml", _form(sheets[0], controls, lang)))
    return [_whole(path, content) for path, content in written]


def _whole(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.encode())
    return path


def _workbook(path: Path, sheet: WorkSheet, lang: Lang) -> Path:
    from labelqa.adapters.files.sheets import SheetFrame, write_sheet

    frame = SheetFrame(
        sample=sheet.sample, verifier=sheet.verifier, lang=lang, name=sheet.name, labels=sheet.labels, rules=sheet.rules,
        defects=sheet.defects, lines=sheet.lines, blind=sheet.blind,
    )  # fmt: skip
    write_sheet(path, sheet.rows, frame=frame)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Controls:
    """The control that is verified, and what the annotators' form says of all of them; "" where none was given."""

    control: str
    kind: ControlKind
    config: str = ""
    kinds: Mapping[str, ControlKind] = field(default_factory=dict)
    to_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, control: str, sheet: WorkSheet, config: str) -> _Controls:
        kind = ControlKind(sheet.kind) if sheet.kind else ControlKind.CHOICE
        if not config:
            return cls(control=control, kind=kind, kinds={control: kind})
        from labelqa.adapters.label_studio.config import parse, read_config, to_names

        specs, _ = read_config(config)
        kinds = {each.name: each.kind for each in specs}
        return cls(
            control=control, kind=kinds.get(control, kind), config=config, kinds={control: kind, **kinds},
            to_names=to_names(parse(config)),
        )  # fmt: skip

    def answers(self, row: SheetRow) -> dict[str, Any]:
        """The label of record as Label Studio knows it; nothing where it is hidden."""
        from labelqa.adapters.label_studio.sent import answers_of

        return answers_of(self.control, self.kind, row.label)


def _tasks(sheet: WorkSheet, controls: _Controls) -> str:
    from labelqa.adapters.label_studio.review import review_tasks

    items = [
        ReviewItem(item_id=row.item_id, data=row.content, answers=controls.answers(row), verifier=sheet.verifier)
        for row in sheet.rows
    ]
    tasks = review_tasks(items, sample=sheet.sample, kinds=controls.kinds, to_names=controls.to_names)
    return json.dumps(tasks, ensure_ascii=False, indent=1)


def _form(sheet: WorkSheet, controls: _Controls, lang: Lang) -> str:
    from labelqa.adapters.label_studio.sent import form_of

    fields = list(dict.fromkeys(name for row in sheet.rows for name in row.content)) or ["text"]
    return form_of(sheet, controls.control, base=controls.config, fields=fields, lang=lang)
