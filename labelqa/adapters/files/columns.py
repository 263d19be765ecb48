"""The two tables that every import is turned into, as Arrow columns; it only gives them their shape."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no blanks, no escapes for what UTF-8 can say.

    >>> canonical({"b": 1, "a": "正"})
    '{"a":"正","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def schema(columns: Sequence[tuple[str, str]]) -> pa.Schema:
    """The Arrow schema of ANNOTATION_COLUMNS or ITEM_COLUMNS."""
    import pyarrow as pa

    types = {
        "int64": pa.int64(),
        "string": pa.string(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
    }
    return pa.schema([(name, types[kind]) for name, kind in columns])


def annotation_batch(columns: Mapping[str, Any]) -> pa.RecordBatch:
    """Annotations from one array or list a column; what only some sources know (origin, task) may be left out."""
    unsaid = {name: [None] * len(columns["row"]) for name in ("origin", "task") if name not in columns}
    return _batch({**columns, **unsaid}, ANNOTATION_COLUMNS)


def item_batch(columns: Mapping[str, Any]) -> pa.RecordBatch:
    """Items from one array or list a column."""
    return _batch(columns, ITEM_COLUMNS)


def _batch(columns: Mapping[str, Any], wanted: Sequence[tuple[str, str]]) -> pa.RecordBatch:
    import pyarrow as pa

    shape = schema(wanted)
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, type=field.type)
        for column, field in ((columns[field.name], field) for field in shape)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=shape)
