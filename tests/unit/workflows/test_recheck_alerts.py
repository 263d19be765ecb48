"""A recheck holds labels of other batches: what was wrong with who made them is told once, for the batch they come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from labelqa.records.summary import Alert
from labelqa.workflows.alerts import alerts
from labelqa.workflows.batches import batch_lines
from labelqa.workflows.desk import Desk
from labelqa.workflows.periods import week_period
from labelqa.workflows.rechecking.recheck import recheck
from labelqa.workflows.state import read_state
from tests.building import staffed
from tests.unit.workflows.test_recheck import graver, labelled, released_again

WEEK = week_period("2026-W47", "Asia/Shanghai")


def told(desk: Desk) -> tuple[Alert, ...]:
    """The alerts, were labels in every batch by people not qualified, and records late."""
    lines = [replace(line, unqualified=3, records_after=2) for line in batch_lines(desk)]
    return alerts(
        read_state(desk), batches=lines, annotators=(), people=(), unbatched=(), start=WEEK.start, end=WEEK.end
    )


def test_labels_of_a_recheck_are_told_of_once(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    released_again(bare, graver(tmp_path))
    batch = recheck(bare, "genai-sft@2.0.0").batch
    assert batch is not None
    found = told(bare)
    for code in ("unqualified", "records-after"):
        assert [each.subject for each in found if each.code == code] == ["batch:b1"]
    assert {each.subject for each in found if each.code == "step"} == {"batch:b1", f"batch:{batch.name}"}
