"""Where in the file each part of a rulebook stands, so that a finding can point at line and column.

A path names a part as the model does: ``("rules", 3, "steps", 0, "yes")``. Nothing is looked up before it is asked for.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from labelqa.records.finding import Place
from labelqa.rulebook.nodes import Entry, Mapped, Node, Scalar, Sequenced

Path: TypeAlias = tuple[str | int, ...]


def spelled(path: Path) -> str:
    """A path as a person writes it.

    >>> spelled(("rules", 3, "steps", 0, "yes"))
    'rules[3].steps[0].yes'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


class Positions:
    """Places by path; a part that is not written in the file stands where the part around it does."""

    def __init__(self, root: Node | None = None, *, file: str = "") -> None:
        self._root = root
        self.file = file

    def place(self, *path: str | int) -> Place:
        """File, line and column (from 1) of a part; line 0 when the rulebook did not come from a file."""
        node = self._root
        if node is None:
            return Place(file=self.file, subject=spelled(path))
        for part in path:
            inner = _inside(node, part)
            if inner is None:
                break
            node = inner
        return Place(file=self.file, line=node.line, column=node.column, subject=spelled(path))


def _inside(node: Node, part: str | int) -> Node | None:
    if isinstance(node, Mapped) and isinstance(part, str):
        entry: Entry | None = node.entries.get(part)
        if entry is None:
            return None
        # An empty value stands behind its key, maybe on the next line: the key is where the eye looks.
        return entry.key if isinstance(entry.value, Scalar) and entry.value.absent else entry.value
    if isinstance(node, Sequenced) and isinstance(part, int) and 0 <= part < len(node.items):
        return node.items[part]
    return None


NOWHERE: Final = Positions()  # for rulebooks made in Python
