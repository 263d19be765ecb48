"""Exams: papers drawn from a rulebook's worked examples by a seed and from written questions; answers marked by rules.

A drawn paper is a function of the rulebook, the seed and the number of questions: whoever has these makes it again. It
holds no expected label and no id of an example. Nothing here reads a file or records who sat the exam.
"""

from __future__ import annotations

from labelqa.rulebook.exam.grading import Ability, Marked, Result, StepTaken, grade
from labelqa.rulebook.exam.keyed import KeyedPaper, KeyedResult, chosen, keyed, mark_keyed, read_keyed
from labelqa.rulebook.exam.paper import Choice, Handed, Paper, Question, available, draw_paper
from labelqa.rulebook.exam.questions import WrittenQuestion, checked, shipped_questions

__all__ = [
    "Ability",
    "Choice",
    "Handed",
    "KeyedPaper",
    "KeyedResult",
    "Marked",
    "Paper",
    "Question",
    "Result",
    "StepTaken",
    "WrittenQuestion",
    "available",
    "checked",
    "chosen",
    "draw_paper",
    "grade",
    "keyed",
    "mark_keyed",
    "read_keyed",
    "shipped_questions",
]
