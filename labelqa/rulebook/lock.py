"""The lock file: which rulebook versions were released, with the digest of each file, so that none is touched later.

Reads and writes no files: text and bytes come in, values, text and findings go out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import Digest
from labelqa.rulebook.release import digest
from labelqa.rulebook.versions import Version, is_version

FORMAT: Final = 2
FORMATS: Final = (1, 2)  # those that are read; the first knew no dates and signatures
LOCK_FILE: Final = "lock.json"
DRAFT_FILE: Final = "draft.yaml"
CLARIFICATIONS: Final = "clarifications"  # the folder of a rulebook's answers between releases
_YAML: Final = (".yaml", ".yml")
_CLARIFICATION: Final = re.compile(rf"[^/]+/{CLARIFICATIONS}/(?:draft[^/]*|[1-9][0-9]*)\.yaml")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One released version: digest of its file, when (UTC) and by whom it was released, from when it counts.

    ``signatures`` are the pseudonyms of those who approved it; what ships with labelqa has none.
    """

    digest: Digest
    released_at: datetime
    by: str
    effective_from: datetime | None = None  # None: when it was released
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """Rulebook name → version → what was released."""

    entries: Mapping[str, Mapping[str, Locked]] = field(default_factory=dict)

    def versions(self, name: str) -> tuple[str, ...]:
        """The released versions of a rulebook, earliest first."""
        return tuple(sorted(self.entries.get(name, {}), key=Version.parse))

    def latest(self, name: str) -> str:
        """The latest released version; "" when there is none."""
        versions = self.versions(name)
        return versions[-1] if versions else ""

    def adding(self, name: str, version: str, locked: Locked) -> Lock:
        """A lock with one more version; ValueError when it is there already or is no version."""
        if not is_version(version):
            raise ValueError(f"expected MAJOR.MINOR.PATCH, got {version!r}")
        known = self.entries.get(name, {})
        if version in known:
            raise ValueError(f"{name} {version} is locked already; a release is never replaced")
        return Lock({**self.entries, name: {**known, version: locked}})


def release_path(name: str, version: str) -> str:
    """Where a release stands under the folder of rulebooks.

    >>> release_path("genai-safety", "1.0.0")
    'genai-safety/1.0.0.yaml'
    """
    return f"{name}/{version}.yaml"


def is_reserved(name: str) -> bool:
    """Whether no rulebook may have this name, since folders of clarifications have it."""
    return name.casefold() == CLARIFICATIONS


def render_lock(lock: Lock) -> str:
    """The lock as JSON, names and versions in order."""
    rulebooks = {
        name: {version: _plain(lock.entries[name][version]) for version in lock.versions(name)}
        for name in sorted(lock.entries)
    }
    return json.dumps({"format": FORMAT, "rulebooks": rulebooks}, ensure_ascii=False, indent=2) + "\n"


def _plain(locked: Locked) -> dict[str, Any]:
    told = {"digest": locked.digest, "released_at": locked.released_at.isoformat(), "by": locked.by}
    counts = {"effective_from": locked.effective_from.isoformat()} if locked.effective_from else {}
    return {**told, **counts, "signatures": list(locked.signatures)}


def parse_lock(source: bytes | str, *, file: str = LOCK_FILE) -> tuple[Lock | None, list[Finding]]:
    """Read a lock file of any format so far; None with a finding when it cannot be trusted. Never raises for its content."""
    try:
        data = json.loads(source)
        if data["format"] not in FORMATS:
            raise ValueError(f"format {data['format']!r}")
        entries = {name: dict(_versions(versions)) for name, versions in data["rulebooks"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return None, [_unreadable(file, f"{type(error).__name__}: {error}"[:200])]
    return Lock(entries), []


def _versions(versions: Mapping[str, Any]) -> Iterator[tuple[str, Locked]]:
    for version, entry in versions.items():
        released, by = _moment(entry["released_at"]), entry["by"]
        signatures = entry.get("signatures", [])
        if not is_version(version) or not _DIGEST.fullmatch(entry["digest"]):
            raise ValueError(f"version {version}")
        if (
            not isinstance(by, str)
            or not isinstance(signatures, list)
            or not all(isinstance(each, str) for each in signatures)
        ):
            raise TypeError(f"version {version}: by, signatures")
        yield version, Locked(
            digest=Digest(entry["digest"]), released_at=released, by=by, signatures=tuple(signatures),
            effective_from=_moment(entry["effective_from"]) if "effective_from" in entry else None,
        )  # fmt: skip


def _moment(text: str) -> datetime:
    """A time that says its zone; ValueError or TypeError otherwise."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return found


def _unreadable(file: str, why: str) -> Finding:
    text = N_("the lock file cannot be read: {why}")
    mend = Message("restore it from version control; it is written by labelqa rulebook release only")
    return finding("RB714", text, mend=mend, place=Place(file=file), why=why)


def verify_lock(lock: Lock, files: Mapping[str, bytes]) -> list[Finding]:
    """Compare releases with the lock: files touched, missing or unlisted, in the order of their paths.

    ``files`` holds everything under the folder of rulebooks by path, such as ``genai-safety/1.0.0.yaml``; a
    rulebook's draft, its clarifications and files that are not YAML are left alone.
    """
    listed = {
        release_path(name, version): locked
        for name, versions in lock.entries.items()
        for version, locked in versions.items()
    }
    released = {path for path in files if path.lower().endswith(_YAML) and not _left_alone(path)}
    found = [_compared(path, listed.get(path), files.get(path)) for path in sorted(released | listed.keys())]
    return [each for each in found if each is not None]


def _left_alone(path: str) -> bool:
    """NAME/draft.yaml, NAME/clarifications/draft*.yaml and NAME/clarifications/NUMBER.yaml, and nothing else."""
    name, _, rest = path.partition("/")
    return not is_reserved(name) and (rest == DRAFT_FILE or _CLARIFICATION.fullmatch(path) is not None)


def _compared(path: str, locked: Locked | None, data: bytes | None) -> Finding | None:
    place = Place(file=path)
    if locked is None:
        mend = Message("release it with labelqa rulebook release, or take it away")
        return finding("RB713", "{path} is not in the lock", mend=mend, place=place, path=path)
    if data is None:
        mend = Message("restore the file from version control")
        return finding("RB712", "{path} is locked, but the file is missing", mend=mend, place=place, path=path)
    if digest(data) != locked.digest:
        mend = Message("restore the file from version control; changes belong in draft.yaml and a new version")
        return finding("RB711", "{path} is not what was released", mend=mend, place=place, path=path)
    return None
