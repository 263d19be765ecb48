"""Has any record been altered since last month? A manifest kept elsewhere, and the whole chain hashed again, say it.

Looks at the facts and their chain, quickly; everything that facts name by digest is the full verification's part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from labelqa.errors import Altered, BadInput, LabelqaError, NoWorkspace, Refused
from labelqa.i18n import N_
from labelqa.ledger import manifest
from labelqa.ledger.ranges import Source
from labelqa.records.manifest import Manifest, SinceState

NOT_CHECKED: Final = (
    N_("columns and indexes that are worked out from the facts"),
    N_("erasable texts"),
    N_("frozen files, imports and releases"),
)
LARGEST: Final = 64 * 2**20


def verify_since(source: Source, path: Path) -> SinceState:
    """Hash every fact again, and compare with what a manifest says of the ledger as it was."""
    told = read_manifest(path)
    with _reached():
        count, head, workspace = manifest.counted(source)
        if workspace != told.workspace:
            raise BadInput(
                "{name} is the manifest of the workspace {theirs}, and this is {ours}", name=path.name,
                theirs=told.workspace or "–", ours=workspace or "–",
            )  # fmt: skip
        found = manifest.chain_findings(source, count)
        found.add(manifest.compared(source, told, count, whole=not found))
    return SinceState(
        facts=count, head=head, since=told.made_at, known=told.facts, later=max(0, count - told.facts),
        findings=found.told(), found=len(found), not_checked=NOT_CHECKED,
    )  # fmt: skip


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file; BadInput when it cannot be read or is none."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput("{name} cannot be used: {why}", name=path.name, why=manifest.NOT_MANIFEST)
        content = path.read_bytes()
    except OSError as error:
        raise BadInput("{path} cannot be read ({why})", path=str(path), why=error.strerror or str(error)) from None
    return manifest.read(content, name=path.name)


def make_manifest(source: Source, *, now: datetime) -> Manifest:
    """What the ledger is now; Altered when its chain does not hold, since a manifest must not vouch for that."""
    with _reached():
        count, head, workspace = manifest.counted(source)
        if not count:
            raise Refused("the ledger holds no facts yet: there is nothing to write down")
        found = manifest.chain_findings(source, count)
        if found:
            raise Altered(
                "the chain does not hold ({n} findings), so no manifest is written: labelqa ledger verify names the facts",
                n=len(found),
            )
        return manifest.made(source, count=count, head=head, workspace=workspace, now=now)


def write_manifest(told: Manifest, out: Path) -> None:
    """Write a manifest to a file that is not there yet; Refused when it is, since an old one is worth keeping."""
    try:
        with out.open("xb") as file:
            file.write(manifest.written(told))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise Refused(
            "{path} is there already: name another file, an old manifest is worth keeping", path=str(out)
        ) from None


@contextmanager
def _reached() -> Iterator[None]:
    """What the databases' drivers say when a ledger cannot be read, as a sentence."""
    import sqlite3

    try:
        yield
    except LabelqaError:
        raise
    except sqlite3.DatabaseError as error:
        raise Altered("the ledger's file is damaged ({why}): restore it from a backup", why=str(error)) from None
    except Exception as error:
        if not type(error).__module__.startswith("pg8000"):
            raise
        told: Any = error.args[0] if error.args else ""
        why = str(told.get("M", "")) if isinstance(told, dict) else " ".join(str(told).split())
        raise NoWorkspace("the ledger's database cannot be read ({why})", why=why) from None
