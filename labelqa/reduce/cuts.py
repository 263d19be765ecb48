"""Rows that come in batches, cut anew between two items; the same wherever they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from labelqa.errors import Altered
from labelqa.reduce.comparing import Stretch
from labelqa.reduce.runs import Array, once, shared_items


def whole_items(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, sorted by the first two columns (item, annotator), an item never in two batches.

    Raises Altered when they are out of order. Holds one batch, or the longest item.
    """
    held: list[pa.RecordBatch] = []
    for arrived in batches:
        item = arrived.column(0).to_numpy(zero_copy_only=False)
        cut = int(np.searchsorted(item, item[-1])) if len(item) else 0
        if cut:
            yield _in_order(_joined([*held, arrived.slice(0, cut)]))
            held = []
        held.append(arrived.slice(cut))
    if sum(map(len, held)):
        yield _in_order(_joined(held))


def _joined(parts: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    parts = [part for part in parts if len(part)]
    return parts[0] if len(parts) == 1 else pa.Table.from_batches(parts).combine_chunks().to_batches()[0]


def _in_order(batch: pa.RecordBatch) -> pa.RecordBatch:
    item, annotator = (batch.column(at).to_numpy() for at in (0, 1))
    falling = (item[1:] == item[:-1]) & (annotator[1:] < annotator[:-1])
    if falling.any() or (item[1:] < item[:-1]).any():
        raise Altered("the frozen annotations are not in the order in which they were written; freeze the batch again")
    return batch


def to_compare(batches: Iterable[pa.RecordBatch], items: Array | None = None) -> Iterator[Stretch]:
    """The first answers of the items that have those of two annotators or more.

    Batches of (item, annotator, text), in order; ``items`` are those wanted, where not all are.
    """
    for batch in whole_items(batches):
        coded = batch.column(2).cast(pa.string()).dictionary_encode()
        columns = tuple(each.to_numpy() for each in (*batch.columns[:2], coded.indices.fill_null(-1)))
        kept = columns[2] >= 0 if items is None else (columns[2] >= 0) & np.isin(columns[0], items)
        columns = once(tuple(column[kept] for column in columns))
        item, annotator, code = (column[shared_items(columns[0])] for column in columns)
        if len(item):
            yield Stretch(item=item, annotator=annotator, code=code, texts=tuple(coded.dictionary.to_pylist()))
