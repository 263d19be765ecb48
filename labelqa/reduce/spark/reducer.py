"""Counting a frozen batch with Spark SQL: labels stay where they are, only grouped counts are brought together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from labelqa.records.reductions import (
    EVERYTHING,
    AnnotatorTally,
    Answers,
    Distance,
    Distances,
    Matched,
    PairTable,
    Patterns,
    Subset,
    Tally,
    grouped,
)
from labelqa.records.review import Ticket
from labelqa.reduce.chance import EXACT, POOL
from labelqa.reduce.protocol import LIMIT, Source, checked_columns, not_choices, too_many_values
from labelqa.reduce.spark.compared import distances_by
from labelqa.reduce.spark.draws import drawn
from labelqa.reduce.spark.frame import columns_of, first_answers, opened
from labelqa.reduce.spark.session import session, told_plainly
from labelqa.reduce.tables import (
    annotators_of,
    answers_of,
    matched_rows,
    pairs_of,
    patterns_of,
    reference_columns,
    tally_of,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class SparkReducer:
    """Counts with Spark, begun by the first question: in the program's own session where it has one, else started on
    this machine, with ``settings`` of Spark beside our own, and stopped by :meth:`close`.

    A path is one of this machine where such a file is there; any other is handed to Spark as it stands.
    """

    def __init__(self, *, settings: Mapping[str, str] | None = None) -> None:
        self._settings = dict(settings or {})
        self._mine: SparkSession | None = None

    @contextmanager
    def _batch(self, source: Source, subset: Subset = EVERYTHING) -> Iterator[DataFrame]:
        spark = self._session()
        with told_plainly(), opened(spark, source, subset) as frame:
            yield frame

    def _session(self) -> SparkSession:
        spark, started = session(self._settings)
        if started:
            self._mine = spark
        return spark

    def patterns(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Patterns:
        with self._batch(source, subset) as frame:
            return _patterns(first_answers(_labelled(frame, labels), "label_no"), range(len(labels)), labels)

    def contingency(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> PairTable:
        with self._batch(source, subset) as frame:
            return _pairs(first_answers(_labelled(frame, labels), "label_no"), range(len(labels)), labels)

    def agreement(
        self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING
    ) -> tuple[Patterns, PairTable]:
        with self._batch(source, subset) as frame:
            first = first_answers(_labelled(frame, labels), "label_no")
            known = range(len(labels))
            return _patterns(first, known, labels), _pairs(first, known, labels)

    def answers(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Answers:
        with self._batch(source, subset) as frame:
            columns = columns_of(first_answers(_labelled(frame, labels), "label_no"))
        order = np.lexsort(columns[1::-1])
        return answers_of([tuple(column[order] for column in columns)], labels)

    def answered(self, source: Source, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> Patterns:
        with self._batch(source, subset) as frame:
            texts = _texts(frame, limit)
            return _patterns(first_answers(frame.where("label is not null"), "label"), texts, texts)

    def answered_pairs(self, source: Source, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> PairTable:
        with self._batch(source, subset) as frame:
            texts = _texts(frame, limit)
            return _pairs(first_answers(frame.where("label is not null"), "label"), texts, texts)

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
        with self._batch(source, subset) as frame:
            return distances_by(frame, distance, seed=seed, pool=pool, exact_to=exact_to)

    def people(self, source: Source) -> tuple[str, ...]:
        with self._batch(source) as frame:
            found = frame.groupBy("annotator_no").agg({"person": "min"}).orderBy("annotator_no").collect()
        return tuple(person for _, person in found)

    def tallies(self, source: Source, by: Sequence[str], *, subset: Subset = EVERYTHING) -> Tally:
        by = checked_columns(by)
        with self._batch(source, subset) as frame:
            return tally_of(by, frame.groupBy(*by).count().collect())

    def against_reference(
        self, source: Source, labels: Sequence[str], reference: Mapping[int, int], *, subset: Subset = EVERYTHING
    ) -> Matched:
        items, answers = reference_columns(reference, labels)
        with self._batch(source, subset) as frame:
            known = pa.table({"item_no": pa.array(items, pa.int32()), "reference_no": answers})
            references = frame.sparkSession.createDataFrame(known)
            return _matched(_labelled(frame, labels).join(references, "item_no"), labels)

    def leave_one_out(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Matched:
        with self._batch(source, subset) as frame:
            return _matched(_beside_the_others(first_answers(_labelled(frame, labels), "label_no", "week")), labels)

    def annotators(self, source: Source, *, subset: Subset = EVERYTHING) -> tuple[AnnotatorTally, ...]:
        from pyspark.sql import functions as F  # noqa: N812

        with self._batch(source, subset) as frame:
            found = frame.groupBy("annotator_no").agg(
                F.min("person"),
                F.count("*"),
                F.count_distinct("item_no"),
                F.median("seconds"),
                F.count_if(~F.coalesce("qualified", F.lit(False))),
            )
            return annotators_of(found.orderBy("annotator_no").collect())

    def item_numbers(self, source: Source) -> dict[str, int]:
        with self._batch(source) as frame:
            return {row[0]: row[1] for row in frame.select("item_id", "item_no").distinct().collect()}

    def tickets(
        self, source: Source, seed: str, n: Sequence[int], *, stratum: str = "", size: str = ""
    ) -> tuple[Ticket, ...]:
        with self._batch(source) as frame:
            return drawn(frame, seed, n, stratum, size)

    def close(self) -> None:
        """Stop Spark where this reducer started it."""
        mine, self._mine = self._mine, None
        if mine is not None:
            mine.stop()


def _labelled(frame: DataFrame, labels: Sequence[str]) -> DataFrame:
    """The rows that carry a label of the declared set; raises where an answer is none."""
    outside, highest = frame.selectExpr(
        "count_if(label is not null and coalesce(label_no, -1) < 0)", "max(label_no)"
    ).collect()[0]
    if outside:
        raise not_choices(outside)
    if highest is not None and highest >= len(labels):
        raise ValueError(f"a label_no is beyond the {len(labels)} declared labels")
    return frame.where("label_no >= 0")


def _texts(frame: DataFrame, limit: int) -> tuple[str, ...]:
    found = frame.select("label").where("label is not null").distinct().limit(limit + 1).collect()
    if len(found) > limit:
        raise too_many_values(limit)
    return tuple(sorted(row[0] for row in found))


def _patterns(first: DataFrame, known: Sequence[Any], labels: Sequence[str]) -> Patterns:
    """Items grouped by their sorted list of labels and counts; ``known`` are the labels as the frame spells them."""
    from pyspark.sql import functions as F  # noqa: N812

    said = first.columns[2]
    counts = first.groupBy("item_no", said).count()
    listed = counts.groupBy("item_no").agg(F.sort_array(F.collect_list(F.struct(said, "count"))).alias("said"))
    found = listed.groupBy("said").count().collect()
    number = {label: at for at, label in enumerate(known)}
    matrix = np.zeros((len(found), len(labels)), dtype=np.int32)
    for at, (pattern, _) in enumerate(found):
        for label, count in pattern:
            matrix[at, number[label]] = count
    weight = np.array([row[1] for row in found], dtype=np.int64)
    return patterns_of([grouped(matrix, weight)], labels)


def _pairs(first: DataFrame, known: Sequence[Any], labels: Sequence[str]) -> PairTable:
    """Counts of (first, second, first label, second label) over every two answers to one item."""
    from pyspark.sql import functions as F  # noqa: N812

    one, other = (first.toDF("item_no", f"{side}_no", f"{side}_label").alias(side) for side in ("first", "second"))
    both = one.join(other, "item_no").where(F.col("first_no") < F.col("second_no"))
    found = both.groupBy("first_no", "second_no", "first_label", "second_label").count().collect()
    number = {label: at for at, label in enumerate(known)}
    cells = sorted((*row[:2], number[row[2]], number[row[3]], row[4]) for row in found)
    table = np.array(cells, dtype=np.int64).reshape(-1, 5)
    return pairs_of([(table[:, :4], table[:, 4].copy())], labels)


def _beside_the_others(first: DataFrame) -> DataFrame:
    """Each answer with ``reference_no``, what most of the item's other annotators said; none where they tie."""
    from pyspark.sql import functions as F  # noqa: N812

    votes = first.groupBy("item_no", F.col("label_no").alias("reference_no")).count()
    others = (
        first.join(votes, "item_no")
        .withColumn("votes", F.col("count") - (F.col("label_no") == F.col("reference_no")).cast("int"))
        .where("votes > 0")
        .groupBy("item_no", "annotator_no", "label_no", "week")
        .agg(F.sort_array(F.collect_list(F.struct("votes", "reference_no")), asc=False).alias("ranked"))
    )
    clear = others.where("size(ranked) = 1 or ranked[0].votes > ranked[1].votes")
    return clear.withColumn("reference_no", F.col("ranked")[0]["reference_no"])


def _matched(beside: DataFrame, labels: Sequence[str]) -> Matched:
    from pyspark.sql import functions as F  # noqa: N812

    week = F.coalesce("week", F.lit("")).alias("week")
    found = beside.groupBy("annotator_no", week, "label_no", "reference_no").count().collect()
    return matched_rows(labels, [tuple(row) for row in found])
