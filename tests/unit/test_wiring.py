"""Finding, making and opening a workspace; every wrong setting is named with its file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from labelqa.errors import NoWorkspace, Refused, WrongUsage
from labelqa.records.settings import Settings
from labelqa.wiring import FILE, create_workspace, find_workspace, open_desk, read_settings, shipped
from tests.building import new_desk, opened


def test_a_new_workspace_has_its_folders_its_settings_and_one_fact(tmp_path: Path) -> None:
    with new_desk(tmp_path / "ws", name='标注 "一"\\部', timezone="Asia/Kathmandu", origin="demo") as desk:
        (fact,) = desk.ledger.facts()
    assert (fact.kind, fact.body.name, fact.body.timezone) == ("workspace.created", '标注 "一"\\部', "Asia/Kathmandu")
    with opened(tmp_path / "ws") as desk:
        assert desk.settings == Settings(
            workspace=tmp_path / "ws", name='标注 "一"\\部', origin="demo", timezone="Asia/Kathmandu"
        )
        assert len(desk.ledger.facts()) == 1
    assert {path.name for path in (tmp_path / "ws").iterdir() if path.is_dir()} == {"batches", "reports", "rulebooks"}


def test_a_workspace_is_made_in_a_new_or_empty_folder_only(tmp_path: Path) -> None:
    new_desk(tmp_path / "ws").close()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = sorted((tmp_path / "ws").rglob("*"))
    with pytest.raises(Refused, match="a workspace already"):
        new_desk(tmp_path / "ws")
    for name in ("full", "file"):
        with pytest.raises(Refused, match="not an empty folder"):
            new_desk(tmp_path / name)
    with pytest.raises(WrongUsage, match="Mars/Olympus"):
        new_desk(tmp_path / "mars", timezone="Mars/Olympus")
    assert not (tmp_path / "mars").exists()
    assert sorted((tmp_path / "ws").rglob("*")) == before


def test_a_workspace_is_named_else_in_the_environment_else_upward(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        new_desk(tmp_path / name).close()
    inner = tmp_path / "c" / "reports"
    env = {"LABELQA_WORKSPACE": str(tmp_path / "b")}
    assert find_workspace(start=inner, workspace=tmp_path / "a", env=env) == tmp_path / "a"
    assert find_workspace(start=inner, workspace=None, env=env) == tmp_path / "b"
    assert find_workspace(start=inner, workspace=None, env={}) == tmp_path / "c"
    with pytest.raises(NoWorkspace, match="or above it"):
        find_workspace(start=tmp_path, workspace=None, env={})
    with pytest.raises(NoWorkspace, match="there is no workspace at"):
        find_workspace(start=inner, workspace=tmp_path / "d", env=env)


def test_who_acts_comes_from_the_settings_or_the_environment(tmp_path: Path) -> None:
    new_desk(tmp_path / "ws").close()
    assert read_settings(tmp_path / "ws", {}).actor == "lead"
    assert read_settings(tmp_path / "ws", {"LABELQA_ACTOR": "李雷"}).actor == "李雷"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("colour = 3", "unknown setting: colour"),
        ('workspace = "/elsewhere"', "unknown setting: workspace"),
        ('timezone = "Mars/Olympus"', "Mars/Olympus"),
        ('timezone = "../etc"', "cannot be read"),
        ("confidence = 1.0", "confidence must lie between 0 and 1"),
        ("confidence = nan", "confidence must lie between 0 and 1"),
        ("qualification_days = 0", "qualification_days must be 1 or more"),
        ("max_file_mb = 0", "max_file_mb must be 1 or more"),
        ("busy_seconds = -1.0", "busy_seconds must be 0 or more"),
        ('busy_seconds = "long"', "cannot be read"),
        ("actor = ", "cannot be read"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / FILE).write_text(f'name = "x"\n{line}\n', encoding="utf-8")
    with pytest.raises(NoWorkspace, match=said) as error:
        read_settings(tmp_path, {})
    assert FILE in str(error.value)


def test_a_setting_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('name = "x"\nbusy_seconds = 5\n', encoding="utf-8")
    assert read_settings(tmp_path, {}) == Settings(workspace=tmp_path, name="x", busy_seconds=5.0)


@pytest.mark.parametrize("name", ["ledger.sqlite3", "intake.sqlite3"])
def test_a_store_that_is_none_is_named(tmp_path: Path, name: str) -> None:
    new_desk(tmp_path / "ws").close()
    for path in (tmp_path / "ws").glob(f"{name}*"):
        path.unlink()
    (tmp_path / "ws" / name).write_text("this is a text file and no database " * 40)
    with pytest.raises(NoWorkspace, match=name):
        opened(tmp_path / "ws")


def test_a_missing_ledger_is_named_and_not_made_anew(tmp_path: Path) -> None:
    new_desk(tmp_path / "ws").close()
    (tmp_path / "ws" / "ledger.sqlite3").unlink()
    with pytest.raises(NoWorkspace, match="ledger is missing"):
        opened(tmp_path / "ws")
    assert not (tmp_path / "ws" / "ledger.sqlite3").exists()


def test_what_comes_with_labelqa_is_found() -> None:
    assert (shipped("rulebooks") / "lock.json").is_file()
    assert (shipped("dashboards") / "app.py").is_file()


def test_importing_costs_nothing_heavy() -> None:
    heavy = "{'numpy', 'pandas', 'duckdb', 'pyarrow', 'scipy'}"
    code = f"import sys, labelqa.wiring; print({heavy} & set(sys.modules) or 'none')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # the desk's type names the engine's protocol, which may bring numpy; nothing else
    assert told.stdout.strip() in {"none", "{'numpy'}"}


def test_a_desk_is_closed_by_with(tmp_path: Path) -> None:
    with create_workspace(tmp_path / "ws", env={}) as desk:
        assert desk.new_id("p") != desk.new_id("p")
        assert desk.new_id("p").startswith("p-")
        assert desk.clock().tzinfo is not None
    with open_desk(start=tmp_path / "ws", env={}) as desk:
        assert desk.settings.name == "ws"
