"""What a handbook's cover says of a rulebook: its exact text, whether it is in force, from when, and who answers for it.

People are named as they are known on the day of reading. Nothing is written, and nothing is judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput
from labelqa.records.governance import Meaning, Release
from labelqa.records.names import Digest, PersonId
from labelqa.rulebook.document import parse
from labelqa.rulebook.force import ends, in_order
from labelqa.rulebook.lock import LOCK_FILE
from labelqa.rulebook.model import Rulebook, Text
from labelqa.rulebook.release import digest, release_bytes, release_name
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks.files import content, read_lock, released_bytes
from labelqa.workflows.rulebooks.sources import from_shelf, refuse_bare_name
from labelqa.workflows.signatures import signatures_of
from labelqa.workflows.state import read_state, shown_names

_NAMED: Final = re.compile(r"[^@\s/]+@[^@\s/]+")
NO_ZONE: Final = "UTC"  # without a workspace no times are known, and none are shown


class Status(StrEnum):
    """What a text is when it is handed out."""

    DRAFT = "draft"
    SHIPPED = "shipped"  # came with labelqa, and nobody here has released it
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature for readers; ``name`` is the pseudonym where the name is not known (any more)."""

    name: str
    person: PersonId
    meaning: Meaning
    digest: Digest
    at: datetime
    fact: int

    @property
    def named(self) -> bool:
        """Whether the person's name is known."""
        return self.name != self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One version in the history of a rulebook."""

    version: str
    digest: Digest
    released_at: datetime
    effective_from: datetime
    summary: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A rulebook with everything that is known of its making: times are UTC, None where there is none."""

    book: Rulebook
    digest: Digest
    status: Status
    signatures: tuple[Signed, ...] = ()
    released_at: datetime | None = None
    effective_from: datetime | None = None
    new_work_until: datetime | None = None  # when a later version takes over
    open_work_until: datetime | None = None  # when work under way under this one ends
    history: tuple[Past, ...] = ()  # this version's predecessors and itself, earliest first
    zone: str = NO_ZONE

    @property
    def approved(self) -> bool:
        """Whether two different people have approved exactly this text."""
        return len({each.person for each in self.signatures if each.meaning is Meaning.APPROVAL}) >= 2


def issued(desk: Desk | None, text: str, *, start: Path, shelf: Path) -> Issued:
    """What a person names, a file seen from ``start`` or NAME@VERSION, with what the ledger says of it.

    ``shelf`` is the folder of shipped rulebooks. A file that holds exactly the bytes of a release is that release.
    Without a workspace there are only files and shipped releases. Raises BadInput or Altered where the text cannot be
    found or read, or is not what was released.
    """
    book, of = _read(desk, text, start, shelf)
    status = _status(book, of, shelf)
    if desk is None:
        return Issued(book=book, digest=of, status=status)
    state, names = read_state(desk), shown_names(desk)
    signatures = tuple(
        Signed(
            name=names.get(each.person, each.person), person=each.person, meaning=each.meaning, digest=each.digest,
            at=each.at, fact=each.fact,
        )
        for each in signatures_of(state, f"rulebook:{release_name(book)}", of)
    )  # fmt: skip
    releases = in_order(state.rulebooks.get(book.name, ()))
    release = next((each for each in releases if (each.version, each.digest) == (book.version, of)), None)
    zone = desk.settings.timezone
    if release is None:
        return Issued(book=book, digest=of, status=status, signatures=signatures, zone=zone)
    service = ends(releases)[release.release]
    return Issued(
        book=book, digest=of, status=Status.RELEASED, signatures=signatures,
        released_at=state.facts.fact(release.fact).effective_at, effective_from=release.effective_from,
        new_work_until=service.new_work, open_work_until=service.open_work,
        history=_history(desk, releases, release), zone=zone,
    )  # fmt: skip


def _read(desk: Desk | None, text: str, start: Path, shelf: Path) -> tuple[Rulebook, Digest]:
    """The rulebook with the digest of its exact text."""
    path = start / text
    refuse_bare_name(text, path, shelf, released=() if desk is None else read_state(desk).releases)
    if path.is_file() or not _NAMED.fullmatch(text):
        data = release_bytes(content(path))
    elif desk is not None and text in read_state(desk).releases:
        data = released_bytes(desk, text)
    else:
        data = from_shelf(text, shelf).data
    document = parse(data, file=text)
    if document.rulebook is None:
        first = document.findings[0]
        raise BadInput(
            "{path} cannot be read as a rulebook: {place}: {first}; labelqa rulebook lint {path} lists everything",
            path=text, place=str(first.place), first=first.message,
        )  # fmt: skip
    return document.rulebook, digest(data)


def _status(book: Rulebook, of: Digest, shelf: Path) -> Status:
    known = read_lock(shelf / LOCK_FILE).entries.get(book.name, {}).get(book.version)
    return Status.SHIPPED if known is not None and known.digest == of else Status.DRAFT


def _history(desk: Desk, releases: Sequence[Release], last: Release) -> tuple[Past, ...]:
    facts = read_state(desk).facts
    return tuple(
        Past(
            version=each.version, digest=each.digest, released_at=facts.fact(each.fact).effective_at,
            effective_from=each.effective_from, summary=_summary(desk, each),
        )
        for each in releases
        if each.fact <= last.fact
    )  # fmt: skip


def _summary(desk: Desk, release: Release) -> Text:
    """What a version says of the one before; nothing where it says nothing."""
    book = parse(released_bytes(desk, release.release)).rulebook
    return book.changes.summary if book is not None and book.changes is not None else Text()
