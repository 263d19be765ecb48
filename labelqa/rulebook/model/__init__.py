"""What a rulebook says: labels, the norms that decide between them, worked examples, and how the work is done.

The field names are the keys of the YAML file. Where something stands in the file is kept beside the model
(:mod:`labelqa.rulebook.positions`), so two rulebooks are equal when they say the same. Fields that labelqa does not
know are kept in ``extra`` and written back.
"""

from __future__ import annotations

from typing import Final

from labelqa.rulebook.model.book import Rulebook
from labelqa.rulebook.model.changes import Changes, LabelChange, SameMeaning
from labelqa.rulebook.model.form import Form, Shown, ShownAs
from labelqa.rulebook.model.rules import Basis, Boundary, Example, LintException, Rule, Step
from labelqa.rulebook.model.sections import (
    Case,
    CheckPlan,
    Defect,
    Guidance,
    Label,
    Method,
    Metric,
    Term,
    Uncovered,
    Verification,
)
from labelqa.rulebook.model.words import Answer, Bare, ExampleKind, ExampleUse, TaskType, Text

FORMATS: Final[tuple[int, ...]] = (1, 2)  # formats of the document that this version reads; it writes the last one

__all__ = [
    "FORMATS",
    "Rulebook",
    "Rule",
    "Basis",
    "Boundary",
    "Step",
    "Example",
    "LintException",
    "Label",
    "Form",
    "Shown",
    "ShownAs",
    "Method",
    "Metric",
    "Term",
    "Verification",
    "CheckPlan",
    "Case",
    "Guidance",
    "Defect",
    "Uncovered",
    "Changes",
    "LabelChange",
    "SameMeaning",
    "TaskType",
    "ExampleKind",
    "ExampleUse",
    "Answer",
    "Bare",
    "Text",
]
