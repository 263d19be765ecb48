"""Two versions of a rulebook side by side: what changed, what it counts for, whom and which labels it concerns.

A version is named as a file, or as NAME@VERSION: released in the workspace, else shipped with labelqa. Nothing is
written, and no workspace is needed for files and shipped releases.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput
from labelqa.records.finding import Finding, Severity
from labelqa.records.governance import Bump, Release
from labelqa.rulebook.diff import Diff, check_changes, diff, material, needed, question_changes, rise, touched_labels
from labelqa.rulebook.document import LIMIT, parse
from labelqa.rulebook.lock import release_path
from labelqa.rulebook.mapping import Comparable, comparable, of_book
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.release import digest, release_bytes, release_name
from labelqa.workflows.desk import Desk

_NAMED: Final = re.compile(r"[a-z0-9][a-z0-9-]*@[0-9]+\.[0-9]+\.[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version as it was named: its text, the digest that a release of it has, and its dates where it was released.

    ``zone`` is the time zone of the workspace that released it.
    """

    told: str
    book: Rulebook
    digest: str
    release: Release | None = None
    zone: str = "UTC"

    @property
    def name(self) -> str:
        """NAME@VERSION."""
        return release_name(self.book)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """All that is to be told of the way from one version to another.

    ``asked`` is the least bump, ``rose`` how far the version number rose (None: it did not). ``labels`` tells how
    labels can be compared across both. ``findings`` are what forbids to release the newer one after the older, and
    what to ask about before.
    """

    old: Edition
    new: Edition
    found: Diff
    asked: Bump
    rose: Bump | None
    material: bool
    touched: tuple[str, ...]
    labels: Comparable
    findings: tuple[Finding, ...]


def compare(old: Edition, new: Edition) -> Compared:
    """Compare two versions. BadInput when they are of different rulebooks."""
    if old.book.name != new.book.name:
        raise BadInput(
            "{old} and {new} are different rulebooks: only versions of one can be compared", old=old.name, new=new.name
        )
    found = diff(old.book, new.book)
    touched = touched_labels(old.book, new.book, found=found)
    told = new.told if new.release is None else new.name
    return Compared(
        old=old, new=new, found=found, asked=needed(found), rose=rise(old.book.version, new.book.version),
        material=material(found),
        touched=tuple(label.value for label in old.book.labels if label.value in touched),
        labels=comparable([of_book(old.book), of_book(new.book)]),
        findings=(*check_changes(old.book, new.book, told), *question_changes(old.book, new.book, told))
        if found else (),
    )  # fmt: skip


def find_edition(
    told: str, *, start: Path, shelf: Path, desk: Callable[[], AbstractContextManager[Desk] | None]
) -> Edition:
    """The version that a person names: a file seen from ``start``, else a release of the workspace, else one of
    ``shelf``, the folder of shipped rulebooks.

    ``desk`` opens the workspace, if there is one; it is only called for a name. BadInput when nothing is found or it cannot be read.
    """
    path = start / told
    if path.is_file() or not _NAMED.fullmatch(told):
        return _of_file(told, path)
    if (opened := desk()) is not None:
        with opened as held:
            if (here := _of_workspace(held, told)) is not None:
                return here
    name, _, version = told.partition("@")
    shipped = shelf / release_path(name, version)
    if not shipped.is_file():
        raise BadInput(
            "{name} is neither released in this workspace nor shipped with labelqa: name a file, or NAME@VERSION as "
            "labelqa rulebook list shows it",
            name=told,
        )  # fmt: skip
    return _of_file(told, shipped)


def _of_workspace(desk: Desk, told: str) -> Edition | None:
    from labelqa.workflows.rulebooks import released_book
    from labelqa.workflows.state import read_state

    state = read_state(desk)
    if told not in state.releases:
        return None
    dated = next((each for each in state.releases_of(told) if each.release == told), None)
    return Edition(
        told=told, book=released_book(desk, told), digest=state.release(told).digest, release=dated,
        zone=desk.settings.timezone,
    )  # fmt: skip


def _of_file(told: str, path: Path) -> Edition:
    try:
        if path.stat().st_size > LIMIT:
            raise BadInput("{path} is larger than the limit of {limit} bytes", path=told, limit=LIMIT)
        data = path.read_bytes()
    except OSError as error:
        raise BadInput("{path} cannot be read: {why}", path=told, why=error.strerror or str(error)) from None
    document = parse(data, file=told)
    if document.rulebook is None:
        first = next(each for each in document.findings if each.severity is Severity.ERROR)
        raise BadInput(
            "{path} cannot be read as a rulebook: {first} ({place}); labelqa rulebook lint {path} lists everything",
            path=told, first=first.message, place=str(first.place),
        )  # fmt: skip
    return Edition(told=told, book=document.rulebook, digest=digest(release_bytes(data)))
