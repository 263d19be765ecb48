"""An annotation and an item as the intake hands them out. Nothing here reads anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from labelqa.records.names import ItemId, PersonId

ANNOTATION_FIELDS: Final = ("created_at", "annotator", "release", "server", "import", "annotation")


class AnnotationRow(NamedTuple):
    """One current annotation; times in microseconds since 1970 UTC."""

    rev: int
    annotation: int
    item_no: int
    person: PersonId
    value: str
    created_at: int | None
    seconds: float | None
    skipped: bool
    ground_truth: bool
    release: str
    server: str
    import_no: int
    editor: PersonId | None  # who changed it last, where that is somebody else
    origin: str  # "" where nobody said
    updated_at: int | None = None  # when it was last changed at its source; None where nobody said


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent:
    """One item as it was last imported; ``data`` and ``meta`` are JSON texts."""

    item_no: int
    item_id: ItemId
    project: str
    task: str
    data: str
    meta: str
