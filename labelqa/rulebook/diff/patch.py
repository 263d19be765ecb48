"""Applies a comparison to the older version, which gives the newer one exactly: nothing in a diff is for show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from labelqa.rulebook.diff.change import Change, Diff, Parts, What, spelled_out
from labelqa.rulebook.diff.scheme import EXTRA, SCHEME, Keyed, Nested, by_id
from labelqa.rulebook.model import Rulebook

Steps: TypeAlias = Sequence[tuple[Parts, Change]]


def apply(old: Rulebook, found: Diff) -> Rulebook:
    """The version that ``found`` leads to: ``apply(a, diff(a, b)) == b`` for any two rulebooks.

    Lists keep their order. A list in which an id stands twice was compared as a whole and is replaced as a whole.
    ValueError when the diff was not made from this version.
    """
    try:
        book: Rulebook = _record(old, [(spelled_out(change.part), change) for change in found.changes])
    except (KeyError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"the diff was not made from {old.name}@{old.version}: {error}") from error
    return book


def _by_head(steps: Steps) -> dict[str, list[tuple[Parts, Change]]]:
    heads: dict[str, list[tuple[Parts, Change]]] = {}
    for parts, change in steps:
        heads.setdefault(parts[0], []).append((parts[1:], change))
    return heads


def _record(value: Any, steps: Steps) -> Any:
    scheme, fields = SCHEME[type(value)], {}
    own = dict(getattr(value, EXTRA, {}))
    for name, inner in _by_head(steps).items():
        if name in scheme:
            fields[name] = _field(getattr(value, name), inner, scheme[name])
        elif inner[0][1].what is What.REMOVED:
            del own[name]
        else:
            own[name] = inner[0][1].after
    return replace(value, **fields, extra=own)


def _field(value: Any, steps: Steps, how: Any) -> Any:
    parts, change = steps[0]
    if not parts:
        return change.after
    if isinstance(how, Nested):
        return _record(value, steps)
    return _entries(value, steps, how)


def _entries(old: tuple[Any, ...], steps: Steps, how: Keyed) -> tuple[Any, ...]:
    entries = dict(by_id(old, how) or {})
    placed: dict[int, Any] = {}
    for key, inner in _by_head(steps).items():
        whole = next((change for parts, change in inner if not parts), None)
        edits = [(parts, change) for parts, change in inner if parts]
        if edits:
            entries[key] = _record(entries[key], edits)
        if whole is not None and whole.at is not None:
            placed[whole.at] = whole.after if whole.what is What.ADDED else entries[key]
        if whole is not None:
            entries.pop(key, None)
    kept = list(entries.values())
    for place in sorted(placed):
        kept.insert(place, placed[place])
    return tuple(kept)
