"""Problems found in frozen labels, their corrections, and the re-review of each."""

from __future__ import annotations

from labelqa.workflows.correcting.answering import close_problem, item_problems, re_review
from labelqa.workflows.correcting.problems import completeness_of
from labelqa.workflows.correcting.recording import (
    CorrectionRow,
    CorrectionsImported,
    import_corrections,
    record_correction,
)

__all__ = [
    "CorrectionRow",
    "CorrectionsImported",
    "close_problem",
    "completeness_of",
    "import_corrections",
    "item_problems",
    "re_review",
    "record_correction",
]
