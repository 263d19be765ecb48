"""A frozen batch as stretches of whole items, read with DuckDB: memory does not grow with the file.

What is asked for comes in the order of the file, is checked to be in that order, and is cut only between two items.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labelqa.records.reductions import Subset
from labelqa.reduce.comparing import Stretch
from labelqa.reduce.cuts import to_compare, whole_items
from labelqa.reduce.protocol import Source, not_choices, too_many_values
from labelqa.reduce.runs import Array, once

_STRETCH = 2**20  # rows at a time
_TEXTS = 2**15  # rows at a time where each carries a text, which may be long
_GLOB = str.maketrans({"[": "[[]", "*": "[*]", "?": "[?]"})  # a folder may be called so


class Batch:
    """A source opened for questions, and the SQL of a subset of it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source, subset: Subset) -> None:
        self._connection = connection
        self._cursors: list[duckdb.DuckDBPyConnection] = []  # a result lives as long as its cursor
        self._tables: dict[str, pa.Table] = {}
        self._from, self._given = "read_parquet(?)", [] if isinstance(source, pa.Table) else [literal(source)]
        if isinstance(source, pa.Table):
            self._from, self._tables = "batch", {"batch": source}
        self._columns: frozenset[str] | None = None
        self._where, self._values = self._conditions(subset)
        self._items = None if subset.items is None else np.array(sorted(subset.items), dtype=np.int64)

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table known to the questions that follow."""
        self._tables[name] = table

    def column(self, name: str) -> str:
        """A column in SQL; nothing where the batch was frozen before there was one."""
        if self._columns is None:
            sql = f"select * from {self._from} limit 0"  # noqa: S608 - our own words
            self._columns = frozenset(self._cursor().sql(sql, params=self._given).columns)
        return name if name in self._columns else "null"

    def _conditions(self, subset: Subset) -> tuple[str, list[Any]]:
        """The SQL of a subset and what fills its places; no join, which could change the order of the rows."""
        parts = ["true"]
        values: list[Any] = []
        for column, wanted in (("week", subset.weeks), ("annotator_no", subset.annotators)):
            if wanted is not None:
                parts.append(f"list_contains(?, {column})" if wanted else "false")
                values += [sorted(wanted)] if wanted else []
        if subset.qualified is not None:
            parts.append("qualified = ?")
            values.append(subset.qualified)
        if subset.machine is not None:
            parts.append(f"coalesce({self.column('origin')} = 'machine', false) = ?")
            values.append(subset.machine)
        if subset.prelabelled is not None:
            parts.append(f"coalesce({self.column('prelabelled')}, false) = ?")
            values.append(subset.prelabelled)
        return " and ".join(parts), values

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for each question: one may be asked while another's rows are still coming."""
        cursor = self._connection.cursor()
        for name, table in self._tables.items():
            cursor.register(name, table)
        self._cursors.append(cursor)
        return cursor

    def ask(self, what: str, *, where: str = "true", join: str = "", then: str = "", given: Sequence[Any] = ()) -> Any:
        """The relation ``select WHAT from the batch JOIN where … THEN``; ``given`` fills the places of ``what``."""
        if self._items is not None:
            join += " join wanted w on w.wanted_no = b.item_no"
            self.register("wanted", pa.table({"wanted_no": self._items}))
        return self._select(what, where=where, join=join, then=then, given=given)

    def _select(self, what: str, *, where: str, join: str, then: str, given: Sequence[Any]) -> Any:
        sql = f"select {what} from {self._from} b {join} where {self._where} and {where} {then}"  # noqa: S608 - no input
        return self._cursor().sql(sql, params=[*given, *self._given, *self._values])

    def _batches(self, what: str, rows: int, given: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """Columns of the rows of the subset, ``item_no`` and ``annotator_no`` first, in the order of the file."""
        result = self._select(f"item_no, annotator_no, {what}", where="true", join="", then="", given=given)
        # older versions of DuckDB know only the second name
        reader = getattr(result, "to_arrow_reader", None) or result.fetch_arrow_reader
        return iter(reader(rows))

    def _wanted(self, columns: tuple[Array, ...]) -> tuple[Array, ...]:
        if self._items is None:
            return columns
        wanted = np.isin(columns[0], self._items)
        return tuple(column[wanted] for column in columns)

    def stretches(self, labels: int, extra: str = "", given: Sequence[Any] = ()) -> Iterator[tuple[Array, ...]]:
        """(item, annotator, label, …) of the rows that carry a label, repeats included."""
        for batch in whole_items(self._batches(f"coalesce(label_no, -1) as label_no{extra}", _STRETCH, given)):
            columns = self._wanted(tuple(column.to_numpy(zero_copy_only=False) for column in batch.columns))
            label = columns[2]
            if not len(label):
                continue
            if label.max() >= labels:
                raise ValueError(f"a label_no is beyond the {labels} declared labels")
            if label.min() < 0:
                self.refuse_not_choices()
                columns = tuple(column[label >= 0] for column in columns)
            yield columns

    def first_labels(self, labels: int) -> Iterator[tuple[Array, ...]]:
        """(item, annotator, label), of several answers of one annotator for an item the first."""
        return map(once, self.stretches(labels))

    def texts(self, limit: int) -> tuple[str, ...]:
        """The distinct answers as they are stored, by code point; InsufficientData when there are more than a limit."""
        found = self.ask("distinct label", where="label is not null", then=f"limit {int(limit) + 1}").fetchall()
        if len(found) > limit:
            raise too_many_values(limit)
        return tuple(sorted(row[0] for row in found))

    def first_texts(self, texts: Sequence[str]) -> Iterator[tuple[Array, ...]]:
        """(item, annotator, place in ``texts``), of several answers of one annotator for an item the first."""
        known = pa.array(texts, pa.string())
        for batch in whole_items(self._batches("label", _STRETCH)):
            code = pc.index_in(batch.column(2).cast(pa.string()), value_set=known).fill_null(-1)
            columns = self._wanted(tuple(each.to_numpy() for each in (*batch.columns[:2], code)))
            said = columns[2] >= 0
            yield once(columns if said.all() else tuple(column[said] for column in columns))

    def answers_to_compare(self) -> Iterator[Stretch]:
        """The first answers of the items that have those of two annotators or more, as texts."""
        return to_compare(self._batches("label", _TEXTS), self._items)

    def refuse_not_choices(self) -> None:
        """Raise InsufficientData when an answer is there and is no label of the set."""
        outside = self.ask("count(*)", where="label is not null and coalesce(label_no, -1) < 0").fetchall()[0][0]
        if outside:
            raise not_choices(outside)


def literal(source: str | Path) -> str:
    """A path that DuckDB takes as it is, whatever signs are in it."""
    return str(source).translate(_GLOB)
