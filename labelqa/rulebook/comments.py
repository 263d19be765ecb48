"""Puts remarks into a rulebook's file as YAML comments above the rule that they are about, and takes old ones out.

Everything else stays as it is, byte by byte: a file whose rulebook would read differently afterwards is not written.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labelqa.errors import Refused
from labelqa.rulebook.document import parse

MARK: Final = "# [clarity] "  # begins every line of ours, so that it can be replaced
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where YAML ends a line
_DASH: Final = re.compile(r"[ ]*-([ \t].*)?")
_EMPTY: Final = re.compile(r"[ \t]*(#.*)?")


@dataclass(frozen=True, slots=True)
class Remarked:
    """The file with its remarks, and the rules that have no place of their own in it to put one above."""

    data: bytes
    left_out: tuple[str, ...]


def remarked(data: bytes, remarks: Mapping[str, Sequence[str]], *, file: str = "") -> Remarked:
    """The file with the lines of ``remarks`` above each rule named, in place of all remarks that stood there before.

    Rules that the file does not have, or that do not begin on a line of their own, are left out. Raises Refused where
    there is no rulebook in the file, or where it would read differently afterwards.
    """
    before = parse(data, file=file)
    if before.rulebook is None:
        raise Refused("{path} is no rulebook yet: labelqa rulebook lint {path} says what is missing", path=file)
    head = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    lines = _lines(data[len(head) :].decode("utf-8"))
    placed = {
        rule.id: _above(lines, before.positions.place("rules", at).line - 1)
        for at, rule in reversed([*enumerate(before.rulebook.rules)])
    }
    added: dict[int, list[str]] = {}
    for rule, told in remarks.items():
        at = placed.get(rule)
        if at is not None:
            end = _BREAK.search(lines[at])
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip(" "))]
            added[at] = [f"{indent}{MARK}{_one_line(each)}{end[0] if end else chr(10)}" for each in told]
    gone = {at for start in placed.values() if start is not None for at in _old(lines, start)}
    kept = (part for at, line in enumerate(lines) for part in (*added.get(at, ()), *(() if at in gone else (line,))))
    made = head + "".join(kept).encode("utf-8")
    if parse(made, file=file).rulebook != before.rulebook:
        raise Refused("{path} would read differently with remarks in it, so it was left as it is", path=file)
    return Remarked(made, tuple(rule for rule in remarks if placed.get(rule) is None))


def _lines(text: str) -> list[str]:
    """The lines with their ends."""
    found, start = [], 0
    for end in _BREAK.finditer(text):
        found.append(text[start : end.end()])
        start = end.end()
    return [*found, text[start:]] if start < len(text) else found


def _bare(line: str) -> str:
    return _BREAK.sub("", line)


def _above(lines: Sequence[str], at: int) -> int | None:
    """The line with the dash of a list entry that begins in line ``at``; None where it shares a line with others."""
    if not 0 <= at < len(lines):
        return None
    if _DASH.fullmatch(_bare(lines[at])):
        return at
    while at > 0 and _EMPTY.fullmatch(_bare(lines[at - 1])):
        at -= 1
    return at - 1 if at > 0 and re.fullmatch(r"[ ]*-[ \t]*(#.*)?", _bare(lines[at - 1])) else None


def _old(lines: Sequence[str], start: int) -> list[int]:
    """Lines of earlier remarks among the comments and empty lines above a list entry."""
    found = []
    at = start - 1
    while at >= 0 and _EMPTY.fullmatch(_bare(lines[at])):
        if lines[at].lstrip(" ").startswith(MARK):
            found.append(at)
        at -= 1
    return found


def _one_line(text: str) -> str:
    """A remark without line breaks and without characters that YAML does not allow."""
    return re.sub("[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]", " ", text).strip()
