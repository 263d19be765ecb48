"""Final labels as JSONL, CSV and Parquet: one row an item, the same columns everywhere, written as they come.

The same rows give the same bytes. Nothing is held but a stretch of rows.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, Protocol

from labelqa.adapters.files.columns import canonical
from labelqa.records.annotation import ControlKind
from labelqa.records.handed import FinalLabel

COLUMNS: Final[tuple[tuple[str, str], ...]] = (  # name, type as pyarrow spells it
    ("item_id", "string"),
    ("label", "string"),
    ("source", "string"),
    ("posterior", "double"),
    ("annotations", "int64"),
    ("batch", "string"),
    ("round", "int64"),
    ("release", "string"),
    ("organizer", "string"),
    ("model_assisted", "bool"),
    ("models", "string"),
    ("card", "string"),
    ("forced", "bool"),
    ("conclusion", "string"),
)
_STRETCH: Final = 1 << 14
_AS_TEXT: Final = frozenset({ControlKind.CHOICE, ControlKind.PAIRWISE})


class Writer(Protocol):
    """Takes rows one by one; a closed writer has its file whole."""

    path: Path

    def add(self, row: FinalLabel) -> None:
        """Write one row."""
        ...

    def close(self) -> None:
        """End the file and make it durable."""
        ...


def write_all(writers: Sequence[Writer], rows: Iterable[FinalLabel]) -> list[Path]:
    """Give every row to every writer; the files come back. Rows are taken once."""
    for row in rows:
        for writer in writers:
            writer.add(row)
    for writer in writers:
        writer.close()
    return [writer.path for writer in writers]


def cells(row: FinalLabel) -> tuple[Any, ...]:
    """One row in the order of :data:`COLUMNS`."""
    return (
        row.item_id, row.label, str(row.source), row.posterior, row.annotations, row.batch, row.round, row.release,
        row.organizer, row.model_assisted, ";".join(row.models), f"fact:{row.card}", row.forced,
        row.conclusion,
    )  # fmt: skip


def value_of(row: FinalLabel) -> Any:
    """The label as a value: a text, a number, or what its JSON says.

    A rating or a number that cannot be read as one stays a text.
    """
    if row.kind in _AS_TEXT:
        return row.label
    try:
        return json.loads(row.label)
    except ValueError:
        return row.label


class JsonLines:
    """One JSON object a line, keys in the order of the columns; ``label`` is a value, ``models`` a list."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._out = path.open("x", encoding="utf-8", newline="\n")

    def add(self, row: FinalLabel) -> None:
        """See :class:`Writer`."""
        told = dict(zip((name for name, _ in COLUMNS), cells(row), strict=True))
        told |= {"label": value_of(row), "models": list(row.models)}
        self._out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")

    def close(self) -> None:
        """See :class:`Writer`."""
        durable(self._out)


class Csv:
    """A table in UTF-8, marked as such for spreadsheets; true and false in small letters."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._out = path.open("x", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._out, lineterminator="\n")
        self._rows.writerow([name for name, _ in COLUMNS])

    def add(self, row: FinalLabel) -> None:
        """See :class:`Writer`."""
        self._rows.writerow([canonical(each) if isinstance(each, bool) else each for each in cells(row)])

    def close(self) -> None:
        """See :class:`Writer`."""
        durable(self._out)


class Parquet:
    """A Parquet file, compressed with zstd."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = {"string": pa.string(), "double": pa.float64(), "int64": pa.int64(), "bool": pa.bool_()}
        self.path = path
        self._schema = pa.schema([pa.field(name, kinds[kind]) for name, kind in COLUMNS])
        self._file = path.open("xb")
        self._out = pq.ParquetWriter(self._file, self._schema, compression="zstd")
        self._held: list[tuple[Any, ...]] = []

    def add(self, row: FinalLabel) -> None:
        """See :class:`Writer`."""
        self._held.append(cells(row))
        if len(self._held) >= _STRETCH:
            self._flush()

    def close(self) -> None:
        """See :class:`Writer`."""
        self._flush()
        self._out.close()
        durable(self._file)

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._held:
            return
        columns = [
            pa.array(column, field.type)
            for column, field in zip(zip(*self._held, strict=True), self._schema, strict=True)
        ]
        self._out.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._held = []


def durable(out: IO[Any]) -> None:
    """Close a file so that it outlives a power cut."""
    out.flush()
    os.fsync(out.fileno())
    out.close()


def write_document(path: Path, document: Mapping[str, Any]) -> Path:
    """A JSON document in UTF-8, keys as they come, two blanks deep; the file comes back."""
    with path.open("x", encoding="utf-8", newline="\n") as out:
        out.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
        out.flush()
        os.fsync(out.fileno())
    return path
