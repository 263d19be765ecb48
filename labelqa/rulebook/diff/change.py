"""What a comparison of two versions of a rulebook says: one change for each part that differs, and how far it goes.

Values only: nothing here compares, judges or prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

from labelqa.i18n import N_
from labelqa.records.governance import Bump
from labelqa.rulebook.model import SameMeaning

Parts: TypeAlias = tuple[str, ...]
_ORDER: Final = tuple(Bump)


class What(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Reason(StrEnum):
    """Why a change counts as it does."""

    BASIS = "basis"
    BOOK = "book"
    DUPLICATE_IDS = "duplicate-ids"
    ENTRY_ADDED = "entry-added"
    EXAMPLE = "example"
    EXPECTED = "expected"
    EXAMPLE_EDITED = "example-edited"
    EXAMPLE_REMOVED = "example-removed"
    FORM = "form"
    ADDITION = "addition"
    LABEL = "label"
    LABELS_GIVEN = "labels-given"
    ORDER = "order"
    RELEASE = "release"
    REMOVAL = "removal"
    RULE = "rule"
    SECTION_REMOVED = "section-removed"
    SEVERITY = "severity"
    SHOWN = "shown"
    STEP = "step"
    TEXT = "text"
    THRESHOLD = "threshold"
    TIME = "time"
    TITLE_TAKEN = "title-taken"
    TRANSLATION = "translation"
    UNKNOWN_FIELD = "unknown-field"
    WORDING = "wording"


# code -> why, as people read it
REASONS: Final[dict[Reason, str]] = {
    Reason.BASIS: N_("the legal basis or the risks that it treats"),
    Reason.BOOK: N_("what the rulebook is about, or the form that it belongs to"),
    Reason.DUPLICATE_IDS: N_("an id stands twice, so that the list can only be compared as a whole"),
    Reason.ENTRY_ADDED: N_("a case was added, all former ones stay"),
    Reason.EXAMPLE: N_("a worked example"),
    Reason.EXPECTED: N_("a worked example expects another label"),
    Reason.EXAMPLE_EDITED: N_("a worked example is another case now, and nobody declared that the meaning stays"),
    Reason.EXAMPLE_REMOVED: N_("a worked example is gone, and nobody declared that the meaning stays"),
    Reason.FORM: N_("the labeling form"),
    Reason.ADDITION: N_("an addition"),
    Reason.LABEL: N_("a label appears or disappears, or stands elsewhere in the tree"),
    Reason.LABELS_GIVEN: N_("the labels that a rule gives"),
    Reason.ORDER: N_("the order only"),
    Reason.RELEASE: N_("what the version says about itself"),
    Reason.REMOVAL: N_("a part is gone"),
    Reason.RULE: N_("a rule appears or disappears"),
    Reason.SECTION_REMOVED: N_("a text is gone"),
    Reason.SEVERITY: N_("a severity"),
    Reason.SHOWN: N_("how something is shown"),
    Reason.STEP: N_("a decision step"),
    Reason.TEXT: N_("a text that decides between labels was edited"),
    Reason.THRESHOLD: N_("a threshold or another figure"),
    Reason.TIME: N_("the time that an item may take"),
    Reason.TITLE_TAKEN: N_("a label takes the title that another label had"),
    Reason.TRANSLATION: N_("a translation was added"),
    Reason.UNKNOWN_FIELD: N_("a field of your own"),
    Reason.WORDING: N_("wording"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One part that differs.

    ``before`` and ``after`` are values of the model, None where there is none; of a ``moved`` part they are its
    places in the list, from 0. ``at`` is the place in the new list of a part that was added or moved. ``declared``
    is the author's declaration that lowered ``bump``; ``declarable`` says that there may be one.
    """

    part: str
    what: What
    before: Any
    after: Any
    bump: Bump
    reason: Reason
    declared: SameMeaning | None = None
    at: int | None = None
    declarable: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """All changes between two versions, in the order of the document; empty when they say the same."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)


def larger(*bumps: Bump) -> Bump:
    """The largest of some bumps; none of no bumps.

    >>> larger(Bump.PATCH, Bump.MAJOR, Bump.MINOR)
    <Bump.MAJOR: 'major'>
    """
    return max(bumps, key=_ORDER.index, default=Bump.NONE)


def covers(given: Bump, asked: Bump) -> bool:
    """Whether a version that rose by ``given`` may hold changes that ask for ``asked``."""
    return _ORDER.index(given) >= _ORDER.index(asked)


def spell(parts: Parts) -> str:
    """A part as people write it; "/" within an id is written ~1, and ~ is written ~0 (as in RFC 6901).

    >>> spell(("labels", "on/off", "title"))
    'labels/on~1off/title'
    """
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


def spelled_out(part: str) -> Parts:
    """The parts that :func:`spell` joined.

    >>> spelled_out("labels/on~1off/title")
    ('labels', 'on/off', 'title')
    """
    return tuple(each.replace("~1", "/").replace("~0", "~") for each in part.split("/"))
