"""The whole document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelqa.records.batch import Kind
from labelqa.rulebook.model.changes import Changes
from labelqa.rulebook.model.form import Form
from labelqa.rulebook.model.rules import LintException, Rule
from labelqa.rulebook.model.sections import (
    Defect,
    Guidance,
    Label,
    Method,
    Metric,
    Term,
    Uncovered,
    Verification,
)
from labelqa.rulebook.model.words import TaskType, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The whole document; ``control`` is the control of the labeling form whose answers the labels are."""

    format: int
    name: str
    version: str
    kind: Kind
    task_type: TaskType
    title: Text
    control: str
    labels: tuple[Label, ...]
    rules: tuple[Rule, ...]
    form: Form = Form()
    time_budget: int | None = None  # seconds an item may take
    objective: Text = Text()
    data_format: Text = Text()
    terms: tuple[Term, ...] = ()
    method: Method = Method()
    quality_metrics: tuple[Metric, ...] = ()
    verification: Verification = Verification()
    wrong_labels: Guidance = Guidance()
    defects: tuple[Defect, ...] = ()
    emergency: Text = Text()
    risk_recognition: Guidance = Guidance()
    guided_responses: Guidance = Guidance()
    taxonomy: str = "2025"  # version of the list of risks
    uncovered_risks: tuple[Uncovered, ...] = ()
    changes: Changes | None = None
    lint_exceptions: tuple[LintException, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
