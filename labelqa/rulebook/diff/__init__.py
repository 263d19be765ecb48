"""What changed between two versions of a rulebook, what it counts for, and whom it concerns.

``diff`` compares by ids, ``needed`` gives the least bump, ``material`` says whether people must be retrained,
``touched_labels`` names the labels to recheck, ``apply`` makes the new version out of the old one and the diff,
``check_changes`` says what forbids to release the new version after the old one.
"""

from __future__ import annotations

from labelqa.rulebook.diff.change import REASONS, Change, Diff, Reason, What, spell, spelled_out
from labelqa.rulebook.diff.check import (
    CHANGE_CODES,
    CHANGE_WARNINGS,
    check_changes,
    check_declarations,
    question_changes,
    rise,
)
from labelqa.rulebook.diff.compare import diff, material, needed
from labelqa.rulebook.diff.patch import apply
from labelqa.rulebook.diff.touched import touched_labels

__all__ = [
    "diff",
    "apply",
    "needed",
    "material",
    "touched_labels",
    "check_changes",
    "check_declarations",
    "question_changes",
    "rise",
    "spell",
    "spelled_out",
    "Diff",
    "Change",
    "What",
    "Reason",
    "REASONS",
    "CHANGE_CODES",
    "CHANGE_WARNINGS",
]
