"""YAML text as a tree of plain text values with line and column; safe on any input.

The tree is built from parser events on an explicit stack: anchors, aliases and tags are refused, nesting is limited,
nothing is interpreted (``no`` and ``1.0`` stay the text that stands there), and no input makes it raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

from labelqa.errors import Message
from labelqa.rulebook.problems import Problems

DEPTH: Final = 32  # levels of nesting; a rulebook needs eight
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Scalar:
    """A text value; ``bare`` when it stood without quotes."""

    text: str
    bare: bool
    line: int
    column: int

    @property
    def absent(self) -> bool:
        """Whether nothing stands there at all, as in ``objective:``."""
        return self.bare and not self.text


@dataclass(slots=True)
class Sequenced:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapped:
    """Keys with their values, in the order of the file."""

    line: int
    column: int
    entries: dict[str, Entry] = field(default_factory=dict)


Node: TypeAlias = Scalar | Sequenced | Mapped


@dataclass(slots=True)
class Entry:
    """A key as it stands in the file, and its value."""

    key: Scalar
    value: Node


def compose(source: str, *, problems: Problems) -> Node | None:
    """The tree of a text, or None with the reason in ``problems``."""
    bad = _FORBIDDEN.search(source)
    if bad is not None:
        _refuse_character(source, bad.start(), problems)
        return None
    builder = _Builder(problems)
    try:
        for event in _events(source):
            if not builder.take(event) or problems.full:
                return None
    except yaml.YAMLError as error:
        _refuse_syntax(error, problems)
        return None
    if builder.root is None and not problems.fatal:
        _refuse_count(problems, (1, 1))
    return builder.root


def _events(source: str) -> Iterator[Any]:
    # libyaml is ten times as fast; both give the same events.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(source, Loader=loader))


class _Builder:
    """Puts events together; ``take`` says whether it makes sense to go on."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.root: Node | None = None
        self.documents = 0
        self.stack: list[tuple[Mapped | Sequenced, list[Scalar]]] = []  # containers open, each with its waiting key

    def take(self, event: Any) -> bool:
        mark = event.start_mark
        at = (mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.AliasEvent):
            return self._node(event, at)
        if isinstance(event, yaml.DocumentStartEvent):
            return self._document(at)
        if isinstance(event, yaml.AliasEvent):
            self._refuse_anchor(event.anchor, at)
            self._attach(Scalar("", True, *at))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._attach(self.stack.pop()[0])
        return True

    def _document(self, at: tuple[int, int]) -> bool:
        self.documents += 1
        if self.documents > 1:
            _refuse_count(self.problems, at)
        return self.documents == 1

    def _node(self, event: Any, at: tuple[int, int]) -> bool:
        if event.anchor is not None:
            self._refuse_anchor(event.anchor, at)
        if event.tag is not None:
            self.problems.add(
                "RB007",
                Message("the tag {tag} is not allowed", {"tag": event.tag[:80]}),
                mend=Message("delete the tag; every value is plain text, a list or a mapping"),
                at=at,
            )
        if isinstance(event, yaml.ScalarEvent):
            self._attach(Scalar(event.value, bool(event.implicit[0]), *at))
            return True
        if len(self.stack) >= DEPTH:
            self.problems.add(
                "RB005",
                Message("the file is nested more than {depth} levels deep", {"depth": DEPTH}),
                mend=Message("write it flatter"),
                at=at,
            )
            return False
        self.stack.append((Mapped(*at) if isinstance(event, yaml.MappingStartEvent) else Sequenced(*at), []))
        return True

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        container, waiting = self.stack[-1]
        if isinstance(container, Sequenced):
            container.items.append(node)
        elif waiting:
            self._enter(container, waiting.pop(), node)
        else:
            waiting.append(self._key(node))

    def _key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        self.problems.add(
            "RB009",
            Message("a key must be plain text, not a list or mapping"),
            mend=Message("write the key as one word"),
            at=(node.line, node.column),
        )
        return Scalar("", True, node.line, node.column)

    def _enter(self, mapping: Mapped, key: Scalar, value: Node) -> None:
        first = mapping.entries.get(key.text)
        if first is None:
            mapping.entries[key.text] = Entry(key, value)
        else:
            self.problems.add(
                "RB006",
                Message(
                    "the key {key} stands twice: first in line {line}, column {column}",
                    {"key": key.text[:80], "line": first.key.line, "column": first.key.column},
                ),
                mend=Message("keep one of the two"),
                at=(key.line, key.column),
            )

    def _refuse_anchor(self, name: str | None, at: tuple[int, int]) -> None:
        self.problems.add(
            "RB004",
            Message("the anchor or alias {name} is not allowed", {"name": (name or "")[:80]}),
            mend=Message("write the text out where it is needed"),
            at=at,
        )


def _refuse_count(problems: Problems, at: tuple[int, int]) -> None:
    problems.add(
        "RB008",
        Message("the file must hold exactly one YAML document"),
        mend=Message("keep one rulebook in one file"),
        at=at,
    )


def _refuse_character(source: str, where: int, problems: Problems) -> None:
    before = source[:where]
    line = before.count("\n") + 1
    problems.add(
        "RB003",
        Message("the character U+{code} is not allowed in YAML", {"code": f"{ord(source[where]):04X}"}),
        mend=Message("delete the character"),
        at=(line, where - (before.rfind("\n") + 1) + 1),
    )


def _refuse_syntax(error: yaml.YAMLError, problems: Problems) -> None:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "unreadable"
    problems.add(
        "RB003",
        Message("this is not valid YAML: {problem}", {"problem": str(problem)[:200]}),
        mend=Message("check indentation, colons, quotes and brackets at this place and just before it"),
        at=(mark.line + 1, mark.column + 1) if mark is not None else (1, 1),
    )
