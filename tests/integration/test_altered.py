"""Whatever is altered in a workspace is found by verify and named; what rests on it is not used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from labelqa.errors import Altered
from labelqa.workflows.agreement import agreement_report
from labelqa.workflows.batches import batch_line
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.integrity import facts, verify_ledger
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    Answer,
    Clock,
    account,
    agreeing,
    frozen_batch,
    new_desk,
    opened,
    staffed,
)
from tests.knife import unguarded

Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "ws"
    split = [
        Answer("z", account(who), label)
        for who, label in zip(EXECUTORS, ("accept", "off_topic", "incomplete"), strict=True)
    ]
    with new_desk(folder) as desk:
        staffed(desk)
        frozen_batch(desk, answers=[*agreeing(20), *split])
        rule_dispute(desk, "b1", "z", label="accept", by=ARBITRATOR, reason="Q-01")
        draw_sample(desk, "b1")
    return folder


@pytest.fixture
def workspace(_kept: Path, tmp_path: Path) -> Path:
    """A fresh copy of a workspace with a drawn batch."""
    return Path(shutil.copytree(_kept, tmp_path / "ws"))


def sql(name: str, statement: str) -> Change:
    def change(workspace: Path) -> None:
        base = unguarded(workspace / name)
        assert base.execute(statement).rowcount > 0
        base.commit()
        base.close()

    return change


def byte(pattern: str) -> Change:
    def change(workspace: Path) -> None:
        path = next(workspace.glob(pattern))
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return change


def gone(pattern: str) -> Change:
    return lambda workspace: next(workspace.glob(pattern)).unlink()


LEDGER, INTAKE = "ledger.sqlite3", "intake.sqlite3"
CHANGES: dict[str, tuple[Change, str, str]] = {
    "text": (
        sql(LEDGER, "UPDATE facts SET text = replace(text, '0.9', '0.8') WHERE kind = 'exam.recorded' AND seq < 14"),
        "LG001",
        "exam.recorded",
    ),
    "actor": (sql(LEDGER, "UPDATE facts SET actor = 'x' WHERE seq = 3"), "LG003", "fact 3"),
    "deleted": (sql(LEDGER, "DELETE FROM facts WHERE kind = 'batch.declared'"), "LG002", "facts are missing"),
    "reason": (sql(LEDGER, "UPDATE texts SET text = 'Q-02'"), "LG007", "was altered"),
    "parquet": (byte("batches/*.parquet"), "LG102", "of batch b1 was altered"),
    "parquet gone": (gone("batches/*.parquet"), "LG101", "of batch b1 is missing"),
    "label": (
        sql(INTAKE, 'UPDATE revisions SET value = \'{"label": "off_topic"}\' WHERE rev = 3'),
        "LG103",
        "import 1 (b1.csv)",
    ),
    "label gone": (sql(INTAKE, "DELETE FROM revisions WHERE rev = 3"), "LG103", "62 rows, 63 counted"),
    "label moved": (sql(INTAKE, "UPDATE revisions SET import_no = 2 WHERE rev = 3"), "LG103", "62 rows, 63 counted"),
    "smuggled": (sql(INTAKE, "INSERT INTO imports VALUES (9, 1, 'd', '', 99, 99, 1)"), "LG105", "import 9"),
    "rulebook": (byte("rulebooks/*/1.0.0.yaml"), "LG104", "genai-sft 1.0.0"),
    "rulebook gone": (gone("rulebooks/*/1.0.0.yaml"), "LG104", "genai-sft 1.0.0"),
}


def test_an_untouched_workspace_has_no_findings(workspace: Path) -> None:
    with opened(workspace) as desk:
        state = verify_ledger(desk, head=desk.ledger.facts()[4].hash)
        assert (state.findings, state.facts, state.head) == ((), *desk.ledger.head())


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found_and_named(workspace: Path, name: str) -> None:
    change, code, said = CHANGES[name]
    change(workspace)
    with opened(workspace) as desk:
        found = verify_ledger(desk).findings
    assert {each.code for each in found} <= {code, "LG005"} | ({"LG003"} if name == "text" else set())
    assert code in {each.code for each in found}
    assert any(said in str(each.message) for each in found)


@pytest.mark.parametrize("name", CHANGES)
def test_the_command_names_it_and_fails(workspace: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    change, code, _ = CHANGES[name]
    change(workspace)
    assert main(["ledger", "verify", "--workspace", str(workspace)], env={"LABELQA_LANG": "zh"}, clock=Clock()) == 1
    out, err = capfd.readouterr()
    assert code in out + err


def test_a_mark_that_was_taken_away_comes_back_from_the_ledger(workspace: Path) -> None:
    sql(INTAKE, "UPDATE imports SET counted = 0")(workspace)
    with opened(workspace) as desk:
        assert desk.intake.counts()[0] == 63


def test_numbers_of_record_are_not_taken_from_an_altered_file(workspace: Path) -> None:
    for path in (workspace / "batches").iterdir():
        byte(f"batches/{path.name}")(workspace)
    with opened(workspace) as desk:
        for use in (agreement_report, batch_line, drawn_items):
            with pytest.raises(Altered, match="was altered after the freeze"):
                use(desk, "b1")


def test_a_fact_that_cannot_be_read_stops_everything_but_verify(workspace: Path) -> None:
    sql(LEDGER, "UPDATE facts SET text = '{}' WHERE seq = 4")(workspace)
    with opened(workspace) as desk:
        assert "LG001" in {each.code for each in verify_ledger(desk).findings}
        with pytest.raises(Altered, match="ledger verify"):
            batch_line(desk, "b1")


def test_facts_are_shown_by_kind_and_subject(workspace: Path) -> None:
    with opened(workspace) as desk:
        assert [fact.kind for fact in facts(desk, subject="batch:b1")] == [
            "batch.declared", "card.recorded", "plan.declared", "batch.frozen", "dispute.ruled", "sample.drawn",
        ]  # fmt: skip
        assert len(facts(desk, kind="exam.recorded", last=3)) == 3
        assert facts(desk, last=1) == (desk.ledger.facts()[-1],)
