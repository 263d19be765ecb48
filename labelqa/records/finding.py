"""What a check reports: which rule of ours was broken, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from labelqa.errors import Message


class Severity(StrEnum):
    """How bad a finding is: an error stops, a warning is to be answered, a note is for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file with line and column (from 1), a row (from 1), or a subject such as ``item:7``."""

    file: str = ""
    line: int = 0
    column: int = 0
    row: int = 0
    subject: str = ""

    def __str__(self) -> str:
        spot = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        row = f"row {self.row}" if self.row else ""
        return " ".join(part for part in (spot, row, self.subject) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding; ``code`` is stable and documented, ``message`` says what, ``mend`` what to do."""

    code: str
    severity: Severity
    message: Message
    mend: Message
    place: Place = field(default_factory=Place)


def finding(
    code: str,
    text: str,
    /,
    *,
    mend: Message,
    severity: Severity = Severity.ERROR,
    place: Place = Place(),
    **values: Any,
) -> Finding:
    """A finding from its sentence and what goes into it."""
    return Finding(code=code, severity=severity, message=Message(text, values), mend=mend, place=place)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The gravest severity among findings; None when there are none."""
    order = list(Severity)
    return min((each.severity for each in findings), key=order.index, default=None)
