"""What the tests of the commands share: running one in process, and small workspaces to run it in."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from labelqa.adapters.cli.main import main

ANNOTATORS = ("甲", "乙", "丙", "丁")
ITEMS = tuple(f"q-{number:02}" for number in range(1, 21))
RELEASE = "genai-sft@1.0.0"
APPROVERS = ("审甲", "裁")


@dataclass(frozen=True)
class Answer:
    """What a command line gave back."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


class Ticking:
    """A clock for tests: a second later each time it is asked, whatever the machine's says."""

    def __init__(self, *start: int) -> None:
        self.now = datetime(*start, tzinfo=UTC)  # type: ignore[arg-type]

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command line in process, with an environment of its own."""

    clock = Ticking(2026, 11, 20, 8)

    def running(
        *words: object, start: Path | None = None, lang: str = "en", env: Mapping[str, str] | None = None
    ) -> Answer:
        capfd.readouterr()
        around = {"LABELQA_LANG": lang} if env is None else env
        code = main([str(word) for word in words], env=around, start=start or tmp_path, clock=clock)
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return running


def table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return path


def labels(items: Sequence[str] = ITEMS, annotators: Sequence[str] = ("11", "12", "13")) -> list[tuple[object, ...]]:
    """Labels of all items by all annotators, who agree but on the first item (nobody) and the last (one dissents)."""
    rows: list[tuple[object, ...]] = []
    for item in items:
        for at, who in enumerate(annotators):
            label = "accept"
            if item == items[0]:
                label = ("accept", "inaccurate", "off_topic")[at % 3]
            elif item == items[-1] and at == 0:
                label = "incomplete"
            rows.append((item, who, label, "2026-11-16T10:00:00+08:00", RELEASE, f"text of {item}"))
    return rows


HEADER = ("item_id", "annotator_id", "label", "created_at", "release", "data.text")


def _call(clock: Ticking, *words: object) -> None:
    assert main([str(word) for word in words], env={}, clock=clock) == 0


def _made(folder: Path, clock: Ticking) -> None:
    """A workspace with a released rulebook, people with records, and imported labels; 丁 failed the exam."""
    at, files = ("--workspace", folder), folder.parent
    _call(clock, "init", folder)
    people = [(name, "组织", "executor", 11 + place) for place, name in enumerate(ANNOTATORS)]
    people += [("审甲", "组织", "reviewer", 31), ("审乙", "组织", "reviewer", 32), ("裁", "组织", "arbitrator", 41)]
    listed = table(files / "people.csv", ("person", "organizer", "duties", "account:label-studio"), people)
    _call(clock, "people", "import", listed, *at)
    for who in APPROVERS:
        _call(clock, "rulebook", "sign", RELEASE, "--by", who, *at)
    _call(clock, "rulebook", "adopt", RELEASE, *at)
    clock.now = datetime(2026, 11, 4, 8, tzinfo=UTC)
    taught = [(name, RELEASE, "2026-11-02", "组织", "rule-safety") for name, *_ in people]
    listed = table(files / "trainings.csv", ("person", "release", "date", "organizer", "topics"), taught)
    _call(clock, "train", "import", listed, *at)
    passed = [(name, RELEASE, "2026-11-03", 0.5 if name == "丁" else 0.9, 0.8) for name, *_ in people]
    listed = table(files / "exams.csv", ("person", "release", "date", "score", "pass_mark"), passed)
    _call(clock, "exam", "import", listed, *at)
    clock.now = datetime(2026, 11, 16, 1, tzinfo=UTC)
    declare = ("batch", "declare", "b1", "--kind", "functional", "--rulebook", RELEASE, "--organizer", "组织")
    _call(clock, *declare, "--where", "item_id != x", *at)
    _call(clock, "plan", "b1", "--design", "two-point", "--seed", "a seed for tests", *at)
    clock.now = datetime(2026, 11, 18, 1, tzinfo=UTC)
    _call(clock, "import", table(files / "labels.csv", HEADER, labels()), "--server", "label-studio", *at)


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three stages of one workspace: labels imported, frozen, and drawn."""
    base, clock = tmp_path_factory.mktemp("kept"), Ticking(2026, 11, 1, 8)
    imported, frozen, drawn = base / "imported", base / "frozen", base / "drawn"
    _made(imported, clock)
    shutil.copytree(imported, frozen)
    _call(clock, "batch", "freeze", "b1", "--workspace", frozen)
    shutil.copytree(frozen, drawn)
    ruling = ("--label", "accept", "--by", "裁", "--reason", "clear", "--workspace", drawn)
    _call(clock, "dispute", "rule", "b1", ITEMS[0], *ruling)
    _call(clock, "draw", "b1", "--workspace", drawn)
    return {"imported": imported, "frozen": frozen, "drawn": drawn}


@pytest.fixture
def stage(_kept: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A fresh copy of the workspace at a stage: imported, frozen or drawn."""

    def copied(name: str) -> Path:
        target = tmp_path / "ws"
        shutil.copytree(_kept[name], target)
        return target

    return copied


def contents(workspace: Path) -> dict[str, int]:
    """How many rows every table of ledger and intake holds: unchanged means nothing was recorded."""
    found: dict[str, int] = {}
    for path in sorted(workspace.glob("*.sqlite3")):
        with closing(sqlite3.connect(path)) as base:
            names = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
            for name in names:
                (found[f"{path.name}:{name}"],) = base.execute(f'select count(*) from "{name}"').fetchone()  # noqa: S608
    return found


@pytest.fixture(scope="session")
def tools() -> SimpleNamespace:
    """What tests need to make files and to look at a workspace."""
    return SimpleNamespace(
        APPROVERS=APPROVERS, HEADER=HEADER, ITEMS=ITEMS, RELEASE=RELEASE, labels=labels, table=table, contents=contents
    )
