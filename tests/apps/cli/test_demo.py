"""The demo once, whole: quick, honest about its files, and made afresh when run again."""

from __future__ import annotations

import json
import re
import shlex
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import pytest

from labelqa.adapters.cli.main import main, root
from labelqa.adapters.cli.session import Session


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """The demo's folder, what it printed, and how long it took."""
    import contextlib
    import io

    start = tmp_path_factory.mktemp("demo")
    out = io.StringIO()
    begun = perf_counter()
    with contextlib.redirect_stdout(out):
        assert main(["demo", "shown", "--lang", "en"], env={}, start=start) == 0
    return start / "shown", out.getvalue(), perf_counter() - begun


def test_it_is_quick(told):
    assert told[2] < 60


def test_every_step_names_what_was_done_what_was_found_and_its_command(told):
    from labelqa.adapters.cli.demo_walk import STEPS

    lines = [line for line in told[1].splitlines() if re.match(r" *\d+\. ", line)]
    assert len(lines) == STEPS
    for line in lines:
        done, *found, command = line.split(" · ")
        assert done
        assert all(found)
        assert command.startswith("labelqa ")


def _understood(line: str) -> None:
    """Parses a command line down to its command; nothing is run."""
    words = shlex.split(line)[1:]
    found: Any = root()
    context = None
    while isinstance(found, click.Group):
        context = found.make_context(found.name, list(words), parent=context, obj=Session(env={}, start=Path.cwd()))
        _, found, words = found.resolve_command(context, words)
    found.make_context(found.name, list(words), parent=context)


def test_every_command_that_it_names_is_understood(told):
    for line in told[1].splitlines():
        if re.match(r" *\d+\. ", line):
            for command in line.split(" · ")[-1].split(" ; "):
                _understood(command)


def test_every_next_command_of_its_batches_is_understood(told, run):
    lines = json.loads(run("batch", "list", "--json", "--workspace", told[0]).out)["batches"]
    commands = [each["next_command"] for each in lines if each["next_command"]]
    assert len(commands) >= 2
    for command in commands:
        _understood(command)


def test_its_last_lines_name_files_that_exist_and_the_dashboard(told):
    lines = told[1].rstrip().splitlines()
    assert shlex.split(lines[-1].partition(": ")[2])[:2] == ["labelqa", "dashboard"]
    files = lines[lines.index("The weekly report:") + 1 : -2]
    assert len(files) == 8
    assert all(Path(line).is_file() and Path(line).stat().st_size > 0 for line in files)


def test_its_batches_end_as_the_story_says(told, run):
    from labelqa.wiring import shipped

    truth = json.loads((shipped("sample_data") / "truth.json").read_text("utf-8"))
    batches = {
        each["name"]: each for each in json.loads(run("batch", "list", "--json", "--workspace", told[0]).out)["batches"]
    }
    for each in truth["batches"]:
        if not each["name"].endswith("W47"):
            assert batches[each["name"]]["conclusion"] == each["outcome"], each["name"]
    stages = sorted(batches[name]["stage"] for name in batches if name.endswith("W47"))
    assert stages == ["in-review", "open"]
    assert not any(each["late"] for each in batches.values())


def test_its_ledger_and_samples_verify(told, run):
    assert run("ledger", "verify", "--workspace", told[0]).code == 0
    assert run("sample", "verify", "sft-2026-W46", "--workspace", told[0]).code == 0


def test_run_again_it_deletes_what_it_made_and_starts_afresh(told, run, tmp_path, monkeypatch):
    """With the first steps only, which is enough to see the old workspace gone and a new one in its place."""
    import shutil

    from labelqa.adapters.cli.demo_walk import Walk

    whole = Walk.steps
    monkeypatch.setattr(Walk, "steps", lambda walk: islice(whole(walk), 3))
    again = tmp_path / "again"
    shutil.copytree(told[0], again)
    (again / "marker.txt").write_text("left by somebody", encoding="utf-8")
    answer = run("demo", again, lang="zh")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[0].endswith("已删除并重新建立。")
    assert not (again / "marker.txt").exists()
    assert json.loads(run("batch", "list", "--json", "--workspace", again).out)["batches"] == []
