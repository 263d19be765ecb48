"""What a server says in single values: a number, a time; whatever else stands in their place is no error, but unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeGuard

from labelqa.adapters.label_studio.tasks import utc_of
from labelqa.records.servers import TaskMarks


def is_number(told: Any) -> TypeGuard[int]:
    """Whether it can be the number of a task, an annotation or a project.

    >>> [is_number(each) for each in (7, 0, True, "7", 2**63)]
    [True, False, False, False, False]
    """
    return isinstance(told, int) and not isinstance(told, bool) and 0 < told < 2**63


def number_of(told: Any) -> int:
    """A whole number; 0 for what is none.

    >>> number_of(7), number_of(True), number_of(None)
    (7, 0, 0)
    """
    return told if isinstance(told, int) and not isinstance(told, bool) else 0


def moment_of(told: Any) -> datetime | None:
    """A time in UTC; None for what cannot be read."""
    try:
        return utc_of(told)
    except ValueError:
        return None


def marks_of(task: Mapping[str, Any]) -> TaskMarks:
    """What a sweep compares of a task: when it was touched, and its annotations with their times.

    >>> marks_of({"id": 7, "annotations": [{"id": 3}, "odd"]}).annotations
    {3: None}
    """
    listed = task.get("annotations")
    return TaskMarks(
        task=task["id"], updated_at=moment_of(task.get("updated_at")),
        annotations={
            each["id"]: moment_of(each.get("updated_at"))
            for each in (listed if isinstance(listed, list) else ())
            if isinstance(each, dict) and is_number(each.get("id"))
        },
    )  # fmt: skip
