"""A comparison of two versions as people read it: grouped by rule, material changes first, edits shown word by word.

The same lines stand in the terminal and on the page, so that they cannot disagree. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from labelqa.adapters.report.rulebook_diff_names import field_name, joined, word_name
from labelqa.i18n import N_, Speaker
from labelqa.records.governance import Bump
from labelqa.rulebook.diff import REASONS, Change, Diff, Reason, What, spelled_out
from labelqa.rulebook.diff.words import Kept, Piece, pieces
from labelqa.rulebook.model import Boundary, Case, Rule, Rulebook, Text

_GRAVEST: Final = tuple(reversed(Bump))
_ALIKE: Final = 0.5  # from which on a case without id counts as an edited one
_LISTS: Final = frozenset(
    {"labels", "rules", "steps", "examples", "quality_metrics", "defects", "terms", "uncovered_risks", "shows"}
)
_OWN_PAGE: Final = frozenset({"version", "changes"})  # told at the top


@dataclass(frozen=True, slots=True)
class Edit:
    """One value before and after as one run of pieces; ``name`` and ``lang`` ("" where there is but one) tell which."""

    name: str
    lang: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change: which part, what became of it, why it counts as it does, who vouches for it, and the edits."""

    part: str
    where: str
    what: What
    bump: Bump
    why: str
    by: str
    because: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The changes of one rule, of the labels, or of the sections around them."""

    key: str
    title: str
    says: str
    lines: tuple[Line, ...]

    @property
    def bump(self) -> Bump:
        """The largest among its changes."""
        return min((line.bump for line in self.lines), key=_GRAVEST.index)

    def count(self, bump: Bump) -> int:
        """How many of its changes count so."""
        return sum(line.bump is bump for line in self.lines)


def groups(found: Diff, old: Rulebook, new: Rulebook, say: Speaker) -> tuple[Group, ...]:
    """The changes by rule: groups with material changes first, else in the order of the document. What the version
    says about itself is left out."""
    gathered: dict[tuple[str, ...], list[Change]] = {}
    for change in found.changes:
        head, *rest = spelled_out(change.part)
        if head not in _OWN_PAGE:
            key = ("rules", rest[0]) if head == "rules" and rest else ("labels",) if head == "labels" else ("",)
            gathered.setdefault(key, []).append(change)
    rules = {rule.id: rule for book in (old, new) for rule in book.rules}
    order = [("labels",), *(("rules", rule.id) for rule in (*new.rules, *old.rules)), ("rules",), ("",)]
    made = [_group(key, gathered[key], rules, say) for key in dict.fromkeys(order) if key in gathered]
    return tuple(sorted(made, key=lambda group: group.bump is not Bump.MAJOR))


def _group(key: tuple[str, ...], changes: Sequence[Change], rules: Mapping[str, Rule], say: Speaker) -> Group:
    title, says = say(N_("Sections")), ""
    if key == ("labels",):
        title = say(N_("Labels"))
    elif key[0] == "rules":
        title = say(N_("Rule {rule}"), rule=key[1])
        says = _text(rules[key[1]].statement, say)
    lines = sorted(
        (_line(change, len([part for part in key if part]), say) for change in changes),
        key=lambda line: _GRAVEST.index(line.bump),
    )
    return Group(key="-".join(key) or "sections", title=title, says=says, lines=tuple(lines))


def _line(change: Change, skip: int, say: Speaker) -> Line:
    declared = change.declared
    return Line(
        part=change.part,
        where=_where(spelled_out(change.part), skip, say),
        what=change.what, bump=change.bump,
        why="" if change.reason is Reason.WORDING else say(REASONS[change.reason]),
        by=declared.by if declared else "", because=_text(declared.reason, say) if declared else "",
        edits=tuple(edits(change, say)),
    )  # fmt: skip


def _where(parts: Sequence[str], skip: int, say: Speaker) -> str:
    """``rules/S-01/steps/s-a/yes`` under its rule: decision steps › s-a › where yes leads."""
    named: list[str] = []
    listed = False  # what stands behind the name of a list is an id
    for part in parts:
        named.append(part if listed else field_name(part, say))
        listed = not listed and part in _LISTS
    return " › ".join(named[skip:]) or say(N_("the whole rule") if len(parts) > 1 else N_("the whole list"))


def _text(text: Text, say: Speaker) -> str:
    """In the reader's language, else in the other."""
    return (text.zh or text.en) if say.lang == "zh" else (text.en or text.zh)


def edits(change: Change, say: Speaker) -> Iterator[Edit]:
    """What is to be seen of a change, value by value; texts in each language that differs."""
    before, after = change.before, change.after
    if change.what is What.MOVED:
        text = say(N_("from place {before} to place {after}"), before=before + 1, after=after + 1)
        yield Edit("", "", (Piece(Kept.SAME, text),))
    elif isinstance(before, Text) and isinstance(after, Text):
        yield from _languages(before, after, say)
    elif _cases(before) or _cases(after):
        yield from _entries(before or (), after or (), say)
    else:
        old, new = dict(_shown(before, say)), dict(_shown(after, say))
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) != new.get(name):
                yield Edit(name, "", pieces(old.get(name, ""), new.get(name, "")))


def _languages(before: Text, after: Text, say: Speaker, name: str = "") -> Iterator[Edit]:
    for lang in ("zh", "en") if say.lang == "zh" else ("en", "zh"):
        old, new = getattr(before, lang), getattr(after, lang)
        if old != new:
            yield Edit(name, lang, pieces(old, new))


def _cases(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Text | Boundary | Case)


def _entries(before: tuple[Any, ...], after: tuple[Any, ...], say: Speaker) -> Iterator[Edit]:
    """Cases without ids: edited ones are paired by likeness, the others are gone or new."""
    left = [each for each in before if each not in after]
    for entry in (each for each in after if each not in before):
        near = max(left, key=lambda it: _alike(it, entry), default=None)
        if near is not None and _alike(near, entry) >= _ALIKE:
            left.remove(near)
            for (name, old), (_, new) in zip(_texts(near, say), _texts(entry, say), strict=True):
                yield from _languages(old, new, say, name)
            continue
        yield from _whole(entry, Kept.ADDED, say)
    for entry in left:
        yield from _whole(entry, Kept.REMOVED, say)


def _texts(entry: Any, say: Speaker) -> tuple[tuple[str, Text], ...]:
    if isinstance(entry, Case):
        return ((field_name("content", say), entry.content), (field_name("answer", say), entry.answer))
    if isinstance(entry, Boundary):
        return (("", entry.text), (field_name("rule", say), Text(entry.rule, entry.rule)))
    return (("", entry),)


def _whole(entry: Any, kept: Kept, say: Speaker) -> Iterator[Edit]:
    for name, text in _texts(entry, say):
        if shown := _text(text, say):
            yield Edit(name, "", (Piece(kept, shown),))


def _alike(one: Any, other: Any) -> float:
    return SequenceMatcher(None, repr(one), repr(other), autojunk=False).ratio()


def _shown(value: Any, say: Speaker) -> Iterator[tuple[str, str]]:
    """The values of a part by name, those that say nothing left out; lists of records only by their number."""
    if is_dataclass(value) and not isinstance(value, Text | type):
        for each in fields(value):
            shown = _value(getattr(value, each.name), say)
            if shown:
                yield field_name(each.name, say), shown
    elif value is not None:
        yield "", _value(value, say)


def _value(value: Any, say: Speaker) -> str:
    if value is None:
        return ""
    if isinstance(value, Text):
        return _text(value, say)
    if isinstance(value, StrEnum):
        return word_name(value, say)
    if isinstance(value, Mapping):
        return joined([f"{name}: {_value(inner, say)}" for name, inner in value.items()], say)
    if isinstance(value, tuple | list):
        return _values(value, say)
    if is_dataclass(value):
        return joined([shown for _, shown in _shown(value, say)], say)
    return str(value)


def _values(value: Sequence[Any], say: Speaker) -> str:
    if value and is_dataclass(value[0]) and hasattr(value[0], "id"):
        return joined([each.id for each in value], say)
    return joined([_value(each, say) for each in value], say)
