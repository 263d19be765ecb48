"""What can go wrong, in one tree; each branch has an exit code of its own.

    LabelqaError                 1   a check or gate failed, or the world said no
    ├── InsufficientData         1   a number cannot be known from what there is
    ├── WrongUsage               2   the command's words do not fit together
    ├── NoWorkspace              3   no workspace here, or one that cannot be opened
    ├── BadInput                 4   a file is missing, unreadable, of the wrong shape or too large
    ├── Refused                  5   a rule forbids it: the workspace is unchanged
    ├── Busy                     6   another process is writing; nothing was done
    ├── Altered                  7   a record or a frozen file is not what was written
    ├── NotThere                 1   a server has no such thing
    └── Unreachable              8   a server does not answer, or answers with a fault of its own

An error carries a :class:`Message`, so that it can be said in Chinese or English. Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from string import Formatter
from typing import Any, ClassVar


class Exit(IntEnum):
    """Exit codes of the command line, as documented in docs/cli.md."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    NO_WORKSPACE = 3
    BAD_INPUT = 4
    REFUSED = 5
    BUSY = 6
    ALTERED = 7
    UNREACHABLE = 8
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person: English text with ``{name}`` places, and what goes into them.

    The text is the key into the message catalogs. Values may be messages themselves. ``{n:item|items}`` is a word for one
    or for several, by the number; a language that has no such forms leaves it out.

    >>> str(Message("{n} {n:item|items} in {batch}", {"n": 3, "batch": "b1"}))
    '3 items in b1'
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled(self.text, self.values)


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A sentence with its places filled, words for one or for several among them.

    >>> filled("{n} {n:item is|items are} open", {"n": 1})
    '1 item is open'
    """
    return _Words().vformat(text, (), values) if "|" in text else text.format(**values)


class _Words(Formatter):
    """Python's own formatting, and words chosen by a number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, several = format_spec.partition("|")
        if bar:
            return one if value == 1 else several
        return str(super().format_field(value, format_spec))


class LabelqaError(Exception):
    """Something a person has to know about; never a programming mistake.

    ``LabelqaError("no batch is called {name}", name="b1")``
    """

    exit: ClassVar[Exit] = Exit.FAILED

    def __init__(self, text: str, /, **values: Any) -> None:
        self.message = Message(text, values)
        super().__init__(str(self.message))


class InsufficientData(LabelqaError):
    """A number that cannot be known; ``reason`` is a stable code such as ``no-overlap``."""

    def __init__(self, reason: str, text: str, /, **values: Any) -> None:
        super().__init__(text, **values)
        self.reason = reason


class WrongUsage(LabelqaError):
    """The command's words do not fit together."""

    exit = Exit.USAGE


class NoWorkspace(LabelqaError):
    """There is no workspace, or it cannot be opened."""

    exit = Exit.NO_WORKSPACE


class BadInput(LabelqaError):
    """A file from outside is missing, unreadable, of the wrong shape or too large."""

    exit = Exit.BAD_INPUT


class NotThere(LabelqaError):
    """A server has no such thing."""


class Refused(LabelqaError):
    """A rule forbids it; nothing was changed."""

    exit = Exit.REFUSED


class Busy(LabelqaError):
    """Another process holds the workspace; nothing was done."""

    exit = Exit.BUSY


class Altered(LabelqaError):
    """A record or a frozen file is not what was once written."""

    exit = Exit.ALTERED


class Unreachable(LabelqaError):
    """A server does not answer, or fails itself; the same may work later."""

    exit = Exit.UNREACHABLE
