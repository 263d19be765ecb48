"""The fast engine: DuckDB reads, filters and groups the frozen file; sorted stretches of labels are counted as arrays.

Memory does not grow with the file: rows come in stretches that end between two items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from labelqa.errors import Altered
from labelqa.records.reductions import (
    EVERYTHING,
    AnnotatorTally,
    Ints,
    Key,
    Matched,
    PairTable,
    Patterns,
    Subset,
    Tally,
    grouped,
)
from labelqa.reduce.protocol import Source, checked_columns, not_choices
from labelqa.reduce.runs import Array, first_answers, label_counts, majority_of_others, merged, pair_cells

_STRETCH = 2**20  # rows at a time
_GLOB = str.maketrans({"[": "[[]", "*": "[*]", "?": "[?]"})  # a folder may be called so


class _Batch:
    """A source opened for questions, and the SQL of a subset of it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source, subset: Subset) -> None:
        self._connection = connection
        self._cursors: list[duckdb.DuckDBPyConnection] = []  # a result lives as long as its cursor
        self._tables: dict[str, pa.Table] = {}
        self._from, self._given = "read_parquet(?)", [] if isinstance(source, pa.Table) else [_path(source)]
        if isinstance(source, pa.Table):
            self._from, self._tables = "batch", {"batch": source}
        self._where, self._values = _conditions(subset)
        self._items = None if subset.items is None else np.array(sorted(subset.items), dtype=np.int64)

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table known to the questions that follow."""
        self._tables[name] = table

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

    def stretches(self, labels: int, extra: str = "", given: Sequence[Any] = ()) -> Iterator[tuple[Array, ...]]:
        """(item, annotator, label, …) of the labelled rows, in stretches of whole items."""
        what = f"item_no, annotator_no, coalesce(label_no, -1) as label_no{extra}"
        result = self._select(what, where="true", join="", then="", given=given)
        # older versions of DuckDB know only the second name
        reader = getattr(result, "to_arrow_reader", None) or result.fetch_arrow_reader
        held: tuple[Array, ...] = ()
        for chunk in reader(_STRETCH):
            arrived = tuple(column.to_numpy(zero_copy_only=False) for column in chunk.columns)
            columns = tuple(np.concatenate(pair) for pair in zip(held, arrived, strict=True)) if held else arrived
            cut = int(np.searchsorted(columns[0], columns[0][-1])) if len(columns[0]) else 0
            held = tuple(column[cut:] for column in columns)
            if cut:
                yield from self._labelled(tuple(column[:cut] for column in columns), labels)
        if held and len(held[0]):
            yield from self._labelled(held, labels)

    def _labelled(self, columns: tuple[Array, ...], labels: int) -> Iterator[tuple[Array, ...]]:
        """The rows of a stretch that are wanted and carry a label; nothing when there is none."""
        item, annotator, label = columns[:3]
        back = (item[1:] < item[:-1]) | ((item[1:] == item[:-1]) & (annotator[1:] < annotator[:-1]))
        if back.any():
            raise Altered(
                "the frozen annotations are not in the order in which they were written; freeze the batch again"
            )
        if self._items is not None:
            wanted = np.isin(item, self._items)
            columns = tuple(column[wanted] for column in columns)
            label = columns[2]
        if not len(label):
            return
        if label.max() >= labels:
            raise ValueError(f"a label_no is beyond the {labels} declared labels")
        if label.min() < 0:
            self.refuse_not_choices()
            columns = tuple(column[label >= 0] for column in columns)
        yield columns

    def refuse_not_choices(self) -> None:
        """Raise InsufficientData when an answer is there and is no label of the set."""
        outside = self.ask("count(*)", where="label is not null and coalesce(label_no, -1) < 0").fetchall()[0][0]
        if outside:
            raise not_choices(outside)


def _path(source: str | Path) -> str:
    return str(source).translate(_GLOB)


def _conditions(subset: Subset) -> tuple[str, list[Any]]:
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
    return " and ".join(parts), values


def _matched(labels: Sequence[str], weeks: Sequence[str], cells: Array, count: Ints) -> Matched:
    annotator, week, label, reference = (column.copy() for column in cells.astype(np.int64).reshape(-1, 4).T)
    used, week = np.unique(week, return_inverse=True)
    return Matched(
        labels=tuple(labels),
        weeks=tuple(weeks[i] for i in used),
        annotator=annotator,
        week=week.astype(np.int64),
        label=label,
        reference=reference,
        count=count,
    )


def _patterns(parts: Sequence[tuple[Array, Ints]], labels: Sequence[str]) -> Patterns:
    counts, weight = merged(parts) if parts else label_counts(np.zeros(0), np.zeros(0), len(labels))
    return Patterns(labels=tuple(labels), counts=counts, weight=weight)


def _once(columns: tuple[Array, ...]) -> tuple[Array, ...]:
    """The first answer of each annotator for each item; a repeat is no agreement with oneself."""
    first = first_answers(columns[0], columns[1])
    return columns if first.all() else tuple(column[first] for column in columns)


def _pairs(parts: Sequence[tuple[Array, Ints]], labels: Sequence[str]) -> PairTable:
    nothing = (np.zeros((0, 4), dtype=np.int64), np.zeros(0, dtype=np.int64))
    cells, count = merged(parts or [nothing])
    first, second, first_label, second_label = (column.astype(np.int64) for column in cells.T)
    return PairTable(
        labels=tuple(labels),
        first=first,
        second=second,
        first_label=first_label,
        second_label=second_label,
        count=count,
    )


_WEEK = ", list_position(?, coalesce(week, '')) - 1 as week_no"


class DuckDBReducer:
    """Counts frozen batches with DuckDB; keeps one connection in memory and is safe to share between threads."""

    def __init__(self, *, threads: int | None = None) -> None:
        self._connection = duckdb.connect(":memory:", config={} if threads is None else {"threads": threads})

    def _batch(self, source: Source, subset: Subset = EVERYTHING) -> _Batch:
        return _Batch(self._connection, source, subset)

    def patterns(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Patterns:
        stretches = self._batch(source, subset).stretches(len(labels))
        parts = []
        for columns in stretches:
            item, _, label = _once(columns)
            parts.append(label_counts(item, label, len(labels)))
        return _patterns(parts, labels)

    def contingency(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> PairTable:
        stretches = self._batch(source, subset).stretches(len(labels))
        parts = []
        for columns in stretches:
            item, annotator, label = _once(columns)
            parts.append(pair_cells(item, annotator, label, len(labels)))
        return _pairs(parts, labels)

    def agreement(
        self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING
    ) -> tuple[Patterns, PairTable]:
        counts: list[tuple[Array, Ints]] = []
        cells: list[tuple[Array, Ints]] = []
        for columns in self._batch(source, subset).stretches(len(labels)):
            item, annotator, label = _once(columns)
            counts.append(label_counts(item, label, len(labels)))
            cells.append(pair_cells(item, annotator, label, len(labels)))
        return _patterns(counts, labels), _pairs(cells, labels)

    def people(self, source: Source) -> tuple[str, ...]:
        found = self._batch(source).ask("annotator_no, any_value(person)", then="group by 1 order by 1").fetchall()
        return tuple(person for _, person in found)

    def tallies(self, source: Source, by: Sequence[str], *, subset: Subset = EVERYTHING) -> Tally:
        by = checked_columns(by)
        found = (
            self._batch(source, subset).ask(f"{', '.join(by)}, count(*)", then=f"group by {', '.join(by)}").fetchall()
        )
        keyed: dict[Key, int] = {tuple(row[:-1]): row[-1] for row in found}
        keys = sorted(keyed, key=lambda key: [(part is not None, part) for part in key])
        return Tally(by=by, keys=tuple(keys), counts=tuple(keyed[key] for key in keys))

    def against_reference(
        self, source: Source, labels: Sequence[str], reference: Mapping[int, int], *, subset: Subset = EVERYTHING
    ) -> Matched:
        items, answers = (
            np.fromiter(part, np.int64, len(reference)) for part in (reference.keys(), reference.values())
        )
        if len(answers) and not (0 <= answers.min() <= answers.max() < len(labels)):
            raise ValueError(f"a reference label is beyond the {len(labels)} declared labels")
        batch = self._batch(source, subset)
        batch.refuse_not_choices()
        batch.register("reference", pa.table({"at": items, "reference_no": answers}))
        rows = batch.ask(
            "annotator_no, coalesce(week, ''), label_no, reference_no, count(*)",
            join="join reference r on r.at = b.item_no",
            where="label_no >= 0",
            then="group by all order by all",
        ).fetchall()
        if any(row[2] >= len(labels) for row in rows):
            raise ValueError(f"a label_no is beyond the {len(labels)} declared labels")
        weeks = sorted({row[1] for row in rows})
        number = {week: i for i, week in enumerate(weeks)}
        cells = np.array([(row[0], number[row[1]], row[2], row[3]) for row in rows], dtype=np.int64).reshape(-1, 4)
        return _matched(labels, weeks, cells, np.array([row[4] for row in rows], dtype=np.int64))

    def leave_one_out(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Matched:
        batch = self._batch(source, subset)
        weeks = sorted(row[0] for row in batch.ask("distinct coalesce(week, '')").fetchall())
        parts = [(np.zeros((0, 4), dtype=np.int64), np.zeros(0, dtype=np.int64))]
        for item, annotator, label, week in batch.stretches(len(labels), _WEEK, [weeks]):
            once = np.flatnonzero(first_answers(item, annotator))
            reference = majority_of_others(item[once], label[once], len(labels))
            clear = reference >= 0
            rows = np.stack([column[once][clear] for column in (annotator, week, label)] + [reference[clear]], axis=1)
            parts.append(grouped(rows, np.ones(len(rows), dtype=np.int64)))
        return _matched(labels, weeks, *merged(parts))

    def annotators(self, source: Source, *, subset: Subset = EVERYTHING) -> tuple[AnnotatorTally, ...]:
        what = (
            "annotator_no, min(person), count(*), count(distinct item_no), median(seconds), "
            "count(*) filter (qualified is not true)"
        )
        found = self._batch(source, subset).ask(what, then="group by annotator_no order by annotator_no").fetchall()
        return tuple(
            AnnotatorTally(
                annotator=number,
                person=person,
                annotations=n,
                items=items,
                median_seconds=seconds,
                unqualified=unqualified,
            )
            for number, person, n, items, seconds, unqualified in found
        )

    def item_numbers(self, source: Source) -> dict[str, int]:
        return dict(self._batch(source).ask("distinct item_id, item_no").fetchall())


def items_where(
    source: Source, *, label: str = "", against: str = "", person: str = "", unqualified: bool = False
) -> list[str]:
    """Ids of the items some annotation of which meets each condition given: a label, a second one, a person's hand."""
    conditions = {"label = ?": label, "label = ? ": against, "person = ?": person}
    wanted = [(text, value) for text, value in conditions.items() if value] + (
        [("qualified = ?", False)] if unqualified else []
    )
    having = " and ".join(f"bool_or({text})" for text, _ in wanted) or "true"
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            f"select item_id from read_parquet(?) group by item_id having {having}",  # noqa: S608 - our own conditions
            [_path(source), *(value for _, value in wanted)],
        ).fetchall()
    return [row[0] for row in rows]
