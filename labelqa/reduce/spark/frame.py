"""A frozen batch as a Spark frame: which file, which rows, which answer of an annotator comes first."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labelqa.records.reductions import Subset
from labelqa.reduce.protocol import Source
from labelqa.reduce.runs import Array

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SIGNS: Final = re.compile(r"([\\*?\[\]{}])")
PLACE: Final = ("_file", "_row")  # where a row stands: Spark promises no order

_LATER: Final = {"origin": "string", "prelabelled": "boolean"}  # columns that older batches do not have


@contextmanager
def opened(spark: SparkSession, source: Source, subset: Subset) -> Iterator[DataFrame]:
    """The rows of a subset, with PLACE beside the columns of the batch."""
    if isinstance(source, pa.Table):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "batch.parquet"
            pq.write_table(source, path)
            with opened(spark, path, subset) as frame:
                yield frame
        return
    frame = spark.read.parquet(address(source))
    later = [f"cast(null as {kind}) as {name}" for name, kind in _LATER.items() if name not in frame.columns]
    place = [f"_metadata.file_path as {PLACE[0]}", f"_metadata.row_index as {PLACE[1]}"]
    yield _chosen(spark, frame.selectExpr("*", *place, *later), subset)


def address(source: str | Path) -> str:
    """A path as Spark takes it: a file of this machine whatever signs are in its name; anything else untouched.

    >>> address("s3a://bucket/batches/*.parquet")
    's3a://bucket/batches/*.parquet'
    """
    if isinstance(source, str) and not Path(source).exists():
        return source
    return "file:" + _SIGNS.sub(r"\\\1", Path(source).absolute().as_posix())


def _chosen(spark: SparkSession, frame: DataFrame, subset: Subset) -> DataFrame:
    from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

    for column, wanted in (("week", subset.weeks), ("annotator_no", subset.annotators)):
        if wanted is not None:
            frame = frame.where(F.col(column).isin(sorted(wanted)) if wanted else F.lit(False))
    if subset.qualified is not None:
        frame = frame.where(F.col("qualified") == subset.qualified)
    if subset.machine is not None:
        frame = frame.where(F.coalesce(F.col("origin") == "machine", F.lit(False)) == subset.machine)
    if subset.prelabelled is not None:
        frame = frame.where(F.coalesce("prelabelled", F.lit(False)) == subset.prelabelled)
    if subset.items is not None:
        items = pa.table({"item_no": pa.array(sorted(subset.items), pa.int32())})
        frame = frame.join(F.broadcast(spark.createDataFrame(items)), "item_no", "left_semi")
    return frame


def first_answers(frame: DataFrame, *columns: str) -> DataFrame:
    """``item_no``, ``annotator_no`` and the columns of each annotator's first answer, an item on one machine."""
    from pyspark.sql import functions as F  # noqa: N812

    said = [F.min_by(column, F.struct(*PLACE)).alias(column) for column in columns]
    return frame.repartition("item_no").groupBy("item_no", "annotator_no").agg(*said)


def in_order(frame: DataFrame) -> DataFrame:
    """``item_no``, ``annotator_no`` and ``label`` of the answers, whole items on one machine and sorted there."""
    return (
        frame.where("label is not null")
        .repartition("item_no")
        .sortWithinPartitions("item_no", "annotator_no", *PLACE)
        .select("item_no", "annotator_no", "label")
    )


def columns_of(frame: DataFrame) -> tuple[Array, ...]:
    """A frame of numbers brought here as arrays."""
    table: Any = frame.toArrow()
    return tuple(np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False)) for column in table.columns)
