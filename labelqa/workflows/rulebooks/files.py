"""The workspace's folder of rulebooks: what stands in it, written whole or not at all, and checked when it is read.

Nothing here decides what may be released.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from labelqa.errors import Altered, BadInput
from labelqa.records.governance import RulebookReleased
from labelqa.rulebook.document import LIMIT, parse
from labelqa.rulebook.lock import LOCK_FILE, Lock, parse_lock, release_path
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.release import digest, release_bytes
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import read_state

FOLDER: Final = "rulebooks"


def folder_of(desk: Desk) -> Path:
    """Where the workspace keeps its rulebooks."""
    return desk.settings.workspace / FOLDER


def content(path: Path) -> bytes:
    """A file's bytes, no more than one beyond what a rulebook may have; BadInput when it cannot be read."""
    try:
        with path.open("rb") as held:
            return held.read(LIMIT + 1)
    except OSError as error:
        raise BadInput("{path} cannot be read: {why}", path=str(path), why=error.strerror or "?") from None


def draft_bytes(path: Path) -> bytes:
    """What a draft becomes when it is released: exactly these bytes are checked, signed and written.

    A draft that is too large stays as it is, for the check to refuse it: only its beginning was read.
    """
    data = content(path)
    return data if len(data) > LIMIT else release_bytes(data)


def write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    with staged.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    staged.replace(path)


def released_bytes(desk: Desk, release: str) -> bytes:
    """The file of a release, checked against the digest in the ledger; Altered when it is not what was released."""
    body = read_state(desk).release(release)
    return _checked(desk, body)


def released_book(desk: Desk, release: str) -> Rulebook:
    """The rulebook of a release, its file checked against the digest in the ledger."""
    body = read_state(desk).release(release)
    path = folder_of(desk) / release_path(body.name, body.version)
    book = _read(_checked(desk, body))
    if book is None:
        raise _altered(path)
    return book


@lru_cache(maxsize=8)  # a week asks for the same few books again and again; their bytes are checked every time
def _read(data: bytes) -> Rulebook | None:
    return parse(data).rulebook


def _checked(desk: Desk, body: RulebookReleased) -> bytes:
    path = folder_of(desk) / release_path(body.name, body.version)
    data = content(path)
    if digest(data) != body.digest:
        raise _altered(path)
    return data


def _altered(path: Path) -> Altered:
    return Altered("the released rulebook {path} was changed: restore it from a backup", path=str(path))


def read_lock(path: Path) -> Lock:
    """A lock file, empty where there is none; Altered when it cannot be read."""
    if not path.is_file():
        return Lock()
    lock, findings = parse_lock(path.read_bytes(), file=str(path))
    if lock is None:
        raise Altered(
            "{path} cannot be read ({why}): restore it from a backup", path=str(path), why=str(findings[0].message)
        )
    return lock


def lock_of(desk: Desk) -> Lock:
    """What the workspace's lock says of the releases that the ledger knows; the rest was never finished."""
    lock, known = read_lock(folder_of(desk) / LOCK_FILE), read_state(desk).releases
    ours = {
        name: {v: each for v, each in versions.items() if f"{name}@{v}" in known}
        for name, versions in lock.entries.items()
    }
    return Lock({name: versions for name, versions in ours.items() if versions})


def latest_book(desk: Desk, name: str) -> Rulebook | None:
    """The latest version released in this workspace; None before the first."""
    releases = read_state(desk).releases_of(name)
    return released_book(desk, releases[-1].release) if releases else None
