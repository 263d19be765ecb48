"""The README's week, in both languages: every command is run as it stands there, and what is shown is what comes out.

The verifiers are played from the saved truth of the sample data; everything else is done by the commands themselves.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from labelqa.adapters.cli import dashboard
from labelqa.adapters.cli.main import main
from labelqa.adapters.files.words import COLUMNS, VERDICTS

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
HALVES = {"en": "## The week, step by step", "zh": "## 一周流程"}
FILLED = "labelqa review import"  # before it, the verifiers fill in the sheets
RULE = "Q-06"
ROWS = 45  # of each sheet that are filled in: the check has decided by then


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


def half(lang: str) -> str:
    """The walk of one language: from its heading to the next one."""
    return readme().partition(f"\n{HALVES[lang]}\n")[2].partition("\n## ")[0]


@dataclass(frozen=True)
class Step:
    """One command and the lines shown under it."""

    command: str
    shown: tuple[str, ...]


def steps(text: str) -> Iterator[Step]:
    for kind, body in BLOCK.findall(text):
        if kind != "console":
            continue
        for part in body.split("\n$ ")[0:1] + [f"$ {each}" for each in body.split("\n$ ")[1:]]:
            command, *shown = part.rstrip("\n").split("\n")
            assert command.startswith("$ "), command
            yield Step(command.removeprefix("$ "), tuple(shown))


class Ticking:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Shell:
    """Runs the walk's lines in a folder: ``export`` and ``labelqa``, with file patterns."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        self.env: dict[str, str] = {}
        self.clock = Ticking()

    def __call__(self, line: str) -> str:
        program, *words = shlex.split(line)
        if program == "export":
            name, _, value = words[0].partition("=")
            self.env[name] = value
            return ""
        assert program == "labelqa", line
        self.capfd.readouterr()
        code = main(self._expanded(words), env=self.env, start=self.folder, clock=self.clock)
        out, err = self.capfd.readouterr()
        assert (code, err) == (0, ""), (line, out, err)
        return out

    def _expanded(self, words: list[str]) -> list[str]:
        found: list[str] = []
        for word in words:
            matching = sorted(self.folder.glob(word)) if "*" in word else []
            found += [path.relative_to(self.folder).as_posix() for path in matching] or [word]
        return found


def check(step: Step, out: str) -> None:
    """Every shown line is a line of the output, in this order; … stands for anything."""
    lines = iter(out.splitlines())
    for shown in step.shown:
        wanted = re.compile(".*".join(map(re.escape, shown.split("…"))))
        assert any(wanted.fullmatch(line.rstrip()) for line in lines), (step.command, shown, out)


def playing() -> Any:
    """The sample data's own player of reviewers."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("readme_reviewing", ROOT / "sample_data" / "reviewing.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said_by_truth() -> Callable[[str, str], str]:
    """What a verifier who never errs would label an item, if that is not the label it has; else nothing."""
    truth, player = json.loads((ROOT / "sample_data" / "truth.json").read_text("utf-8")), playing()

    def due(item: str, label: str) -> str:
        said = player.verdict_of(truth, item, label, "a verifier who never errs", "")
        return str(said["correct_label"]) if said["verdict"] == "incorrect" else ""

    return due


def fill_in(folder: Path, lang: str, due: Callable[[str, str], str], rows: int) -> dict[str, str]:
    """What the verifiers do with the first rows of their sheets; comes back with what they called incorrect."""
    at, wrong = 0 if lang == "en" else 1, {}
    titles = {words[at]: key for key, words in COLUMNS.items()}
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        page: Any = book.worksheets[0]
        head = next(row for row in page.iter_rows() if any(cell.value == COLUMNS["verdict"][at] for cell in row))
        column = {titles[cell.value]: cell.column for cell in head if cell.value in titles}
        for row in range(head[0].row + 1, min(page.max_row, head[0].row + rows) + 1):
            item = page.cell(row, column["item"]).value
            if item is None:
                continue
            right = due(item, str(page.cell(row, column["label"]).value).partition(" ")[0])
            page.cell(row, column["verdict"]).value = VERDICTS["incorrect" if right else "correct"][at]
            if right:
                wrong[item] = right
                page.cell(row, column["correct_label"]).value = right
                page.cell(row, column["rule"]).value = RULE
        book.save(path)
    return wrong


@pytest.mark.parametrize("lang", HALVES)
def test_the_week_runs_as_it_is_written(lang, tmp_path, capfd, monkeypatch):
    for name in ("sample_data", "rulebooks"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    text = half(lang)
    (table,) = (body for kind, body in BLOCK.findall(text) if kind == "csv")
    (tmp_path / "rulings.csv").write_text(table, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    opened: list[list[str]] = []
    monkeypatch.setattr(dashboard, "run", lambda words, *, env: opened.append([*words, env["LABELQA_WORKSPACE"]]) or 0)
    shell, walk, wrong = Shell(tmp_path, capfd), list(steps(text)), None
    for step in walk:
        if step.command.startswith(FILLED):
            wrong = fill_in(tmp_path / "sheets", lang, said_by_truth(), ROWS)
        check(step, shell(step.command))
    assert wrong == {"f-0156": "accept"}
    assert all(word in text for word in ("`f-0156`", "`accept`", f"`{RULE}`", f" {ROWS} "))
    assert len(opened) == 1
    assert (tmp_path / "quality" / "reports" / f"weekly-2026-W44.{lang}.html").stat().st_size > 10_000


def test_both_halves_run_the_same_commands():
    english, chinese = (
        [step.command.replace("LANG=zh", "LANG=en") for step in steps(half(lang))] for lang in ("en", "zh")
    )
    assert english == chinese
    assert len(english) > 20


def test_the_walk_says_when_the_sample_exams_expire():
    from datetime import date

    with (ROOT / "sample_data" / "exams.csv").open(encoding="utf-8-sig") as table:
        first = min(date.fromisoformat(line.split(",")[2]) for line in list(table)[1:])
    expires = first + timedelta(days=365)
    assert f"From {expires.day} {expires:%B %Y} on" in half("en")
    assert f"自 {expires.year} 年 {expires.month} 月 {expires.day} 日起" in half("zh")


def test_the_two_lines_stand_in_both_halves():
    for line in (
        "python -m pip install -e . && labelqa demo",
        'python -m pip install -e ".[test]" && python -m pytest',
    ):
        assert readme().count(f"```sh\n{line}\n```") == 2


def test_sections_of_both_halves_correspond():
    english, _, chinese = readme().partition("\n# labelqa 中文\n")
    heads = [re.findall(r"^(#+) ", BLOCK.sub("", part), re.MULTILINE) for part in (english, chinese)]
    assert heads[0][1:] == heads[1]
    assert re.findall(r"^```(\w+)$", english, re.MULTILINE) == re.findall(r"^```(\w+)$", chinese, re.MULTILINE)
