"""The fast engine: DuckDB reads, filters and groups the frozen file; sorted stretches of labels are counted as arrays.

Memory does not grow with the file: rows come in stretches that end between two items.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from labelqa.records.reductions import (
    EVERYTHING,
    AnnotatorTally,
    Answers,
    Distance,
    Distances,
    Ints,
    Matched,
    PairTable,
    Patterns,
    Subset,
    Tally,
    grouped,
)
from labelqa.records.review import Ticket
from labelqa.reduce.chance import EXACT, POOL, Selection
from labelqa.reduce.comparing import Compared, Comparer, distances_of
from labelqa.reduce.draws_duckdb import drawn
from labelqa.reduce.protocol import LIMIT, Source, checked_columns
from labelqa.reduce.reading import Batch, literal
from labelqa.reduce.runs import Array, first_answers, label_counts, majority_of_others, merged, pair_cells
from labelqa.reduce.tables import (
    annotators_of,
    answers_of,
    matched_of,
    matched_rows,
    no_cells,
    pairs_of,
    patterns_of,
    reference_columns,
    tally_of,
)
from labelqa.reduce.workers import Workers, can_travel

_MANY: Final = 30_000  # answers that are worth a second process, which takes a moment to start
_READ_AHEAD: Final = "16MB"  # DuckDB reads on while a stretch is counted


_WEEK = ", list_position(?, coalesce(week, '')) - 1 as week_no"


class DuckDBReducer:
    """Counts frozen batches with DuckDB; keeps one connection in memory and is safe to share between threads.

    ``threads`` are DuckDB's own; ``workers`` the processes that compare answers where there are many.
    """

    def __init__(self, *, threads: int | None = None, workers: int = 2) -> None:
        self._connection = duckdb.connect(":memory:", config={} if threads is None else {"threads": threads})
        self._connection.execute(f"set streaming_buffer_size = '{_READ_AHEAD}'")
        self._workers = min(workers, os.cpu_count() or 1)

    def _batch(self, source: Source, subset: Subset = EVERYTHING) -> Batch:
        return Batch(self._connection, source, subset)

    def patterns(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Patterns:
        return _patterns(self._batch(source, subset).first_labels(len(labels)), labels)

    def contingency(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> PairTable:
        return _pairs(self._batch(source, subset).first_labels(len(labels)), labels)

    def agreement(
        self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING
    ) -> tuple[Patterns, PairTable]:
        counts: list[tuple[Array, Ints]] = []
        cells: list[tuple[Array, Ints]] = []
        for item, annotator, label in self._batch(source, subset).first_labels(len(labels)):
            counts.append(label_counts(item, label, len(labels)))
            cells.append(pair_cells(item, annotator, label, len(labels)))
        return patterns_of(counts, labels), pairs_of(cells, labels)

    def answers(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Answers:
        return answers_of(list(self._batch(source, subset).first_labels(len(labels))), labels)

    def answered(self, source: Source, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> Patterns:
        batch = self._batch(source, subset)
        texts = batch.texts(limit)
        return _patterns(batch.first_texts(texts), texts)

    def answered_pairs(self, source: Source, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> PairTable:
        batch = self._batch(source, subset)
        texts = batch.texts(limit)
        return _pairs(batch.first_texts(texts), texts)

    def distances(
        self,
        source: Source,
        distance: Distance,
        *,
        subset: Subset = EVERYTHING,
        seed: int = 0,
        pool: int = POOL,
        exact_to: int = EXACT,
    ) -> Distances:
        selection, batch = Selection(seed=seed, size=pool, exact_to=exact_to), self._batch(source, subset)
        for stretch in batch.answers_to_compare():
            selection.see(stretch.item, stretch.annotator, stretch.code, stretch.texts)
        made_of = (distance, None if selection.exact else selection.pool())
        comparer = Comparer(*made_of)
        parts: list[Compared] = []
        if selection.answers < _MANY or self._workers < 2 or not can_travel(distance):
            parts += map(comparer, batch.answers_to_compare())
        else:
            with Workers(self._workers, *made_of) as workers:
                parts += workers.map(batch.answers_to_compare())
        return distances_of(parts, selection, comparer)

    def people(self, source: Source) -> tuple[str, ...]:
        found = self._batch(source).ask("annotator_no, any_value(person)", then="group by 1 order by 1").fetchall()
        return tuple(person for _, person in found)

    def tallies(self, source: Source, by: Sequence[str], *, subset: Subset = EVERYTHING) -> Tally:
        by = checked_columns(by)
        batch = self._batch(source, subset)
        what = ", ".join(f"{batch.column(name)} as {name}_of_row" for name in by)
        return tally_of(by, batch.ask(f"{what}, count(*)", then="group by all having count(*) > 0").fetchall())

    def against_reference(
        self, source: Source, labels: Sequence[str], reference: Mapping[int, int], *, subset: Subset = EVERYTHING
    ) -> Matched:
        items, answers = reference_columns(reference, labels)
        batch = self._batch(source, subset)
        batch.refuse_not_choices()
        batch.register("reference", pa.table({"at": items, "reference_no": answers}))
        rows = batch.ask(
            "annotator_no, coalesce(week, ''), label_no, reference_no, count(*)",
            join="join reference r on r.at = b.item_no",
            where="label_no >= 0",
            then="group by all",
        ).fetchall()
        return matched_rows(labels, rows)

    def leave_one_out(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Matched:
        batch = self._batch(source, subset)
        weeks = sorted(row[0] for row in batch.ask("distinct coalesce(week, '')").fetchall())
        parts = [no_cells()]
        for item, annotator, label, week in batch.stretches(len(labels), _WEEK, [weeks]):
            first = np.flatnonzero(first_answers(item, annotator))
            reference = majority_of_others(item[first], label[first], len(labels))
            clear = reference >= 0
            columns = [*(column[first][clear] for column in (annotator, week, label)), reference[clear]]
            rows = np.stack([column.astype(np.int64) for column in columns], axis=1)  # an empty stretch has no type
            parts.append(grouped(rows, np.ones(len(rows), dtype=np.int64)))
        return matched_of(labels, weeks, *merged(parts))

    def annotators(self, source: Source, *, subset: Subset = EVERYTHING) -> tuple[AnnotatorTally, ...]:
        what = (
            "annotator_no, min(person), count(*), count(distinct item_no), median(seconds), "
            "count(*) filter (qualified is not true)"
        )
        grouped_by = "group by annotator_no order by annotator_no"
        return annotators_of(self._batch(source, subset).ask(what, then=grouped_by).fetchall())

    def item_numbers(self, source: Source) -> dict[str, int]:
        return dict(self._batch(source).ask("distinct item_id, item_no").fetchall())

    def tickets(
        self, source: Source, seed: str, n: Sequence[int], *, stratum: str = "", size: str = ""
    ) -> tuple[Ticket, ...]:
        return drawn(self._connection, source, seed, n, stratum, size)

    def close(self) -> None:
        """Nothing to let go of: the connection holds no file and ends with this object."""


def _patterns(stretches: Iterable[tuple[Array, ...]], labels: Sequence[str]) -> Patterns:
    return patterns_of([label_counts(item, label, len(labels)) for item, _, label in stretches], labels)


def _pairs(stretches: Iterable[tuple[Array, ...]], labels: Sequence[str]) -> PairTable:
    return pairs_of([pair_cells(item, who, label, len(labels)) for item, who, label in stretches], labels)


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
            [literal(source), *(value for _, value in wanted)],
        ).fetchall()
    return [row[0] for row in rows]
