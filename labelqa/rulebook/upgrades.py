"""Reads older formats of the document: one function a step, each from a format to the next.

A released file is never rewritten; it is brought up to the latest format whenever it is read. Lines and columns stay
those of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from labelqa.rulebook.nodes import Entry, Mapped, Node, Scalar, Sequenced


def format_of(root: Node | None) -> str:
    """The format number as it stands in the file; "" where none does."""
    entry = root.entries.get("format") if isinstance(root, Mapped) else None
    return entry.value.text if entry is not None and isinstance(entry.value, Scalar) else ""


def upgraded(root: Node) -> Node:
    """The document in the latest format; what is no known format is left for the schema to refuse."""
    while isinstance(root, Mapped) and (step := UPGRADES.get(format_of(root))) is not None:
        step(root)
    return root


def _second(root: Mapped) -> None:
    """Format 2: verification may hold a plan, and a rule has several boundaries, each with its neighbour."""
    _make_way(root, ("form", "time_budget", "terms", "taxonomy", "changes"))
    _inside(root, "verification", "text")
    rules = root.entries.get("rules")
    for rule in rules.value.items if rules is not None and isinstance(rules.value, Sequenced) else ():
        if isinstance(rule, Mapped):
            _make_way(rule, ("boundaries", "time_budget"))
            _several_boundaries(rule)
    labels = root.entries.get("labels")
    for label in labels.value.items if labels is not None and isinstance(labels.value, Sequenced) else ():
        if isinstance(label, Mapped):
            _make_way(label, ("parent",))
    _number(root, "2")


def _several_boundaries(rule: Mapped) -> None:
    entry = rule.entries.get("boundary")
    if entry is None:
        return
    key = Scalar("boundaries", True, entry.key.line, entry.key.column)
    if isinstance(entry.value, Mapped) and entry.value.entries:
        one = Mapped(entry.value.line, entry.value.column, {"text": Entry(_named("text", entry.value), entry.value)})
        value: Node = Sequenced(entry.value.line, entry.value.column, [one])
    else:
        value = Sequenced(entry.value.line, entry.value.column) if _empty(entry.value) else entry.value
    _renamed(rule, "boundary", Entry(key, value))


def _inside(parent: Mapped, name: str, inner: str) -> None:
    """What stands under a key goes one level down."""
    entry = parent.entries.get(name)
    if entry is not None and isinstance(entry.value, Mapped):
        value = Mapped(entry.value.line, entry.value.column, {inner: Entry(_named(inner, entry.value), entry.value)})
        parent.entries[name] = Entry(entry.key, value)


def _make_way(parent: Mapped, names: tuple[str, ...]) -> None:
    """A field that the older format did not know was the author's own: it stays so."""
    for name in names:
        entry = parent.entries.get(name)
        if entry is not None:
            free = f"x_{name}"
            while free in parent.entries:
                free += "_"
            _renamed(parent, name, Entry(Scalar(free, entry.key.bare, entry.key.line, entry.key.column), entry.value))


def _renamed(parent: Mapped, name: str, new: Entry) -> None:
    """One entry under another key, in its place."""
    entries = [(new.key.text, new) if key == name else (key, entry) for key, entry in parent.entries.items()]
    parent.entries.clear()
    parent.entries.update(entries)


def _named(text: str, near: Node) -> Scalar:
    return Scalar(text, True, near.line, near.column)


def _empty(node: Node) -> bool:
    return (isinstance(node, Scalar) and node.absent) or (isinstance(node, Mapped) and not node.entries)


def _number(root: Mapped, number: str) -> None:
    entry = root.entries["format"]
    root.entries["format"] = Entry(entry.key, Scalar(number, True, entry.value.line, entry.value.column))


UPGRADES: Final[Mapping[str, Callable[[Mapped], None]]] = {"1": _second}
