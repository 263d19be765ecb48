"""Conditions as people type them: which annotations belong to a batch."""

from __future__ import annotations

from labelqa.batches.where import parse_condition
from labelqa.records.batch import Condition


def read_condition(text: str) -> Condition:
    """One condition such as ``data.week = 2026-W46``; raises WrongUsage for anything else.

    >>> read_condition("project in 3,4").value
    '3,4'
    """
    return parse_condition(text)
