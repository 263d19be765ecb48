"""Whether a new version owns up to what it changes: its number, what it says of labels, and what it declares unchanged.

Findings only. Whether a declaration is true is for the people to judge who approve the release; each is shown to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.governance import Bump
from labelqa.rulebook.diff.change import REASONS, Change, Diff, Reason, covers
from labelqa.rulebook.diff.compare import diff, needed
from labelqa.rulebook.model import Changes, Rulebook, SameMeaning
from labelqa.rulebook.versions import Version, is_version

# code -> what it stands for
CHANGE_CODES: Final[dict[str, str]] = {
    "RB704": N_("The version rises less than its changes ask for"),
    "RB705": N_("The changes are told against another version than the one before"),
    "RB706": N_("The changes name labels that are not there"),
    "RB707": N_("A label disappears without a word about it"),
    "RB708": N_("The version does not say what changed"),
    "RB731": N_("A declaration of unchanged meaning names no changed part"),
    "RB732": N_("A declaration of unchanged meaning lacks its name or reason"),
    "RB733": N_("A declaration of unchanged meaning names a part for which nobody can declare it"),
    "RB734": N_("Figures changed in a part that is declared to mean the same"),
}
CHANGE_WARNINGS: Final = frozenset({"RB708"})


def check_changes(old: Rulebook, new: Rulebook, file: str = "") -> list[Finding]:
    """What forbids to release ``new`` after ``old``: a version that rises too little, labels or declarations that do
    not fit. All are errors; an empty list means that the changes are owned up to."""
    found = diff(old, new)
    told: list[Finding] = [*_too_small(old, new, found, file), *_since(old, new, file), *_labels(old, new, file)]
    told += _vanished(old, new, file)
    return told + check_declarations(old, new, found, file)


def question_changes(old: Rulebook, new: Rulebook, file: str = "") -> list[Finding]:
    """What those who approve ``new`` should ask about: that it does not say what changed.

    All are warnings; none of them forbids the release.
    """
    return list(_untold(old, new, file))


def check_declarations(old: Rulebook, new: Rulebook, found: Diff | None = None, file: str = "") -> list[Finding]:
    """What is wrong with the declarations of unchanged meaning; nothing where they speak of another version."""
    changes = _about(old, new)
    if changes is None:
        return []
    found = diff(old, new) if found is None else found
    parts = {change.part: change for change in found.changes}
    declared = enumerate(changes.same_meaning)
    return [each for index, same in declared for each in _declaration(same, parts.get(same.part), file, index)]


def rise(old: str, new: str) -> Bump | None:
    """How far one version is beyond another; None where it is not later.

    >>> rise("1.2.0", "1.3.0"), rise("1.2.0", "1.2.0")
    (<Bump.MINOR: 'minor'>, None)
    """
    if not (is_version(old) and is_version(new)):
        return None
    before, after = Version.parse(old), Version.parse(new)
    if after <= before:
        return None
    if after.major > before.major:
        return Bump.MAJOR
    return Bump.MINOR if after.minor > before.minor else Bump.PATCH


def least_version(old: str, bump: Bump) -> str:
    """The least version after ``old`` that rises so far.

    >>> least_version("1.2.3", Bump.MINOR)
    '1.3.0'
    """
    before = Version.parse(old)
    parts = {
        Bump.MAJOR: (before.major + 1, 0, 0),
        Bump.MINOR: (before.major, before.minor + 1, 0),
    }
    return str(Version(*parts.get(bump, (before.major, before.minor, before.patch + 1))))


def _place(file: str, *parts: Any) -> Place:
    return Place(file=file, subject="/".join(map(str, parts)))


def _about(old: Rulebook, new: Rulebook) -> Changes | None:
    """What the new version says about the step from the old one."""
    return new.changes if new.changes is not None and new.changes.since == old.version else None


def _too_small(old: Rulebook, new: Rulebook, found: Diff, file: str) -> Iterator[Finding]:
    rose, asked = rise(old.version, new.version), needed(found)
    if rose is None or covers(rose, asked):
        return
    first = next(change for change in found.changes if change.bump is asked)
    mend = Message(
        "raise the version to {least}; labelqa rulebook diff lists the changes",
        {"least": least_version(old.version, asked)},
    )
    if all(change.declarable for change in found.changes if change.bump is asked):
        mend = Message(
            "raise the version to {least}, or let somebody declare under changes.same_meaning that the meaning stays; "
            "labelqa rulebook diff lists the changes",
            {"least": least_version(old.version, asked)},
        )  # fmt: skip
    text = N_("{version} is too small a step from {previous}: {part} asks for more ({why})")
    yield finding(
        "RB704", text, mend=mend, place=_place(file, "version"), version=new.version, previous=old.version,
        part=first.part, why=Message(REASONS[first.reason]),
    )  # fmt: skip


def _since(old: Rulebook, new: Rulebook, file: str) -> Iterator[Finding]:
    if new.changes is not None and new.changes.since != old.version:
        text = N_("the changes are told since {since}, but the version before is {previous}")
        mend = Message("tell them since {previous}", {"previous": old.version})
        yield finding(
            "RB705", text, mend=mend, place=_place(file, "changes", "since"), since=new.changes.since,
            previous=old.version,
        )  # fmt: skip


def _labels(old: Rulebook, new: Rulebook, file: str) -> Iterator[Finding]:
    changes = _about(old, new)
    if changes is None:
        return
    before, after = ({label.value for label in book.labels} for book in (old, new))
    told: set[str] = set()
    for index, change in enumerate(changes.labels):
        place = _place(file, "changes", "labels", index)
        for label in change.before:
            if label not in before:
                text = N_("the changes name {label}, which is no label of {version}")
                mend = Message("use a label of that version")
                yield finding("RB706", text, mend=mend, place=place, label=label, version=old.version)
            elif label in told:
                text = N_("the changes say twice what became of {label}")
                mend = Message("say it once, with all labels that it may be now")
                yield finding("RB706", text, mend=mend, place=place, label=label)
        for label in change.after:
            if label not in after:
                text = N_("the changes name {label}, which is no label of {version}")
                mend = Message("use a label of that version")
                yield finding("RB706", text, mend=mend, place=place, label=label, version=new.version)
        told.update(change.before)


def _vanished(old: Rulebook, new: Rulebook, file: str) -> Iterator[Finding]:
    changes = _about(old, new)
    told = {label for change in changes.labels for label in change.before} if changes else set()
    kept = {label.value for label in new.labels}
    for label in dict.fromkeys(each.value for each in old.labels):
        if label not in kept | told:
            text = N_("{label} is gone, and nothing says what its items carry now")
            mend = Message("add before and after to changes.labels; with after: [] where there is no successor")
            yield finding(
                "RB707",
                text,
                mend=mend,
                place=_place(file, "changes", "labels"),
                label=label,
            )


def _untold(old: Rulebook, new: Rulebook, file: str) -> Iterator[Finding]:
    if new.changes is None or not new.changes.summary:
        text = N_("{version} does not say what changed since {previous}")
        mend = Message("add changes with since and a summary: it is what people read first")
        yield finding(
            "RB708", text, mend=mend, severity=Severity.WARNING, place=_place(file, "changes"), version=new.version,
            previous=old.version,
        )  # fmt: skip


def _declaration(same: SameMeaning, change: Change | None, file: str, index: int) -> Iterator[Finding]:
    place = _place(file, "changes", "same_meaning", index)
    if not same.by.strip() or not same.reason:
        text = N_("the declaration for {part} does not say who declares it and why")
        mend = Message("fill in by and reason")
        yield finding("RB732", text, mend=mend, place=place, part=same.part)
    if change is None:
        text = N_("{part} is declared to mean the same, but it did not change")
        mend = Message("spell the part as labelqa rulebook diff does, or delete the declaration")
        yield finding("RB731", text, mend=mend, place=place, part=same.part)
    elif change.bump is Bump.MAJOR and not change.declarable and change.reason is Reason.THRESHOLD:
        text = N_("{part} is declared by {by} to mean the same, but its figures are others")
        mend = Message("delete the declaration; this change asks for a major version")
        yield finding("RB734", text, mend=mend, place=place, part=same.part, by=same.by)
    elif change.bump is Bump.MAJOR and not change.declarable:
        text = N_("{part} cannot be declared to mean the same: {why}")
        mend = Message("delete the declaration; this change asks for a major version")
        yield finding("RB733", text, mend=mend, place=place, part=same.part, why=Message(REASONS[change.reason]))
