"""The frozen tables of a recheck: the items that are looked at again, as they were shown and labelled then.

Rows are copied from the sources; only the numbering and the labels that were renamed are new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelqa.frozen import ANNOTATIONS, ITEMS
from labelqa.records.names import Digest, ItemId
from labelqa.sampling import frame_digest
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.rechecking.gathered import Gathered


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckTables:
    """What was written."""

    annotations: Digest
    items: Digest
    frame: Digest
    n_annotations: int


def recheck_tables(desk: Desk, sources: Sequence[Gathered], labels: Sequence[str]) -> RecheckTables:
    """Write both tables; rows by item id in code-point order, then by person, as a freeze does."""
    carried = {item: label for each in sources for item, label in each.carried.items()}
    number = {item: at for at, item in enumerate(sorted(carried))}
    label_no = {label: at for at, label in enumerate(labels)}
    items = [
        row | {"item_no": number[row["item_id"]], "label": label, "label_no": label_no[label], "disputed": False}
        for each in sources
        for row in _rows(desk, frozen_of(each.batch).items, each.carried)
        for label in [carried[row["item_id"]]]
    ]
    items.sort(key=lambda row: row["item_no"])
    made = [
        row | {"item_no": number[row["item_id"]], "label_no": label_no.get(row["label"], -1)}
        for each in sources
        for row in _rows(desk, frozen_of(each.batch).annotations, each.carried)
    ]
    person = {name: at for at, name in enumerate(sorted({row["person"] for row in made}))}
    made = [row | {"annotator_no": person[row["person"]]} for row in made]
    made.sort(key=lambda row: (row["item_no"], row["annotator_no"], row["rev"]))
    return RecheckTables(
        annotations=desk.frozen.write(ANNOTATIONS, _columns(ANNOTATIONS, made)),
        items=desk.frozen.write(ITEMS, _columns(ITEMS, items)),
        frame=frame_digest([ItemId(row["item_id"]) for row in items]),
        n_annotations=len(made),
    )


def _rows(desk: Desk, digest: Digest, wanted: Mapping[ItemId, str]) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    where = pc.field("item_id").isin(pa.array(list(wanted), pa.string()))
    rows: list[dict[str, Any]] = desk.frozen.read(digest, None, where=where).to_pylist()
    return rows


def _columns(columns: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name, _ in columns}
