"""Two processes at once: one waits, then is told clearly; of two that race for the same step exactly one wins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from labelqa.records.batch import Kind
from labelqa.workflows.batches import declare_batch
from labelqa.workflows.integrity import verify_ledger
from tests.building import RELEASE, SAFETY, Clock, agreeing, new_desk, opened, signed, staffed, take_in

ROOT = Path(__file__).resolve().parents[2]
RACE = """
import sys
from pathlib import Path
from labelqa.errors import LabelqaError, Refused
from labelqa.records.batch import Kind
from labelqa.records.people import Duty
from tests.building import *
desk = opened(Path(sys.argv[1]), clock=Clock(MONDAY + timedelta(hours=1)))
print("ready", flush=True)
sys.stdin.readline()
try:
    {step}
    print("won")
except LabelqaError as error:
    print("Refused" if isinstance(error, Refused) else type(error).__name__, str(error))
"""
STEPS = {
    "freeze": 'freeze_batch(desk, "b1")',
    "declare": 'declare_batch(desk, "b2", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")',
    "draw": 'draw_sample(desk, "b0")',
    "plan": 'declare_plan(desk, "b1", seed="the seed of process " + sys.argv[2])',
    "person": 'add_person(desk, "Same Name", organizer="Org", duties=[Duty.EXECUTOR], accounts={})',
    "release": 'adopt_rulebook(desk, SAFETY, shelf=shipped("rulebooks"))',
}
HOLD = """
import sys
from pathlib import Path
from tests.building import *
from labelqa.ledger.store import writing
desk = opened(Path(sys.argv[1]))
with {held}:
    print("holding", flush=True)
    sys.stdin.readline()
"""


def running(script: str, *words: object) -> subprocess.Popen[str]:
    """Another Python process."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An open batch b1 with labels, and b0 frozen with a plan; a process waits half a second for another."""
    from labelqa.workflows.conditions import read_condition
    from tests.building import frozen_batch

    with new_desk(tmp_path / "ws") as desk:
        staffed(desk)
        signed(desk, SAFETY)
        frozen_batch(desk, "b0", answers=agreeing(20, prefix="old"))
        declare_batch(
            desk,
            "b1",
            kind=Kind.FUNCTIONAL,
            release=RELEASE,
            organizer="Org",
            where=[read_condition("item_id contains new")],
        )
        take_in(desk, agreeing(20, prefix="new"))
    return tmp_path / "ws"


def impatient(workspace: Path) -> Path:
    """The workspace with a shorter wait."""
    path = workspace / "labelqa.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("busy_seconds = 30.0", "busy_seconds = 0.3"), encoding="utf-8"
    )
    return workspace


@pytest.mark.parametrize("step", STEPS)
def test_of_two_that_race_exactly_one_wins(workspace: Path, step: str) -> None:
    racers = [running(RACE.replace("{step}", STEPS[step]), workspace, number) for number in (1, 2)]
    for each in racers:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in racers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    outcomes = [each.communicate(timeout=60) for each in racers]
    answers = sorted(out.split(" ")[0].strip() for out, _ in outcomes)
    if step == "plan" and answers == ["won", "won"]:
        pass  # one after the other: two plans, both on record
    else:
        assert answers == ["Refused", "won"], outcomes
    with opened(workspace) as desk:
        assert verify_ledger(desk).findings == ()
        kinds = [fact.kind for fact in desk.ledger.facts()]
        assert kinds.count("batch.frozen") == (2 if step == "freeze" else 1)
        assert list(desk.ledger.identities.names().values()).count("Same Name") == (step == "person")
        if step == "plan":
            committed_seeds_are_kept(workspace)


def committed_seeds_are_kept(workspace: Path) -> None:
    from labelqa.sampling import seed_digest
    from labelqa.workflows.batches import batch_detail

    with opened(workspace) as desk:
        for plan in batch_detail(desk, "b1").plans:
            seed = (workspace / "seeds" / f"b1-{plan.number}.txt").read_text(encoding="utf-8")
            assert seed_digest(seed) == plan.seed_digest


@pytest.mark.parametrize(
    ("held", "command"),
    [
        (
            "writing(desk.ledger._engine)",
            ["batch", "declare", "b9", "--kind", "functional", "--rulebook", RELEASE, "--organizer", "O"],
        ),
        ("desk.intake.locked()", ["batch", "freeze", "b1"]),
        ("writing(desk.intake._engine)", ["import", "labels.csv"]),
        ("desk.intake.locked()", ["import", "labels.csv"]),
    ],
)
def test_a_process_waits_and_then_says_so_and_reading_goes_on(
    workspace: Path, capfd: pytest.CaptureFixture[str], held: str, command: list[str]
) -> None:
    impatient(workspace)
    (workspace.parent / "labels.csv").write_text("item_id,annotator_id,label\nx,1,accept\n", encoding="utf-8")
    other = running(HOLD.replace("{held}", held), workspace)
    assert other.stdout is not None
    assert other.stdout.readline() == "holding\n"
    at = ["--workspace", str(workspace)]
    with opened(workspace) as desk:
        before = desk.ledger.head()
    try:
        assert main([*command, *at], env={"LABELQA_LANG": "en"}, start=workspace.parent, clock=Clock()) == 6
        out, err = capfd.readouterr()
        assert (out, len(err.strip().splitlines())) == ("", 1)
        assert "try again when it is done" in err
        assert main(["batch", "list", *at], env={}, clock=Clock()) == 0
        assert main(["ledger", "verify", *at], env={}, clock=Clock()) == 0
    finally:
        other.communicate("done\n", timeout=60)
    with opened(workspace) as desk:
        assert desk.ledger.head() == before
    assert main([*command, *at], env={}, start=workspace.parent, clock=Clock()) == 0


def test_a_writer_that_is_quick_is_waited_for(workspace: Path) -> None:
    other = running(
        HOLD.replace("sys.stdin.readline()", "import time; time.sleep(0.7)").replace(
            "{held}", "writing(desk.ledger._engine)"
        ),
        workspace,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "holding\n"
    with opened(workspace) as desk:
        declare_batch(desk, "b9", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    other.communicate(timeout=60)
