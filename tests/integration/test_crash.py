"""Killed (kill -9) in the middle of an import, a freeze or a report: nothing half-written, the next run carries on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from labelqa.workflows.batches import batch_line, declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import verify_ledger
from tests.building import RELEASE, Clock, agreeing, frozen_batch, new_desk, opened, staffed, take_in

from labelqa.records.batch import Kind, Stage  # isort: skip

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = agreeing(20)  # 60 rows: 12 chunks of 5

START = """
import os, signal, sys
from pathlib import Path
from tests.building import *
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
desk, at = opened(Path(sys.argv[1])), int(sys.argv[2])
"""
IMPORT = """
def dying():
    for number, part in enumerate(chunks(agreeing(20), 5)):
        if number == at: die()
        yield part
import_chunks(desk, file_facts("labels.csv"), dying())
"""
IMPORT_AFTER_FACT = """
desk.intake.count = die
take_in(desk, agreeing(20), size=5)
"""
IMPORT_BEFORE_FACT = """
desk.ledger.append = die
take_in(desk, agreeing(20), size=5)
"""
FREEZE_WRITING = """
import pyarrow.parquet as pq
written, calls = pq.write_table, []
def write(table, path, **options):
    calls.append(path)
    if len(calls) > at:
        Path(path).write_bytes(b"PAR1 half of it")
        die()
    written(table, path, **options)
pq.write_table = write
freeze_batch(desk, "b1")
"""
FREEZE_BEFORE_FACT = """
desk.ledger.append = die
freeze_batch(desk, "b1")
"""
REPORT = """
from labelqa.adapters.cli.report import issue
from labelqa.workflows.summarise import week_period
replace, calls = Path.replace, []
def moving(self, target):
    calls.append(target)
    if len(calls) > at: die()
    return replace(self, target)
Path.replace = moving
issue(desk, week_period("2026-W47", "Asia/Shanghai"), formats=("md", "json"))
"""


def killed(script: str, workspace: Path, at: int = 0) -> None:
    """Run a script on a workspace; it kills itself."""
    done = subprocess.run(
        [sys.executable, "-c", START + script, str(workspace), str(at)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A released rulebook, people, and a declared batch."""
    with new_desk(tmp_path / "ws") as desk:
        staffed(desk)
        declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    return tmp_path / "ws"


def known(desk: Desk) -> Counter[tuple[str, str, str]]:
    """The current annotations."""
    items = {each.item_no: each.item_id for each in desk.intake.items()}
    return Counter((items[row.item_no], row.person, row.value) for row in desk.intake.annotations())


@pytest.mark.parametrize(("script", "at"), [(IMPORT, 1), (IMPORT, 7), (IMPORT, 11), (IMPORT_BEFORE_FACT, 0)])
def test_a_killed_import_never_was(workspace: Path, script: str, at: int) -> None:
    with opened(workspace) as desk:
        facts = len(desk.ledger.facts())
    killed(script, workspace, at)
    with opened(workspace) as desk:
        assert (desk.intake.counts(), len(desk.ledger.facts()), known(desk)) == ((0, 0, 0), facts, Counter())
        assert verify_ledger(desk).findings == ()
        done = take_in(desk, ANSWERS, size=5)
        assert (done.added, done.unchanged, done.items) == (60, 0, 20)
        assert (desk.intake.counts(), sum(known(desk).values())) == ((60, 20, 1), 60)
        assert verify_ledger(desk).findings == ()


def test_a_killed_import_leaves_what_was_there_and_the_next_is_as_if_nothing_had_happened(workspace: Path) -> None:
    with opened(workspace) as desk:
        take_in(desk, ANSWERS[:9], name="before.csv")
        before = known(desk)
    killed(IMPORT, workspace, 6)
    with opened(workspace) as desk:
        assert known(desk) == before
        done = take_in(desk, ANSWERS, size=7)
        assert (done.added, done.unchanged) == (51, 9)
        assert verify_ledger(desk).findings == ()


def test_an_import_killed_after_its_fact_counts(workspace: Path) -> None:
    killed(IMPORT_AFTER_FACT, workspace)
    with opened(workspace) as desk:
        assert sum(known(desk).values()) == 60
        assert take_in(desk, ANSWERS).added == 0
        assert freeze_batch(desk, "b1").stage is Stage.FROZEN
        assert verify_ledger(desk).findings == ()


@pytest.mark.parametrize(("script", "at"), [(FREEZE_WRITING, 0), (FREEZE_WRITING, 1), (FREEZE_BEFORE_FACT, 0)])
def test_a_killed_freeze_leaves_an_open_batch_and_can_be_repeated(workspace: Path, script: str, at: int) -> None:
    with opened(workspace) as desk:
        take_in(desk, ANSWERS)
    killed(script, workspace, at)
    left = sorted(path.name for path in (workspace / "batches").iterdir() if path.name.startswith("."))
    assert len(left) == (script == FREEZE_WRITING)
    with opened(workspace) as desk:
        assert batch_line(desk, "b1").stage is Stage.OPEN
        assert verify_ledger(desk).findings == ()
        freeze = freeze_batch(desk, "b1").freeze
        assert freeze is not None
        assert freeze.n_annotations == 60
        assert verify_ledger(desk).findings == ()
        stored = {path.name for path in (workspace / "batches").iterdir()}
        assert stored == {f"{freeze.annotations}.parquet", f"{freeze.items}.parquet"}


@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_killed_report_leaves_whole_files_only(workspace: Path, at: int) -> None:
    with opened(workspace) as desk:
        take_in(desk, ANSWERS)
        freeze_batch(desk, "b1")
        facts = len(desk.ledger.facts())
    killed(REPORT, workspace, at)
    shown = [path for path in (workspace / "reports").iterdir() if not path.name.startswith(".")]
    assert len(shown) == at
    for path in shown:
        text = path.read_text(encoding="utf-8")
        assert json.loads(text) if path.suffix == ".json" else text.endswith("\n")
    with opened(workspace) as desk:
        assert len(desk.ledger.facts()) == facts
    words = ["report", "weekly", "--week", "2026-W47", "--format", "md,json", "--workspace", str(workspace)]
    assert main(words, env={}, clock=Clock()) == 0
    assert len([path for path in (workspace / "reports").iterdir() if not path.name.startswith(".")]) == 4
    with opened(workspace) as desk:
        assert verify_ledger(desk).findings == ()


def test_the_half_of_a_frozen_file_is_never_read(workspace: Path) -> None:
    with opened(workspace) as desk:
        frozen_batch(desk, "b2", answers=ANSWERS, plan=False)
        (workspace / "batches" / ".staged-1.parquet").write_bytes(b"half")
        assert batch_line(desk, "b2").annotations == 60
        assert verify_ledger(desk).findings == ()
