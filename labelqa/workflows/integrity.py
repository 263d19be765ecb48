"""Is everything still as it was written? The ledger's chain, frozen files, counted imports, released rulebooks."""

from __future__ import annotations

from collections.abc import Iterator

from labelqa.errors import Altered, Message
from labelqa.frozen.store import file_digest
from labelqa.ledger.found import Found
from labelqa.ledger.verify import verify_into
from labelqa.ledger.view import Facts
from labelqa.records.facts import BatchFrozen, Fact, ImportCounted
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.governance import RulebookReleased
from labelqa.records.results import LedgerState
from labelqa.rulebook.lock import release_path
from labelqa.workflows.desk import Desk
from labelqa.workflows.registers.attachments import attachment_findings

RESTORE = Message("restore it from a backup, and find out who had access")


def verify_ledger(desk: Desk, *, head: str = "") -> LedgerState:
    """Verify the chain (and that it contains an earlier ``head``), then everything that its facts name by digest."""
    found = Found()
    count, last = verify_into(found, desk.ledger, head=head)
    try:
        found.add(_named(desk, desk.ledger.view()))
    except Altered as error:
        where = Place(subject="ledger")
        found.add([finding("LG006", "{why}", mend=RESTORE, place=where, why=error.message)])
    return LedgerState(facts=count, head=last, findings=tuple(found.told()), found=len(found))


def _named(desk: Desk, view: Facts) -> Iterator[Finding]:
    """What is wrong with the files, imports and releases that facts name."""
    known = view.of(BatchFrozen, ImportCounted, RulebookReleased)
    for fact in known:
        if isinstance(fact.body, BatchFrozen):
            yield from _frozen(desk, fact.body)
        elif isinstance(fact.body, ImportCounted):
            yield from _import(desk, fact.body)
        elif isinstance(fact.body, RulebookReleased):
            yield from _release(desk, fact.body)
    yield from _uncounted(desk, {fact.body.import_no for fact in known if isinstance(fact.body, ImportCounted)})
    yield from attachment_findings(desk, view)


def _frozen(desk: Desk, body: BatchFrozen) -> Iterator[Finding]:
    place = Place(subject=f"batch:{body.batch}")
    for digest in (body.annotations, body.items):
        path = desk.frozen.path(digest)
        if not path.is_file():
            yield finding(
                "LG101", "the frozen file {file} of batch {batch} is missing", mend=RESTORE, place=place, file=path.name,
                batch=body.batch,
            )  # fmt: skip
        elif file_digest(path) != digest:
            yield finding(
                "LG102", "the frozen file {file} of batch {batch} was altered", mend=RESTORE, place=place, file=path.name,
                batch=body.batch,
            )  # fmt: skip


def _import(desk: Desk, body: ImportCounted) -> Iterator[Finding]:
    place, file = Place(subject=f"import:{body.import_no}"), desk.ledger.text_of(body.file) or body.file[:12]
    try:
        count, digest = desk.intake.digest(body.import_no)
        contents = desk.intake.contents_digest(body.import_no)
    except Altered as error:
        yield finding("LG106", "import {number} cannot be read: {why}", mend=RESTORE, place=place,
                      number=body.import_no, why=error.message)  # fmt: skip
        return
    if contents != body.contents:
        yield finding(
            "LG107", "the items or people of import {number} ({file}) are not those that were counted", mend=RESTORE,
            place=place, number=body.import_no, file=file,
        )  # fmt: skip
    if (count, digest) != (body.added, body.digest):
        yield finding(
            "LG103", "the rows of import {number} ({file}) are not those that were counted: {count} rows, {added} counted",
            mend=RESTORE, place=place, number=body.import_no, file=file,
            count=count, added=body.added,
        )  # fmt: skip


def _uncounted(desk: Desk, told: set[int]) -> Iterator[Finding]:
    for number in sorted(desk.intake.counted() - told):
        yield finding(
            "LG105", "the rows of import {number} count, but no fact tells of it", mend=RESTORE,
            place=Place(subject=f"import:{number}"), number=number,
        )  # fmt: skip


def _release(desk: Desk, body: RulebookReleased) -> Iterator[Finding]:
    path = desk.settings.workspace / "rulebooks" / release_path(body.name, body.version)
    if not path.is_file() or file_digest(path) != body.digest:
        yield finding(
            "LG104", "the released rulebook {name} {version} is missing or was altered", mend=RESTORE,
            place=Place(file=str(path)), name=body.name, version=body.version,
        )  # fmt: skip


def facts(desk: Desk, *, kind: str = "", subject: str = "", last: int = 50) -> tuple[Fact, ...]:
    """The latest facts, oldest first; of one kind, about one subject (such as batch:NAME), or all."""
    return tuple(desk.ledger.view().latest(last, kind=kind, subject=subject))
