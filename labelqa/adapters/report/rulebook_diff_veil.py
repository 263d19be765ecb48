"""Keeps examples for exams and gold off the page that everybody reads: of each it only says that it is new, gone or
changed.

An example is kept back when either version has it with such a use, in any rule. Nothing of its contents, its label,
its answers, its reason or its id is left; the terminal and the JSON, made for the author, show everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from labelqa.adapters.report.rulebook_diff_names import field_name
from labelqa.adapters.report.rulebook_diff_view import Edit, Group, Line
from labelqa.i18n import N_, Speaker
from labelqa.rulebook.diff import What, spelled_out
from labelqa.rulebook.diff.change import larger, spell
from labelqa.rulebook.diff.words import Kept, Piece
from labelqa.rulebook.model import ExampleUse, Rulebook

_KEPT: Final = frozenset({ExampleUse.EXAM, ExampleUse.GOLD})
_SAYS: Final = {
    What.ADDED: N_("An exam or gold example of rule {rule} was added."),
    What.CHANGED: N_("An exam or gold example of rule {rule} was changed."),
    What.REMOVED: N_("An exam or gold example of rule {rule} was removed."),
}


def kept_back(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """Ids of the examples that are for exams or gold in either version."""
    return frozenset(
        each.id for book in (old, new) for rule in book.rules for each in rule.examples if each.use in _KEPT
    )


def hidden(grouped: Sequence[Group], ids: frozenset[str]) -> int:
    """How many changed examples the page keeps back."""
    return len({key for group in grouped for line in group.lines if (key := _example(line, ids))})


def veiled(grouped: Sequence[Group], ids: frozenset[str], say: Speaker) -> tuple[Group, ...]:
    """The groups as the page shows them: one line for each example that is kept back."""
    return tuple(replace(group, lines=tuple(_lines(group.lines, ids, say))) for group in grouped)


def _example(line: Line, ids: frozenset[str]) -> tuple[str, str] | None:
    """Rule and example of a line that must not be shown; None of any other."""
    match spelled_out(line.part):
        case ("rules", rule, "examples", example, *_) if example in ids:
            return rule, example
    return None


def _lines(lines: Sequence[Line], ids: frozenset[str], say: Speaker) -> list[Line]:
    found: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        found.setdefault(_example(line, ids) or ("", line.part, line.what.value), []).append(line)
    return [each for key, held in found.items() for each in (held if not key[0] else [_one(key[0], held, say)])]


def _one(rule: str, held: Sequence[Line], say: Speaker) -> Line:
    whole = [line.what for line in held if len(spelled_out(line.part)) == 4 and line.what in _SAYS]
    what = whole[0] if whole else What.CHANGED
    return Line(
        part=spell(("rules", rule, "examples")), where=field_name("examples", say), what=what, why="", by="", because="",
        bump=larger(*(line.bump for line in held)),
        edits=(Edit("", "", (Piece(Kept.SAME, say(_SAYS[what], rule=rule)),)),),
    )  # fmt: skip
