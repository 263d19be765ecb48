"""Makes a rulebook version final: its exact bytes, their digest, and whether anything forbids the release.

Reads and writes no files. The release file is the author's draft, comments and all, with one spelling of line ends; its
digest is taken over exactly these bytes.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import Digest, ReleaseName
from labelqa.rulebook.model import FORMATS, Rulebook
from labelqa.rulebook.versions import Version, is_version

# code -> what it stands for
RELEASE_CODES: Final[dict[str, str]] = {
    "RB701": N_("The version is not later than the one released before"),
    "RB702": N_("The version or format cannot be released"),
    "RB703": N_("The name or kind differs from the one released before"),
    "RB711": N_("A released file was changed"),
    "RB712": N_("A released file is missing"),
    "RB713": N_("A file is not in the lock"),
    "RB714": N_("The lock file cannot be read"),
    "RB715": N_("The lock and the ledger do not agree"),
    "RB716": N_("A signature is not on what it is said to approve"),
    "RB717": N_("A release stands without anybody's approval"),
    "RB721": N_("A clarification's file was changed"),
    "RB722": N_("A clarification's file is missing"),
    "RB723": N_("A clarification was never issued"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What the ledger keeps of a release, besides its digest."""

    name: str
    version: str
    kind: str
    title: dict[str, str]
    control: str
    labels: list[str]
    rules: int
    examples: int


def release_name(book: Rulebook) -> ReleaseName:
    """NAME@VERSION."""
    return ReleaseName(f"{book.name}@{book.version}")


def release_bytes(draft: bytes) -> bytes:
    """The bytes of the release file: the draft without byte order mark, lines ended by LF, one at the end.

    >>> release_bytes(b"format: 1\\r\\n\\r\\n")
    b'format: 1\\n'
    """
    lines = draft.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return lines.rstrip(b"\n") + b"\n"


def digest(data: bytes) -> Digest:
    """sha256 of exactly these bytes."""
    return Digest(hashlib.sha256(data).hexdigest())


def outline(book: Rulebook) -> Outline:
    """Names and counts for the ledger's fact."""
    return Outline(
        name=book.name,
        version=book.version,
        kind=book.kind.value,
        title=book.title.plain(),
        control=book.control,
        labels=[label.value for label in book.labels],
        rules=len(book.rules),
        examples=sum(len(rule.examples) for rule in book.rules),
    )


def check_release(
    book: Rulebook, findings: Iterable[Finding], previous: Rulebook | None, *, file: str = ""
) -> list[Finding]:
    """What forbids the release: errors among ``findings`` (of parse and lint), and errors against ``previous``.

    ``previous`` is the latest version released, None before the first. An empty list means: release it.
    """
    blocking = [each for each in findings if each.severity is Severity.ERROR]
    return [*blocking, *_against_form(book, file), *(_against(book, previous, file) if previous else ())]


def _against_form(book: Rulebook, file: str) -> list[Finding]:
    if book.format in FORMATS and is_version(book.version):
        return []
    text = N_("version {version}, format {format} cannot be released")
    mend = Message("write MAJOR.MINOR.PATCH, such as 1.2.0, and a format that this version of labelqa reads")
    place = Place(file=file, subject="version")
    return [finding("RB702", text, mend=mend, place=place, version=book.version, format=book.format)]


def _against(book: Rulebook, previous: Rulebook, file: str) -> list[Finding]:
    found: list[Finding] = []
    if (book.name, book.kind) != (previous.name, previous.kind):
        text = N_("the releases so far are called {name} and are of kind {kind}")
        mend = Message("start a new rulebook for another name or kind")
        place = Place(file=file, subject="name")
        found.append(finding("RB703", text, mend=mend, place=place, name=previous.name, kind=previous.kind.value))
    both = is_version(book.version) and is_version(previous.version)
    if both and Version.parse(book.version) <= Version.parse(previous.version):
        text = N_("version {version} is not later than {previous}")
        mend = Message("raise the version of the draft")
        place = Place(file=file, subject="version")
        found.append(finding("RB701", text, mend=mend, place=place, version=book.version, previous=previous.version))
    return found
