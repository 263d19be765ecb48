"""Arriving Arrow columns as the lists that the database takes; a column that says nothing is None."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Content: TypeAlias = tuple[str, str, str, str]  # project, task, data, meta
Values: TypeAlias = Sequence[Any] | npt.NDArray[np.int64]  # whole numbers without gaps stay arrays
SAYS_NOTHING: Final[Content] = ("", "", "{}", "{}")


def contents_of(batch: Any) -> Iterator[Content]:
    """The content of each item of a batch; nothing at all when no item has any, as in a plain table of labels."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [batch.column(name) for name in ("project", "task", "data", "meta")]
    silent = pa.array(["", "{}", None], pa.string())
    if all(pc.all(pc.is_in(column, value_set=silent)).as_py() for column in columns):
        return
    for project, task, data, meta in zip(*(column.to_pylist() for column in columns), strict=True):
        yield project or "", task or "", data or "{}", meta or "{}"


def filled_in(content: Content, before: Content | None) -> Content:
    """What a file does not say of an item stays as it was: a JSON_MIN export does not know the project.

    >>> filled_in(("", "3", '{"text":"b"}', "{}"), ("7", "3", '{"text":"a"}', "{}"))
    ('7', '3', '{"text":"b"}', '{}')
    """
    if before is None:
        return content
    project, task, data, meta = (
        old if new == unsaid else new for new, old, unsaid in zip(content, before, SAYS_NOTHING, strict=True)
    )
    return project, task, data, meta


def places_in(texts: Any, listed: Any) -> npt.NDArray[np.int64] | None:
    """Where each text stands in a list; None when one is not in it."""
    import pyarrow.compute as pc

    found = pc.index_in(texts, value_set=listed)
    return None if found.null_count else found.to_numpy(zero_copy_only=False).astype(np.int64)


def prefixed(ids: list[str], prefix: str) -> list[str]:
    """The ids with a prefix before each."""
    return [prefix + each for each in ids] if prefix else ids


def listed(values: Values) -> Sequence[Any]:
    """A column as Python values."""
    return values.tolist() if isinstance(values, np.ndarray) else values


def texts(column: Any) -> list[Any]:
    """A text column; equal texts are one object, which answers of few labels are quick to hash and to write by."""
    encoded = column.dictionary_encode(null_encoding="encode")
    distinct = encoded.dictionary.to_pylist()
    return [distinct[code] for code in encoded.indices.to_numpy(zero_copy_only=False).tolist()]


def present(column: Any, empty: object) -> list[Any] | None:
    """A column's values; None when none is there."""
    if column.null_count == len(column):
        return None
    values = column.to_pylist()
    return None if empty is not None and not any(values) else values


def reals(column: Any) -> list[float | None] | None:
    """Real numbers; the database knows no "not a number", so that is nothing."""
    values = present(column, None)
    return None if values is None else [None if value is None or isnan(value) else value for value in values]


def moments(column: Any) -> list[int | None] | None:
    """Times as microseconds since 1970, UTC."""
    if column.null_count == len(column):
        return None
    return list(column.cast("int64").to_pylist())


def flags(column: Any) -> list[int | None] | None:
    """Yes as 1, no as nothing."""
    values = present(column, False)
    return None if values is None else [1 if value else None for value in values]
