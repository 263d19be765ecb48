"""Final labels go out: checked, written by the writers that the caller brings, and recorded with their digests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from labelqa.errors import BadInput, LabelqaError
from labelqa.frozen.store import file_digest
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, LabelsExported
from labelqa.records.handed import FinalLabel, Handed, HandedBatch
from labelqa.records.names import Digest
from labelqa.workflows.desk import Desk
from labelqa.workflows.exporting.allowed import Leaving, leaving, unchanged
from labelqa.workflows.exporting.rows import Rows
from labelqa.workflows.people import find_person
from labelqa.workflows.state import fold, read_state

Write: TypeAlias = Callable[[Path, Iterable[FinalLabel]], Sequence[Path]]  # writes the rows, gives the files
Describe: TypeAlias = Callable[[Path, "Outgoing", Mapping[str, Digest]], Sequence[Path]]  # and what is said of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: ``reason`` goes with ``force`` only; ``content``: whether a writer needs what items showed."""

    batches: Sequence[str]
    by: str
    recipient: str = ""
    force: bool = False
    reason: str = ""
    content: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What the description of an export is made from."""

    workspace: str
    batches: tuple[HandedBatch, ...]
    items: int
    recipient: str
    reason: str
    platforms: tuple[str, ...]  # registered labeling platforms: name and version


def export_labels(desk: Desk, order: Order, *, out: Path, write: Write, describe: Describe) -> Handed:
    """Write the final labels of batches into a folder and record that they went out, with the digest of every file.

    ``write`` gets the rows once, ``describe`` what was counted and the digests of the files so far; both write into
    ``out`` and name their files. Raises Refused where a batch may not go out (see
    :func:`labelqa.workflows.exporting.allowed.leaving`), BadInput where the folder holds something. After an error the
    folder is as it was.
    """
    state = read_state(desk)
    by = find_person(desk, order.by)
    found = leaving(desk, state, order.batches, force=order.force, reason=order.reason)
    rows = Rows(found, content=order.content)
    made = _new_folder(out)
    written: list[Path] = []
    try:
        files = _written(write(out, rows), written)
        told = _outgoing(found, rows, order)
        files |= _written(describe(out, told, files), written)
        fact = _record(desk, found, told, order, by=by, files=files)
    except BaseException:
        _take_back(out, made=made)
        raise
    return Handed(
        export=fact[1], items=told.items, files=files, batches=told.batches, forced=found.forced,
        reason=order.reason.strip(), recipient=order.recipient, fact=fact[0],
    )  # fmt: skip


def _written(paths: Sequence[Path], so_far: list[Path]) -> dict[str, Digest]:
    so_far += paths
    return {path.name: file_digest(path) for path in paths}


def _outgoing(found: Leaving, rows: Rows, order: Order) -> Outgoing:
    from labelqa.records.registers import Register
    from labelqa.workflows.registers.entries import entries

    batches = rows.handed()
    platforms = entries(found.desk, Register.PLATFORM)
    return Outgoing(
        workspace=found.desk.settings.name, batches=batches, items=sum(each.exported for each in batches),
        recipient=order.recipient, reason=order.reason.strip(),
        platforms=tuple(f"{each.data.get('name', '')} {each.data.get('version', '')}".strip() for each in platforms),
    )  # fmt: skip


def _record(
    desk: Desk, found: Leaving, told: Outgoing, order: Order, *, by: str, files: Mapping[str, Digest]
) -> tuple[int, str]:
    names = [str(batch.name) for batch in found.batches]
    body = LabelsExported(
        export=desk.new_id("export"), batches=names, items=told.items, files=dict(files), recipient=order.recipient,
        forced=[str(each) for each in found.forced], reason=order.reason.strip(), by=by,
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        unchanged(found, fold(facts, desk.settings.qualification_days))

    subjects = (f"export:{body.export}", *(f"batch:{name}" for name in names), f"person:{by}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return fact.seq, body.export


def _new_folder(out: Path) -> bool:
    """Make the folder, or take it where it is empty; whether it was made."""
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise BadInput("{path} is not an empty folder: name a new one, so that nothing is mixed up", path=str(out))
    if out.is_dir():
        return False
    try:
        out.mkdir(mode=0o700)
    except OSError as error:
        raise LabelqaError(
            "{path}: the folder cannot be made ({why}); check its rights", path=str(out), why=str(error)
        ) from error
    return True


def _take_back(out: Path, *, made: bool) -> None:
    """Remove what was written into a folder that was new or empty."""
    for each in out.iterdir():
        each.unlink(missing_ok=True)
    if made:
        out.rmdir()
