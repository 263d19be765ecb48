"""The demo once, whole: honest about its files and commands, and made afresh when run again."""

from __future__ import annotations

import json
import re
import shlex
from itertools import islice
from pathlib import Path
from typing import Any

import click

from labelqa.adapters.cli.main import root
from labelqa.adapters.cli.session import Session


def test_every_step_names_what_was_done_what_was_found_and_its_command(demo):
    from labelqa.adapters.cli.demo_walk import STEPS

    lines = [line for line in demo[1].splitlines() if re.match(r" *\d+\. ", line)]
    assert len(lines) == STEPS
    for line in lines:
        done, *found, command = line.split(" · ")
        assert done
        assert all(found)
        assert command.startswith("labelqa ")


def _understood(line: str) -> str:
    """Parses a command line down to its command, which is named; nothing is run."""
    program, *words = shlex.split(line)
    assert program == "labelqa", line
    found: Any = root()
    context = None
    while isinstance(found, click.Group):
        context = found.make_context(found.name, list(words), parent=context, obj=Session(env={}, start=Path.cwd()))
        _, found, words = found.resolve_command(context, words)
    return str(found.make_context(found.name, list(words), parent=context).command_path).partition(" ")[2]


def test_every_command_that_it_names_is_understood(demo):
    lines = [line for line in demo[1].splitlines() if re.match(r" *\d+\. ", line)]
    named = {_understood(command) for line in lines for command in line.split(" · ")[-1].split(" ; ")}
    assert {"rulebook release", "train import", "exam import", "card record", "dispute rule", "hit rule"} <= named
    assert {"correct record", "batch freeze", "draw", "review import", "settle", "ledger verify"} <= named


def test_every_next_command_of_its_batches_is_understood(demo, run):
    lines = json.loads(run("batch", "list", "--json", "--workspace", demo[0]).out)["batches"]
    commands = [each["next_command"] for each in lines if each["next_command"]]
    assert len(commands) >= 2
    assert all(_understood(command) for command in commands)


def test_its_last_lines_name_files_that_exist_and_the_dashboard(demo):
    lines = demo[1].rstrip().splitlines()
    assert shlex.split(lines[-1].partition(": ")[2])[:2] == ["labelqa", "dashboard"]
    files = lines[lines.index("The weekly report:") + 1 : -2]
    assert len(files) == 8
    assert all(Path(line).is_file() and Path(line).stat().st_size > 0 for line in files)


def test_its_batches_end_as_the_story_says(demo, run):
    from labelqa.wiring import shipped

    truth = json.loads((shipped("sample_data") / "truth.json").read_text("utf-8"))
    batches = {
        each["name"]: each for each in json.loads(run("batch", "list", "--json", "--workspace", demo[0]).out)["batches"]
    }
    for each in truth["batches"]:
        if not each["name"].endswith("W47"):
            assert batches[each["name"]]["conclusion"] == each["outcome"], each["name"]
    stages = sorted(batches[name]["stage"] for name in batches if name.endswith("W47"))
    assert stages == ["in-review", "open"]
    assert not any(each["late"] for each in batches.values())


def test_its_ledger_and_samples_verify(demo, run):
    assert run("ledger", "verify", "--workspace", demo[0]).code == 0
    assert run("sample", "verify", "sft-2026-W46", "--workspace", demo[0]).code == 0


def test_run_again_it_deletes_what_it_made_and_starts_afresh(demo, run, tmp_path, monkeypatch):
    """With the first steps only, which is enough to see the old workspace gone and a new one in its place."""
    import shutil

    from labelqa.adapters.cli.demo_walk import Walk

    whole = Walk.steps
    monkeypatch.setattr(Walk, "steps", lambda walk: islice(whole(walk), 3))
    again = tmp_path / "again"
    shutil.copytree(demo[0], again)
    (again / "marker.txt").write_text("left by somebody", encoding="utf-8")
    answer = run("demo", again, lang="zh")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[0].endswith("已删除并重新建立。")
    assert not (again / "marker.txt").exists()
    assert json.loads(run("batch", "list", "--json", "--workspace", again).out)["batches"] == []
