"""What is signed and released: a draft of one's own, a release that ships with labelqa, or one made here before.

A source holds exactly the bytes that signatures and releases are about. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from labelqa.errors import Altered, BadInput, Refused
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Severity
from labelqa.records.names import Digest, ReleaseName
from labelqa.rulebook.document import parse
from labelqa.rulebook.lock import LOCK_FILE, release_path
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.release import digest, release_name
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks.files import content, draft_bytes, read_lock, released_bytes
from labelqa.workflows.state import read_state

_BARE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_NAMED: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}@[0-9]+\.[0-9]+\.[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A rulebook about to be signed or released: its exact bytes, and what the checks say of them."""

    told: str  # as it was named: a file, or NAME@VERSION
    place: str  # the file that findings name
    data: bytes
    book: Rulebook
    findings: tuple[Finding, ...]
    adopted: bool  # the text came with labelqa

    @property
    def release(self) -> ReleaseName:
        """NAME@VERSION."""
        return release_name(self.book)

    @property
    def document(self) -> str:
        """What its signatures call it."""
        return f"rulebook:{self.release}"

    @property
    def digest(self) -> Digest:
        """sha256 of the bytes."""
        return digest(self.data)


def lint_rulebook(path: Path) -> tuple[Rulebook | None, list[Finding]]:
    """The rulebook of a file (None when it cannot be read as one) and everything the checks say of it."""
    return _linted(draft_bytes(path), path)


def _linted(data: bytes, path: Path) -> tuple[Rulebook | None, list[Finding]]:
    from labelqa.rulebook.lint import lint

    document = parse(data, file=str(path))
    found = list(document.findings)
    if document.rulebook is not None:
        found += lint(document.rulebook, document.positions)
    return document.rulebook, found


def from_file(path: Path) -> Source:
    """A draft; Refused when it cannot be read as a rulebook."""
    data = draft_bytes(path)
    book, findings = _linted(data, path)
    if book is None:
        raise forbidden(str(path), findings)
    return Source(told=str(path), place=str(path), data=data, book=book, findings=tuple(findings), adopted=False)


def from_name(desk: Desk, release: str, shelf: Path) -> Source:
    """A release made in this workspace, else one that ships with labelqa."""
    if release in read_state(desk).releases:
        data = released_bytes(desk, release)
        return _named(release, data, place=release, adopted=False)
    return from_shelf(release, shelf)


def from_shelf(release: str, shelf: Path) -> Source:
    """A release that ships with labelqa, as its lock knows it: it was checked before it was shipped.

    ``shelf`` is the folder of shipped rulebooks. BadInput when it has no such release, Altered when its file is not
    what the lock says.
    """
    name, _, version = release.partition("@")
    lock, path = read_lock(shelf / LOCK_FILE), shelf / release_path(name, version)
    locked = lock.entries.get(name, {}).get(version)
    if locked is None:
        known = ", ".join(f"{each}@{one}" for each in sorted(lock.entries) for one in lock.versions(each))
        raise BadInput("no release {release} ships with labelqa: these do: {known}", release=release, known=known)
    if not path.is_file() or digest(data := content(path)) != locked.digest:
        raise Altered(
            "{path} is not the release that was shipped: install labelqa again before anybody signs it", path=str(path)
        )
    return _named(release, data, place=str(path), adopted=True)


def _named(release: str, data: bytes, *, place: str, adopted: bool) -> Source:
    book = parse(data, file=place).rulebook
    if book is None or release_name(book) != release:
        raise Altered("{path} is not the release that was shipped: install labelqa again before anybody signs it",
                      path=place)  # fmt: skip
    return Source(told=release, place=place, data=data, book=book, findings=(), adopted=adopted)


def find_source(desk: Desk, text: str, *, start: Path, shelf: Path) -> Source:
    """What a person names: a file seen from ``start``, else NAME@VERSION."""
    path = start / text
    if not path.is_file() and _NAMED.fullmatch(text):
        return from_name(desk, text, shelf)
    refuse_bare_name(text, path, shelf, released=read_state(desk).releases)
    return from_file(path)


def refuse_bare_name(text: str, path: Path, shelf: Path, *, released: Iterable[str] = ()) -> None:
    """BadInput for a name without its version, where no such file is there; it says which versions there are."""
    if path.exists() or not _BARE.fullmatch(text):
        return
    lock = read_lock(shelf / LOCK_FILE)
    shipped = (f"{name}@{version}" for name in lock.entries for version in lock.versions(name))
    known = sorted({each for each in (*released, *shipped) if each.startswith(f"{text}@")})
    if known:
        raise BadInput(
            "{name} is no file; a release is named with its version: {known}", name=text, known=", ".join(known)
        )


class Forbidden(Refused):
    """A text whose checks found errors; ``findings`` are all of them."""

    def __init__(self, text: str, /, *, findings: Sequence[Finding], **values: Any) -> None:
        super().__init__(text, **values)
        self.findings = tuple(findings)


def forbidden(told: str, findings: Sequence[Finding]) -> Forbidden:
    """The refusal of a text in which the lint found errors."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    text = N_(
        "{path} cannot be released: {n} errors, the first at {place}: {first}; labelqa rulebook lint {path} lists them all"
    )
    first = errors[0]
    return Forbidden(text, findings=findings, path=told, n=len(errors), place=str(first.place), first=first.message)


def unfit(told: str, findings: Sequence[Finding]) -> Forbidden:
    """The refusal of a text that does not fit what was released and clarified before; the lint does not look at that."""
    first = next(each for each in findings if each.severity is Severity.ERROR)
    text = N_("{path} cannot be released: {first}; {mend}")
    return Forbidden(text, findings=findings, path=told, first=first.message, mend=first.mend)
