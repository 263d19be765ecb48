"""Long tables of labels, one row a label: CSV, TSV and Parquet, read in stretches and checked column by column.

A row is never dropped in silence: what cannot be taken comes back as a finding with its row number and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.files import long_checks
from labelqa.adapters.files.columns import annotation_batch, canonical, item_batch
from labelqa.adapters.files.source import CSV, PARQUET, TSV
from labelqa.errors import BadInput, Message, WrongUsage
from labelqa.records.annotation import LABEL, Chunk, FileFacts
from labelqa.records.finding import Finding, Place, Severity, finding

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

REQUIRED: Final = ("item_id", "annotator_id", "label")
OPTIONAL: Final = (
    "annotation_id",
    "created_at",
    "updated_at",
    "seconds",
    "release",
    "ground_truth",
    "skipped",
    "origin",
)
DATA: Final = "data."


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column of the file is which: canonical name -> the file's name, and the columns nobody asked for."""

    columns: Mapping[str, str]
    ignored: tuple[str, ...]


def read_long(
    facts: FileFacts, *, columns: Mapping[str, str], multiple: str = "", timezone: str = "UTC", chunk_rows: int = 50_000
) -> Iterator[Chunk]:
    """The file in chunks of at most ``chunk_rows`` rows; row numbers count data rows from 1.

    ``columns`` maps canonical names (item_id, annotator_id, label, annotation_id, created_at, updated_at, seconds,
    release, ground_truth, skipped, origin, data.NAME) to the file's own; a column that already has a canonical name needs no
    entry. ``multiple`` is the sign between several labels of one cell; "" means one label a cell. Times without an
    offset are read in ``timezone``, which a note says once. Raises WrongUsage for an unknown canonical name and
    BadInput when the file as a whole cannot be read.
    """
    from labelqa.adapters.files import long_sources

    if facts.format in (CSV, TSV):
        source = long_sources.of_text(facts)
    elif facts.format == PARQUET:
        source = long_sources.of_parquet(facts)
    else:
        raise BadInput(
            "{path}: a {format} file is not a table of labels; give CSV or Parquet",
            path=facts.path,
            format=facts.format,
        )
    chosen = layout(source.header, columns=columns, path=facts.path)
    made = _Chunks(facts=facts, layout=chosen, multiple=multiple, timezone=timezone)
    any_row = False
    for rows, table in source.batches({*chosen.columns.values()}, chunk_rows):
        any_row = any_row or table.num_rows > 0
        yield made.chunk(rows, table, source.refused())
    late = source.refused()
    if late or not any_row:
        yield made.chunk(*source.nothing(), late)
    if not any_row and not made.refused_any:
        raise BadInput("{path}: there is a header but no row below it; export the file again", path=facts.path)


def layout(header: tuple[str, ...], *, columns: Mapping[str, str], path: str) -> Layout:
    """Which column is which.

    >>> layout(("id", "who", "label", "x"), columns={"item_id": "id", "annotator_id": "who"}, path="a.csv").ignored
    ('x',)
    """
    for name in columns:
        if name not in REQUIRED + OPTIONAL and not (name.startswith(DATA) and len(name) > len(DATA)):
            raise WrongUsage(
                "{name} is not a column that can be mapped; there are {known} and data.NAME",
                name=name,
                known=", ".join(REQUIRED + OPTIONAL),
            )
    own = {name: name for name in header if name in REQUIRED + OPTIONAL or name.startswith(DATA)}
    chosen = {name: column for name, column in {**own, **columns}.items() if column}
    taken = set(columns.values())
    chosen = {name: column for name, column in chosen.items() if name in columns or column not in taken}
    wanted = [column for name, column in chosen.items() if column not in header]
    wanted += [name for name in REQUIRED if name not in chosen]
    if wanted:
        raise BadInput(
            "{path}: no column {missing}; the file has {header}; say which is which, as in --columns {example}=COLUMN",
            path=path,
            missing=", ".join(wanted),
            header=", ".join(header),
            example=next((name for name in REQUIRED if chosen.get(name, name) in wanted), "item_id"),
        )
    for column in chosen.values():
        if header.count(column) > 1:
            raise BadInput('{path}: the column "{column}" stands there twice; rename one', path=path, column=column)
    return Layout(columns=chosen, ignored=tuple(name for name in header if name and name not in chosen.values()))


@dataclass(slots=True, kw_only=True)
class _Chunks:
    facts: FileFacts
    layout: Layout
    multiple: str
    timezone: str
    first: bool = True
    zone_said: bool = False
    refused_any: bool = False

    def chunk(self, rows: NDArray[np.int64], table: pa.RecordBatch, broken: list[Finding]) -> Chunk:
        named = {name: table.column(column) for name, column in self.layout.columns.items()}
        checked = long_checks.check(named, rows, path=self.facts.path, timezone=self.timezone, multiple=self.multiple)
        refused = sorted([*broken, *checked.refused], key=lambda each: each.place.row)
        self.refused_any = self.refused_any or bool(refused)
        return Chunk(
            annotations=annotation_batch(checked.columns),
            items=_items(named, checked.good),
            refused=refused,
            notes=self._notes(zoneless=checked.zoneless),
        )

    def _notes(self, *, zoneless: bool) -> list[Finding]:
        notes = []
        if self.first and self.layout.ignored:
            notes.append(_ignored(self.facts.path, self.layout.ignored))
        if zoneless and not self.zone_said:
            notes.append(_zoneless(self.facts.path, self.timezone))
            self.zone_said = True
        self.first = False
        return notes


def _ignored(path: str, names: tuple[str, ...]) -> Finding:
    return finding(
        "IM008",
        "columns not taken: {columns}",
        columns=", ".join(names),
        mend=Message("To take one as content of the item, map it: --columns data.NAME=COLUMN"),
        severity=Severity.NOTE,
        place=Place(file=path),
    )


def _zoneless(path: str, timezone: str) -> Finding:
    return finding(
        "IM010",
        "times without an offset were read as {timezone}",
        timezone=timezone,
        mend=Message("Write times with their offset, such as 2026-11-21T09:30:00+08:00"),
        severity=Severity.NOTE,
        place=Place(file=path),
    )


def _items(named: Mapping[str, pa.Array], good: pa.Array) -> pa.RecordBatch:
    """The distinct items of the good rows; without content columns that is a matter of their ids alone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = named["item_id"].filter(good)
    fields = sorted(name for name in named if name.startswith(DATA))
    if not fields:
        found, data = pc.unique(ids), None
    else:
        cells = zip(ids.to_pylist(), *(named[name].filter(good).to_pylist() for name in fields), strict=True)
        rows = list(dict.fromkeys(cells))
        found = pa.array([row[0] for row in rows], pa.string())
        names = [name.removeprefix(DATA) for name in fields]
        data = pa.array([_content(names, row[1:]) for row in rows], pa.string())
    nothing, unsaid = (pa.repeat(pa.scalar(text, pa.string()), len(found)) for text in ("{}", ""))
    columns = {"item_id": found, "data": nothing if data is None else data, "meta": nothing}
    return item_batch({**columns, "project": unsaid, "task": unsaid})


def _content(names: list[str], cells: tuple[Any, ...]) -> str:
    return canonical({name: cell for name, cell in zip(names, cells, strict=True) if cell is not None})


__all__ = ["LABEL", "OPTIONAL", "REQUIRED", "Layout", "layout", "read_long"]
