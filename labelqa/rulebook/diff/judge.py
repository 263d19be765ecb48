"""How far the change of one value goes: wording, an addition, or something that changes what people have to do.

Every judge keeps one promise: going from a to c never counts for more than the larger step of a way from a over b to
c. So each is made of relations between values that hold along a chain ("says the same", "says the same and more"), from
narrow to wide. A removal therefore counts for as much as a removal followed by a different addition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from labelqa.records.governance import Bump
from labelqa.rulebook.diff.change import Reason, larger
from labelqa.rulebook.diff.figures import figures
from labelqa.rulebook.model import Boundary, Case, Text

Verdict: TypeAlias = tuple[Bump, Reason]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges two different values; ``declared`` is what the change counts for when an author vouches for its meaning
    (None: nobody can; nor can anybody where figures change)."""

    verdict: Callable[[Any, Any], Verdict]
    declared: Bump | None = None


def always(bump: Bump, reason: Reason, *, declared: Bump | None = None) -> Judge:
    """Any difference counts the same."""
    return Judge(lambda *_: (bump, reason), declared)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _norm(before: Text, after: Text, reason: Reason) -> Verdict:
    """A text by which labels are decided: blanks are wording, a first translation is an addition, the rest is meaning."""
    old, new = (_plain(before.zh), _plain(before.en)), (_plain(after.zh), _plain(after.en))
    if old == new:
        return Bump.PATCH, Reason.WORDING
    if any(old) and all(not was or was == now for was, now in zip(old, new, strict=True)):
        return Bump.MINOR, Reason.TRANSLATION
    return Bump.MAJOR, reason


def _section(before: Text, after: Text) -> Verdict:
    """A text around the rules: it may be worded anew as long as its figures stay."""
    zh, en = _one_language(before.zh, after.zh), _one_language(before.en, after.en)
    bump = larger(zh[0], en[0])
    return zh if zh[0] is bump else en


def _one_language(before: str, after: str) -> Verdict:
    old, new = _plain(before), _plain(after)
    if old == new:
        return (Bump.NONE if before == after else Bump.PATCH), Reason.WORDING
    if not old:
        return Bump.MINOR, Reason.ADDITION
    if not new:
        return Bump.MAJOR, Reason.SECTION_REMOVED
    return (Bump.PATCH, Reason.WORDING) if figures(old) == figures(new) else (Bump.MAJOR, Reason.THRESHOLD)


def _entry(value: Text | Boundary) -> tuple[str, ...]:
    if isinstance(value, Boundary):
        return (value.rule, *_entry(value.text))
    return _plain(value.zh), _plain(value.en)


def _entries(before: tuple[Any, ...], after: tuple[Any, ...]) -> Verdict:
    """Cases without ids: all former ones stay, or the meaning is touched."""
    old, new = Counter(map(_entry, before)), Counter(map(_entry, after))
    if old == new:
        return Bump.PATCH, Reason.WORDING
    return (Bump.MINOR, Reason.ENTRY_ADDED) if old <= new else (Bump.MAJOR, Reason.TEXT)


def _cases(before: tuple[Case, ...], after: tuple[Case, ...]) -> Verdict:
    """Guidance cases: their order and the author's own fields are wording."""
    old, new = (Counter((_entry(each.content), _entry(each.answer)) for each in side) for side in (before, after))
    return (Bump.PATCH, Reason.WORDING) if old == new else (Bump.MINOR, Reason.EXAMPLE)


def _given(before: Iterable[str], after: Iterable[str]) -> Verdict:
    return (Bump.PATCH, Reason.ORDER) if set(before) == set(after) else (Bump.MAJOR, Reason.LABELS_GIVEN)


def _target(before: str, after: str) -> Verdict:
    same = _plain(before) == _plain(after)
    return (Bump.PATCH, Reason.WORDING) if same else (Bump.MAJOR, Reason.THRESHOLD)


NORM: Final = Judge(lambda before, after: _norm(before, after, Reason.TEXT), Bump.PATCH)
QUESTION: Final = Judge(lambda before, after: _norm(before, after, Reason.STEP))
SECTION: Final = Judge(_section, Bump.PATCH)
ENTRIES: Final = Judge(_entries, Bump.PATCH)
CASES: Final = Judge(_cases)
GIVEN: Final = Judge(_given)
TARGET: Final = Judge(_target, Bump.PATCH)
WORDING: Final = always(Bump.PATCH, Reason.WORDING)
