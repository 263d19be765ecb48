"""The story that the demo tells: four invented weeks, on which day what happens, and who plays whom.

Everything is read from the sample data that comes with labelqa; nothing here touches a workspace.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

ZONE: Final = "Asia/Shanghai"
BEGUN: Final = datetime(2026, 10, 12, 9, 0, tzinfo=ZoneInfo(ZONE))  # the workspace is made
TAUGHT: Final = datetime(2026, 10, 23, 17, 0, tzinfo=ZoneInfo(ZONE))  # all trainings and exams are over
ORGANIZER: Final = "云帆数据"
REQUESTER: Final = "模型数据组"
SERVER: Final = "label-studio"


@dataclass(slots=True)
class Clock:
    """The time of the story: set to a moment, then a second later each time it is asked."""

    now: datetime = field(default=BEGUN)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now.astimezone(UTC)

    def go(self, moment: datetime) -> None:
        """On to a moment; never back."""
        self.now = max(self.now, moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One batch of the story."""

    name: str
    week: str
    kind: str
    release: str
    file: str
    project: int
    outcome: str = ""  # what the story makes of it

    @property
    def monday(self) -> date:
        """The first day of its week."""
        return date.fromisoformat(f"{self.week}-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The sample data, the truth behind it, and those who play the reviewers."""

    folder: Path
    truth: Mapping[str, Any]
    verdict: Callable[[str, str, str, str], Mapping[str, str]]  # item, label of record, reviewer, round
    ruling: Callable[[str], Mapping[str, str]]  # item
    scripts: tuple[Script, ...]

    @property
    def weeks(self) -> tuple[str, ...]:
        """The weeks in order."""
        return tuple(sorted({each.week for each in self.scripts}))

    def of_week(self, week: str) -> tuple[Script, ...]:
        """The batches of a week."""
        return tuple(each for each in self.scripts if each.week == week)


def read_story(folder: Path) -> Story:
    """The story of a folder with sample data."""
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    spec = importlib.util.spec_from_file_location("labelqa_sample_reviewing", folder / "reviewing.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "reviewing.py")
    playing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(playing)
    return Story(
        folder=folder,
        truth=truth,
        verdict=lambda item, label, reviewer, salt: playing.verdict_of(truth, item, label, reviewer, salt),
        ruling=lambda item: playing.ruling_of(truth, item),
        scripts=tuple(_script(each) for each in truth["batches"]),
    )


def _script(told: Mapping[str, Any]) -> Script:
    week = next(value for name, _, value in told["where"] if name == "data.week")
    return Script(
        name=told["name"],
        week=week,
        kind=told["kind"],
        release=told["release"],
        file=told["file"],
        project=told["project"],
        outcome=told["outcome"],
    )


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the story."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE))


def week_of_export(story: Story, script: Script, out: Path) -> Path:
    """The part of a project's export that belongs to one week, as a file of its own."""
    tasks = json.loads((story.folder / script.file).read_text("utf-8"))
    path = out / script.week / script.file
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen = [task for task in tasks if task["data"]["week"] == script.week]
    path.write_text(json.dumps(chosen, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def fill_sheet(path: Path, said: Callable[[str, str], Mapping[str, str]], *, lang: str) -> int:
    """Fills a work sheet as its verifier would; ``said`` answers for an item and its label. How many rows."""
    from openpyxl import load_workbook

    from labelqa.adapters.files.words import COLUMNS, SEVERITIES, UNSAFE, VERDICTS

    book = load_workbook(path)
    page: Any = book.worksheets[0]
    at_column = 0 if lang == "en" else 1
    titles = {words[at_column]: key for key, words in COLUMNS.items()}
    head = next(row for row in page.iter_rows() if any(cell.value == COLUMNS["verdict"][at_column] for cell in row))
    columns = {titles[cell.value]: cell.column for cell in head if cell.value in titles}
    filled = 0
    for row in range(head[0].row + 1, page.max_row + 1):
        item = page.cell(row, columns["item"]).value
        if item is None:
            continue
        label = str(page.cell(row, columns["label"]).value or "").partition(" ")[0]
        told = said(str(item), label)
        shown = {
            "verdict": VERDICTS[told["verdict"]][at_column],
            "correct_label": told["correct_label"],
            "severity": SEVERITIES[told["severity"]][at_column] if told["severity"] else None,
            "unsafe": UNSAFE[told["unsafe"]][at_column] if told["unsafe"] else None,
            "rule": told.get("rule") or None,
            "comment": told[f"comment_{lang}"] or None,
        }
        for key, value in shown.items():
            page.cell(row, columns[key]).value = value or None
        filled += 1
    book.save(path)
    return filled
