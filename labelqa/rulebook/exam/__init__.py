"""Exams made from a rulebook's worked examples: papers drawn by a seed, answers marked and explained by the rules.

A paper is a function of the rulebook, the seed and the number of questions: whoever has these makes it again. It holds
no expected label and no id of an example. Nothing here reads a file or records who sat the exam.
"""

from __future__ import annotations

from labelqa.rulebook.exam.grading import Ability, Marked, Result, StepTaken, grade
from labelqa.rulebook.exam.paper import Choice, Paper, Question, available, draw_paper

__all__ = [
    "Ability",
    "Choice",
    "Marked",
    "Paper",
    "Question",
    "Result",
    "StepTaken",
    "available",
    "draw_paper",
    "grade",
]
