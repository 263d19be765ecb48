"""Corrections that people made where the label was made: changes, after the freeze, of answers of a frozen batch.

Read from the intake as it stands; nothing is decided or recorded here.
"""

from __future__ import annotations

from collections.abc import Collection

from labelqa.frozen import texts
from labelqa.intake import AnnotationRow
from labelqa.records.batch import Batch
from labelqa.records.clock import micros
from labelqa.records.facts import ImportCounted
from labelqa.records.finding import Place
from labelqa.records.names import ItemId
from labelqa.records.review import Identity
from labelqa.workflows.desk import Desk
from labelqa.workflows.labels import answers, label_of
from labelqa.workflows.matching import moment
from labelqa.workflows.population import frozen_of
from labelqa.workflows.sending.rework_judging import Answered
from labelqa.workflows.sync.applying import FORMAT


def revised(desk: Desk, batch: Batch, items: Collection[ItemId], server: str) -> list[Answered]:
    """What the frozen answers of a server on these items were changed to after the freeze, as answers to what was found.

    The hand is whoever changed it last. Answers that were added since are none of the batch's and are not looked at.
    """
    numbers = desk.intake.numbers(items)
    if not numbers:
        return []
    frozen, since = _frozen(desk, batch, items), micros(frozen_of(batch).at)
    changed = [
        row
        for row in desk.intake.annotations(item_nos=numbers)
        if row.rev > frozen.get(row.annotation, row.rev)
        and row.server == server
        and row.updated_at is not None
        and row.updated_at >= since
    ]
    synced = _synced(desk) if changed else frozenset()
    return [_answered(row, numbers[row.item_no], batch, known=row.import_no in synced) for row in changed]


def _synced(desk: Desk) -> frozenset[int]:
    """The imports that were read from a server, whose accounts say who answered; a file says what its writer wants."""
    told = desk.ledger.view().of(ImportCounted)
    return frozenset(fact.body.import_no for fact in told if fact.body.format == FORMAT)


def _frozen(desk: Desk, batch: Batch, items: Collection[ItemId]) -> dict[int, int]:
    """The annotations of these items in the frozen batch, each with the revision that was frozen."""
    import pyarrow.compute as pc

    wanted = pc.field("item_id").isin(texts(items))
    table = desk.frozen.read(frozen_of(batch).annotations, ["annotation", "rev"], where=wanted)
    return dict(zip(table.column("annotation").to_pylist(), table.column("rev").to_pylist(), strict=True))


def _answered(row: AnnotationRow, item: ItemId, batch: Batch, *, known: bool) -> Answered:
    label = label_of(answers(row.value), batch.control)
    return Answered(
        item_id=item, person=row.editor or row.person, label=(label or "").strip(), at=moment(row.updated_at or 0),
        skipped=row.skipped, source=True,
        identity=Identity.AUTHENTICATED if known else Identity.IMPORTED, place=Place(subject=f"revision:{row.rev}"),
    )  # fmt: skip
