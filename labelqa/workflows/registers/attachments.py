"""Files that a fact names by digest: assessment reports, contracts, training materials; kept once, never changed.

A file stands in WORKSPACE/attachments under the sha256 of its bytes, where only its owner can read it, and appears
whole or not at all. Links are not followed. What a file says is nobody's business here.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from labelqa.errors import Altered, BadInput, LabelqaError, Message, WrongUsage
from labelqa.frozen.store import file_digest
from labelqa.ledger.view import Facts
from labelqa.records.facts import (
    AttachmentErased,
    CardRecorded,
    IncidentNoted,
    LogAttached,
    PaperRegistered,
    RegisterEntered,
    TrainingHeld,
)
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import Digest
from labelqa.workflows.desk import Desk

FOLDER: Final = "attachments"
NAMING: Final = (
    RegisterEntered,
    IncidentNoted,
    CardRecorded,
    TrainingHeld,
    PaperRegistered,
    LogAttached,
)  # bodies that name attachments
_PIECE: Final = 1 << 20
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_LINKS: Final[int] = getattr(os, "O_NOFOLLOW", 0)


def keep(desk: Desk, path: Path) -> Digest:
    """Keep a copy of a file and give its sha256; the same content is kept once.

    Raises BadInput for what is no file, is a link, is empty, cannot be read or is over the workspace's size limit;
    LabelqaError where the workspace cannot be written.
    """
    with _opened(path) as source:
        folder = _folder(desk)
        staged = folder / f".staged-{secrets.token_hex(8)}"
        try:
            digest = _copied(source, staged, path, limit=desk.settings.max_file_mb << 20)
            staged.replace(folder / digest)
            _settle(folder)
        except OSError as error:
            raise LabelqaError(
                "{path}: the file cannot be written ({why}); check the folder and its rights", path=str(folder),
                why=str(error),
            ) from error  # fmt: skip
        finally:
            staged.unlink(missing_ok=True)
    return digest


def attached(desk: Desk, digest: str) -> Path:
    """Where a kept file stands, its bytes checked; Altered where it is missing or altered, BadInput for no digest."""
    if not _DIGEST.fullmatch(digest):
        raise BadInput("{digest} is no sha256: 64 digits and letters from a to f", digest=digest)
    path = desk.settings.workspace / FOLDER / digest
    if not _is_file(path):
        raise Altered("the attachment {digest} is missing: restore it from a backup", digest=digest)
    if file_digest(path) != digest:
        raise Altered("the attachment {digest} was altered: restore it from a backup", digest=digest)
    return path


def pair(text: str) -> tuple[str, Path]:
    """TITLE=FILE as it is typed; WrongUsage for anything else.

    >>> pair("assessment 2026=report.pdf")
    ('assessment 2026', PosixPath('report.pdf'))
    """
    title, sign, file = text.partition("=")
    if not (sign and title.strip() and file.strip()):
        raise WrongUsage("--attach {text}: write TITLE=FILE, such as report=report.pdf", text=text)
    return title.strip(), Path(file.strip())


def kept(desk: Desk, pairs: Iterable[tuple[str, Path]], *, start: Path) -> list[list[str]]:
    """Keep several files and give ``[title, digest]`` of each, as bodies of facts hold them; paths from ``start``."""
    return [[title, keep(desk, start / path)] for title, path in pairs]


def named(body: Any) -> list[list[str]]:
    """The attachments that the body of a fact names: ``[title, digest]`` each."""
    if isinstance(body, PaperRegistered):
        return [[body.title, body.paper]]
    if isinstance(body, LogAttached):
        return [[body.server, body.digest]] if body.kept else []
    held: list[list[str]] = getattr(body, "attachments", None) or getattr(body, "materials", None) or []
    return held


def attachment_findings(desk: Desk, facts: Facts) -> Iterator[Finding]:
    """Attachments that facts name and that are missing or altered; erased ones are told as what they are."""
    erased = {fact.body.attachment: fact for fact in facts.of(AttachmentErased)}
    seen: set[str] = set()
    for fact in facts.of(*NAMING):
        for title, digest in named(fact.body):
            if digest in seen or not _DIGEST.fullmatch(digest):
                continue
            seen.add(digest)
            place = Place(subject=f"fact:{fact.seq}")
            if digest in erased:
                yield _erased(digest, title, place, erased[digest].seq, there=_is_file(_path(desk, digest)))
            else:
                yield from _state(_path(desk, digest), digest, title, place)


def _state(path: Path, digest: str, title: str, place: Place) -> Iterator[Finding]:
    mend = Message("restore it from a backup, and find out who had access")
    if not _is_file(path):
        yield finding(
            "LG110", "the attachment {title} ({digest}) is missing", mend=mend, place=place, title=title,
            digest=digest[:12],
        )  # fmt: skip
    elif file_digest(path) != digest:
        yield finding(
            "LG111", "the attachment {title} ({digest}) was altered", mend=mend, place=place, title=title,
            digest=digest[:12],
        )  # fmt: skip


def _erased(digest: str, title: str, place: Place, fact: int, *, there: bool) -> Finding:
    if there:
        return finding(
            "LG113", "the attachment {title} ({digest}) was erased by fact {fact} and is there again",
            mend=Message("remove the file: its time of keeping is over"), place=place, severity=Severity.WARNING,
            title=title, digest=digest[:12], fact=fact,
        )  # fmt: skip
    return finding(
        "LG112", "the attachment {title} ({digest}) was erased after its time of keeping: fact {fact}",
        mend=Message("nothing: this is as it should be"), place=place, severity=Severity.NOTE, title=title,
        digest=digest[:12], fact=fact,
    )  # fmt: skip


def digests(bodies: Sequence[Any]) -> set[str]:
    """Every attachment that some bodies name."""
    return {digest for body in bodies for _, digest in named(body)}


def _path(desk: Desk, digest: str) -> Path:
    return desk.settings.workspace / FOLDER / digest


def _is_file(path: Path) -> bool:
    """Whether there is a file of its own, not a link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _folder(desk: Desk) -> Path:
    """The folder of the attachments, readable by its owner only; a link in its place is refused."""
    folder = desk.settings.workspace / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LabelqaError(
            "{path}: the folder cannot be made ({why}); check its rights", path=str(folder), why=str(error)
        ) from error
    if folder.is_symlink():
        raise BadInput("{path} is a link: attachments are kept in the workspace itself", path=str(folder))
    return folder


def _opened(path: Path) -> BinaryIO:
    if path.is_symlink():
        raise BadInput("{path} is a link: name the file itself", path=str(path))
    try:
        number = os.open(path, os.O_RDONLY | _LINKS | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(path), why=error.strerror) from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
    return os.fdopen(number, "rb")


def _copied(source: BinaryIO, target: Path, path: Path, *, limit: int) -> Digest:
    """Copy what can be read, up to the limit, and give its sha256."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _LINKS, 0o600), "wb") as out:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise BadInput(
                    "{path}: larger than {limit} MB, the max_file_mb of this workspace; nothing was kept",
                    path=str(path), limit=limit >> 20,
                )  # fmt: skip
            digest.update(piece)
            out.write(piece)
        if not size:
            raise BadInput("{path}: the file is empty, so it proves nothing", path=str(path))
        out.flush()
        os.fsync(out.fileno())
    return Digest(digest.hexdigest())


def _settle(folder: Path) -> None:
    """Make the new name durable before a fact speaks of it, where folders can be synchronised."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
