"""The conditions of a batch, tested on items first and on annotations after; what they may ask of an item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from labelqa.batches.where import Record, absent_fields, matcher
from labelqa.intake import AnnotationRow, ItemContent
from labelqa.records.batch import Condition
from labelqa.records.finding import Finding
from labelqa.workflows.desk import Desk

ANNOTATION_FIELDS: Final = frozenset({"created_at", "annotator", "release", "server", "import", "annotation"})


class Matching:
    """The conditions of a batch, tested on items first and on annotations after."""

    def __init__(self, desk: Desk, where: Sequence[Condition]) -> None:
        zone = desk.settings.zone
        self._where = where
        self._item_holds = matcher([each for each in where if each.field not in ANNOTATION_FIELDS], zone=zone)
        self._row_holds = matcher([each for each in where if each.field in ANNOTATION_FIELDS], zone=zone)
        self._seen: set[str] = set(ANNOTATION_FIELDS)

    def items(self, content: Iterator[ItemContent]) -> dict[int, ItemContent]:
        """The items that meet the conditions on items."""
        kept: dict[int, ItemContent] = {}
        for item in content:
            if self.takes(item_record(item)):
                kept[item.item_no] = item
        return kept

    def takes(self, record: Record) -> bool:
        """Whether an item, as :func:`item_record` has it, meets the conditions on items."""
        self._seen.update(record)
        return self._item_holds(record)

    def holds(self, row: AnnotationRow) -> bool:
        """Whether an annotation meets the conditions on annotations."""
        return self._row_holds(
            {
                "created_at": None if row.created_at is None else moment(row.created_at),
                "annotator": row.person,
                "release": row.release,
                "server": row.server,
                "import": row.import_no,
                "annotation": row.annotation,
            }
        )

    @property
    def of_items_alone(self) -> bool:
        """Whether every condition, and at least one, is about items: then an item without an answer is missing one."""
        return bool(self._where) and all(each.field not in ANNOTATION_FIELDS for each in self._where)

    def findings(self) -> list[Finding]:
        """Conditions on fields that nothing has."""
        return absent_fields(self._where, self._seen)


_LAST = (
    7_258_118_400_000_000  # the beginning of 2200; readers refuse what lies outside, this must not fail all the same
)


def moment(microseconds: int) -> datetime:
    """The UTC moment of a stored time; times that nothing can have been made at are taken as 1970 or 2200.

    >>> moment(0).year, moment(2**62).year
    (1970, 2200)
    """
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=min(max(microseconds, 0), _LAST))


def item_record(item: ItemContent) -> Record:
    """An item as a flat record for conditions: data.*, meta.*, project, task, item_id."""
    record: dict[str, Any] = {"item_id": item.item_id, "project": item.project or None, "task": item.task or None}
    for part, text in (("data", item.data), ("meta", item.meta)):
        if text != "{}":
            _flatten(record, part, json.loads(text))
    return {name: value for name, value in record.items() if value is not None}


def _flatten(record: dict[str, Any], name: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(record, f"{name}.{key}", inner)
    elif isinstance(value, bool):
        record[name] = "true" if value else "false"
    elif isinstance(value, str | int | float):
        record[name] = value
    elif isinstance(value, list):
        record[name] = json.dumps(value, ensure_ascii=False)
