"""What a check of a rulebook is: a code, a severity, a clause, and one small function from the book to its hits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from labelqa.errors import Message
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.measured import UNMEASURED, Measured
from labelqa.rulebook.lint.wording import Line, lines
from labelqa.rulebook.model import Example, Rule, Rulebook, Text
from labelqa.rulebook.positions import Path
from labelqa.rulebook.steps import Graph, graph


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a check is not met."""

    path: Path
    message: Message
    mend: Message


@dataclass(frozen=True, slots=True)
class Subject:
    """A rulebook under check, with what several checks need worked out once.

    ``texts`` are all bilingual texts; ``lines`` are those by which people decide, a language at a time.
    """

    book: Rulebook
    graph: Graph
    texts: tuple[tuple[Path, Text], ...]
    lines: tuple[Line, ...]
    measured: Measured = UNMEASURED

    def rules(self) -> Iterator[tuple[Path, Rule]]:
        """Every rule with its path."""
        for index, rule in enumerate(self.book.rules):
            yield ("rules", index), rule

    def examples(self) -> Iterator[tuple[Path, Rule, Example]]:
        """Every example of a rule with its path and its rule."""
        for path, rule in self.rules():
            for index, example in enumerate(rule.examples):
                yield (*path, "examples", index), rule, example


Run: TypeAlias = Callable[[Subject], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it stands in the catalogue; ``clause`` names the norm that it serves, where there is one."""

    code: str
    severity: Severity
    title: str
    run: Run
    clause: str = ""

    @property
    def excusable(self) -> bool:
        """Whether an author may answer it with a reason: warnings yes, errors never."""
        return self.severity is Severity.WARNING


def subject(book: Rulebook, measured: Measured = UNMEASURED) -> Subject:
    """A rulebook made ready for its checks."""
    return Subject(book, graph(book), tuple(_texts(book, ())), tuple(lines(book)), measured)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, Text]]:
    """Every bilingual text of a part, with its path."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    else:
        for name in _inner_fields(type(value)):  # type: ignore[arg-type]
            inner = getattr(value, name)
            if not isinstance(inner, str):
                yield from _texts(inner, (*path, name))


@cache
def _inner_fields(kind: type[Any]) -> tuple[str, ...]:
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple(each.name for each in dataclasses.fields(kind) if each.name != "extra")
